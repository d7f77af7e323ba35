//! Ctrl-C and SIGTERM, whatever the clients do.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::started::Started;

/// How long a stop may take; `docker stop` kills after ten seconds.
const AT_MOST: Duration = Duration::from_secs(2);

fn connect(ringback: &Started, name: &str, send: &str) -> TcpStream {
    let url = ringback.url(name);
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.write_all(send.as_bytes()).unwrap();
    stream
}

/// Connections of every kind that used to hold up a stop for ten seconds.
fn lingering(ringback: &Started) -> Vec<TcpStream> {
    let half_head = "POST /__admin/reset HTTP/1.1\r\nhost: x\r\n";
    let half_body = "POST /api/contacts HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nmsisdn";
    let idle = "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut streams: Vec<TcpStream> =
        ["", half_head, half_body, idle].map(|send| connect(ringback, "scfm", send)).into();
    // A client that asks for much and reads nothing.
    let much = "GET /api/contacts?per_page=1000 HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
    streams.push(connect(ringback, "scfm", &much));
    // By now the idle one has its answer: what was sent before it has arrived.
    let mut answer = [0; 12];
    streams[3].read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    streams
}

fn started() -> Started {
    let flags = ["--vendor", "scfm=0,tel4vn=0", "--no-hub", "--freeze", "--contacts", "5000"];
    Started::with(&[&flags[..], &["--set", "tel4vn.fixed_token=tok"]].concat())
}

#[test]
fn a_signal_ends_it_within_two_seconds_whatever_clients_do() {
    for signal in ["-TERM", "-INT"] {
        let ringback = started();
        let _streams = lingering(&ringback);
        let began = Instant::now();
        let (status, said) = ringback.end_by(signal);
        let took = began.elapsed();
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains("stopped") && !said.contains("panic"), "{said}");
        assert!(took < AT_MOST, "{signal}: {took:?}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut ringback = started();
    let _streams = lingering(&ringback);
    let began = Instant::now();
    ringback.signal("-TERM");
    ringback.wait_for("once more to stop at once");
    let (status, said) = ringback.end_by("-TERM");
    assert_eq!(status, Some(130), "{said}");
    assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
}
