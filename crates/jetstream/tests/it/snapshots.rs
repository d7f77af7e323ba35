//! Snapshots, the pointer to them, and what they let go.

use ringback_engine::ordered::{Log, LogError, Saved};

use crate::{Stage, follow, id, stage};

fn saved(position: u64, text: &'static str) -> Option<Saved> {
    Some(Saved { position, bytes: text.into() })
}

async fn five_records(stage: &Stage) -> ringback_jetstream::JetStream {
    let log = stage.replica();
    for serial in 1..=5 {
        log.submit(id(1, serial), "a".into()).await.unwrap();
    }
    log
}

#[tokio::test]
async fn the_newest_snapshot_is_found_and_never_an_older_one() {
    let Some(stage) = stage(1) else { return };
    let log = five_records(&stage).await;
    assert_eq!(log.newest().await, Ok(None));
    log.save(3, "three".into()).await.unwrap();
    assert_eq!(log.newest().await, Ok(saved(3, "three")));
    log.save(2, "two".into()).await.unwrap();
    assert_eq!(log.newest().await, Ok(saved(3, "three")));
    log.save(5, "five".into()).await.unwrap();
    assert_eq!(stage.replica().newest().await, Ok(saved(5, "five")));
    log.save(6, "".into()).await.unwrap();
    assert_eq!(log.newest().await, Ok(saved(6, "")));
}

#[tokio::test]
async fn replicas_that_save_at_once_leave_the_newest_and_the_one_before() {
    let Some(stage) = stage(1) else { return };
    let logs: Vec<_> = (0..3).map(|_| stage.replica()).collect();
    for round in 0..10u64 {
        let saves = logs.iter().flat_map(|log| {
            // Each a little ahead of the others, and two of them at the same position.
            [1, 2, 3].map(|ahead| log.save(10 * round + ahead, format!("{round} {ahead}").into()))
        });
        for save in futures_util::future::join_all(saves).await {
            save.unwrap();
        }
        let newest = logs[0].newest().await.unwrap().unwrap();
        assert_eq!((newest.position, newest.bytes), (10 * round + 3, format!("{round} 3").into()));
    }
    assert_eq!(stage.objects().await.len(), 2, "{:?}", stage.objects().await);
}

#[tokio::test]
async fn a_spoilt_snapshot_is_passed_over_for_the_one_before() {
    let Some(stage) = stage(1) else { return };
    let log = five_records(&stage).await;
    log.save(2, "two".into()).await.unwrap();
    log.save(4, "four".into()).await.unwrap();
    // Not even when asked to: the one before needs the records behind it.
    log.compact(4).await.unwrap();
    stage.remove_object("toy/snapshot/00000000000000000004").await;
    assert_eq!(log.newest().await, Ok(saved(2, "two")));
    assert_eq!(follow(&log, 2).until(3).await.len(), 3);
    stage.remove_object("toy/snapshot/00000000000000000002").await;
    assert!(matches!(log.newest().await, Err(LogError::Damaged(_))));
}

#[tokio::test]
async fn who_wants_records_that_are_gone_is_told_so() {
    let Some(stage) = stage(1) else { return };
    let log = five_records(&stage).await;
    let mut asleep = follow(&log, 0);
    asleep.until(5).await;
    log.save(2, "two".into()).await.unwrap();
    log.save(4, "four".into()).await.unwrap();
    log.compact(3).await.unwrap();
    assert_eq!(follow(&log, 0).end().await, LogError::Gap(0));
    assert_eq!(follow(&log, 1).end().await, LogError::Gap(1));
    assert_eq!(follow(&log, 2).until(3).await[0].position, 3);
    // Positions go on, and who has seen all of it does not mind.
    log.submit(id(1, 6), "b".into()).await.unwrap();
    assert_eq!(asleep.until(6).await[5].position, 6);
    assert_eq!(log.tip().await, Ok(6));
}
