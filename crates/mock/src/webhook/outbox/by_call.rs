//! Which deliveries tell of a call, without a look at all others.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ringback_exchange::CallId;

use super::{Delivery, DeliveryId, Outbox};

/// Where the deliveries of each call are. It follows from the rest of the outbox, so it is made when it is
/// first asked for, and kept up from then on.
#[derive(Debug, Clone, Default)]
pub(super) struct ByCall(OnceLock<Known>);

#[derive(Debug, Clone, Default)]
struct Known {
    calls: BTreeMap<CallId, BTreeMap<DeliveryId, Place>>,
    /// How many past deliveries have been forgotten since this was made.
    forgotten: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Pending,
    /// Among the past ones, counted from the first there was when this was made.
    Past(usize),
}

/// It says nothing that the rest of the outbox does not.
impl PartialEq for ByCall {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for ByCall {}

impl Known {
    fn of(outbox: &Outbox) -> Self {
        let mut known = Self::default();
        let past = outbox.past.iter().enumerate().map(|(at, one)| (one, Place::Past(at)));
        let pending = outbox.pending.values().map(|one| (one, Place::Pending));
        past.chain(pending).for_each(|(one, place)| known.put(one, place));
        known
    }

    fn put(&mut self, delivery: &Delivery, place: Place) {
        if let Some(call) = delivery.call {
            self.calls.entry(call).or_default().insert(delivery.id, place);
        }
    }
}

impl ByCall {
    /// Learns of a delivery that waits from now on.
    pub(super) fn added(&mut self, delivery: &Delivery) {
        if let Some(known) = self.0.get_mut() {
            known.put(delivery, Place::Pending);
        }
    }

    /// Learns of one that is over, and is the last of so many past ones.
    pub(super) fn finished(&mut self, delivery: &Delivery, past: usize) {
        if let Some(known) = self.0.get_mut() {
            let place = known.forgotten + past.saturating_sub(1);
            known.put(delivery, Place::Past(place));
        }
    }

    /// Learns that the first of the past ones is forgotten.
    pub(super) fn forgotten(&mut self, delivery: &Delivery) {
        let Some(known) = self.0.get_mut() else { return };
        known.forgotten += 1;
        let Some(call) = delivery.call else { return };
        if let Some(of_call) = known.calls.get_mut(&call) {
            of_call.remove(&delivery.id);
            if of_call.is_empty() {
                known.calls.remove(&call);
            }
        }
    }

    /// Forgets everything: too much has changed.
    pub(super) fn clear(&mut self) {
        self.0 = OnceLock::new();
    }
}

impl Outbox {
    /// Returns the deliveries that tell of a call, past ones and those in waiting, in the order of their
    /// numbers. What this costs follows from how many they are, not from how many there are.
    pub fn of_call(&self, call: CallId) -> impl Iterator<Item = &Delivery> {
        let known = self.by_call.0.get_or_init(|| Known::of(self));
        let places = known.calls.get(&call).into_iter().flatten();
        places.filter_map(move |(id, place)| match place {
            Place::Pending => self.pending.get(id),
            Place::Past(place) => self.past.get(place.checked_sub(known.forgotten)?),
        })
    }
}

#[cfg(test)]
mod tests;
