//! What is to be delivered, in which order, and how past deliveries went. Deterministic state.

mod feed;
mod notes;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ringback_engine::{Command, Duration, OffsetDateTime};
use ringback_exchange::CallId;
use serde::{Deserialize, Serialize};

use crate::{World, bench::DeliveryNote, bench::DeliveryStage};
use feed::Feed;
use notes::Notes;

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
}

/// How one attempt went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
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
    past: VecDeque<Delivery>,
    next: u64,
    delivered: u64,
    failed: u64,
    dropped: u64,
}

/// Pending deliveries that keep their order; only the first may be under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Lane {
    head: Head,
    behind: VecDeque<DeliveryId>,
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
            past: VecDeque::new(),
            next: 1,
            delivered: 0,
            failed: 0,
            dropped: 0,
        }
    }

    /// Numbers its deliveries on from those of another one, of which some may be under way.
    pub(crate) fn follow(&mut self, other: &Self) {
        self.next = self.next.max(other.next);
    }

    /// Returns whether something happened that has not been drained.
    pub(crate) fn has_notes(&self) -> bool {
        !self.notes.is_empty()
    }

    /// Returns what happened to deliveries since the last call, and when.
    pub(crate) fn drain_notes(
        &mut self,
    ) -> impl Iterator<Item = (OffsetDateTime, std::sync::Arc<DeliveryNote>)> {
        self.notes.drain()
    }

    /// Forgets what waits to be delivered: it is somebody else's to deliver.
    pub(crate) fn forget_waiting(&mut self) {
        self.pending.clear();
        self.lanes.clear();
        self.heads.clear();
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
        let url = url.or_else(|| self.target.clone())?;
        let id = DeliveryId(self.next);
        let (state, attempts) = (DeliveryState::Pending, Vec::new());
        let created_at = now;
        let delivery = Delivery {
            id,
            lane,
            call,
            event,
            method,
            url,
            headers,
            body,
            created_at,
            state,
            attempts,
        };
        if self.pending.len() >= Self::PENDING {
            self.dropped += 1;
            self.notes.add(now, &delivery, DeliveryStage::Dropped);
            return None;
        }
        self.next += 1;
        self.notes.add(now, &delivery, DeliveryStage::Pending);
        self.pending.insert(id, delivery);
        match self.lanes.get_mut(&lane) {
            Some(lane) => lane.behind.push_back(id),
            None => {
                let head = Head { from: now, id };
                self.lead(head);
                self.lanes.insert(lane, Lane { head, behind: VecDeque::new() });
            }
        }
        Some(id)
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
    pub(super) fn stamp(&self) -> u64 {
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

    /// Returns how many deliveries wait, were acknowledged, have failed, and were dropped because
    /// too many waited.
    pub fn counts(&self) -> [u64; 4] {
        let waiting = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        [waiting, self.delivered, self.failed, self.dropped]
    }

    /// Notes how an attempt went. A delivery unknown to this outbox is no matter: the world may
    /// have been reset while it was under way.
    pub(super) fn note(&mut self, now: OffsetDateTime, id: DeliveryId, attempt: Attempt) {
        let Some(delivery) = self.pending.get_mut(&id) else { return };
        let number = delivery.lane;
        let Some(lane) = self.lanes.get_mut(&number).filter(|lane| lane.head.id == id) else {
            return;
        };
        let (acknowledged, may_be_repeated) = (attempt.acknowledged(), attempt.may_be_repeated());
        let pause = self.policy.retries.get(delivery.attempts.len()).copied();
        delivery.attempts.push(attempt);
        self.heads.remove(&lane.head);
        let next = match (may_be_repeated, pause) {
            (true, Some(pause)) => {
                Some(Head { from: now.saturating_add(Duration::seconds(pause.into())), id })
            }
            _ => lane.behind.pop_front().map(|id| {
                let created = self.pending.get(&id).map_or(now, |next| next.created_at);
                Head { from: now.max(created), id }
            }),
        };
        match next {
            Some(head) => {
                lane.head = head;
                self.lead(head);
            }
            None => {
                self.lanes.remove(&number);
            }
        }
        match next.is_none_or(|head| head.id != id) {
            true => self.finish(now, id, acknowledged),
            false => {
                let delivery = self.pending.get(&id);
                let notes = &mut self.notes;
                delivery.iter().for_each(|it| notes.add(now, it, DeliveryStage::Attempt));
            }
        }
    }

    fn finish(&mut self, now: OffsetDateTime, id: DeliveryId, acknowledged: bool) {
        let Some(mut delivery) = self.pending.remove(&id) else { return };
        delivery.state = if acknowledged {
            self.delivered += 1;
            DeliveryState::Delivered
        } else {
            self.failed += 1;
            DeliveryState::Failed
        };
        let stage = match acknowledged {
            true => DeliveryStage::Delivered,
            false => DeliveryStage::Failed,
        };
        self.notes.add(now, &delivery, stage);
        if self.past.len() >= Self::PAST {
            self.past.pop_front();
        }
        self.past.push_back(delivery);
    }
}

/// A change of an outbox, as the log stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxCommand {
    /// An attempt was made.
    Tried {
        /// Of which delivery.
        id: DeliveryId,
        /// How it went.
        attempt: Attempt,
        /// Whether the clock stood still meanwhile, or has jumped over the moment at which the attempt
        /// was due: what follows then counts from that moment, however far the clock has jumped.
        #[serde(default)]
        stands: bool,
    },
    /// Events that name no address of their own go elsewhere from now on, or nowhere.
    Retarget {
        /// The new address.
        url: Option<String>,
    },
}

impl<W: World> Command<W> for OutboxCommand {
    type Outcome = ();

    fn execute(self, world: &mut W, now: OffsetDateTime) {
        let Some(outbox) = world.outbox_mut() else { return };
        match self {
            Self::Tried { id, attempt, stands } => {
                let took = Duration::milliseconds(attempt.took_ms.into());
                let due = outbox.head(id).filter(|_| stands).map(|(_, from)| from);
                let at = due.map_or(now, |from| from.saturating_add(took).min(now));
                outbox.note(at, id, attempt);
            }
            Self::Retarget { url } => outbox.target = url,
        }
    }
}
