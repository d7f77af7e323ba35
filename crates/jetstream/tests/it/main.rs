//! The log on JetStream against real servers, which the tests start on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says when it has nothing to try"
)]

mod cluster;
mod counters;
mod credentials;
mod damage;
mod engines;
mod nodes;
mod proxy;
mod records;
mod refusals;
mod snapshots;

use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use ringback_engine::ordered::{EntryId, Log, LogError, Position, Record};
use ringback_jetstream::{Cluster, JetStream, Options};
use tokio::sync::mpsc;

use crate::nodes::Nodes;

/// The stream of the instance that the tests use.
const STREAM: &str = "ringback_test_toy";

/// One at a time: what is measured are seconds, and three servers are busy with one test already.
static ONE: Mutex<()> = Mutex::new(());

/// Servers, for as long as it is this test's turn.
struct Stage {
    nodes: Nodes,
    _turn: MutexGuard<'static, ()>,
}

fn stage(count: usize) -> Option<Stage> {
    let turn = ONE.lock();
    Some(Stage { nodes: Nodes::start(count, "")?, _turn: turn })
}

impl Stage {
    fn options(&self) -> Options {
        Options::new(&self.nodes.addresses(), "test").unwrap()
    }

    /// Opens the log as a process of its own would.
    fn replica(&self) -> JetStream {
        replica(&self.options())
    }
}

fn replica(options: &Options) -> JetStream {
    Cluster::connect(options).unwrap().log("toy").unwrap()
}

fn id(origin: u64, serial: u64) -> EntryId {
    EntryId { origin, serial }
}

/// What comes round, record by record.
struct Follower {
    batches: mpsc::Receiver<Result<Vec<Record>, LogError>>,
    seen: Vec<Record>,
}

fn follow(log: &JetStream, after: Position) -> Follower {
    Follower { batches: log.follow(after), seen: Vec::new() }
}

impl Follower {
    /// Waits for so many records in all.
    async fn until(&mut self, count: usize) -> &[Record] {
        while self.seen.len() < count {
            let batch = tokio::time::timeout(Duration::from_secs(60), self.batches.recv()).await;
            let batch = batch.unwrap_or_else(|_| {
                panic!("{} of {count} records within a minute", self.seen.len())
            });
            self.seen.extend(batch.unwrap().unwrap());
        }
        &self.seen
    }

    /// Waits for the end, and returns why.
    async fn end(&mut self) -> LogError {
        loop {
            let batch = tokio::time::timeout(Duration::from_secs(60), self.batches.recv()).await;
            match batch.expect("an end within a minute").expect("an error at the end") {
                Ok(batch) => self.seen.extend(batch),
                Err(error) => return error,
            }
        }
    }
}

/// Asserts what holds of every log: positions from one on without a gap, time that does not go back.
fn assert_in_order(records: &[Record]) {
    for (i, record) in records.iter().enumerate() {
        assert_eq!(record.position, i as u64 + 1);
    }
    assert!(records.is_sorted_by_key(|record| record.stamp), "time went back");
}
