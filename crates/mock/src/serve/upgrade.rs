//! Offers to speak another protocol, taken out of requests before the HTTP library reads them.
//!
//! A server may ignore an offer (RFC 9110, 7.8), and every vendor does. The library cannot be told so:
//! it answers `connection: upgrade` and closes, or takes what follows a `websocket` offer for an endless
//! body. To know what is head and what is body, the filter follows the framing of requests exactly
//! as the library does; where that gives a request up, the filter changes nothing any more.

mod chunks;
#[cfg(test)]
mod fuzz;

use chunks::Chunks;

/// A header line that matters is held back until its end, up to this length.
const LONGEST: usize = 16_384;

/// The headers that are looked at.
const WATCHED: [&[u8]; 4] =
    [b"connection:", b"upgrade:", b"content-length:", b"transfer-encoding:"];

/// What a request line with an endless body begins with.
const CONNECT: &[u8] = b"CONNECT ";

/// Takes offers out of the requests of one connection.
#[derive(Debug, Default)]
pub(super) struct Filter {
    place: Place,
    head: Head,
    /// The beginning of a line that may have to be changed.
    held: Vec<u8>,
    requests: u64,
}

/// Where in a request the next byte stands.
#[derive(Debug, Default)]
enum Place {
    /// Before a request; empty lines may come first.
    #[default]
    Between,
    /// In the request line, of which so many bytes are those of [`CONNECT`].
    RequestLine(Option<usize>),
    /// At the beginning of a header line, or where the part held back ends.
    Field,
    /// In a header line that does not matter.
    Passing,
    /// In a body, so many bytes before its end.
    Length(u64),
    /// In a body of chunks.
    Chunks(Chunks),
    /// In what has no end, or none that could be known.
    Endless,
}

/// What is known of the body while a head is read.
#[derive(Debug, Default)]
struct Head {
    length: Option<u64>,
    is_chunked: bool,
    is_connect: bool,
    /// Whether the library refuses it.
    is_broken: bool,
}

/// How far a connection has got with the request that it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing of it has come.
    Idle,
    /// A part of its head has come.
    Head,
    /// Its head has come, and perhaps a part of its body.
    Body,
}

impl Filter {
    /// Returns how far the request is that is being read.
    pub(super) fn stage(&self) -> Stage {
        match self.place {
            Place::Between => Stage::Idle,
            Place::RequestLine(_) | Place::Field | Place::Passing => Stage::Head,
            Place::Length(_) | Place::Chunks(_) | Place::Endless => Stage::Body,
        }
    }

    /// Returns how many whole requests have passed.
    pub(super) fn requests(&self) -> u64 {
        self.requests
    }

    /// Takes what has come in; returns what is left of it, unless that is all of it.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut output = Output { rest: bytes, kept: 0, bytes, changed: None };
        while !output.rest.is_empty() {
            self.step(&mut output);
        }
        output.changed
    }

    /// Gives back what is held: nothing follows any more.
    pub(super) fn end(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn step(&mut self, output: &mut Output<'_>) {
        match &mut self.place {
            Place::Between => {
                let blank = output.rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
                output.keep(blank.count());
                if !output.rest.is_empty() {
                    self.head = Head::default();
                    self.place = Place::RequestLine(Some(0));
                }
            }
            Place::RequestLine(matched) => {
                let (line, is_whole) = line_of(output.rest);
                if let Some(count) = *matched {
                    let wanted = CONNECT.get(count..).unwrap_or_default();
                    let common = wanted.len().min(line.len());
                    let is_alike = wanted.get(..common) == line.get(..common);
                    *matched = is_alike.then_some(count + common);
                }
                if is_whole {
                    self.head.is_connect = *matched == Some(CONNECT.len());
                    self.place = Place::Field;
                }
                output.keep(line.len());
            }
            Place::Field => self.field(output),
            Place::Passing => {
                let (line, is_whole) = line_of(output.rest);
                if is_whole {
                    self.place = Place::Field;
                }
                output.keep(line.len());
            }
            Place::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(output.rest.len());
                *left -= here as u64;
                if *left == 0 {
                    self.next_request();
                }
                output.keep(here);
            }
            Place::Chunks(chunks) => {
                let (here, outcome) = chunks.pass(output.rest);
                match outcome {
                    chunks::Outcome::More => {}
                    chunks::Outcome::End => self.next_request(),
                    chunks::Outcome::Broken => self.place = Place::Endless,
                }
                output.keep(here);
            }
            Place::Endless => output.keep(output.rest.len()),
        }
    }

    /// Takes a header line, or as much of it as there is.
    fn field(&mut self, output: &mut Output<'_>) {
        let (part, is_whole) = line_of(output.rest);
        if self.held.is_empty() && !may_matter(part) {
            self.place = if is_whole { Place::Field } else { Place::Passing };
            output.keep(part.len());
            return;
        }
        if self.held.is_empty() && is_whole {
            match self.judge(part) {
                None => output.keep(part.len()),
                Some(changed) => {
                    output.skip(part.len());
                    output.put(&changed);
                }
            }
            return;
        }
        output.skip(part.len());
        self.held.extend_from_slice(part);
        if is_whole {
            let line = std::mem::take(&mut self.held);
            let changed = self.judge(&line);
            output.put(changed.as_deref().unwrap_or(&line));
        } else if self.held.len() > LONGEST {
            self.place = Place::Endless;
            output.put(&std::mem::take(&mut self.held));
        } else if !may_matter(&self.held) {
            self.place = Place::Passing;
            output.put(&std::mem::take(&mut self.held));
        }
    }

    /// Takes a whole header line that may matter; returns what is to stand in its place, if it is to
    /// change.
    fn judge(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            self.body();
            return None;
        }
        let (name, value) =
            text.split_at_checked(text.iter().position(|byte| *byte == b':')? + 1)?;
        let bare = name.strip_suffix(b":").unwrap_or(name);
        let named = |known: &str| bare.eq_ignore_ascii_case(known.as_bytes());
        let trimmed = value.trim_ascii();
        if named("connection") {
            return without_offer(name, value, line.get(text.len()..).unwrap_or_default());
        }
        if named("upgrade") {
            // Others are no harm, and the echo of a vendor shows them.
            return trimmed.eq_ignore_ascii_case(b"websocket").then(Vec::new);
        }
        if named("content-length") {
            let length = std::str::from_utf8(trimmed).ok().filter(|text| !text.starts_with('+'));
            let length = length.and_then(|text| text.parse().ok());
            self.head.is_broken |= length.is_none() || self.head.length.is_some();
            self.head.length = length;
        } else if named("transfer-encoding") {
            self.head.is_broken |=
                self.head.is_chunked || !trimmed.eq_ignore_ascii_case(b"chunked");
            self.head.is_chunked = true;
        }
        None
    }

    /// Begins what follows a head.
    fn body(&mut self) {
        self.place = match &self.head {
            Head { is_broken: true, .. } | Head { length: Some(_), is_chunked: true, .. } => {
                Place::Endless
            }
            Head { is_chunked: true, .. } => Place::Chunks(Chunks::default()),
            Head { length: Some(length @ 1..), .. } => Place::Length(*length),
            Head { is_connect: true, .. } => Place::Endless,
            Head { .. } => return self.next_request(),
        };
    }

    fn next_request(&mut self) {
        self.place = Place::Between;
        self.requests += 1;
    }
}

/// What comes out: the bytes that came in, until the first of them is changed.
struct Output<'a> {
    rest: &'a [u8],
    bytes: &'a [u8],
    kept: usize,
    changed: Option<Vec<u8>>,
}

impl Output<'_> {
    fn keep(&mut self, count: usize) {
        let (here, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, &[]));
        match &mut self.changed {
            Some(changed) => changed.extend_from_slice(here),
            None => self.kept += here.len(),
        }
        self.rest = rest;
    }

    fn skip(&mut self, count: usize) {
        self.put(&[]);
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn put(&mut self, bytes: &[u8]) {
        let (all, kept) = (self.bytes, self.kept);
        let changed = || all.get(..kept).unwrap_or_default().to_vec();
        self.changed.get_or_insert_with(changed).extend_from_slice(bytes);
    }
}

/// Returns the bytes up to the end of the line, and whether that is among them.
fn line_of(bytes: &[u8]) -> (&[u8], bool) {
    match memchr::memchr(b'\n', bytes) {
        Some(end) => (bytes.get(..=end).unwrap_or(bytes), true),
        None => (bytes, false),
    }
}

/// Returns whether a line that begins so ends the head, or may be of a header that is looked at.
fn may_matter(beginning: &[u8]) -> bool {
    matches!(beginning, b"\r" | b"\n" | b"\r\n")
        || WATCHED.iter().any(|name| {
            let common = name.len().min(beginning.len());
            name.get(..common)
                .zip(beginning.get(..common))
                .is_some_and(|(name, beginning)| name.eq_ignore_ascii_case(beginning))
        })
}

/// Returns a `Connection` line without the options that offer an upgrade; an empty one if there are no
/// others, `None` if there are only others. What is left stands as it came, and is no longer than it was.
fn without_offer(name: &[u8], value: &[u8], ending: &[u8]) -> Option<Vec<u8>> {
    let is_offer = |option: &&[u8]| {
        let option = option.trim_ascii();
        option.eq_ignore_ascii_case(b"upgrade") || option.eq_ignore_ascii_case(b"http2-settings")
    };
    let options = value.split(|byte| *byte == b',');
    if !options.clone().any(|option| is_offer(&option)) {
        return None;
    }
    let others: Vec<&[u8]> = options.filter(|option| !is_offer(option)).collect();
    if others.iter().all(|option| option.trim_ascii().is_empty()) {
        return Some(Vec::new());
    }
    Some([name, others.join(&b","[..]).trim_ascii_end(), ending].concat())
}

#[cfg(test)]
mod tests;
