//! Receivers of webhooks, good and bad.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How a receiver treats those who call on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// Answers with a status at once.
    Answers(u16),
    /// Answers the first request with the first status and so on, all further ones with the last.
    AnswersInTurn(&'static [u16]),
    /// Answers 200 after a while.
    Slow(Duration),
    /// Reads the request and never answers.
    Hangs,
    /// Reads the request and closes the connection.
    ClosesEarly,
    /// Answers with bytes that are no HTTP.
    SpeaksGarbage,
    /// Answers 200 after two interim answers.
    Interim,
    /// Answers 200 with a body of so many bytes.
    Long(usize),
    /// Answers with just these bytes, and reads on.
    Says(&'static str),
    /// Answers with the first of these and then the second again and again, for as long as anybody
    /// listens.
    Endless(&'static str, &'static str),
    /// Answers the first request of a connection, and closes it instead of reading another one: what
    /// comes on it then never arrives.
    AnswersOnce,
}

/// One request a receiver got.
#[derive(Debug, Clone)]
pub struct Received {
    /// When its last byte arrived.
    pub at: Instant,
    /// Its request line.
    pub line: String,
    /// Its headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Received {
    /// Returns a header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

/// A receiver of webhooks on a free port of the loopback address.
///
/// It is threads and blocking sockets on purpose: it shares nothing with what it tests.
#[derive(Debug, Clone)]
pub struct Receiver {
    address: SocketAddr,
    received: Arc<(Mutex<Vec<Received>>, Condvar)>,
}

impl Receiver {
    /// Starts a receiver.
    pub fn start(temper: Temper) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let receiver = Self { address, received: Arc::default() };
        let own = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else {
                    // A test of a process without descriptors gives some back in the end.
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                let own = own.clone();
                // A connection that breaks is the other side's business.
                std::thread::spawn(move || drop(own.serve(stream, temper)));
            }
        });
        receiver
    }

    /// Returns an address on which nobody listens.
    pub fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}/webhook", listener.local_addr().expect("its address"))
    }

    /// Returns where it listens.
    pub fn url(&self) -> String {
        format!("http://{}/webhook", self.address)
    }

    /// Returns what it got so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it got so many requests, and returns them.
    ///
    /// # Panics
    /// When they do not come within half a minute.
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let (received, arrived) = &*self.received;
        let received = received.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = Duration::from_secs(30);
        let (received, _) = arrived
            .wait_timeout_while(received, patience, |received| received.len() < count)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(received.len() >= count, "{} of {count} requests came", received.len());
        received.clone()
    }

    fn serve(&self, stream: TcpStream, temper: Temper) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut stream = stream;
        let mut body = "ok".to_owned();
        while let Some(request) = read(&mut reader)? {
            let (received, arrived) = &*self.received;
            let number = {
                let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
                received.push(request);
                received.len() - 1
            };
            arrived.notify_all();
            let status = match temper {
                Temper::Answers(status) => status,
                Temper::AnswersInTurn(statuses) => {
                    statuses.get(number).or(statuses.last()).copied().unwrap_or(200)
                }
                Temper::Slow(pause) => {
                    std::thread::sleep(pause);
                    200
                }
                Temper::Hangs => {
                    // Until the other side has had enough of it.
                    std::io::copy(&mut reader, &mut std::io::sink())?;
                    return Ok(());
                }
                Temper::ClosesEarly => return Ok(()),
                Temper::SpeaksGarbage => {
                    stream.write_all(b"\x16\x03 how do you do\r\n\r\n")?;
                    return Ok(());
                }
                Temper::Interim => {
                    stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
                    stream.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")?;
                    200
                }
                Temper::Says(bytes) => {
                    stream.write_all(bytes.as_bytes())?;
                    continue;
                }
                Temper::Endless(head, again) => {
                    stream.write_all(head.as_bytes())?;
                    let again = again.repeat(4_096 / again.len().max(1));
                    loop {
                        stream.write_all(again.as_bytes())?;
                    }
                }
                Temper::Long(length) => {
                    body = "x".repeat(length);
                    200
                }
                Temper::AnswersOnce => {
                    stream.write_all(b"HTTP/1.1 200 -\r\ncontent-length: 2\r\n\r\nok")?;
                    // Closing with bytes unread resets the connection.
                    reader.fill_buf()?;
                    return Ok(());
                }
            };
            let length = body.len();
            write!(stream, "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\n\r\n{body}")?;
        }
        Ok(())
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Received>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (line, body) = (line.trim_end().to_owned(), String::from_utf8_lossy(&body).into_owned());
    Ok(Some(Received { at: Instant::now(), line, headers, body }))
}
