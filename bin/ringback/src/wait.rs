//! Waiting for a Ringback that another process runs.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use actix_web::http::Uri;

use crate::{Fault, Status, config::Config, table};

/// How long it rests between two looks.
const REST: Duration = Duration::from_millis(50);

/// How long one look takes at most.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an answer may take that looks at many calls, and how long it may be.
const ANSWER: Duration = Duration::from_secs(120);
const ANSWER_BYTES: u64 = 64 << 20;

/// Writes a value as it may stand in a query.
pub(crate) fn encoded(value: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    value.bytes().map(letter).collect()
}

/// Waits until a Ringback is ready, and says so.
pub(crate) fn wait(url: &str, timeout: f64) -> Result<(), Fault> {
    let patience = Duration::try_from_secs_f64(timeout)
        .map_err(|_| Fault::new(format!("--timeout {timeout}: give a number of seconds")))?;
    let target = Target::of(url).ok_or_else(|| {
        Fault::new(format!("--url {url}: give an address such as http://127.0.0.1:4010"))
    })?;
    let begun = Instant::now();
    loop {
        let left = patience.saturating_sub(begun.elapsed());
        let why = match target.look(left.clamp(REST, PATIENCE)) {
            Ok(()) => return table::print(format!("ready: {url}\n").as_bytes()),
            Err(why) => why,
        };
        if begun.elapsed() >= patience {
            let what = format!("{url} is not ready after {timeout} s: {why}");
            return Err(Fault::new(what).with(Status::Failed));
        }
        std::thread::sleep(REST.min(patience.saturating_sub(begun.elapsed())));
    }
}

/// Returns where a Ringback of this configuration would answer: its hub, or its first vendor.
pub(crate) fn usual(config: &Config) -> Result<String, Fault> {
    let first = config.instances.first().map(|wanted| wanted.port);
    match config.hub.or(first).filter(|port| *port != 0) {
        Some(port) => Ok(format!("http://{}", crate::config::reached(config.bind, port))),
        None => Err(Fault::new("a free port is chosen at start: say where with --url URL")),
    }
}

/// Where a Ringback answers.
pub(crate) struct Target {
    host: String,
    port: u16,
}

impl Target {
    pub(crate) fn of(url: &str) -> Option<Self> {
        let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let uri: Uri = url.parse().ok()?;
        let usual = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return None,
        };
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(usual);
        (!host.is_empty()).then(|| Self { host: host.to_owned(), port })
    }

    /// Posts a body and returns the status and the body of the answer. Plain HTTP, as below.
    pub(crate) fn post(
        &self,
        path: &str,
        token: Option<&str>,
        body: &[u8],
    ) -> Result<(u16, String), String> {
        let token = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = token.iter().map(|token| ("authorization", token.as_str())).collect();
        self.ask("POST", path, &headers, body)
    }

    /// Sends a request and returns the status and the body of the answer. Plain HTTP, as below.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<(u16, String), String> {
        let said = headers.iter().flat_map(|(name, value)| [*name, *value]);
        if [method, path].into_iter().chain(said).any(|text| text.contains(char::is_control)) {
            return Err("a request has no control characters in its head".to_owned());
        }
        let Self { host, port } = self;
        let failed = |error: std::io::Error| error.to_string();
        let mut stream = TcpStream::connect((host.as_str(), *port)).map_err(failed)?;
        stream.set_read_timeout(Some(ANSWER)).map_err(failed)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
        // The names of which a control API is sure are addresses.
        let address = stream.peer_addr().map_err(failed)?;
        let length = body.len();
        let mut head = format!("{method} {path} HTTP/1.0\r\nhost: {address}\r\n");
        for (name, value) in headers {
            // Memory takes every text.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "connection: close\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).map_err(failed)?;
        stream.write_all(body).map_err(failed)?;
        let mut answer = Vec::new();
        stream.take(ANSWER_BYTES).read_to_end(&mut answer).map_err(failed)?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| "no answer".to_owned())?;
        Ok((status, body.to_owned()))
    }

    /// Asks once. Plain HTTP is spoken whatever the scheme: a port with a certificate answers it too,
    /// and no certificate has to be trusted.
    fn look(&self, patience: Duration) -> Result<(), String> {
        let Self { host, port } = self;
        let failed = |error: std::io::Error| error.to_string();
        let mut why = format!("{host} cannot be resolved");
        for address in (host.as_str(), *port).to_socket_addrs().map_err(failed)? {
            let mut stream = match TcpStream::connect_timeout(&address, patience) {
                Ok(stream) => stream,
                Err(error) => {
                    why = failed(error);
                    continue;
                }
            };
            stream.set_read_timeout(Some(patience)).map_err(failed)?;
            stream.set_write_timeout(Some(patience)).map_err(failed)?;
            let asked =
                format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
            stream.write_all(asked.as_bytes()).map_err(failed)?;
            let answer = read(stream).map_err(failed)?;
            let status = answer.split_whitespace().nth(1).unwrap_or_default();
            match (status, answer.trim_end().ends_with("ok")) {
                ("200", true) => return Ok(()),
                (status, _) => why = format!("{address} answers {status:?}, not as Ringback does"),
            }
        }
        Err(why)
    }
}

/// Reads an answer as far as it matters: not everybody closes the connection after it.
fn read(mut stream: TcpStream) -> std::io::Result<String> {
    let (mut answer, mut buffer) = (Vec::new(), [0; 512]);
    while answer.len() < 4_096 {
        let count = match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(_) if !answer.is_empty() => break,
            Err(error) => return Err(error),
        };
        answer.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if String::from_utf8_lossy(&answer).trim_end().ends_with("\r\n\r\nok") {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
