//! What an answer says, and the headers that Rails puts around it. vendors/scfm.md, 4.

use std::time::Instant;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use ringback_mock::Received;
use sha2::{Digest as _, Sha256};

pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const XML: &str = "application/xml; charset=utf-8";

/// An answer without its usual headers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) headers: Vec<(HeaderName, String)>,
    /// Whether Rails' own code answers, and not what stands around it.
    pub(crate) normal: bool,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        Self { status, content_type, body, headers: Vec::new(), normal: true }
    }

    pub(crate) fn json(status: StatusCode, body: String) -> Self {
        Self::new(status, JSON, body)
    }

    pub(crate) fn empty() -> Self {
        Self::new(StatusCode::NO_CONTENT, "", String::new())
    }

    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Puts the usual headers around the answer.
    pub(crate) fn finish(self, request: &HttpRequest, begun: Instant) -> HttpResponse {
        let Self { status, content_type, body, headers, normal } = self;
        // A body that is the same has the same tag; only whole answers have one.
        let is_whole = normal && matches!(status, StatusCode::OK | StatusCode::CREATED);
        let tag = (is_whole && !body.is_empty()).then(|| tag(&body));
        let known = request.headers().get(header::IF_NONE_MATCH);
        let is_known = status == StatusCode::OK
            && tag.as_deref().is_some_and(|tag| known.is_some_and(|known| known == tag));
        let status = if is_known { StatusCode::NOT_MODIFIED } else { status };
        let mut response = HttpResponse::build(status);
        if normal {
            response
                .insert_header((header::X_FRAME_OPTIONS, "SAMEORIGIN"))
                .insert_header((header::X_XSS_PROTECTION, "1; mode=block"))
                .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
        }
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.insert_header((name, value));
            }
        }
        match tag {
            Some(tag) => {
                response
                    .insert_header((header::ETAG, tag))
                    .insert_header((header::CACHE_CONTROL, "max-age=0, private, must-revalidate"));
            }
            None if normal => {
                response.insert_header((header::CACHE_CONTROL, "no-cache"));
            }
            None => {}
        }
        response
            .insert_header((HeaderName::from_static("x-request-id"), request_id(request)))
            .insert_header((
                HeaderName::from_static("x-runtime"),
                format!("{:.6}", begun.elapsed().as_secs_f64()),
            ));
        if is_known || content_type.is_empty() {
            return response.finish();
        }
        response.content_type(content_type).body(body)
    }
}

/// Returns the entity tag of a body.
fn tag(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    let mut tag = String::from("W/\"");
    for byte in digest.iter().take(16) {
        for half in [byte >> 4, byte & 15] {
            tag.push(char::from_digit(half.into(), 16).unwrap_or('0'));
        }
    }
    tag.push('"');
    tag
}

/// Returns the request's own id with what cannot stand in one removed, or a fresh one.
fn request_id(request: &HttpRequest) -> String {
    let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    let kept: String = given
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .take(255)
        .collect();
    if !kept.is_empty() {
        return kept;
    }
    let drawn = Received::of(request).map(|received| received.id()).unwrap_or_default();
    uuid::Builder::from_random_bytes(drawn).into_uuid().to_string()
}
