//! One request with its answer.

use std::any::Any;
use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::{Method, StatusCode, uri::Authority};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use percent_encoding::percent_decode_str;
use ringback_exchange::CallId;
use serde_json::{Map, Value, json};

use super::packed::{Head, Kept, Packed};
use crate::{
    bench::{Note, Refusal},
    fault::Fault,
    request_log::mask::{MASKED, Mask},
    stubs::{Asked, play::StubNote},
};

/// One request with its answer, as the journal keeps it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) number: u64,
    pub(super) operation: Option<&'static str>,
    pub(super) method: Method,
    /// Path and query as they came, headers and bodies.
    pub(super) packed: Packed,
    /// How long the bodies were.
    pub(super) length: usize,
    pub(super) answer_length: usize,
    pub(super) is_streamed: bool,
    pub(super) is_secure: bool,
    pub(super) params: Vec<(String, String)>,
    pub(super) status: u16,
    pub(super) took: Duration,
    pub(super) refusal: Option<Refusal>,
    pub(super) call: Option<CallId>,
    pub(super) commands: Vec<u64>,
    /// The cursor of what had happened before it came.
    pub(super) after: u64,
    pub(super) peer: Option<IpAddr>,
    /// The mapping that had to do with it, and how long the answer waits because of mappings.
    pub(super) stub: Option<Box<StubNote>>,
    pub(super) delay: Duration,
    pub(super) secrets: &'static [&'static str],
    /// Finds in an answer why it refuses.
    pub(super) explain: fn(&Value) -> Option<String>,
}

impl Kept<'_> {
    /// Adds the body to what is shown: text as it is, anything else as base64.
    fn show(&self, mask: Option<&Mask>, into: &mut Map<String, Value>) {
        let text = std::str::from_utf8(self.bytes);
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
                BASE64_STANDARD.encode(self.bytes)
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

    /// Returns its number within its instance.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Returns the request as mappings look at it.
    pub(crate) fn asked(&self) -> Asked<'_> {
        let (method, body) = (self.method.as_str(), self.body());
        let headers = self.packed.headers().iter().collect();
        let mut asked = Asked::kept(method, self.packed.url(), headers, body.bytes);
        (asked.is_secure, asked.is_whole) = (self.is_secure, body.is_whole());
        (asked.operation, asked.params) = (self.operation, &self.params);
        asked
    }

    /// Returns the status, the headers and the body of the answer, as far as they are kept.
    pub(crate) fn answered(&self) -> (u16, Vec<(String, String)>, &[u8]) {
        let headers = self.packed.answer_headers().iter().collect();
        (self.status, headers, self.packed.answer())
    }

    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.operation
    }

    pub(crate) fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// Returns the mapping that had to do with it.
    pub(crate) fn stub(&self) -> Option<&StubNote> {
        self.stub.as_deref()
    }

    /// Returns how long its answer waits because of mappings.
    pub(crate) fn delay(&self) -> Duration {
        self.delay
    }

    pub(crate) fn mask(&self) -> Mask {
        Mask::new(self.secrets)
    }

    /// Returns the body of the request.
    pub(super) fn body(&self) -> Kept<'_> {
        Kept { bytes: self.packed.body(), length: self.length, is_streamed: false }
    }

    /// Returns the body of the answer.
    pub(super) fn answer(&self) -> Kept<'_> {
        let (bytes, length) = (self.packed.answer(), self.answer_length);
        Kept { bytes, length, is_streamed: self.is_streamed }
    }

    pub(super) fn shown_url(&self, mask: Option<&Mask>) -> String {
        let Some(mask) = mask else { return self.packed.url().to_owned() };
        let (path, query) = self
            .packed
            .url()
            .split_once('?')
            .map_or((self.packed.url(), None), |(p, q)| (p, Some(q)));
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

    /// Returns the host that its client named, if that may stand in an address.
    pub(super) fn authority(&self) -> Option<String> {
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        let host = self.packed.headers().get("host")?;
        let is_address = !host.is_empty() && host.bytes().all(is_fit);
        let authority = host.parse::<Authority>().ok().filter(|_| is_address)?;
        let is_whole = authority.port_u16().is_some() || authority.host().len() == host.len();
        (is_whole && !authority.host().is_empty()).then_some(host)
    }

    /// Returns where it was sent, as far as its client said.
    pub(super) fn whole_url(&self, mask: Option<&Mask>) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        let host = self.authority().unwrap_or_else(|| "localhost".to_owned());
        format!("{scheme}://{host}{}", self.shown_url(mask))
    }

    pub(super) fn shown_headers(
        &self,
        head: Head<'_>,
        mask: Option<&Mask>,
    ) -> Vec<(String, String)> {
        let shown = head.iter().map(|(name, value)| match mask {
            // A vendor's parameter of that name may be one; where a request went to is none.
            Some(mask) if mask.is_secret(&name) && name != "host" => (name, MASKED.to_owned()),
            Some(mask) if name == "referer" => (name, mask.text(&value)),
            _ => (name, value),
        });
        shown.collect()
    }

    pub(super) fn shown_body(&self, mask: Option<&Mask>) -> String {
        let text = String::from_utf8_lossy(self.packed.body());
        mask.map_or_else(|| text.clone().into_owned(), |mask| mask.text(&text))
    }

    /// Returns why it was refused: what the vendor noted, or else what the answer says.
    pub(crate) fn refused(&self) -> Option<Refusal> {
        if self.refusal.is_some() {
            return self.refusal.clone();
        }
        let answer = serde_json::from_slice::<Value>(self.packed.answer()).ok();
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
            let text = String::from_utf8_lossy(self.packed.answer());
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
            ("headers".to_owned(), pairs(self.shown_headers(self.packed.answer_headers(), mask))),
        ]);
        self.answer().show(mask, &mut answer);
        let mut shown = Map::from_iter([
            ("operation".to_owned(), json!(self.operation)),
            ("method".to_owned(), self.method.as_str().into()),
            ("url".to_owned(), self.shown_url(mask).into()),
            ("headers".to_owned(), pairs(self.shown_headers(self.packed.headers(), mask))),
            ("response".to_owned(), Value::Object(answer)),
            ("took_ms".to_owned(), json!(milliseconds(self.took))),
        ]);
        self.body().show(mask, &mut shown);
        if let Some(Refusal { step, field, detail, nearest }) = self.refused() {
            let refused =
                json!({ "step": step, "field": field, "detail": detail, "nearest": nearest });
            shown.insert("refused".to_owned(), refused);
        }
        if let Some(StubNote { stub, is_passed, fault }) = self.stub() {
            shown.insert("mapping".to_owned(), stub.id.as_str().into());
            shown.insert("passthrough".to_owned(), (*is_passed).into());
            if let Some(fault) = fault {
                shown.insert("fault".to_owned(), fault.word().into());
            }
        }
        if !self.delay.is_zero() {
            shown.insert("delay_ms".to_owned(), json!(milliseconds(self.delay)));
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
        size_of::<Self>() + self.packed.len() + 8 * self.commands.len() + params.sum::<usize>()
    }

    fn quick(&self, name: &str) -> Option<Value> {
        match name {
            "operation" => Some(json!(self.operation)),
            "method" => Some(self.method.as_str().into()),
            "status" => Some(self.status.into()),
            "mapping" => Some(json!(self.stub().map(|note| note.stub.id.as_str()))),
            "fault" => Some(json!(self.stub().and_then(|note| note.fault).map(Fault::word))),
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
