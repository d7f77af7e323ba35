//! The journal as an HTTP archive: HAR 1.2, for browsers' tools and proxies.

use actix_web::http::StatusCode;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use ringback_engine::OffsetDateTime;
use serde_json::{Map, Value, json};

use super::{Entry, entry::milliseconds, packed::Kept};
use crate::{request_log::mask::Mask, view::moment};

/// Returns entries, each with the computer's time at which it came, as an archive.
pub(crate) fn har<'a>(
    entries: impl Iterator<Item = (OffsetDateTime, &'a Entry)>,
    secrets: bool,
) -> Value {
    let entries: Vec<Value> = entries.map(|(at, entry)| one(at, entry, secrets)).collect();
    json!({ "log": {
        "version": "1.2",
        "creator": { "name": "Ringback", "version": env!("CARGO_PKG_VERSION") },
        "entries": entries,
    } })
}

fn named(pairs: impl Iterator<Item = (String, String)>) -> Value {
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn one(at: OffsetDateTime, entry: &Entry, secrets: bool) -> Value {
    let mask = entry.mask();
    let mask = (!secrets).then_some(&mask);
    let took = milliseconds(entry.took);
    let url = entry.whole_url(mask);
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let mut request = Map::from_iter([
        ("method".to_owned(), json!(entry.method.as_str())),
        ("url".to_owned(), json!(url)),
        ("httpVersion".to_owned(), json!("HTTP/1.1")),
        ("cookies".to_owned(), json!([])),
        (
            "headers".to_owned(),
            named(entry.shown_headers(entry.packed.headers(), mask).into_iter()),
        ),
        ("queryString".to_owned(), named(query.into_iter())),
        ("headersSize".to_owned(), json!(-1)),
        ("bodySize".to_owned(), json!(entry.body().length)),
    ]);
    if entry.body().length > 0 {
        let kind = entry.packed.headers().get("content-type").unwrap_or_default();
        let mut data = text(entry.body(), mask);
        data.insert("mimeType".to_owned(), kind.into());
        data.insert("params".to_owned(), json!([]));
        request.insert("postData".to_owned(), Value::Object(data));
    }
    let kind = entry.packed.answer_headers().get("content-type").unwrap_or_default();
    let mut content = text(entry.answer(), mask);
    content.insert("mimeType".to_owned(), kind.into());
    content.insert("size".to_owned(), entry.answer().length.into());
    let reason = StatusCode::from_u16(entry.status).ok().and_then(|it| it.canonical_reason());
    let response = json!({
        "status": entry.status,
        "statusText": reason.unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": named(entry.shown_headers(entry.packed.answer_headers(), mask).into_iter()),
        "content": content,
        "redirectURL": entry.packed.answer_headers().get("location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": if entry.answer().is_streamed { json!(-1) } else { json!(entry.answer().length) },
    });
    json!({
        "startedDateTime": moment(at),
        "time": took,
        "request": request,
        "response": response,
        "cache": {},
        "timings": { "send": 0, "wait": took, "receive": 0 },
    })
}

/// Returns a body's text; what is no text is in base64, and says so.
fn text(body: Kept<'_>, mask: Option<&Mask>) -> Map<String, Value> {
    let mut shown = Map::new();
    match std::str::from_utf8(body.bytes) {
        Ok(text) => {
            let text = mask.map_or_else(|| text.to_owned(), |mask| mask.text(text));
            shown.insert("text".to_owned(), text.into());
        }
        Err(_) => {
            shown.insert("text".to_owned(), BASE64_STANDARD.encode(body.bytes).into());
            shown.insert("encoding".to_owned(), "base64".into());
        }
    }
    if body.is_streamed {
        shown.insert("comment".to_owned(), "streamed: only its head is kept".into());
    } else if !body.is_whole() {
        shown.insert("comment".to_owned(), "its beginning".into());
    }
    shown
}
