//! The exchange's words in the vendor's: call records, recording names, links.

mod row;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ringback_exchange::{Cdr, HangupCause};
use time::OffsetDateTime;

use crate::{CallTag, CallType, wire::ZONE};
pub(crate) use row::{FoundRow, HistoryRow, local};
pub use row::{Kind, Row, Status};

/// A finished call as this vendor tells of it.
#[derive(Debug, Clone, Copy)]
pub struct CallRecord<'a>(&'a Cdr<CallTag>);

impl<'a> From<&'a Cdr<CallTag>> for CallRecord<'a> {
    fn from(cdr: &'a Cdr<CallTag>) -> Self {
        Self(cdr)
    }
}

impl CallRecord<'_> {
    /// Returns the call's id: the second of its beginning and the sequence number of its channel.
    pub fn call_id(&self) -> String {
        let mut id = Vec::with_capacity(24);
        self.write_call_id(&mut id, self.0.created_at());
        text(id)
    }

    fn write_call_id(&self, id: &mut Vec<u8>, created_at: OffsetDateTime) {
        push_number(id, created_at.unix_timestamp());
        id.push(b'.');
        push_number(id, self.0.tag.sequence.into());
    }

    /// Returns the extension that placed or received the call.
    pub fn user(&self) -> &str {
        self.0.extension.as_ref().map_or("", |extension| extension.as_str())
    }

    /// Returns the outside number.
    pub fn phone_number(&self) -> &str {
        match self.0.tag.call_type {
            CallType::Outbound => self.0.to.as_str(),
            CallType::Inbound | CallType::External => self.0.from.as_str(),
        }
    }

    /// Returns how the call went, as Asterisk says it.
    pub fn status(&self) -> &'static str {
        match self.0.is_answered() {
            true => "ANSWERED",
            false => status(self.0.cause),
        }
    }

    /// Returns the whole seconds from start to end, ringing included.
    pub fn duration(&self) -> i64 {
        let least = i64::from(self.0.is_answered());
        self.0.duration().whole_seconds().max(least)
    }

    /// Returns when the call began, in the vendor's zone.
    pub fn call_date(&self) -> String {
        let mut date = Vec::with_capacity(19);
        push_local(&mut date, self.0.created_at(), DATE);
        text(date)
    }

    /// Returns the name of the call's recording. vendors/voip24h.md, 5.1.
    pub fn recording_file(&self) -> String {
        let Cdr { from, to, line, .. } = self.0;
        let (kind, a, b) = match self.0.tag.call_type {
            CallType::Inbound => ("in", line.as_ref().unwrap_or(to), from),
            CallType::Outbound => ("out", to, from),
            CallType::External => ("external", to, from),
        };
        let created_at = self.0.created_at();
        let mut file = format!("{kind}-{a}-{b}-").into_bytes();
        push_local(&mut file, created_at, [b"", b"", b"-", b"", b""]);
        file.push(b'-');
        self.write_call_id(&mut file, created_at);
        file.extend_from_slice(b".gsm");
        text(file)
    }

    /// Appends the record as JSON. Lists have hundreds of them, and going by way of a serialiser
    /// takes three times as long.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let created_at = self.0.created_at();
        out.extend_from_slice(b"{\"callId\":\"");
        self.write_call_id(out, created_at);
        out.extend_from_slice(b"\",\"user\":");
        push_text(out, self.user());
        out.extend_from_slice(b",\"phoneNumber\":");
        push_text(out, self.phone_number());
        out.extend_from_slice(b",\"callType\":\"");
        out.extend_from_slice(self.0.tag.call_type.as_str().as_bytes());
        out.extend_from_slice(b"\",\"callStatus\":\"");
        out.extend_from_slice(self.status().as_bytes());
        out.extend_from_slice(b"\",\"duration\":");
        push_number(out, self.duration());
        out.extend_from_slice(b",\"callDate\":\"");
        push_local(out, created_at, DATE);
        out.extend_from_slice(b"\"}");
    }
}

/// What stands between the parts of `callDate`.
const DATE: [&[u8]; 5] = [b"-", b"-", b" ", b":", b":"];

fn text(written: Vec<u8>) -> String {
    // Of digits, signs and numbers of telephones.
    String::from_utf8(written).unwrap_or_default()
}

/// Appends a JSON text; numbers of telephones hardly ever have anything to escape.
fn push_text(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        // Every text can be written, and memory takes it.
        let _ = serde_json::to_writer(out, text);
    }
}

/// Names a channel as Asterisk does.
pub(crate) fn channel(extension: &str, number: u32) -> String {
    format!("SIP/{extension}-{number:08x}")
}

/// Asterisk's word for a call that was not answered.
fn status(cause: HangupCause) -> &'static str {
    match cause {
        HangupCause::UserBusy | HangupCause::CallRejected => "BUSY",
        HangupCause::NoAnswer
        | HangupCause::NoUserResponse
        | HangupCause::OriginatorCancel
        | HangupCause::NormalClearing
        | HangupCause::ManagerRequest
        | HangupCause::BlindTransfer
        | HangupCause::AttendedTransfer
        | HangupCause::LoseRace
        | HangupCause::PickedOff => "NO ANSWER",
        HangupCause::UnallocatedNumber
        | HangupCause::NoRouteDestination
        | HangupCause::SubscriberAbsent
        | HangupCause::NumberChanged
        | HangupCause::DestinationOutOfOrder
        | HangupCause::InvalidNumberFormat
        | HangupCause::FacilityRejected
        | HangupCause::NormalUnspecified
        | HangupCause::NormalCircuitCongestion
        | HangupCause::NetworkOutOfOrder
        | HangupCause::NormalTemporaryFailure
        | HangupCause::SwitchCongestion
        | HangupCause::OutgoingCallBarred
        | HangupCause::IncompatibleDestination
        | HangupCause::RecoveryOnTimerExpire
        | HangupCause::UserNotRegistered => "FAILED",
    }
}

/// Appends a moment in the vendor's zone: a year of four digits, then month, day, hour, minute and
/// second of two, with the given texts between them. In the calendar's last hours, whose local day
/// it no longer has, in UTC.
fn push_local(text: &mut Vec<u8>, at: OffsetDateTime, between: [&[u8]; 5]) {
    let at = at.checked_to_offset(ZONE).unwrap_or(at);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    // The calendar of a simulated clock has the years 1 to 9999.
    let year = u16::try_from(year).unwrap_or_default();
    for two in [year / 100, year % 100] {
        push_two(text, u8::try_from(two).unwrap_or_default());
    }
    for (between, two) in between.into_iter().zip([u8::from(month), day, hour, minute, second]) {
        text.extend_from_slice(between);
        push_two(text, two);
    }
}

fn push_two(text: &mut Vec<u8>, number: u8) {
    text.extend_from_slice(&[b'0' + number / 10 % 10, b'0' + number % 10]);
}

fn push_number(text: &mut Vec<u8>, number: i64) {
    text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// What stays as it is in the query of a link; `=` does, as in the samples.
const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'=');

/// Writes a value of a link's query.
fn encoded(value: &str) -> String {
    utf8_percent_encode(value, KEPT).to_string()
}

/// Writes a link to a recording.
pub(crate) fn link(base: &str, path: &str, host: &str, file: &str) -> String {
    let (host, file) = (encoded(host), encoded(file));
    format!("{base}{path}?host={host}&recordingFile={file}")
}

#[cfg(test)]
mod tests;
