use super::*;

#[test]
fn an_address_without_a_scheme_is_completed_and_nonsense_is_refused() {
    assert_eq!(normalise("localhost:8080/webhook").unwrap(), "http://localhost:8080/webhook");
    assert_eq!(normalise("https://crm/hook").unwrap(), "https://crm/hook");
    assert_eq!(normalise("data:8080/hook").unwrap(), "http://data:8080/hook");
    for nonsense in ["", "ftp://crm/hook", "http://", "http:///hook", "http://a b/", "://x"] {
        assert!(normalise(nonsense).is_err(), "{nonsense:?}");
    }
}

#[test]
fn what_a_browser_would_run_or_show_is_no_address_of_a_server() {
    let others = [
        "javascript:alert(1)",
        "JavaScript:1/x",
        "javascript://x",
        "data:text/html,x",
        "about:blank",
    ];
    for url in others {
        assert!(
            matches!(normalise(url), Err(TargetRefused::NotHttp(told)) if told == url),
            "{url}"
        );
    }
}

#[test]
fn a_port_that_is_none_is_refused_and_an_empty_one_is_the_schemes_own() {
    for port in ["99999", "-1", "0", "65536", "8080x", "+80", "%38"] {
        let url = format!("http://127.0.0.1:{port}/x");
        assert!(normalise(&url).is_err(), "{url}");
        assert!(normalise(&format!("127.0.0.1:{port}/x")).is_err(), "{url}");
    }
    let port = |url: &str| Address::parse(url).unwrap().receiver.port;
    assert_eq!(port("http://crm:/x"), 80);
    assert_eq!(port("https://crm/x"), 443);
    assert_eq!(port("https://crm:65535"), 65_535);
}

#[test]
fn path_and_query_make_no_other_receiver_and_a_bare_query_gets_its_slash() {
    let one = Address::parse("http://user:word@CRM.example:9/hook?a=1").unwrap();
    let other = Address::parse("http://crm.example:9?x=1").unwrap();
    assert_eq!(one.receiver, other.receiver);
    assert_eq!((one.path.as_str(), other.path.as_str()), ("/hook?a=1", "/?x=1"));
    assert_eq!(
        (one.authority.as_str(), other.authority.as_str()),
        ("CRM.example:9", "crm.example:9")
    );
    assert_eq!(Address::parse("http://crm").unwrap().path, "/");
    assert_eq!(Address::parse("http://crm#part").unwrap().path, "/");
    let v6 = Address::parse("http://[::1]:9/x").unwrap();
    assert_eq!((v6.receiver.host.as_str(), v6.authority.as_str()), ("::1", "[::1]:9"));
}

fn judge(ip: &str, allow_public: bool) -> Result<(), TargetRefused> {
    Targets { allow_public }.judge(ip.parse().unwrap())
}

#[test]
fn loopback_and_private_addresses_are_allowed_public_ones_on_demand() {
    for local in ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "fd00::1"] {
        assert_eq!(judge(local, false), Ok(()), "{local}");
    }
    let public = ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"];
    for public in public.into_iter().chain(["2002:808:808::1", "100.64.0.1", "192.0.2.1"]) {
        assert!(matches!(judge(public, false), Err(TargetRefused::Public(_))), "{public}");
        assert_eq!(judge(public, true), Ok(()), "{public}");
    }
}

#[test]
fn link_local_metadata_and_no_hosts_addresses_are_never_allowed_however_they_are_spelled() {
    let link_local = ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "169.254.170.2"];
    let metadata = [
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:c1::a9fe:a9fe",
    ];
    let nobody = ["0.0.0.0", "0.1.2.3", "::", "fec0::1", "feff::1", "255.255.255.255", "ff02::1"];
    let carried = [
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::6464:64c8",
        "64:ff9b::",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2002:a9fe:a9fe::1",
        "2002:a9fe:a9fe:1::1",
        "2001:0:a9fe:a9fe::1",
        "2001:0:808:808::5601:5601",
        "2001:db8::5efe:a9fe:a9fe",
        "fd00::200:5efe:a9fe:a9fe",
    ];
    for never in [&link_local[..], &metadata, &nobody, &carried].concat() {
        for allow_public in [false, true] {
            let judged = judge(never, allow_public);
            assert!(matches!(judged, Err(TargetRefused::Never(..))), "{never}: {judged:?}");
        }
    }
}

#[test]
fn an_address_that_is_written_out_is_judged_when_it_is_set() {
    let targets = Targets::default();
    let spelled = [
        "http://169.254.169.254/latest",
        "http://[fd00:ec2::254]/latest",
        "http://[64:ff9b::a9fe:a9fe]/",
        "0xa9fea9fe/latest",
        "http://2852039166/",
        "http://0251.0376.0251.0376/",
        "169.254.43518/x",
        "http://user@169.254.169.254:80/",
        "http://0/",
    ];
    for url in spelled {
        assert!(matches!(targets.accept(url), Err(TargetRefused::Never(..))), "{url}");
    }
    assert!(matches!(targets.accept("http://8.8.8.8/x"), Err(TargetRefused::Public(_))));
    assert!(Targets { allow_public: true }.accept("http://8.8.8.8/x").is_ok());
    for url in ["http://127.1:9/x", "http://crm.example/x", "localhost:1", "http://1.2.3.4.5/x"] {
        assert!(targets.accept(url).is_ok(), "{url}");
    }
}
