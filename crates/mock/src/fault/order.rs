//! What a connection is to send, byte by byte.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

use actix_web::http::{
    StatusCode,
    header::{self, HeaderMap},
};
use bytes::Bytes;

use crate::received::spread;

/// One thing that a connection does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Sends bytes.
    Bytes(Bytes),
    /// Sends nothing for a while of the computer's time.
    Wait(Duration),
    /// Sends nothing until the client goes.
    Hang,
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
}

/// What a connection is to do instead of sending the answer that it is set in. Where the last step
/// neither closes nor resets, the connection goes on with the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    steps: VecDeque<Step>,
}

impl Order {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        Self { steps: steps.into() }
    }

    /// Returns what is to be done now.
    pub(crate) fn first(&mut self) -> Option<&mut Step> {
        self.steps.front_mut()
    }

    /// Goes on with what comes next.
    pub(crate) fn next(&mut self) {
        self.steps.pop_front();
    }
}

/// The head of an answer, to be written by hand.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    status: StatusCode,
    reason: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    is_for_head: bool,
}

impl Head {
    /// Takes what an answer would say; `is_for_head` is whether the request was a `HEAD`.
    pub(crate) fn new(status: StatusCode, headers: &HeaderMap, is_for_head: bool) -> Self {
        // How long the body is, is for the order to say.
        let said = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION];
        let headers = headers.iter().filter(|(name, _)| !said.contains(name));
        let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        Self { status, reason: None, headers: headers.collect(), is_for_head }
    }

    /// Says something else behind the status.
    pub(crate) fn reason(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.map(str::to_owned);
        self
    }

    pub(super) fn is_for_head(&self) -> bool {
        self.is_for_head
    }

    fn write(&self, last: &str) -> Bytes {
        let reason = self.reason.as_deref().or(self.status.canonical_reason()).unwrap_or_default();
        let mut first = String::new();
        // Writing to a text does not fail.
        let _ = write!(first, "HTTP/1.1 {} {reason}\r\n", self.status.as_u16());
        let mut bytes = first.into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(last.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        bytes.into()
    }

    pub(super) fn with_length(&self, length: usize) -> Bytes {
        self.write(&format!("content-length: {length}\r\n"))
    }

    pub(super) fn without_length(&self) -> Bytes {
        self.write("")
    }

    pub(super) fn chunked(&self) -> Bytes {
        self.write("transfer-encoding: chunked\r\n")
    }
}

/// Returns bytes that are neither HTTP nor a chunk: the same for the same draw.
pub(super) fn garbage(draw: u64) -> Bytes {
    // No client may take them for the number of a chunk's length, or for a status line.
    let mut bytes = b"lskdu018973t09sylgasjkfg1][]'./.sdlv".to_vec();
    bytes.extend((0..8).flat_map(|place| spread(draw ^ place).to_be_bytes()));
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_written_as_http_does() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
        headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from_static("99"));
        let head = Head::new(StatusCode::OK, &headers, false);
        let wanted = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\n";
        assert_eq!(head.with_length(3), wanted);
        let head = head.reason(Some("Fine"));
        assert_eq!(head.without_length(), "HTTP/1.1 200 Fine\r\ncontent-type: text/plain\r\n\r\n");
        assert_ne!(garbage(1), garbage(2));
    }
}
