//! Replicas that fall behind: readers wait for the end of the log, sleepers take over a snapshot.

use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use super::{
    committed::{Bench, poll},
    open::options,
    *,
};
use crate::{
    LogOptions, SnapshotEvery,
    ordered::{
        EntryId, Log, Position, Record, Saved, Stamp,
        simulated::{Faults, Member, Simulated},
    },
};

#[test]
fn a_replica_that_has_slept_too_long_takes_over_the_newest_snapshot() {
    let log = Simulated::shared(4, Faults::default());
    let snapshots = SnapshotEvery { entries: 10, bytes: u64::MAX };
    let member = Arc::new(log.member(0));
    let mut awake = Bench::over(log.clone(), member, LogOptions { snapshots, ..options(1) });
    let sleeper = log.member(0);
    let mut asleep =
        Bench::over(log.clone(), Arc::new(sleeper.clone()), LogOptions { snapshots, ..options(2) });
    // One of its own is on the way when it falls asleep.
    let mut answer = asleep.set();
    assert!(poll(&mut answer).is_pending());
    sleeper.pause(true);
    for _ in 0..60 {
        let mut answer = awake.set();
        assert!(poll(&mut answer).is_pending());
        awake.settle();
        assert!(poll(&mut answer).is_ready());
    }
    assert!(log.records()[0].position > 20, "the records that it would need are gone");
    assert_eq!(asleep.count(), 0);
    let (cursor, epoch) = (asleep.engine.last_event(), asleep.engine.epoch());
    sleeper.pause(false);
    asleep.settle();
    awake.settle();
    assert_eq!(asleep.engine.state(), awake.engine.state());
    assert_eq!(asleep.count(), 61, "its own too");
    let Poll::Ready(Err(error)) = poll(&mut answer) else { panic!("it is let go") };
    assert!(matches!(error, EngineError::Log(LogError::Unknown(_))), "{error}");
    assert_eq!(asleep.engine.events_since(cursor, 10).missed, 1, "something was missed");
    assert_eq!(asleep.engine.epoch(), epoch);
    let mut answer = asleep.set();
    assert!(poll(&mut answer).is_pending());
    asleep.settle();
    assert!(matches!(poll(&mut answer), Poll::Ready(Ok(Ok(62)))));
}

type Questions = Arc<Mutex<Vec<oneshot::Sender<()>>>>;

/// A member that says where the log ends when it is let.
struct Asked(Member, Questions);

impl Log for Asked {
    fn submit(&self, id: EntryId, bytes: Bytes) -> BoxFuture<'static, Result<Position, LogError>> {
        self.0.submit(id, bytes)
    }

    fn follow(&self, after: Position) -> mpsc::Receiver<Result<Vec<Record>, LogError>> {
        self.0.follow(after)
    }

    fn horizon(&self, applied: Position) -> Stamp {
        self.0.horizon(applied)
    }

    fn now(&self) -> Stamp {
        self.0.now()
    }

    fn tip(&self) -> BoxFuture<'static, Result<Position, LogError>> {
        let (answer, answered) = oneshot::channel();
        self.1.lock().push(answer);
        let member = self.0.clone();
        async move {
            answered.await.unwrap();
            member.tip().await
        }
        .boxed()
    }

    fn save(&self, at: Position, bytes: Bytes) -> BoxFuture<'static, Result<(), LogError>> {
        self.0.save(at, bytes)
    }

    fn newest(&self) -> BoxFuture<'static, Result<Option<Saved>, LogError>> {
        self.0.newest()
    }

    fn compact(&self, through: Position) -> BoxFuture<'static, Result<(), LogError>> {
        self.0.compact(through)
    }

    fn kind(&self) -> &'static str {
        "asked"
    }
}

#[test]
fn readers_share_a_question_but_never_one_that_was_asked_before_they_came() {
    let log = Simulated::shared(5, Faults::default());
    let questions = Questions::default();
    let answer = || questions.lock().remove(0).send(()).unwrap();
    let asked = || questions.lock().len();
    let member = Arc::new(Asked(log.member(0), Arc::clone(&questions)));
    let mut opening = Engine::open(Start::Frozen(START), Kitchen::open, member, options(1)).boxed();
    let (engine, follower) = loop {
        if let Poll::Ready(opened) = poll(&mut opening) {
            break opened.unwrap();
        }
        if asked() > 0 {
            answer();
        }
        log.step();
    };
    let mut bench = Bench { log: log.clone(), engine, follower: follower.run().boxed() };
    let reads = |bench: &Bench| {
        let engine = bench.engine.clone();
        async move { engine.catch_up().await }.boxed()
    };
    let mut first = reads(&bench);
    assert!(poll(&mut first).is_pending());
    assert_eq!(asked(), 1);
    // They come after the question was asked: its answer may be too old for them.
    let mut later: Vec<_> = (0..100).map(|_| reads(&bench)).collect();
    later.iter_mut().for_each(|read| assert!(poll(read).is_pending()));
    assert_eq!(asked(), 1);
    answer();
    assert!(poll(&mut first).is_ready());
    // Whoever asked for it may go away.
    drop(later.remove(0));
    later.iter_mut().for_each(|read| assert!(poll(read).is_pending()));
    assert_eq!(asked(), 1, "one for all of them");
    let mut written = bench.set();
    assert!(poll(&mut written).is_pending());
    while log.under_way() > 0 {
        log.step();
    }
    let mut last = reads(&bench);
    assert!(poll(&mut last).is_pending());
    answer();
    later.iter_mut().for_each(|read| assert!(poll(read).is_pending(), "it is not applied yet"));
    assert!(poll(&mut last).is_pending());
    answer();
    assert!(poll(&mut last).is_pending());
    bench.settle();
    assert!(later.iter_mut().all(|read| poll(read).is_ready()));
    assert!(poll(&mut last).is_ready());
    assert_eq!(bench.count(), 1);
}
