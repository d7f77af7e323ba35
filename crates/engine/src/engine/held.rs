//! Machines that are advanced together, and what an advance did.

use parking_lot::RwLockWriteGuard;
use serde::Serialize;
use time::OffsetDateTime;

use super::Engine;
use crate::Machine;

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
    pub(super) machine: RwLockWriteGuard<'a, M>,
}

impl<M: Machine> std::fmt::Debug for Held<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("engine", self.engine).finish_non_exhaustive()
    }
}

impl<M: Machine> Held<'_, M> {
    /// Returns the machine as it is now.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// Returns the moment of the next thing that is due.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        self.machine.next_due()
    }

    /// Lets everything happen that is due up to a moment that the clock shows, and says what did.
    pub fn advance_to(&mut self, from: OffsetDateTime, to: OffsetDateTime) -> Advanced<M::Event> {
        let mut advanced = Advanced { from, to, event_count: 0, events: Vec::new() };
        let mut reached = None;
        loop {
            // From one due moment to the next, so that events are never many at once.
            let due = self.machine.next_due().filter(|due| *due < to && reached < Some(*due));
            self.machine.advance(due.unwrap_or(to));
            for event in self.engine.publish(&mut self.machine, None) {
                advanced.event_count += 1;
                if advanced.events.len() < Advanced::<M::Event>::LISTED {
                    advanced.events.push(event);
                }
            }
            if due.is_none() {
                break;
            }
            reached = due;
        }
        self.engine.announce(&self.machine);
        advanced
    }
}
