//! What the provider posts about a call to those who asked for it: status callbacks and flows.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ringback_engine::OffsetDateTime;
use ringback_exchange::CallId;
use ringback_mock::{
    Outbox,
    webhook::{DeliveryId, Mistake, Policy, Post, SentWebhook, Signature, whole},
};
use sha1::Sha1;
use time::{UtcOffset, format_description::well_known::Rfc2822};

use super::wire;
use crate::{
    json::Json,
    machine::{PhoneCall, Platform},
};

/// One attempt; the provider gives a receiver 15 s.
pub(crate) fn policy() -> Policy {
    Policy { timeout_seconds: 15, retries: Vec::new() }
}

/// Signs a request as Twilio does: its address, then every parameter in the order of the names.
pub(crate) fn signature(token: &str, url: &str, params: &[(String, String)]) -> String {
    let mut sorted = params.to_vec();
    sorted.sort();
    sign(token, &text(url, &sorted))
}

/// Returns what is signed: an address, then names and values in the order given.
fn text(url: &str, params: &[(String, String)]) -> String {
    let params = params.iter().flat_map(|(name, value)| [name.as_str(), value]);
    [url].into_iter().chain(params).collect()
}

fn sign(token: &str, text: &str) -> String {
    // Any length of key will do, so this never fails.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// A request of the provider to its customer.
pub(crate) struct Request {
    post: Post,
    is_get: bool,
}

impl Request {
    /// Puts it into the outbox.
    pub(crate) fn send(self, outbox: &mut Outbox, now: OffsetDateTime) {
        // Without an address it is dropped: nobody asked for it.
        let _ = if self.is_get { outbox.get(now, self.post) } else { outbox.post(now, self.post) };
    }
}

/// Returns whether a step of a call is told: to the call's own `status_callback`, by its
/// `status_callback_event` (the end unless it says otherwise), or every step to the instance's webhook
/// if the call has none.
pub(crate) fn is_told(platform: &Platform, call: &PhoneCall, word: &str) -> bool {
    if own_callback(call).is_none() {
        return platform.outbox().target().is_some();
    }
    let step = match word {
        "initiated" | "ringing" => word,
        "in-progress" => "answered",
        _ => "completed",
    };
    let params = call.remote_request_params.object();
    let wanted: Vec<String> = match params.get("status_callback_event") {
        Some(Json::Array(names)) => names.iter().filter_map(Json::text).collect(),
        Some(names) => names.text().into_iter().collect(),
        None => vec!["completed".to_owned()],
    };
    wanted.iter().flat_map(|names| names.split([' ', ','])).any(|name| name == step)
}

fn own_callback(call: &PhoneCall) -> Option<String> {
    let url = Platform::request_param(call, "status_callback");
    url.filter(|url| !url.trim().is_empty()).map(whole)
}

/// Makes the callback for a step of a call that is told.
pub(crate) fn status_callback(
    platform: &Platform,
    now: OffsetDateTime,
    id: u32,
    call: &PhoneCall,
    word: &str,
    seconds: Option<u32>,
) -> Request {
    let mut params = wire::provider_params(platform, call, word, seconds);
    let at = now.to_offset(UtcOffset::UTC).format(&Rfc2822).unwrap_or_default();
    let more = [
        ("SequenceNumber", call.callbacks.to_string()),
        ("Timestamp", at),
        ("CallbackSource", "call-progress-events".to_owned()),
    ];
    params.extend(more.map(|(name, value)| (name.to_owned(), value)));
    let url = own_callback(call);
    // The instance's webhook is always posted to.
    let is_get = url.is_some() && is_get(call, "status_callback_method");
    request(platform, id, word, &params, url, is_get)
}

/// Makes the request for a call's flow.
pub(crate) fn flow(platform: &Platform, id: u32, call: &PhoneCall) -> Option<Request> {
    let url = Platform::request_param(call, "url").filter(|url| !url.trim().is_empty())?;
    let url = whole(url);
    let params = wire::provider_params(platform, call, "in-progress", None);
    Some(request(platform, id, "in-progress", &params, Some(url), is_get(call, "method")))
}

fn is_get(call: &PhoneCall, name: &str) -> bool {
    let method = Platform::request_param(call, name);
    method.is_some_and(|method| method.trim().eq_ignore_ascii_case("GET"))
}

/// The header of a signature.
const SIGNATURE: &str = "X-Twilio-Signature";

fn request(
    platform: &Platform,
    id: u32,
    word: &str,
    params: &[(String, String)],
    url: Option<String>,
    is_get: bool,
) -> Request {
    let call = platform.exchange_call_of(id);
    signed(platform, call, id.into(), word, params, url, is_get)
}

fn signed(
    platform: &Platform,
    call: Option<CallId>,
    lane: u64,
    word: &str,
    params: &[(String, String)],
    url: Option<String>,
    is_get: bool,
) -> Request {
    let form: Vec<String> = params
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, KEPT)))
        .collect();
    let form = form.join("&");
    // What receivers of the provider it is compatible with see.
    let mut headers = vec![("User-Agent".to_owned(), "TwilioProxy/1.1".to_owned())];
    let (url, body, signed) = if is_get {
        // What a GET tells stands in its address, which is signed as it is.
        (url.map(|url| with_query(&url, &form)), String::new(), &[][..])
    } else {
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        headers.push(("Content-Type".to_owned(), kind.to_owned()));
        (url, form, params)
    };
    let to = url.as_deref().or(platform.outbox().target());
    if let (Some(token), Some(to)) = (&platform.settings().twilio_request_auth_token, to) {
        headers.push((SIGNATURE.to_owned(), signature(token, to, signed)));
    }
    let post = Post { lane, call, event: word.to_owned(), url, headers, body };
    Request { post, is_get }
}

/// Posts a callback that tells of no call.
pub(crate) fn test(platform: &mut Platform, now: OffsetDateTime) -> Option<DeliveryId> {
    let at = now.to_offset(UtcOffset::UTC).format(&Rfc2822).unwrap_or_default();
    let params = [("CallStatus", "test".to_owned()), ("Timestamp", at)];
    let params = params.map(|(name, value)| (name.to_owned(), value));
    let lane = platform.outbox.own_lane();
    let Request { post, .. } = signed(platform, None, lane, "test", &params, None, false);
    platform.outbox.post(now, post)
}

/// Says how a callback is signed; not at all without a token.
pub(crate) fn signature_of(platform: &Platform, webhook: &SentWebhook<'_>) -> Option<Signature> {
    let token = platform.settings().twilio_request_auth_token.as_deref()?;
    let given = webhook.header(SIGNATURE).map(str::to_owned);
    let form: Vec<(String, String)> = match webhook.method {
        "GET" => Vec::new(),
        _ => serde_urlencoded::from_bytes(webhook.body).unwrap_or_default(),
    };
    let mut sorted = form.clone();
    sorted.sort();
    let (signed_string, expected) =
        (text(webhook.url, &sorted), signature(token, webhook.url, &form));
    let (path, _) = webhook.url.split_once('?').unwrap_or((webhook.url, ""));
    let secure = webhook.url.replacen("http://", "https://", 1);
    let mistakes = [
        ("the parameters are not in the order of their names", text(webhook.url, &form)),
        ("the parameters are missing", text(webhook.url, &[])),
        ("the query of the address is missing", text(path, &sorted)),
        ("the address was signed with https", text(&secure, &sorted)),
        ("the address is missing", text("", &sorted)),
    ];
    let mistakes = mistakes.into_iter().filter(|(_, signed)| *signed != signed_string);
    Some(Signature {
        scheme: "base64(hmac-sha1(token, url + sorted names and values))",
        is_valid: given.as_deref() == Some(expected.as_str()),
        given,
        mistakes: mistakes
            .map(|(what, signed_string)| {
                let signature = sign(token, &signed_string);
                Mistake { what, signed_string, signature }
            })
            .collect(),
        signed_string,
        expected,
    })
}

/// Adds parameters to the query string of an address.
fn with_query(url: &str, params: &str) -> String {
    let (address, fragment) = url.split_once('#').unwrap_or((url, ""));
    let mark = match address.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    let hash = if fragment.is_empty() { "" } else { "#" };
    format!("{address}{mark}{params}{hash}{fragment}")
}

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
