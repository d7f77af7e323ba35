//! What happens to deliveries, noted for those who watch an outbox. No state: it decides nothing, and
//! two outboxes are the same whatever is in here.

use std::collections::VecDeque;
use std::sync::Arc;

use ringback_engine::OffsetDateTime;

use super::{Delivery, DeliveryId};
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

impl Notes {
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (OffsetDateTime, Arc<DeliveryNote>)> {
        self.taken.drain(..)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }

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
            id: (stage != DeliveryStage::Dropped).then_some(delivery.id),
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
