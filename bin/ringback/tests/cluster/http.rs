//! A client that keeps its connection and never sends anything twice by itself.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take: longer than a log is patient.
const PATIENCE: Duration = Duration::from_secs(45);

pub(crate) struct Http {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl Http {
    pub(crate) fn new(url: &str) -> Self {
        Self { address: url.trim_start_matches("http://").to_owned(), stream: None }
    }

    /// Asks, and gives the connection up where that fails. A body has its type before it.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: Option<(&str, &str)>,
    ) -> io::Result<Reply> {
        let reply = self.try_ask(method, path, body);
        if reply.is_err() {
            self.stream = None;
        }
        reply
    }

    pub(crate) fn json(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> io::Result<(u16, Value)> {
        let body = body.map(Value::to_string);
        let body = body.as_deref().map(|body| ("application/json", body));
        let reply = self.ask(method, path, body)?;
        Ok((reply.status, reply.json()))
    }

    fn try_ask(
        &mut self,
        method: &str,
        path: &str,
        body: Option<(&str, &str)>,
    ) -> io::Result<Reply> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                none.insert(BufReader::new(stream))
            }
        };
        let (kind, body) = body.unwrap_or_default();
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        if method != "GET" {
            request += &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        request += "\r\n";
        request += body;
        stream.get_mut().write_all(request.as_bytes())?;

        let mut line = String::new();
        let bad = || io::Error::other("not an answer");
        stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or_else(bad)?;
        let mut headers = Vec::new();
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        if reply.header("transfer-encoding").is_some() {
            loop {
                line.clear();
                stream.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim_end(), 16).map_err(|_| bad())?;
                let begin = reply.body.len();
                reply.body.resize(begin + size + 2, 0);
                stream.read_exact(&mut reply.body[begin..])?;
                reply.body.truncate(begin + size);
                if size == 0 {
                    break;
                }
            }
        } else {
            let size = reply.header("content-length").and_then(|text| text.parse().ok());
            reply.body.resize(size.unwrap_or(0), 0);
            stream.read_exact(&mut reply.body)?;
        }
        if reply.header("connection").is_some_and(|value| value == "close") {
            self.stream = None;
        }
        Ok(reply)
    }
}
