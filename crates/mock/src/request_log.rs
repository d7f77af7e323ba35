//! A line in the log for each request of a vendor: what it was, what it was about, what became of it.
//!
//! Nothing is done for it unless the process's logger takes records of [`TARGET`]: lines at the level
//! of information, bodies too where it takes those for debugging.

mod about;
pub(crate) mod mask;

use std::borrow::Cow;

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody as _},
    dev::ServiceResponse,
    http::header,
};
use bytes::Bytes;
use log::{
    Level,
    kv::{ToValue as _, Value},
};
use percent_encoding::percent_decode_str;

use crate::{HttpRefusal, Instance, Received, Vendor};
use mask::Mask;

/// What records of requests are called.
pub const TARGET: &str = "ringback::requests";

/// So many bytes of a body are looked at, and answers longer than that are not.
const LOOKED_AT: usize = 16_384;

/// So many characters of a body are logged, and so many of the reason of a refusal.
const SHOWN: usize = 2_048;
const REASON: usize = 200;

/// How much is logged of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Line,
    Bodies,
}

impl Detail {
    /// Returns what the logger takes at present.
    pub(crate) fn wanted() -> Option<Self> {
        if !log::log_enabled!(target: TARGET, Level::Info) {
            return None;
        }
        let bodies = log::log_enabled!(target: TARGET, Level::Debug);
        Some(if bodies { Self::Bodies } else { Self::Line })
    }
}

/// Logs a request with its answer, which comes back as it was. A streamed answer is logged by its
/// head.
pub(crate) fn note<V: Vendor>(
    instance: &Instance<V>,
    detail: Detail,
    refusal: Option<&HttpRefusal>,
    response: ServiceResponse,
) -> ServiceResponse {
    let Some(received) = Received::of(response.request()) else { return response };
    let milliseconds = received.begun().elapsed().as_secs_f64() * 1e3;
    let (request, response) = response.into_parts();
    let status = response.status().as_u16();
    let (response, answer) = readable(response);
    let mask = Mask::new(V::SECRETS);
    let content = |kind: &header::HeaderMap| {
        let kind = kind.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        kind.unwrap_or_default().to_ascii_lowercase()
    };

    let asked = received.body().cloned().unwrap_or_default();
    let answered = answer.as_deref().and_then(json);
    let mut about = about::of_request(&received, request.query_string(), &asked);
    about.extend(answered.as_ref().and_then(about::call));
    let about: Vec<String> = about
        .into_iter()
        .filter(|(name, _)| !mask.is_secret(name))
        .map(|(name, value)| format!("{name}={}", one_line(&mask.text(&value), 80)))
        .collect();
    let why = refusal.or(received.body().err().as_ref()).map(|refusal| refusal.to_string());
    let why = why.or_else(|| answered.as_ref().and_then(V::refused));
    let why = why.or_else(|| {
        let kind = content(response.headers());
        let is_text = answered.is_some() || kind.is_empty() || kind.starts_with("text/plain");
        let text = String::from_utf8_lossy(answer.as_deref().filter(|_| is_text)?);
        (status >= 400).then(|| one_line(&mask.text(&text), REASON))
    });

    let operation = received.endpoint().map_or("-", |endpoint| endpoint.operation);
    let path = path(&received, request.path(), request.query_string(), &mask);
    let (method, name) = (request.method().as_str(), instance.name());
    let about = about.join(" ");
    let mut line = format!("{name} {operation} {method} {path}");
    for part in [about.as_str(), &format!("{status}"), &format!("{milliseconds:.1}ms")] {
        if !part.is_empty() {
            line.extend([" ", part]);
        }
    }
    line += &format!(" #{}", received.number());
    let mut fields: Vec<(&str, Value<'_>)> = vec![
        ("vendor", name.to_value()),
        ("operation", operation.to_value()),
        ("method", method.to_value()),
        ("path", path.to_value()),
        ("about", about.to_value()),
        ("status", status.to_value()),
        ("ms", milliseconds.to_value()),
        ("request", Value::from(received.number())),
    ];
    if let Some(why) = &why {
        line.extend([" refused: ", why]);
        fields.push(("refused", why.to_value()));
    }
    let bodies = (detail == Detail::Bodies).then(|| {
        let asked = shown(&asked, &content(request.headers()), &mask);
        let answered = match &answer {
            Some(answer) => shown(answer, &content(response.headers()), &mask),
            None => "(streamed, or too long)".to_owned(),
        };
        (asked, answered)
    });
    if let Some((asked, answered)) = &bodies {
        for (mark, field, text) in
            [("\n    > ", "request_body", asked), ("\n    < ", "response_body", answered)]
        {
            if !text.is_empty() {
                line.extend([mark, text]);
                fields.push((field, text.to_value()));
            }
        }
    }
    log::logger().log(
        &log::Record::builder()
            .level(Level::Info)
            .target(TARGET)
            .module_path(Some(module_path!()))
            .key_values(&fields.as_slice())
            .args(format_args!("{line}"))
            .build(),
    );
    ServiceResponse::new(request, response)
}

/// Returns the answer, and its body if that is there as a whole and is not long.
fn readable(response: HttpResponse) -> (HttpResponse, Option<Bytes>) {
    let (head, body) = response.into_parts();
    match body.size() {
        BodySize::Sized(1..=16_384) => match body.try_into_bytes() {
            Ok(bytes) => (head.set_body(BoxBody::new(bytes.clone())), Some(bytes)),
            Err(body) => (head.set_body(body), None),
        },
        BodySize::None | BodySize::Sized(0) => (head.set_body(body), Some(Bytes::new())),
        BodySize::Sized(_) | BodySize::Stream => (head.set_body(body), None),
    }
}

fn json(body: &[u8]) -> Option<serde_json::Value> {
    serde_json::from_slice(body).ok()
}

/// Returns path and query without what is secret in them.
fn path(received: &Received, path: &str, query: &str, mask: &Mask) -> String {
    let mut path = path.to_owned();
    for (_, value) in received.params().iter().filter(|(name, _)| mask.is_secret(name)) {
        // Where it is escaped in the path, the whole segment is taken out.
        let segments = path.split('/').map(|segment| {
            let is_it = percent_decode_str(segment).decode_utf8_lossy() == value.as_str();
            if is_it { mask::MASKED } else { segment }
        });
        path = segments.collect::<Vec<_>>().join("/");
    }
    if !query.is_empty() {
        let query = percent_decode_str(query).decode_utf8_lossy();
        path.extend(["?", &one_line(&mask.text(&query), REASON)]);
    }
    path
}

/// Returns a body as it is logged: without what is secret in it, in one line, and not too much of it.
fn shown(body: &[u8], kind: &str, mask: &Mask) -> String {
    if kind.starts_with("multipart/") {
        return format!("(multipart, {} bytes)", body.len());
    }
    let start = body.get(..LOOKED_AT).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    if text.contains('\0') || text.contains(char::REPLACEMENT_CHARACTER) {
        return format!("({} bytes)", body.len());
    }
    let text = match kind.starts_with("application/x-www-form-urlencoded") {
        true => percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned(),
        false => text.into_owned(),
    };
    one_line(&mask.text(&text), SHOWN)
}

/// Returns the beginning of a text without anything that would break its line.
fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    for c in text.chars().take(most) {
        match c {
            '\n' => line += "\\n",
            '\r' => line += "\\r",
            '\t' => line.push(' '),
            c if c.is_control() => line.extend(c.escape_default()),
            c => line.push(c),
        }
    }
    if text.chars().nth(most).is_some() {
        line.push('…');
    }
    line
}

/// Returns a query or a form as text, decoded.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests;
