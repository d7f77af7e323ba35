//! What the provider posts about a call to those who asked for it: status callbacks and flows.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ringback_mock::webhook::{Policy, Post};
use sha1::Sha1;

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
    let mut sorted: Vec<&(String, String)> = params.iter().collect();
    sorted.sort();
    let mut text = url.to_owned();
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    // Any length of key will do, so this never fails.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// Makes the callback for a step of a call, if somebody wants to hear of that step.
///
/// A call's own `status_callback` hears of `status_callback_event`, of the end unless it says
/// otherwise. The instance's webhook hears of every step of the calls that have none.
pub(crate) fn status_callback(
    platform: &Platform,
    id: u32,
    call: &PhoneCall,
    word: &str,
    seconds: Option<u32>,
) -> Option<Post> {
    let url = Platform::request_param(call, "status_callback").filter(|url| !url.trim().is_empty());
    let step = match word {
        "initiated" | "ringing" => word,
        "in-progress" => "answered",
        _ => "completed",
    };
    if url.is_some() {
        let params = call.remote_request_params.object();
        let wanted: Vec<String> = match params.get("status_callback_event") {
            Some(Json::Array(names)) => names.iter().filter_map(Json::text).collect(),
            Some(names) => names.text().into_iter().collect(),
            None => vec!["completed".to_owned()],
        };
        if !wanted.iter().flat_map(|names| names.split([' ', ','])).any(|name| name == step) {
            return None;
        }
    } else {
        platform.outbox().target()?;
    }
    Some(post(platform, id, call, word, seconds, url))
}

/// Makes the request for a call's flow.
pub(crate) fn flow(platform: &Platform, id: u32, call: &PhoneCall) -> Option<Post> {
    let url = Platform::request_param(call, "url")?;
    Some(post(platform, id, call, "in-progress", None, Some(url)))
}

fn post(
    platform: &Platform,
    id: u32,
    call: &PhoneCall,
    word: &str,
    seconds: Option<u32>,
    url: Option<String>,
) -> Post {
    let params = crate::render::provider_params(platform, call, word, seconds);
    let body: Vec<String> = params
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, KEPT)))
        .collect();
    let mut headers = vec![(
        "Content-Type".to_owned(),
        "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
    )];
    let to = url.as_deref().or(platform.outbox().target());
    if let (Some(token), Some(to)) = (&platform.settings().twilio_request_auth_token, to) {
        headers.push(("X-Twilio-Signature".to_owned(), signature(token, to, &params)));
    }
    Post { lane: id.into(), event: word.to_owned(), url, headers, body: body.join("&") }
}

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
