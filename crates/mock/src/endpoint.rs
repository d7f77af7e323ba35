//! The table of endpoints, and what becomes of requests that reach none.

use std::collections::HashMap;

use actix_web::{Route, dev::ResourceDef};

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
}

impl Endpoint {
    /// An endpoint for a method that has no shorthand.
    pub const fn new(
        operation: &'static str,
        method: &'static str,
        path: &'static str,
        route: fn() -> Route,
    ) -> Self {
        Self { operation, method, path, route }
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
}

/// Which requests the endpoints of one vendor are about, for ports that several vendors share.
#[derive(Debug)]
pub(crate) struct Claims {
    /// Most paths are plain text, which is looked up faster than a pattern is matched.
    plain: HashMap<&'static str, Vec<&'static str>>,
    patterns: Vec<(ResourceDef, Vec<&'static str>)>,
}

/// How well a vendor's endpoints fit a request: by method, and by plain path rather than pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim {
    method_fits: bool,
    is_plain: bool,
}

impl Claims {
    pub(crate) fn of(endpoints: &'static [Endpoint]) -> Self {
        let mut methods: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
        for endpoint in endpoints {
            match methods.iter_mut().find(|(path, _)| *path == endpoint.path) {
                Some((_, methods)) => methods.push(endpoint.method),
                None => methods.push((endpoint.path, vec![endpoint.method])),
            }
        }
        let (patterns, plain): (Vec<_>, Vec<_>) =
            methods.into_iter().partition(|(path, _)| path.contains('{'));
        let patterns = patterns.into_iter().map(|(path, of)| (ResourceDef::new(path), of));
        Self { plain: plain.into_iter().collect(), patterns: patterns.collect() }
    }

    /// Returns how well a request fits, or `None` if no endpoint has its path.
    pub(crate) fn claim(&self, method: &str, path: &str) -> Option<Claim> {
        let claim =
            |methods: &[&str], is_plain| Claim { method_fits: methods.contains(&method), is_plain };
        let plain = self.plain.get(path).map(|methods| claim(methods, true));
        if plain.is_some_and(|claim| claim.method_fits) {
            return plain;
        }
        let patterns = self.patterns.iter().filter(|(pattern, _)| pattern.is_match(path));
        patterns.map(|(_, methods)| claim(methods, false)).chain(plain).max()
    }
}

/// Why a request reaches no handler. Each vendor has its own words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No route has this path.
    NotFound,
    /// A route has this path, for other methods only.
    MethodNotAllowed {
        /// Those methods, as the `Allow` header lists them.
        allow: String,
    },
    /// The body is longer than the vendor's limit.
    BodyTooLarge,
    /// The body broke off or is badly encoded.
    BodyBroken,
    /// Path and query are longer than [`URL_LIMIT`].
    UrlTooLong,
}

/// Says what is wrong with a body that could not be read.
pub fn broken_body(error: &actix_web::Error) -> Refusal {
    match error.as_response_error().status_code() {
        actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => Refusal::BodyTooLarge,
        _ => Refusal::BodyBroken,
    }
}

/// Lists the methods of a path, as an `Allow` header does.
///
/// `OPTIONS` is left out: where a vendor has it, it is for browsers asking ahead.
pub(crate) fn allow(endpoints: &[Endpoint], path: &str) -> String {
    let methods =
        endpoints.iter().filter(|endpoint| endpoint.path == path && endpoint.method != "OPTIONS");
    let methods: Vec<&str> = methods.map(|endpoint| endpoint.method).collect();
    methods.join(", ")
}

/// Counts the leading path segments that a path shares with a vendor's endpoints.
///
/// On a shared port an unknown path is answered by the vendor it resembles most.
pub(crate) fn kinship(endpoints: &[Endpoint], path: &str) -> usize {
    let shared = |endpoint: &Endpoint| {
        let pairs = endpoint.path.split('/').zip(path.split('/'));
        pairs.take_while(|(ours, theirs)| ours == theirs).count()
    };
    endpoints.iter().map(shared).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
