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
        format!("{}.{}", self.0.created_at().unix_timestamp(), self.0.tag.sequence)
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
        let [year, month, day, hour, minute, second] = local(self.0.created_at());
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }

    /// Returns the name of the call's recording. vendors/voip24h.md, 5.1.
    pub fn recording_file(&self) -> String {
        let Cdr { from, to, line, .. } = self.0;
        let (kind, a, b) = match self.0.tag.call_type {
            CallType::Inbound => ("in", line.as_ref().unwrap_or(to), from),
            CallType::Outbound => ("out", to, from),
            CallType::External => ("external", to, from),
        };
        let [year, month, day, hour, minute, second] = local(self.0.created_at());
        let stamp = format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}");
        format!("{kind}-{a}-{b}-{stamp}-{}.gsm", self.call_id())
    }
}

impl Serialize for CallRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("CallRecord", 7)?;
        record.serialize_field("callId", &self.call_id())?;
        record.serialize_field("user", self.user())?;
        record.serialize_field("phoneNumber", self.phone_number())?;
        record.serialize_field("callType", self.0.tag.call_type.as_str())?;
        record.serialize_field("callStatus", self.status())?;
        record.serialize_field("duration", &self.duration())?;
        record.serialize_field("callDate", &self.call_date())?;
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

/// Tells year, month, day, hour, minute and second of a moment in the vendor's zone; in the
/// calendar's last hours, whose local day it no longer has, in UTC.
fn local(at: OffsetDateTime) -> [i32; 6] {
    let at = at.checked_to_offset(ZONE).unwrap_or(at);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    let [month, day, hour, minute, second] =
        [u8::from(month), day, hour, minute, second].map(i32::from);
    [year, month, day, hour, minute, second]
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
