//! What the control API answers instead: `application/problem+json` of RFC 9457.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use ringback_engine::EngineError;
use serde_json::{Map, Value, json};

use super::plain;
use crate::{ControlError, ControlRefused, ExecuteError, matching::MatchError, nearest};

/// A refusal, with the status that says whose fault it is. Nothing has changed then.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    hint: Option<String>,
    /// Where in the request it is wrong, and how.
    errors: Vec<(String, String)>,
    allow: Option<String>,
    /// What else is told.
    more: Box<Map<String, Value>>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let (detail, errors, more) = (detail.into(), Vec::new(), Box::default());
        Self { status, detail, hint: None, errors, allow: None, more }
    }

    /// Whether it is about something that is not there.
    pub(crate) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// A part of the request is wrong: a pointer into the body, or the name of a query key.
    pub(crate) fn at(at: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::malformed(format!("{at}: {detail}"));
        problem.errors.push((at.to_owned(), detail));
        problem
    }

    /// A name that is unknown here, with the nearest one that is known.
    pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> Self {
        let problem = Self::at(name, format!("unknown {what}"));
        match nearest(name, known) {
            Some(near) => problem.hint(format!("did you mean {near}?")),
            None if known.is_empty() => problem.hint(format!("no {what} is taken here")),
            None => problem.hint(format!("known are {}", known.join(", "))),
        }
    }

    /// Returns the word that is wrong, where nothing more is known of its place.
    pub(super) fn wrong_word(&self) -> Option<&str> {
        let (at, _) = self.errors.first()?;
        Some(at.as_str()).filter(|at| !at.starts_with('/'))
    }

    /// Says where in the body it is wrong.
    pub(crate) fn pointing(mut self, at: &str) -> Self {
        self.errors.iter_mut().for_each(|(place, _)| at.clone_into(place));
        self
    }

    pub(crate) fn no_such(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("no such {what}"))
    }

    pub(crate) fn nowhere() -> Self {
        Self::no_such("path").hint("GET /__admin lists what there is".to_owned())
    }

    /// A path that is not there, and the nearest one that is.
    pub(crate) fn nowhere_near(near: Option<String>) -> Self {
        match near {
            Some(path) => Self::no_such("path").hint(format!("did you mean /__admin{path}?")),
            None => Self::nowhere(),
        }
    }

    pub(crate) fn method(allow: String) -> Self {
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
        let mut problem = problem.hint(format!("here it is {allow}"));
        problem.allow = Some(allow);
        problem
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn hint(mut self, hint: String) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Tells more, in members of its own.
    pub(crate) fn with(mut self, more: Value) -> Self {
        if let Value::Object(more) = more {
            self.more.extend(more);
        }
        self
    }

    pub(crate) fn respond(&self) -> HttpResponse {
        let mut body = json!({
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(fields) = body.as_object_mut() {
            if let Some(hint) = &self.hint {
                fields.insert("hint".to_owned(), hint.as_str().into());
            }
            if !self.errors.is_empty() {
                let error = |(at, detail): &(String, String)| json!({ "at": at, "detail": detail });
                let errors: Value = self.errors.iter().map(error).collect();
                fields.insert("errors".to_owned(), errors);
            }
            fields.extend((*self.more).clone());
        }
        let mut response = HttpResponse::build(self.status);
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        response.content_type("application/problem+json").body(body.to_string() + "\n")
    }
}

impl From<MatchError> for Problem {
    fn from(error: MatchError) -> Self {
        let MatchError { at, detail, hint } = error;
        let problem = Self::at(&at, detail);
        match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        log::error!("control API: {error}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl From<ControlRefused> for Problem {
    fn from(refused: ControlRefused) -> Self {
        match refused {
            ControlRefused::NotFound(why) => Self::new(StatusCode::NOT_FOUND, why),
            ControlRefused::Conflict(why) => Self::new(StatusCode::CONFLICT, why),
        }
    }
}

impl From<ControlError> for Problem {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Malformed(why) => Self::misread(&why, ""),
            ControlError::Refused(refused) => refused.into(),
            ControlError::Execute(ExecuteError::Engine(error)) => error.into(),
            ControlError::Execute(ExecuteError::AccountGone) => Self::no_such("account"),
        }
    }
}

impl Problem {
    /// Explains why serde could not read something at a place, with the nearest name where one is
    /// unknown.
    pub(super) fn misread(why: &str, at: &str) -> Self {
        let mut quoted = why.split('`').skip(1).step_by(2);
        let is_field = why.starts_with("unknown field");
        match quoted.next().filter(|_| is_field || why.starts_with("unknown variant")) {
            Some(name) => {
                let known: Vec<&str> = quoted.collect();
                let problem = Self::unknown(if is_field { "key" } else { "word" }, name, &known);
                // The place of a key that is too many is named as if it were there.
                let named = at.rsplit('/').next() == Some(name);
                match (at, is_field && !named) {
                    ("", false) => problem,
                    (at, true) => problem.pointing(&format!("{at}/{name}")),
                    (at, false) => problem.pointing(at),
                }
            }
            None => Self::misread_value(why, at),
        }
    }

    fn misread_value(why: &str, at: &str) -> Self {
        let missing = why.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let plain = plain::wrong_value(why);
        match (missing, plain.as_deref().unwrap_or(why)) {
            (Some(name), _) => Self::at(&format!("{at}/{name}"), "is missing"),
            (None, why) if at.is_empty() => Self::malformed(why),
            (None, why) => Self::at(at, why),
        }
    }
}
