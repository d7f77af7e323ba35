//! Order, stamps and time.

use super::*;

#[test]
fn what_is_submitted_is_committed_in_that_order_and_read_back_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    let mut live = log.follow(0);
    fill(&log, 1..=500);
    assert_eq!(wait(log.tip()), Ok(500));
    let mut came = Vec::new();
    while came.len() < 500 {
        came.extend(live.blocking_recv().unwrap().unwrap());
    }
    check(&log, 0, 500);
    assert_eq!(came, records(&log, 0).unwrap(), "live and from the file");
    drop(log);
    assert_eq!(live.blocking_recv(), None, "a closed log ends its followers");

    let log = open(folder.path());
    assert_eq!(came, records(&log, 0).unwrap());
    assert_eq!(came[300..], records(&log, 300).unwrap());
    fill(&log, 501..=510);
    check(&log, 0, 510);
}

#[test]
fn a_slow_follower_holds_up_nobody_and_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    let mut slow = log.follow(0);
    // One commit each, so more batches than a follower may be behind.
    for serial in 1..=FOLLOWING as u64 * 3 {
        assert_eq!(wait(submit(&log, serial)), Ok(serial));
    }
    let mut next = 1;
    while next <= FOLLOWING as u64 * 3 {
        for record in slow.blocking_recv().unwrap().unwrap() {
            assert_eq!(record.position, next);
            next += 1;
        }
    }
    fill(&log, next..=next + 10);
    while next <= FOLLOWING as u64 * 3 + 11 {
        next += slow.blocking_recv().unwrap().unwrap().len() as u64;
    }
}

#[test]
fn a_caller_that_leaves_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    for serial in 1..=50 {
        drop(submit(&log, serial));
    }
    fill(&log, 51..=51);
    check(&log, 0, 51);
}

#[test]
fn closing_commits_what_waits_and_refuses_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    let under_way: Vec<_> = (1..=200).map(|serial| submit(&log, serial)).collect();
    log.close();
    let stopped = LogError::Stopped("it is closed".into());
    assert_eq!(wait(submit(&log, 201)), Err(stopped.clone()));
    assert_eq!(wait(log.save(5, "state".into())), Err(stopped));
    for (serial, committed) in (1..).zip(under_way) {
        assert_eq!(wait(committed), Ok(serial));
    }
    check(&open(folder.path()), 0, 200);
}

#[test]
fn stamps_and_horizons_never_go_back_though_the_computers_clock_does() {
    let folder = tempfile::tempdir().unwrap();
    let hand = Hand::default();
    hand.set(1_000);
    let log = FileLog::open(folder.path(), &expected(), hand.opening()).unwrap();
    assert_eq!(log.horizon(0), 1_000);
    hand.set(400);
    assert_eq!((log.now(), log.horizon(0)), (1_000, 1_000));
    fill(&log, 1..=1);
    hand.set(5_000);
    fill(&log, 2..=2);
    hand.set(3_000);
    fill(&log, 3..=3);
    let stamps = |log: &FileLog| -> Vec<Stamp> {
        records(log, 0).unwrap().iter().map(|record| record.stamp).collect()
    };
    assert_eq!(stamps(&log), [1_000, 5_000, 5_000]);
    hand.set(9_000);
    assert_eq!(log.horizon(3), 9_000);
    assert_eq!(log.horizon(2), 5_000, "record 3 is still to be applied");
    assert_eq!(log.horizon(0), 1_000);
    hand.set(100);
    drop(log);
    let log = FileLog::open(folder.path(), &expected(), hand.opening()).unwrap();
    assert_eq!((log.now(), log.horizon(3)), (5_000, 5_000), "a restart does not go back either");
    assert_eq!(log.horizon(1), 0, "no longer in memory: not before 1970 is all that can be said");
    fill(&log, 4..=4);
    assert_eq!(stamps(&log), [1_000, 5_000, 5_000, 5_000]);
}

#[test]
fn the_horizon_is_the_stamp_of_what_is_not_committed_yet() {
    let hand = Hand::default();
    hand.set(10);
    let clock = hand.0.clone();
    let wall: Wall = Arc::new(move || clock.load(Ordering::SeqCst));
    let queue = Queue::new(1, 1, 0, wall);
    let id = EntryId { origin: 1, serial: 1 };
    let _first = queue.submit(id, "one".into()).unwrap();
    hand.set(20);
    let _second = queue.submit(id, "two".into()).unwrap();
    hand.set(30);
    assert_eq!([queue.horizon(0), queue.horizon(1), queue.horizon(2)], [10, 20, 30]);
    assert_eq!(queue.tip(), 0);
    let work = queue.next_work().unwrap();
    assert_eq!(work.records.len(), 2, "all that waits goes into one transaction");
    assert_eq!(queue.horizon(0), 10, "it is being written");
}

#[test]
fn what_waits_for_the_disk_is_bounded() {
    let queue = Queue::new(1, 1, 0, wall::computer());
    let id = EntryId { origin: 1, serial: 1 };
    let large = Bytes::from(vec![0; 150 << 20]);
    let mut answers = Vec::new();
    answers.push(queue.submit(id, large.clone()).unwrap());
    let full = LogError::Stopped("too much waits for the disk".into());
    assert_eq!(queue.submit(id, large.clone()).unwrap_err(), full);
    let _writing = queue.next_work().unwrap();
    answers.push(queue.submit(id, large).unwrap());
    while answers.len() < 8_193 {
        answers.push(queue.submit(id, "small".into()).unwrap());
    }
    assert_eq!(queue.submit(id, "small".into()).unwrap_err(), full);
}

#[test]
fn a_follower_is_told_when_it_wants_what_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    fill(&log, 1..=5_000);
    let what = "it ends at 5000, before 5001".to_owned();
    assert_eq!(log.follow(5_001).blocking_recv(), Some(Err(LogError::Damaged(what))));
    for position in [3_000, 4_000, 5_000] {
        wait(log.save(position, "state".into())).unwrap();
    }
    wait(log.compact(5_000)).unwrap();
    assert_eq!(log.first(), 4_001, "behind the older of two snapshots");
    assert_eq!(log.follow(3_999).blocking_recv(), Some(Err(LogError::Gap(3_999))));
    check(&log, 4_000, 5_000);
    fill(&log, 5_001..=5_002);
    drop(log);
    let log = open(folder.path());
    assert_eq!((log.first(), log.snapshots()), (4_001, vec![4_000, 5_000]));
    assert_eq!(log.follow(0).blocking_recv(), Some(Err(LogError::Gap(0))));
    check(&log, 4_000, 5_002);
}
