//! The line that is logged of each request.

#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::started::{Started, ringback};

/// Starts it with some flags, asks once, and returns what it logs of requests.
fn logged(flags: &[&str], variable: Option<&str>) -> Vec<Value> {
    let usual = ["--log-format", "json", "--vendor", "voip24h=0", "--no-hub", "--freeze"];
    let mut command = ringback(&std::env::temp_dir(), &[&usual, flags].concat());
    if let Some(value) = variable {
        command.env("RINGBACK_LOG", value);
    }
    let started = Started::of(command);
    let url = started.url("voip24h");
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let body = r#"{"requestType":"getUser","partnerSecret":"wrong","data":{"user":"137"}}"#;
    let (path, length) = ("/api/v1/partner/voip24h", body.len());
    let head = format!("POST {path} HTTP/1.0\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    let (_, said) = started.end_by("-TERM");
    let lines = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["target"] == "ringback::requests").collect()
}

#[test]
fn requests_are_logged_as_asked_for_and_not_unless_somebody_sits_at_a_terminal() {
    assert_eq!(logged(&[], None), [Value::Null; 0]);
    assert_eq!(logged(&["--log", "off"], Some("bodies")), [Value::Null; 0]);

    let [line] = logged(&[], Some("requests")).try_into().unwrap();
    for (name, value) in [
        ("vendor", "voip24h".into()),
        ("operation", "partner".into()),
        ("method", "POST".into()),
        ("path", "/api/v1/partner/voip24h".into()),
        ("about", "requestType=getUser user=137".into()),
        ("status", 200.into()),
        ("request", 1.into()),
        ("refused", "-1 Invalid partner secret".into()),
        ("request_body", Value::Null),
    ] {
        assert_eq!(line[name], value, "{line}");
    }
    assert!(line["ms"].is_f64() && line["at"].is_string(), "{line}");

    let [line] = logged(&["--log", "bodies"], None).try_into().unwrap();
    let shown = r#"{"requestType":"getUser","partnerSecret":"***","data":{"user":"137"}}"#;
    assert_eq!(line["request_body"], shown);
    assert!(line["response_body"].as_str().unwrap().contains("Invalid partner secret"), "{line}");
}
