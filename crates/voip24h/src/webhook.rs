//! Which event becomes which callback, and how it is sent. vendors/voip24h-v3.md, 7

use ringback_exchange::CallId;
use ringback_mock::{
    Outbox, stable_hash,
    webhook::{DeliveryMethod, Policy, Post},
};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use time::OffsetDateTime;

use crate::{
    Settings,
    machine::Subscription,
    render::{Kind, Row},
    settings::{CallLogAuth, CallLogPost, PushDisposition, PushMethod},
};

/// Three attempts; the pauses are chosen, for nobody has written down the vendor's.
pub(crate) fn policy() -> Policy {
    Policy { timeout_seconds: 5, retries: vec![2, 6] }
}

/// Puts a webhook into the outbox.
pub(crate) fn enter(outbox: &mut Outbox, at: OffsetDateTime, method: DeliveryMethod, post: Post) {
    match method {
        DeliveryMethod::Post => outbox.post(at, post),
        DeliveryMethod::Get => outbox.get(at, post),
    };
}

/// What is told, by name, in an order of its own.
type Fields = Vec<(&'static str, String)>;

struct Object<'a>(&'a [(&'static str, String)]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            object.serialize_entry(name, value)?;
        }
        object.end()
    }
}

/// Appends fields to the query of an address, whose own stay.
fn with_query(url: &str, fields: &[(impl AsRef<str>, String)]) -> String {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_ref(), value.as_str())).collect();
    if fields.is_empty() {
        return url.to_owned();
    }
    let between = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    // Texts have a form.
    let fields = serde_urlencoded::to_string(fields).unwrap_or_default();
    format!("{url}{between}{fields}")
}

fn content_type(media_type: &str) -> (String, String) {
    ("Content-Type".to_owned(), media_type.to_owned())
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Makes the id of a delivery: its own, for a receiver is told of a call once, and the same in every
/// attempt. A copy of an account has others.
fn msgid(row: &Row<'_>, salt: &str, url: &str) -> String {
    let text = format!("{} {salt} {url}", row.id());
    let [first, second] = [1, 2].map(|half| stable_hash(half, text.as_bytes()));
    format!("{first:016x}{second:016x}")
}

/// Makes the webhook that tells a subscriber of a finished call. vendors/voip24h-v3.md, 7.1
pub(crate) fn call_log(
    settings: &Settings,
    subscription: &Subscription,
    row: &Row<'_>,
    salt: &str,
) -> (DeliveryMethod, Post) {
    let Subscription { url, method, auth, base, .. } = subscription;
    let mut fields: Fields = vec![("msgid", msgid(row, salt, url)), ("id", row.id())];
    fields.extend(row.fields(base));
    let mut headers = Vec::new();
    let mut address = url.clone();
    match settings.call_log_auth {
        _ if auth.is_empty() => {}
        CallLogAuth::Header => {
            headers.push(("Authorization".to_owned(), format!("Bearer {auth}")));
        }
        CallLogAuth::Query => address = with_query(&address, &[("auth", auth.clone())]),
        CallLogAuth::None => {}
    }
    let body = match (method, settings.call_log_post) {
        (DeliveryMethod::Get, _) => {
            address = with_query(&address, &fields);
            String::new()
        }
        (DeliveryMethod::Post, CallLogPost::Json) => {
            headers.push(content_type(JSON));
            serde_json::to_string(&Object(&fields)).unwrap_or_default()
        }
        (DeliveryMethod::Post, CallLogPost::Form) => {
            headers.push(content_type(FORM));
            serde_urlencoded::to_string(&fields).unwrap_or_default()
        }
    };
    let call = row.cdr().id;
    // In order for each subscription and call.
    let lane = lane(call, url);
    let event = "call-log".to_owned();
    (*method, Post { lane, call: Some(call), event, url: Some(address), headers, body })
}

fn lane(call: CallId, receiver: &str) -> u64 {
    stable_hash(0, receiver.as_bytes()) ^ call.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The states that are pushed, in the order in which a channel has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum PushState {
    Ring,
    Up,
    Hangup,
    Cdr,
}

impl PushState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ring => "Ring",
            Self::Up => "Up",
            Self::Hangup => "Hangup",
            Self::Cdr => "Cdr",
        }
    }
}

/// A state of a channel, or the record of its call.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Pushed {
    pub(crate) uniqueid: String,
    pub(crate) linkedid: String,
    pub(crate) callid: String,
    pub(crate) channel: String,
    pub(crate) extend: String,
    pub(crate) state: PushState,
    pub(crate) phone: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cdr: Option<PushedCdr>,
}

/// The record of a call as it is pushed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PushedCdr {
    source: String,
    destination: String,
    starttime: String,
    answertime: String,
    endtime: String,
    duration: String,
    billsec: String,
    disposition: &'static str,
}

impl PushedCdr {
    pub(crate) fn of(row: &Row<'_>, disposition: PushDisposition) -> Self {
        let source = if row.kind() == Kind::Outbound { row.did() } else { row.caller() };
        Self {
            source: source.to_owned(),
            destination: row.callee().to_owned(),
            starttime: row.call_date(),
            answertime: row.answered_date(),
            endtime: row.end_date(),
            duration: row.duration().to_string(),
            billsec: row.billsec().to_string(),
            disposition: match disposition {
                PushDisposition::Raw => row.raw_status(),
                PushDisposition::Computed => row.status().as_str(),
            },
        }
    }
}

impl Pushed {
    /// Returns it as a query has it, a record's fields in brackets.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("uniqueid", self.uniqueid.clone()),
            ("linkedid", self.linkedid.clone()),
            ("callid", self.callid.clone()),
            ("channel", self.channel.clone()),
            ("extend", self.extend.clone()),
            ("state", self.state.as_str().to_owned()),
            ("phone", self.phone.clone()),
            ("type", self.kind.as_str().to_owned()),
        ];
        let Some(cdr) = &self.cdr else { return fields };
        fields.extend([
            ("cdr[source]", cdr.source.clone()),
            ("cdr[destination]", cdr.destination.clone()),
            ("cdr[starttime]", cdr.starttime.clone()),
            ("cdr[answertime]", cdr.answertime.clone()),
            ("cdr[endtime]", cdr.endtime.clone()),
            ("cdr[duration]", cdr.duration.clone()),
            ("cdr[billsec]", cdr.billsec.clone()),
            ("cdr[disposition]", cdr.disposition.to_owned()),
        ]);
        fields
    }
}

/// Makes the webhook that pushes a state. vendors/voip24h-v3.md, 7.2
pub(crate) fn push(
    settings: &Settings,
    target: &str,
    call: CallId,
    pushed: &Pushed,
) -> (DeliveryMethod, Post) {
    let (event, call) = (pushed.state.as_str().to_owned(), Some(call));
    let lane = call.map_or(0, |call| call.0);
    match settings.push_method {
        PushMethod::Post => {
            let (headers, url) = (vec![content_type(JSON)], None);
            let body = serde_json::to_string(pushed).unwrap_or_default();
            (DeliveryMethod::Post, Post { lane, call, event, url, headers, body })
        }
        PushMethod::Get => {
            let url = Some(with_query(target, &pushed.fields()));
            let (headers, body) = (Vec::new(), String::new());
            (DeliveryMethod::Get, Post { lane, call, event, url, headers, body })
        }
    }
}
