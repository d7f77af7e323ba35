//! `fixtures/tel4vn/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_tel4vn::{App, CallStatus, NoAnswer, Tel4vn};
use ringback_testkit::openapi::{Document, Hints};
use serde_json::json;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// The words of calls and of their records, which the two generations of the API tell in different ones.
const WORDS: &[(&str, &[&str])] = &[
    ("call:data[].direction", DIRECTION),
    ("call:data[].state", STATE),
    ("cdr:data[].status", STATUS),
    ("monitor-agent:data[].call_state", CALL_STATE),
    ("monitor-agent:data[].direction", NO_CALL),
    ("cdr-v3:data[].app", APP),
    ("cdr-v3:data[].direction", DIRECTION),
    ("cdr-v3:data[].sip_hangup_disposition", DISPOSITION),
    ("cdr-v3:data[].status", &CallStatus::WORDS),
    ("monitor:data[].call_state", CALL_STATE),
    ("monitor:data[].direction", NO_CALL),
    ("monitor-queue:data[].status", &["Answered", "Trying", "Abandoned"]),
];
const DIRECTION: &[&str] = &["inbound", "outbound", "local"];
/// Of an extension without a call nothing is said.
const NO_CALL: &[&str] = &["", "inbound", "outbound", "local"];
const CALL_STATE: &[&str] = &["", "RINGING", "ONCALL"];
const STATE: &[&str] =
    &["CS_ROUTING", "CS_CONSUME_MEDIA", "CS_EXCHANGE_MEDIA", "CS_EXECUTE", "CS_PARK"];
const STATUS: &[&str] = &[
    "ANSWERED",
    "BUSY",
    NoAnswer::Documented.as_str(),
    NoAnswer::Answered.as_str(),
    "FAILED",
    "UNKNOWN",
];
const APP: &[&str] = &[
    App::Dial.as_str(),
    App::ClickToCall.as_str(),
    App::Autocall.as_str(),
    App::Autodialer.as_str(),
];
const DISPOSITION: &[&str] =
    &["recv_bye", "send_bye", "recv_cancel", "send_refuse", "recv_refuse", "send_cancel"];

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints {
        optional: &["content"],
        also: &[("users", "array")],
        words: WORDS,
        ..Hints::default()
    };
    let security = json!({ "token": { "type": "http", "scheme": "bearer" } });
    Document { security, open: &[], refusals: &[400, 401, 403], hints, but: &["refusal_status"] }
        .check::<Tel4vn>(Path::new(FIXTURES))
        .await;
}
