//! `fixtures/tel4vn/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_tel4vn::Tel4vn;
use ringback_testkit::openapi::{Document, Hints};
use serde_json::json;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints { optional: &["content"], also: &[("users", "array")], ..Hints::default() };
    let security = json!({ "token": { "type": "http", "scheme": "bearer" } });
    Document { security, open: &[], refusals: &[400, 401, 403], hints, but: &["refusal_status"] }
        .check::<Tel4vn>(Path::new(FIXTURES))
        .await;
}
