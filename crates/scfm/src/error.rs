//! Every failure with its status and body. vendors/scfm.md, 5.

use actix_web::http::{StatusCode, header};
use ringback_engine::EngineError;
use ringback_mock::{ExecuteError, HttpRefusal, Refusal};

use crate::{
    machine::{EventRefused, Faults, Refused},
    twiml,
    wire::{
        answer::{Answer, XML},
        rack::Malformed,
    },
};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("Not Found")]
    NotFound,
    #[error("Not Acceptable")]
    NotAcceptable { xml: bool },
    #[error("HTTP Basic: Access denied.")]
    Denied,
    /// Accounts are open, and there are as many as may be.
    #[error("HTTP Basic: Access denied.")]
    NoRoom,
    #[error("{0}")]
    Malformed(#[from] Malformed),
    #[error("Bad Request")]
    BodyBroken,
    /// A parameter without which nothing can be looked up.
    #[error("param is missing or the value is empty: {0}")]
    Missing(&'static str),
    #[error("{0}")]
    Invalid(Faults),
    #[error("event refused")]
    Event(EventRefused),
    #[error("Twilio Request Validation Failed.")]
    Unsigned,
    #[error("Payload Too Large")]
    TooLarge,
    #[error("Request Timeout")]
    TooSlow,
    #[error("URI Too Long")]
    UrlTooLong,
    #[error("Service Unavailable")]
    Unavailable,
    #[error("Service Unavailable")]
    Engine(#[from] EngineError),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Invalid(faults) => Self::Invalid(faults),
        }
    }
}

impl From<ExecuteError> for Error {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Engine(error) => Self::Engine(error),
            ExecuteError::AccountGone => Self::Denied,
        }
    }
}

impl From<HttpRefusal> for Error {
    fn from(refusal: HttpRefusal) -> Self {
        match refusal {
            // A known path with a method that has no route is not found, too.
            HttpRefusal::NotFound | HttpRefusal::MethodNotAllowed { .. } => Self::NotFound,
            HttpRefusal::BodyTooLarge => Self::TooLarge,
            HttpRefusal::BodyBroken => Self::BodyBroken,
            HttpRefusal::BodyTooSlow => Self::TooSlow,
            HttpRefusal::UrlTooLong => Self::UrlTooLong,
            HttpRefusal::Unavailable => Self::Unavailable,
        }
    }
}

impl Error {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::Denied | Self::NoRoom => StatusCode::UNAUTHORIZED,
            Self::Malformed(_) | Self::BodyBroken | Self::Missing(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) | Self::Event(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unsigned => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UrlTooLong => StatusCode::URI_TOO_LONG,
            Self::Unavailable | Self::Engine(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns what people are told who look for their mistake.
    fn refusal(&self) -> Refusal {
        let (step, field) = match self {
            Self::NotFound => ("rule", Some("id")),
            Self::NotAcceptable { .. } => ("routing", Some("format")),
            Self::Denied | Self::NoRoom => ("auth", Some("Authorization")),
            Self::Unsigned => ("auth", Some("X-Twilio-Signature")),
            Self::Malformed(_) | Self::BodyBroken | Self::TooLarge | Self::TooSlow => {
                ("body", None)
            }
            Self::Missing(name) => ("parameters", Some(*name)),
            Self::Invalid(faults) => ("parameters", faults.fields().next()),
            Self::Event(_) => ("rule", None),
            Self::UrlTooLong => ("routing", Some("path")),
            Self::Unavailable | Self::Engine(_) => ("engine", None),
        };
        let detail = match self {
            Self::Event(EventRefused(messages)) => messages.join("; "),
            other => other.to_string(),
        };
        Refusal { field: field.map(str::to_owned), ..Refusal::new(step, detail) }
    }

    pub(crate) fn answer(&self) -> Answer {
        self.refusal().note();
        let status = self.status();
        match self {
            Self::Invalid(faults) => Answer::json(status, faults.body()),
            Self::Event(EventRefused(messages)) => {
                Answer::new(status, XML, twiml::errors(messages))
            }
            Self::Denied | Self::NoRoom => {
                Answer::new(status, "text/html; charset=utf-8", format!("{self}\n"))
                    .with(header::WWW_AUTHENTICATE, "Basic realm=\"Application\"")
            }
            Self::Unsigned => {
                Answer { normal: false, ..Answer::new(status, "text/plain", self.to_string()) }
            }
            Self::NotAcceptable { xml: true } => {
                let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hash>\n  \
                    <status type=\"integer\">406</status>\n  <error>Not Acceptable</error>\n</hash>\n";
                Answer { normal: false, ..Answer::new(status, XML, body.to_owned()) }
            }
            Self::Engine(error) => {
                log::error!("scfm: {error}");
                failure(status)
            }
            Self::NotFound
            | Self::NotAcceptable { xml: false }
            | Self::Malformed(_)
            | Self::BodyBroken
            | Self::Missing(_)
            | Self::TooLarge
            | Self::TooSlow
            | Self::UrlTooLong
            | Self::Unavailable => failure(status),
        }
    }
}

/// The body of failures that reach no code of the application.
fn failure(status: StatusCode) -> Answer {
    let reason = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Payload Too Large",
        StatusCode::URI_TOO_LONG => "URI Too Long",
        other => other.canonical_reason().unwrap_or_default(),
    };
    let body = format!("{{\"status\":{},\"error\":\"{reason}\"}}", status.as_u16());
    Answer { normal: false, ..Answer::new(status, "application/json; charset=UTF-8", body) }
}
