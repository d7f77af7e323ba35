//! Every failure with its status and message. The texts are chosen: vendors/voip24h.md, 1.1.

mod fault;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use ringback_engine::EngineError;
use ringback_mock::{ExecuteError, HttpRefusal, Refusal};
use serde::{Deserialize, Serialize};

pub(crate) use fault::Fault;

use crate::wire::{Envelope, reply};

/// Why an order to dial is not accepted. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum DialRefused {
    /// There is no such extension.
    #[error("Extension not found")]
    UnknownExtension,
    /// No phone is logged in at the extension.
    #[error("Extension not registered")]
    NotRegistered,
    /// The number to call is not 3–15 digits with an optional leading `+`.
    #[error("Invalid phone")]
    InvalidPhone,
}

/// Why no link to a recording is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum LinkRefused {
    /// No call has this id.
    #[error("Call not found")]
    UnknownCall,
    /// The call has no recording.
    #[error("Recording not found")]
    NotRecorded,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("Invalid partner secret")]
    InvalidSecret,
    #[error("Invalid request type")]
    InvalidRequestType,
    #[error("Missing data")]
    MissingData,
    #[error("Missing {0}")]
    Missing(&'static str),
    #[error("Invalid {0}")]
    Invalid(&'static str),
    #[error("Invalid date range")]
    InvalidDateRange,
    #[error("Call not found")]
    CallNotFound,
    #[error(transparent)]
    Link(#[from] LinkRefused),
    #[error(transparent)]
    Dial(#[from] DialRefused),
    #[error("Invalid JSON")]
    InvalidJson,
    #[error("Missing {0}")]
    LinkWithout(&'static str),
    #[error("Invalid host")]
    InvalidHost,
    #[error("Invalid xKey")]
    InvalidLinkKey,
    #[error("Recording not found")]
    NoSuchRecording,
    #[error("Service Unavailable")]
    Engine(#[from] EngineError),
}

impl From<ExecuteError> for Error {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Engine(error) => Self::Engine(error),
            ExecuteError::AccountGone => Self::InvalidSecret,
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            // The code in the envelope says what is wrong; HTTP only that it was understood.
            Self::InvalidSecret
            | Self::InvalidRequestType
            | Self::MissingData
            | Self::Missing(_)
            | Self::Invalid(_)
            | Self::InvalidDateRange
            | Self::CallNotFound
            | Self::Link(_)
            | Self::Dial(_) => StatusCode::OK,
            Self::InvalidJson | Self::LinkWithout(_) => StatusCode::BAD_REQUEST,
            Self::InvalidHost | Self::InvalidLinkKey => StatusCode::FORBIDDEN,
            Self::NoSuchRecording => StatusCode::NOT_FOUND,
            Self::Engine(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Engine(error) = self {
            log::error!("voip24h: {error}");
        }
        self.refusal().note();
        failure(self.status_code(), &self.to_string())
    }
}

impl Error {
    /// Returns what people are told who look for their mistake.
    fn refusal(&self) -> Refusal {
        let (step, field) = match self {
            Self::InvalidSecret => ("auth", Some("partnerSecret")),
            Self::InvalidHost => ("auth", Some("host")),
            Self::InvalidLinkKey => ("auth", Some("xKey")),
            Self::InvalidRequestType => ("parameters", Some("requestType")),
            Self::MissingData => ("parameters", Some("data")),
            Self::Missing(name) | Self::Invalid(name) | Self::LinkWithout(name) => {
                ("parameters", Some(*name))
            }
            Self::InvalidDateRange => ("parameters", Some("fromDate")),
            Self::InvalidJson => ("body", None),
            Self::CallNotFound | Self::Link(_) => ("rule", Some("callId")),
            Self::NoSuchRecording => ("rule", Some("recordingFile")),
            Self::Dial(DialRefused::InvalidPhone) => ("rule", Some("phone")),
            Self::Dial(DialRefused::UnknownExtension | DialRefused::NotRegistered) => {
                ("rule", Some("extension"))
            }
            Self::Engine(_) => ("engine", None),
        };
        let refusal = Refusal::new(step, self.to_string());
        Refusal { field: field.map(str::to_owned), ..refusal }
    }

    /// Notes that a value is none of the known ones, with the nearest of those.
    pub(crate) fn note_nearest(&self, given: &str, known: &[&str]) {
        self.refusal().nearest(given, known).note();
    }
}

/// Answers requests that reach no handler, in the form of the face that the path is of.
pub(crate) fn refused(refusal: HttpRefusal, path: &str) -> HttpResponse {
    let (status, message) = status_of(&refusal);
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    let mut response = match path {
        _ if begins(&["/v3", "/dial"]) => reply::failure(status, message),
        _ if begins(&["/api/token", "/call/"]) => reply::old_failure(status, message),
        _ => failure(status, message),
    };
    if let HttpRefusal::MethodNotAllowed { allow } = refusal
        && let Ok(allow) = header::HeaderValue::from_str(&allow)
    {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn status_of(refusal: &HttpRefusal) -> (StatusCode, &'static str) {
    match refusal {
        HttpRefusal::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
        HttpRefusal::MethodNotAllowed { .. } => {
            (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
        }
        HttpRefusal::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large"),
        HttpRefusal::BodyBroken => (StatusCode::BAD_REQUEST, "Invalid JSON"),
        HttpRefusal::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
        HttpRefusal::UrlTooLong => (StatusCode::URI_TOO_LONG, "URI Too Long"),
        HttpRefusal::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    }
}

fn failure(status: StatusCode, message: &str) -> HttpResponse {
    HttpResponse::build(status).insert_header(crate::wire::ANY_ORIGIN).json(Envelope::<()> {
        resp_code: -1,
        resp_msg: message,
        data: None,
    })
}
