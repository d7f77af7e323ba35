//! An instance that is held, so that several can be moved together.

use ringback_engine::{Advanced, Clock, Held, OffsetDateTime};
use serde_json::Value;

use super::of_instance::show;
use crate::{AccountEvent, Accounts, Instance, Vendor};

/// An instance whose machine nobody else reads or changes meanwhile.
pub trait Hold {
    /// Returns when something is due next.
    fn next_due(&self) -> Option<OffsetDateTime>;
    /// Sets its clock forward to a moment; one that has passed changes nothing.
    fn jump_to(&self, at: OffsetDateTime);
    /// Lets everything happen that is due by the clock.
    fn advance(&mut self) -> Advanced<AccountEvent>;
    /// Shows events.
    fn show(&self, events: &[AccountEvent]) -> Vec<Value>;
}

pub(super) struct HeldInstance<'a, V: Vendor> {
    name: &'a str,
    clock: &'a Clock,
    held: Held<'a, Accounts<V::World>>,
}

impl<'a, V: Vendor> HeldInstance<'a, V> {
    pub(super) fn new(instance: &'a Instance<V>) -> Self {
        let engine = instance.engine();
        Self { name: instance.name(), clock: engine.clock(), held: engine.hold() }
    }
}

impl<V: Vendor> Hold for HeldInstance<'_, V> {
    fn next_due(&self) -> Option<OffsetDateTime> {
        self.held.next_due()
    }

    fn jump_to(&self, at: OffsetDateTime) {
        self.held.jump_to(at);
    }

    fn advance(&mut self) -> Advanced<AccountEvent> {
        let now = self.clock.now();
        self.held.advance_to(now, now)
    }

    fn show(&self, events: &[AccountEvent]) -> Vec<Value> {
        show(self.name, self.held.machine(), events)
    }
}
