//! `fixtures/mango/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_mango::Mango;
use ringback_testkit::openapi::{Document, Hints};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints {
        maps: &["fields"],
        optional: &["cursor", "data", "sales_funnels"],
        ..Hints::default()
    };
    let security = serde_json::Value::Null;
    Document { security, open: &[], refusals: &[401], hints, but: &["error_style"] }
        .check::<Mango>(Path::new(FIXTURES))
        .await;
}
