//! `fixtures/scfm/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_scfm::Scfm;
use ringback_testkit::openapi::{Document, Hints};
use serde_json::json;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// The words of the state machines, by the operation whose answers name the resource.
const WORDS: &[(&str, &[&str])] = &[
    ("list-callouts:[].status", CALLOUT),
    ("list-callouts-of-contact:[].status", CALLOUT),
    ("list-batch-operations-of-callout:[].status", &["preview", "queued", "running", "finished"]),
    ("list-batch-operations-of-callout:[].type", BATCH),
    ("list-populations-of-callout:[].status", &["preview", "queued", "populating", "populated"]),
    ("list-phone-calls:[].status", PHONE_CALL),
    ("list-phone-calls-of-contact:[].status", PHONE_CALL),
];
const CALLOUT: &[&str] = &["initialized", "running", "paused", "stopped"];
const BATCH: &[&str] = &[
    "BatchOperation::CalloutPopulation",
    "BatchOperation::PhoneCallCreate",
    "BatchOperation::PhoneCallQueue",
    "BatchOperation::PhoneCallQueueRemoteFetch",
];
const PHONE_CALL: &[&str] = &[
    "created",
    "queued",
    "remotely_queued",
    "errored",
    "remote_fetch_queued",
    "in_progress",
    "busy",
    "failed",
    "not_answered",
    "canceled",
    "completed",
];

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints {
        free: &["metadata", "details", "call_flow_data", "parameters", "settings"],
        optional: &[
            "callout_participation_id",
            "contact_id",
            "callout_id",
            "callout_population_id",
        ],
        words: WORDS,
        ..Hints::default()
    };
    let security = json!({ "basic": { "type": "http", "scheme": "basic" } });
    Document { security, open: &[], refusals: &[400, 401, 406, 422], hints, but: &[] }
        .check::<Scfm>(Path::new(FIXTURES))
        .await;
}
