//! Every failure with its status and body, and the one place that answers requests which reach no
//! handler. The texts are vendors/tel4vn.md, 1.1 and 1.2.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{Method, StatusCode, header},
};
use ringback_engine::EngineError;
use ringback_exchange::{CallRefused, HangupCause, Unavailable};
use ringback_mock::{ExecuteError, HttpRefusal, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{settings::RefusalStatus, wire::reply};

/// Why an order to a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The extension has no phone logged in, is disabled, or does not exist.
    #[error("USER_NOT_REGISTERED")]
    UserNotRegistered,
    /// The extension is in another call or does not want to be disturbed.
    #[error("USER_BUSY")]
    UserBusy,
    /// No live call of the tenant has this id.
    #[error("CALL_NOT_FOUND")]
    CallNotFound,
    /// The call has no answered leg to act upon.
    #[error("CALL_NOT_ANSWERED")]
    CallNotAnswered,
    /// The extension rang out.
    #[error("NO_ANSWER")]
    NoAnswer,
}

impl From<CallRefused> for Code {
    fn from(refused: CallRefused) -> Self {
        match refused {
            CallRefused::CallNotFound => Self::CallNotFound,
            CallRefused::Unavailable(unavailable) => unavailable.into(),
            CallRefused::TooManyLegs => Self::UserBusy,
            // Whatever else cannot be done to a call is about a leg that is not up.
            CallRefused::LegNotFound
            | CallRefused::NotRinging
            | CallRefused::NotAnswered
            | CallRefused::AlreadyParked
            | CallRefused::RecordingUnchanged
            | CallRefused::HoldUnchanged
            | CallRefused::InvalidDigits
            | CallRefused::Consulting
            | CallRefused::NotConsulting
            | CallRefused::NumberTaken
            | CallRefused::RuleNotFound
            | CallRefused::TooManyRules => Self::CallNotAnswered,
        }
    }
}

impl From<Unavailable> for Code {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::Unknown | Unavailable::NotRegistered => Self::UserNotRegistered,
            Unavailable::Busy => Self::UserBusy,
        }
    }
}

impl From<HangupCause> for Code {
    /// Tells why an extension did not take the call that was ordered for it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other causes are about the way there")]
    fn from(cause: HangupCause) -> Self {
        match cause {
            HangupCause::NoAnswer | HangupCause::NoUserResponse => Self::NoAnswer,
            // It declined, or somebody hung up for it.
            HangupCause::UserBusy
            | HangupCause::CallRejected
            | HangupCause::OriginatorCancel
            | HangupCause::NormalClearing => Self::UserBusy,
            // Its phone was not reached.
            _ => Self::UserNotRegistered,
        }
    }
}

/// A refused order to a call, with the status that the tenant's settings give it. Nothing has
/// changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}")]
pub struct Refused {
    /// Why.
    pub code: Code,
    /// Whether that is a bad request.
    pub status: RefusalStatus,
}

impl Refused {
    fn status(self) -> StatusCode {
        match (self.code, self.status) {
            (Code::CallNotFound, _) => StatusCode::NOT_FOUND,
            (_, RefusalStatus::BadRequest) => StatusCode::BAD_REQUEST,
            (_, RefusalStatus::Ok) => StatusCode::OK,
        }
    }
}

/// Why a request fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("Unauthorized")]
    Unauthorized,
    #[error("invalid username or password")]
    BadLogin,
    #[error("Forbidden")]
    Forbidden,
    /// Something is not there: `Not Found`, or what the documents say.
    #[error("{0}")]
    NotFound(&'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is invalid")]
    Invalid(&'static str),
    /// The body breaks its schema.
    #[error("the body breaks its schema")]
    Schema(Vec<Violation>),
    /// Any other text of the documents.
    #[error("{0}")]
    Bad(&'static str),
    #[error("Payload Too Large")]
    TooLarge,
    #[error("Request Timeout")]
    TooSlow,
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("Service Unavailable")]
    Engine(#[from] EngineError),
}

/// What a field has against a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    field: String,
    text: String,
}

impl Violation {
    pub(crate) fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { field: field.into(), text: text.into() }
    }
}

/// What is not there has no better word.
pub(crate) const NOT_FOUND: ErrorKind = ErrorKind::NotFound("Not Found");

impl From<ExecuteError> for ErrorKind {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Engine(error) => Self::Engine(error),
            ExecuteError::AccountGone => Self::Unauthorized,
        }
    }
}

/// In which form a route tells its failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// `{"error": …}`
    Plain,
    /// `{"status": "fail", "error": …}`
    Control,
    /// `{"status": "fail"}`
    Park,
    /// `{"status": "fail", "message": …, "error": …}`, where there is a message.
    Click,
    /// The same with a code in front.
    Agent,
    /// `{"message": …}`
    Message,
}

/// A failure in the form of its route.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(crate) struct Error {
    form: ErrorFormat,
    why: ErrorKind,
}

impl<W: Into<ErrorKind>> From<W> for Error {
    fn from(why: W) -> Self {
        Self { form: ErrorFormat::Plain, why: why.into() }
    }
}

/// Puts failures into the form of a route.
pub(crate) trait InFormat<T> {
    fn in_format(self, form: ErrorFormat) -> Result<T, Error>;
}

impl<T, W: Into<ErrorKind>> InFormat<T> for Result<T, W> {
    fn in_format(self, form: ErrorFormat) -> Result<T, Error> {
        self.map_err(|why| Error { form, why: why.into() })
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

fn message(why: &ErrorKind) -> Option<&'static str> {
    let ErrorKind::Refused(refused) = why else { return None };
    match refused.code {
        Code::UserNotRegistered => Some("User not registered extension with Softphone or IP Phone"),
        Code::UserBusy => Some("User is busy"),
        Code::CallNotFound | Code::CallNotAnswered | Code::NoAnswer => None,
    }
}

impl ErrorKind {
    /// Returns what people are told who look for their mistake.
    fn refusal(&self) -> Refusal {
        if let Self::Schema(violations) = self {
            let told = violations.iter().map(|one| format!("{}: {}", one.field, one.text));
            let field = violations.first().map(|one| one.field.clone());
            let refusal = Refusal::new("parameters", told.collect::<Vec<_>>().join("; "));
            return Refusal { field, ..refusal };
        }
        let (step, field) = match self {
            Self::Unauthorized | Self::Forbidden => ("auth", Some("Authorization")),
            Self::BadLogin => ("auth", None),
            Self::NotFound(_) => ("rule", None),
            Self::Missing(name) | Self::Invalid(name) => ("parameters", Some(*name)),
            Self::Bad(_) | Self::Schema(_) => ("parameters", None),
            Self::TooLarge | Self::TooSlow => ("body", None),
            Self::Refused(_) => ("rule", None),
            Self::Engine(_) => ("engine", None),
        };
        let refusal = Refusal::new(step, self.to_string());
        Refusal { field: field.map(str::to_owned), ..refusal }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match &self.why {
            ErrorKind::Unauthorized | ErrorKind::BadLogin => StatusCode::UNAUTHORIZED,
            ErrorKind::Forbidden => StatusCode::FORBIDDEN,
            ErrorKind::NotFound(_) => StatusCode::NOT_FOUND,
            ErrorKind::Missing(_)
            | ErrorKind::Invalid(_)
            | ErrorKind::Schema(_)
            | ErrorKind::Bad(_) => StatusCode::BAD_REQUEST,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::TooSlow => StatusCode::REQUEST_TIMEOUT,
            ErrorKind::Refused(refused) => refused.status(),
            ErrorKind::Engine(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let ErrorKind::Engine(error) = &self.why {
            log::error!("tel4vn: {error}");
        }
        self.why.refusal().note();
        if let ErrorKind::Schema(violations) = &self.why {
            let told = violations.iter().map(|one| json!({ &one.field: one.text }));
            let body = json!({ "error": told.collect::<Vec<_>>() });
            return reply::json(self.status_code(), &body);
        }
        let text = self.why.to_string();
        let fail = Some("fail");
        let (code, status, message, error) = match self.form {
            ErrorFormat::Plain => (None, None, None, Some(text.as_str())),
            ErrorFormat::Control => (None, fail, None, Some(text.as_str())),
            ErrorFormat::Park => (None, fail, None, None),
            ErrorFormat::Click => (None, fail, message(&self.why), Some(text.as_str())),
            ErrorFormat::Agent => (Some("1"), fail, message(&self.why), Some(text.as_str())),
            ErrorFormat::Message => (None, None, Some(text.as_str()), None),
        };
        reply::json(self.status_code(), &Body { code, status, message, error })
    }
}

/// Answers requests that reach no handler, and browsers that ask whether they may call.
pub(crate) fn refuse(refusal: &HttpRefusal, request: &HttpRequest) -> HttpResponse {
    let asks_ahead = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let (status, text, allow) = match refusal {
        // A page learns of a 404 only if it was allowed to ask.
        HttpRefusal::NotFound if asks_ahead => return reply::preflight(request, None),
        HttpRefusal::MethodNotAllowed { allow } if request.method() == Method::OPTIONS => {
            return reply::preflight(request, Some(allow));
        }
        HttpRefusal::NotFound => (StatusCode::NOT_FOUND, "Not Found", None),
        HttpRefusal::MethodNotAllowed { allow } => {
            (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", Some(allow))
        }
        HttpRefusal::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", None),
        HttpRefusal::BodyBroken => (StatusCode::BAD_REQUEST, "invalid json body", None),
        HttpRefusal::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "Request Timeout", None),
        HttpRefusal::UrlTooLong => (StatusCode::URI_TOO_LONG, "URI Too Long", None),
        HttpRefusal::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", None),
    };
    let body = Body { code: None, status: None, message: None, error: Some(text) };
    let mut response = reply::json(status, &body);
    if let Some(allow) = allow.and_then(|allow| header::HeaderValue::from_str(allow).ok()) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
