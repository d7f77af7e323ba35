//! What clients do with connections, byte by byte.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ringback_mock::serve::{Patience, Setup};

use crate::{bell::Bell, ports::served};

/// No answer takes that long.
const LONG: Duration = Duration::from_secs(20);

/// A connection of a client.
struct Client(BufReader<TcpStream>);

impl Client {
    fn of(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        Self(BufReader::new(stream))
    }

    fn send(&self, bytes: impl AsRef<[u8]>) {
        self.0.get_ref().write_all(bytes.as_ref()).unwrap();
    }

    /// Reads one answer whose length is announced: its head in small letters, and its body.
    fn answer(&mut self) -> (String, String) {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(self.0.read_line(&mut head).unwrap(), 0, "{head}");
        }
        head.make_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        (head, String::from_utf8(body).unwrap())
    }

    /// Returns when the other side has closed, one way or the other, and what it said before.
    fn until_closed(&mut self) -> String {
        let mut said = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut said) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        String::from_utf8_lossy(&said).into_owned()
    }
}

const OFFERS: [&str; 4] = [
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAA\r\n",
    "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    "Upgrade: websocket\r\n",
];

/// field report, S3 and S4
#[test]
fn an_offer_to_upgrade_is_ignored_and_the_connection_stays_open() {
    let address = served(Setup::default());
    let mut stream = Client::of(&address);
    for (offer, path) in OFFERS.iter().flat_map(|offer| {
        ["/bell/rung", "/nowhere", "/__admin/clock", "/__admin/nothing", "/livez"]
            .map(|path| (offer, path))
    }) {
        stream.send(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{offer}\r\n"));
        let (head, _) = stream.answer();
        let status = if path.contains("no") { 404 } else { 200 };
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{path} {head}");
        assert!(!head.contains("upgrade") && !head.contains("connection:"), "{path} {head}");
        // A body is read as one, and what looks like an offer in it stays.
        let ring = "{\"lane\":1,\r\n\"again\":false\r\n}";
        let length = ring.len();
        let head = format!("POST /bell/ring HTTP/1.1\r\nHost: a\r\n{offer}");
        stream.send(format!("{head}Content-Length: {length}\r\n\r\n{ring}"));
        assert!(stream.answer().1.starts_with("{\"rung\":"));
        let chunked = format!("{length:x}\r\n{ring}\r\n0\r\n\r\n");
        stream.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunked}"));
        assert!(stream.answer().1.starts_with("{\"rung\":"));
    }
}

#[test]
fn offers_in_pipelined_requests_are_ignored_too_and_so_are_those_that_wait_for_leave() {
    let address = served(Setup::default());
    let mut stream = Client::of(&address);
    let ring = "{\"lane\":1}";
    let post = |offer: &str| {
        let length = ring.len();
        format!("POST /bell/ring HTTP/1.1\r\nHost: a\r\n{offer}Content-Length: {length}\r\n")
    };
    let all: String = OFFERS.iter().map(|offer| format!("{}\r\n{ring}", post(offer))).collect();
    stream.send(all.repeat(5).as_bytes());
    for rung in 1..=20 {
        assert_eq!(stream.answer().1, format!("{{\"rung\":{rung}}}"));
    }
    stream.send(format!("{}Expect: 100-continue\r\n\r\n", post(OFFERS[2])));
    assert!(stream.answer().0.starts_with("http/1.1 100"));
    stream.send(format!("{ring}{}\r\n{ring}", post(OFFERS[0])));
    assert_eq!(stream.answer().1, "{\"rung\":21}");
    assert_eq!(stream.answer().1, "{\"rung\":22}");
    stream.send("GET /bell/rung HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\n\r\n");
    assert!(stream.until_closed().ends_with("22"));
}

/// attack report, B4
#[test]
fn whoever_stops_in_the_middle_of_a_request_loses_the_connection() {
    let patience = Patience {
        head: Duration::from_millis(200),
        body: Duration::from_millis(200),
        ..Patience::default()
    };
    let address = served(Setup { patience, ..Setup::default() });
    let whole = "GET /bell/rung HTTP/1.1\r\nHost: a\r\n\r\n";
    let halves = [
        "GET /bell/rung HTTP/1.1\r\nHost",
        "POST /bell/ring HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{",
        "POST /bell/ring HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        "POST /__admin/control HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{",
        "POST /__admin/control HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nContent-Length: 9\r\n\r\n{",
    ];
    let is_cut = &|half: &str| {
        // As the first request of a connection, and as a later one.
        let mut first = Client::of(&address);
        first.send(half);
        let mut later = Client::of(&address);
        later.send(whole);
        assert_eq!(later.answer().1, "0");
        later.send(half);
        // And dripping is no help.
        let drips = Client::of(&address);
        drips.send(half);
        let begun = Instant::now();
        while drips.0.get_ref().write_all(b"x").is_ok() && begun.elapsed() < LONG {
            std::thread::sleep(Duration::from_millis(20));
        }
        first.until_closed();
        later.until_closed();
        assert!(begun.elapsed() < LONG, "{half}");
    };
    std::thread::scope(|scope| {
        for half in halves {
            scope.spawn(move || is_cut(half));
        }
    });
}

/// attack report, B4
#[test]
fn whoever_takes_no_byte_of_an_answer_loses_the_connection() {
    let patience = Patience { taking: Duration::from_millis(200), ..Patience::default() };
    let address = served(Setup { patience, ..Setup::default() });
    let stream = Client::of(&address);
    let asked = "GET /__admin/nothing HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100);
    let begun = Instant::now();
    let error = loop {
        if let Err(error) = stream.0.get_ref().write_all(asked.as_bytes()) {
            break error;
        }
        assert!(begun.elapsed() < LONG);
    };
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
    // One that reads now and then is served to the end.
    let mut stream = Client::of(&address);
    let mut writer = stream.0.get_ref().try_clone().unwrap();
    let asks = std::thread::spawn(move || {
        (0..20).for_each(|_| writer.write_all(asked.as_bytes()).unwrap())
    });
    for _ in 0..2_000 {
        stream.answer();
    }
    asks.join().unwrap();
}

#[test]
fn a_running_instance_ignores_offers_as_well() {
    let bell = Bell::builder().start().unwrap();
    let mut stream = Client::of(&bell.address().to_string());
    for offer in OFFERS {
        stream.send(format!("GET /bell/rung HTTP/1.1\r\nHost: a\r\n{offer}\r\n"));
        assert_eq!(stream.answer().1, "0");
    }
}
