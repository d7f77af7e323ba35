//! The state of one partner's exchange, and the commands that change it.

mod operate;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ringback_engine::{Command, Machine, OffsetDateTime};
use ringback_exchange::{
    CallId, CallView, Cdr, Dial, Direction, Event, Exchange, Number, Origin, Party, Past, Profile,
    Unavailable, audio::Sound,
};
use ringback_mock::{Genesis, Outbox, OutboxCommand, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use operate::Operate;

use crate::{DialRefused, LinkRefused, Voip24h, render::CallRecord, wire::ZONE};

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
    /// Returns the word on the wire.
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
}

/// One partner's world: the exchange and the numbering of its channels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pbx {
    exchange: Exchange<CallTag>,
    company_number: Number,
    next_sequence: u32,
    by_sequence: BTreeMap<u32, CallId>,
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
        let Genesis { fresh, scenario, seed, history, .. } = genesis;
        let mut pbx = Self {
            exchange: Exchange::new(*seed, Profile::default()),
            company_number: fresh.company_number.clone(),
            next_sequence: 1,
            by_sequence: BTreeMap::new(),
        };
        for extension in &fresh.extensions {
            pbx.exchange.set_extension(extension.clone());
        }
        scenario.apply(&mut pbx.exchange);
        for record in &fresh.records {
            let id = pbx.exchange.record(|id| record.cdr(id, &pbx.company_number));
            pbx.by_sequence.insert(record.sequence, id);
            pbx.next_sequence = pbx.next_sequence.max(record.sequence.saturating_add(2));
        }
        pbx.generate(*history, at);
        pbx
    }

    fn generate(&mut self, calls: usize, until: OffsetDateTime) {
        let past = Past {
            calls,
            days: 30,
            until,
            offset: ZONE,
            outside: &["09########", "03########", "016########", "028########"],
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
            CallTag { sequence, call_type }
        });
        let made = self.exchange.history().iter().skip(before);
        self.by_sequence.extend(made.map(|cdr| (cdr.tag.sequence, cdr.id)));
    }

    /// Returns the exchange behind the API.
    pub fn exchange(&self) -> &Exchange<CallTag> {
        &self.exchange
    }

    /// Returns an extension's finished calls, newest first.
    pub fn calls_of(&self, user: &str) -> impl Iterator<Item = CallRecord<'_>> {
        self.exchange.history().of(user).rev().map(CallRecord::from)
    }

    /// Returns an extension's finished calls that began within a time, newest first.
    pub fn calls_of_during(
        &self,
        user: &str,
        time: RangeInclusive<OffsetDateTime>,
    ) -> impl Iterator<Item = CallRecord<'_>> {
        self.exchange.history().of_during(user, time).rev().map(CallRecord::from)
    }

    /// Returns all finished calls that began within a time, newest first.
    pub fn calls_during(
        &self,
        time: RangeInclusive<OffsetDateTime>,
    ) -> impl Iterator<Item = CallRecord<'_>> {
        self.exchange.history().during(time).rev().map(CallRecord::from)
    }

    /// Returns the finished call of an id.
    pub fn find(&self, id: &str) -> Option<&Cdr<CallTag>> {
        let (_, sequence) = call_id(id)?;
        let cdr = self.exchange.history().get(*self.by_sequence.get(&sequence)?)?;
        // Other spellings of the same numbers, such as leading zeros, are no call's id.
        (CallRecord::from(cdr).call_id() == id).then_some(cdr)
    }

    /// Returns the sound of a recording by its name.
    pub(crate) fn recording(&self, file: &str) -> Option<Sound> {
        // The name ends in the call's id; all of it has to be as this vendor would write it.
        let (_, id) = file.strip_suffix(".gsm")?.rsplit_once('-')?;
        let cdr = self.find(id)?;
        let length = cdr.recording_length()?;
        let is_its_name = CallRecord::from(cdr).recording_file() == file;
        is_its_name.then(|| Sound::new(time::Duration::ZERO, length))
    }

    /// Takes the sequence numbers of a call's two channels; the first names the call.
    fn channels(&mut self) -> u32 {
        let sequence = self.next_sequence;
        self.next_sequence = sequence.saturating_add(2);
        sequence
    }

    fn dial(&mut self, now: OffsetDateTime, dial: Dial<CallTag>) -> CallId {
        let sequence = dial.tag.sequence;
        let id = self.exchange.dial(now, dial);
        self.by_sequence.insert(sequence, id);
        self.settle(now, &mut |_| {});
        id
    }

    /// Lets everything happen that is due. Nothing of it is told to anybody: no webhooks here.
    fn settle(&mut self, to: OffsetDateTime, seen: &mut dyn FnMut(Event)) {
        while let Some(event) = self.exchange.step(to) {
            seen(event);
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
        self.exchange.next_due()
    }
}

/// Orders a call: rings an extension, and when it picks up, the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeDial {
    /// Who places the call.
    pub extension: String,
    /// Who is called: 3–15 digits with an optional leading `+`.
    pub phone: String,
}

impl Command<Pbx> for MakeDial {
    type Outcome = Result<CallId, DialRefused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let digits = self.phone.strip_prefix('+').unwrap_or(&self.phone);
        let is_phone =
            (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_phone {
            return Err(DialRefused::InvalidPhone);
        }
        match pbx.exchange.available(&self.extension, None) {
            // Busy is not an error of the request: the record will say so. vendors/voip24h.md, 4.7
            Ok(()) | Err(Unavailable::Busy) => {}
            Err(Unavailable::Unknown) => return Err(DialRefused::UnknownExtension),
            Err(Unavailable::NotRegistered) => return Err(DialRefused::NotRegistered),
        }
        let tag = CallTag { sequence: pbx.channels(), call_type: CallType::Outbound };
        let dial = Dial {
            from: Party::Extension(self.extension.into()),
            to: pbx.exchange.party(&self.phone.into()),
            origin: Origin::Click,
            line: Some(pbx.company_number.clone()),
            record: true,
            behaviour: None,
            keys: Vec::new(),
            tag,
        };
        Ok(pbx.dial(now, dial))
    }
}

/// Issues a link to a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueLink {
    /// The call's id.
    pub call_id: String,
}

/// What a link to a recording is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedLink {
    /// The name of the recording.
    pub recording_file: String,
    /// Drawn anew for each link, so two links of one call differ.
    pub iv: [u8; 16],
}

impl Command<Pbx> for IssueLink {
    type Outcome = Result<IssuedLink, LinkRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let cdr = pbx.find(&self.call_id).ok_or(LinkRefused::UnknownCall)?;
        cdr.recording_length().ok_or(LinkRefused::NotRecorded)?;
        let recording_file = CallRecord::from(cdr).recording_file();
        let mut iv = [0; 16];
        pbx.exchange.random().fill(&mut iv);
        Ok(IssuedLink { recording_file, iv })
    }
}

ringback_engine::logged! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        /// As [`MakeDial`].
        MakeDial(MakeDial),
        /// As [`IssueLink`].
        IssueLink(IssueLink),
        /// As [`Operate`].
        Operate(Operate),
        /// As [`OutboxCommand`]; this vendor has no webhooks, so it changes nothing.
        Outbox(OutboxCommand),
    }
}

impl World for Pbx {
    type Control = Operate;

    fn reseed(&mut self, seed: u64) {
        *self.exchange.random() = ringback_exchange::Random::new(seed);
    }

    fn outbox(&self) -> Option<&Outbox> {
        None
    }

    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        None
    }

    fn calls(&self, limit: usize) -> Value {
        self.exchange.show_all(limit).into_iter().map(|call| json!(call)).collect()
    }

    fn call(&self, id: &str) -> Option<Value> {
        let id = match id.parse() {
            Ok(number) => CallId(number),
            // The vendor's own id, live or over: its sequence number is unique.
            Err(_) => *self.by_sequence.get(&call_id(id)?.1)?,
        };
        self.exchange.show(id).map(|call: CallView| json!(call))
    }

    fn extensions(&self) -> Value {
        self.exchange.extensions().map(|extension| json!(extension)).collect()
    }

    fn behaviours(&self) -> Value {
        json!(self.exchange.rules())
    }
}
