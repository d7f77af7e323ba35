use super::*;

#[test]
fn an_address_without_a_scheme_is_completed_and_nonsense_is_refused() {
    assert_eq!(normalise("localhost:8080/webhook").unwrap(), "http://localhost:8080/webhook");
    assert_eq!(normalise("https://crm/hook").unwrap(), "https://crm/hook");
    for nonsense in ["", "ftp://crm/hook", "http://", "http:///hook", "http://a b/", "://x"] {
        assert!(normalise(nonsense).is_err(), "{nonsense:?}");
    }
}

#[test]
fn loopback_and_private_addresses_are_allowed_public_ones_on_demand_link_local_never() {
    let judge = |ip: &str, allow_public| Targets { allow_public }.judge(ip.parse().unwrap());
    for local in ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "fd00::1"] {
        assert_eq!(judge(local, false), Ok(()), "{local}");
    }
    for public in ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"] {
        assert!(matches!(judge(public, false), Err(TargetRefused::Public(_))), "{public}");
        assert_eq!(judge(public, true), Ok(()), "{public}");
    }
    for never in ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "100.100.100.200"] {
        assert!(matches!(judge(never, true), Err(TargetRefused::LinkLocal(_))), "{never}");
    }
}
