//! Records: in one order, whole, under one id.

use std::time::Duration;

use ringback_engine::ordered::{Log, Stamp};

use crate::{assert_in_order, follow, id, stage};

#[tokio::test]
async fn what_several_processes_submit_comes_round_to_all_in_one_order() {
    let Some(stage) = stage(1) else { return };
    let logs = [stage.replica(), stage.replica()];
    let mut followers = [follow(&logs[0], 0), follow(&logs[1], 0)];
    let mut answers = Vec::new();
    for serial in 1..=500 {
        for (origin, log) in logs.iter().enumerate() {
            let id = id(origin as u64, serial);
            answers.push((id, log.submit(id, format!("{origin} {serial}").into())));
        }
    }
    let first = followers[0].until(1000).await.to_vec();
    assert_in_order(&first);
    assert_eq!(followers[1].until(1000).await, first);
    for (id, answer) in answers {
        let position = answer.await.unwrap();
        let record = &first[position as usize - 1];
        assert_eq!(record.id, id);
        assert_eq!(record.bytes, format!("{} {}", id.origin, id.serial));
    }
    for origin in [0, 1] {
        let own: Vec<_> = first.iter().filter(|record| record.id.origin == origin).collect();
        assert!(own.is_sorted_by_key(|record| record.id.serial), "submitted in another order");
    }
    assert_eq!(logs[1].tip().await, Ok(1000));

    // Whoever comes later begins where he wants to.
    let mut late = follow(&stage.replica(), 990);
    assert_eq!(late.until(10).await, &first[990..]);
}

#[tokio::test]
async fn nobody_who_follows_is_needed_for_an_answer() {
    let Some(stage) = stage(1) else { return };
    let log = stage.replica();
    assert_eq!(log.tip().await, Ok(0));
    assert_eq!(log.submit(id(1, 1), "a".into()).await, Ok(1));
    assert_eq!(log.submit(id(1, 2), "b".into()).await, Ok(2));
    // The same id again: the servers know it.
    assert_eq!(log.submit(id(1, 1), "a".into()).await, Ok(1));
    assert_eq!(log.tip().await, Ok(2));
}

#[tokio::test]
async fn a_record_of_three_megabytes_keeps_its_place_and_its_object_goes_with_it() {
    let Some(stage) = stage(1) else { return };
    let (log, other) = (stage.replica(), stage.replica());
    let large: Vec<u8> =
        (0..3_000_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut follower = follow(&other, 0);
    let answers = [
        log.submit(id(1, 1), "before".into()),
        log.submit(id(1, 2), large.clone().into()),
        log.submit(id(1, 3), "after".into()),
    ];
    let records = follower.until(3).await;
    assert_in_order(records);
    assert_eq!(records[0].bytes, "before");
    assert!(records[1].bytes == large);
    assert_eq!(records[2].bytes, "after");
    for (answer, position) in answers.into_iter().zip(1..) {
        assert_eq!(answer.await, Ok(position));
    }
    assert_eq!(stage.objects().await, ["toy/record/0000000000000001-2"]);

    for position in [1, 2, 3] {
        log.save(position, "a snapshot".into()).await.unwrap();
    }
    // The replica that has seen the record come round may remove its object.
    other.compact(1).await.unwrap();
    assert!(stage.objects().await.contains(&"toy/record/0000000000000001-2".to_owned()));
    other.compact(2).await.unwrap();
    assert!(!stage.objects().await.contains(&"toy/record/0000000000000001-2".to_owned()));
    assert_eq!(stage.traces_of_objects().await, 2, "of two snapshots alone");
    assert_eq!(follow(&log, 2).until(1).await[0].bytes, "after");
}

#[tokio::test]
async fn the_clock_is_the_servers_and_the_horizon_unknown() {
    let Some(stage) = stage(1) else { return };
    let log = stage.replica();
    let mut follower = follow(&log, 0);
    let before = log.now();
    tokio::time::sleep(Duration::from_millis(20)).await;
    log.submit(id(1, 1), "a".into()).await.unwrap();
    let stamp = follower.until(1).await[0].stamp;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(before < stamp && stamp < log.now(), "{before} {stamp} {}", log.now());
    assert_eq!(log.horizon(1), Stamp::MIN);
    assert_eq!(log.kind(), "jetstream");
}
