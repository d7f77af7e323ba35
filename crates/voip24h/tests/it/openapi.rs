//! `fixtures/voip24h/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_testkit::openapi::{Document, Hints};
use ringback_voip24h::Voip24h;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints::default();
    let security = serde_json::Value::Null;
    Document { security, open: &[], refusals: &[400], hints, but: &[] }
        .check::<Voip24h>(Path::new(FIXTURES))
        .await;
}
