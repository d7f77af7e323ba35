//! Answers: JSON, readable by pages of any origin.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header, header::ContentType},
};
use serde::Serialize;

/// Lets pages of any origin read an answer.
const ANY_ORIGIN: (header::HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// Answers with a JSON body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header(ANY_ORIGIN).json(body)
}

/// Answers that it was done.
pub(crate) fn ok(body: &impl Serialize) -> HttpResponse {
    json(StatusCode::OK, body)
}

/// Answers with a long list, for which there is room from the beginning.
pub(crate) fn rows(body: &impl Serialize, rows: usize) -> HttpResponse {
    // Every part of it has a JSON form, and memory takes it.
    written(rows, |out| drop(serde_json::to_writer(out, body)))
}

/// Answers with rows that write themselves.
pub(crate) fn written(rows: usize, write: impl FnOnce(&mut Vec<u8>)) -> HttpResponse {
    let mut written = Vec::with_capacity(ENVELOPE + rows.saturating_mul(ROW));
    write(&mut written);
    HttpResponse::Ok().insert_header(ANY_ORIGIN).insert_header(ContentType::json()).body(written)
}

/// About as many bytes as there are around the rows of a list, and in one of them.
const ENVELOPE: usize = 512;
const ROW: usize = 1_152;

/// A part of a list with its length, as most lists of the vendor are answered.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    pub(crate) limit: usize,
    pub(crate) offset: usize,
    pub(crate) total: usize,
}

/// A whole list with its length.
#[derive(Debug, Serialize)]
pub(crate) struct ListReply<T> {
    pub(crate) data: Vec<T>,
    pub(crate) total: usize,
}

impl<T> From<Vec<T>> for ListReply<T> {
    fn from(data: Vec<T>) -> Self {
        let total = data.len();
        Self { data, total }
    }
}

/// Lets pages of any origin see a file that is not JSON.
pub(crate) fn open(mut response: HttpResponse) -> HttpResponse {
    let (name, any) = ANY_ORIGIN;
    response.headers_mut().insert(name, header::HeaderValue::from_static(any));
    response.headers_mut().insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        header::HeaderValue::from_static("Accept-Ranges, Content-Length, Content-Range"),
    );
    response
}

/// Answers a browser that asks whether a page may call; it sends no token with that.
pub(crate) fn preflight(request: &HttpRequest, allow: Option<&str>) -> HttpResponse {
    let methods = match allow {
        Some(allow) => format!("{allow}, OPTIONS"),
        None => "GET, POST, PUT, DELETE, OPTIONS".to_owned(),
    };
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let asked = asked.and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let is_name = |name: &&str| {
        let known = ["authorization", "content-type", "accept"];
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !name.is_empty()
            && name.bytes().all(is_token)
            && !known.iter().any(|k| name.eq_ignore_ascii_case(k))
    };
    let headers = ["Authorization", "Content-Type", "Accept"];
    let headers: Vec<&str> =
        headers.into_iter().chain(asked.split(',').map(str::trim).filter(is_name)).collect();
    let mut response = HttpResponse::NoContent();
    response
        .insert_header(ANY_ORIGIN)
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, headers.join(", ")))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"));
    // A page from a public address calls one on this computer: some browsers ask for that as well.
    if request.headers().contains_key("access-control-request-private-network") {
        response.insert_header(("access-control-allow-private-network", "true"));
    }
    response.finish()
}
