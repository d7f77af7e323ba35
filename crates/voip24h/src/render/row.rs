//! A finished call in the words of v3 and of the dial service. vendors/voip24h-v3.md, 4.2, 4.6, 6

use ringback_exchange::{Cdr, Direction};
use serde::{Deserialize, Serialize};

use super::{CallRecord, DATE, push_local, text};
use crate::{CallTag, Pbx, seal, settings::Missed};

/// Which way a call went, in the words of v3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It came in.
    Inbound,
    /// An extension called somebody outside.
    Outbound,
    /// An extension called another one.
    Local,
}

impl Kind {
    /// The words on the wire.
    pub const WORDS: [&'static str; 3] =
        [Self::Inbound.as_str(), Self::Outbound.as_str(), Self::Local.as_str()];

    /// Returns the word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Local => "local",
        }
    }

    /// Reads the word, in any case.
    pub(crate) fn read(word: &str) -> Option<Self> {
        let all = [Self::Inbound, Self::Outbound, Self::Local];
        all.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(word))
    }
}

impl From<Direction> for Kind {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Inbound => Self::Inbound,
            Direction::Outbound => Self::Outbound,
            Direction::Local => Self::Local,
        }
    }
}

/// How a call went, in the words of v3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Both sides talked.
    Answered,
    /// It came in and nobody took it.
    Missed,
    /// It rang out, or the caller gave up.
    NoAnswer,
    /// The other side was busy, or declined.
    Busy,
    /// The number or the trunk was unusable.
    Failed,
}

impl Status {
    /// The words on the wire.
    pub const WORDS: [&'static str; 5] = [
        Self::Answered.as_str(),
        Self::Missed.as_str(),
        Self::NoAnswer.as_str(),
        Self::Busy.as_str(),
        Self::Failed.as_str(),
    ];

    /// Returns the word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "ANSWERED",
            Self::Missed => "MISSED",
            Self::NoAnswer => "NO ANSWER",
            Self::Busy => "BUSY",
            Self::Failed => "FAILED",
        }
    }

    /// Reads the word, in any case; `NO_ANSWER` is as good as `NO ANSWER`.
    pub(crate) fn read(word: &str) -> Option<Self> {
        let all = [Self::Answered, Self::Missed, Self::NoAnswer, Self::Busy, Self::Failed];
        let word = word.replace('_', " ");
        all.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(&word))
    }
}

/// A finished call as v3, the dial service and both feeds tell of it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pbx: &'a Pbx,
    cdr: &'a Cdr<CallTag>,
    record: CallRecord<'a>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(pbx: &'a Pbx, cdr: &'a Cdr<CallTag>) -> Self {
        Self { pbx, cdr, record: CallRecord::from(cdr) }
    }

    pub(crate) fn cdr(&self) -> &'a Cdr<CallTag> {
        self.cdr
    }

    /// Returns the id of the record: when it was stored, whose it is, and its sequence number.
    pub fn id(&self) -> String {
        // A record that is wrong for a while keeps its id.
        let truth = self.pbx.exchange().history().get(self.cdr.id).unwrap_or(self.cdr);
        let length = CallRecord::from(truth).duration();
        let stored = truth.created_at().unix_timestamp().saturating_add(length) & 0xffff_ffff;
        let (account, sequence) = (self.pbx.keys.account(), self.cdr.tag.sequence & 0x00ff_ffff);
        format!("{stored:08x}{account:010x}{sequence:06x}")
    }

    /// Returns the exchange's id of the call.
    pub fn call_id(&self) -> String {
        self.record.call_id()
    }

    /// Returns the sequence number of its first channel.
    pub fn sequence(&self) -> u32 {
        self.cdr.tag.sequence
    }

    /// Returns which way it went: the exchange's own word for it, not that of v1.
    pub fn kind(&self) -> Kind {
        Kind::from(self.cdr.direction)
    }

    /// Returns how it went.
    pub fn status(&self) -> Status {
        let status = match self.record.status() {
            "ANSWERED" => Status::Answered,
            "NO ANSWER" => Status::NoAnswer,
            "BUSY" => Status::Busy,
            _ => Status::Failed,
        };
        let is_missed =
            self.kind() == Kind::Inbound && !matches!(status, Status::Answered | Status::Failed);
        match self.pbx.settings.missed {
            Missed::Inbound if is_missed => Status::Missed,
            Missed::Never if is_missed => Status::NoAnswer,
            Missed::Inbound | Missed::Never => status,
        }
    }

    /// Returns Asterisk's own word for it: an ordered call is answered once the extension that is
    /// rung first has picked up. vendors/voip24h-v3.md, 7.2
    pub fn raw_status(&self) -> &'static str {
        if self.cdr.tag.picked_up { Status::Answered.as_str() } else { self.record.status() }
    }

    /// Returns who called.
    pub fn caller(&self) -> &'a str {
        self.cdr.from.as_str()
    }

    /// Returns who was called; of a call from outside the extension.
    pub fn callee(&self) -> &'a str {
        match (self.kind(), &self.cdr.extension) {
            (Kind::Inbound, Some(extension)) => extension.as_str(),
            (Kind::Inbound | Kind::Outbound | Kind::Local, _) => self.cdr.to.as_str(),
        }
    }

    /// Returns the company number; of a call between extensions nothing.
    pub fn did(&self) -> &'a str {
        match self.kind() {
            Kind::Local => "",
            Kind::Inbound | Kind::Outbound => {
                self.cdr.line.as_ref().unwrap_or(&self.pbx.company_number).as_str()
            }
        }
    }

    /// Returns the extension that placed or took the call, or else rang last.
    pub fn extension(&self) -> &'a str {
        self.cdr.extension.as_ref().map_or("", |extension| extension.as_str())
    }

    /// Returns the whole seconds from start to end.
    pub fn duration(&self) -> i64 {
        self.record.duration()
    }

    /// Returns the whole seconds that both sides talked.
    pub fn billsec(&self) -> i64 {
        self.cdr.talk_time().whole_seconds()
    }

    /// Returns when it began, in the vendor's zone.
    pub fn call_date(&self) -> String {
        self.record.call_date()
    }

    /// Returns when both sides began to talk, in the vendor's zone; empty if they never did.
    pub fn answered_date(&self) -> String {
        self.cdr.answered_at().map(local).unwrap_or_default()
    }

    /// Returns when it ended, in the vendor's zone.
    pub fn end_date(&self) -> String {
        local(self.cdr.ended_at())
    }

    /// Returns the name of its recording, if that can be had.
    pub fn recording_file(&self) -> Option<String> {
        self.cdr
            .recording_length()
            .filter(|_| self.pbx.exchange().has_recording_ready(self.cdr.id))?;
        Some(self.record.recording_file())
    }

    /// Returns the links to its recording, if that can be had, under an address.
    pub(crate) fn links(&self, base: &str) -> Option<Links> {
        Some(Links::of(self.pbx, base, &self.recording_file()?))
    }

    /// Returns the fields of the dial service and of call logs, in their order, but for the ids.
    pub(crate) fn fields(&self, base: &str) -> Vec<(&'static str, String)> {
        let links = self.links(base);
        let link = |path: &str| links.as_ref().map_or_else(String::new, |links| links.to(path));
        let (status, duration) = (self.status().as_str(), self.duration());
        vec![
            ("calldate", self.call_date()),
            ("callid", self.call_id()),
            ("recording", link("recording")),
            ("play", link("play")),
            ("eplay", link("eplay")),
            ("download", link("downloadFile")),
            ("did", self.did().to_owned()),
            ("src", self.caller().to_owned()),
            ("dst", self.callee().to_owned()),
            ("status", status.to_owned()),
            ("note", String::new()),
            ("disposition", status.to_owned()),
            ("lastapp", "Dial".to_owned()),
            ("billsec", self.billsec().to_string()),
            ("duration", duration.to_string()),
            ("type", self.kind().as_str().to_owned()),
            ("duration_minutes", (duration / 60).to_string()),
            ("duration_seconds", (duration % 60).to_string()),
        ]
    }
}

/// Writes a moment in the vendor's zone.
pub(crate) fn local(at: time::OffsetDateTime) -> String {
    let mut date = Vec::with_capacity(19);
    push_local(&mut date, at, DATE);
    text(date)
}

/// A row of `GET /v3/call/history`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryRow<'a> {
    id: String,
    call_id: String,
    call_date: String,
    caller: &'a str,
    callee: &'a str,
    did: &'a str,
    extension: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    duration: i64,
    billsec: i64,
    note: &'static str,
    recording_file: String,
}

impl<'a> From<Row<'a>> for HistoryRow<'a> {
    fn from(row: Row<'a>) -> Self {
        Self {
            id: row.id(),
            call_id: row.call_id(),
            call_date: row.call_date(),
            caller: row.caller(),
            callee: row.callee(),
            did: row.did(),
            extension: row.extension(),
            kind: row.kind().as_str(),
            status: row.status().as_str(),
            duration: row.duration(),
            billsec: row.billsec(),
            // Nothing known writes one.
            note: "",
            recording_file: row.recording_file().unwrap_or_default(),
        }
    }
}

/// A row of `POST /call/find`: the same under the names of the generation before v3.
#[derive(Debug, Serialize)]
pub(crate) struct FoundRow<'a> {
    calldate: String,
    caller: &'a str,
    callee: &'a str,
    did: &'a str,
    extension: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    callid: String,
    duration: i64,
    billsec: i64,
    note: &'static str,
}

impl<'a> From<Row<'a>> for FoundRow<'a> {
    fn from(row: Row<'a>) -> Self {
        let HistoryRow { call_id, call_date, caller, callee, did, extension, .. } = row.into();
        Self {
            calldate: call_date,
            caller,
            callee,
            did,
            extension,
            kind: row.kind().as_str(),
            status: row.status().as_str(),
            callid: call_id,
            duration: row.duration(),
            billsec: row.billsec(),
            note: "",
        }
    }
}

/// The links to one recording. They carry no token: what proves them is in themselves.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    base: String,
    query: String,
}

impl Links {
    fn of(pbx: &Pbx, base: &str, file: &str) -> Self {
        let key = seal::link_key(&pbx.settings.application_key, pbx.keys.salt(), file);
        let (hostname, name) = (pbx.keys.hostname(), super::encoded(file));
        // Clients cut the name out between `&pkeyID=` and the last `.gsm`.
        let query = format!("hostname={hostname}&pkeyID={name}&xKey={key}");
        Self { base: base.to_owned(), query }
    }

    /// Returns that to one of the forms of the recording.
    pub(crate) fn to(&self, path: &str) -> String {
        format!("{}/fdownload/{path}?{}", self.base, self.query)
    }
}
