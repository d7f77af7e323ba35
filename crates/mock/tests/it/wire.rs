//! Faults on the wire, byte by byte, plain and by TLS.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback_mock::{
    fault::Fault,
    serve::{Setup, tls},
};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use serde_json::{Value, json};

use crate::ports::served;

/// No answer takes that long.
const LONG: Duration = Duration::from_secs(20);

/// Trusts any certificate.
#[derive(Debug)]
struct Trusting;

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

trait Both: Read + Write {}
impl<T: Read + Write> Both for T {}

fn connect(address: &str, is_secure: bool) -> Box<dyn Both> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    if !is_secure {
        return Box::new(stream);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Trusting))
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    Box::new(StreamOwned::new(client, stream))
}

/// Everything that came, and how it ended.
fn read_all(stream: &mut dyn Both) -> (String, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let mut part = [0; 4_096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => return (String::from_utf8_lossy(&bytes).into_owned(), None),
            Ok(count) => bytes.extend_from_slice(&part[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                return (String::from_utf8_lossy(&bytes).into_owned(), Some(error.kind()));
            }
        }
    }
}

fn send(stream: &mut dyn Both, method: &str, path: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n");
    stream.write_all(format!("{head}\r\n{body}").as_bytes())?;
    stream.flush()
}

/// Sends a request of the control API and returns its JSON.
fn admin(address: &str, method: &str, path: &str, body: &Value) -> Value {
    let mut stream = connect(address, false);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    let length = body.len();
    stream.write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes()).unwrap();
    let (said, _) = read_all(stream.as_mut());
    let (_, body) = said.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body.trim()).unwrap_or(Value::Null)
}

fn secured() -> String {
    served(Setup { tls: Some(tls::self_signed().unwrap()), ..Setup::default() })
}

const BODY: &str = "0123456789";

/// What a fault is seen as: all that came, and how it ended.
fn seen(address: &str, is_secure: bool, path: &str) -> (String, Option<ErrorKind>) {
    let mut stream = connect(address, is_secure);
    send(stream.as_mut(), "GET", path, "").unwrap();
    read_all(stream.as_mut())
}

fn stub(address: &str, response: Value) {
    let mapping = json!({ "request": { "urlPath": "/x" }, "response": response });
    admin(address, "DELETE", "/__admin/mappings", &Value::Null);
    let made = admin(address, "POST", "/__admin/mappings", &mapping);
    assert!(made["id"].is_string(), "{made}");
}

#[test]
fn each_fault_is_on_the_wire_what_it_says_plain_and_by_tls() {
    let address = secured();
    for is_secure in [false, true] {
        for fault in Fault::ALL {
            stub(
                &address,
                json!({ "body": BODY, "fault": fault.word(),
                "headers": { "x-kind": "fault" } }),
            );
            let head = "HTTP/1.1 200 OK\r\nx-kind: fault\r\n";
            let is_hung = matches!(fault, Fault::HangBeforeHeaders | Fault::HangAfterHeaders);
            if is_hung || fault == Fault::SlowBody {
                continue;
            }
            let (said, ended) = seen(&address, is_secure, "/x");
            // Over TLS, an end without a goodbye is an error of its own.
            let reset = ended == Some(ErrorKind::ConnectionReset);
            let told = format!("{fault:?} {is_secure} {said:?} {ended:?}");
            let wanted = match fault {
                Fault::ConnectionResetByPeer => said.is_empty() && reset,
                Fault::ConnectionResetMidBody => {
                    said == format!("{head}content-length: 10\r\n\r\n01234") && reset
                }
                Fault::EmptyResponse => said.is_empty() && !reset,
                Fault::MalformedResponseChunk => {
                    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
                    said.strip_prefix(&chunked).is_some_and(|rest| rest.starts_with("lskdu"))
                        && !reset
                }
                Fault::RandomDataThenClose => said.starts_with("lskdu") && !reset,
                Fault::TruncatedBody => {
                    said == format!("{head}content-length: 10\r\n\r\n01234") && !reset
                }
                Fault::WrongContentLength => {
                    said == format!("{head}content-length: 5\r\n\r\n{BODY}") && !reset
                }
                Fault::MissingContentLength => said == format!("{head}\r\n{BODY}") && !reset,
                Fault::HangBeforeHeaders | Fault::HangAfterHeaders | Fault::SlowBody => false,
            };
            assert!(wanted, "{told}");
        }
    }
}

#[test]
fn a_connection_hangs_until_its_client_goes() {
    let address = secured();
    for (is_secure, fault, said) in [
        (false, "HANG_BEFORE_HEADERS", ""),
        (true, "HANG_BEFORE_HEADERS", ""),
        (false, "HANG_AFTER_HEADERS", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"),
        (true, "HANG_AFTER_HEADERS", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"),
    ] {
        stub(&address, json!({ "body": BODY, "fault": fault }));
        let mut stream = connect(&address, is_secure);
        send(stream.as_mut(), "GET", "/x", "").unwrap();
        let mut heard = vec![0; said.len()];
        stream.read_exact(&mut heard).unwrap();
        assert_eq!(String::from_utf8_lossy(&heard), said);
        // It is in the journal, though nothing was answered.
        let count = json!({ "urlPath": "/x" });
        let begun = Instant::now();
        while admin(&address, "POST", "/__admin/requests/count", &count)["count"] == 0 {
            assert!(begun.elapsed() < LONG);
        }
        admin(&address, "DELETE", "/__admin/requests", &Value::Null);
        drop(stream);
    }
}

#[test]
fn an_answer_is_lost_after_the_change_was_made() {
    let address = secured();
    for (is_secure, fault, rung) in [
        (false, "CONNECTION_RESET_BY_PEER", 1),
        (false, "EMPTY_RESPONSE", 2),
        (true, "CONNECTION_RESET_BY_PEER", 3),
        (true, "EMPTY_RESPONSE", 4),
    ] {
        admin(&address, "DELETE", "/__admin/mappings", &Value::Null);
        let mapping = json!({ "request": { "operation": "ring" },
            "response": { "passthrough": true, "fault": fault } });
        admin(&address, "POST", "/__admin/mappings", &mapping);
        let mut stream = connect(&address, is_secure);
        send(stream.as_mut(), "POST", "/bell/ring", r#"{"lane":1}"#).unwrap();
        assert_eq!(read_all(stream.as_mut()).0, "", "{fault}");
        assert_eq!(admin(&address, "GET", "/bell/rung", &Value::Null), rung, "{fault}");
        let entry =
            &admin(&address, "GET", "/__admin/journal?operation=ring", &Value::Null)["requests"][0];
        assert_eq!(
            (&entry["fault"], &entry["response"]["body"]),
            (&json!(fault), &json!(format!("{{\"rung\":{rung}}}")),)
        );
    }
}

#[test]
fn what_was_asked_before_on_a_connection_is_answered_before_a_fault() {
    let address = served(Setup::default());
    stub(&address, json!({ "body": BODY, "fault": "TRUNCATED_BODY" }));
    let mut stream = connect(&address, false);
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let all = [ask("/bell/rung"), ask("/bell/rung"), ask("/x")].concat();
    stream.write_all(all.as_bytes()).unwrap();
    let (said, _) = read_all(stream.as_mut());
    assert_eq!(said.matches("HTTP/1.1 200 OK").count(), 3, "{said}");
    assert!(said.ends_with("content-length: 10\r\n\r\n01234"), "{said}");
    assert!(!said.contains("ringback"), "{said}");
}

#[test]
fn a_status_message_is_said_and_the_connection_goes_on() {
    let address = served(Setup::default());
    stub(&address, json!({ "status": 418, "statusMessage": "Short and stout", "body": BODY }));
    let mut stream = connect(&address, false);
    for _ in 0..2 {
        send(stream.as_mut(), "GET", "/x", "").unwrap();
        let wanted = "HTTP/1.1 418 Short and stout\r\ncontent-length: 10\r\n\r\n0123456789";
        let mut heard = vec![0; wanted.len()];
        stream.read_exact(&mut heard).unwrap();
        assert_eq!(String::from_utf8_lossy(&heard), wanted);
    }
    send(stream.as_mut(), "HEAD", "/x", "").unwrap();
    send(stream.as_mut(), "GET", "/bell/rung", "").unwrap();
    let mut heard = [0; 80];
    stream.read_exact(&mut heard).unwrap();
    let heard = String::from_utf8_lossy(&heard).into_owned();
    assert!(
        heard.starts_with("HTTP/1.1 418 Short and stout\r\ncontent-length: 10\r\n\r\nHTTP/1.1 200"),
        "{heard}"
    );
}

/// The rest is healthy while as many requests hang or wait as descriptors allow.
#[test]
fn requests_that_wait_and_hang_hold_up_nobody_else() {
    let address = served(Setup::default());
    let mapping = |path: &str, response: Value| json!({ "request": { "urlPath": path }, "response": response });
    let late = mapping("/late", json!({ "fixedDelayMilliseconds": 600_000 }));
    let hung = mapping("/hung", json!({ "fault": "HANG_BEFORE_HEADERS" }));
    admin(&address, "POST", "/__admin/mappings", &late);
    admin(&address, "POST", "/__admin/mappings", &hung);
    let mut waiting = Vec::new();
    for place in 0..400 {
        let mut stream = TcpStream::connect(&address).unwrap();
        let path = if place % 2 == 0 { "/late" } else { "/hung" };
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).unwrap();
        waiting.push(stream);
    }
    let count = || {
        let counted = admin(&address, "POST", "/__admin/requests/count", &json!({}));
        counted["count"].as_u64().unwrap_or_default()
    };
    let begun = Instant::now();
    while count() < 400 {
        assert!(begun.elapsed() < LONG, "{}", count());
    }
    let mut slowest = Duration::ZERO;
    for _ in 0..200 {
        let begun = Instant::now();
        let (said, _) = {
            let mut stream = connect(&address, false);
            let head = "GET /bell/rung HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            read_all(stream.as_mut())
        };
        assert!(said.ends_with("\r\n\r\n0"), "{said}");
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

#[test]
fn a_client_that_goes_while_it_is_held_is_in_the_journal_too() {
    let address = served(Setup::default());
    let mapping = json!({ "request": { "urlPath": "/held" }, "hold": { "timeout": 600 } });
    let id = admin(&address, "POST", "/__admin/mappings", &mapping)["id"].clone();
    let holds = || admin(&address, "GET", "/__admin/holds", &Value::Null)["total"].clone();
    let mut stream = TcpStream::connect(&address).unwrap();
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    stream.write_all([ask("/bell/rung"), ask("/held")].concat().as_bytes()).unwrap();
    while holds() != 1 {}
    // An answer that was not read makes a reset of the end.
    drop(stream);
    let wanted = json!({ "mapping": id, "status": 499 });
    let begun = Instant::now();
    while admin(&address, "POST", "/__admin/journal/query", &wanted)["total"] != 1 {
        assert!(begun.elapsed() < LONG);
    }
    assert_eq!(holds(), 0);
}
