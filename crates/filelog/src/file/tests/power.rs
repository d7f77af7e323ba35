//! Loss of power: whatever of the unsynced sectors is there, everything acknowledged is.

use std::fs;
use std::sync::mpsc;

use super::disk::Disk;
use super::*;

struct Image {
    log: Vec<u8>,
    /// Snapshots, and what was noted as acknowledged.
    beside: Vec<(PathBuf, Vec<u8>)>,
    acknowledged: u64,
}

/// Checks some images; `RINGBACK_POWER_IMAGES` says how many.
#[test]
fn every_image_after_a_loss_of_power_opens_and_has_what_was_acknowledged() {
    let wanted = std::env::var("RINGBACK_POWER_IMAGES").ok().and_then(|text| text.parse().ok());
    let wanted: usize = wanted.unwrap_or(300);
    let mut checked = 0;
    for seed in 0.. {
        checked += run(seed, (wanted - checked).min(100));
        if checked >= wanted {
            break;
        }
    }
    assert_eq!(checked, wanted);
}

/// Runs a log and checks images of it taken at random moments, each with sectors at random.
fn run(seed: u64, wanted: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::with_log();
    let log = disk.open(folder.path()).unwrap();
    let acknowledged = Arc::new(AtomicU64::new(0));
    let (taken, images) = mpsc::channel();
    let look = {
        let (acknowledged, folder) = (Arc::clone(&acknowledged), folder.path().to_owned());
        let mut dice = Dice(seed);
        move |contents: &disk::Contents<'_>| {
            if dice.below(4) > 0 {
                return;
            }
            // In this order: what is acknowledged by now has to be there.
            let acknowledged = acknowledged.load(Ordering::SeqCst);
            let read = |position| {
                let path = folder.join(format!("snapshot-{position:020}"));
                Some((path.file_name()?.into(), fs::read(path).ok()?))
            };
            let snapshots = Snapshots::list(&folder).unwrap();
            let noted = fs::read(folder.join("acknowledged")).ok();
            let noted = noted.map(|noted| (PathBuf::from("acknowledged"), noted));
            let beside = snapshots.into_iter().filter_map(read).chain(noted).collect();
            let _ = taken.send(Image { log: contents.image(&mut dice), beside, acknowledged });
        }
    };
    disk.state().look = Some(Box::new(look));
    let mut dice = Dice(!seed);
    let (mut tip, mut got) = (0, Vec::new());
    while got.len() < wanted {
        let more = 1 + dice.below(40);
        fill(&log, tip + 1..=tip + more);
        tip += more;
        acknowledged.store(tip, Ordering::SeqCst);
        if dice.below(4) == 0 {
            wait(log.save(tip, payload(tip))).unwrap();
            drop(log.compact(tip));
        }
        got.extend(images.try_iter());
    }
    disk.state().look = None;
    drop(log);
    got.truncate(wanted);
    for (number, image) in got.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &image.beside {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let disk = Disk::holding(image.log.clone());
        let log =
            disk.open(folder.path()).unwrap_or_else(|error| panic!("{seed} {number}: {error}"));
        let newest = wait(log.newest()).unwrap();
        let from = newest.as_ref().map_or(0, |saved| saved.position);
        assert!(newest.is_none_or(|saved| saved.bytes == payload(saved.position)));
        check(&log, from, image.acknowledged);
        fill(&log, wait(log.tip()).unwrap() + 1..=wait(log.tip()).unwrap() + 3);
    }
    got.len()
}
