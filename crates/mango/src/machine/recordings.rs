//! Recordings: what is told of them, and the temporary addresses by which they are fetched.

use std::collections::BTreeMap;

use ringback_engine::{Command, Duration, OffsetDateTime};
use ringback_exchange::{CallId, Number, Span, audio::Sound};
use ringback_mock::stable_hash;
use serde::{Deserialize, Serialize};

use super::{
    Pbx,
    live_call::{End, LiveCall, Tape, Way},
};
use crate::{
    auth,
    render::{DONE, TOO_SHORT},
    webhook::{RecordAdded, RecordingEvent},
};

/// The shortest recording that is kept.
const SHORTEST: Duration = Duration::SECOND;

/// The most temporary addresses that are remembered; beyond that the oldest are forgotten.
const LINKS: usize = 10_000;

/// Returns whether a recording is long enough to be kept.
pub(super) fn is_kept(span: &Span) -> bool {
    span.to - span.from >= SHORTEST
}

/// What a temporary address is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    recording_id: String,
    /// Whether it is saved, rather than played.
    downloads: bool,
    #[serde(with = "time::serde::timestamp::microseconds")]
    expires_at: OffsetDateTime,
    /// In the order in which they were issued.
    number: u64,
}

/// The temporary addresses that are good.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Links {
    by_token: BTreeMap<String, Link>,
    issued: u64,
    /// What tells the tokens of an account from those of the account that it is a copy of: both draw
    /// the same.
    #[serde(default, skip_serializing_if = "is_none")]
    fork: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(fork: &u64) -> bool {
    *fork == 0
}

impl Pbx {
    pub(super) fn recording_started(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
    ) {
        let Some(leg) = entry.current else { return };
        let index = entry.recordings;
        entry.recordings += 1;
        let command_id = entry.tape_command.take();
        entry.tape = Some(Tape { index, seq: 0, leg, command_id });
        self.notify_recording(now, id, entry, "Started", None);
    }

    /// The conversation goes on in another leg, and so does its recording.
    pub(super) fn recording_moves(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
    ) {
        let (Some(tape), Some(current)) = (&mut entry.tape, entry.current) else { return };
        if tape.leg != current {
            tape.leg = current;
            self.notify_recording(now, id, entry, "Continued", None);
        }
    }

    pub(super) fn recording_stopped(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
    ) {
        let Some(index) = entry.tape.as_ref().map(|tape| tape.index) else { return };
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let live = self.exchange.call(id).map(|call| call.recorded.clone());
        let over = || {
            let cdr = self.exchange.history().get(id);
            cdr.map(|cdr| cdr.recorded().collect::<Vec<_>>())
        };
        let spans = live.or_else(over).unwrap_or_default();
        let kept = spans.get(place).is_some_and(is_kept);
        if !kept {
            for leg in &mut entry.legs {
                leg.recordings.retain(|made| *made != index);
            }
        }
        self.notify_recording(now, id, entry, "Completed", Some(kept));
        if kept {
            self.recording_added(now, id, entry, index);
        }
        entry.tape = None;
    }

    /// Tells of a recording; once it is completed, whether it is kept.
    fn notify_recording(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        state: &str,
        kept: Option<bool>,
    ) {
        let Some(tape) = &mut entry.tape else { return };
        tape.seq += 1;
        let Some(leg) = entry.legs.get_mut(tape.leg) else { return };
        if kept != Some(false) && leg.recordings.last() != Some(&tape.index) {
            leg.recordings.push(tape.index);
        }
        let employee = employee_end(entry.way, &leg.from, &leg.to);
        let event = RecordingEvent {
            recording_id: self.identity.recording_id(id, tape.index),
            recording_state: state,
            seq: tape.seq,
            entry_id: self.identity.entry_id(id, entry.way == Way::In),
            call_id: self.identity.call_id(leg.no, leg.location),
            extension: employee.and_then(|end| end.extension.as_deref()),
            timestamp: self.unix(now),
            completion_code: kept.map(|kept| if kept { DONE } else { TOO_SHORT }),
            recipient: (kept == Some(true)).then_some("Cloud"),
            command_id: tape.command_id.as_deref(),
        };
        self.notify(now, Some(id), "events/recording", &event);
    }

    fn recording_added(&mut self, now: OffsetDateTime, id: CallId, entry: &LiveCall, index: u32) {
        let leg = entry.tape.as_ref().and_then(|tape| entry.legs.get(tape.leg));
        let end = leg.and_then(|leg| employee_end(entry.way, &leg.from, &leg.to));
        let extension = end.and_then(|end| end.extension.as_deref());
        let user = extension.and_then(|extension| self.tables.employee(extension));
        let event = RecordAdded {
            entry_id: self.identity.entry_id(id, entry.way == Way::In),
            product_id: self.identity.product_id,
            user_id: user.and_then(|user| i64::try_from(user.user_id).ok()).unwrap_or(-1),
            timestamp: self.unix(now),
            recording_id: self.identity.recording_id(id, index),
        };
        self.notify(now, Some(id), "events/record/added", &event);
    }

    /// Returns the sound of a recording that is stored.
    pub(crate) fn recording(&self, recording_id: &str) -> Option<Sound> {
        let (call, index) = self.identity.recording(recording_id)?;
        self.sound(call, index).filter(|_| self.exchange.has_recording_ready(call))
    }

    fn sound(&self, call: CallId, index: u32) -> Option<Sound> {
        self.span(call, index).map(|span| Sound::new(Duration::ZERO, span.to - span.from))
    }

    fn span(&self, call: CallId, index: u32) -> Option<Span> {
        let place = usize::try_from(index).ok()?;
        let live = self.exchange.call(call).map(|call| call.recorded.get(place).copied());
        let over = || self.exchange.history().get(call)?.recorded().nth(place);
        live.unwrap_or_else(over).filter(is_kept)
    }

    /// Returns whether an address is good.
    pub(crate) fn has_link(&self, now: OffsetDateTime, token: &str) -> bool {
        self.links.by_token.get(token).is_some_and(|link| link.expires_at > now)
    }

    /// Returns when a recording that is stored was over, as it goes out.
    pub(crate) fn recorded_until(&self, recording_id: &str) -> Option<i64> {
        let (call, index) = self.identity.recording(recording_id)?;
        self.span(call, index).map(|span| self.unix(span.to))
    }

    /// Names who is heard: the client, and the employee.
    pub(crate) fn recorded_parties(&self, recording_id: &str) -> (String, String) {
        let call = self.identity.recording(recording_id).map(|(call, _)| call);
        let cdr = call.and_then(|call| self.exchange.history().get(call));
        let Some(cdr) = cdr else { return Default::default() };
        let employee = cdr.extension.as_ref().map(Number::as_str);
        let employee = employee.and_then(|extension| self.tables.employee(extension));
        let client = if cdr.tag.way == Way::In { &cdr.from } else { &cdr.to };
        (client.to_string(), employee.map(|employee| employee.name.clone()).unwrap_or_default())
    }

    /// Leaves the temporary addresses there are to the account that this is a copy of.
    pub(crate) fn forget_links(&mut self, credential: &str) {
        let fork = stable_hash(self.links.fork, credential.as_bytes());
        self.links = Links { issued: self.links.issued, fork, ..Links::default() };
    }

    /// Issues a temporary address for a recording that is stored.
    pub(crate) fn issue_link(
        &mut self,
        now: OffsetDateTime,
        recording_id: &str,
        downloads: bool,
    ) -> Option<String> {
        self.recording(recording_id)?;
        let mut token = [0; 16];
        self.exchange.random().fill(&mut token);
        let Links { by_token, issued, fork } = &mut self.links;
        let own = u128::from_be_bytes(token) ^ u128::from(*fork);
        let token = auth::hex(&own.to_be_bytes());
        *issued += 1;
        let life = Duration::seconds(self.settings.link_seconds.into());
        let expires_at = now.saturating_add(life);
        by_token.retain(|_, link| link.expires_at > now);
        if by_token.len() >= LINKS {
            let oldest = by_token.iter().min_by_key(|(_, link)| link.number);
            let oldest = oldest.map(|(token, _)| token.clone());
            oldest.map(|token| by_token.remove(&token));
        }
        let recording_id = recording_id.to_owned();
        let link = Link { recording_id, downloads, expires_at, number: *issued };
        by_token.insert(token.clone(), link);
        Some(token)
    }
}

/// Returns the end of a leg whose employee is recorded: the called one if the call came in.
fn employee_end<'a>(way: Way, from: &'a End, to: &'a End) -> Option<&'a End> {
    let ends = if way == Way::In { [to, from] } else { [from, to] };
    ends.into_iter().find(|end| end.extension.is_some())
}

/// Uses up the temporary address of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchFile {
    /// The last part of the address.
    pub token: String,
}

/// A recording as it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its name.
    pub recording_id: String,
    /// Whether it is saved, rather than played.
    pub downloads: bool,
    /// What is heard.
    pub sound: Sound,
}

impl Command<Pbx> for FetchFile {
    /// `None` if the address is used up, has expired, or never was.
    type Outcome = Option<Fetched>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Option<Fetched> {
        let link = pbx.links.by_token.remove(&self.token).filter(|link| link.expires_at > now)?;
        let sound = pbx.recording(&link.recording_id)?;
        let Link { recording_id, downloads, .. } = link;
        Some(Fetched { recording_id, downloads, sound })
    }
}

impl Pbx {
    /// Returns whether a call has a recording that is stored.
    pub(super) fn has_recording(&self, call: CallId, index: u32) -> bool {
        self.sound(call, index).is_some()
    }
}
