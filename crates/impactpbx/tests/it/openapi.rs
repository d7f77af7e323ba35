//! `fixtures/impactpbx/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::openapi::{Document, Hints};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints {
        free: &["payload"],
        words: &[("data[].direction", &["inbound", "outbound"])],
        ..Hints::default()
    };
    let security = serde_json::Value::Null;
    Document { security, open: &[], refusals: &[], hints, but: &["generation"] }
        .check::<ImpactPbx>(Path::new(FIXTURES))
        .await;
}
