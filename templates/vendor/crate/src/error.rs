//! Refusals and failures: the only place that picks a status and an error body.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use ringback_mock::HttpRefusal;
use serde::Serialize;

/// Everything that is not a 200. The display is the message on the wire.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("not found")]
    NotFound,
    #[error("method not allowed")]
    MethodNotAllowed { allow: String },
    #[error("body too large")]
    BodyTooLarge,
    #[error("broken body")]
    BodyBroken,
    #[error("request timeout")]
    BodyTooSlow,
    #[error("path too long")]
    UrlTooLong,
    #[error("service unavailable")]
    Unavailable,
}

#[derive(Serialize)]
struct Body {
    error: String,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UrlTooLong => StatusCode::URI_TOO_LONG,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        if let Self::MethodNotAllowed { allow } = self {
            answer.insert_header((header::ALLOW, allow.as_str()));
        }
        answer.json(Body { error: self.to_string() })
    }
}

impl From<HttpRefusal> for Error {
    fn from(refusal: HttpRefusal) -> Self {
        match refusal {
            HttpRefusal::NotFound => Self::NotFound,
            HttpRefusal::MethodNotAllowed { allow } => Self::MethodNotAllowed { allow },
            HttpRefusal::BodyTooLarge => Self::BodyTooLarge,
            HttpRefusal::BodyBroken => Self::BodyBroken,
            HttpRefusal::BodyTooSlow => Self::BodyTooSlow,
            HttpRefusal::UrlTooLong => Self::UrlTooLong,
            HttpRefusal::Unavailable => Self::Unavailable,
        }
    }
}
