//! A disk that fails, and one that is full.

use super::disk::Disk;
use super::*;

/// Submits records, four at a time, until the log refuses; returns how many it has acknowledged,
/// and what it said of the others.
fn fill_until_refused(log: &FileLog) -> (u64, Vec<LogError>) {
    let (mut acknowledged, mut serial) = (0, wait(log.tip()).unwrap());
    loop {
        let under_way: Vec<_> = (1..=4).map(|more| submit(log, serial + more)).collect();
        serial += 4;
        let mut refused = Vec::new();
        for committed in under_way {
            match wait(committed) {
                Ok(position) => acknowledged = position,
                Err(error) => refused.push(error),
            }
        }
        if !refused.is_empty() || serial > 100_000 {
            return (acknowledged, refused);
        }
    }
}

#[test]
fn a_failed_sync_stops_the_log_for_good_and_loses_nothing_acknowledged() {
    for kth in 1..=60 {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::with_log();
        let log = disk.open(folder.path()).unwrap();
        let mut live = log.follow(0);
        let syncs = disk.state().syncs;
        disk.state().fails = Some(syncs + kth);
        let (acknowledged, refused) = fill_until_refused(&log);
        let why = |error: &LogError| error.to_string().contains("the disk is broken");
        assert!(!refused.is_empty() && refused.iter().all(why), "{kth}: {refused:?}");
        assert!(
            refused.iter().any(|error| matches!(error, LogError::Unknown(_))),
            "{kth}: what was being written may be there: {refused:?}"
        );

        let stopped = wait(submit(&log, 1)).unwrap_err();
        assert!(matches!(stopped, LogError::Stopped(_)), "{stopped:?}");
        assert_eq!(stopped, LogError::Stopped(log.stopped().unwrap()));
        assert!(wait(log.compact(1)).is_err());
        assert_eq!(wait(log.tip()), Ok(acknowledged), "{kth}");
        check(&log, 0, acknowledged);
        let mut came = 0;
        let end = loop {
            match live.blocking_recv().unwrap() {
                Ok(records) => came += records.len() as u64,
                Err(error) => break error,
            }
        };
        assert_eq!((came, end), (acknowledged, stopped), "{kth}");
        drop(log);

        disk.state().fails = None;
        let log = disk.open(folder.path()).unwrap();
        check(&log, 0, acknowledged);
        let tip = wait(log.tip()).unwrap();
        fill(&log, tip + 1..=tip + 5);
    }
}

#[test]
fn a_full_disk_stops_the_log_and_a_restart_on_the_full_disk_reads_everything() {
    for room in [200_000, 400_000, 1_000_000, 1_000_100] {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::with_log();
        disk.state().room = Some(room);
        let log = disk.open(folder.path()).unwrap();
        let (acknowledged, refused) = fill_until_refused(&log);
        assert!(acknowledged > 100, "{acknowledged} in {room} bytes");
        assert!(
            refused[0].to_string().contains("full") || refused[0].to_string().contains("space"),
            "{refused:?}"
        );
        check(&log, 0, acknowledged);
        drop(log);

        let log = disk.open(folder.path()).unwrap();
        check(&log, 0, acknowledged);
        let (more, _) = fill_until_refused(&log);
        let acknowledged = acknowledged.max(more);
        drop(log);
        disk.state().room = None;
        let log = disk.open(folder.path()).unwrap();
        check(&log, 0, acknowledged);
        let tip = wait(log.tip()).unwrap();
        fill(&log, tip + 1..=tip + 5);
    }
}
