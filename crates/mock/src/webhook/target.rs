//! Where webhooks may go.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::http::Uri;

/// Which hosts webhooks may go to.
///
/// Loopback and private addresses always; public ones only if allowed; link-local addresses, where
/// clouds keep their metadata services, never.
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
    /// Its host has no address.
    #[error("{0} cannot be resolved")]
    Unresolved(String),
    /// Its host is on the link-local network.
    #[error("{0} is a link-local address, which webhooks never go to")]
    LinkLocal(IpAddr),
    /// Its host is public.
    #[error("{0} is a public address; allow those with --allow-public-webhooks")]
    Public(IpAddr),
}

/// Completes an address: one without a scheme is taken as `http://`.
///
/// # Errors
/// When it is no address of a web server even so.
pub fn normalise(url: &str) -> Result<String, TargetRefused> {
    let refused = || TargetRefused::NotHttp(url.to_owned());
    let url = url.trim();
    // "localhost:8080/webhook" parses as scheme "localhost" in some libraries; it never is one.
    let whole = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let uri: Uri = whole.parse().map_err(|_| refused())?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    if is_http && has_host { Ok(whole) } else { Err(refused()) }
}

impl Targets {
    /// Resolves the host of an address and returns a socket address that is allowed.
    ///
    /// The caller connects to just that address, so that a name cannot change its mind in between.
    ///
    /// # Errors
    /// When the host has no address, or none that is allowed.
    pub async fn resolve(self, url: &str) -> Result<SocketAddr, TargetRefused> {
        let uri: Uri = url.parse().map_err(|_| TargetRefused::NotHttp(url.to_owned()))?;
        let host = uri.host().ok_or_else(|| TargetRefused::NotHttp(url.to_owned()))?;
        let default_port = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(default_port);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let unresolved = || TargetRefused::Unresolved(host.to_owned());
        let found = tokio::net::lookup_host((bare, port)).await.map_err(|_| unresolved())?;
        let mut refused = unresolved();
        let mut allowed = Vec::new();
        for address in found {
            match self.judge(address.ip()) {
                Ok(()) => allowed.push(address),
                Err(why) => refused = why,
            }
        }
        // A name such as localhost often has two addresses and a listener on the older one.
        allowed.sort_by_key(SocketAddr::is_ipv6);
        allowed.first().copied().ok_or(refused)
    }

    fn judge(self, ip: IpAddr) -> Result<(), TargetRefused> {
        let ip = ip.to_canonical();
        let (local, link_local) = match ip {
            IpAddr::V4(v4) => {
                (v4.is_loopback() || v4.is_private(), v4.is_link_local() || v4 == METADATA)
            }
            IpAddr::V6(v6) => {
                (v6.is_loopback() || v6.is_unique_local(), v6.is_unicast_link_local())
            }
        };
        match (link_local, local || self.allow_public) {
            (true, _) => Err(TargetRefused::LinkLocal(ip)),
            (false, true) => Ok(()),
            (false, false) => Err(TargetRefused::Public(ip)),
        }
    }
}

/// One cloud's metadata service outside the link-local network.
const METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);

#[cfg(test)]
mod tests;
