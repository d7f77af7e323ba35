//! The address by which a client came, of which a proxy in between has to speak.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap},
};
use ipnet::IpNet;

use super::Secure;

/// Which headers of a proxy say by which address a client came, as the original's framework reads
/// them for its links, redirects and signatures. They count if the peer is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forwarded {
    /// None, as with hapi.
    Ignored,
    /// `X-Forwarded-Proto` alone, as with uvicorn.
    Scheme,
    /// Those of Rack and Rails: `X-Forwarded-Ssl`, `-Scheme`, `-Proto` (the first) and `-Host` (the
    /// last), and the scheme of `Forwarded`. A port is a part of the host; the usual one is left out.
    Rails,
    /// All that are usual, each as the first proxy says it: `Forwarded`, `X-Forwarded-Proto`, `-Host`,
    /// `-Port`, `-Ssl` and `-Scheme`. For services that put their public address into links, whatever
    /// stands in front of them.
    All,
}

/// Returns whether what a peer says about others is believed: a proxy on the same computer, or one
/// that the user named.
pub(crate) fn is_trusted(peer: Option<IpAddr>, proxies: &[IpNet]) -> bool {
    peer.map(|peer| peer.to_canonical()).is_some_and(|peer| {
        peer.is_loopback() || proxies.iter().any(|proxies| proxies.contains(&peer))
    })
}

/// Returns scheme and authority under which the client reached this server, such as
/// `http://localhost:8000`, for links that work from where the client sits.
pub(crate) fn address(request: &HttpRequest, read: Forwarded, proxies: &[IpNet]) -> String {
    let config = request.app_config();
    let is_secure = request.conn_data::<Secure>().is_some() || config.secure();
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let host = host.filter(|host| !host.is_empty());
    let host = host.map_or_else(|| config.local_addr().to_string(), str::to_owned);
    let came = Address { is_secure, host };
    let peer = request.peer_addr().map(|peer| peer.ip());
    let came = if is_trusted(peer, proxies) { came.told(request.headers(), read) } else { came };
    let came = if read == Forwarded::Rails { came.without_usual_port() } else { came };
    format!("{}://{}", if came.is_secure { "https" } else { "http" }, came.host)
}

#[derive(Debug, PartialEq, Eq)]
struct Address {
    is_secure: bool,
    host: String,
}

impl Address {
    /// Puts what a proxy says in the place of what is seen.
    fn told(self, headers: &HeaderMap, read: Forwarded) -> Self {
        if !headers.keys().any(|name| name.as_str().contains("forwarded")) {
            return self;
        }
        let ssl = || first(headers, "x-forwarded-ssl").and_then(|on| (on == "on").then_some(true));
        let scheme = || first(headers, "x-forwarded-scheme").and_then(is_https);
        let proto = || first(headers, "x-forwarded-proto").and_then(is_https);
        match read {
            Forwarded::Ignored => self,
            Forwarded::Scheme => {
                let proto = last(headers, "x-forwarded-proto").and_then(is_https);
                Self { is_secure: proto.unwrap_or(self.is_secure), ..self }
            }
            Forwarded::Rails => {
                let is_secure = ssl().or_else(scheme).or_else(proto);
                let is_secure = is_secure.or_else(|| is_https(&elements(headers, "proto").pop()?));
                let host = last(headers, "x-forwarded-host").filter(|host| is_host(host));
                self.with(is_secure, host)
            }
            Forwarded::All => {
                let is_secure =
                    elements(headers, "proto").first().and_then(|proto| is_https(proto));
                let is_secure = is_secure.or_else(proto).or_else(ssl).or_else(scheme);
                let host = elements(headers, "host").into_iter().next();
                let host = host.or_else(|| first(headers, "x-forwarded-host").map(str::to_owned));
                let port = first(headers, "x-forwarded-port").and_then(|port| port.parse().ok());
                let told = self.with(is_secure, host.as_deref().filter(|host| is_host(host)));
                match port.filter(|port: &u16| *port > 0 && told.port().is_none()) {
                    Some(port) => Self { host: format!("{}:{port}", told.host), ..told },
                    None => told,
                }
                .without_usual_port()
            }
        }
    }

    fn with(self, is_secure: Option<bool>, host: Option<&str>) -> Self {
        Self {
            is_secure: is_secure.unwrap_or(self.is_secure),
            host: host.map_or(self.host, str::to_owned),
        }
    }

    fn port(&self) -> Option<u16> {
        self.host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']'))?.1.parse().ok()
    }

    fn without_usual_port(self) -> Self {
        let usual = if self.is_secure { 443 } else { 80 };
        match self.host.rsplit_once(':') {
            Some((host, _)) if self.port() == Some(usual) => Self { host: host.to_owned(), ..self },
            _ => self,
        }
    }
}

/// Returns the values of a header, one that lists several split up.
fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

fn first<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    values(headers, name).next()
}

fn last<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    values(headers, name).last()
}

fn is_https(scheme: &str) -> Option<bool> {
    match scheme {
        "https" => Some(true),
        "http" => Some(false),
        _ => None,
    }
}

/// Returns whether something can stand as the host in a link.
fn is_host(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    !text.is_empty() && text.chars().all(allowed)
}

/// Returns what the elements of `Forwarded` say under a name, from the first proxy to the last.
/// RFC 7239, 4
fn elements(headers: &HeaderMap, name: &str) -> Vec<String> {
    let pairs = values(headers, "forwarded").flat_map(|element| element.split(';'));
    let said = pairs.filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let value = value.trim().trim_matches('"').to_owned();
        key.trim().eq_ignore_ascii_case(name).then_some(value)
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn told(read: Forwarded, host: &str, said: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        let came = Address { is_secure: false, host: host.to_owned() }.told(&headers, read);
        let came = if read == Forwarded::Rails { came.without_usual_port() } else { came };
        format!("{}://{}", if came.is_secure { "https" } else { "http" }, came.host)
    }

    const PROTO: (&str, &str) = ("x-forwarded-proto", "https");
    const HOST: (&str, &str) = ("x-forwarded-host", "a.example");
    const PORT: (&str, &str) = ("x-forwarded-port", "8443");

    #[test]
    fn each_framework_reads_its_own_headers() {
        let all = [PROTO, HOST, PORT];
        for (read, address) in [
            (Forwarded::Ignored, "http://b:1"),
            (Forwarded::Scheme, "https://b:1"),
            (Forwarded::Rails, "https://a.example"),
            (Forwarded::All, "https://a.example:8443"),
        ] {
            assert_eq!(told(read, "b:1", &all), address, "{read:?}");
            assert_eq!(told(read, "b:1", &[]), "http://b:1", "{read:?}");
        }
    }

    #[test]
    fn rails_takes_the_first_scheme_and_the_last_host_and_leaves_the_usual_port_out() {
        for (said, address) in [
            (&[("x-forwarded-ssl", "on")][..], "https://b"),
            (&[("x-forwarded-scheme", "https"), ("x-forwarded-proto", "http")], "https://b"),
            (&[("x-forwarded-proto", "https,http")], "https://b"),
            (&[("x-forwarded-proto", "gopher")], "http://b:443"),
            (&[("x-forwarded-host", "x, a.example:8080")], "http://a.example:8080"),
            (&[("x-forwarded-host", "a.example:80")], "http://a.example"),
            (&[("x-forwarded-host", "a\"><b")], "http://b:443"),
            (&[("forwarded", "for=1.2.3.4;proto=https;host=a.example")], "https://b"),
        ] {
            assert_eq!(told(Forwarded::Rails, "b:443", said), address, "{said:?}");
        }
    }

    #[test]
    fn all_that_proxies_say_makes_an_address() {
        for (said, address) in [
            (
                &[("forwarded", "Proto=https; Host=\"a.example:8443\", proto=http")][..],
                "https://a.example:8443",
            ),
            (&[("forwarded", "for=\"[::1]\";proto=https")], "https://b:8000"),
            (&[PROTO], "https://b:8000"),
            (&[PROTO, ("x-forwarded-host", "a.example, c")], "https://a.example"),
            (&[PROTO, ("x-forwarded-host", "a.example:8444"), PORT], "https://a.example:8444"),
            (&[PROTO, HOST, ("x-forwarded-port", "443")], "https://a.example"),
            (&[PROTO, ("x-forwarded-host", "[::1]"), PORT], "https://[::1]:8443"),
            (&[HOST, ("x-forwarded-port", "x")], "http://a.example"),
            (&[("x-forwarded-host", "a b")], "http://b:8000"),
        ] {
            assert_eq!(told(Forwarded::All, "b:8000", said), address, "{said:?}");
        }
    }

    #[test]
    fn only_proxies_here_and_named_ones_are_believed() {
        let named = ["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for (peer, is) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("fd12::1", true),
            ("10.2.0.1", false),
            ("192.168.0.1", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_trusted(Some(peer.parse().unwrap()), &named), is, "{peer}");
        }
        assert!(!is_trusted(None, &named));
    }
}
