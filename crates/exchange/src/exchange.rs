//! The exchange itself: what it holds, and how time passes in it.

mod advance;
mod consult;
mod dial;
mod drive;
mod menu;
mod records;
mod serve;
mod supervise;
mod traffic;
mod transfer;
mod verify;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    Behaviours, Call, CallId, Cdr, Change, ChangeKind, ChangedPart, Changes, Event, EventKind,
    Extension, History, LegId, Number, Profile, Random, Rule, ServiceKind, Side, Unavailable,
    agenda::Agenda, record_fault::Faulty, traffic::Traffic,
};

pub use dial::Dial;
pub use drive::CallRefused;
pub use records::Published;
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
    /// What is wrong with the records that the vendor shows, and what will be.
    #[serde(default, skip_serializing_if = "Faulty::is_fresh")]
    faulty: Faulty<T>,
    /// The calls that come by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traffic: Option<Box<Traffic>>,
    /// Taken by the owner within the command or advance that caused it, so never part of a snapshot.
    #[serde(skip)]
    happened: VecDeque<Event>,
    /// What the owner has taken, for those who watch it.
    #[serde(skip)]
    watched: Watched,
    /// What surrounds the calls and changed, for those who watch it.
    #[serde(skip)]
    changes: Changes,
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
    /// Keys that a rule has pressed.
    RuledKeys { call: CallId, leg: LegId },
    /// What is wrong with a record changes.
    RecordTurns { call: CallId },
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

    /// The most rules of behaviour.
    pub const RULES: usize = 10_000;

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
            faulty: Faulty::default(),
            traffic: None,
            happened: VecDeque::new(),
            changes: Changes::default(),
            watched: Watched::default(),
        }
    }

    /// Adds an extension, or replaces the one with its number; live calls go on.
    pub fn set_extension(&mut self, extension: Extension) {
        let number = extension.number.clone();
        let change = match self.extensions.get(&number) {
            None => Some(ChangeKind::Added),
            Some(known) => (*known != extension).then_some(ChangeKind::Changed),
        };
        if let Some(change) = change {
            self.changes.note(ChangedPart::Extension, change, number.as_str());
        }
        self.extensions.insert(number, extension);
    }

    /// Removes an extension; live calls go on.
    pub fn remove_extension(&mut self, number: &str) -> Option<Extension> {
        let removed = self.extensions.remove(&Number::from(number))?;
        self.changes.note(ChangedPart::Extension, ChangeKind::Removed, number);
        Some(removed)
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

    /// Returns numbers that follow from all that was done: what was drawn, and how many calls there
    /// were, are, and are kept. Two exchanges that have done different things rarely agree in them.
    pub fn counters(&self) -> [u64; 4] {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let (live, kept) = (count(self.calls.len()), count(self.history.len()));
        [self.random.drawn(), self.next_call, live, kept]
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

    /// Returns the rules, to correct what was told of them.
    pub fn rules_mut(&mut self) -> &mut [Rule] {
        &mut self.behaviours.rules
    }

    /// Puts rules before those there are, and returns their numbers; calls whose phones ring already
    /// are not affected. Their lives begin now.
    pub fn add_rules(
        &mut self,
        now: OffsetDateTime,
        rules: impl IntoIterator<Item = Rule>,
    ) -> Vec<u64> {
        let last = &mut self.behaviours.last_rule;
        let numbered = rules.into_iter().map(|rule| {
            *last += 1;
            rule.begun(now, *last)
        });
        let numbered: Vec<Rule> = numbered.collect();
        let ids: Vec<u64> = numbered.iter().map(|rule| rule.id).collect();
        let changes = &mut self.changes;
        ids.iter().for_each(|id| changes.note(ChangedPart::Rule, ChangeKind::Added, id));
        self.behaviours.rules.splice(0..0, numbered);
        ids
    }

    /// Replaces a rule in its place; it starts counting anew. Returns whether there is one.
    pub fn replace_rule(&mut self, now: OffsetDateTime, id: u64, rule: Rule) -> bool {
        let place = self.behaviours.rules.iter_mut().find(|rule| rule.id == id);
        let replaced = place.map(|place| *place = rule.begun(now, id)).is_some();
        if replaced {
            self.changes.note(ChangedPart::Rule, ChangeKind::Changed, id);
        }
        replaced
    }

    /// Removes a rule and returns it.
    pub fn remove_rule(&mut self, id: u64) -> Option<Rule> {
        let place = self.behaviours.rules.iter().position(|rule| rule.id == id)?;
        self.changes.note(ChangedPart::Rule, ChangeKind::Removed, id);
        Some(self.behaviours.rules.remove(place))
    }

    /// Removes all rules.
    pub fn clear_rules(&mut self) {
        for rule in self.behaviours.rules.drain(..) {
            self.changes.note(ChangedPart::Rule, ChangeKind::Removed, rule.id);
        }
    }

    /// Returns the generator, for identifiers that a vendor draws.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Moves the events that [`Exchange::step`] has returned since the last call into `into`.
    pub fn drain_events(&mut self, into: &mut Vec<Event>) {
        into.extend(self.watched.0.drain(..));
    }

    /// Notes a change of something that its owner has beside the calls, for those who watch it.
    pub fn note_change(&mut self, what: ChangedPart, change: ChangeKind, key: impl ToString) {
        self.changes.note(what, change, key);
    }

    /// Moves the changes of extensions, services and rules since the last call into `into`.
    pub fn drain_changes(&mut self, into: &mut Vec<Change>) {
        self.changes.drain(into);
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
