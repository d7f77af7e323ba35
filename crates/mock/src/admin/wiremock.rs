//! WireMock's own paths, in its JSON: clients of WireMock set mappings and verify requests by them.

pub(super) mod holds;
pub(super) mod mappings;
pub(super) mod near_misses;
pub(super) mod requests;
pub(super) mod scenarios;
pub(super) mod settings;

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, answer};
use crate::{
    Mount,
    stubs::{Named, StubRefused},
};

/// Why something is not done, in WireMock's form or, before anything is read, in that of the control API.
pub(super) enum Refused {
    Stub(StubRefused),
    NotFound(&'static str),
    Problem(Problem),
}

impl From<StubRefused> for Refused {
    fn from(refused: StubRefused) -> Self {
        Self::Stub(refused)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What handlers of these paths return.
type Done = Result<HttpResponse, Refused>;

/// WireMock's number for what cannot be read.
const CODE: u64 = 10;

fn errors(status: StatusCode, at: &str, title: &str, detail: &str) -> HttpResponse {
    let source = json!({ "pointer": at });
    let error = json!({ "code": CODE, "source": source, "title": title, "detail": detail });
    answer(status, &json!({ "errors": [error] }))
}

fn answered(done: Done) -> Answer {
    done.or_else(|refused| match refused {
        Refused::Stub(StubRefused { at, title, detail }) => {
            Ok(errors(StatusCode::UNPROCESSABLE_ENTITY, &at, title, &detail))
        }
        Refused::NotFound(what) => {
            let detail = format!("there is no such {what}");
            Ok(errors(StatusCode::NOT_FOUND, "", "Not found", &detail))
        }
        Refused::Problem(problem) => Err(problem),
    })
}

fn done(value: &Value) -> Done {
    Ok(answer(StatusCode::OK, value))
}

/// Reads the body as JSON.
fn body(ask: &mut Ask) -> Result<Value, Refused> {
    let body = ask.raw()?;
    serde_json::from_slice(&body)
        .map_err(|error| StubRefused::new("", format!("the body is no JSON: {error}")).into())
}

/// Returns the names and endpoints of the instances that a request is about.
fn named(mounts: &[Arc<dyn Mount>]) -> Vec<Named<'_>> {
    let named = mounts.iter();
    named.map(|mount| Named { name: mount.name(), endpoints: mount.endpoints() }).collect()
}

/// Reads a whole number of the query.
fn number(ask: &Ask, name: &str) -> Result<Option<usize>, Refused> {
    let number = ask.query(name).map(str::parse::<usize>).transpose();
    number.map_err(|_| Problem::at(name, "has to be a whole number").into())
}

/// `GET version`
pub(super) async fn version(_ask: Ask) -> Answer {
    answered(done(&json!({ "version": env!("CARGO_PKG_VERSION"), "product": "ringback" })))
}

/// What Ringback does not have of WireMock.
pub(super) async fn unsupported(ask: Ask) -> Answer {
    let path = ask.path.trim_start_matches('/').to_owned();
    let hint = match path.split('/').next() {
        Some("recordings") => "the journal has every request: GET /__admin/journal.har",
        Some("shutdown") => "end the process",
        _ => "there are no files: give body, jsonBody or base64Body",
    };
    answered(Err(StubRefused::unsupported("", format!("{path}: {hint}")).into()))
}
