//! Refusals and failures: the only place that picks a status and an error body.

use actix_web::http::StatusCode;
use ringback_mock::{ExecuteError, HttpRefusal, Refusal};
use serde::Serialize;

/// Everything that is not a 200. The display is the message on the wire.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("Not Found")]
    NotFound,
    #[error("Invalid request payload JSON format")]
    InvalidJson,
    #[error("Invalid content-type header")]
    InvalidContentType,
    #[error("Bad Request")]
    BrokenBody,
    #[error("Payload content length greater than maximum allowed: {}", ringback_mock::BODY_LIMIT)]
    TooLarge,
    #[error("Request Timeout")]
    TooSlow,
    #[error("Unsupported Media Type")]
    UnsupportedMediaType,
    #[error("Request-URI Too Large")]
    UrlTooLong,
    #[error("Service Unavailable")]
    Unavailable,
    #[error("An internal server error occurred")]
    ExecuteError(#[from] ExecuteError),
}

impl Error {
    /// Returns the status with the name the original's framework has for it.
    fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
            Self::InvalidJson | Self::InvalidContentType | Self::BrokenBody => {
                (StatusCode::BAD_REQUEST, "Bad Request")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "Request Time-out"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
            }
            Self::UrlTooLong => (StatusCode::URI_TOO_LONG, "Request-URI Too Large"),
            Self::Unavailable | Self::ExecuteError(ExecuteError::Engine(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
            Self::ExecuteError(ExecuteError::AccountGone) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        }
    }

    /// Tells people who look for their mistake.
    pub(crate) fn note(&self) {
        let (step, field) = match self {
            Self::NotFound => ("routing", Some("path")),
            Self::InvalidJson | Self::BrokenBody | Self::TooLarge | Self::TooSlow => ("body", None),
            Self::InvalidContentType | Self::UnsupportedMediaType => ("body", Some("content-type")),
            Self::UrlTooLong => ("routing", Some("path")),
            Self::Unavailable | Self::ExecuteError(_) => ("engine", None),
        };
        let field = field.map(str::to_owned);
        Refusal { field, ..Refusal::new(step, self.to_string()) }.note();
    }

    /// Returns status and body.
    pub(crate) fn on_the_wire(&self) -> (StatusCode, String) {
        let (status, error) = self.status();
        let body = Body { status_code: status.as_u16(), error, message: self.to_string() };
        // Three plain fields always have a text.
        (status, serde_json::to_string(&body).unwrap_or_default())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    status_code: u16,
    error: &'static str,
    message: String,
}

impl From<HttpRefusal> for Error {
    fn from(refusal: HttpRefusal) -> Self {
        match refusal {
            // The original had no 405.
            HttpRefusal::NotFound | HttpRefusal::MethodNotAllowed { .. } => Self::NotFound,
            HttpRefusal::BodyTooLarge => Self::TooLarge,
            HttpRefusal::BodyBroken => Self::BrokenBody,
            HttpRefusal::BodyTooSlow => Self::TooSlow,
            HttpRefusal::UrlTooLong => Self::UrlTooLong,
            HttpRefusal::Unavailable => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests;
