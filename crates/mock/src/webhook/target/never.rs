//! Addresses that webhooks never go to, however they are spelled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const LINK_LOCAL: &str = "a link-local address";
const METADATA: &str = "a cloud's metadata service";
const NOBODY: &str = "the address of no host";

/// Metadata and management services outside the link-local network.
const SERVICES: [Ipv4Addr; 3] = [
    // Alibaba Cloud, Oracle Cloud (classic), Azure.
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// Metadata services of IPv6 that are unique local addresses: Google Cloud, Oracle Cloud, Scaleway.
const SERVICES_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
];

/// Returns what an address is, if webhooks never go there.
pub(super) fn never(ip: IpAddr) -> Option<&'static str> {
    match ip.to_canonical() {
        IpAddr::V4(v4) => never_v4(v4),
        IpAddr::V6(v6) => never_v6(v6),
    }
}

fn never_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [network, ..] = ip.octets();
    if ip.is_link_local() {
        Some(LINK_LOCAL)
    } else if SERVICES.contains(&ip) {
        Some(METADATA)
    } else if network == 0 || ip.is_multicast() || ip.is_broadcast() {
        // RFC 1122, 3.2.1.3: no destination; some systems connect to themselves all the same.
        Some(NOBODY)
    } else {
        None
    }
}

fn never_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let segments = ip.segments();
    if ip.is_unspecified() || ip.is_multicast() {
        return Some(NOBODY);
    }
    match segments {
        [0xfe80..=0xfebf, ..] => return Some(LINK_LOCAL),
        // Site-local, withdrawn by RFC 3879.
        [0xfec0..=0xfeff, ..] => return Some(NOBODY),
        // Everything Amazon keeps for its services, fd00:ec2::254 among it.
        [0xfd00, 0x0ec2, ..] => return Some(METADATA),
        _ => {}
    }
    if SERVICES_V6.contains(&ip) {
        return Some(METADATA);
    }
    if ip.is_loopback() {
        return None;
    }
    embedded(segments).into_iter().flatten().find_map(never_v4)
}

/// Returns the IPv4 addresses that gateways and tunnels would send to in place of this one.
fn embedded(segments: [u16; 8]) -> [Option<Ipv4Addr>; 3] {
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // IPv4-compatible, and NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            [v4(high, low), None, None]
        }
        // Local NAT64 (RFC 8215): at the end, or around bits 64 to 71.
        [0x64, 0xff9b, 1, first, second, third, high, low] => {
            let middle = (second << 8) | (third >> 8);
            [v4(high, low), v4(first, middle), None]
        }
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => [v4(high, low), None, None],
        // Teredo (RFC 4380): its server, and its client inverted.
        [0x2001, 0, high, low, _, _, client_high, client_low] => {
            [v4(high, low), v4(!client_high, !client_low), None]
        }
        // ISATAP (RFC 5214), in any network.
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => [v4(high, low), None, None],
        _ => [None; 3],
    }
}

/// Reads a host that is written as an address, in any of the ways that resolvers take without
/// asking anybody: `127.1`, `0x7f000001` and `0177.0.0.1` among them.
pub(super) fn written(host: &str) -> Option<IpAddr> {
    host.parse().ok().or_else(|| legacy(host).map(IpAddr::V4))
}

/// Reads an IPv4 address as `inet_aton` does: one to four numbers, decimal, octal or hexadecimal,
/// the last of which fills what is left.
fn legacy(host: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    let octets = u32::try_from(first.len()).ok().filter(|octets| *octets <= 3)?;
    let room = u64::from(u32::MAX) >> (8 * octets);
    if first.iter().any(|octet| *octet > 0xff) || u64::from(*last) > room {
        return None;
    }
    let head = (0..).zip(first).map(|(place, octet)| octet << (24 - 8 * place));
    Some(Ipv4Addr::from(head.fold(*last, |all, octet| all | octet)))
}

fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(digits, radix).ok()).flatten()
}
