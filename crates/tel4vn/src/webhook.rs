//! Which event becomes which callback, and how it is sent.

use ringback_exchange::CallId;
use ringback_mock::webhook::{Policy, Post};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Settings,
    machine::{Hook, HookPayload},
    render::{Record, direction},
    wire::stamp,
};

/// Where recordings are fetched from, where nobody says.
const RECORDING_BASE: &str = "http://127.0.0.1:8082";

/// Three attempts, with growing pauses between them.
pub(crate) fn policy() -> Policy {
    Policy { timeout_seconds: 5, retries: vec![2, 6] }
}

/// The events, in the order in which a call has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookEvent {
    Ringing,
    Answered,
    Hangup,
    Missed,
    Cdr,
    CdrAutocall,
}

impl HookEvent {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Hangup => "hangup",
            Self::Missed => "missed",
            Self::Cdr => "cdr",
            Self::CdrAutocall => "cdr_autocall",
        }
    }
}

/// Who talks to whom.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    pub(crate) from: String,
    pub(crate) to: String,
}

/// The moments of what an event is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) created_at: OffsetDateTime,
    pub(crate) answered_at: Option<OffsetDateTime>,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

/// Where an event goes.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The instance's own address if none.
    url: Option<String>,
    api_key: String,
    base: String,
}

impl Target {
    pub(crate) fn of(hook: &Hook) -> Self {
        let Hook { callback_url, callback_apikey, base, .. } = hook.clone();
        Self { url: Some(callback_url), api_key: callback_apikey, base }
    }

    /// An address beside the hooks, whose receiver needs no key.
    pub(crate) fn to(url: String, settings: &Settings) -> Self {
        Self { url: Some(url), ..Self::own(settings) }
    }

    pub(crate) fn own(settings: &Settings) -> Self {
        let base = settings.recording_base.as_deref().unwrap_or(RECORDING_BASE);
        let base = base.trim_end_matches('/').to_owned();
        Self { url: None, api_key: String::new(), base }
    }

    /// Makes the request. What one receiver is told of one call keeps its order, though each event
    /// has a hook of its own.
    pub(crate) fn post(
        self,
        settings: &Settings,
        own: &str,
        call: CallId,
        stage: HookEvent,
        body: String,
    ) -> Post {
        let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        if !self.api_key.is_empty() {
            let value = format!("{}{}", settings.hook_prefix.as_str(), self.api_key);
            headers.push((settings.hook_header.as_str().to_owned(), value));
        }
        let receiver = self.url.as_deref().unwrap_or(own);
        let receiver = ringback_mock::stable_hash(0, receiver.as_bytes());
        let lane = receiver ^ call.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let event = stage.as_str().to_owned();
        Post { lane, call: Some(call), event, url: self.url, headers, body }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    call_id: String,
    sip_call_id: String,
    domain: &'a str,
    direction: &'static str,
    from_number: &'a str,
    to_number: &'a str,
    hotline: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billsec: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    press_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<&'a str>,
    time_started: String,
    time_answered: String,
    time_ended: String,
    // Behind the older ones, whose order stays. vendors/tel4vn-v3.md, 8
    application: &'static str,
    ref_id: &'a str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    of_record: Option<OfRecord<'a>>,
    // `cdr_autocall` has it further up already.
    #[serde(rename = "press_key", skip_serializing_if = "Option::is_none")]
    pressed: Option<&'a str>,
}

/// What only records tell, as a client declares it: empty where it is not known.
#[derive(Serialize)]
struct OfRecord<'a> {
    domain_uuid: Uuid,
    receive_dest: &'a str,
    sip_hangup_disposition: &'static str,
    campaign_uuid: String,
    lead_uuid: String,
}

impl<'a> OfRecord<'a> {
    fn of(record: &'a Record<'_>, domain_uuid: Uuid) -> Self {
        let tag = &record.cdr().tag;
        let more = tag.more.as_ref();
        let id = |id: Option<Uuid>| id.map_or(String::new(), |id| id.to_string());
        Self {
            domain_uuid,
            receive_dest: tag.receive().map_or("", |number| number.as_str()),
            sip_hangup_disposition: record.hangup_disposition(),
            campaign_uuid: id(more.and_then(|more| more.campaign)),
            lead_uuid: id(more.and_then(|more| more.lead)),
        }
    }
}

/// Writes an event.
pub(crate) fn body(
    (domain, domain_uuid): (&str, Uuid),
    stage: HookEvent,
    told: &HookPayload,
    record: Option<&Record<'_>>,
    target: &Target,
) -> String {
    let Times { created_at, answered_at, ended_at } = told.times;
    let is_cdr = matches!(stage, HookEvent::Cdr | HookEvent::CdrAutocall);
    let is_autocall = stage == HookEvent::CdrAutocall;
    let is_over = is_cdr || matches!(stage, HookEvent::Hangup | HookEvent::Missed);
    let has_lengths = is_over && stage != HookEvent::Missed;
    let seconds = |from: OffsetDateTime| {
        ended_at.filter(|_| has_lengths).map(|end| end.unix_timestamp() - from.unix_timestamp())
    };
    let record = record.filter(|_| is_cdr);
    let body = Body {
        call_id: told.id.to_string(),
        sip_call_id: told.sip.to_string(),
        domain,
        direction: direction(told.direction),
        from_number: &told.numbers.from,
        to_number: &told.numbers.to,
        hotline: &told.hotline,
        state: stage.as_str(),
        duration: seconds(created_at),
        billsec: seconds(created_at).map(|_| answered_at.and_then(seconds).unwrap_or(0)),
        recording_url: record.map(|record| record.recording_url(&target.base)),
        status: record.map(Record::status),
        press_key: is_autocall.then_some(told.keys.as_str()),
        customer_id: is_autocall.then_some(told.customer.as_str()),
        time_started: stamp::stamp(created_at),
        time_answered: stamp::stamp_or_empty(answered_at),
        time_ended: stamp::stamp_or_empty(ended_at.filter(|_| is_over)),
        application: told.app.application(),
        ref_id: &told.reference,
        of_record: record.map(|record| OfRecord::of(record, domain_uuid)),
        pressed: (stage == HookEvent::Cdr).then_some(told.keys.as_str()),
    };
    // Every part of it has a JSON form.
    serde_json::to_string(&body).unwrap_or_default()
}
