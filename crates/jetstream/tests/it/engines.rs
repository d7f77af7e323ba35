//! Whole engines on the log: what they execute, what they agree on, how they come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration as RealTime;

use ringback_engine::{
    Duration, Engine, EngineError, Identity, LogOptions, OffsetDateTime, Rate, Snapshot,
    SnapshotEvery, Start, ordered::LogError,
};
use ringback_jetstream::Options;
use tokio::task::JoinHandle;

use crate::counters::{Count, Counters};
use crate::{STREAM, proxy, replica, stage};

const EVERY: SnapshotEvery = SnapshotEvery { entries: 500, bytes: 32 << 20 };

fn engine(options: &Options, origin: u64, snapshots: SnapshotEvery) -> Engine<Counters> {
    let identity = Identity { instance: "toy".into(), logic: 1, settings: "none".into() };
    let log_options = LogOptions { snapshots, ..LogOptions::new(identity, origin) };
    let log = Arc::new(replica(options));
    let engine =
        Engine::open_blocking(Start::Now, |_| Counters::default(), log, log_options).unwrap();
    let timer = engine.clone();
    tokio::spawn(async move { timer.run().await });
    engine
}

fn count(which: usize) -> Count {
    Count { which, ring_in_millis: 3_000 }
}

/// Waits until all have applied the same, and compares them to the byte.
async fn assert_equal(engines: &[Engine<Counters>]) {
    for attempt in 0.. {
        for engine in engines {
            assert_eq!(engine.stopped(), None);
            engine.catch_up().await.unwrap();
        }
        let states: Vec<_> = engines.iter().map(|engine| engine.state().unwrap()).collect();
        // Alarms that go off in between are entries of their own.
        if states.iter().all(|(position, _)| *position == states[0].0) {
            assert!(states.iter().all(|(_, state)| *state == states[0].1), "replicas differ");
            return;
        }
        assert!(attempt < 200, "they never stand at the same position");
        tokio::time::sleep(RealTime::from_millis(50)).await;
    }
}

/// Clients that count at one of the engines each; how often that was answered, and how often not.
fn load(engines: &[Engine<Counters>], stop: &Arc<AtomicBool>) -> Vec<JoinHandle<(u64, u64)>> {
    let clients = (0..16).map(|which| {
        let (engine, stop) = (engines[which % engines.len()].clone(), Arc::clone(stop));
        tokio::spawn(async move {
            let (mut answered, mut unknown) = (0, 0);
            while !stop.load(Ordering::Relaxed) {
                match engine.execute(count(which)).await {
                    // Nobody else counts this one, so what is lost or done twice shows at once.
                    Ok(counted) => {
                        answered += 1;
                        assert!((answered..=answered + unknown).contains(&counted), "{counted}");
                    }
                    Err(EngineError::Log(LogError::Unknown(_))) => unknown += 1,
                    Err(EngineError::Log(LogError::Stopped(_))) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            (answered, unknown)
        })
    });
    clients.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_agree_to_the_byte_while_clocks_change_and_a_leader_is_killed() {
    let Some(mut stage) = stage(3) else { return };
    let options = stage.options();
    let engines: Vec<_> = (1..=3).map(|origin| engine(&options, origin, EVERY)).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let clients = load(&engines, &stop);
    let pause = || tokio::time::sleep(RealTime::from_millis(300));
    for round in 0..4 {
        let engine = &engines[round % 3];
        engine.set_rate(Rate::from_f64(60.0).unwrap()).await.unwrap();
        pause().await;
        engine.freeze().await.unwrap();
        pause().await;
        engine.advance(Duration::hours(1)).await.unwrap();
        engine.release().await.unwrap();
        if round == 1 {
            let leader = stage.nodes.leader(STREAM);
            stage.nodes.0[leader].kill();
            engine.execute(count(16)).await.unwrap_or_default();
            stage.nodes.0[leader].start();
            stage.nodes.ready();
        }
        pause().await;
    }
    stop.store(true, Ordering::Relaxed);
    let (mut answered, mut unknown) = (0, 0);
    for client in clients {
        let one = client.await.unwrap();
        (answered, unknown) = (answered + one.0, unknown + one.1);
    }
    assert_equal(&engines).await;
    let counted = engines[0].read(|counters| counters.counts.iter().sum::<u64>());
    println!("{answered} answered, {unknown} unknown, {counted} counted");
    assert!((answered..=answered + unknown + 1).contains(&counted));
    // One that comes later begins from a snapshot, and comes to the same.
    let late = engine(&options, 4, EVERY);
    assert_eq!(late.read(|counters| counters.counts.iter().sum::<u64>()), counted);
    assert_equal(&[engines[1].clone(), late]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_engine_has_answered_another_shows() {
    let Some(stage) = stage(1) else { return };
    let options = stage.options();
    let engines: Vec<_> = (1..=3).map(|origin| engine(&options, origin, EVERY)).collect();
    for i in 0..300 {
        let counted = engines[i % 3].execute(count(0)).await.unwrap();
        let other = &engines[(i + 1) % 3];
        other.catch_up().await.unwrap();
        assert!(other.read(|counters| counters.counts[0]) >= counted, "pair {i}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_state_of_three_megabytes_reaches_all() {
    let Some(stage) = stage(1) else { return };
    let options = stage.options();
    let engines: Vec<_> = (1..=2).map(|origin| engine(&options, origin, EVERY)).collect();
    engines[0].execute(count(3)).await.unwrap();
    let large = Counters { ballast: "x".repeat(3_000_000), ..Counters::default() };
    let at = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
    engines[0].restore(&Snapshot::of(&large, at).unwrap()).await.unwrap();
    engines[1].execute(count(4)).await.unwrap();
    assert_equal(&engines).await;
    let (ballast, counts) = engines[1].read(|counters| (counters.ballast.len(), counters.counts));
    assert_eq!((ballast, counts[3], counts[4]), (3_000_000, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_was_away_for_too_long_takes_the_newest_snapshot() {
    let Some(stage) = stage(1) else { return };
    let proxy = proxy::proxy(stage.nodes.0[0].port);
    let often = SnapshotEvery { entries: 50, bytes: 32 << 20 };
    let present = engine(&stage.options(), 1, often);
    let away = engine(&proxy.options(), 2, often);
    away.execute(count(1)).await.unwrap();
    proxy.set(proxy::DEAF);
    let unanswered = tokio::spawn({
        let away = away.clone();
        async move { away.execute(count(2)).await }
    });
    for _ in 0..400 {
        present.execute(count(0)).await.unwrap();
    }
    proxy.set(proxy::OPEN);
    // It has come round at once, or was taken over with the snapshot and is not known.
    let answer = unanswered.await.unwrap();
    assert!(matches!(answer, Ok(1) | Err(EngineError::Log(LogError::Unknown(_)))), "{answer:?}");
    away.catch_up().await.unwrap();
    assert!(away.log_status().await.unwrap().applied > 400);
    assert_eq!(away.read(|counters| counters.counts[..3].to_vec()), [400, 1, 1]);
    away.execute(count(1)).await.unwrap();
    assert_equal(&[present, away]).await;
}
