//! Who is served next: what is ready for each receiver, the places they have, the connections that
//! stand idle.
//!
//! It learns what is ready from the feeds of the outboxes, so a look costs what has changed, however
//! much waits. It takes places from a receiver that does not answer before it takes from others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use ringback_engine::OffsetDateTime;

use super::{
    Delivery, DeliveryId, Outbox,
    outbox::Head,
    sent::SentKey,
    target::{Address, Receiver, TargetRefused},
};
use crate::AccountId;

/// How many deliveries are under way at once.
pub(super) const AT_ONCE: usize = 1_024;

/// How many of them go to a receiver of which it is not known that it answers.
const UNPROVEN: usize = 64;

/// How many of them go to one receiver at most: more connections would not make it quicker.
const MOST: usize = 384;

/// How many new heads of an outbox are taken in, and how many deliveries are handed out, in one
/// look: the machine cannot change meanwhile.
const LOOK: usize = 512;

/// How long a receiver waits for which there was no descriptor.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a connection stands idle before it is closed.
const IDLE: Duration = Duration::from_secs(10);

/// Names a delivery; in another outbox the same number is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) account: AccountId,
    pub(super) id: DeliveryId,
    stamp: u64,
}

impl Key {
    /// Names the delivery among what went over the wire.
    pub(super) fn of_sent(&self) -> SentKey {
        (self.account, self.stamp, self.id)
    }
}

/// A delivery to try now, with a connection that has served before, if there is one.
pub(super) struct Start<C> {
    pub(super) key: Key,
    pub(super) delivery: Delivery,
    /// The moment from which it may be tried.
    pub(super) from: OffsetDateTime,
    /// What the account's clock shows.
    pub(super) now: OffsetDateTime,
    pub(super) address: Result<Address, TargetRefused>,
    pub(super) timeout: Duration,
    pub(super) connection: Option<C>,
}

/// How it went, as far as the receiver's places are concerned.
pub(super) enum End<C> {
    /// The receiver answered; the connection may serve again.
    Answered(Option<C>),
    /// It did not.
    Silent,
    /// Nothing was sent; the connection may serve another one.
    Unsent(Option<C>),
    /// There was no descriptor, or the attempt could not be noted: it is to be made later.
    Later,
}

/// What a look has found.
pub(super) struct Look<C> {
    pub(super) starts: Vec<Start<C>>,
    /// Whether there is more to do at once.
    pub(super) more: bool,
}

pub(super) struct Board<C> {
    accounts: BTreeMap<AccountId, Seen>,
    receivers: BTreeMap<Receiver, Queue<C>>,
    under_way: BTreeMap<Key, Receiver>,
    /// Deliveries that were under way: one that is to be tried again is ready once more.
    ended: Vec<Key>,
    /// The receivers that may be able to take more.
    open: BTreeSet<Receiver>,
    /// Those that could if places were free.
    starved: BTreeSet<Receiver>,
    /// The first of those that got none in the last look, and so is the first in the next.
    turn: Option<Receiver>,
    /// Whether it was descriptors that were missing, which others of the process hold.
    is_short: bool,
    idle: usize,
    sweep_at: Option<Instant>,
}

/// What has been seen of an account's outbox.
struct Seen {
    stamp: u64,
    /// Up to where its feed was read.
    place: u64,
    /// Up to where all its heads were read, where the feed did not reach back.
    walk: Option<Option<Head>>,
    /// The heads whose moment is to come.
    later: BTreeSet<Head>,
}

struct Queue<C> {
    ready: VecDeque<Key>,
    under_way: usize,
    /// How many may be under way: more with every answer, few again after silence.
    share: usize,
    not_before: Option<Instant>,
    idle: Vec<(C, Instant)>,
}

impl<C> Default for Queue<C> {
    fn default() -> Self {
        let (ready, idle) = (VecDeque::new(), Vec::new());
        Self { ready, under_way: 0, share: UNPROVEN, not_before: None, idle }
    }
}

impl<C> Queue<C> {
    /// Returns how many may be under way while so many places are free.
    ///
    /// A share of what is free, not of what there is: so there is always some of it left for others,
    /// the more so the less a receiver has shown that it answers.
    fn room(&self, free: usize) -> usize {
        match self.share {
            ..=UNPROVEN => UNPROVEN.min((free / 8).max(1)),
            share => share.min((free / 2).max(1)),
        }
    }

    fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.under_way == 0 && self.idle.is_empty()
    }
}

impl<C> Default for Board<C> {
    fn default() -> Self {
        Self {
            accounts: BTreeMap::new(),
            receivers: BTreeMap::new(),
            under_way: BTreeMap::new(),
            ended: Vec::new(),
            open: BTreeSet::new(),
            starved: BTreeSet::new(),
            turn: None,
            is_short: false,
            idle: 0,
            sweep_at: None,
        }
    }
}

impl<C> Board<C> {
    /// Takes in what is new in an account's outbox; returns whether there is more of it.
    pub(super) fn read(
        &mut self,
        account: AccountId,
        outbox: &Outbox,
        now: OffsetDateTime,
    ) -> bool {
        let anew = || Seen {
            stamp: outbox.stamp(),
            place: outbox.heads_end(),
            walk: Some(None),
            later: BTreeSet::new(),
        };
        let seen = self.accounts.entry(account).or_insert_with(anew);
        if seen.stamp != outbox.stamp() {
            *seen = anew();
        }
        let mut heads = Vec::new();
        if let Some(walked) = seen.walk {
            heads.extend(outbox.heads_after(walked).take(LOOK));
            seen.walk = heads.last().copied().filter(|_| heads.len() == LOOK).map(Some);
        }
        match outbox.heads_since(seen.place) {
            Some(new) => {
                let before = heads.len();
                heads.extend(new.take(LOOK));
                seen.place += u64::try_from(heads.len() - before).unwrap_or(0);
            }
            None => *seen = Seen { later: std::mem::take(&mut seen.later), ..anew() },
        }
        for head in heads {
            if head.from > now {
                seen.later.insert(head);
            } else {
                Self::queue(&mut self.receivers, &mut self.open, account, outbox, head.id);
            }
        }
        let is_due = |head: &Head| head.from <= now;
        for _ in 0..LOOK {
            let Some(head) = seen.later.first().copied().filter(is_due) else { break };
            seen.later.pop_first();
            Self::queue(&mut self.receivers, &mut self.open, account, outbox, head.id);
        }
        seen.walk.is_some()
            || seen.place < outbox.heads_end()
            || seen.later.first().is_some_and(is_due)
    }

    fn queue(
        receivers: &mut BTreeMap<Receiver, Queue<C>>,
        open: &mut BTreeSet<Receiver>,
        account: AccountId,
        outbox: &Outbox,
        id: DeliveryId,
    ) {
        let Some((delivery, _)) = outbox.head(id) else { return };
        let key = Key { account, id, stamp: outbox.stamp() };
        let receiver = receiver(&delivery.url);
        match receivers.get_mut(&receiver) {
            Some(queue) => queue.ready.push_back(key),
            None => {
                let queue = Queue { ready: VecDeque::from([key]), ..Queue::default() };
                receivers.insert(receiver.clone(), queue);
            }
        }
        open.insert(receiver);
    }

    /// Returns the next moment at which an account's delivery is to be tried again.
    pub(super) fn next_due(&self, account: AccountId) -> Option<OffsetDateTime> {
        Some(self.accounts.get(&account)?.later.first()?.from)
    }

    /// Takes places for what may be tried now. So many descriptors are left for new connections.
    pub(super) fn take<'a>(
        &mut self,
        outbox: impl Fn(AccountId) -> Option<(&'a Outbox, OffsetDateTime)>,
        descriptors: usize,
        at: Instant,
    ) -> Look<C> {
        self.readmit(&outbox);
        let mut look = Look { starts: Vec::new(), more: false };
        let mut connects: usize = 0;
        let mut open = std::mem::take(&mut self.open);
        let first = self.turn.take().map(|turn| open.split_off(&turn)).unwrap_or_default();
        for receiver in first.into_iter().chain(open) {
            let before = look.starts.len();
            let Some(queue) = self.receivers.get_mut(&receiver) else { continue };
            if queue.not_before.is_some_and(|not_before| not_before > at) {
                self.starved.insert(receiver);
                continue;
            }
            queue.not_before = None;
            while let Some(key) = queue.ready.front().copied() {
                let places = AT_ONCE.saturating_sub(self.under_way.len());
                let free =
                    places.min(descriptors.saturating_add(self.idle).saturating_sub(connects));
                if queue.under_way >= queue.share {
                    // A place of its own has to come free first; then it is open again.
                    break;
                }
                let is_bound = free < places;
                let is_enough = look.starts.len() >= LOOK;
                if is_enough || free == 0 || queue.under_way >= queue.room(free) {
                    let waits = if is_enough { &mut self.open } else { &mut self.starved };
                    waits.insert(receiver.clone());
                    self.is_short |= is_bound;
                    look.more |= is_enough;
                    if look.starts.len() == before {
                        self.turn.get_or_insert(receiver);
                    }
                    break;
                }
                queue.ready.pop_front();
                let Some((outbox, now)) = outbox(key.account) else { continue };
                let is_ready = outbox.stamp() == key.stamp && !self.under_way.contains_key(&key);
                let head = outbox.head(key.id).filter(|(_, from)| is_ready && *from <= now);
                let Some((delivery, from)) = head else { continue };
                let connection = queue.idle.pop().map(|(connection, _)| connection);
                self.idle -= usize::from(connection.is_some());
                connects += usize::from(connection.is_none());
                self.sweep_at.get_or_insert(at + IDLE);
                queue.under_way += 1;
                self.under_way.insert(key, receiver.clone());
                look.starts.push(Start {
                    key,
                    delivery: delivery.clone(),
                    from,
                    now,
                    address: Address::parse(&delivery.url),
                    timeout: Duration::from_secs(outbox.policy().timeout_seconds.into()),
                    connection,
                });
            }
        }
        look
    }

    /// Makes ready again what was under way and is still to be delivered.
    fn readmit<'a>(&mut self, outbox: impl Fn(AccountId) -> Option<(&'a Outbox, OffsetDateTime)>) {
        for key in std::mem::take(&mut self.ended) {
            let Some((outbox, now)) = outbox(key.account) else { continue };
            match outbox.head(key.id).filter(|_| outbox.stamp() == key.stamp) {
                Some((_, from)) if from > now => {
                    let head = Head { from, id: key.id };
                    self.accounts.get_mut(&key.account).map(|seen| seen.later.insert(head));
                }
                Some(_) => {
                    let (receivers, open) = (&mut self.receivers, &mut self.open);
                    Self::queue(receivers, open, key.account, outbox, key.id);
                }
                None => {}
            }
        }
    }

    /// Gives a place back.
    pub(super) fn end(&mut self, key: Key, end: End<C>, at: Instant) {
        let Some(receiver) = self.under_way.remove(&key) else { return };
        self.ended.push(key);
        self.wake();
        let Some(queue) = self.receivers.get_mut(&receiver) else { return };
        queue.under_way -= 1;
        match end {
            End::Answered(connection) => {
                queue.share = (queue.share + 1).min(MOST);
                if let Some(connection) = connection {
                    queue.idle.push((connection, at + IDLE));
                    self.idle += 1;
                }
            }
            End::Silent => queue.share = UNPROVEN,
            End::Unsent(connection) => {
                let connection = connection.map(|connection| (connection, at + IDLE));
                self.idle += usize::from(connection.is_some());
                queue.idle.extend(connection);
            }
            End::Later => {
                queue.not_before = Some(at + PAUSE);
                // Connections that stand idle hold descriptors; other receivers need them more.
                for queue in self.receivers.values_mut() {
                    queue.idle.clear();
                }
                self.idle = 0;
            }
        }
        self.open.insert(receiver);
    }

    /// Closes connections that stood idle for too long, and forgets receivers without any matter.
    pub(super) fn sweep(&mut self, at: Instant) {
        if self.sweep_at.is_none_or(|sweep_at| sweep_at > at) {
            return;
        }
        self.receivers.retain(|_, queue| {
            queue.idle.retain(|(_, until)| *until > at);
            !queue.is_empty()
        });
        self.idle = self.receivers.values().map(|queue| queue.idle.len()).sum();
        self.sweep_at = (!self.receivers.is_empty()).then_some(at + IDLE / 2);
    }

    /// Returns when there is something to do though nothing has changed.
    pub(super) fn wake_at(&self, at: Instant) -> Option<Instant> {
        let starved = self.starved.iter().filter_map(|receiver| self.receivers.get(receiver));
        let paused = starved.filter_map(|queue| queue.not_before).min();
        // Nobody says when others of the process have given descriptors back.
        let waits = !self.starved.is_empty() && self.is_short;
        [paused, waits.then_some(at + PAUSE), self.sweep_at].into_iter().flatten().min()
    }

    /// Lets those that wait for places or descriptors try again.
    pub(super) fn wake(&mut self) {
        self.open.append(&mut self.starved);
        self.is_short = false;
    }
}

/// Who receives what goes to an address; one that cannot be taken apart is nobody's.
fn receiver(url: &str) -> Receiver {
    let nobody = |_| Receiver { secure: false, host: String::new(), port: 0 };
    Address::parse(url).map_or_else(nobody, |address| address.receiver)
}

#[cfg(test)]
mod tests;
