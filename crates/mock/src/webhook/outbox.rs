//! What is to be delivered, in which order, and how past deliveries went. Deterministic state.

mod by_call;
mod command;
mod feed;
mod lane;
mod notes;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ringback_engine::{Duration, OffsetDateTime};
use ringback_exchange::{CallId, EventKind};
use serde::{Deserialize, Serialize};

use crate::bench::DeliveryStage;
use by_call::ByCall;
pub use command::OutboxCommand;
use feed::Feed;
pub use lane::Hold;
use lane::Lane;
use notes::Notes;

use super::target::whole;

/// Identifies a delivery within one outbox; numbers grow in the order of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub u64);

/// How a vendor delivers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How long a receiver may take to answer, in the computer's seconds.
    pub timeout_seconds: u32,
    /// Simulated seconds to wait before each further attempt; empty for a single attempt. Receivers
    /// that answer are asked again after a 5xx alone.
    pub retries: Vec<u32>,
}

/// One event to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Deliveries of one lane (a call, or a call and a hook) keep their order.
    pub lane: u64,
    /// The call it tells of, if it is about one.
    pub call: Option<CallId>,
    /// What it tells, for people who read the delivery log.
    pub event: String,
    /// Where it goes; the outbox's own target when absent.
    pub url: Option<String>,
    /// Its headers; `Content-Type` among them.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

/// By which method a delivery is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeliveryMethod {
    /// With what there is to tell in the body.
    #[default]
    Post,
    /// With what there is to tell in the address.
    Get,
}

impl DeliveryMethod {
    fn is_post(&self) -> bool {
        *self == Self::Post
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its turn, for its answer, or for its next attempt.
    Pending,
    /// The receiver has acknowledged it.
    Delivered,
    /// Its last attempt has failed.
    Failed,
    /// It was never sent; its reason says why.
    Dropped,
}

/// A delivery, pending or past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its identity.
    pub id: DeliveryId,
    /// Whose order it keeps.
    pub lane: u64,
    /// The call it tells of, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// What it tells.
    pub event: String,
    /// By which method.
    #[serde(default, skip_serializing_if = "DeliveryMethod::is_post")]
    pub method: DeliveryMethod,
    /// Where it goes.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
    /// When the event happened.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Where it stands.
    pub state: DeliveryState,
    /// How its attempts went.
    pub attempts: Vec<Attempt>,
    /// The event of the exchange that it tells of, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What holds, or has held, its first attempt back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Why it was dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The delivery of which it is a copy, sent again by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_of: Option<DeliveryId>,
}

/// How one attempt went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was made, by the account's clock; absent where that was when it was due, which a clock that
    /// stands or has jumped makes so.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::timestamp::microseconds::option"
    )]
    pub at: Option<OffsetDateTime>,
    /// The receiver's status, if it answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The beginning of the receiver's answer.
    pub response: String,
    /// How long it took, in the computer's milliseconds.
    pub took_ms: u32,
}

impl Attempt {
    /// Returns whether the receiver acknowledged: any 2xx.
    pub fn acknowledged(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Returns whether another attempt may end better: after silence, a broken connection or a 5xx,
    /// not after the receiver has said no.
    pub fn may_be_repeated(&self) -> bool {
        self.status.is_none_or(|status| status >= 500)
    }
}

/// Deliveries in waiting and the log of past ones. Both are bounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    policy: Policy,
    target: Option<String>,
    pending: BTreeMap<DeliveryId, Delivery>,
    lanes: BTreeMap<u64, Lane>,
    /// The first delivery of each lane, by the moment from which it may be tried.
    heads: BTreeSet<Head>,
    /// For the dispatcher alone.
    #[serde(skip)]
    feed: Feed,
    /// For the bench alone.
    #[serde(skip)]
    notes: Notes,
    #[serde(skip)]
    by_call: ByCall,
    past: VecDeque<Delivery>,
    next: u64,
    delivered: u64,
    failed: u64,
    dropped: u64,
    /// How many were dropped before their first attempt.
    #[serde(default, skip_serializing_if = "is_zero")]
    discarded: u64,
    /// The event that the world reacts to just now.
    #[serde(skip)]
    cause: Option<EventKind>,
    /// The last number before those of this outbox.
    #[serde(default, skip_serializing_if = "is_zero")]
    base: u64,
}

/// Returns what an event is called in the control API.
fn name(event: &EventKind) -> Option<String> {
    Some(serde_json::to_value(event).ok()?.get("event")?.as_str()?.to_owned())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The first delivery of a lane, and the moment from which it may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Head {
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(super) from: OffsetDateTime,
    pub(super) id: DeliveryId,
}

impl Outbox {
    /// The most deliveries in waiting: four events of 100,000 calls. Events beyond that are counted
    /// and dropped.
    pub const PENDING: usize = 400_000;

    /// The most past deliveries that are remembered.
    pub const PAST: usize = 1_000;

    /// Makes an empty outbox.
    pub fn new(policy: Policy, target: Option<String>) -> Self {
        Self {
            policy,
            target,
            pending: BTreeMap::new(),
            lanes: BTreeMap::new(),
            heads: BTreeSet::new(),
            feed: Feed::default(),
            notes: Notes::default(),
            by_call: ByCall::default(),
            past: VecDeque::new(),
            next: 1,
            delivered: 0,
            failed: 0,
            dropped: 0,
            discarded: 0,
            cause: None,
            base: 0,
        }
    }

    /// Numbers its deliveries on from those of another one, of which some may be under way.
    pub(crate) fn follow(&mut self, other: &Self) {
        self.base = other.last().0;
        self.next = self.next.max(other.next);
    }

    /// Forgets what waits to be delivered: it is somebody else's to deliver.
    pub(crate) fn forget_waiting(&mut self) {
        self.pending.clear();
        self.lanes.clear();
        self.heads.clear();
        self.by_call.clear();
    }

    /// Returns the number of a delivery counted from the beginning of this outbox, whatever there was
    /// before it.
    pub(super) fn ordinal(&self, id: DeliveryId) -> u64 {
        id.0.saturating_sub(self.base)
    }

    /// Learns the event of which everything tells that is posted from now on.
    pub(crate) fn tells_of(&mut self, event: Option<&EventKind>) {
        self.cause = event.cloned();
    }

    /// Returns the number of a lane that nothing else is in.
    pub fn own_lane(&self) -> u64 {
        u64::MAX - self.next
    }

    /// Returns where events go that name no address of their own.
    pub fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// Returns how deliveries are made.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Puts an event into the outbox. Without an address it is dropped: nobody asked for it.
    pub fn post(&mut self, now: OffsetDateTime, post: Post) -> Option<DeliveryId> {
        self.enter(now, post, DeliveryMethod::Post)
    }

    /// As [`Outbox::post`], but what is sent is a `GET`: its address says everything.
    pub fn get(&mut self, now: OffsetDateTime, post: Post) -> Option<DeliveryId> {
        self.enter(now, post, DeliveryMethod::Get)
    }

    fn enter(
        &mut self,
        now: OffsetDateTime,
        post: Post,
        method: DeliveryMethod,
    ) -> Option<DeliveryId> {
        let Post { lane, call, event, url, headers, body } = post;
        let url = url.map(whole).or_else(|| self.target.clone())?;
        self.add(
            now,
            Delivery {
                id: DeliveryId(self.next),
                lane,
                call,
                event,
                method,
                url,
                headers,
                body,
                created_at: now,
                state: DeliveryState::Pending,
                attempts: Vec::new(),
                cause: self.cause.as_ref().and_then(name),
                hold: None,
                reason: None,
                resend_of: None,
            },
        )
    }

    /// Returns the deliveries that may be under way now, the longest waiting first.
    pub fn ready(&self, now: OffsetDateTime) -> impl Iterator<Item = &Delivery> {
        let heads = self.heads.iter().take_while(move |head| head.from <= now);
        heads.filter_map(|head| self.pending.get(&head.id))
    }

    /// Returns the next moment after `now` at which a delivery may be tried.
    pub fn next_due(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let after = Head { from: now, id: DeliveryId(u64::MAX) };
        self.heads.range(after..).map(|head| head.from).next()
    }

    /// Returns what tells this outbox from every other one of this process: after a reset, the same
    /// number is another delivery.
    pub(crate) fn stamp(&self) -> u64 {
        self.feed.stamp()
    }

    /// Returns the place behind the last head so far, for [`Outbox::heads_since`].
    pub(super) fn heads_end(&self) -> u64 {
        self.feed.end()
    }

    /// Returns what came to the heads of lanes from a place on, in that order; `None` if that is
    /// too long ago. Some may have been noted meanwhile.
    pub(super) fn heads_since(&self, place: u64) -> Option<impl Iterator<Item = Head>> {
        self.feed.since(place)
    }

    /// Returns the heads of all lanes behind one of them, in the order of their moments.
    pub(super) fn heads_after(&self, head: Option<Head>) -> impl Iterator<Item = Head> {
        use std::ops::Bound;
        let from = head.map_or(Bound::Unbounded, Bound::Excluded);
        self.heads.range((from, Bound::Unbounded)).copied()
    }

    /// Returns a delivery that is at the head of its lane, with the moment from which it may be
    /// tried.
    pub(super) fn head(&self, id: DeliveryId) -> Option<(&Delivery, OffsetDateTime)> {
        let delivery = self.pending.get(&id)?;
        let head = self.lanes.get(&delivery.lane)?.head;
        (head.id == id).then_some((delivery, head.from))
    }

    fn lead(&mut self, head: Head) {
        self.heads.insert(head);
        self.feed.add(head, self.heads.len());
    }

    /// Returns past deliveries and those in waiting, oldest first.
    pub fn deliveries(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.past.iter().chain(self.pending.values())
    }

    /// Returns a delivery that waits, or that is still remembered.
    pub fn find(&self, id: DeliveryId) -> Option<&Delivery> {
        let past = || self.past.iter().find(|delivery| delivery.id == id);
        self.pending.get(&id).or_else(past)
    }

    /// Returns the deliveries in waiting, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = &Delivery> {
        self.pending.values()
    }

    /// Returns the number of the last delivery there was.
    pub fn last(&self) -> DeliveryId {
        DeliveryId(self.next.saturating_sub(1))
    }

    /// Returns how many deliveries wait, were acknowledged, have failed, and were dropped.
    pub fn counts(&self) -> [u64; 4] {
        let waiting = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        [waiting, self.delivered, self.failed, self.dropped + self.discarded]
    }

    /// Returns how many were dropped because too many waited.
    pub(super) fn overflowed(&self) -> u64 {
        self.dropped
    }

    /// Notes how an attempt went. A delivery unknown to this outbox is no matter: the world may
    /// have been reset while it was under way.
    pub(super) fn note(&mut self, now: OffsetDateTime, id: DeliveryId, attempt: Attempt) {
        let Some(delivery) = self.pending.get_mut(&id) else { return };
        let number = delivery.lane;
        let Some(lane) = self.lanes.get_mut(&number).filter(|lane| lane.head.id == id) else {
            return;
        };
        lane.let_go(id);
        let (acknowledged, may_be_repeated) = (attempt.acknowledged(), attempt.may_be_repeated());
        let pause = self.policy.retries.get(delivery.attempts.len()).copied();
        delivery.attempts.push(attempt);
        match pause.filter(|_| may_be_repeated) {
            Some(pause) => {
                let from = now.saturating_add(Duration::seconds(pause.into()));
                self.notes.add(now, delivery, DeliveryStage::Attempt);
                self.set_head(number, Head { from, id });
            }
            None => {
                self.pass_on(number, now);
                let state = match acknowledged {
                    true => DeliveryState::Delivered,
                    false => DeliveryState::Failed,
                };
                self.finish(now, id, state);
            }
        }
    }

    fn finish(&mut self, now: OffsetDateTime, id: DeliveryId, state: DeliveryState) {
        let Some(mut delivery) = self.pending.remove(&id) else { return };
        delivery.state = state;
        let (count, stage) = match state {
            DeliveryState::Delivered => (&mut self.delivered, DeliveryStage::Delivered),
            DeliveryState::Failed => (&mut self.failed, DeliveryStage::Failed),
            DeliveryState::Dropped => (&mut self.discarded, DeliveryStage::Dropped),
            DeliveryState::Pending => return,
        };
        *count += 1;
        self.notes.add(now, &delivery, stage);
        if self.past.len() >= Self::PAST
            && let Some(oldest) = self.past.pop_front()
        {
            self.by_call.forgotten(&oldest);
        }
        self.by_call.finished(&delivery, self.past.len() + 1);
        self.past.push_back(delivery);
    }
}
