//! One account's world: the exchange, what is configured, what is told of its calls.

mod admission;
mod appear;
pub(crate) mod campaigns;
mod drive;
mod entry;
mod follow;
mod forced;
mod inbound;
mod ledger;
mod notify;
mod operate;
mod orders;
mod past;
pub(crate) mod recordings;
mod sms;
pub(crate) mod stats;
mod summary;
pub(crate) mod tables;
mod wiring;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use ringback_engine::{Machine, OffsetDateTime};
use ringback_exchange::{
    Agenda, Behaviour, CallId, Distribution, Event, Exchange, Number, Profile, Side,
};
use ringback_mock::{Genesis, Outbox, OutboxCommand, webhook::Policy};
use serde::{Deserialize, Serialize};

pub use admission::{Admission, Admit, Introduce, NoteRefusal};
pub(crate) use drive::Method;
pub(crate) use entry::Transfer;
pub use entry::{Initiator, Way};
pub(crate) use ledger::Finished;
pub use operate::{ActiveList, Knob, Operate};
pub(crate) use orders::{Callback, GroupCallback};
pub use recordings::{FetchFile, Fetched};

use crate::{
    Mango, Perform, Settings,
    identity::{Identity, LegNo},
};
use admission::Gate;
use campaigns::Campaigns;
use entry::Entry;
// Under the name by which the controls know it.
use forced as perform;
use forced::Forced;
use ledger::Ledger;
use recordings::Links;
use sms::Sms;
use stats::Jobs;
use tables::Tables;

/// What this vendor keeps with each call, live or over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tag {
    /// Which way it went.
    pub way: Way,
    /// Who ordered it.
    pub initiator: Initiator,
}

/// One account's world.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pbx {
    exchange: Exchange<Tag>,
    outbox: Outbox,
    settings: Settings,
    identity: Identity,
    gate: Gate,
    forced: Vec<Forced>,
    pub(crate) tables: Tables,
    /// What of the exchange follows from the tables.
    wired: BTreeSet<Number>,
    /// The phones of employees none of whose numbers is on, and whether they were logged in before.
    switched_off: BTreeMap<Number, bool>,
    /// The live calls as clients hear of them.
    entries: BTreeMap<CallId, Entry>,
    /// Which call a leg that is not over belongs to.
    legs: BTreeMap<LegNo, CallId>,
    next_leg: LegNo,
    ledger: Ledger,
    jobs: Jobs,
    links: Links,
    campaigns: Campaigns,
    agenda: Agenda<Task>,
    /// How many notifications were told.
    told: u64,
}

/// Something the account will do by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Task {
    /// Statistics are ready.
    StatsReady { key: String },
    /// A text message has arrived, or has not.
    SmsArrives(Sms),
    /// A campaign looks for tasks to dial.
    CampaignDials { campaign: u64 },
}

impl Pbx {
    pub(crate) fn new(genesis: &Genesis<'_, Mango>, at: OffsetDateTime) -> Self {
        let Genesis { fresh, settings, scenario, seed, history, webhook, .. } = *genesis;
        let policy = Policy {
            timeout_seconds: settings.webhook_timeout_seconds,
            retries: settings.webhook_retries.clone(),
        };
        let or =
            |set: &Option<String>, given: &str| set.clone().unwrap_or_else(|| given.to_owned());
        let mut pbx = Self {
            exchange: Exchange::new(seed, profile()),
            outbox: Outbox::new(policy, webhook.map(str::to_owned)),
            settings: settings.clone(),
            identity: Identity {
                key: or(&settings.api_key, &fresh.vpbx_api_key),
                salt: or(&settings.api_salt, &fresh.vpbx_api_salt),
                product_id: fresh.product_id,
                vpbx: fresh.vpbx,
                node: fresh.node,
            },
            gate: Gate::default(),
            forced: Vec::new(),
            tables: fresh.tables.clone(),
            wired: BTreeSet::new(),
            switched_off: BTreeMap::new(),
            entries: BTreeMap::new(),
            legs: BTreeMap::new(),
            next_leg: LegNo::FIRST,
            ledger: Ledger::default(),
            jobs: Jobs::default(),
            links: Links::default(),
            campaigns: Campaigns::default(),
            agenda: Agenda::default(),
            told: 0,
        };
        pbx.rewire();
        scenario.apply(&mut pbx.exchange);
        pbx.remember(at, history);
        pbx
    }

    /// Lets everything happen that is due by now.
    pub(crate) fn catch_up(&mut self, now: OffsetDateTime) {
        self.settle(now, &mut |_| {});
    }

    /// Returns the exchange.
    pub fn exchange(&self) -> &Exchange<Tag> {
        &self.exchange
    }

    /// Returns the account's key.
    pub fn key(&self) -> &str {
        &self.identity.key
    }

    /// Returns the salt of all signatures.
    pub fn salt(&self) -> &str {
        &self.identity.salt
    }

    /// Returns what is set now.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lets everything happen that is due, and tells what clients hear of it.
    fn settle(&mut self, to: OffsetDateTime, seen: &mut dyn FnMut(Event)) {
        loop {
            // The exchange goes first where both have something to do at a moment.
            let until = self.agenda.next_due().map_or(to, |due| due.min(to));
            if let Some(event) = self.exchange.step(until) {
                // What follows may enter something that is due before the exchange's next step.
                self.follow(&event);
                seen(event);
                continue;
            }
            let Some((at, task)) = self.agenda.pop(to) else { return };
            match task {
                Task::StatsReady { key } => self.stats_ready(at, &key),
                Task::SmsArrives(sms) => self.sms_arrives(at, &sms),
                Task::CampaignDials { campaign } => self.campaign_dials(at, campaign),
            }
        }
    }
}

impl Machine for Pbx {
    type Logged = Logged;
    type Event = Event;

    fn advance(&mut self, to: OffsetDateTime, seen: &mut dyn FnMut(Event)) {
        self.settle(to, seen);
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        [self.exchange.next_due(), self.agenda.next_due()].into_iter().flatten().min()
    }
}

/// Employees pick up after 1 s, everybody else after 2 s; they talk for 3 s and the other party hangs
/// up. vendors/mango.md, 17
fn profile() -> Profile {
    let seconds = Distribution::Fixed;
    let answers = |ring, hangs_up| Behaviour {
        hangs_up: Some(hangs_up),
        ..Behaviour::answers(seconds(ring), seconds(3.0))
    };
    Profile {
        // Whoever completes a call by picking up is its called side.
        extension: answers(1.0, Side::A),
        outside: vec![(1, answers(2.0, Side::B))],
        ring_timeout: seconds(30.0),
    }
}

ringback_engine::logged! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        /// As [`Perform`].
        Perform(Perform),
        /// As [`Admit`].
        Admit(Admit),
        /// As [`Introduce`].
        Introduce(Introduce),
        /// As [`NoteRefusal`].
        NoteRefusal(NoteRefusal),
        /// As [`FetchFile`].
        FetchFile(FetchFile),
        /// As [`Operate`].
        Operate(Operate),
        /// As [`OutboxCommand`].
        Outbox(OutboxCommand),
    }
}
