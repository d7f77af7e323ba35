//! Every refusal with its result code, and every failure with its status.

use actix_web::{HttpResponse, http::StatusCode, http::header};
use ringback_mock::{ExecuteError, HttpRefusal, Refusal};
use serde::{Deserialize, Serialize};

use crate::{codes::words, settings::ErrorStyle};

/// Why the VPBX API refuses: a result code, and the parameter to blame if it is one alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {}", words(*code))]
pub struct Refused {
    /// The result code. vendors/mango.md, 5.3
    pub code: u16,
    /// The parameter's name, such as `from.extension`, and its own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<(String, u16)>,
}

impl Refused {
    /// A refusal for which no single parameter is to blame.
    pub const fn code(code: u16) -> Self {
        Self { code, field: None }
    }

    /// A required parameter is missing.
    pub fn missing(name: &str) -> Self {
        Self::field(3103, name, 3103)
    }

    /// A parameter is in a wrong format: not the type, no such word.
    pub fn malformed(name: &str) -> Self {
        Self::field(3104, name, 3104)
    }

    /// A parameter has a value that cannot be used here: 3100, with the reason at the parameter.
    pub fn unusable(name: &str, why: u16) -> Self {
        Self::field(3100, name, why)
    }

    /// Tells people who look for their mistake.
    pub(crate) fn note(&self) {
        let Self { code, field } = self;
        // 31xx and 34xx are about what was given, the others about what stands against it.
        let step = if matches!(code, 3100..3200 | 3400..3500) { "parameters" } else { "rule" };
        let why = field.as_ref().map(|(name, why)| format!("; {name}: {why} {}", words(*why)));
        let detail = format!("{self}{}", why.unwrap_or_default());
        let field = field.as_ref().map(|(name, _)| name.clone());
        Refusal { field, ..Refusal::new(step, detail) }.note();
    }

    /// A refusal with the parameter to blame and its own code.
    pub fn field(code: u16, name: &str, why: u16) -> Self {
        Self { code, field: Some((name.to_owned(), why)) }
    }
}

/// Why a request gets no answer of its operation: the shapes of HTTP, not of result codes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejected {
    #[error("the request lacks {0}")]
    FieldMissing(&'static str),
    #[error("unknown vpbx_api_key")]
    UnknownKey,
    #[error("the signature does not match")]
    WrongSign,
    #[error("this address is not on the list of allowed ones")]
    ForeignAddress,
    #[error("too many refused requests, locked out for a while")]
    LockedOut,
    #[error("the link has expired")]
    LinkExpired,
    #[error("Rate limit exceeded.")]
    TooFast,
    #[error(transparent)]
    Unreached(#[from] Unreached),
    #[error("Internal error.")]
    Engine(ExecuteError),
}

impl From<ExecuteError> for Rejected {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Engine(_) => Self::Engine(error),
            // The instance was reset between admission and execution.
            ExecuteError::AccountGone => Self::UnknownKey,
        }
    }
}

/// A request that reaches no operation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreached {
    #[error("Page not found.")]
    NotFound,
    #[error("The method is not {0}.")]
    Method(String),
    #[error("The body is too long.")]
    BodyTooLarge,
    #[error("The body cannot be read.")]
    BodyBroken,
    #[error("The body took too long.")]
    BodyTooSlow,
    #[error("The address is too long.")]
    UrlTooLong,
    #[error("The service is unavailable.")]
    Unavailable,
}

impl From<HttpRefusal> for Unreached {
    fn from(refusal: HttpRefusal) -> Self {
        match refusal {
            HttpRefusal::NotFound => Self::NotFound,
            HttpRefusal::MethodNotAllowed { allow } => Self::Method(allow),
            HttpRefusal::BodyTooLarge => Self::BodyTooLarge,
            HttpRefusal::BodyBroken => Self::BodyBroken,
            HttpRefusal::BodyTooSlow => Self::BodyTooSlow,
            HttpRefusal::UrlTooLong => Self::UrlTooLong,
            HttpRefusal::Unavailable => Self::Unavailable,
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    name: &'a str,
    message: &'a str,
    code: u16,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<u16>,
}

impl Rejected {
    /// Returns the status, its name, and the result code if there is one. vendors/mango.md, 5.1
    fn shape(&self) -> (u16, &'static str, Option<u16>) {
        match self {
            Self::FieldMissing(_) => (401, "Unauthorized", Some(3103)),
            Self::UnknownKey | Self::ForeignAddress | Self::LockedOut | Self::LinkExpired => {
                (401, "Unauthorized", Some(3105))
            }
            Self::WrongSign => (401, "Unauthorized", Some(3102)),
            Self::TooFast => (429, "Service Unavailable", None),
            Self::Unreached(Unreached::NotFound) => (404, "Not Found", None),
            Self::Unreached(Unreached::Method(_)) => (405, "Method Not Allowed", Some(3101)),
            Self::Unreached(Unreached::BodyTooLarge) => (413, "Payload Too Large", None),
            Self::Unreached(Unreached::BodyBroken) => (400, "Bad Request", Some(3000)),
            Self::Unreached(Unreached::BodyTooSlow) => (408, "Request Timeout", None),
            Self::Unreached(Unreached::UrlTooLong) => (414, "URI Too Long", None),
            Self::Unreached(Unreached::Unavailable) => (503, "Service Unavailable", None),
            Self::Engine(_) => (500, "Internal Server Error", Some(5000)),
        }
    }

    /// Returns what people are told who look for their mistake.
    fn refusal(&self) -> Refusal {
        let (step, field) = match self {
            Self::FieldMissing(name) => ("auth", Some(*name)),
            Self::UnknownKey => ("auth", Some("vpbx_api_key")),
            Self::WrongSign => ("auth", Some("sign")),
            Self::LinkExpired => ("auth", Some("timestamp")),
            Self::ForeignAddress => ("auth", None),
            Self::LockedOut | Self::TooFast => ("limit", None),
            Self::Unreached(Unreached::Method(_)) => ("routing", Some("method")),
            Self::Unreached(Unreached::NotFound | Unreached::UrlTooLong) => {
                ("routing", Some("path"))
            }
            Self::Unreached(
                Unreached::BodyTooLarge | Unreached::BodyBroken | Unreached::BodyTooSlow,
            ) => ("body", None),
            Self::Unreached(Unreached::Unavailable) | Self::Engine(_) => ("engine", None),
        };
        let refusal = Refusal::new(step, self.to_string());
        Refusal { field: field.map(str::to_owned), ..refusal }
    }

    /// Returns the result code by which lock-out counts refusals.
    pub(crate) fn result(&self) -> Option<u16> {
        self.shape().2
    }

    /// Answers in a style.
    pub(crate) fn respond(&self, style: ErrorStyle) -> HttpResponse {
        if let Self::Engine(error) = self {
            log::error!("mango: {error}");
        }
        self.refusal().note();
        let (status, name, result) = self.shape();
        let mut response = match (style, result) {
            (ErrorStyle::Legacy420, Some(code)) => failure_420(code),
            (ErrorStyle::Modern | ErrorStyle::Legacy420, _) => {
                let (message, code) = (self.to_string(), result.unwrap_or(0));
                let body = Body { name, message: &message, code, status, result };
                let status = StatusCode::from_u16(status).unwrap_or_default();
                HttpResponse::build(status).json(body)
            }
        };
        if let Self::Unreached(Unreached::Method(allow)) = self
            && let Ok(allow) = header::HeaderValue::from_str(allow)
        {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response
    }
}

/// The manual of 2017: `420 Method Failure`, and the code alone.
pub(crate) fn failure_420(code: u16) -> HttpResponse {
    let status = StatusCode::from_u16(420).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = HttpResponse::build(status);
    response.reason("Method Failure");
    response.content_type("application/json").body(format!("{{\"code\":{code}}}"))
}
