//! One request with its answer.

use std::any::Any;
use std::time::Duration;

use actix_web::http::{Method, StatusCode, header::HeaderMap};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use ringback_exchange::CallId;
use serde_json::{Map, Value, json};

use super::KEPT;
use crate::{
    bench::{Note, Refusal},
    request_log::mask::{MASKED, Mask},
};

/// One request with its answer, as the journal keeps it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) number: u64,
    pub(super) operation: Option<&'static str>,
    pub(super) method: Method,
    /// Path and query, as they came.
    pub(super) url: Box<str>,
    pub(super) is_secure: bool,
    pub(super) params: Vec<(String, String)>,
    pub(super) headers: Head,
    pub(super) body: Body,
    pub(super) status: u16,
    pub(super) answer_headers: Head,
    pub(super) answer: Body,
    pub(super) took: Duration,
    pub(super) refusal: Option<Refusal>,
    pub(super) call: Option<CallId>,
    pub(super) commands: Vec<u64>,
    /// The cursor of what had happened before it came.
    pub(super) after: u64,
    pub(super) secrets: &'static [&'static str],
    /// Finds in an answer why it refuses.
    pub(super) explain: fn(&Value) -> Option<String>,
}

/// Headers, in one piece of memory: `name: value` and an end of line, which neither holds.
#[derive(Debug)]
pub(crate) struct Head(Box<[u8]>);

impl Head {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut lines = Vec::with_capacity(48 * headers.len());
        for (name, value) in headers {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value.as_bytes());
            lines.push(b'\n');
        }
        Self(lines.into())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (String, String)> {
        let lines = self.0.split(|byte| *byte == b'\n');
        lines.filter_map(|line| {
            let line = String::from_utf8_lossy(line);
            line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()))
        })
    }

    /// Returns a header by its name in small letters.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// A body, or its beginning.
#[derive(Debug)]
pub(crate) struct Body {
    pub(super) bytes: Bytes,
    pub(super) length: usize,
    pub(super) is_streamed: bool,
}

impl Body {
    /// Keeps a body; `copies` where its bytes are part of something larger, such as what a connection
    /// has read.
    pub(super) fn of(bytes: Bytes, copies: bool) -> Self {
        let length = bytes.len();
        let bytes = match bytes.get(..KEPT).filter(|_| length > KEPT) {
            Some(head) => Bytes::copy_from_slice(head),
            None if copies => Bytes::copy_from_slice(&bytes),
            None => bytes,
        };
        Self { bytes, length, is_streamed: false }
    }

    pub(super) fn streamed() -> Self {
        Self { bytes: Bytes::new(), length: 0, is_streamed: true }
    }

    pub(super) fn is_whole(&self) -> bool {
        !self.is_streamed && self.bytes.len() == self.length
    }

    /// Adds the body to what is shown: text as it is, anything else as base64.
    fn show(&self, mask: Option<&Mask>, into: &mut Map<String, Value>) {
        let text = std::str::from_utf8(&self.bytes);
        let text = text.or_else(|error| match self.is_whole() {
            // What is cut off may end within a character.
            false if error.error_len().is_none() => {
                std::str::from_utf8(self.bytes.get(..error.valid_up_to()).unwrap_or_default())
            }
            _ => Err(error),
        });
        let body = match text {
            Ok(text) => mask.map_or_else(|| text.to_owned(), |mask| mask.text(text)),
            Err(_) => {
                into.insert("body_encoding".to_owned(), "base64".into());
                BASE64_STANDARD.encode(&self.bytes)
            }
        };
        into.insert("body".to_owned(), body.into());
        if self.is_streamed {
            into.insert("streamed".to_owned(), true.into());
        } else if !self.is_whole() {
            into.insert("body_length".to_owned(), self.length.into());
        }
    }
}

impl Entry {
    /// Returns the cursor of what had happened before it came.
    pub(crate) fn after(&self) -> u64 {
        self.after
    }

    pub(crate) fn mask(&self) -> Mask {
        Mask::new(self.secrets)
    }

    /// Returns the body of the request with its content type.
    pub(crate) fn body(&self) -> (&[u8], String) {
        (&self.body.bytes, self.headers.get("content-type").unwrap_or_default())
    }

    /// Returns the body of the answer with its content type.
    pub(crate) fn answer_body(&self) -> (&[u8], String) {
        (&self.answer.bytes, self.answer_headers.get("content-type").unwrap_or_default())
    }

    pub(super) fn shown_url(&self, mask: Option<&Mask>) -> String {
        let Some(mask) = mask else { return self.url.to_string() };
        let (path, query) =
            self.url.split_once('?').map_or((&*self.url, None), |(p, q)| (p, Some(q)));
        let mut path = path.to_owned();
        for (_, value) in self.params.iter().filter(|(name, _)| mask.is_secret(name)) {
            let segments = path.split('/').map(|segment| {
                let is_it = percent_decode_str(segment).decode_utf8_lossy() == value.as_str();
                if is_it { MASKED } else { segment }
            });
            path = segments.collect::<Vec<_>>().join("/");
        }
        match query {
            Some(query) => format!("{path}?{}", mask.text(query)),
            None => path,
        }
    }

    /// Returns where it was sent, as far as its client said.
    pub(super) fn whole_url(&self, mask: Option<&Mask>) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        let host = self.headers.get("host").unwrap_or_else(|| "localhost".to_owned());
        format!("{scheme}://{host}{}", self.shown_url(mask))
    }

    pub(super) fn shown_headers(&self, head: &Head, mask: Option<&Mask>) -> Vec<(String, String)> {
        let shown = head.iter().map(|(name, value)| match mask {
            Some(mask) if mask.is_secret(&name) => (name, MASKED.to_owned()),
            Some(mask) if name == "referer" => (name, mask.text(&value)),
            _ => (name, value),
        });
        shown.collect()
    }

    pub(super) fn shown_body(&self, mask: Option<&Mask>) -> String {
        let text = String::from_utf8_lossy(&self.body.bytes);
        mask.map_or_else(|| text.clone().into_owned(), |mask| mask.text(&text))
    }

    /// Returns why it was refused: what the vendor noted, or else what the answer says.
    pub(crate) fn refused(&self) -> Option<Refusal> {
        if self.refusal.is_some() {
            return self.refusal.clone();
        }
        let answer = serde_json::from_slice::<Value>(&self.answer.bytes).ok();
        let told = answer.as_ref().and_then(|answer| (self.explain)(answer));
        if self.status < 400 {
            return told.map(|told| Refusal::new("rule", told));
        }
        let step = match self.status {
            401 | 403 | 407 => "auth",
            404 | 405 | 414 => "routing",
            408 | 413 | 415 => "body",
            429 => "limit",
            400 | 422 => "parameters",
            500.. => "engine",
            _ => "rule",
        };
        let text = || {
            let text = String::from_utf8_lossy(&self.answer.bytes);
            let text: String = self.mask().text(&text).chars().take(200).collect();
            let reason =
                StatusCode::from_u16(self.status).ok().and_then(|it| it.canonical_reason());
            if text.is_empty() { reason.unwrap_or_default().to_owned() } else { text }
        };
        Some(Refusal::new(step, told.unwrap_or_else(text)))
    }
}

fn pairs(headers: Vec<(String, String)>) -> Value {
    headers.into_iter().map(|(name, value)| json!([name, value])).collect()
}

impl Note for Entry {
    fn show(&self, secrets: bool) -> Map<String, Value> {
        let mask = self.mask();
        let mask = (!secrets).then_some(&mask);
        let mut answer = Map::from_iter([
            ("status".to_owned(), self.status.into()),
            ("headers".to_owned(), pairs(self.shown_headers(&self.answer_headers, mask))),
        ]);
        self.answer.show(mask, &mut answer);
        let mut shown = Map::from_iter([
            ("operation".to_owned(), json!(self.operation)),
            ("method".to_owned(), self.method.as_str().into()),
            ("url".to_owned(), self.shown_url(mask).into()),
            ("headers".to_owned(), pairs(self.shown_headers(&self.headers, mask))),
            ("response".to_owned(), Value::Object(answer)),
            ("took_ms".to_owned(), json!(milliseconds(self.took))),
        ]);
        self.body.show(mask, &mut shown);
        if let Some(Refusal { step, field, detail, nearest }) = self.refused() {
            let refused =
                json!({ "step": step, "field": field, "detail": detail, "nearest": nearest });
            shown.insert("refused".to_owned(), refused);
        }
        if self.commands.len() > 1 {
            shown.insert("commands".to_owned(), json!(self.commands));
        }
        shown
    }

    fn id(&self) -> String {
        format!("r{}", self.number)
    }

    fn call(&self) -> Option<CallId> {
        self.call
    }

    fn size(&self) -> usize {
        let params = self.params.iter().map(|(name, value)| name.len() + value.len() + 48);
        size_of::<Self>()
            + self.url.len()
            + self.headers.0.len()
            + self.answer_headers.0.len()
            + self.body.bytes.len()
            + self.answer.bytes.len()
            + 8 * self.commands.len()
            + params.sum::<usize>()
    }

    fn quick(&self, name: &str) -> Option<Value> {
        match name {
            "operation" => Some(json!(self.operation)),
            "method" => Some(self.method.as_str().into()),
            "status" => Some(self.status.into()),
            _ => None,
        }
    }

    fn took(&self) -> Duration {
        self.took
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Returns a length as milliseconds with three digits.
pub(super) fn milliseconds(length: Duration) -> f64 {
    (length.as_secs_f64() * 1e6).round() / 1e3
}
