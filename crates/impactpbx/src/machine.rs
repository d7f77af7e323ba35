//! The state of the exchange behind the API, and how time passes in it.

mod compare;
mod identity;
mod invent;
mod listing;
mod operate;
mod place;
mod pull;
mod seed_history;
mod verify;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Event, EventKind, Exchange};
use ringback_mock::{Genesis, Outbox};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use listing::Page;
pub(crate) use operate::integer;
pub use operate::{ImpactPbxControl, TriggerAs};
pub use place::Trigger;
pub use pull::Pull;

use crate::{ImpactPbx, Settings, render::CallOrCdr, webhook};
use identity::Taken;
use listing::Listing;

/// The events of a call, which are also the words of `action`, in their order.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Stage {
    /// The call exists.
    Originate,
    /// The called phone rings.
    Ring,
    /// Both sides talk.
    Answered,
    /// It is over.
    #[default]
    Hangup,
}

impl Stage {
    /// Returns the word on the wire.
    ///
    /// ```
    /// assert_eq!(ringback_impactpbx::Stage::Ring.as_str(), "RING");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Originate => "ORIGINATE",
            Self::Ring => "RING",
            Self::Answered => "ANSWERED",
            Self::Hangup => "HANGUP",
        }
    }
}

/// What this vendor keeps with each call: everything about it that was drawn when it was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Identifies the call to clients.
    pub uuid: Uuid,
    /// Identifies its recording to clients.
    pub recording: Uuid,
    /// By how much its moments are shown later than they are, so that no two calls of a number
    /// show the same start.
    pub shift_ms: u32,
    /// Its last event that is sent; later ones are lost.
    pub heard: Stage,
    /// Whether it is in the list once it is over.
    pub listed: bool,
}

/// Somebody in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// Their number: digits only, as the wire has integers.
    pub number: u64,
}

/// Somebody who is to be in the directory. What is left out is made up, a name by the seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their number.
    pub number: u64,
}

/// What a fresh instance contains.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fresh {
    /// Everybody who is called.
    pub directory: Vec<Person>,
}

/// The world of this vendor: an exchange, the list of its records, and events on their way.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Pbx {
    pub(crate) exchange: Exchange<Tag>,
    pub(crate) outbox: Outbox,
    pub(crate) settings: Settings,
    contacts: Vec<Contact>,
    pub(crate) tenant: Uuid,
    /// When the last call of 2020 was over, or else when this world began.
    #[serde(with = "time::serde::timestamp::microseconds")]
    free_from: OffsetDateTime,
    /// When the last generated record of an anchored past began.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    series: Option<OffsetDateTime>,
    /// Follows from the history, in whose order it is.
    #[serde(skip)]
    listing: Listing,
    /// Follows from calls and history.
    #[serde(skip)]
    taken: Taken,
}

/// The serialised form, without what follows from the rest.
#[derive(Deserialize)]
struct Kept {
    exchange: Exchange<Tag>,
    outbox: Outbox,
    settings: Settings,
    contacts: Vec<Contact>,
    tenant: Uuid,
    #[serde(with = "time::serde::timestamp::microseconds")]
    free_from: OffsetDateTime,
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    series: Option<OffsetDateTime>,
}

impl From<Kept> for Pbx {
    fn from(kept: Kept) -> Self {
        let Kept { exchange, outbox, settings, contacts, tenant, free_from, series } = kept;
        let (mut listing, mut taken) = (Listing::default(), Taken::default());
        for story in exchange.calls().map(CallOrCdr::from) {
            taken.take(story.caller, story.start);
        }
        for story in exchange.history().iter().map(CallOrCdr::from) {
            taken.take(story.caller, story.start);
            if story.tag.listed {
                listing.push(story.start, &story.listed(&settings.domain));
            }
        }
        Self { exchange, outbox, settings, contacts, tenant, free_from, series, listing, taken }
    }
}

impl Pbx {
    pub(crate) fn new(genesis: &Genesis<'_, ImpactPbx>, at: OffsetDateTime) -> Self {
        let Genesis { fresh, settings, scenario, seed, history, webhook, .. } = *genesis;
        let mut exchange = Exchange::new(seed, settings.profile());
        scenario.apply(&mut exchange, at);
        let contacts = invent::directory(&fresh.directory, exchange.random());
        // Drawn even if another one is set, so that setting one changes nothing else.
        let drawn = exchange.random().uuid();
        let target = webhook.map_or_else(|| settings.webhook_url.clone().into(), str::to_owned);
        let mut pbx = Self {
            exchange,
            outbox: Outbox::new(webhook::policy(), Some(target)),
            settings: settings.clone(),
            contacts,
            tenant: settings.tenant.unwrap_or(drawn),
            free_from: at,
            series: None,
            listing: Listing::default(),
            taken: Taken::default(),
        };
        pbx.remember(at, history);
        pbx
    }

    /// Returns the exchange.
    ///
    /// ```
    /// # use ringback_impactpbx::ImpactPbx;
    /// # let mock = ImpactPbx::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.exchange().live()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exchange(&self) -> &Exchange<Tag> {
        &self.exchange
    }

    /// Returns the value of the tenant header.
    ///
    /// ```
    /// # use ringback_impactpbx::ImpactPbx;
    /// # let mock = ImpactPbx::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.tenant()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// Returns the domain that records name.
    pub(crate) fn domain(&self) -> &str {
        &self.settings.domain
    }

    /// Returns the directory.
    ///
    /// ```
    /// # use ringback_impactpbx::ImpactPbx;
    /// # let mock = ImpactPbx::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.contacts().len()) > Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// Returns the list as it is shown.
    ///
    /// ```
    /// # use ringback_impactpbx::ImpactPbx;
    /// # let mock = ImpactPbx::builder().frozen_clock().build()?;
    /// let total = mock.demo().read(|pbx| pbx.page().total());
    /// assert_eq!(total, mock.demo().read(|pbx| pbx.exchange().history().len()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn page(&self) -> Page {
        if self.exchange.publishes_the_truth() {
            return self.listing.page();
        }
        // Written anew as long as something is wrong with it.
        let history = self.exchange.history().iter().rev().filter(|cdr| cdr.tag.listed);
        let shown: Vec<CallOrCdr> = self.exchange.published(history).map(CallOrCdr::from).collect();
        let mut listing = Listing::default();
        for story in shown.iter().rev() {
            listing.push(story.start, &story.listed(&self.settings.domain));
        }
        listing.page()
    }

    /// Tells clients of an event of the exchange.
    pub(crate) fn notify_of(&mut self, event: &Event) {
        if matches!(event.kind, EventKind::CallEnded { .. }) {
            let Some(story) = self.exchange.history().get(event.call).map(CallOrCdr::from) else {
                return;
            };
            // First the list, then the event: who hears of the end finds the record.
            self.list(&story);
            self.notify(event.at, &story, Stage::Hangup);
            return;
        }
        let Some(call) = self.exchange.call(event.call) else { return };
        if let Some(stage) = webhook::stage(call, &event.kind) {
            let story = CallOrCdr::from(call);
            self.notify(event.at, &story, stage);
        }
    }

    fn list(&mut self, story: &CallOrCdr) {
        if story.tag.listed {
            self.listing.push(story.start, &story.listed(&self.settings.domain));
        }
    }

    fn notify(&mut self, at: OffsetDateTime, story: &CallOrCdr, stage: Stage) {
        if stage <= story.tag.heard {
            self.outbox.post(at, webhook::post(story, stage, self.tenant, &self.settings));
        }
    }
}
