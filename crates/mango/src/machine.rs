//! One account's world: the exchange, what is configured, what is told of its calls.

mod admission;
mod call_control;
pub(crate) mod campaigns;
mod compare;
mod forced;
mod inbound;
mod leg_events;
mod leg_history;
mod live_call;
mod notify;
mod orders;
mod react;
pub(crate) mod recordings;
mod seed_history;
mod sms;
pub(crate) mod stats;
mod summary;
mod sync_exchange;
pub(crate) mod tables;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    Agenda, Behaviour, CallId, Distribution, Exchange, Home, Number, Profile, Side,
};
use ringback_mock::{Genesis, Outbox, webhook::Policy};
use serde::{Deserialize, Serialize};

pub use admission::{Admission, CheckRateLimit, RecordRefusal, SetApiKey};
pub(crate) use call_control::Method;
pub(crate) use forced::Forced;
pub(crate) use inbound::Dialled;
pub(crate) use leg_history::Finished;
pub(crate) use live_call::Transfer;
pub use live_call::{Initiator, Way};
pub(crate) use orders::{Callback, GroupCallback};
pub use recordings::{FetchFile, Fetched};

use crate::{
    Mango, Settings,
    identity::{Identity, LegNo},
};
use admission::RateLimiter;
use campaigns::Campaigns;
use leg_history::LegHistory;
pub(crate) use live_call::LiveCall;
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
    pub(crate) exchange: Exchange<Tag>,
    pub(crate) outbox: Outbox,
    pub(crate) settings: Settings,
    pub(crate) identity: Identity,
    gate: RateLimiter,
    pub(crate) forced: Vec<Forced>,
    pub(crate) tables: Tables,
    /// What of the exchange follows from the tables.
    synced: BTreeSet<Number>,
    /// The phones of employees none of whose numbers is on, and whether they were logged in before.
    switched_off: BTreeMap<Number, bool>,
    /// The live calls as clients hear of them.
    pub(crate) entries: BTreeMap<CallId, LiveCall>,
    /// Which call a leg that is not over belongs to.
    legs: BTreeMap<LegNo, CallId>,
    next_leg: LegNo,
    ledger: LegHistory,
    jobs: Jobs,
    links: Links,
    campaigns: Campaigns,
    agenda: Agenda<Timer>,
    /// How many notifications were told.
    told: u64,
}

/// Something the account will do by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Timer {
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
            gate: RateLimiter::default(),
            forced: Vec::new(),
            tables: fresh.tables.clone(),
            synced: BTreeSet::new(),
            switched_off: BTreeMap::new(),
            entries: BTreeMap::new(),
            legs: BTreeMap::new(),
            next_leg: LegNo::FIRST,
            ledger: LegHistory::default(),
            jobs: Jobs::default(),
            links: Links::default(),
            campaigns: Campaigns::default(),
            agenda: Agenda::default(),
            told: 0,
        };
        pbx.sync_exchange();
        scenario.apply(&mut pbx.exchange, at);
        pbx.seed_history(at, history);
        pbx
    }

    /// Returns the exchange.
    ///
    /// ```
    /// # use ringback_mango::Mango;
    /// # let mock = Mango::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.exchange().live()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exchange(&self) -> &Exchange<Tag> {
        &self.exchange
    }

    /// Returns the account's key.
    ///
    /// ```
    /// # use ringback_mango::Mango;
    /// # let mock = Mango::builder().frozen_clock().build()?;
    /// let key = mock.demo().read(|pbx| pbx.key().to_owned());
    /// assert_eq!(key.as_deref(), Some("mangomockkey0000000000000000000k"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn key(&self) -> &str {
        &self.identity.key
    }

    /// Returns the salt of all signatures.
    ///
    /// ```
    /// # use ringback_mango::Mango;
    /// # let mock = Mango::builder().frozen_clock().build()?;
    /// let salt = mock.demo().read(|pbx| pbx.salt().to_owned());
    /// assert_eq!(salt.as_deref(), Some("mangomocksalt000000000000000000s"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn salt(&self) -> &str {
        &self.identity.salt
    }

    /// Returns what is set now.
    ///
    /// ```
    /// # use ringback_mango::Mango;
    /// # let mock = Mango::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.settings().clone()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns when something of the account's own agenda is due next.
    pub(crate) fn agenda_due(&self) -> Option<OffsetDateTime> {
        self.agenda.next_due()
    }

    /// Does the next thing of the account's own agenda; returns whether there was one.
    pub(crate) fn run_agenda(&mut self, to: OffsetDateTime) -> bool {
        let Some((at, task)) = self.agenda.pop(to) else { return false };
        match task {
            Timer::StatsReady { key } => self.stats_ready(at, &key),
            Timer::SmsArrives(sms) => self.sms_arrives(at, &sms),
            Timer::CampaignDials { campaign } => self.campaign_dials(at, campaign),
        }
        true
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
        home: Home::new(&seed_history::OUTSIDE, crate::render::MOSCOW),
    }
}
