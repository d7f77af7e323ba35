//! Addresses that a user writes: where webhooks go, and what stands in links.

use std::net::IpAddr;

use actix_web::http::Uri;
use ipnet::IpNet;
use ringback_mock::webhook::{Targets, normalise};

/// Checks where webhooks are to go. A literal address that they may not go to is refused here: it
/// would fail on every delivery. Names are resolved then.
pub(crate) fn webhook(url: &str, targets: Targets) -> Result<String, String> {
    let url = web_address(url)?;
    targets.accept(&url).map_err(|refused| refused.to_string())
}

/// Checks the address in links: paths are put behind it.
pub(crate) fn public_url(url: &str) -> Result<String, String> {
    let whole = web_address(url)?;
    if whole.contains(['?', '#', '@']) {
        return Err(format!("{url:?} has more than a host and a path, which links begin with"));
    }
    Ok(whole)
}

/// Reads a network, or one address.
pub(crate) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let network = text.parse().ok().or_else(address);
    network.ok_or_else(|| format!("{text:?} is no network such as 10.0.0.0/8, and no address"))
}

/// Completes an address and refuses what is none: `javascript:x` has neither a scheme of the web nor
/// a port.
fn web_address(url: &str) -> Result<String, String> {
    let whole = normalise(url).map_err(|refused| refused.to_string())?;
    let uri: Uri = whole.parse().map_err(|_| not_http(url))?;
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(u, h)| (Some(u), h));
    // Without a scheme, `mailto:x@y` would be a user of a host.
    if user.is_some() && !url.contains("://") {
        return Err(not_http(url));
    }
    let port = match host.rsplit_once(']') {
        Some((_, after)) => after.strip_prefix(':'),
        None => host.split_once(':').map(|(_, port)| port),
    };
    match port.map(str::parse::<u16>) {
        None => Ok(whole),
        Some(Ok(port)) if port > 0 => Ok(whole),
        Some(_) if url.contains("://") || host.ends_with(char::is_numeric) => {
            Err(format!("{url:?} has a port that is no number from 1 to 65535"))
        }
        Some(_) => Err(not_http(url)),
    }
}

fn not_http(url: &str) -> String {
    format!("{url:?} is not an http:// or https:// address")
}

#[cfg(test)]
mod tests {
    use ringback_mock::webhook::Targets;

    use super::{network as network_of, public_url, webhook};

    #[test]
    fn what_is_no_address_of_the_web_is_told_at_once() {
        for url in [
            "javascript:x",
            "javascript:alert(1)",
            "data:text/html,x",
            "mailto:x@y",
            "ftp://x",
            "file:///etc/passwd",
            "http://",
            "http://x:99999/",
            "http://x:-1",
            "http://[::1]:x/",
            "x:0",
            "",
            "not a url",
        ] {
            assert!(public_url(url).is_err(), "{url}");
            assert!(webhook(url, Targets { allow_public: true }).is_err(), "{url}");
        }
        for url in ["https://pbx.example.com/base", "localhost:8080", "http://[::1]:8080/x"] {
            assert!(public_url(url).is_ok(), "{url}");
        }
        assert!(public_url("http://x/?a=1").is_err());
    }

    #[test]
    fn a_network_may_be_one_address() {
        for (text, network) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            (" 192.168.1.7", "192.168.1.7/32"),
            ("fd00::/8", "fd00::/8"),
            ("::1", "::1/128"),
        ] {
            assert_eq!(network_of(text).unwrap().to_string(), network);
        }
        for text in ["", "10.0.0.0/33", "proxy.example", "10.0.0/8", "*"] {
            assert!(network_of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_literal_address_is_refused_where_webhooks_may_not_go_and_a_name_is_not_asked_for() {
        let local = Targets::default();
        for url in ["http://8.8.8.8/x", "8.8.8.8:80", "http://[2001:4860:4860::8888]/"] {
            let refused = webhook(url, local).unwrap_err();
            assert!(refused.contains("--allow-public-webhooks"), "{refused}");
            assert!(webhook(url, Targets { allow_public: true }).is_ok());
        }
        assert!(webhook("http://169.254.169.254/", Targets { allow_public: true }).is_err());
        for url in ["http://127.0.0.1:9/x?a=1,2", "http://10.0.0.1", "http://crm.example.invalid/"]
        {
            assert!(webhook(url, local).is_ok(), "{url}");
        }
    }
}
