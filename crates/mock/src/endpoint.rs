//! The table of endpoints, and what becomes of requests that reach none.

use actix_web::Route;

use crate::{Param, Variant};

/// The most bytes of a request body, unless a vendor says otherwise.
pub const BODY_LIMIT: usize = 1_048_576;

/// The most bytes of a request's path and query.
pub const URL_LIMIT: usize = 8_192;

/// One operation of a vendor: what mounts it is what documents and covers it.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// The operation's name: the folder of its golden cases.
    pub operation: &'static str,
    /// The method, in capitals.
    pub method: &'static str,
    /// The path, with `{names}` for its parameters.
    pub path: &'static str,
    /// Makes the handler.
    pub route: fn() -> Route,
    /// What it takes. A table that describes nothing is empty.
    pub accepts: &'static [Param],
    /// The operations that share it, where a parameter says which of them is asked for.
    pub variants: &'static [Variant],
}

impl Endpoint {
    /// An endpoint for a method that has no shorthand.
    pub const fn new(
        operation: &'static str,
        method: &'static str,
        path: &'static str,
        route: fn() -> Route,
    ) -> Self {
        Self { operation, method, path, route, accepts: &[], variants: &[] }
    }

    /// A `GET` endpoint.
    pub const fn get(operation: &'static str, path: &'static str, route: fn() -> Route) -> Self {
        Self::new(operation, "GET", path, route)
    }

    /// A `HEAD` endpoint.
    pub const fn head(operation: &'static str, path: &'static str, route: fn() -> Route) -> Self {
        Self::new(operation, "HEAD", path, route)
    }

    /// A `POST` endpoint.
    pub const fn post(operation: &'static str, path: &'static str, route: fn() -> Route) -> Self {
        Self::new(operation, "POST", path, route)
    }

    /// An `OPTIONS` endpoint.
    pub const fn options(
        operation: &'static str,
        path: &'static str,
        route: fn() -> Route,
    ) -> Self {
        Self::new(operation, "OPTIONS", path, route)
    }

    /// The same endpoint, with what it takes.
    #[must_use]
    pub const fn accepts(mut self, params: &'static [Param]) -> Self {
        self.accepts = params;
        self
    }

    /// The same endpoint, with the operations that share it.
    #[must_use]
    pub const fn variants(mut self, variants: &'static [Variant]) -> Self {
        self.variants = variants;
        self
    }
}

/// Why a request reaches no handler. Each vendor has its own words for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpRefusal {
    /// No route has this path.
    #[error("no such path")]
    NotFound,
    /// A route has this path, for other methods only.
    #[error("no such method; there are {allow}")]
    MethodNotAllowed {
        /// Those methods, as the `Allow` header lists them.
        allow: String,
    },
    /// The body is longer than the vendor's limit.
    #[error("the body is too long")]
    BodyTooLarge,
    /// The body broke off or is badly encoded.
    #[error("the body broke off or is badly encoded")]
    BodyBroken,
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    BodyTooSlow,
    /// Path and query are longer than [`URL_LIMIT`].
    #[error("path and query are too long")]
    UrlTooLong,
    /// What others have written cannot be known now, so nothing can be answered truly.
    #[error("the command log cannot be asked")]
    Unavailable,
}
