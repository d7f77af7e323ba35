//! `fixtures/mango/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_mango::Mango;
use ringback_testkit::openapi::{Document, Hints};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// The words of answers, each the same wherever its field stands.
const WORDS: &[(&str, &[&str])] = &[
    ("active", &["black", "white"]),
    ("numbers[].number_type", &["tel", "sip"]),
    ("numbers[].protocol", &["tel", "sip", "fmc", "skype"]),
    ("numbers[].status", &["on", "off"]),
    ("deals[].status", &["in_work", "succeed", "failed", "delete"]),
    ("deals[].status_change_reason", REASON),
    ("context_calls[].call_type", CALL_TYPE),
    ("members[].call_type", CALL_TYPE),
    ("stats-calls-result:status", RESULT),
];
const REASON: &[&str] =
    &["too_expensive", "bad_condition", "competitor", "missing_demand", "alternative"];
const CALL_TYPE: &[&str] = &["number", "user", "group", "conference"];
const RESULT: &[&str] = &["request", "work", "complete", "cancel", "error", "not-found"];

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints {
        maps: &["fields"],
        optional: &["cursor", "data", "sales_funnels"],
        words: WORDS,
        ..Hints::default()
    };
    let security = serde_json::Value::Null;
    Document { security, open: &[], refusals: &[401], hints, but: &["error_style"] }
        .check::<Mango>(Path::new(FIXTURES))
        .await;
}
