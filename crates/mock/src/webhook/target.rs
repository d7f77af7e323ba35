//! Where webhooks may go.

mod never;

use std::io;
use std::net::{IpAddr, SocketAddr};

use actix_web::http::Uri;

use never::{never, written};

/// Which hosts webhooks may go to.
///
/// Loopback and private addresses always; public ones only if allowed; link-local addresses, the
/// metadata services of clouds and addresses of no host never, however they are spelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Targets {
    /// Whether public addresses are allowed.
    pub allow_public: bool,
}

/// Why a webhook address is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetRefused {
    /// It is no address of a web server.
    #[error("{0:?} is not an http:// or https:// address")]
    NotHttp(String),
    /// It is one word, which is hardly a host.
    #[error("{0:?} is no address: write http://{0} if that is a host, or inbox:{0} for an inbox")]
    Bare(String),
    /// It has a part that is never sent.
    #[error("{0:?} has a fragment, which is never sent to a server: write %23 for a #")]
    Fragment(String),
    /// It names no inbox.
    #[error("{0:?} names no inbox: write inbox:NAME, with 1 to 64 letters, digits, and . _ -")]
    Inbox(String),
    /// Its port is none.
    #[error("{0:?} has no valid port: 1 to 65535")]
    Port(String),
    /// Its host has no address.
    #[error("{0} cannot be resolved")]
    Unresolved(String),
    /// Its host is on the link-local network, a metadata service, or nobody.
    #[error("{0} is {1}, which webhooks never go to")]
    Never(IpAddr, &'static str),
    /// Its host is public.
    #[error("{0} is a public address; allow those with --allow-public-webhooks")]
    Public(IpAddr),
}

/// Who receives webhooks: two addresses that differ in their path alone are one receiver.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Receiver {
    pub(super) secure: bool,
    /// In lower case, an IPv6 address without its brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

/// A webhook address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) receiver: Receiver,
    /// The `Host` header.
    pub(super) authority: String,
    /// Path and query, as they stand in the request line.
    pub(super) path: String,
}

/// What the address of an inbox begins with, in front of its name. The host is Ringback itself, on
/// whatever port it listens: so addresses, and what is signed with them, are the same in every run.
const INBOX: &str = "http://inbox.localhost/__inbox/";

/// How an inbox is written.
const INBOX_SCHEME: &str = "inbox:";

/// What the host of an inbox is called among receivers, which are slow or quick each by itself.
const INBOX_HOST: &str = "inbox/";

/// Returns whether a text may name an inbox.
pub(crate) fn is_inbox_name(name: &str) -> bool {
    let may_be = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(may_be) && !matches!(name, "." | "..")
}

/// Writes `inbox:NAME` out as an address; others stay as they are.
pub fn whole(url: String) -> String {
    match url.trim().strip_prefix(INBOX_SCHEME) {
        Some(rest) => format!("{INBOX}{rest}"),
        None => url,
    }
}

/// Shortens the address of an inbox to `inbox:NAME`; others stay as they are.
pub fn shorten(url: &str) -> String {
    match url.strip_prefix(INBOX) {
        Some(rest) => format!("{INBOX_SCHEME}{rest}"),
        None => url.to_owned(),
    }
}

/// Completes an address: one without a scheme is taken as `http://`, and `inbox:NAME` is written out.
///
/// # Errors
/// When it is no address of a web server even so.
pub fn normalise(url: &str) -> Result<String, TargetRefused> {
    let url = url.trim();
    let (address, named) = match url.strip_prefix(INBOX_SCHEME) {
        Some(rest) => (whole(url.to_owned()), Some(rest)),
        None => (url.to_owned(), None),
    };
    if let Some(named) = named {
        let end = named.find(['/', '?', '#']).unwrap_or(named.len());
        if !is_inbox_name(named.get(..end).unwrap_or_default()) {
            return Err(TargetRefused::Inbox(url.to_owned()));
        }
    }
    if address.contains('#') {
        return Err(TargetRefused::Fragment(url.to_owned()));
    }
    complete(&address)
}

fn complete(url: &str) -> Result<String, TargetRefused> {
    let refused = || TargetRefused::NotHttp(url.to_owned());
    let (word, rest) = url.split_once(':').unwrap_or((url, ""));
    // Whatever follows: a browser would run it.
    if word.eq_ignore_ascii_case("javascript") {
        return Err(refused());
    }
    if url.contains("://") {
        return Address::parse(url).map(|_| url.to_owned());
    }
    let is_word =
        !url.contains(['.', ':', '/', '?', '[']) && !url.eq_ignore_ascii_case("localhost");
    if is_word && Address::parse(&format!("http://{url}")).is_ok() {
        return Err(TargetRefused::Bare(url.to_owned()));
    }
    // "localhost:8080/webhook" parses as scheme "localhost" in some libraries; it never is one.
    let whole = format!("http://{url}");
    match Address::parse(&whole) {
        Ok(_) => Ok(whole),
        // No number behind the colon: "data:" and its like are other schemes, not hosts.
        Err(TargetRefused::Port(_)) if rest.starts_with(|first: char| first.is_ascii_digit()) => {
            Err(TargetRefused::Port(url.to_owned()))
        }
        Err(_) => Err(refused()),
    }
}

impl Address {
    /// Takes an address apart.
    ///
    /// # Errors
    /// When it is no address of a web server.
    pub(super) fn parse(url: &str) -> Result<Self, TargetRefused> {
        let refused = || TargetRefused::NotHttp(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| refused())?;
        let secure = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(refused()),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(refused)?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
        let port = match authority.strip_prefix(host).and_then(|rest| rest.strip_prefix(':')) {
            // RFC 3986, 3.2.3: an empty port is the scheme's own.
            None | Some("") => 80 + 363 * u16::from(secure),
            Some(port) => {
                let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
                let port = port.parse().ok().filter(|port| is_number && *port > 0);
                port.ok_or_else(|| TargetRefused::Port(url.to_owned()))?
            }
        };
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            query if query.starts_with('?') => format!("/{query}"),
            "" => "/".to_owned(),
            path => path.to_owned(),
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let host = match inbox_in(url) {
            Some(name) => format!("{INBOX_HOST}{name}"),
            None => bare.to_ascii_lowercase(),
        };
        let receiver = Receiver { secure, host, port };
        Ok(Self { receiver, authority: authority.trim_end_matches(':').to_owned(), path })
    }
}

/// Returns the name of the inbox to which an address leads.
fn inbox_in(url: &str) -> Option<&str> {
    let named = url.strip_prefix(INBOX)?;
    named.get(..named.find(['/', '?', '#']).unwrap_or(named.len()))
}

impl Receiver {
    /// Returns whether it is an inbox of this process.
    pub(super) fn is_inbox(&self) -> bool {
        self.host.starts_with(INBOX_HOST)
    }
}

impl Targets {
    /// Completes an address as [`normalise`] does, and refuses one whose host is written as an
    /// address that webhooks do not go to. A name is resolved only when something is delivered.
    ///
    /// # Errors
    /// When it is no address of a web server, or not allowed.
    pub fn accept(self, url: &str) -> Result<String, TargetRefused> {
        let whole = normalise(url)?;
        if let Some(ip) = written(&Address::parse(&whole)?.receiver.host) {
            self.judge(ip)?;
        }
        Ok(whole)
    }

    /// Resolves a receiver's host and returns its socket addresses that are allowed.
    ///
    /// The caller connects to just those, so that a name cannot change its mind in between.
    ///
    /// # Errors
    /// When the computer cannot look now, or else why there is no address that is allowed.
    pub(super) async fn resolve(
        self,
        receiver: &Receiver,
    ) -> io::Result<Result<Vec<SocketAddr>, TargetRefused>> {
        let host = receiver.host.as_str();
        let found = tokio::net::lookup_host((host, receiver.port)).await?;
        let mut refused = TargetRefused::Unresolved(host.to_owned());
        let mut allowed = Vec::new();
        for address in found {
            match self.judge(address.ip()) {
                Ok(()) => allowed.push(address),
                Err(why) => refused = why,
            }
        }
        // A name such as localhost often has two addresses and a listener on the older one.
        allowed.sort_by_key(SocketAddr::is_ipv6);
        Ok(if allowed.is_empty() { Err(refused) } else { Ok(allowed) })
    }

    fn judge(self, ip: IpAddr) -> Result<(), TargetRefused> {
        let ip = ip.to_canonical();
        if let Some(why) = never(ip) {
            return Err(TargetRefused::Never(ip, why));
        }
        let is_local = match ip {
            IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
            IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
        };
        if is_local || self.allow_public { Ok(()) } else { Err(TargetRefused::Public(ip)) }
    }
}

#[cfg(test)]
mod tests;
