//! The bytes of a request and its answer, in one piece of memory: ten thousand of them are kept, and each
//! piece that is given back for a new one has not been touched for long.

use actix_web::http::header::HeaderMap;

/// Address, headers and body of a request, then headers and body of its answer.
#[derive(Debug)]
pub(crate) struct Packed {
    bytes: Box<[u8]>,
    /// Where each part ends.
    ends: [usize; 5],
}

/// A body as it is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept<'a> {
    /// The body, or its beginning.
    pub(super) bytes: &'a [u8],
    /// How long it was.
    pub(super) length: usize,
    /// Whether it went by in parts, and nothing of it is kept.
    pub(super) is_streamed: bool,
}

impl<'a> Kept<'a> {
    /// Keeps a body, or the beginning of one that is longer than `most`.
    pub(super) fn of(bytes: &'a [u8], most: usize, beginning: usize) -> Self {
        let length = bytes.len();
        let head = bytes.get(..beginning).filter(|_| length > most);
        Self { bytes: head.unwrap_or(bytes), length, is_streamed: false }
    }

    pub(super) fn streamed() -> Self {
        Self { bytes: &[], length: 0, is_streamed: true }
    }

    pub(super) fn is_whole(&self) -> bool {
        !self.is_streamed && self.bytes.len() == self.length
    }
}

/// Headers: `name: value` and an end of line, which neither holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a>(&'a [u8]);

impl Head<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (String, String)> {
        let lines = self.0.split(|byte| *byte == b'\n');
        lines.filter_map(|line| {
            let line = String::from_utf8_lossy(line);
            line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()))
        })
    }

    /// Returns a header by its name in small letters.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn push(headers: &HeaderMap, bytes: &mut Vec<u8>) {
    for (name, value) in headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.push(b'\n');
    }
}

fn length(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 3).sum()
}

impl Packed {
    pub(super) fn new(
        url: &str,
        headers: &HeaderMap,
        body: Kept<'_>,
        answer_headers: &HeaderMap,
        answer: Kept<'_>,
    ) -> Self {
        let heads = length(headers) + length(answer_headers);
        let room = url.len() + heads + body.bytes.len() + answer.bytes.len();
        let mut bytes = Vec::with_capacity(room);
        bytes.extend_from_slice(url.as_bytes());
        let url = bytes.len();
        push(headers, &mut bytes);
        let headers = bytes.len();
        bytes.extend_from_slice(body.bytes);
        let body = bytes.len();
        push(answer_headers, &mut bytes);
        let answer_headers = bytes.len();
        bytes.extend_from_slice(answer.bytes);
        let ends = [url, headers, body, answer_headers, bytes.len()];
        Self { bytes: bytes.into(), ends }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn part(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }

    pub(super) fn url(&self) -> &str {
        let [to, ..] = self.ends;
        // It was one.
        std::str::from_utf8(self.part(0, to)).unwrap_or_default()
    }

    pub(super) fn headers(&self) -> Head<'_> {
        let [from, to, ..] = self.ends;
        Head(self.part(from, to))
    }

    pub(super) fn body(&self) -> &[u8] {
        let [_, from, to, ..] = self.ends;
        self.part(from, to)
    }

    pub(super) fn answer_headers(&self) -> Head<'_> {
        let [_, _, from, to, _] = self.ends;
        Head(self.part(from, to))
    }

    pub(super) fn answer(&self) -> &[u8] {
        let [.., from, to] = self.ends;
        self.part(from, to)
    }
}
