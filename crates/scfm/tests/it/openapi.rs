//! `fixtures/scfm/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_scfm::Scfm;
use ringback_testkit::openapi::{Document, Hints};
use serde_json::json;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

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
        ..Hints::default()
    };
    let security = json!({ "basic": { "type": "http", "scheme": "basic" } });
    Document { security, open: &[], refusals: &[400, 401, 406, 422], hints, but: &[] }
        .check::<Scfm>(Path::new(FIXTURES))
        .await;
}
