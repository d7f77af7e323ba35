//! The envelopes of v3, of the dial service, and of the generation before them.

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;

use super::ANY_ORIGIN;

/// `{"message":"Success","status":200,"data":…}`
#[derive(Debug, Serialize)]
struct Success<T> {
    message: &'static str,
    status: u16,
    data: T,
}

/// The same around a part of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListSuccess<T> {
    message: &'static str,
    status: u16,
    limit: usize,
    offset: usize,
    total_data: usize,
    data: Vec<T>,
}

/// What went wrong: the number is that of HTTP.
#[derive(Debug, Serialize)]
struct Failure<'a> {
    status: u16,
    message: &'a str,
}

fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header(ANY_ORIGIN).json(body)
}

pub(crate) fn success(data: impl Serialize) -> HttpResponse {
    json(StatusCode::OK, &Success { message: "Success", status: 200, data })
}

/// A part of a list: from where, how many at the most, of how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) total: usize,
}

pub(crate) fn list(part: Part, data: Vec<impl Serialize>) -> HttpResponse {
    let Part { offset, limit, total: total_data } = part;
    let list = ListSuccess { message: "Success", status: 200, limit, offset, total_data, data };
    json(StatusCode::OK, &list)
}

/// An answer of a form of its own.
pub(crate) fn plain(body: &impl Serialize) -> HttpResponse {
    json(StatusCode::OK, body)
}

pub(crate) fn failure(status: StatusCode, message: &str) -> HttpResponse {
    json(status, &Failure { status: status.as_u16(), message })
}

/// The envelope of the generation before v3: `{"data":{"response":{…}}}`. Its clients ask for the
/// status 1000. vendors/voip24h-v3.md, 8
#[derive(Debug, Serialize)]
struct Nested<T> {
    data: Response<T>,
}

#[derive(Debug, Serialize)]
struct Response<T> {
    response: T,
}

#[derive(Debug, Serialize)]
struct Done<T> {
    status: u16,
    data: T,
}

fn nested(status: StatusCode, response: impl Serialize) -> HttpResponse {
    json(status, &Nested { data: Response { response } })
}

pub(crate) fn old_success(data: impl Serialize) -> HttpResponse {
    nested(StatusCode::OK, Done { status: 1_000, data })
}

pub(crate) fn old_failure(status: StatusCode, message: &str) -> HttpResponse {
    nested(status, Failure { status: status.as_u16(), message })
}

/// Fields of texts, in an order of their own.
#[derive(Debug)]
pub(crate) struct Texts(pub(crate) Vec<(&'static str, String)>);

impl Serialize for Texts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}
