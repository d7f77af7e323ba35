//! Who may use the control API: not the pages of others, and where it is set, who has the token.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
};

use super::{front, problem::Problem};

/// What a request of the control API has to show.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// The bearer token, if one is set.
    pub token: Option<String>,
    /// The host names under which it may be reached, beside localhost and plain addresses.
    pub hosts: Vec<String>,
}

impl Guard {
    /// Refuses requests of foreign pages and under foreign names, and those without the token.
    ///
    /// A page on another origin could otherwise change everything on loopback, and one whose name
    /// leads here (DNS rebinding) could read it. A name cannot be forged into an address, so plain
    /// addresses are as good as localhost.
    pub(super) fn admit(&self, request: &HttpRequest) -> Result<(), Problem> {
        let headers = request.headers();
        let host = text(headers, header::HOST.as_str());
        let host = host.or_else(|| request.uri().authority().map(|host| host.as_str()));
        let host = host.unwrap_or_default();
        if !self.is_own(host) {
            let why = format!("{host:?} is not a name of this server");
            let hint = "allow it with --allow-host NAME".to_owned();
            return Err(Problem::new(StatusCode::FORBIDDEN, why).hint(hint));
        }
        let foreign = |origin: &str| {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            !authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        };
        let asks = *request.method() == Method::GET || *request.method() == Method::HEAD;
        let navigates = asks && text(headers, "sec-fetch-mode") == Some("navigate");
        let site = text(headers, "sec-fetch-site").filter(|_| !navigates);
        let is_foreign = text(headers, header::ORIGIN.as_str()).is_some_and(foreign)
            || headers.contains_key(header::ORIGIN)
                && text(headers, header::ORIGIN.as_str()).is_none()
            || site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
        if is_foreign {
            let why = "the control API is not open to pages of other origins";
            return Err(Problem::new(StatusCode::FORBIDDEN, why));
        }
        let path = request.path();
        let is_public = path == "/__admin/health" || front::is_document(path);
        match &self.token {
            Some(token) if !is_public && !shows(headers, token) => {
                let why = "this needs the control token as a bearer token";
                Err(Problem::new(StatusCode::UNAUTHORIZED, why))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn is_own(&self, host: &str) -> bool {
        let name = match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.rsplit_once(':').map_or(host, |(name, _)| name),
        };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        name == "localhost"
            || name.ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok()
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(&name))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn shows(headers: &HeaderMap, token: &str) -> bool {
    let shown = text(headers, header::AUTHORIZATION.as_str()).and_then(|text| text.split_once(' '));
    shown.is_some_and(|(scheme, shown)| {
        scheme.eq_ignore_ascii_case("bearer") && same(shown.trim(), token)
    })
}

/// Compares two texts in a time that does not tell where they differ.
fn same(one: &str, other: &str) -> bool {
    let difference = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && difference == 0
}
