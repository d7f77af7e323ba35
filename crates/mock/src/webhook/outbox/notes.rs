//! What happens to deliveries, noted for those who watch an outbox. No state: it decides nothing, and
//! two outboxes are the same whatever is in here.

use std::collections::VecDeque;
use std::sync::Arc;

use ringback_engine::OffsetDateTime;

use super::{Delivery, DeliveryId, DeliveryState, Outbox};
use crate::bench::{DeliveryNote, DeliveryStage, Sent};

/// How many deliveries share what they send with what is said of them later; of others it is copied.
const SHARED: usize = 1_024;

/// The most notes that wait to be taken; later ones are not made.
const MOST: usize = 65_536;

#[derive(Debug, Default)]
pub(super) struct Notes {
    taken: Vec<(OffsetDateTime, Arc<DeliveryNote>)>,
    shared: VecDeque<(DeliveryId, Arc<Sent>)>,
}

/// A copy is watched by nobody yet.
impl Clone for Notes {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Notes {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Notes {}

impl Outbox {
    /// Returns whether something happened that has not been drained.
    pub(crate) fn has_notes(&self) -> bool {
        !self.notes.taken.is_empty()
    }

    /// Returns what happened to deliveries since the last call, and when.
    pub(crate) fn drain_notes(
        &mut self,
    ) -> impl Iterator<Item = (OffsetDateTime, Arc<DeliveryNote>)> {
        self.notes.taken.drain(..)
    }
}

impl Notes {
    /// Notes what happened to a delivery.
    pub(super) fn add(&mut self, at: OffsetDateTime, delivery: &Delivery, stage: DeliveryStage) {
        if self.taken.len() >= MOST {
            return;
        }
        let place = self.shared.binary_search_by_key(&delivery.id, |(id, _)| *id).ok();
        let shared = place.and_then(|place| self.shared.get(place)).map(|(_, sent)| sent.clone());
        let sent = shared.unwrap_or_else(|| {
            let sent = Arc::new(sent(delivery));
            if stage == DeliveryStage::Pending {
                if self.shared.len() >= SHARED {
                    self.shared.pop_front();
                }
                self.shared.push_back((delivery.id, Arc::clone(&sent)));
            }
            sent
        });
        let note = DeliveryNote {
            // What was not taken has no number.
            id: (stage != DeliveryStage::Dropped || delivery.state == DeliveryState::Dropped)
                .then_some(delivery.id),
            created_at: delivery.created_at,
            call: delivery.call,
            stage,
            attempts: delivery.attempts.len(),
            attempt: delivery.attempts.last().cloned(),
            sent,
        };
        self.taken.push((at, Arc::new(note)));
    }
}

fn sent(delivery: &Delivery) -> Sent {
    let Delivery { event, method, url, headers, body, .. } = delivery;
    Sent {
        event: event.clone(),
        method: *method,
        url: url.clone(),
        headers: headers.clone(),
        body: body.clone(),
    }
}
