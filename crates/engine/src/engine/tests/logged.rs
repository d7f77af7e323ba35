use std::{
    sync::atomic::{AtomicBool, Ordering},
    task::Poll,
};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::*;
use crate::log::replay;

/// A log whose disk may be full.
#[derive(Clone, Default)]
struct Failing(Arc<AtomicBool>);

impl Log<SetTimer> for Failing {
    fn append(&self, _entry: Entry<SetTimer>) -> Result<Receipt, LogError> {
        match self.0.load(Ordering::Relaxed) {
            true => Err(LogError("no space left".into())),
            false => Ok(Receipt::Kept),
        }
    }
}

type Promise = oneshot::Sender<Result<(), LogError>>;

/// A log that promises, and keeps its promises when told to.
#[derive(Clone, Default)]
struct Slow(Arc<Mutex<Vec<Promise>>>);

impl Log<SetTimer> for Slow {
    fn append(&self, _entry: Entry<SetTimer>) -> Result<Receipt, LogError> {
        let (promise, receipt) = oneshot::channel();
        self.0.lock().push(promise);
        Ok(Receipt::Pending(receipt))
    }
}

fn with_log(log: impl Log<SetTimer>) -> Engine<Kitchen> {
    Engine::with_log(Start::Frozen(START).clock(), Kitchen::open, log)
}

#[test]
fn a_log_played_back_gives_the_same_bytes() {
    let log = MemoryLog::default();
    let engine = with_log(log.clone());
    set(&engine, seconds(4));
    engine.advance(Duration::microseconds(1_234_567));
    set(&engine, seconds(1));
    let taken = engine.snapshot().unwrap();
    engine.advance(seconds(9));
    engine.reset_blocking().unwrap();
    set(&engine, seconds(8));
    engine.restore_blocking(&taken).unwrap();
    engine.advance(seconds(2));
    let refused = engine.execute_blocking(SetTimer { after: Duration::days(9) }).unwrap();
    assert_eq!(refused, Err(TooLong));
    set(&engine, seconds(70));

    // As a file keeps it.
    let json = serde_json::to_string(&log.entries()).unwrap();
    let entries: Vec<Entry<SetTimer>> = serde_json::from_str(&json).unwrap();
    assert_eq!(entries, log.entries());
    assert_eq!(entries.len(), 7);

    let mut kitchen = Kitchen::open(engine.clock().started_at());
    replay(&mut kitchen, entries, Kitchen::open).unwrap();
    let replayed = Snapshot::of(&kitchen, engine.clock().now()).unwrap();
    assert_eq!(replayed.to_bytes().unwrap(), bytes(&engine));
}

#[test]
fn a_run_of_a_running_clock_is_played_back_from_the_moment_its_clock_was_made() {
    let log = MemoryLog::default();
    let clock = Start::Running(1_000_000.0).clock();
    let started_at = clock.started_at();
    let engine = Engine::with_log(clock, Kitchen::open, log.clone());
    for after in [0, 1, 5_000, 90] {
        set(&engine, seconds(after));
    }
    engine.clock().freeze();
    let mut kitchen = Kitchen::open(started_at);
    replay(&mut kitchen, log.entries(), Kitchen::open).unwrap();
    let now = engine.clock().now();
    kitchen.advance(now);
    assert_eq!(Snapshot::of(&kitchen, now).unwrap(), engine.snapshot().unwrap());
}

#[test]
fn a_foreign_snapshot_in_a_log_stops_the_playback_before_it() {
    let entry = |change| Entry { at: START, change };
    let foreign = br#"{"format": 1, "at": 0, "machine": 5}"#;
    let entries = vec![
        entry(Change::Command(SetTimer { after: seconds(1) })),
        entry(Change::Restored(Snapshot::from_bytes(foreign).unwrap())),
        entry(Change::Reset),
    ];
    let mut kitchen = Kitchen::open(START);
    assert!(replay(&mut kitchen, entries, Kitchen::open).is_err());
    assert_eq!(kitchen.set, 1);
}

#[test]
fn a_log_that_fails_leaves_the_machine_as_it_was() {
    let log = Failing::default();
    let engine = with_log(log.clone());
    set(&engine, seconds(5));
    engine.advance(seconds(1));
    let (before, snapshot) = (bytes(&engine), engine.snapshot().unwrap());

    log.0.store(true, Ordering::Relaxed);
    let failed = engine.execute_blocking(SetTimer { after: seconds(1) });
    assert!(matches!(failed, Err(EngineError::Log(_))), "{failed:?}");
    assert!(matches!(engine.reset_blocking(), Err(EngineError::Log(_))));
    assert!(matches!(engine.restore_blocking(&snapshot), Err(EngineError::Log(_))));
    assert_eq!(bytes(&engine), before);

    log.0.store(false, Ordering::Relaxed);
    assert_eq!(set(&engine, seconds(1)), 2, "and it works on when the log does");
}

#[test]
fn time_passes_and_is_told_though_the_log_fails() {
    let log = Failing::default();
    let engine = with_log(log.clone());
    set(&engine, seconds(1));
    log.0.store(true, Ordering::Relaxed);
    engine.clock().jump(seconds(2));
    let changes = engine.changes();
    assert!(engine.execute_blocking(SetTimer { after: seconds(1) }).is_err());
    assert!(changes.has_changed().unwrap());
    assert_eq!(engine.read(Kitchen::numbers), [1]);
}

#[tokio::test]
async fn an_answer_waits_until_the_log_has_kept_the_command() {
    let log = Slow::default();
    let engine = with_log(log.clone());
    let mut answer = Box::pin(engine.execute(SetTimer { after: seconds(1) }));
    assert!(matches!(asked_once(&mut answer).await, Poll::Pending));
    assert_eq!(engine.read(|kitchen| kitchen.set), 1, "executed in order, and not yet answered");
    log.0.lock().remove(0).send(Ok(())).unwrap();
    assert_eq!(answer.await.unwrap(), Ok(1));

    let mut answer = Box::pin(engine.reset());
    assert!(matches!(asked_once(&mut answer).await, Poll::Pending));
    log.0.lock().remove(0).send(Ok(())).unwrap();
    answer.await.unwrap();

    let taken = engine.snapshot().unwrap();
    let mut answer = Box::pin(engine.restore(&taken));
    assert!(matches!(asked_once(&mut answer).await, Poll::Pending));
    drop(log.0.lock().remove(0));
    let failed = answer.await;
    assert!(matches!(failed, Err(EngineError::Log(_))), "the log has stopped: {failed:?}");
}

#[tokio::test]
async fn a_promise_that_is_broken_is_an_error() {
    let log = Slow::default();
    let engine = with_log(log.clone());
    let answer = engine.execute(SetTimer { after: seconds(1) });
    let broken = async {
        tokio::task::yield_now().await;
        log.0.lock().remove(0).send(Err(LogError("torn".into()))).unwrap();
    };
    let (answer, ()) = tokio::join!(answer, broken);
    assert_eq!(answer.unwrap_err().to_string(), "the command log cannot be written: torn");
}

/// Asks a future once whether it is ready.
async fn asked_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::future::poll_fn(|context| Poll::Ready(std::pin::Pin::new(&mut *future).poll(context)))
        .await
}
