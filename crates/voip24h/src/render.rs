//! The exchange's words in the vendor's: call records, recording names, links.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ringback_exchange::{Cdr, HangupCause};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};
use time::OffsetDateTime;

use crate::{CallTag, CallType, wire::ZONE};

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
        let mut id = String::with_capacity(24);
        self.write_call_id(&mut id, self.0.created_at());
        id
    }

    fn write_call_id(&self, id: &mut String, created_at: OffsetDateTime) {
        let seconds = created_at.unix_timestamp();
        if seconds < 0 {
            id.push('-');
        }
        push_number(id, seconds.unsigned_abs());
        id.push('.');
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
        match self.0.answered_at() {
            Some(_) => "ANSWERED",
            None => status(self.0.cause),
        }
    }

    /// Returns the whole seconds from start to end, ringing included.
    pub fn duration(&self) -> i64 {
        let least = i64::from(self.0.answered_at().is_some());
        self.0.duration().whole_seconds().max(least)
    }

    /// Returns when the call began, in the vendor's zone.
    pub fn call_date(&self) -> String {
        let mut date = String::with_capacity(19);
        push_local(&mut date, self.0.created_at(), ["-", "-", " ", ":", ":"]);
        date
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
        let mut file = format!("{kind}-{a}-{b}-");
        push_local(&mut file, created_at, ["", "", "-", "", ""]);
        file.push('-');
        self.write_call_id(&mut file, created_at);
        file.push_str(".gsm");
        file
    }
}

impl Serialize for CallRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Pages have hundreds of records: one moment and one scratch text serve all fields of each.
        let created_at = self.0.created_at();
        let mut text = String::with_capacity(24);
        let mut record = serializer.serialize_struct("CallRecord", 7)?;
        self.write_call_id(&mut text, created_at);
        record.serialize_field("callId", &text)?;
        record.serialize_field("user", self.user())?;
        record.serialize_field("phoneNumber", self.phone_number())?;
        record.serialize_field("callType", self.0.tag.call_type.as_str())?;
        record.serialize_field("callStatus", self.status())?;
        record.serialize_field("duration", &self.duration())?;
        text.clear();
        push_local(&mut text, created_at, ["-", "-", " ", ":", ":"]);
        record.serialize_field("callDate", &text)?;
        record.end()
    }
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
fn push_local(text: &mut String, at: OffsetDateTime, between: [&str; 5]) {
    let at = at.checked_to_offset(ZONE).unwrap_or(at);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    // The calendar of a simulated clock has the years 1 to 9999.
    let year = u16::try_from(year).unwrap_or_default();
    for two in [year / 100, year % 100] {
        push_two(text, u8::try_from(two).unwrap_or_default());
    }
    for (between, two) in between.into_iter().zip([u8::from(month), day, hour, minute, second]) {
        text.push_str(between);
        push_two(text, two);
    }
}

fn push_two(text: &mut String, number: u8) {
    text.push(char::from(b'0' + number / 10 % 10));
    text.push(char::from(b'0' + number % 10));
}

/// Appends a number without the machinery of formatting, which a list spends most of its time in.
fn push_number(text: &mut String, mut number: u64) {
    // The longest has twenty digits, found from the last to the first.
    let mut digits = [b'0'; 20];
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        length += 1;
        if number == 0 {
            break;
        }
    }
    text.extend(digits.iter().skip(digits.len() - length).map(|digit| char::from(*digit)));
}

/// What stays as it is in the query of a link; `=` does, as in the samples.
const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'=');

/// Writes a link to a recording.
pub(crate) fn link(base: &str, path: &str, host: &str, file: &str) -> String {
    let (host, file) = (utf8_percent_encode(host, KEPT), utf8_percent_encode(file, KEPT));
    format!("{base}{path}?host={host}&recordingFile={file}")
}

#[cfg(test)]
mod tests;
