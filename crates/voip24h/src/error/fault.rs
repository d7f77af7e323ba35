//! Every failure of v3, of the dial service and of the generation before them, with its status and
//! message. vendors/voip24h-v3.md, 3.1

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use ringback_engine::EngineError;
use ringback_mock::{ExecuteError, HttpRefusal, Refusal};

use super::{DialRefused, status_of};
use crate::{machine::SubscriptionRefused, wire::reply};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Of a login, or of the dial service.
    #[error("Account does not exist")]
    UnknownAccount,
    /// Of a token.
    #[error("Unauthorized")]
    Unauthorized,
    #[error("{0} is required")]
    Required(&'static str),
    #[error("{0} is invalid")]
    Invalid(&'static str),
    #[error("Call not found")]
    CallNotFound,
    #[error("Recording not found")]
    RecordingNotFound,
    #[error(transparent)]
    Subscription(#[from] SubscriptionRefused),
    #[error(transparent)]
    Dial(#[from] DialRefused),
    #[error("{}", status_of(.0).1)]
    Body(HttpRefusal),
    #[error("Service Unavailable")]
    Engine(#[from] EngineError),
}

impl From<ExecuteError> for Fault {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Engine(error) => Self::Engine(error),
            ExecuteError::AccountGone => Self::Unauthorized,
        }
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::UnknownAccount | Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Required(_)
            | Self::Invalid(_)
            | Self::Dial(_)
            | Self::Subscription(SubscriptionRefused::TooMany) => StatusCode::BAD_REQUEST,
            Self::CallNotFound
            | Self::RecordingNotFound
            | Self::Subscription(SubscriptionRefused::Unknown) => StatusCode::NOT_FOUND,
            Self::Body(refusal) => status_of(refusal).0,
            Self::Engine(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        self.note();
        reply::failure(self.status_code(), &self.to_string())
    }
}

impl Fault {
    /// Answers in the form of the generation before v3.
    pub(crate) fn answer_old(&self) -> HttpResponse {
        self.note();
        reply::old_failure(self.status_code(), &self.to_string())
    }

    fn note(&self) {
        if let Self::Engine(error) = self {
            log::error!("voip24h: {error}");
        }
        self.refusal().note();
    }

    /// Returns what people are told who look for their mistake.
    fn refusal(&self) -> Refusal {
        let (step, field) = match self {
            Self::UnknownAccount => ("auth", None),
            Self::Unauthorized => ("auth", Some("authorization")),
            Self::Required(name) | Self::Invalid(name) => ("parameters", Some(*name)),
            Self::CallNotFound | Self::RecordingNotFound => ("rule", Some("callId")),
            Self::Subscription(SubscriptionRefused::TooMany) => ("limit", Some("url")),
            Self::Subscription(SubscriptionRefused::Unknown) => ("rule", Some("url")),
            Self::Dial(DialRefused::InvalidPhone) => ("rule", Some("phone")),
            Self::Dial(DialRefused::UnknownExtension | DialRefused::NotRegistered) => {
                ("rule", Some("extension"))
            }
            Self::Body(_) => ("body", None),
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
