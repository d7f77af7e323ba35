//! The feed: everything that happens in a process, in one order, with one cursor. Each kind has a ring
//! of its own, so that many of one kind do not push out the others.

use std::collections::VecDeque;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};
use tokio::sync::watch;

use super::{Draft, Item, Kind, Kinds, computer_time};

/// How much is kept of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most items.
    pub entries: usize,
    /// The most bytes of memory, about.
    pub bytes: usize,
}

impl Limits {
    pub(super) fn of(kind: Kind) -> Self {
        let (entries, bytes) = match kind {
            Kind::Request => (10_000, 64 << 20),
            Kind::Event => (65_536, 64 << 20),
            Kind::Delivery => (32_768, 64 << 20),
            Kind::Message => (10_000, 64 << 20),
            Kind::Clock => (1_024, 1 << 20),
            Kind::World => (8_192, 8 << 20),
        };
        Self { entries, bytes }
    }
}

/// Some items in their order, and where the next ones begin.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The items.
    pub items: Vec<Item>,
    /// The cursor to ask with for what comes after them.
    pub next: u64,
    /// How many after the cursor asked with are no longer kept: exactly that where all kinds are asked
    /// for, and at most that where some are.
    pub missed: u64,
}

/// Everything that happened lately, of all instances of a process.
#[derive(Debug)]
pub struct Feed {
    rings: Mutex<Rings>,
    last: watch::Sender<u64>,
    woken: Condvar,
}

#[derive(Debug)]
struct Rings {
    /// In the order of [`Kind::ALL`].
    rings: [Ring; Kind::ALL.len()],
    last: u64,
}

#[derive(Debug)]
struct Ring {
    kind: Kind,
    limits: Limits,
    items: VecDeque<Item>,
    bytes: usize,
    /// How many were pushed out by later ones, and the cursor of the last of those.
    evicted: u64,
    evicted_to: u64,
}

impl Default for Feed {
    fn default() -> Self {
        let ring = |kind| Ring {
            kind,
            limits: Limits::of(kind),
            items: VecDeque::new(),
            bytes: 0,
            evicted: 0,
            evicted_to: 0,
        };
        let rings = Rings { rings: Kind::ALL.map(ring), last: 0 };
        Self { rings: Mutex::new(rings), last: watch::Sender::new(0), woken: Condvar::new() }
    }
}

impl Feed {
    /// Adds what happened, in its order, and wakes those who wait. Cheap: a machine may be locked
    /// meanwhile.
    pub fn push(&self, drafts: impl IntoIterator<Item = Draft>) {
        let real_at = computer_time();
        let last = {
            let mut rings = self.rings.lock();
            for Draft { at, source, command, what } in drafts {
                rings.last += 1;
                let cursor = rings.last;
                let item = Item { cursor, real_at, at, source, command, what };
                rings.ring(item.what.kind()).push(item);
            }
            rings.last
        };
        // Others may have pushed meanwhile and been faster.
        let is_later = |known: &mut u64| std::mem::replace(known, last.max(*known)) < last;
        if self.last.send_if_modified(is_later) {
            self.woken.notify_all();
        }
    }

    /// Returns the cursor of the last item there was; 0 before the first.
    pub fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Returns the items of some kinds after a cursor, `limit` at most, oldest first; 0 stands before
    /// the first of all.
    pub fn since(&self, cursor: u64, kinds: Kinds, limit: usize) -> Page {
        self.rings.lock().since(cursor, kinds, limit)
    }

    /// Returns the items of one kind that fit, newest first, `limit` at most, and how many fit in all.
    pub fn latest(
        &self,
        kind: Kind,
        limit: usize,
        fits: impl Fn(&Item) -> bool,
    ) -> (Vec<Item>, u64) {
        let mut rings = self.rings.lock();
        let (mut found, mut total) = (Vec::new(), 0);
        for item in rings.ring(kind).items.iter().rev().filter(|item| fits(item)) {
            total += 1;
            if found.len() < limit {
                found.push(item.clone());
            }
        }
        (found, total)
    }

    /// Finds something among the items of a kind after a cursor, the latest first; only so many are
    /// looked at.
    pub(super) fn find_back<R>(
        &self,
        kind: Kind,
        cursor: u64,
        find: impl Fn(&Item) -> Option<R>,
    ) -> Option<R> {
        const LOOKED_AT: usize = 512;
        let mut rings = self.rings.lock();
        let items = rings.ring(kind).items.iter().rev().take(LOOKED_AT);
        // The first of those that fit: it says which call a request began.
        items.take_while(|item| item.cursor > cursor).filter_map(find).last()
    }

    /// Returns how many items of a kind are kept, the bytes of memory that they take, about, and how
    /// many were pushed out.
    pub fn kept(&self, kind: Kind) -> (usize, usize, u64) {
        let mut rings = self.rings.lock();
        let ring = rings.ring(kind);
        (ring.items.len(), ring.bytes, ring.evicted)
    }

    /// Sets how much is kept of a kind.
    pub fn limit(&self, kind: Kind, limits: Limits) {
        let mut rings = self.rings.lock();
        let ring = rings.ring(kind);
        ring.limits = limits;
        ring.shrink();
    }

    /// Removes those items of some kinds that are said to go.
    pub fn clear(&self, kinds: Kinds, goes: impl Fn(&Item) -> bool) {
        let mut rings = self.rings.lock();
        for ring in rings.rings.iter_mut().filter(|ring| kinds.has(ring.kind)) {
            ring.items.retain(|item| !goes(item));
            ring.bytes = ring.items.iter().map(|item| item.what.size()).sum();
        }
    }

    /// Subscribes to the cursor of the last item.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    /// Waits, in code that is not async, until there is an item after a cursor; returns whether there
    /// was one by that moment of the computer's clock.
    pub fn wait_blocking(&self, cursor: u64, until: Instant) -> bool {
        let mut rings = self.rings.lock();
        while rings.last <= cursor {
            if self.woken.wait_until(&mut rings, until).timed_out() {
                return rings.last > cursor;
            }
        }
        true
    }
}

impl Rings {
    fn ring(&mut self, kind: Kind) -> &mut Ring {
        let [request, event, delivery, message, clock, world] = &mut self.rings;
        match kind {
            Kind::Request => request,
            Kind::Event => event,
            Kind::Delivery => delivery,
            Kind::Message => message,
            Kind::Clock => clock,
            Kind::World => world,
        }
    }

    fn since(&self, cursor: u64, kinds: Kinds, limit: usize) -> Page {
        let wanted = || self.rings.iter().filter(|ring| kinds.has(ring.kind));
        let mut heads: Vec<_> =
            wanted().map(|ring| ring.items.range(ring.after(cursor)..).peekable()).collect();
        let mut items = Vec::new();
        while items.len() < limit {
            let next = heads.iter_mut().filter_map(|head| Some((head.peek()?.cursor, head)));
            let Some((_, head)) = next.min_by_key(|(cursor, _)| *cursor) else { break };
            items.extend(head.next().cloned());
        }
        let is_whole = items.len() < limit;
        let next = items.last().filter(|_| !is_whole).map_or(self.last, |item| item.cursor);
        // Every cursor is one item's, so what is not kept in between has been pushed out.
        let evicted_to = wanted().map(|ring| ring.evicted_to).max().unwrap_or(0);
        let kept: usize = self
            .rings
            .iter()
            .map(|ring| ring.after(evicted_to).saturating_sub(ring.after(cursor)))
            .sum();
        let gone = evicted_to.saturating_sub(cursor);
        let gone = gone.saturating_sub(u64::try_from(kept).unwrap_or(u64::MAX));
        let evicted: u64 = wanted().map(|ring| ring.evicted).sum();
        Page { items, next: next.max(cursor.min(self.last)), missed: gone.min(evicted) }
    }
}

impl Ring {
    fn push(&mut self, item: Item) {
        self.bytes += item.what.size();
        self.items.push_back(item);
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.items.len() > self.limits.entries || self.bytes > self.limits.bytes {
            let Some(item) = self.items.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(item.what.size());
            self.evicted += 1;
            self.evicted_to = item.cursor;
        }
    }

    /// Returns the place of the first item after a cursor.
    fn after(&self, cursor: u64) -> usize {
        self.items.partition_point(|item| item.cursor <= cursor)
    }
}

#[cfg(test)]
mod tests;
