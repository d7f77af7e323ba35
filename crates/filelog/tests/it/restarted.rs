//! What is executed is there after a restart, and the state is the same to the byte.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;
use ringback_engine::{
    Duration, Engine, EngineError, Identity, LogOptions, OffsetDateTime, SnapshotEvery, Start,
};
use ringback_filelog::{Archive, Expected, Exported, FileLog, Opening, Replayed};

use crate::counters::{Count, Counters};

struct Running {
    engine: Engine<Counters>,
    log: Arc<FileLog>,
}

fn options(origin: u64, logic: u32) -> LogOptions {
    let identity = Identity { instance: "main".into(), logic, settings: "none".into() };
    let snapshots = SnapshotEvery { entries: 200, ..SnapshotEvery::default() };
    LogOptions { snapshots, ..LogOptions::new(identity, origin) }
}

impl Running {
    fn start(folder: &Path, origin: u64) -> Self {
        Self::by_rules(folder, origin, 1).unwrap()
    }

    fn by_rules(folder: &Path, origin: u64, logic: u32) -> Result<Self, EngineError> {
        let expected = Expected {
            vendor: "counters".into(),
            instance: "main".into(),
            release: format!("0.{logic}.0"),
            logic,
            settings: "none".into(),
        };
        let log = FileLog::open(folder, &expected, Opening::default())
            .map_err(|error| EngineError::Refused(error.to_string()))?;
        let log = Arc::new(log);
        let options = options(origin, logic);
        let start = Start::Frozen(OffsetDateTime::UNIX_EPOCH + Duration::days(20_000));
        let shared = Arc::clone(&log);
        let engine = Engine::open_blocking(start, |_at| Counters::new(), shared, options)?;
        Ok(Self { engine, log })
    }

    fn count(&self, commands: u64) {
        // Together, so that the disk is waited for seldom.
        let counting = (0..commands).map(|which| {
            let count = Count { which, ring_in_millis: (which * 37 % 5_000) as i64 };
            self.engine.execute(count)
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for counted in runtime.block_on(join_all(counting)) {
            counted.unwrap();
        }
    }

    fn state(&self) -> Vec<u8> {
        self.engine.state().unwrap().1.to_vec()
    }

    /// Ends as a process does that is killed: nothing is saved.
    fn kill(self) {
        self.log.close();
    }

    fn stop(self) {
        self.engine.close_blocking().unwrap();
        self.log.close();
    }
}

#[test]
fn whatever_ends_it_the_state_is_the_same_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = Vec::new();
    for origin in 1..=6 {
        let running = Running::start(folder.path(), origin);
        if origin > 1 {
            assert_eq!(running.state(), before, "start {origin}");
        }
        running.count(150 * origin);
        running.engine.advance_blocking(Duration::seconds(2)).unwrap();
        running.count(7);
        before = running.state();
        if origin % 2 == 0 { running.stop() } else { running.kill() }
    }
    let running = Running::start(folder.path(), 7);
    running.engine.read(|counters| {
        let commands = 150 * (1 + 2 + 3 + 4 + 5 + 6) + 6 * 7;
        assert_eq!(counters.counts.iter().sum::<u64>(), commands);
        assert!(counters.rings > 500, "{}", counters.rings);
    });
    assert!(running.log.first() > 2_000, "cut behind the older snapshot: {}", running.log.first());
    assert_eq!(running.log.snapshots().len(), 2);
}

#[test]
fn without_the_newest_snapshot_the_state_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), 1);
    running.count(1_000);
    let before = running.state();
    running.stop();
    let log = Running::start(folder.path(), 2);
    let newest = *log.log.snapshots().last().unwrap();
    log.kill();
    fs::write(folder.path().join(format!("snapshot-{newest:020}")), "spoiled").unwrap();
    let running = Running::start(folder.path(), 3);
    assert_eq!(running.state(), before);
    running.count(500);
    assert_eq!(running.log.snapshots().len(), 2, "a new one takes its place");
}

#[test]
fn rules_change_where_a_clean_stop_has_left_nothing_to_execute() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), 1);
    running.count(50);
    running.kill();
    let refused = Running::by_rules(folder.path(), 2, 2).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("start release 0.1.0 once and stop it"), "{refused}");
    Running::start(folder.path(), 3).stop();
    let running = Running::by_rules(folder.path(), 4, 2).unwrap();
    running.count(50);
    running.kill();
    let running = Running::by_rules(folder.path(), 5, 2).unwrap();
    assert_eq!(running.engine.read(|counters| counters.counts.iter().sum::<u64>()), 100);
    running.stop();
    let refused = Running::by_rules(folder.path(), 6, 1).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("written by release 0.2.0"), "{refused}");
}

#[test]
fn an_exported_log_gives_the_same_state_and_goes_on_without_time_passing() {
    let folder = tempfile::tempdir().unwrap();
    for origin in 1..=2 {
        let running = Running::start(folder.path(), origin);
        running.count(400);
        running.stop();
    }
    let running = Running::start(folder.path(), 3);
    running.count(100);
    running.engine.advance_blocking(Duration::seconds(2)).unwrap();
    running.count(5);
    let state = running.state();
    running.kill();
    let mut lines = Vec::new();
    let records = Archive::open(folder.path()).unwrap().export(&mut lines).unwrap();
    assert!(records < 700, "{records}: it begins with a snapshot");

    let mut replies = Vec::new();
    for origin in 10..12 {
        let log = Replayed::from(Exported::read(lines.as_slice()).unwrap());
        let options = options(origin, 1);
        let engine =
            Engine::open_blocking(Start::Now, |_at| Counters::new(), Arc::new(log), options);
        let engine = engine.unwrap();
        assert_eq!(engine.state().unwrap().1, state);
        let count = |which| engine.execute_blocking(Count { which, ring_in_millis: 5 }).unwrap();
        let counted: Vec<u64> = (0..300).map(count).collect();
        replies.push((counted, engine.read_at(|counters, now| (counters.clone(), now))));
        engine.close_blocking().unwrap();
    }
    assert_eq!(replies[0], replies[1]);
}
