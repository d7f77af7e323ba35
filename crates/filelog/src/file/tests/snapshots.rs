//! Snapshots that are whole, torn, and missing.

use std::fs;

use super::*;

/// Writes a file anew: one that is cut to nothing first may wait for the disk.
fn rewrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Returns a log with 30 records and snapshots at 10 and 20, cut behind the first.
fn cut_log(folder: &Path) {
    let log = open(folder);
    fill(&log, 1..=30);
    for position in [10, 20] {
        wait(log.save(position, state(position))).unwrap();
    }
    wait(log.compact(20)).unwrap();
    assert_eq!(log.first(), 11);
}

fn state(position: Position) -> Bytes {
    format!("{{\"at\":{position}}}\n").repeat(20).into()
}

fn path(folder: &Path, position: Position) -> PathBuf {
    folder.join(format!("snapshot-{position:020}"))
}

#[test]
fn the_newest_is_handed_out_and_two_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    assert_eq!(wait(log.newest()), Ok(None));
    fill(&log, 1..=40);
    for position in [10, 20, 15, 20, 30] {
        wait(log.save(position, state(position))).unwrap();
    }
    assert_eq!(log.snapshots(), [20, 30], "older ones are ignored");
    assert_eq!(Snapshots::list(folder.path()).unwrap(), [20, 30]);
    let newest = Saved { position: 30, bytes: state(30) };
    assert_eq!(wait(log.newest()), Ok(Some(newest.clone())));
    let refused = wait(log.save(41, state(41)));
    assert!(matches!(refused, Err(LogError::Stopped(_))), "{refused:?}");
    drop(log);
    assert_eq!(wait(open(folder.path()).newest()), Ok(Some(newest)));
}

#[test]
fn nothing_is_cut_behind_the_only_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    fill(&log, 1..=10);
    wait(log.save(8, state(8))).unwrap();
    wait(log.compact(8)).unwrap();
    check(&log, 0, 10);
    fs::write(path(folder.path(), 8), "spoiled").unwrap();
    assert_eq!(wait(log.newest()), Ok(None), "the records are all there");
}

#[test]
fn a_snapshot_cut_at_any_length_gives_way_to_the_older_one() {
    let folder = tempfile::tempdir().unwrap();
    cut_log(folder.path());
    let newest = path(folder.path(), 20);
    let whole = fs::read(&newest).unwrap();
    for length in 0..whole.len() {
        rewrite(&newest, &whole[..length]);
        let log = open(folder.path());
        assert_eq!(wait(log.newest()).unwrap().unwrap().position, 10, "{length} bytes");
        check(&log, 10, 30);
    }
    fs::write(&newest, [whole.as_slice(), b"\n"].concat()).unwrap();
    assert_eq!(open(folder.path()).snapshots(), [10], "longer than it was");
    fs::write(&newest, &whole).unwrap();
    assert_eq!(open(folder.path()).snapshots(), [10, 20]);
}

#[test]
fn any_changed_bit_of_a_snapshot_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    cut_log(folder.path());
    let newest = path(folder.path(), 20);
    let whole = fs::read(&newest).unwrap();
    let log = open(folder.path());
    let mut snapshots = Snapshots::open(folder.path(), log.header()).unwrap();
    assert_eq!(snapshots.whole(), [10, 20]);
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        rewrite(&newest, &flipped);
        snapshots = Snapshots::open(folder.path(), log.header()).unwrap();
        assert_eq!(snapshots.whole(), [10], "bit {bit}");
    }
    assert_eq!(snapshots.newest().unwrap().position, 10);
}

#[test]
fn a_spoiled_snapshot_is_not_missed_when_the_next_one_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    cut_log(folder.path());
    fs::write(path(folder.path(), 20), "spoiled").unwrap();
    let log = open(folder.path());
    wait(log.compact(30)).unwrap();
    assert_eq!(log.first(), 11, "the only one that can be read needs all of these");
    wait(log.save(30, state(30))).unwrap();
    assert_eq!(log.snapshots(), [10, 30]);
    assert_eq!(Snapshots::list(folder.path()).unwrap(), [10, 30]);
}

#[test]
fn a_log_without_a_snapshot_before_its_records_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    cut_log(folder.path());
    fs::write(path(folder.path(), 20), "spoiled").unwrap();
    fs::remove_file(path(folder.path(), 10)).unwrap();
    let refused = try_open(folder.path()).unwrap_err().to_string();
    let why = "damaged: its records begin at 11, and no snapshot before them can be read \
               (at 20: too short)";
    assert!(refused.contains(why), "{refused}");
}

#[test]
fn a_log_that_ends_before_its_snapshot_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    cut_log(folder.path());
    let log = open(other.path());
    fill(&log, 1..=15);
    drop(log);
    fs::copy(path(folder.path(), 20), path(other.path(), 20)).unwrap();
    let refused = try_open(other.path()).unwrap_err().to_string();
    let why = "damaged: its last record is 15, and there is a snapshot at 20";
    assert!(refused.contains(why), "{refused}");
}

#[test]
fn a_snapshot_of_another_log_is_none() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    cut_log(folder.path());
    let expected = Expected { instance: "second".into(), ..expected() };
    let log = FileLog::open(other.path(), &expected, Opening::default()).unwrap();
    fill(&log, 1..=30);
    drop(log);
    fs::copy(path(folder.path(), 20), path(other.path(), 20)).unwrap();
    fs::copy(path(folder.path(), 20), path(other.path(), 21)).unwrap();
    let log = FileLog::open(other.path(), &expected, Opening::default()).unwrap();
    assert_eq!(wait(log.newest()), Ok(None));
    check(&log, 0, 30);
}

/// Whatever a process was doing when it ended: the next start finds the same state.
#[test]
fn an_end_between_any_two_steps_of_saving_and_cutting_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    cut_log(folder.path());
    let part = path(folder.path(), 30).with_extension("part");
    let begun = fs::read(path(folder.path(), 20)).unwrap();

    // While a snapshot is written.
    fs::write(&part, &begun[..50]).unwrap();
    fs::write(folder.path().join("log.part"), "half").unwrap();
    let log = open(folder.path());
    assert_eq!((log.snapshots(), part.exists()), (vec![10, 20], false));
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        5,
        "lock, log, two snapshots, what was acknowledged"
    );

    // After it got its name, before the oldest was removed.
    let oldest = fs::read(path(folder.path(), 10)).unwrap();
    wait(log.save(30, state(30))).unwrap();
    drop(log);
    fs::write(path(folder.path(), 10), oldest).unwrap();
    let log = open(folder.path());
    assert_eq!(wait(log.newest()).unwrap().unwrap().position, 30);
    assert_eq!(log.first(), 11, "before the log was cut");
    check(&log, 10, 30);

    // After the first of several cuts.
    wait(log.compact(15)).unwrap();
    drop(log);
    let log = open(folder.path());
    assert_eq!((log.first(), wait(log.newest()).unwrap().unwrap().position), (16, 30));
    fill(&log, 31..=31);
    check(&log, 15, 31);
}
