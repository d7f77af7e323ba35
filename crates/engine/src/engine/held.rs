//! Machines that are advanced together, and what an advance did.

use parking_lot::RwLockWriteGuard;
use serde::Serialize;
use time::OffsetDateTime;

use super::{Core, Engine};
use crate::{ClockCommand, Machine};

/// What an advance of the clock did.
#[derive(Debug, Clone, Serialize)]
pub struct Advanced<E> {
    /// The simulated time before.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// The simulated time after.
    #[serde(with = "time::serde::rfc3339")]
    pub to: OffsetDateTime,
    /// How many events there were in between.
    pub event_count: u64,
    /// The first of them, in time order: at most [`Advanced::LISTED`].
    pub events: Vec<E>,
}

impl<E> Advanced<E> {
    /// How many events are listed.
    pub const LISTED: usize = 10_000;
}

/// A machine that nobody else reads or changes meanwhile. Held for a moment, and never across an
/// `.await`.
pub struct Held<'a, M: Machine> {
    pub(super) engine: &'a Engine<M>,
    pub(super) core: RwLockWriteGuard<'a, Core<M>>,
}

impl<M: Machine> std::fmt::Debug for Held<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("engine", self.engine).finish_non_exhaustive()
    }
}

impl<M: Machine> Held<'_, M> {
    /// Returns the machine as it is now.
    pub fn machine(&self) -> &M {
        &self.core.machine
    }

    /// Returns the moment of the next thing that is due.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        self.core.machine.next_due()
    }

    /// Sets the clock forward to a moment; one that has passed changes nothing. A clock that a log
    /// has set stays as it is.
    pub fn jump_to(&self, at: OffsetDateTime) {
        if self.engine.0.replica.is_none() {
            self.engine.0.clock.change(ClockCommand::AdvanceTo(at));
        }
    }

    /// Lets everything happen that is due up to a moment that the clock shows, and says what did.
    /// With a log, nothing does beyond what the log allows.
    pub fn advance_to(&mut self, from: OffsetDateTime, to: OffsetDateTime) -> Advanced<M::Event> {
        let inner = &self.engine.0;
        if inner.replica.is_some() {
            let reach = inner.reach(&self.core).min(to);
            inner.advance_by_itself(&mut self.core, reach);
            return Advanced { from, to: reach, event_count: 0, events: Vec::new() };
        }
        let machine = &mut self.core.machine;
        let advanced = inner.advance_through(machine, from, to);
        inner.announce(machine);
        advanced
    }
}
