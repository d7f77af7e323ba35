//! What clients do with connections, of all vendors and of the hub.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::started::Started;

const NAMES: [&str; 6] = ["impactpbx", "mango", "scfm", "tel4vn", "voip24h", "hub"];
const ALL: [&str; 8] = [
    "--vendor",
    "impactpbx=0,mango=0,scfm=0,tel4vn=0,voip24h=0",
    "--hub",
    "0",
    "--seed",
    "7",
    "--freeze",
    "--workers=2",
];
const PARTNER: &str = "/api/v1/partner/voip24h";

/// Longer than a busy machine needs, and shorter than any deadline of the server.
const PATIENCE: Duration = Duration::from_secs(25);

fn connect(ringback: &Started, name: &str) -> BufReader<TcpStream> {
    let url = ringback.url(name);
    let stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    BufReader::new(stream)
}

fn send(stream: &BufReader<TcpStream>, bytes: &str) {
    stream.get_ref().write_all(bytes.as_bytes()).unwrap();
}

/// Reads one answer whose length is announced: its head in small letters, and its body.
fn answer(stream: &mut BufReader<TcpStream>) -> (String, String) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).unwrap(), 0, "{head}");
    }
    head.make_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// field report, S3 and S4
#[test]
fn an_offer_to_upgrade_is_ignored_by_every_vendor_and_the_hub() {
    let ringback = Started::with(&ALL);
    let paths = [
        ("impactpbx", "/get_cdr"),
        ("mango", "/"),
        ("mango", "/openapi.json"),
        ("scfm", "/api/contacts/1"),
        ("tel4vn", "/v1/call"),
        ("voip24h", PARTNER),
        ("hub", "/__admin/health"),
    ];
    for (name, path) in paths.into_iter().chain(NAMES.map(|name| (name, "/__admin/clock"))) {
        let ask = |headers: &str, body: &str| {
            let mut stream = connect(&ringback, name);
            // Twice: the connection stays open.
            let asked = [(); 2].map(|()| {
                let method = if body.is_empty() { "GET" } else { "POST" };
                let length = match body.len() {
                    0 => String::new(),
                    length => format!("Content-Length: {length}\r\n"),
                };
                send(&stream, &format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n"));
                send(&stream, &format!("{headers}{length}\r\n{body}"));
                let (head, _) = answer(&mut stream);
                let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
                // Those differ from answer to answer whatever is asked.
                let changing = ["date:", "x-request-id", "x-runtime", "etag:", "content-length:"];
                lines.retain(|line| !changing.iter().any(|name| line.starts_with(name)));
                lines.sort();
                lines
            });
            let [first, second] = asked;
            assert_eq!(first, second);
            first
        };
        // The control API closes where it does not read a body.
        let bodies: &[&str] = if path.starts_with("/__admin") { &[""] } else { &["", "{}"] };
        for body in bodies {
            let plain = ask("", body);
            for offer in [
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEA\r\n",
                "Connection: upgrade\r\nUpgrade: websocket\r\n",
                "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
            ] {
                assert_eq!(ask(offer, body), plain, "{name} {path} {offer} {body}");
            }
        }
    }
}

/// attack report, B4
#[cfg(target_os = "linux")]
#[test]
fn clients_that_hold_connections_for_nothing_do_not_keep_others_out() {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -n 256 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_ringback")]);
    let ringback = Started::of({
        shell.args(["--log-format", "json"]).args(ALL);
        shell
    });
    let silent = String::new();
    let half_head = "GET / HTTP/1.1\r\nHost".to_owned();
    let half_body = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{".to_owned();
    let idle = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned();
    // More than the system keeps for a connection.
    let never_reads = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
    for (kind, count) in
        [(silent, 340), (half_head, 340), (half_body, 340), (idle, 340), (never_reads, 200)]
    {
        let begun = Instant::now();
        let held: Vec<_> = (0..count)
            .map(|number| {
                let name = NAMES[number % NAMES.len()];
                let name = if kind.contains("openapi") { "mango" } else { name };
                let stream = connect(&ringback, name);
                // It may have had to make way by now.
                let _ = stream.get_ref().write_all(kind.as_bytes());
                stream
            })
            .collect();
        for name in NAMES {
            let mut probe = connect(&ringback, name);
            send(&probe, "GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assert!(answer(&mut probe).0.starts_with("http/1.1 200"), "{name} {kind}");
        }
        assert!(begun.elapsed() < PATIENCE, "{kind}: {:?}", begun.elapsed());
        drop(held);
    }
}
