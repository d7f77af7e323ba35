//! What a fresh instance contains, as `fresh.json` says it.

use ringback_exchange::{Cdr, Direction, Extension, Facts, HangupCause, Number, Span, Times};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::{CallTag, CallType, FaceKey};

/// The contents of `fresh.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fresh {
    /// The secrets of the demo account.
    pub partner_secrets: Vec<String>,
    /// What logs in to v3 as the demo account.
    #[serde(default)]
    pub v3: Option<FaceKey>,
    /// What the dial service knows the demo account by.
    #[serde(default)]
    pub dial: Option<FaceKey>,
    /// The number that callers dial.
    pub company_number: Number,
    /// The extensions.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// The finished calls.
    #[serde(default)]
    pub records: Vec<Record>,
}

impl Fresh {
    /// Returns everything that names the demo account.
    pub(crate) fn credentials(&self) -> Vec<String> {
        let faces = [&self.v3, &self.dial].into_iter().flatten().map(|face| &face.key);
        let mut credentials: Vec<String> =
            self.partner_secrets.iter().chain(faces).cloned().collect();
        let mut known = std::collections::BTreeSet::new();
        credentials.retain(|credential| known.insert(credential.clone()));
        credentials
    }
}

/// A finished call in the words of the vendor, and how much of it was talk.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Record {
    /// The sequence number of its channel.
    pub sequence: u32,
    call_type: CallType,
    user: Number,
    phone: Number,
    cause: HangupCause,
    started_at: OffsetDateTime,
    duration: Duration,
    talk: Option<Duration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    call_id: String,
    user: Number,
    phone_number: Number,
    call_type: CallType,
    call_status: String,
    duration: u32,
    #[serde(default)]
    talk: u32,
}

impl TryFrom<Written> for Record {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let fault = |what: &str| format!("record {}: {what}", written.call_id);
        let (seconds, sequence) = crate::machine::call_id(&written.call_id)
            .ok_or_else(|| fault("callId has to be <unix seconds>.<sequence>"))?;
        let cause = match written.call_status.as_str() {
            "ANSWERED" => HangupCause::NormalClearing,
            "NO ANSWER" => HangupCause::NoAnswer,
            "BUSY" => HangupCause::UserBusy,
            "FAILED" => HangupCause::UnallocatedNumber,
            _ => return Err(fault("callStatus is none of ANSWERED, NO ANSWER, BUSY, FAILED")),
        };
        let talked = written.call_status == "ANSWERED";
        if talked != (written.talk > 0) || written.talk > written.duration {
            return Err(fault("talk has to be within duration, and there if ANSWERED"));
        }
        let talk = Duration::seconds(written.talk.into());
        Ok(Self {
            sequence,
            call_type: written.call_type,
            cause,
            started_at: OffsetDateTime::from_unix_timestamp(seconds)
                .map_err(|_| fault("callId is too far in time"))?,
            duration: Duration::seconds(written.duration.into()),
            talk: talked.then_some(talk),
            user: written.user,
            phone: written.phone_number,
        })
    }
}

impl Record {
    /// Makes the record of the exchange.
    pub(crate) fn cdr(&self, id: ringback_exchange::CallId, company: &Number) -> Cdr<CallTag> {
        let (user, phone) = (self.user.clone(), self.phone.clone());
        let line = Some(company.clone()).filter(|_| self.call_type == CallType::Inbound);
        let extension = Some(self.user.clone());
        let (direction, from, to) = match self.call_type {
            CallType::Outbound => (Direction::Outbound, user, phone),
            CallType::Inbound | CallType::External => (Direction::Inbound, phone, user),
        };
        let ended_at = self.started_at.saturating_add(self.duration);
        let answered_at = self.talk.map(|talk| ended_at.saturating_sub(talk).max(self.started_at));
        let ringing_at = (self.duration > Duration::ZERO).then_some(self.started_at);
        let times = Times { created_at: self.started_at, ringing_at, answered_at, ended_at };
        let (cause, hung_up_by) = (self.cause, None);
        let facts = Facts { direction, cause, hung_up_by, from, to, extension, line };
        let recorded = answered_at.map(|from| Span { from, to: ended_at });
        let tag = CallTag::new(self.sequence, self.call_type);
        Cdr::new(id, facts, times, recorded.as_slice(), tag)
    }
}
