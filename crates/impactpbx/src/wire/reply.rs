//! The one place that builds responses: tenant, caching and compression headers on every one.

use std::io::Write as _;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{Method, StatusCode, header},
    web,
};
use flate2::{Compression, write::GzEncoder};
use ringback_mock::{AccountId, HttpRefusal, Instance};

use crate::{ImpactPbx, error::Error};

const JSON: &str = "application/json; charset=utf-8";

/// Bodies up to this length are sent as they are.
const COMPRESSED_ABOVE: usize = 1_024;

/// Bodies above this length are compressed in a thread of the pool, out of the way of others.
const LONG: usize = 64 * 1_024;

/// A body with its type.
#[derive(Debug)]
pub(crate) struct Content {
    content_type: &'static str,
    body: Vec<u8>,
}

impl Content {
    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        Self { content_type: JSON, body: body.into() }
    }

    pub(crate) fn html(body: &str) -> Self {
        Self { content_type: "text/html; charset=utf-8", body: body.into() }
    }

    pub(crate) fn csv(body: String) -> Self {
        Self { content_type: "text/csv; charset=utf-8", body: body.into() }
    }
}

/// Answers a request, in the thread pool where the body is long and has to be compressed.
pub(crate) async fn respond(
    instance: &Instance<ImpactPbx>,
    account: AccountId,
    request: &HttpRequest,
    content: Result<Content, Error>,
) -> HttpResponse {
    let is_long = content.as_ref().is_ok_and(|content| content.body.len() > LONG);
    if !is_long || !admits_gzip(request) {
        return answer(instance, account, request, content);
    }
    let Ok(Content { content_type, body }) = content else {
        return answer(instance, account, request, content);
    };
    // The pool drops a job only at the end of the process.
    let zipped = web::block(move || gzip(&body)).await.unwrap_or_default();
    build(instance, account, StatusCode::OK, content_type)
        .insert_header((header::CONTENT_ENCODING, "gzip"))
        .body(zipped)
}

/// Answers a request that reaches no handler.
pub(crate) fn refuse(
    instance: &Instance<ImpactPbx>,
    refusal: HttpRefusal,
    request: &HttpRequest,
) -> HttpResponse {
    let account = AccountId::DEMO;
    let known_path = matches!(refusal, HttpRefusal::MethodNotAllowed { .. });
    if instance.settings().cors && known_path && request.method() == Method::OPTIONS {
        return build(instance, account, StatusCode::NO_CONTENT, JSON)
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST"))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "*"))
            .finish();
    }
    answer(instance, account, request, Err(refusal.into()))
}

fn answer(
    instance: &Instance<ImpactPbx>,
    account: AccountId,
    request: &HttpRequest,
    content: Result<Content, Error>,
) -> HttpResponse {
    let (status, Content { content_type, body }) = match content {
        Ok(content) => (StatusCode::OK, content),
        Err(error) => {
            if let Error::ExecuteError(error) = &error {
                log::error!("impactpbx: {error}");
            }
            error.note();
            let (status, body) = error.on_the_wire();
            (status, Content::json(body))
        }
    };
    let mut response = build(instance, account, status, content_type);
    if body.len() > COMPRESSED_ABOVE && admits_gzip(request) {
        return response.insert_header((header::CONTENT_ENCODING, "gzip")).body(gzip(&body));
    }
    response.body(body)
}

fn build(
    instance: &Instance<ImpactPbx>,
    account: AccountId,
    status: StatusCode,
    content_type: &str,
) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    if let Some(tenant) = instance.read(account, |pbx| pbx.tenant()) {
        response.insert_header(("tenant-uuid", tenant.to_string()));
    }
    if instance.settings().cors {
        response
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, "tenant-uuid"));
    }
    response
}

/// Returns whether the client takes gzip, and does not like the plain text better.
fn admits_gzip(request: &HttpRequest) -> bool {
    let offered = request.headers().get_all(header::ACCEPT_ENCODING);
    let offered = offered.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let weight = |wanted: &str| {
        offered.split(',').find_map(|item| {
            let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
            let quality = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse);
            coding.trim().eq_ignore_ascii_case(wanted).then(|| quality.unwrap_or(0.0))
        })
    };
    let gzip: f64 = weight("gzip").or_else(|| weight("*")).unwrap_or(0.0);
    gzip > 0.0 && gzip >= weight("identity").unwrap_or(0.0)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    // Writing to memory does not fail.
    encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default()
}
