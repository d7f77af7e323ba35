//! Three nodes under load, and what can happen to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ringback_engine::ordered::{EntryId, Log, LogError, Position, Record};
use ringback_jetstream::JetStream;
use tokio::task::JoinHandle;

use crate::{STREAM, Stage, assert_in_order, follow, id, stage};

/// How many records are under way at once.
const CLIENTS: u64 = 32;

/// What became of the records of a load.
#[derive(Default)]
struct Outcome {
    acknowledged: BTreeMap<EntryId, Position>,
    unknown: Vec<EntryId>,
    /// The longest time without an acknowledgement.
    longest: Duration,
}

/// Three replicas under load.
struct Load {
    logs: Vec<Arc<JetStream>>,
    followers: Vec<JoinHandle<Vec<Record>>>,
    clients: Vec<JoinHandle<Outcome>>,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
}

impl Load {
    fn start(stage: &Stage) -> Self {
        let logs: Vec<_> = (0..3).map(|_| Arc::new(stage.replica())).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(AtomicU64::new(0));
        let followers = logs
            .iter()
            .map(|log| {
                let mut follower = follow(log, 0);
                // The last record says that it is.
                tokio::spawn(async move {
                    while follower.seen.last().is_none_or(|record| record.bytes != "end") {
                        follower.until(follower.seen.len() + 1).await;
                    }
                    follower.seen
                })
            })
            .collect();
        let clients = (0..CLIENTS)
            .map(|client| {
                let log = Arc::clone(&logs[client as usize % 3]);
                let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
                tokio::spawn(async move {
                    let mut outcome = Outcome::default();
                    let mut serial = 0;
                    while !stop.load(Ordering::Relaxed) {
                        serial += 1;
                        let id = id(100 + client, serial);
                        let began = Instant::now();
                        match log.submit(id, vec![b'x'; 200].into()).await {
                            Ok(position) => {
                                outcome.acknowledged.insert(id, position);
                                acknowledged.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(LogError::Unknown(_)) => outcome.unknown.push(id),
                            Err(LogError::Stopped(_)) => {}
                            Err(other) => panic!("{other}"),
                        }
                        outcome.longest = outcome.longest.max(began.elapsed());
                    }
                    outcome
                })
            })
            .collect();
        Self { logs, followers, clients, stop, acknowledged }
    }

    /// Waits until so many more records are acknowledged.
    async fn goes_on(&self, more: u64) {
        let wanted = self.acknowledged.load(Ordering::Relaxed) + more;
        let began = Instant::now();
        while self.acknowledged.load(Ordering::Relaxed) < wanted {
            assert!(began.elapsed() < Duration::from_secs(60), "nothing goes on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it, and looks whether all that was promised is so.
    async fn end(self, what: &str) {
        self.stop.store(true, Ordering::Relaxed);
        let mut outcome = Outcome::default();
        for client in self.clients {
            let one = client.await.unwrap();
            outcome.acknowledged.extend(one.acknowledged);
            outcome.unknown.extend(one.unknown);
            outcome.longest = outcome.longest.max(one.longest);
        }
        self.logs[0].submit(id(1, 1), "end".into()).await.unwrap();
        let mut all = Vec::new();
        for follower in self.followers {
            all.push(follower.await.unwrap());
        }
        let records = &all[0];
        assert_in_order(records);
        for others in &all[1..] {
            assert!(records == others, "replicas differ");
        }
        let mut found: BTreeMap<EntryId, Vec<Position>> = BTreeMap::new();
        for record in records {
            found.entry(record.id).or_default().push(record.position);
        }
        let lost = outcome.acknowledged.keys().filter(|id| !found.contains_key(id)).count();
        let twice = found.values().filter(|positions| positions.len() > 1).count();
        println!(
            "{what}: {} acknowledged, {lost} lost, {twice} twice, {} unknown, \
             longest answer {:.1?}",
            outcome.acknowledged.len(),
            outcome.unknown.len(),
            outcome.longest
        );
        assert_eq!((lost, twice), (0, 0));
        for (id, position) in &outcome.acknowledged {
            assert_eq!(found[id], [*position], "answered with another position");
        }
        assert!(outcome.longest < Duration::from_secs(31), "{:?}", outcome.longest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_leader_loses_nothing() {
    let Some(mut stage) = stage(3) else { return };
    let load = Load::start(&stage);
    for _ in 0..2 {
        load.goes_on(500).await;
        let leader = stage.nodes.leader(STREAM);
        stage.nodes.0[leader].kill();
        load.goes_on(500).await;
        stage.nodes.0[leader].start();
        stage.nodes.ready();
    }
    load.goes_on(500).await;
    load.end("leader killed twice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_nodes_down_nothing_is_acknowledged_and_then_all_goes_on() {
    let Some(mut stage) = stage(3) else { return };
    let load = Load::start(&stage);
    load.goes_on(500).await;
    stage.nodes.0[0].kill();
    stage.nodes.0[1].kill();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = load.acknowledged.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(load.acknowledged.load(Ordering::Relaxed), before, "without a majority");
    stage.nodes.0[0].start();
    stage.nodes.0[1].start();
    load.goes_on(500).await;
    load.end("two of three nodes down").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_loses_its_disk_gets_it_again_from_the_others() {
    let Some(mut stage) = stage(3) else { return };
    let load = Load::start(&stage);
    load.goes_on(500).await;
    let leader = stage.nodes.leader(STREAM);
    stage.nodes.0[leader].kill();
    stage.nodes.0[leader].wipe();
    load.goes_on(500).await;
    stage.nodes.0[leader].start();
    stage.nodes.ready();
    // Now the others one after the other: what it had lost is needed.
    for other in (0..3).filter(|other| *other != leader) {
        stage.nodes.0[other].kill();
        load.goes_on(500).await;
        stage.nodes.0[other].start();
        stage.nodes.ready();
    }
    load.end("a disk lost").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_hangs_is_passed_by() {
    let Some(stage) = stage(3) else { return };
    let load = Load::start(&stage);
    load.goes_on(500).await;
    let leader = stage.nodes.leader(STREAM);
    stage.nodes.0[leader].pause();
    let began = Instant::now();
    load.goes_on(500).await;
    println!("goes on {:.1?} after its leader hangs", began.elapsed());
    // Every replica, and not the lucky ones alone.
    for log in &load.logs {
        let serial = load.acknowledged.load(Ordering::Relaxed);
        log.submit(id(2, serial), "is it there".into()).await.unwrap();
        println!("a replica answers {:.1?} after its leader hangs", began.elapsed());
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    stage.nodes.0[leader].resume();
    load.goes_on(500).await;
    load.end("a leader that hangs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_killed_whole_loses_nothing() {
    let Some(mut stage) = stage(3) else { return };
    let load = Load::start(&stage);
    load.goes_on(2000).await;
    for node in &mut stage.nodes.0 {
        node.kill();
    }
    for node in &mut stage.nodes.0 {
        node.start();
    }
    load.goes_on(500).await;
    load.end("all three nodes killed").await;
}
