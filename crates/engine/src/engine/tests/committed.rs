//! Commit, execute, answer: in this order.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures_util::{FutureExt, future::BoxFuture};

use super::{open::options, *};
use crate::{
    LogOptions, Turn,
    logged::submit::MOST_ON_THE_WAY,
    ordered::{
        Log,
        simulated::{Faults, Simulated},
    },
};

/// An engine whose log does nothing but what it is told to.
pub(super) struct Bench {
    pub(super) log: Simulated,
    pub(super) engine: Engine<Kitchen>,
    pub(super) follower: BoxFuture<'static, ()>,
}

pub(super) fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

impl Bench {
    fn new(log: Simulated, origin: u64) -> Self {
        let member = log.member(0);
        Self::over(log, Arc::new(member), options(origin))
    }

    pub(super) fn over(log: Simulated, member: Arc<dyn Log>, options: LogOptions) -> Self {
        let mut opening =
            Engine::open(Start::Frozen(START), Kitchen::open, member, options).boxed();
        let (engine, follower) = loop {
            if let Poll::Ready(opened) = poll(&mut opening) {
                break opened.unwrap();
            }
            log.step();
        };
        Self { log, engine, follower: follower.run().boxed() }
    }

    fn shared() -> Self {
        Self::new(Simulated::shared(1, Faults::default()), 1)
    }

    /// Lets everything happen that is under way.
    pub(super) fn settle(&mut self) {
        while self.log.step() {
            assert!(poll(&mut self.follower).is_pending());
        }
    }

    pub(super) fn set(&self) -> BoxFuture<'static, Result<Result<u32, TooLong>, EngineError>> {
        let engine = self.engine.clone();
        async move { engine.execute(SetTimer { after: seconds(1) }).await }.boxed()
    }

    pub(super) fn count(&self) -> u32 {
        self.engine.read(|kitchen| kitchen.set)
    }
}

#[test]
fn nothing_is_seen_before_it_is_committed_and_come_round() {
    let mut bench = Bench::shared();
    let mut answer = bench.set();
    assert!(poll(&mut answer).is_pending());
    assert_eq!(bench.count(), 0);
    bench.settle();
    assert_eq!(bench.count(), 1);
    assert_eq!(poll(&mut answer).map(Result::unwrap), Poll::Ready(Ok(1)));
}

#[test]
fn a_command_whose_sender_has_gone_is_executed_all_the_same_and_once() {
    let mut bench = Bench::shared();
    let mut gone = bench.set();
    assert!(poll(&mut gone).is_pending());
    drop(gone);
    let mut answer = bench.set();
    assert!(poll(&mut answer).is_pending());
    bench.settle();
    assert_eq!(bench.count(), 2);
    assert!(poll(&mut answer).is_ready());
}

#[test]
fn what_the_log_does_not_take_is_not_executed_and_the_next_is() {
    let faults = Faults { lost: 1_000, ..Faults::default() };
    let mut bench = Bench::shared();
    bench.log.break_with(faults);
    let mut lost = bench.set();
    assert!(poll(&mut lost).is_pending());
    bench.settle();
    let Poll::Ready(Err(error)) = poll(&mut lost) else { panic!("it was lost") };
    assert_eq!(error.to_string(), "the command log has stopped: lost");
    bench.log.heal();
    let mut answer = bench.set();
    assert!(poll(&mut answer).is_pending());
    bench.settle();
    assert_eq!(poll(&mut answer).map(Result::unwrap), Poll::Ready(Ok(1)));
    let status = bench.engine.log_status(std::future::pending()).now_or_never().unwrap().unwrap();
    assert_eq!(status.refused.unwrap(), "the command log has stopped: lost");
    assert_eq!((status.position, status.applied, status.on_the_way), (Some(2), 2, 0));
}

#[test]
fn so_many_submissions_are_on_their_way_at_once_be_anybody_waiting_for_them_or_not() {
    let mut bench = Bench::shared();
    let most = MOST_ON_THE_WAY;
    let mut answers: Vec<_> = (0..most).map(|_| bench.set()).collect();
    answers.iter_mut().for_each(|answer| assert!(poll(answer).is_pending()));
    answers.truncate(most / 2);
    let mut late = bench.set();
    assert!(poll(&mut late).is_pending());
    assert_eq!(bench.log.under_way(), most, "those who went away keep their places");
    bench.settle();
    assert_eq!(bench.count(), u32::try_from(most).unwrap());
    assert!(poll(&mut late).is_pending());
    assert_eq!(bench.log.under_way(), 1, "places were let go");
    bench.settle();
    assert!(poll(&mut late).is_ready());
    assert!(answers.iter_mut().all(|answer| poll(answer).is_ready()));
}

#[test]
fn a_command_for_another_epoch_changes_nothing() {
    let mut bench = Bench::shared();
    let engine = bench.engine.clone();
    let mut reset = async { engine.reset().await }.boxed();
    assert!(poll(&mut reset).is_pending());
    let mut stale = async { engine.execute_in(0, SetTimer { after: seconds(1) }).await }.boxed();
    assert!(poll(&mut stale).is_pending());
    // The reset first: a network may change the order.
    loop {
        bench.settle();
        if engine.epoch() == 1 {
            break;
        }
    }
    let Poll::Ready(Ok(outcome)) = poll(&mut stale) else { panic!("it was answered") };
    let executed = outcome.is_some();
    assert!(poll(&mut reset).is_ready());
    assert_eq!(bench.count(), 0, "executed before the reset, or not at all ({executed})");
    let mut stale = async { engine.execute_in(0, SetTimer { after: seconds(1) }).await }.boxed();
    assert!(poll(&mut stale).is_pending());
    bench.settle();
    assert!(matches!(poll(&mut stale), Poll::Ready(Ok(None))));
    let mut right = async { engine.execute_in(1, SetTimer { after: seconds(1) }).await }.boxed();
    assert!(poll(&mut right).is_pending());
    bench.settle();
    assert!(matches!(poll(&mut right), Poll::Ready(Ok(Some(Ok(1))))));
}

#[test]
fn a_read_does_not_go_beyond_the_log_and_a_tick_lets_happen_what_is_due() {
    let mut bench = Bench::shared();
    let engine = bench.engine.clone();
    let mut release = async { engine.release().await }.boxed();
    assert!(poll(&mut release).is_pending());
    bench.settle();
    assert!(poll(&mut release).is_ready());
    let mut answer = bench.set();
    assert!(poll(&mut answer).is_pending());
    bench.settle();
    assert!(poll(&mut answer).is_ready());
    let state = engine.state().unwrap();
    bench.log.pass(900_000);
    let (rung, now) = engine.read_at(|kitchen, now| (kitchen.rung.len(), now));
    assert_eq!((rung, now), (0, START + Duration::milliseconds(900)), "time is shown to pass");
    bench.log.pass(900_000);
    let (rung, now) = engine.read_at(|kitchen, now| (kitchen.rung.len(), now));
    let just_before = START + seconds(1) - Duration::MICROSECOND;
    assert_eq!((rung, now), (0, just_before), "and nothing is overdue");
    assert_eq!(engine.state().unwrap(), state, "a read changes nothing");
    let timer = engine.clone();
    let mut due = async move { timer.due_passed().await }.boxed();
    assert!(poll(&mut due).is_pending());
    bench.settle();
    assert!(poll(&mut due).is_ready());
    assert_eq!(engine.read(Kitchen::numbers), [1]);
    assert_eq!(engine.state().unwrap().0, state.0 + 1);
    assert!(async { engine.due_passed().await }.boxed().now_or_never().is_some(), "no more ticks");
}

#[test]
fn one_at_a_time_acts_for_all_and_another_when_that_one_is_silent() {
    let log = Simulated::shared(3, Faults::default());
    let (mut one, mut other) = (Bench::new(log.clone(), 1), Bench::new(log.clone(), 2));
    let turn = |bench: &Bench| {
        let engine = bench.engine.clone();
        async move { engine.turn().await }.boxed()
    };
    let settle = |one: &mut Bench, other: &mut Bench| {
        while log.step() {
            assert!(poll(&mut one.follower).is_pending());
            assert!(poll(&mut other.follower).is_pending());
        }
    };
    assert!(!one.engine.may_send());
    let mut asked = turn(&one);
    assert!(poll(&mut asked).is_pending());
    settle(&mut one, &mut other);
    assert!(matches!(poll(&mut asked), Poll::Ready(Ok(Turn::Mine))));
    assert!(one.engine.may_send());
    assert!(!other.engine.may_send());
    let mut asked = turn(&other);
    let Poll::Ready(Ok(Turn::Others(wait))) = poll(&mut asked) else { panic!("it is taken") };
    assert!(wait > std::time::Duration::from_millis(2_900), "{wait:?}");

    log.pass(2_250_000);
    assert!(!one.engine.may_send(), "a quarter is left for what is under way");
    let mut answer = one.set();
    assert!(poll(&mut answer).is_pending());
    settle(&mut one, &mut other);
    assert!(poll(&mut answer).is_ready());
    assert!(one.engine.may_send(), "whatever it writes renews it");
    log.pass(3_000_001);
    assert!(!one.engine.may_send());
    let mut asked = turn(&other);
    assert!(poll(&mut asked).is_pending());
    settle(&mut one, &mut other);
    assert!(matches!(poll(&mut asked), Poll::Ready(Ok(Turn::Mine))));
    assert!(other.engine.may_send());
}
