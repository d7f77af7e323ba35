//! The state of one tenant's exchange, and how time passes in it.

mod autocall;
pub(crate) mod callcenter;
mod click;
mod compare;
mod control_call;
mod edit;
pub(crate) mod extension;
mod hook;
pub(crate) mod inbound;
mod ledger;
mod listing;
mod operate;
mod react;
mod seed_history;
pub(crate) mod tables;
pub(crate) mod tag;
mod token;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    Behaviour, Call, CallId, Distribution, Exchange, Home, Number, Profile, Shape, audio::Sound,
};
use ringback_mock::{Genesis, Outbox};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use autocall::{Autocall, Customer};
pub use callcenter::{
    AgentAnswer, AgentRow, AgentStatus, CallCenterEdit, CallOne, CampaignColumns, CampaignProgress,
    CampaignType, CarrierColumns, Edited, GroupAnswer, GroupColumns, GroupRow, LeadColumns,
    PerNetwork, RareColumns, RunState, UserColumns, Window,
};
pub use click::{ClickToCall, Progress};
pub use control_call::{Park, Supervise, Transfer};
pub use edit::{Edit, Rejected};
pub use extension::{
    ChangeExtension, CreateExtension, DeleteExtension, ExtensionRefused, ExtensionView,
};
pub use hook::{AddHook, Hook, HookRefused, RemoveHook};
pub use listing::{Filter, Position};
pub use operate::Tel4vnControl;
pub(crate) use react::HookPayload;
pub use tag::{App, RareFields, Tag, Taken};
pub use token::{IssueToken, Issued};

use crate::{
    Fresh, Settings, Tel4vn,
    fresh::{QueueInfo, User},
    render::{Record, Row, Whose},
    webhook,
    wire::stamp::ZONE,
};
use callcenter::CallCenter;
use extension::Phone;
use ledger::Ledger;
use tables::Tables;
use token::Tokens;

/// The tenant: its domain, who logs in, and where its own number leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Tenant {
    domain: String,
    domain_uuid: Uuid,
    user: User,
    hotline: Number,
    hotline_to: Number,
    queues: Vec<QueueInfo>,
}

/// One tenant's world: the exchange, and everything that the vendor's API keeps around it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Pbx {
    pub(crate) exchange: Exchange<Tag>,
    pub(crate) outbox: Outbox,
    pub(crate) settings: Settings,
    tenant: Tenant,
    tokens: Tokens,
    pub(crate) phones: BTreeMap<Number, Phone>,
    hooks: Vec<Hook>,
    tables: Tables,
    center: CallCenter,
    /// When the scripts of live calls have been played to their end.
    pub(crate) scripts: BTreeSet<Script>,
    /// Follows from calls and history.
    #[serde(skip)]
    ledger: Ledger,
}

/// The end of a script that is played to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Script {
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) ends_at: OffsetDateTime,
    call: CallId,
}

/// The serialised form, without what follows from the rest.
#[derive(Deserialize)]
struct Kept {
    exchange: Exchange<Tag>,
    outbox: Outbox,
    settings: Settings,
    tenant: Tenant,
    tokens: Tokens,
    phones: BTreeMap<Number, Phone>,
    hooks: Vec<Hook>,
    tables: Tables,
    center: CallCenter,
    scripts: BTreeSet<Script>,
}

impl From<Kept> for Pbx {
    fn from(kept: Kept) -> Self {
        let Kept { exchange, outbox, settings, tenant, tokens, phones, hooks, .. } = kept;
        let (tables, center, scripts) = (kept.tables, kept.center, kept.scripts);
        let mut ledger = Ledger::default();
        ledger.catch_up(exchange.history());
        for call in exchange.calls() {
            ledger.note(&call.tag, call.id);
        }
        Self {
            exchange,
            outbox,
            settings,
            tenant,
            tokens,
            phones,
            hooks,
            tables,
            center,
            scripts,
            ledger,
        }
    }
}

/// What phones do unless told otherwise: ring a second, and talk for a minute or more.
fn profile() -> Profile {
    let talk = Distribution::from(Shape::WholeSeconds(60, 180));
    let answers = Behaviour::answers(Distribution::Fixed(1.0), talk);
    let home = Home::new(&seed_history::OUTSIDE, ZONE);
    Profile { extension: answers, outside: vec![(1, answers)], home, ..Profile::default() }
}

impl Pbx {
    pub(crate) fn new(genesis: &Genesis<'_, Tel4vn>, at: OffsetDateTime) -> Self {
        let Genesis { fresh, settings, scenario, seed, history, webhook, address } = *genesis;
        let Fresh { domain, domain_uuid, user, hotline, hotline_to, queues, .. } = fresh.clone();
        let mut exchange = Exchange::new(seed, profile());
        let mut phones = BTreeMap::new();
        for extension in &fresh.extensions {
            exchange.set_extension(extension.phone());
            let phone = Phone::new(extension.extension_uuid, extension.password.clone());
            phones.insert(extension.number.clone(), phone);
        }
        for service in &fresh.services {
            exchange.set_service(service.clone());
        }
        scenario.apply(&mut exchange, at);
        let mut pbx = Self {
            exchange,
            outbox: Outbox::new(webhook::policy(), webhook.map(str::to_owned)),
            settings: Settings {
                recording_base: settings
                    .recording_base
                    .clone()
                    .or_else(|| address.map(str::to_owned)),
                ..settings.clone()
            },
            tenant: Tenant { domain, domain_uuid, user, hotline, hotline_to, queues },
            tokens: Tokens::default(),
            phones,
            hooks: Vec::new(),
            tables: Tables::fresh(fresh, settings),
            center: CallCenter::fresh(fresh, settings),
            scripts: BTreeSet::new(),
            ledger: Ledger::default(),
        };
        pbx.adopt_extensions();
        pbx.generate(history, at);
        if settings.demo_call {
            pbx.begin_demo_call(at);
        }
        pbx
    }

    /// Returns the exchange behind the API.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.exchange().live()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exchange(&self) -> &Exchange<Tag> {
        &self.exchange
    }

    /// Returns what the user set.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.settings().clone()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns who logs in.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.user().clone()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn user(&self) -> &User {
        &self.tenant.user
    }

    /// Returns what the user types to log in.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// let login = mock.demo().read(|pbx| (pbx.login(), format!("@{}", pbx.domain())));
    /// assert!(login.is_some_and(|(login, domain)| login.ends_with(&domain)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn login(&self) -> String {
        format!("{}@{}", self.tenant.user.username, self.tenant.domain)
    }

    /// Returns the tenant's domain.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.domain().contains('.')) == Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn domain(&self) -> &str {
        &self.tenant.domain
    }

    /// Returns what identifies the domain.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.domain_uuid()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn domain_uuid(&self) -> Uuid {
        self.tenant.domain_uuid
    }

    /// Returns the tenant's own number.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.hotline().is_empty()) == Some(false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hotline(&self) -> &str {
        self.tenant.hotline.as_str()
    }

    /// Returns the hooks, oldest first.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.hooks().len()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hooks(&self) -> &[Hook] {
        &self.hooks
    }

    /// Returns the live calls as the list shows them, oldest first.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// mock.dial("101", "102")?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.rows().count()), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        self.exchange.calls().map(|call| Row::of(call, &self.tenant.domain))
    }

    /// Returns a live call by its id, or by the id of its part on one extension's phone.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// mock.dial("101", "102")?;
    /// let found = mock.demo().read(|pbx| {
    ///     let id = pbx.rows().next().map(|row| row.call_id);
    ///     id.and_then(|id| pbx.live(&id).map(|call| call.id))
    /// });
    /// assert!(found.flatten().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn live(&self, id: &str) -> Option<&Call<Tag>> {
        let uuid: Uuid = id.parse().ok()?;
        if let Some(call) = self.ledger.find(uuid) {
            return self.exchange.call(call);
        }
        let is_part = |call: &&Call<Tag>| {
            let legs = (0..).map(ringback_exchange::LegId).take(call.legs.len());
            let is_told = |leg| react::is_hunted(call) || react::is_hunted_later(call, leg);
            legs.into_iter().any(|leg| is_told(leg) && tag::of_leg(call.tag.uuid, leg) == uuid)
        };
        self.exchange.calls().find(is_part)
    }

    /// Returns the id under which an individual extension's part in a call is told of.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// mock.dial("101", "102")?;
    /// let parts = mock.demo().read(|pbx| {
    ///     let call = pbx.exchange().calls().next()?;
    ///     Some([0, 1].map(|leg| pbx.part_id(call, ringback_exchange::LegId(leg))))
    /// });
    /// let [one, other] = parts.flatten().ok_or("it is live")?;
    /// assert_ne!(one, other);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn part_id(&self, call: &Call<Tag>, leg: ringback_exchange::LegId) -> Uuid {
        tag::of_leg(call.tag.uuid, leg)
    }

    /// Returns the record of a finished call as it is shown, by its id or its SIP Call-ID.
    ///
    /// ```
    /// # use ringback_tel4vn::Tel4vn;
    /// # let mock = Tel4vn::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.record("no id").is_some()), Some(false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&self, id: &str) -> Option<Record<'_>> {
        let cdr = self.exchange.published_record(self.over(id)?)?;
        Some(Record::new(cdr, &self.settings))
    }

    /// Returns a finished call by its id or its SIP Call-ID, whether it is shown or not.
    pub(crate) fn over(&self, id: &str) -> Option<CallId> {
        let uuid: Uuid = id.trim().parse().ok()?;
        let call = self.ledger.find(uuid).or_else(|| self.ledger.find(tag::of_sip(uuid)))?;
        self.exchange.history().get(call).map(|cdr| cdr.id)
    }

    /// Returns the sound of a recording that can be had, by the id of its call.
    pub(crate) fn sound(&self, id: &str) -> Option<Sound> {
        let record = self.record(id)?;
        record.sound().filter(|_| self.exchange.has_recording_ready(record.cdr().id))
    }

    /// Returns a finished call as clients get it.
    pub(crate) fn record_of<'a>(&'a self, cdr: &'a ringback_exchange::Cdr<Tag>) -> Record<'a> {
        Record::new(cdr, &self.settings)
    }

    /// Returns the newest automatic call of a reference, if it is over and shown.
    pub(crate) fn record_of_reference(&self, reference: &str) -> Option<Record<'_>> {
        let cdr = self.exchange.published_record(self.ledger.of_reference(reference)?)?;
        Some(Record::new(cdr, &self.settings))
    }

    /// Returns whose a record is.
    pub(crate) fn whose(&self, record: &Record<'_>) -> Whose<'_> {
        let cdr = record.cdr();
        let user = cdr.extension.as_ref().and_then(|extension| self.owner(extension));
        let lead = cdr.tag.more.as_ref().and_then(|more| self.center.leads.find(more.lead?));
        Whose {
            username: user.map_or("", |user| &user.columns.username),
            full_name: user.map_or(String::new(), callcenter::Person::full_name),
            email: user.map_or("", |user| &user.columns.email),
            customer: lead.map_or("", |lead| &lead.columns.lead_name),
        }
    }

    pub(crate) fn queues(&self) -> &[QueueInfo] {
        &self.tenant.queues
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Draws the id of a new call.
    fn draw_id(&mut self) -> Uuid {
        self.exchange.random().uuid()
    }
}
