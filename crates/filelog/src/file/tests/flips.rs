//! Files that are not as they were written: each is refused, or makes no difference.

use std::fs;

use super::disk::Disk;
use super::*;

/// What became of a log with one damage.
#[derive(Debug, PartialEq, Eq)]
enum Became {
    Refused,
    NoDifference,
}

fn outcome(image: Vec<u8>, folder: &Path, tip: Position, what: &str) -> Became {
    match Disk::holding(image).open(folder) {
        Err(OpenError::Damaged { .. } | OpenError::NotALog { .. } | OpenError::Newer { .. }) => {
            Became::Refused
        }
        Err(other) => panic!("{what}: {other:?}"),
        Ok(log) => {
            assert_eq!(wait(log.tip()), Ok(tip), "{what}: silently wrong");
            check(&log, 0, tip);
            Became::NoDifference
        }
    }
}

/// Returns the file of a log with some records, closed or as the end of a process leaves it.
fn image(records: u64, is_closed: bool) -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::with_log();
    let log = disk.open(folder.path()).unwrap();
    fill(&log, 1..=records);
    let open = disk.now();
    drop(log);
    let noted = fs::read(folder.path().join("acknowledged")).unwrap();
    (if is_closed { disk.now() } else { open }, noted)
}

#[test]
fn no_flipped_bit_is_silently_wrong_and_none_panics() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(7);
    let (mut refused, mut same) = (0, 0);
    for is_closed in [true, false] {
        let (image, noted) = image(700, is_closed);
        // A closed one is safe by itself.
        let noted = if is_closed { b"".as_slice() } else { &noted };
        fs::write(folder.path().join("acknowledged"), noted).unwrap();
        // Every byte of what all else hangs on, and 400 bits anywhere.
        let header = (0..512).map(|byte| byte * 8 + dice.below(8));
        let header = header.step_by(1 + usize::from(is_closed)).collect::<Vec<_>>();
        let anywhere = (0..200).map(|_| dice.below(image.len() as u64 * 8)).collect::<Vec<_>>();
        for bit in header.into_iter().chain(anywhere) {
            let mut flipped = image.clone();
            flipped[(bit / 8) as usize] ^= 1 << (bit % 8);
            match outcome(flipped, folder.path(), 700, &format!("{is_closed} bit {bit}")) {
                Became::Refused => refused += 1,
                Became::NoDifference => same += 1,
            }
        }
    }
    assert!(refused > 200, "{refused} refused, {same} without effect");
}

#[test]
fn a_log_that_was_cut_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (image, _) = image(700, true);
    for length in (0..image.len()).step_by(4_099).skip(1).chain([1, 511, 4_096, image.len() - 1]) {
        let became = outcome(image[..length].to_vec(), folder.path(), 700, &length.to_string());
        assert_eq!(became, Became::Refused, "{length} bytes of {}", image.len());
    }
}

#[test]
fn sectors_of_zeros_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (image, _) = image(700, true);
    let mut refused = 0;
    for at in (0..image.len() - 4_096).step_by(8_192) {
        let mut hole = image.clone();
        hole[at..at + 4_096].fill(0);
        refused +=
            usize::from(outcome(hole, folder.path(), 700, &at.to_string()) == Became::Refused);
    }
    assert!(refused > 5, "{refused}");
}
