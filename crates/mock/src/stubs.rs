//! Stubs: mappings in WireMock's form, which answer requests instead of the simulator or change what it
//! answers. They stand beside the machine: not logged, not replayed, with draws of their own.

mod asked;
mod delay;
#[cfg(test)]
mod fuzz;
mod handle;
mod hold;
mod json;
pub(crate) mod keys;
mod literal;
mod mapping;
mod model;
mod pattern;
pub(crate) mod play;
mod refused;
mod response;
mod scenarios;
mod sieve;
mod table;
mod template;
mod text;
mod url;

use std::collections::{BTreeMap, HashMap};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use parking_lot::{Mutex, RwLock};
use ringback_engine::OffsetDateTime;
use serde_json::{Map, Value, json};

use crate::{Endpoint, bench::journal::Entry, received::spread, stable_hash};
pub(crate) use asked::Asked;
pub(crate) use delay::Delay;
pub(crate) use hold::{Held, Holds, Release};
pub use keys::page;
pub(crate) use mapping::{Stub, id};
pub(crate) use pattern::{Named, Pattern};
pub use refused::StubRefused;
pub(crate) use refused::one_or_more;
pub(crate) use response::Reply;
use table::Table;
pub(crate) use text::{Looked, Matcher, WORDS};

/// Shows a request of the journal as WireMock logs it; it came at a moment of the computer's clock.
pub(crate) fn logged_entry(entry: &Entry, real_at: OffsetDateTime) -> Value {
    model::logged(&entry.asked(), model::Beside { peer: entry.peer(), real_at })
}

/// The most mappings of an instance, and the bytes of memory that they may take, about.
const MAPPINGS: usize = 10_000;
const BYTES: usize = 256 << 20;

/// A mapping in its place.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) stub: Arc<Stub>,
    /// Until when it is there, by the clock of the instance.
    until: Option<OffsetDateTime>,
}

impl Slot {
    fn is_there(&self, now: OffsetDateTime) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// The mappings of one instance.
#[derive(Debug)]
pub struct Stubs {
    seed: u64,
    /// Whether there is anything to look at.
    is_active: AtomicBool,
    inner: Mutex<Inner>,
    /// Made of the mappings when a request comes.
    table: RwLock<Option<Arc<Table>>>,
    pub(crate) holds: Holds,
}

#[derive(Debug, Default)]
struct Inner {
    /// In the order in which they came.
    slots: BTreeMap<u64, Slot>,
    ids: HashMap<String, u64>,
    next: u64,
    made_ids: u64,
    bytes: usize,
    /// What a reset goes back to.
    saved: Vec<Arc<Stub>>,
    /// The states of scenarios that are not in their first.
    states: BTreeMap<String, String>,
    /// For every answer of the port.
    delay: Delay,
    draws: u64,
}

/// A mapping that answers a request.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) stub: Arc<Stub>,
    pub(crate) reply: Arc<Reply>,
    /// From which everything is drawn that this answer needs.
    pub(crate) draw: u64,
}

impl Stubs {
    /// Makes an empty one for an instance.
    pub(crate) fn new(name: &str, seed: u64) -> Self {
        Self {
            seed: stable_hash(seed, format!("stubs of {name}").as_bytes()),
            is_active: AtomicBool::new(false),
            inner: Mutex::default(),
            table: RwLock::default(),
            holds: Holds::default(),
        }
    }

    /// Returns whether there is anything that a request has to be compared with.
    pub(crate) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Relaxed)
    }

    /// Notes that something has changed.
    fn changed(&self, inner: &Inner) {
        *self.table.write() = None;
        self.is_active.store(!inner.slots.is_empty() || !inner.delay.is_none(), Ordering::Relaxed);
    }

    /// Returns an id for a mapping that says none.
    pub(crate) fn new_id(&self) -> String {
        let mut inner = self.inner.lock();
        inner.made_ids += 1;
        id(self.seed, inner.made_ids)
    }

    /// Refuses more mappings than there is room for; those that replace others count as more.
    pub(crate) fn check_room(
        &self,
        stubs: &[Arc<Stub>],
        now: OffsetDateTime,
    ) -> Result<(), StubRefused> {
        let mut inner = self.inner.lock();
        inner.forget_gone(now);
        let new = stubs.iter().filter(|stub| !inner.ids.contains_key(&stub.id)).count();
        let bytes: usize = stubs.iter().map(|stub| stub.size()).sum();
        match inner.slots.len() + new > MAPPINGS || inner.bytes + bytes > BYTES {
            true => Err(no_room()),
            false => Ok(()),
        }
    }

    /// Adds a mapping, or replaces that of the same id in its place.
    pub(crate) fn add(&self, stub: &Arc<Stub>, now: OffsetDateTime) -> Result<(), StubRefused> {
        let mut inner = self.inner.lock();
        inner.add(stub, now)?;
        if stub.is_persistent {
            inner.saved.retain(|saved| saved.id != stub.id);
            inner.saved.push(Arc::clone(stub));
        }
        self.changed(&inner);
        Ok(())
    }

    /// Returns a mapping.
    pub(crate) fn get(&self, id: &str, now: OffsetDateTime) -> Option<Arc<Stub>> {
        let inner = self.inner.lock();
        let slot = inner.slots.get(inner.ids.get(id)?).filter(|slot| slot.is_there(now))?;
        Some(Arc::clone(&slot.stub))
    }

    /// Returns all mappings, the latest first.
    pub(crate) fn list(&self, now: OffsetDateTime) -> Vec<Arc<Stub>> {
        let inner = self.inner.lock();
        let there = inner.slots.values().rev().filter(|slot| slot.is_there(now));
        there.map(|slot| Arc::clone(&slot.stub)).collect()
    }

    /// Removes a mapping, from what is saved as well.
    pub(crate) fn remove(&self, id: &str) -> bool {
        let mut inner = self.inner.lock();
        inner.saved.retain(|saved| saved.id != id);
        let was_there = inner.remove(id);
        self.changed(&inner);
        drop(inner);
        self.holds.let_go(Some(id));
        was_there
    }

    /// Removes all mappings and what is saved of them.
    pub(crate) fn clear(&self) {
        let mut inner = self.inner.lock();
        inner.saved.clear();
        inner.restore(OffsetDateTime::UNIX_EPOCH);
        self.changed(&inner);
        drop(inner);
        self.holds.let_go(None);
    }

    /// Goes back to what is saved.
    pub(crate) fn reset(&self, now: OffsetDateTime) {
        let mut inner = self.inner.lock();
        inner.restore(now);
        self.changed(&inner);
        drop(inner);
        self.holds.let_go(None);
    }

    /// Goes back to what is saved, and forgets everything else.
    pub(crate) fn reset_all(&self, now: OffsetDateTime) {
        {
            let mut inner = self.inner.lock();
            inner.states.clear();
            inner.delay = Delay::default();
            (inner.draws, inner.made_ids) = (0, 0);
        }
        self.reset(now);
    }

    /// Remembers all mappings for a reset.
    pub(crate) fn save(&self, now: OffsetDateTime) {
        let mut inner = self.inner.lock();
        let there = inner.slots.values().filter(|slot| slot.is_there(now));
        inner.saved = there.map(|slot| Arc::clone(&slot.stub)).collect();
    }

    /// Returns how long every answer waits.
    pub(crate) fn delay(&self) -> Delay {
        self.inner.lock().delay
    }

    /// Sets how long every answer waits.
    pub(crate) fn set_delay(&self, delay: Delay) {
        let mut inner = self.inner.lock();
        inner.delay = delay;
        self.changed(&inner);
    }

    fn table(&self) -> Arc<Table> {
        if let Some(table) = &*self.table.read() {
            return Arc::clone(table);
        }
        // A change after this makes another table: it takes the place away under the same lock.
        let inner = self.inner.lock();
        let table = Arc::new(Table::new(inner.slots.iter().map(|(at, slot)| (*at, slot.clone()))));
        *self.table.write() = Some(Arc::clone(&table));
        table
    }

    /// Finds the mapping that answers a request, and takes one of its answers.
    pub(crate) fn choose(
        &self,
        asked: &Asked<'_>,
        endpoint: Option<&'static Endpoint>,
        now: OffsetDateTime,
    ) -> Option<Chosen> {
        let table = self.table();
        // The operation of the endpoint, and those that share it.
        let operations: Vec<&str> = endpoint.map_or_else(Vec::new, |endpoint| {
            let variants = endpoint.variants.iter().map(|variant| variant.value);
            variants.chain([endpoint.operation]).collect()
        });
        let candidates = table.candidates(asked, &operations);
        let holds = |slot: &&Slot| slot.is_there(now) && slot.stub.request.holds(asked, endpoint);
        candidates.into_iter().filter(holds).find_map(|slot| self.take(&slot.stub))
    }

    /// Takes an answer of a mapping whose request it is, if its state, its share and its number let it.
    fn take(&self, stub: &Arc<Stub>) -> Option<Chosen> {
        let mut inner = self.inner.lock();
        if !inner.is_in_state(stub) {
            return None;
        }
        inner.draws += 1;
        let draw = spread(self.seed ^ spread(inner.draws));
        if stub.probability.is_some_and(|share| delay::share(spread(draw)) >= share) {
            return None;
        }
        let reply = stub.take()?;
        inner.go_on(stub);
        Some(Chosen { stub: Arc::clone(stub), reply, draw })
    }

    /// Draws how long an answer waits that has no delay of its own.
    pub(crate) fn draw_delay(&self) -> std::time::Duration {
        let mut inner = self.inner.lock();
        if inner.delay.is_none() {
            return std::time::Duration::ZERO;
        }
        inner.draws += 1;
        inner.delay.draw(spread(self.seed ^ spread(inner.draws)))
    }

    /// Shows the settings.
    pub(crate) fn show_settings(&self) -> Map<String, Value> {
        let mut shown = self.delay().show();
        shown.insert("extended".to_owned(), json!({}));
        shown.insert("proxyPassThrough".to_owned(), true.into());
        shown
    }
}

fn no_room() -> StubRefused {
    StubRefused::new("", format!("at most {MAPPINGS} mappings, and {BYTES} bytes of them"))
}

impl Inner {
    fn add(&mut self, stub: &Arc<Stub>, now: OffsetDateTime) -> Result<(), StubRefused> {
        // Those whose time is over make room.
        if self.slots.len() >= MAPPINGS || self.bytes + stub.size() > BYTES {
            self.forget_gone(now);
        }
        let known = self.ids.get(&stub.id).copied();
        let bytes = self.bytes + stub.size();
        if known.is_none() && self.slots.len() >= MAPPINGS || bytes > BYTES {
            return Err(no_room());
        }
        let place = match known {
            Some(place) => {
                let before = self.slots.get(&place).map_or(0, |slot| slot.stub.size());
                self.bytes = self.bytes.saturating_sub(before);
                place
            }
            None => {
                self.next += 1;
                self.ids.insert(stub.id.clone(), self.next);
                self.next
            }
        };
        self.bytes += stub.size();
        let until = stub.ttl.and_then(|ttl| now.checked_add(ttl));
        self.slots.insert(place, Slot { stub: Arc::clone(stub), until });
        Ok(())
    }

    /// Removes those whose time is over.
    fn forget_gone(&mut self, now: OffsetDateTime) {
        let gone = self.slots.values().filter(|slot| !slot.is_there(now));
        let gone: Vec<String> = gone.map(|slot| slot.stub.id.clone()).collect();
        for id in &gone {
            self.remove(id);
        }
    }

    fn remove(&mut self, id: &str) -> bool {
        let slot = self.ids.remove(id).and_then(|place| self.slots.remove(&place));
        if let Some(slot) = &slot {
            self.bytes = self.bytes.saturating_sub(slot.stub.size());
        }
        slot.is_some()
    }

    /// Goes back to what is saved.
    fn restore(&mut self, now: OffsetDateTime) {
        self.slots.clear();
        self.ids.clear();
        self.bytes = 0;
        for stub in std::mem::take(&mut self.saved) {
            stub.forget_uses();
            // They fitted before.
            if self.add(&stub, now).is_ok() {
                self.saved.push(stub);
            }
        }
    }
}
