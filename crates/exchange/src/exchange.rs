//! The exchange itself: what it holds, and how time passes in it.

mod advance;
mod consult;
mod dial;
mod drive;
mod menu;
mod serve;
mod supervise;
mod transfer;
mod verify;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    Behaviours, Call, CallId, Cdr, Event, EventKind, Extension, History, LegId, Number, Profile,
    Random, Rule, ServiceKind, Side, Unavailable, agenda::Agenda,
};

pub use dial::Dial;
pub use drive::CallRefused;
pub(crate) use serve::Serving;

/// A telephone exchange: extensions, live calls, history, and what is due when.
///
/// It is a value without clock or I/O: every change takes the time from its caller. `T` is what a
/// vendor keeps with each of its calls.
///
/// Changes leave [`Event`]s behind; the owner takes them, in time order, with [`Exchange::step`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct Exchange<T> {
    extensions: BTreeMap<Number, Extension>,
    services: BTreeMap<Number, ServiceKind>,
    calls: BTreeMap<CallId, Call<T>>,
    /// Who is in which live call, for every leg that is not over.
    parties: BTreeSet<(Number, CallId)>,
    history: History<T>,
    /// The last few calls that ended, with their timelines.
    recent: VecDeque<Call<T>>,
    behaviours: Behaviours,
    agenda: Agenda<Timer>,
    random: Random,
    next_call: u64,
    /// Taken by the owner within the command or advance that caused it, so never part of a snapshot.
    #[serde(skip)]
    happened: VecDeque<Event>,
    /// What the owner has taken, for those who watch it.
    #[serde(skip)]
    watched: Watched,
}

/// The latest events that an owner has reacted to. Two exchanges are the same whatever is in here.
#[derive(Debug, Clone, Default)]
struct Watched(VecDeque<Event>);

impl PartialEq for Watched {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// Something the exchange will do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Timer {
    /// A dialled phone begins to ring, or turns out not to.
    SetUp { call: CallId, leg: LegId },
    /// A ringing phone does what it planned.
    Decide { call: CallId, leg: LegId },
    /// A conversation is over.
    TalkEnds { call: CallId, by: Side },
    /// A parked side has waited long enough.
    ParkEnds { call: CallId },
    /// A consultation is over, and the initiator leaves.
    ConsultEnds { call: CallId, leg: LegId },
    /// A service looks for somebody to take the call.
    LooksAgain { call: CallId },
    /// A service has kept the caller long enough.
    ServingEnds { call: CallId },
    /// The caller of a menu presses a key.
    Presses { call: CallId },
}

impl<T> Exchange<T> {
    /// How many ended calls keep their timeline.
    pub const RECENT: usize = 64;

    /// The most events one call's timeline keeps, apart from its end.
    pub const TIMELINE: usize = 1_000;

    /// The most events that wait for [`Exchange::drain_events`]; older ones are dropped.
    pub const WATCHED: usize = 65_536;

    /// The most legs one call may have had.
    pub const LEGS: usize = 1_000;

    /// Makes an empty exchange.
    pub fn new(seed: u64, profile: Profile) -> Self {
        Self {
            extensions: BTreeMap::new(),
            services: BTreeMap::new(),
            calls: BTreeMap::new(),
            parties: BTreeSet::new(),
            history: History::default(),
            recent: VecDeque::new(),
            behaviours: Behaviours { rules: Vec::new(), last_rule: 0, profile },
            agenda: Agenda::default(),
            random: Random::new(seed),
            next_call: 1,
            happened: VecDeque::new(),
            watched: Watched::default(),
        }
    }

    /// Adds an extension, or replaces the one with its number; live calls go on.
    pub fn set_extension(&mut self, extension: Extension) {
        self.extensions.insert(extension.number.clone(), extension);
    }

    /// Removes an extension; live calls go on.
    pub fn remove_extension(&mut self, number: &str) -> Option<Extension> {
        self.extensions.remove(&Number::from(number))
    }

    /// Returns an extension by its number.
    pub fn extension(&self, number: &str) -> Option<&Extension> {
        self.extensions.get(&Number::from(number))
    }

    /// Returns an extension by its number, to change it.
    pub fn extension_mut(&mut self, number: &str) -> Option<&mut Extension> {
        self.extensions.get_mut(&Number::from(number))
    }

    /// Returns the extensions in the order of their numbers.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.extensions.values()
    }

    /// Returns whether a number is in a live call, other than the one excepted.
    pub fn is_in_call(&self, number: &Number, except: Option<CallId>) -> bool {
        self.ids_of(number).any(|id| Some(id) != except)
    }

    /// Returns whether an extension could take a call now.
    ///
    /// # Errors
    /// Why it could not: unknown, nobody logged in, or busy with a call other than `except`.
    pub fn available(&self, number: &str, except: Option<CallId>) -> Result<(), Unavailable> {
        let extension = self.extension(number).ok_or(Unavailable::Unknown)?;
        if !extension.registered {
            return Err(Unavailable::NotRegistered);
        }
        if extension.do_not_disturb || self.is_in_call(&extension.number, except) {
            return Err(Unavailable::Busy);
        }
        Ok(())
    }

    /// Returns the live calls, oldest first.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = &Call<T>> {
        self.calls.values()
    }

    /// Returns the number of live calls.
    pub fn live(&self) -> usize {
        self.calls.len()
    }

    /// Returns one live call.
    pub fn call(&self, id: CallId) -> Option<&Call<T>> {
        self.calls.get(&id)
    }

    /// Returns what the vendor keeps with a live call, to change it.
    pub fn tag_mut(&mut self, id: CallId) -> Option<&mut T> {
        self.calls.get_mut(&id).map(|call| &mut call.tag)
    }

    /// Returns the live calls a number is part of, oldest first.
    pub fn calls_of(&self, number: &Number) -> impl Iterator<Item = &Call<T>> {
        self.ids_of(number).filter_map(|id| self.calls.get(&id))
    }

    fn ids_of<'a>(&'a self, number: &Number) -> impl Iterator<Item = CallId> + use<'a, T> {
        let range = (number.clone(), CallId(0))..=(number.clone(), CallId(u64::MAX));
        self.parties.range(range).map(|(_, id)| *id)
    }

    /// Returns the last calls that ended, with their timelines, oldest first.
    pub fn recent(&self) -> impl DoubleEndedIterator<Item = &Call<T>> {
        self.recent.iter()
    }

    /// Returns the finished calls.
    pub fn history(&self) -> &History<T> {
        &self.history
    }

    /// Takes the finished calls out, as if there had been none; whoever does puts them back, or
    /// others in their place.
    pub fn take_history(&mut self) -> History<T> {
        std::mem::take(&mut self.history)
    }

    /// Puts finished calls in the place of those there are.
    pub fn put_history(&mut self, history: History<T>) {
        self.history = history;
    }

    /// Adds a finished call that this exchange did not carry, such as one from a fixture.
    pub fn record(&mut self, make: impl FnOnce(CallId) -> Cdr<T>) -> CallId {
        let id = self.new_id();
        self.history.add(make(id));
        id
    }

    /// Returns the user's rules.
    pub fn rules(&self) -> &[Rule] {
        &self.behaviours.rules
    }

    /// Puts rules before those there are, and returns their numbers; calls whose phones ring already
    /// are not affected.
    pub fn add_rules(&mut self, rules: impl IntoIterator<Item = Rule>) -> Vec<u64> {
        let last = &mut self.behaviours.last_rule;
        let numbered = rules.into_iter().map(|rule| {
            *last += 1;
            Rule { id: *last, hits: 0, ..rule }
        });
        let numbered: Vec<Rule> = numbered.collect();
        let ids = numbered.iter().map(|rule| rule.id).collect();
        self.behaviours.rules.splice(0..0, numbered);
        ids
    }

    /// Replaces a rule in its place; it starts counting anew. Returns whether there is one.
    pub fn replace_rule(&mut self, id: u64, rule: Rule) -> bool {
        let place = self.behaviours.rules.iter_mut().find(|rule| rule.id == id);
        place.map(|place| *place = Rule { id, hits: 0, ..rule }).is_some()
    }

    /// Removes a rule and returns it.
    pub fn remove_rule(&mut self, id: u64) -> Option<Rule> {
        let place = self.behaviours.rules.iter().position(|rule| rule.id == id)?;
        Some(self.behaviours.rules.remove(place))
    }

    /// Removes all rules.
    pub fn clear_rules(&mut self) {
        self.behaviours.rules.clear();
    }

    /// Returns the generator, for identifiers that a vendor draws.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Moves the events that [`Exchange::step`] has returned since the last call into `into`.
    pub fn drain_events(&mut self, into: &mut Vec<Event>) {
        into.extend(self.watched.0.drain(..));
    }

    /// Returns the moment of the next happening.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        self.agenda.next_due()
    }

    fn new_id(&mut self) -> CallId {
        let id = CallId(self.next_call);
        self.next_call += 1;
        id
    }

    /// Notes an event on the call's timeline and for the owner.
    fn emit(&mut self, at: OffsetDateTime, call: CallId, kind: EventKind) {
        let event = Event { at, call, kind };
        if let Some(call) = self.calls.get_mut(&call)
            && (call.timeline.len() < Self::TIMELINE
                || matches!(event.kind, EventKind::CallEnded { .. }))
        {
            call.timeline.push(event.clone());
        }
        self.happened.push_back(event);
    }
}

#[cfg(test)]
mod tests;
