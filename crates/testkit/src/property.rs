//! Random steps of a vendor's machine: whatever happened live comes of its log too, of a snapshot
//! and the rest of the log, and of many small jumps in the place of one.
//!
//! ```
//! use proptest::{prelude::*, test_runner::TestRunner};
//! use ringback_testkit::property::{self, Live, Step};
//! use ringback_voip24h::{MakeDial, Pbx, Voip24h};
//!
//! // What the vendor's clients do, beside what every vendor has.
//! let dial = |phone| MakeDial { extension: "101".into(), phone };
//! let step = prop_oneof![
//!     3 => "09[0-9]{8}".prop_map(move |phone| Step::Own(dial(phone))),
//!     3 => (0u32..20_000).prop_map(Step::Wait),
//!     1 => property::background().prop_map(Step::Control),
//! ];
//! let holds = |pbx: &Pbx| pbx.verify().map_err(TestCaseError::fail);
//! // Tests say `proptest! {…}`.
//! TestRunner::new(property::cases(2)).run(&property::plan(step, 5..15), |plan| {
//!     let mut live = Live::<Voip24h>::new(Voip24h::builder().seed(5));
//!     live.play(plan, |live, dial| drop(live.execute(dial)), holds)?;
//!     live.comes_of_its_log(holds)
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod background;
mod rewinding;
mod several;

use std::cell::RefCell;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::{sample::Index, test_runner::TestCaseResult};
use ringback_engine::{
    Command, Duration, Engine, EngineError, Identity, LogOptions, Machine as _, OffsetDateTime,
    Snapshot, SnapshotEvery, Start,
    ordered::{Record, Saved, simulated::Simulated},
};
use ringback_mock::{
    AccountEvent, AccountId, Accounts, Builder, ControlCommand, ControlRefused, ForAccount,
    OutboxCommand, Vendor, World, webhook::Attempt,
};
use serde_json::Value;

pub use background::background;
use several::Several;

type Worlds<V> = Accounts<<V as Vendor>::World>;

/// Returns how many cases to try: `PROPTEST_CASES` of the environment, or else `default`.
pub fn cases(default: u32) -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => config,
        None => ProptestConfig { cases: default, ..config },
    }
}

/// One step: what every vendor has, or one of the vendor's own.
#[derive(Debug, Clone)]
pub enum Step<Own> {
    /// So many simulated milliseconds pass.
    Wait(u32),
    /// Something is done through the control API's own form.
    Control(Value),
    /// The webhook that has waited longest is answered with a status.
    Deliver(u16),
    /// A step of the vendor's own.
    Own(Own),
}

/// Steps, and before which of them a snapshot is taken.
#[derive(Debug, Clone)]
pub struct Plan<Own> {
    steps: Vec<Step<Own>>,
    snapshot: Index,
}

/// Draws steps, so many of them.
pub fn plan<Own: Debug + Clone>(
    step: impl Strategy<Value = Step<Own>>,
    length: Range<usize>,
) -> impl Strategy<Value = Plan<Own>> {
    let steps = prop::collection::vec(step, length);
    (steps, any::<Index>()).prop_map(|(steps, snapshot)| Plan { steps, snapshot })
}

/// The worlds of a vendor in an engine with a log and a clock that stands still, or in several
/// ([`Live::replicated`]); steps are done in the demo account's.
pub struct Live<V: Vendor> {
    /// The one engine; with several, that which answered last.
    engine: RefCell<Engine<Worlds<V>>>,
    several: Option<RefCell<Several<V>>>,
    log: Simulated,
    genesis: Arc<dyn Fn(u64, OffsetDateTime) -> Worlds<V> + Send + Sync>,
    /// Everything that was published so far.
    events: Vec<AccountEvent>,
    /// The number of the last command that events were published with.
    last_command: u64,
    /// A snapshot, and how many events came before it.
    taken: Option<(Saved, usize)>,
}

/// Opens a log; where it is empty it begins with what `genesis` makes.
pub(crate) fn open<V: Vendor>(
    log: &Simulated,
    origin: u64,
    genesis: impl Fn(OffsetDateTime) -> Worlds<V> + Send + Sync + 'static,
) -> Engine<Worlds<V>> {
    let identity =
        Identity { instance: V::NAME.to_owned(), logic: V::LOGIC, settings: String::new() };
    let snapshots = SnapshotEvery { entries: u64::MAX, bytes: u64::MAX };
    let options = LogOptions { identity, origin, snapshots };
    let start = Start::Frozen(Builder::<V>::FROZEN_AT);
    Engine::open_blocking(start, genesis, Arc::new(log.member(0)), options).expect("a log")
}

impl<V: Vendor + Clone> Live<V> {
    /// Begins with the worlds of an instance set up so.
    pub fn new(builder: Builder<V>) -> Self {
        let genesis: Arc<dyn Fn(u64, OffsetDateTime) -> Worlds<V> + Send + Sync> =
            Arc::new(move |salt, at| worlds_of(&builder, salt, at));
        let (log, make) = (Simulated::calm(), Arc::clone(&genesis));
        let engine = RefCell::new(open::<V>(&log, 1, move |at| make(0, at)));
        let (several, events) = (None, Vec::new());
        Self { engine, several, log, genesis, events, last_command: 0, taken: None }
    }

    /// Begins with three replicas over a log in which everything goes wrong that the seed draws: they
    /// crash and are paused, submissions are lost or come twice, answers do not come, clocks are off.
    pub fn replicated(builder: Builder<V>, seed: u64) -> Self {
        let mut live = Self::new(builder.clone());
        let mut several = Several::new(builder, seed);
        live.engine = RefCell::new(several.engine());
        live.several = Some(RefCell::new(several));
        live
    }
}

/// Makes the worlds of an instance set up so; with another salt, other ones.
pub(crate) fn worlds_of<V: Vendor + Clone>(
    builder: &Builder<V>,
    salt: u64,
    at: OffsetDateTime,
) -> Worlds<V> {
    let mut builder = builder.clone().frozen_at(at);
    if salt > 0 {
        builder = builder.seed(salt);
    }
    let instance = builder.build().expect("an instance");
    let snapshot = instance.engine().snapshot().expect("a snapshot");
    snapshot.machine().expect("the worlds of the snapshot")
}

impl<V: Vendor> Live<V> {
    /// Executes a command now.
    pub fn execute<C: Command<V::World>>(&self, command: C) -> C::Outcome {
        let command = ForAccount(AccountId::DEMO, command);
        let outcome = match &self.several {
            None => self.engine().execute_blocking(command).expect("a log in memory"),
            Some(_) => self.everywhere(move |engine| {
                let command = command.clone();
                async move { engine.execute(command).await }
            }),
        };
        outcome.expect("the demo account")
    }

    fn engine(&self) -> Engine<Worlds<V>> {
        self.engine.borrow().clone()
    }

    /// Does something at one of several replicas.
    fn everywhere<R, F>(&self, change: impl Fn(Engine<Worlds<V>>) -> F) -> R
    where
        R: Send + 'static,
        F: Future<Output = Result<R, EngineError>> + Send + 'static,
    {
        let mut several = self.several.as_ref().expect("several replicas").borrow_mut();
        let answer = several.execute(change);
        *self.engine.borrow_mut() = several.engine();
        answer
    }

    /// Does something through the control API's own form.
    ///
    /// # Errors
    /// When the world refuses it.
    pub fn control(&self, control: Value) -> Result<Value, ControlRefused> {
        let control: ControlCommand<<V::World as World>::Own> =
            serde_json::from_value(control).expect("a control");
        self.execute(control)
    }

    /// Reads the world together with what its own clock shows.
    pub fn read_at<R>(&self, read: impl FnOnce(&V::World, OffsetDateTime) -> R) -> R {
        self.engine().read_at(|worlds, now| {
            let (world, at) = worlds.world_at(AccountId::DEMO, now).expect("the demo account");
            read(world, at)
        })
    }

    /// Reads the world.
    pub fn read<R>(&self, read: impl FnOnce(&V::World) -> R) -> R {
        self.read_at(|world, _now| read(world))
    }

    /// Returns the records of its log.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.log.records()
    }

    /// Returns its state as a snapshot keeps it, and after which record it is.
    pub(crate) fn state(&self) -> (u64, Vec<u8>) {
        let (position, bytes) = self.engine().state().expect("a state");
        (position, bytes.to_vec())
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        match &self.several {
            None => drop(self.engine().advance_blocking(by).expect("a log in memory")),
            Some(_) => drop(self.everywhere(move |engine| async move { engine.advance(by).await })),
        }
    }

    /// Takes the snapshot from which [`Live::comes_of_its_log`] goes on.
    ///
    /// # Errors
    /// Takes what was published first, as after every step.
    pub fn take_snapshot(&mut self) -> TestCaseResult {
        let (position, bytes) = self.engine().state().expect("a state");
        self.collect()?;
        self.taken = Some((Saved { position, bytes }, self.events.len()));
        Ok(())
    }

    /// Does the steps of a plan, those of the vendor's own by `act`, and checks after each that
    /// `holds` does.
    ///
    /// # Errors
    /// When something does not hold.
    pub fn play<Own>(
        &mut self,
        plan: Plan<Own>,
        mut act: impl FnMut(&Self, Own),
        holds: impl Fn(&V::World) -> TestCaseResult,
    ) -> TestCaseResult {
        let snapshot = plan.snapshot.index(plan.steps.len().max(1));
        for (place, step) in plan.steps.into_iter().enumerate() {
            if place == snapshot {
                self.take_snapshot()?;
            }
            match step {
                Step::Wait(millis) => self.advance(Duration::milliseconds(millis.into())),
                Step::Control(control) => drop(self.control(control)),
                Step::Deliver(status) => {
                    if let Some(tried) = self.read(|world| tried(world, status)) {
                        self.execute(tried).expect("it is noted");
                    }
                }
                Step::Own(own) => act(self, own),
            }
            self.collect()?;
            self.read(&holds)?;
        }
        Ok(())
    }

    /// Collects what was published, and checks its cursors and the commands it came of.
    fn collect(&mut self) -> TestCaseResult {
        if self.several.is_some() {
            // Each replica has those that happened while it ran.
            return Ok(());
        }
        let cursor = self.events.len() as u64;
        let engine = self.engine();
        let page = engine.events_since(cursor, usize::MAX);
        prop_assert_eq!(page.missed, 0);
        for (cursor, published) in (cursor + 1..).zip(page.events) {
            prop_assert_eq!(published.cursor, cursor);
            if let Some(command) = published.command {
                prop_assert!(command >= self.last_command, "{:?}", published);
                self.last_command = command;
            }
            self.events.push(published.event);
        }
        prop_assert_eq!(engine.last_event(), self.events.len() as u64);
        prop_assert!(self.last_command <= self.log.records().len() as u64);
        Ok(())
    }

    /// Checks that several replicas come to the same state.
    ///
    /// # Errors
    /// When they do not.
    pub fn are_alike(&self) -> TestCaseResult {
        self.several.as_ref().expect("several replicas").borrow_mut().are_alike()
    }

    /// Checks that the log, and a snapshot and the rest of the log, come to the same state, the
    /// same next moment, the same events and the same `view` as what happened live; and many small
    /// jumps to the same as one.
    ///
    /// # Errors
    /// When they do not, or `view` finds something wrong with what comes of them.
    pub fn comes_of_its_log<View: PartialEq>(
        &mut self,
        view: impl Fn(&V::World) -> Result<View, TestCaseError>,
    ) -> TestCaseResult {
        let live = self.engine();
        let now = live.clock().now();
        let (position, last) = live.state().expect("a state");
        let due = live.read(|worlds| worlds.next_due());
        let shown = self.read(&view)?;
        self.collect()?;
        // As a file would keep it.
        let copied = |record: Record| {
            let text = String::from_utf8(record.bytes.to_vec()).expect("text");
            Record { bytes: text.into_bytes().into(), ..record }
        };
        let records: Vec<Record> = self.log.records().into_iter().map(copied).collect();

        let goes_on = |records: Vec<Record>, saved, events: &[AccountEvent], what: &str| {
            let (log, make) = (Simulated::calm(), Arc::clone(&self.genesis));
            log.fill(records, saved);
            // Whatever is made here: the log says what there is.
            let engine = open::<V>(&log, 2, move |at| make(77, at));
            let found = engine.state().expect("a state");
            same(what, &found.1, &last)?;
            prop_assert_eq!(found.0, position, "{}", what);
            prop_assert_eq!(engine.read(|worlds| worlds.next_due()), due, "{}", what);
            prop_assert!(published(&engine) == events, "{}: other events", what);
            let seen = engine
                .read(|worlds| view(worlds.world(AccountId::DEMO).expect("the demo account")));
            prop_assert!(seen? == shown, "{}: another view", what);
            Ok(())
        };
        if let Some((saved, events)) = self.taken.clone() {
            let rest = records.iter().filter(|record| record.position > saved.position);
            let events = self.events.get(events..).unwrap_or_default();
            goes_on(rest.cloned().collect(), Some(saved), events, "a snapshot and the rest")?;
        }
        goes_on(records, None, &self.events, "replay")?;

        let taken = live.snapshot().expect("a snapshot");
        let mut again: Worlds<V> = copy(&taken);
        let mut slowly: Worlds<V> = copy(&taken);
        let (mut at, end) = (now, now + Duration::minutes(10));
        again.advance(end);
        while at < end {
            at = (at + Duration::milliseconds(1_700)).min(end);
            slowly.advance(at);
        }
        same("small jumps", &bytes(&slowly, end), &bytes(&again, end))?;
        prop_assert!(drained(&mut slowly) == drained(&mut again), "small jumps: other events");
        Ok(())
    }
}

/// The answer of a receiver to the delivery that has waited longest.
fn tried<W: World>(world: &W, status: u16) -> Option<OutboxCommand> {
    let far = OffsetDateTime::UNIX_EPOCH + Duration::days(36_500);
    let id = world.outbox()?.ready(far).next()?.id;
    let status = Some(status);
    let attempt = Attempt { at: None, status, error: None, response: "ok".into(), took_ms: 1 };
    Some(OutboxCommand::Tried { id, attempt, stands: true })
}

fn bytes<W: World>(worlds: &Accounts<W>, at: OffsetDateTime) -> Vec<u8> {
    Snapshot::of(worlds, at).expect("a snapshot").to_bytes().expect("its bytes")
}

/// Returns what a snapshot holds, read from its bytes.
fn copy<W: World>(snapshot: &Snapshot) -> Accounts<W> {
    let bytes = snapshot.to_bytes().expect("its bytes");
    Snapshot::from_bytes(&bytes).expect("a snapshot").machine().expect("the worlds")
}

fn published<W: World>(engine: &Engine<Accounts<W>>) -> Vec<AccountEvent> {
    let page = engine.events_since(0, usize::MAX);
    page.events.into_iter().map(|published| published.event).collect()
}

fn drained<W: World>(worlds: &mut Accounts<W>) -> Vec<AccountEvent> {
    let mut events = Vec::new();
    worlds.drain_events(&mut events);
    events
}

/// Compares two states, and shows where they begin to differ.
fn same(what: &str, found: &[u8], wanted: &[u8]) -> TestCaseResult {
    let Some(at) = found.iter().zip(wanted).position(|(one, other)| one != other) else {
        prop_assert_eq!(found.len(), wanted.len(), "{}: the lengths", what);
        return Ok(());
    };
    let around = |bytes: &[u8]| {
        let end = bytes.len().min(at + 160);
        String::from_utf8_lossy(bytes.get(at.saturating_sub(160)..end).unwrap_or_default())
            .into_owned()
    };
    let (found, wanted) = (around(found), around(wanted));
    Err(TestCaseError::fail(format!("{what} differs\n  found  {found}\n  wanted {wanted}")))
}
