//! The worlds of a vendor in several engines over one simulated log, in which everything goes wrong.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use ringback_engine::{
    ClockCommand, Engine, EngineError, Rate,
    ordered::simulated::{Faults, Replicas, Submitted},
};
use ringback_mock::{Builder, Vendor};

use super::{Worlds, same, worlds_of};

/// After how many records a snapshot is due.
const SNAPSHOTS: u64 = 40;

/// How many things may happen until something has to be answered.
const PATIENCE: usize = 100_000;

/// The replicas of a vendor's worlds.
pub(super) struct Several<V: Vendor> {
    replicas: Replicas<Worlds<V>>,
    /// Which of them has answered last.
    last: usize,
}

impl<V: Vendor + Clone> Several<V> {
    pub(super) fn new(builder: Builder<V>, seed: u64) -> Self {
        let faults = Faults { lost: 30, unanswered: 30, twice: 60, leader: 1_000_000 };
        // No two of them would begin alike: only one does, and the log tells the others.
        let salt = AtomicU64::new(0);
        let genesis = move |at| worlds_of(&builder, salt.fetch_add(1, Ordering::Relaxed), at);
        let mut replicas = Replicas::new(seed, faults, &[0, 4_000_000, -4_000_000], genesis);
        replicas.snapshots_every(SNAPSHOTS);
        replicas.compares(false);
        Self { replicas, last: 0 }
    }
}

impl<V: Vendor> Several<V> {
    fn step(&mut self) {
        let random = self.replicas.random();
        let (what, place) = (random.below(400), random.below(3));
        match what {
            0 => self.replicas.crash(place),
            1..4 => self.replicas.pause(place, true),
            4..24 => self.replicas.pause(place, false),
            24..28 => {
                let commands = [
                    ClockCommand::Release,
                    ClockCommand::Freeze,
                    ClockCommand::SetRate(Rate::from_millionths(20_000_000)),
                    ClockCommand::SetRate(Rate::ONE),
                ];
                let drawn = self.replicas.random().below(commands.len());
                let Some(command) = commands.get(drawn).copied() else { return };
                let change =
                    move |engine: Engine<_>| async move { engine.set_clock(command).await };
                drop(self.replicas.submit(place, change));
            }
            _ => {}
        }
        self.replicas.step().expect("replicas are alike, and go on");
    }

    /// Returns a replica that runs.
    fn somebody(&mut self) -> usize {
        for _ in 0..PATIENCE {
            let place = self.replicas.random().below(3);
            if self.replicas.engine(place).is_some() {
                return place;
            }
            self.step();
        }
        panic!("no replica starts");
    }

    /// Does something until it is answered, again and elsewhere where it fails.
    pub(super) fn execute<R, F>(&mut self, change: impl Fn(Engine<Worlds<V>>) -> F) -> R
    where
        R: Send + 'static,
        F: Future<Output = Result<R, EngineError>> + Send + 'static,
    {
        let mut place = self.somebody();
        let mut answer = self.replicas.submit(place, &change);
        for _ in 0..PATIENCE {
            self.step();
            let ended = answer.lock().take();
            match ended {
                Some(Submitted::Answered(answer)) => {
                    self.last = place;
                    return answer;
                }
                None if self.replicas.engine(place).is_some() => {}
                Some(Submitted::Failed(_)) | None => {
                    place = self.somebody();
                    answer = self.replicas.submit(place, &change);
                }
            }
        }
        panic!("no answer");
    }

    /// Returns the engine that has answered last, or another one that runs.
    pub(super) fn engine(&mut self) -> Engine<Worlds<V>> {
        if let Some(engine) = self.replicas.engine(self.last) {
            return engine.clone();
        }
        self.last = self.somebody();
        self.replicas.engine(self.last).expect("it runs").clone()
    }

    /// Lets everything come to rest and compares all replicas.
    pub(super) fn are_alike(&mut self) -> TestCaseResult {
        self.replicas.settle().map_err(TestCaseError::fail)?;
        let state = |place| self.replicas.engine(place).and_then(Engine::state);
        let (first, second, third) = (state(0), state(1), state(2));
        let first = first.expect("a state");
        for other in [second.expect("a state"), third.expect("a state")] {
            prop_assert_eq!(first.0, other.0);
            same("a replica", &other.1, &first.1)?;
        }
        Ok(())
    }
}
