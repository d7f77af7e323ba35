//! Inboxes: receivers of webhooks inside Ringback, at `/__inbox/{name}` on every port.
//!
//! An inbox answers by a plan and remembers what came. All ports of a process share them; they are no
//! state of a world.

mod handle;
mod message;
mod plan;
mod receive;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration as RealTime;

use parking_lot::{Condvar, Mutex};

use crate::{AccountId, bench};

pub use handle::Inbox;
pub use message::InboxMessage;
pub(crate) use message::{Origin, show_bytes};
pub use plan::{InboxAnswer, InboxPlan};
pub(crate) use receive::{PATH, Reset, receive};

/// The most inboxes of a process.
const INBOXES: usize = 1_000;

/// The most messages of a process.
const MESSAGES: usize = 10_000;

/// The most bytes of messages of a process.
const BYTES: usize = 64 << 20;

/// The inboxes of a process.
#[derive(Default)]
pub(crate) struct Inboxes {
    inner: Mutex<Inner>,
    arrived: Condvar,
    /// Where this process listens first.
    address: Mutex<Option<SocketAddr>>,
    /// Which webhook is under way to an inbox, by the address of its connection at this end.
    under_way: Mutex<HashMap<SocketAddr, Arc<Origin>>>,
}

impl std::fmt::Debug for Inboxes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inboxes").field("address", &self.address).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Inner {
    inboxes: BTreeMap<String, State>,
    /// The messages that are kept, the oldest first.
    order: VecDeque<(String, u64)>,
    bytes: usize,
    /// The number of the last message.
    last: u64,
}

/// One inbox.
#[derive(Default)]
struct State {
    plan: InboxPlan,
    /// How many answers of the plan have been given.
    given: usize,
    messages: VecDeque<Arc<InboxMessage>>,
    received: u64,
    missed: u64,
}

/// An inbox as it stands.
#[derive(Debug, Clone)]
pub(crate) struct InboxView {
    pub(crate) plan: InboxPlan,
    pub(crate) given: usize,
    pub(crate) kept: usize,
    pub(crate) received: u64,
    pub(crate) missed: u64,
}

impl State {
    fn view(&self) -> InboxView {
        let Self { plan, given, messages, received, missed } = self;
        InboxView {
            plan: plan.clone(),
            given: *given,
            kept: messages.len(),
            received: *received,
            missed: *missed,
        }
    }
}

/// There are as many inboxes as there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are {INBOXES} inboxes, the most there may be")]
pub struct TooManyInboxes;

impl Inboxes {
    /// Sets the answers of an inbox, which is made if it is not there; what it has received stays. Returns
    /// whether it was made.
    pub(crate) fn set(&self, name: &str, plan: InboxPlan) -> Result<bool, TooManyInboxes> {
        let mut inner = self.inner.lock();
        let is_new = !inner.inboxes.contains_key(name);
        let state = inner.open(name)?;
        (state.plan, state.given) = (plan, 0);
        Ok(is_new)
    }

    /// Removes an inbox with its messages; returns whether there was one.
    pub(crate) fn remove(&self, name: &str) -> bool {
        let mut inner = self.inner.lock();
        inner.forget(name);
        inner.inboxes.remove(name).is_some()
    }

    /// Forgets the messages of an inbox, and keeps its plan; returns whether there was one.
    pub(crate) fn forget(&self, name: &str) -> bool {
        self.inner.lock().forget(name)
    }

    /// Forgets the messages that came from an instance, or from one of its accounts.
    pub(crate) fn forget_of(&self, origin: bench::Origin, account: Option<AccountId>) {
        let mut inner = self.inner.lock();
        let Inner { inboxes, order, bytes, .. } = &mut *inner;
        let is_of = |message: &InboxMessage| {
            message.from.is_some_and(|(instance, of)| {
                instance == origin && account.is_none_or(|account| account == of)
            })
        };
        let mut gone_numbers = BTreeSet::new();
        for state in inboxes.values_mut() {
            let before = state.messages.len();
            state.messages.retain(|message| {
                let goes = is_of(message);
                if goes {
                    *bytes = bytes.saturating_sub(message.size());
                    gone_numbers.insert(message.number);
                }
                !goes
            });
            let gone = u64::try_from(before - state.messages.len()).unwrap_or(0);
            state.received = state.received.saturating_sub(gone);
        }
        order.retain(|(_, number)| !gone_numbers.contains(number));
    }

    /// Removes all inboxes.
    pub(crate) fn clear(&self) {
        let mut inner = self.inner.lock();
        // Numbers go on: a cursor of before is never one of something else.
        *inner = Inner { last: inner.last, ..Inner::default() };
    }

    pub(crate) fn view(&self, name: &str) -> Option<InboxView> {
        self.inner.lock().inboxes.get(name).map(State::view)
    }

    pub(crate) fn list(&self) -> Vec<(String, InboxView)> {
        let inner = self.inner.lock();
        inner.inboxes.iter().map(|(name, state)| (name.clone(), state.view())).collect()
    }

    /// Returns the messages of an inbox, the oldest first; `None` if there is no such inbox.
    pub(crate) fn messages(&self, name: &str) -> Option<Vec<Arc<InboxMessage>>> {
        self.inner.lock().inboxes.get(name).map(|state| state.messages.iter().cloned().collect())
    }

    /// Waits until an inbox has received so many messages, and returns those it keeps; `None` if they do
    /// not come in the computer's time given.
    fn wait_for(
        &self,
        name: &str,
        count: u64,
        at_most: RealTime,
    ) -> Option<Vec<Arc<InboxMessage>>> {
        let mut inner = self.inner.lock();
        let waits =
            |inner: &mut Inner| inner.inboxes.get(name).is_none_or(|state| state.received < count);
        if self.arrived.wait_while_for(&mut inner, waits, at_most).timed_out() {
            return None;
        }
        inner.inboxes.get(name).map(|state| state.messages.iter().cloned().collect())
    }

    /// Takes the next answer of an inbox, which is made if it is not there.
    fn answer(&self, name: &str) -> Result<InboxAnswer, TooManyInboxes> {
        let mut inner = self.inner.lock();
        let state = inner.open(name)?;
        let answer = state.plan.answer(state.given).clone();
        state.given = state.given.saturating_add(1);
        Ok(answer)
    }

    /// Keeps a message, which gets its number.
    fn keep(&self, mut message: InboxMessage) -> Option<Arc<InboxMessage>> {
        let mut inner = self.inner.lock();
        inner.last += 1;
        message.number = inner.last;
        let (name, number, size) = (message.inbox.clone(), message.number, message.size());
        // Removed while it answered: the message came all the same, to an inbox of that name.
        let state = inner.open(&name).ok()?;
        let message = Arc::new(message);
        state.received += 1;
        state.messages.push_back(Arc::clone(&message));
        inner.bytes += size;
        inner.order.push_back((name, number));
        inner.evict();
        drop(inner);
        self.arrived.notify_all();
        Some(message)
    }

    /// Learns an address at which this process listens; the first one said counts.
    pub(crate) fn listens_at(&self, address: SocketAddr) {
        self.address.lock().get_or_insert(address);
    }

    /// Returns where inboxes are reached.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        *self.address.lock()
    }

    /// Notes that a webhook goes over a connection until the guard is dropped.
    pub(crate) fn under_way(self: &Arc<Self>, local: SocketAddr, origin: Arc<Origin>) -> UnderWay {
        self.under_way.lock().insert(local, origin);
        UnderWay { inboxes: Arc::clone(self), local }
    }

    fn origin(&self, peer: Option<SocketAddr>) -> Option<Arc<Origin>> {
        self.under_way.lock().get(&peer?).cloned()
    }
}

impl Inner {
    fn open(&mut self, name: &str) -> Result<&mut State, TooManyInboxes> {
        if self.inboxes.len() >= INBOXES && !self.inboxes.contains_key(name) {
            return Err(TooManyInboxes);
        }
        Ok(self.inboxes.entry(name.to_owned()).or_default())
    }

    fn forget(&mut self, name: &str) -> bool {
        let Some(state) = self.inboxes.get_mut(name) else { return false };
        let size: usize = state.messages.drain(..).map(|message| message.size()).sum();
        (state.received, state.missed) = (0, 0);
        self.bytes = self.bytes.saturating_sub(size);
        self.order.retain(|(of, _)| of != name);
        true
    }

    fn evict(&mut self) {
        while self.order.len() > MESSAGES || self.bytes > BYTES {
            let Some((name, number)) = self.order.pop_front() else { return };
            let Some(state) = self.inboxes.get_mut(&name) else { continue };
            let is_it = |message: &&Arc<InboxMessage>| message.number == number;
            if state.messages.front().filter(is_it).is_none() {
                continue;
            }
            if let Some(message) = state.messages.pop_front() {
                state.missed += 1;
                self.bytes = self.bytes.saturating_sub(message.size());
            }
        }
    }
}

/// A webhook that is under way to an inbox.
pub(crate) struct UnderWay {
    inboxes: Arc<Inboxes>,
    local: SocketAddr,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.inboxes.under_way.lock().remove(&self.local);
    }
}

#[cfg(test)]
mod tests;
