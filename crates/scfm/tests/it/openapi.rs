//! `fixtures/scfm/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_scfm::{BatchKind, BatchStatus, CallStatus, CalloutStatus, Scfm};
use ringback_testkit::openapi::{Document, Hints};
use serde_json::json;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// The words of the state machines; those of populations are the older ones of batch operations. What
/// a provider says of calls, in `remote_*`, is kept as it is and may be anything.
const WORDS: &[(&str, &[&str])] = &[
    ("list-callouts:[].status", CalloutStatus::WORDS),
    ("list-callouts-of-contact:[].status", CalloutStatus::WORDS),
    ("callout-statistics:callout_status", CalloutStatus::WORDS),
    ("list-batch-operations-of-callout:[].status", BatchStatus::WORDS),
    ("list-batch-operations-of-callout:[].type", BatchKind::WORDS),
    ("list-populations-of-callout:[].status", POPULATION),
    ("list-phone-calls:[].status", CallStatus::WORDS),
    ("list-phone-calls-of-contact:[].status", CallStatus::WORDS),
];

const POPULATION: &[&str] = &[
    BatchStatus::Preview.of_population(),
    BatchStatus::Queued.of_population(),
    BatchStatus::Running.of_population(),
    BatchStatus::Finished.of_population(),
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
        // Null in every case, and something else for clients that set it.
        also: &[
            ("call_flow_logic", "string"),
            ("remote_error_message", "string"),
            ("create_batch_operation_id", "integer"),
            ("queue_batch_operation_id", "integer"),
            ("queue_remote_fetch_batch_operation_id", "integer"),
        ],
        words: WORDS,
        ..Hints::default()
    };
    let security = json!({ "basic": { "type": "http", "scheme": "basic" } });
    Document { security, open: &[], refusals: &[400, 401, 406, 422], hints, but: &[] }
        .check::<Scfm>(Path::new(FIXTURES))
        .await;
}
