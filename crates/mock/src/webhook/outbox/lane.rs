//! Lanes: who is next in one, and who is held back and overtaken by others.

use std::collections::VecDeque;

use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};

use super::{Delivery, DeliveryId, DeliveryState, Head, Outbox};
use crate::bench::DeliveryStage;

/// How long the first attempt of a delivery is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The moment at which the hold ends at the latest.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub until: OffsetDateTime,
    /// After how many others of its lane it ends; absent if time alone ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overtaken_by: Option<u32>,
}

/// Pending deliveries that keep their order; only the first may be under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lane {
    pub(super) head: Head,
    behind: VecDeque<DeliveryId>,
    /// Those that others may overtake. One of them may be the head while nothing else is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    held: Vec<Held>,
}

/// A delivery that waits for its moment, or for others to overtake it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    id: DeliveryId,
    #[serde(with = "time::serde::timestamp::microseconds")]
    until: OffsetDateTime,
    overtaken_by: Option<u32>,
}

impl Lane {
    fn new(head: Head) -> Self {
        Self { head, behind: VecDeque::new(), held: Vec::new() }
    }

    /// Returns whether its head is held back and may be overtaken now.
    fn may_be_overtaken(&self, now: OffsetDateTime) -> bool {
        self.head.from > now && self.held.iter().any(|held| held.id == self.head.id)
    }

    /// Ends the hold of a delivery; returns whether there was one.
    pub(super) fn let_go(&mut self, id: DeliveryId) -> bool {
        let before = self.held.len();
        self.held.retain(|held| held.id != id);
        self.held.len() < before
    }

    /// Counts one that has overtaken those that are held back.
    fn overtake(&mut self, created_at: impl Fn(DeliveryId) -> Option<OffsetDateTime>) {
        for held in &mut self.held {
            let Some(left) = held.overtaken_by.as_mut() else { continue };
            *left = left.saturating_sub(1);
            if *left == 0 {
                // Before everything that came later.
                held.until = created_at(held.id).map_or(held.until, |at| held.until.min(at));
            }
        }
    }

    /// Returns who comes to the head, where the one before it has left at a moment: in the order of
    /// time, as if each moment had been lived through, however far the clock has jumped.
    fn next(
        &mut self,
        left_at: OffsetDateTime,
        created_at: impl Fn(DeliveryId) -> Option<OffsetDateTime>,
    ) -> Option<Head> {
        let front = self.behind.front().copied();
        let front = front.map(|id| (created_at(id).unwrap_or(left_at), id));
        let held = self.held.iter().map(|held| (held.until, held.id)).min();
        let (from, id) = match (held, front) {
            (Some(held), Some(front)) if held.0 <= front.0 => held,
            (_, Some(front)) => {
                self.behind.pop_front();
                front
            }
            (held, None) => held?,
        };
        Some(Head { from: from.max(left_at), id })
    }
}

impl Outbox {
    /// Puts a delivery into its lane, to be tried from the moment at which it was created.
    pub(super) fn add(&mut self, now: OffsetDateTime, delivery: Delivery) -> Option<DeliveryId> {
        if self.pending.len() >= Self::PENDING {
            self.dropped += 1;
            self.notes.add(now, &delivery, DeliveryStage::Dropped);
            return None;
        }
        let Delivery { id, lane: number, created_at, .. } = delivery;
        self.next += 1;
        self.notes.add(now, &delivery, DeliveryStage::Pending);
        self.by_call.added(&delivery);
        self.pending.insert(id, delivery);
        match self.lanes.get_mut(&number) {
            Some(lane) => {
                lane.behind.push_back(id);
                if lane.may_be_overtaken(now) {
                    self.choose_head(number, now);
                }
            }
            None => {
                let head = Head { from: created_at, id };
                self.lead(head);
                self.lanes.insert(number, Lane::new(head));
            }
        }
        Some(id)
    }

    /// Lets the next one of a lane come to its head, whose present one is done with.
    pub(super) fn pass_on(&mut self, number: u64, left_at: OffsetDateTime) {
        let Some(lane) = self.lanes.get_mut(&number) else { return };
        let id = lane.head.id;
        lane.let_go(id);
        let pending = &self.pending;
        lane.overtake(|id| pending.get(&id).map(|delivery| delivery.created_at));
        self.choose_head(number, left_at);
    }

    fn choose_head(&mut self, number: u64, left_at: OffsetDateTime) {
        let Some(lane) = self.lanes.get_mut(&number) else { return };
        let pending = &self.pending;
        let next = lane.next(left_at, |id| pending.get(&id).map(|delivery| delivery.created_at));
        match next {
            Some(head) => self.set_head(number, head),
            None => {
                self.heads.remove(&lane.head);
                self.lanes.remove(&number);
            }
        }
    }

    pub(super) fn set_head(&mut self, number: u64, head: Head) {
        let Some(lane) = self.lanes.get_mut(&number) else { return };
        self.heads.remove(&lane.head);
        lane.head = head;
        self.lead(head);
    }

    /// Holds the first attempt of a delivery back that is at the head of its lane; others go first.
    pub(super) fn hold(&mut self, id: DeliveryId, hold: Hold) {
        let Some(delivery) = self.pending.get_mut(&id) else { return };
        let is_new = delivery.attempts.is_empty() && delivery.hold.is_none();
        let number = delivery.lane;
        let Some(lane) = self.lanes.get_mut(&number).filter(|lane| lane.head.id == id && is_new)
        else {
            return;
        };
        delivery.hold = Some(hold);
        let Hold { until, overtaken_by } = hold;
        lane.held.push(Held { id, until, overtaken_by });
        let from = lane.head.from;
        self.choose_head(number, from);
    }

    /// Drops a delivery that is at the head of its lane.
    pub(super) fn discard(&mut self, id: DeliveryId, reason: String) {
        let Some(delivery) = self.pending.get_mut(&id) else { return };
        let number = delivery.lane;
        let Some(lane) = self.lanes.get(&number).filter(|lane| lane.head.id == id) else { return };
        delivery.reason = Some(reason);
        let from = lane.head.from;
        self.pass_on(number, from);
        self.finish(from, id, DeliveryState::Dropped);
    }

    /// Lets a delivery be tried now that waits for its next attempt, or is held back.
    ///
    /// # Errors
    /// Why it does not wait for a moment.
    pub(super) fn skip_wait(&mut self, now: OffsetDateTime, id: DeliveryId) -> Result<(), String> {
        let Some(delivery) = self.pending.get(&id) else {
            return Err(match self.find(id) {
                Some(_) => "it is over; resend it instead".to_owned(),
                None => "no such delivery".to_owned(),
            });
        };
        let (number, created_at) = (delivery.lane, delivery.created_at);
        let Some(lane) = self.lanes.get_mut(&number) else { return Ok(()) };
        if lane.head.id == id {
            if lane.head.from <= now {
                return Err("it is being tried now".to_owned());
            }
            lane.let_go(id);
            self.set_head(number, Head { from: now, id });
            return Ok(());
        }
        if let Some(held) = lane.held.iter_mut().find(|held| held.id == id) {
            // Next, when the one under way is done with.
            held.until = created_at;
            if lane.may_be_overtaken(now) {
                self.choose_head(number, now);
            }
            return Ok(());
        }
        Err(format!("it waits for its turn behind {}", lane.head.id.0))
    }

    /// Returns the moment from which a delivery may be tried, where it waits for a moment.
    pub(crate) fn next_attempt_at(&self, id: DeliveryId) -> Option<OffsetDateTime> {
        let lane = self.lanes.get(&self.pending.get(&id)?.lane)?;
        let held = lane.held.iter().find(|held| held.id == id).map(|held| held.until);
        held.or_else(|| Some(lane.head.from).filter(|_| lane.head.id == id))
    }
}

#[cfg(test)]
mod tests;
