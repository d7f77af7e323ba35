//! The state of one partner's exchange.

mod compare;
mod dial;
mod feed;
mod keys;
mod link;
mod listing;
mod subscription;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    CallId, Cdr, Dial, Direction, Exchange, HistoryProfile, Home, Number, Profile, audio::Sound,
};
use ringback_mock::{Genesis, Outbox};
use serde::{Deserialize, Serialize};

pub use dial::MakeDial;
pub use keys::{FaceKey, Keys};
pub use link::{IssueLink, IssuedLink};
pub use listing::{Filter, Page};
pub use subscription::{Subscribe, Subscription, SubscriptionRefused, Unsubscribe};

use crate::{Settings, Voip24h, render::CallRecord, webhook, wire::ZONE};
use feed::{Channels, Cut};

/// Which way a call went, in the vendor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CallType {
    /// It came in through the company number.
    Inbound,
    /// An extension placed it.
    Outbound,
    /// An outside number reached the extension directly.
    External,
}

impl CallType {
    /// The words on the wire.
    pub const WORDS: [&'static str; 3] =
        [Self::Inbound.as_str(), Self::Outbound.as_str(), Self::External.as_str()];

    /// Returns the word on the wire.
    ///
    /// ```
    /// assert_eq!(ringback_voip24h::CallType::External.as_str(), "EXTERNAL");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "INBOUND",
            Self::Outbound => "OUTBOUND",
            Self::External => "EXTERNAL",
        }
    }
}

/// What this vendor keeps with each call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallTag {
    /// The sequence number of its first channel, the second part of its id.
    pub sequence: u32,
    /// Which way it went.
    pub call_type: CallType,
    /// Whether it was ordered and the extension that is rung first has picked up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub picked_up: bool,
}

impl CallTag {
    pub(crate) const fn new(sequence: u32, call_type: CallType) -> Self {
        Self { sequence, call_type, picked_up: false }
    }
}

/// One partner's world: the exchange and the numbering of its channels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pbx {
    pub(crate) exchange: Exchange<CallTag>,
    pub(crate) company_number: Number,
    next_sequence: u32,
    pub(crate) by_sequence: BTreeMap<u32, CallId>,
    pub(crate) outbox: Outbox,
    pub(crate) settings: Settings,
    pub(crate) keys: Keys,
    subscriptions: Vec<Subscription>,
    /// Of live calls.
    channels: BTreeMap<CallId, Channels>,
    /// Finished calls whose records are not shown yet, so that nobody is told of them.
    unannounced: BTreeSet<CallId>,
    /// When live calls are cut.
    cuts: BTreeSet<Cut>,
}

/// Patterns of numbers in Vietnam.
const OUTSIDE: [&str; 4] = ["09########", "03########", "016########", "028########"];

fn profile() -> Profile {
    Profile { home: Home::new(&OUTSIDE, ZONE), ..Profile::default() }
}

/// Reads a call id: `<unix seconds>.<sequence>`.
pub(crate) fn call_id(text: &str) -> Option<(i64, u32)> {
    let (seconds, sequence) = text.split_once('.')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(seconds) || !is_number(sequence) {
        return None;
    }
    Some((seconds.parse().ok()?, sequence.parse().ok()?))
}

impl Pbx {
    pub(crate) fn new(genesis: &Genesis<'_, Voip24h>, at: OffsetDateTime) -> Self {
        let Genesis { fresh, settings, scenario, seed, history, webhook, .. } = genesis;
        let mut pbx = Self {
            exchange: Exchange::new(*seed, profile()),
            company_number: fresh.company_number.clone(),
            next_sequence: 1,
            by_sequence: BTreeMap::new(),
            outbox: Outbox::new(webhook::policy(), webhook.map(str::to_owned)),
            settings: (*settings).clone(),
            keys: Keys::demo(fresh.v3.clone(), fresh.dial.clone()),
            subscriptions: Vec::new(),
            channels: BTreeMap::new(),
            unannounced: BTreeSet::new(),
            cuts: BTreeSet::new(),
        };
        for extension in &fresh.extensions {
            pbx.exchange.set_extension(extension.clone());
        }
        scenario.apply(&mut pbx.exchange, at);
        for record in &fresh.records {
            let id = pbx.exchange.record(|id| record.cdr(id, &pbx.company_number));
            pbx.by_sequence.insert(record.sequence, id);
            pbx.next_sequence = pbx.next_sequence.max(record.sequence.saturating_add(2));
        }
        pbx.generate(*history, at);
        pbx
    }

    fn generate(&mut self, calls: usize, until: OffsetDateTime) {
        let past = HistoryProfile {
            calls,
            days: 30,
            until,
            offset: ZONE,
            outside: &OUTSIDE,
            line: Some(self.company_number.clone()),
            inbound: 0.6,
            local: 0.0,
            record: true,
        };
        let next = &mut self.next_sequence;
        let before = self.exchange.history().len();
        self.exchange.generate(&past, |random, draft| {
            let call_type = match draft.facts.direction {
                Direction::Inbound if random.chance(0.1) => CallType::External,
                Direction::Inbound => CallType::Inbound,
                Direction::Outbound | Direction::Local => CallType::Outbound,
            };
            let sequence = *next;
            *next = next.saturating_add(2);
            CallTag::new(sequence, call_type)
        });
        let made = self.exchange.history().iter().skip(before);
        self.by_sequence.extend(made.map(|cdr| (cdr.tag.sequence, cdr.id)));
    }

    /// Returns the exchange behind the API.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.exchange().live()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exchange(&self) -> &Exchange<CallTag> {
        &self.exchange
    }

    /// Returns how the account is named to each face of the API.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.keys().clone()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Returns who is told of finished calls, in the order in which they subscribed.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|pbx| pbx.subscriptions().len()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// Returns an extension's finished calls, newest first.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let statuses = mock.demo().read(|pbx| pbx.calls_of("101").map(|call| call.status()).collect::<Vec<_>>());
    /// assert_eq!(statuses, Some(vec!["ANSWERED"])); // the one that comes with the instance
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn calls_of(&self, user: &str) -> impl Iterator<Item = CallRecord<'_>> {
        self.exchange.published(self.exchange.history().of(user).rev()).map(CallRecord::from)
    }

    /// Returns an extension's finished calls that began within a time, newest first.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let now = mock.clock().now();
    /// let count = mock.demo().read(|pbx| pbx.calls_of_during("101", now..=now).count());
    /// assert_eq!(count, Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn calls_of_during(
        &self,
        user: &str,
        time: RangeInclusive<OffsetDateTime>,
    ) -> impl Iterator<Item = CallRecord<'_>> {
        let calls = self.exchange.history().of_during(user, time).rev();
        self.exchange.published(calls).map(CallRecord::from)
    }

    /// Returns all finished calls that began within a time, newest first.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_engine::OffsetDateTime;
    ///
    /// let past = OffsetDateTime::UNIX_EPOCH..=mock.clock().now();
    /// assert_eq!(mock.demo().read(|pbx| pbx.calls_during(past).count()), Some(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn calls_during(
        &self,
        time: RangeInclusive<OffsetDateTime>,
    ) -> impl Iterator<Item = CallRecord<'_>> {
        let calls = self.exchange.history().during(time).rev();
        self.exchange.published(calls).map(CallRecord::from)
    }

    /// Returns the finished call of an id.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let found = mock.demo().read(|pbx| pbx.find("1531709393.4472").is_some());
    /// assert_eq!(found, Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn find(&self, id: &str) -> Option<&Cdr<CallTag>> {
        let (_, sequence) = call_id(id)?;
        let cdr = self.exchange.published_record(*self.by_sequence.get(&sequence)?)?;
        // Other spellings of the same numbers, such as leading zeros, are no call's id.
        (CallRecord::from(cdr).call_id() == id).then_some(cdr)
    }

    /// Returns the sound of a recording by its name.
    pub(crate) fn recording(&self, file: &str) -> Option<Sound> {
        // The name ends in the call's id; all of it has to be as this vendor would write it.
        let (_, id) = file.strip_suffix(".gsm")?.rsplit_once('-')?;
        let cdr = self.find(id)?;
        let length =
            cdr.recording_length().filter(|_| self.exchange.has_recording_ready(cdr.id))?;
        let is_its_name = CallRecord::from(cdr).recording_file() == file;
        is_its_name.then(|| Sound::new(time::Duration::ZERO, length))
    }

    /// Takes the sequence numbers of a call's two channels; the first names the call.
    pub(crate) fn channels(&mut self) -> u32 {
        let sequence = self.next_sequence;
        self.next_sequence = sequence.saturating_add(2);
        sequence
    }

    pub(crate) fn dial(&mut self, now: OffsetDateTime, dial: Dial<CallTag>) -> CallId {
        let sequence = dial.tag.sequence;
        let id = self.exchange.dial(now, dial);
        self.by_sequence.insert(sequence, id);
        id
    }
}
