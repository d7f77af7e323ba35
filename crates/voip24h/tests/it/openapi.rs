//! `fixtures/voip24h/openapi.json`: made anew, and held against every golden case.

use std::path::Path;

use ringback_testkit::openapi::{Document, Hints};
use ringback_voip24h::{CallType, Kind, Status, Voip24h};
use serde_json::json;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// What needs no token: the secret or the key stands in the request, or in the link.
const OPEN: &[&str] = &[
    "partner",
    "partner-preflight",
    "recording-download",
    "recording-download-preflight",
    "recording-listen",
    "recording-listen-preflight",
    "v3-authentication",
    "v3-preflight",
    "dial",
    "dial-history",
    "dial-search",
    "dial-searching",
    "dial-preflight",
    "fdownload-recording",
    "fdownload-ogg",
    "fdownload-play",
    "fdownload-eplay",
    "fdownload-file",
    "fdownload-preflight",
    "token",
    "old-preflight",
];

/// The words of calls: Asterisk's for partners, the vendor's own elsewhere.
const WORDS: &[(&str, &[&str])] = &[
    ("partner:callStatus", &["ANSWERED", "BUSY", "NO ANSWER", "FAILED"]),
    ("partner:callType", &CallType::WORDS),
    ("v3-call-history:data[].status", &Status::WORDS),
    ("v3-call-history:data[].type", &Kind::WORDS),
    ("v3-extension-list:data[].status", &["online", "busy", "offline"]),
    ("call-find:data.response.data[].status", &Status::WORDS),
    ("call-find:data.response.data[].type", &Kind::WORDS),
    ("dial-history:data[].status", &Status::WORDS),
    ("dial-history:data[].disposition", &Status::WORDS),
    ("dial-history:data[].type", &Kind::WORDS),
    ("dial:events[].type", &Kind::WORDS),
];

#[actix_web::test]
async fn the_document_says_what_is_answered() {
    let hints = Hints { words: WORDS, ..Hints::default() };
    let security =
        json!({ "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } });
    Document {
        security,
        open: OPEN,
        refusals: &[400, 401, 403, 404],
        hints,
        but: &["auth_dialect"],
    }
    .check::<Voip24h>(Path::new(FIXTURES))
    .await;
}
