//! A log as lines of JSON: for people, for bug reports, and to be replayed elsewhere.
//!
//! The first line is about the log; a snapshot follows where the log does not begin with its first
//! record; then comes a line for each record. What was submitted stands there as it was written, so
//! that reading it back gives the same bytes.

use std::io::{self, BufRead, Write};

use bytes::Bytes;
use ringback_engine::ordered::{EntryId, Position, Record, Saved, Stamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Archive, Header, OpenError};

/// The form of the lines.
const FORM: u32 = 1;

/// A log cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be read.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// It cannot be written.
    #[error("cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Lines are not those of an exported log.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ImportError {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong.
    pub what: String,
}

/// A log that was exported, read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Whose log it is.
    pub header: Header,
    /// The state that the records go on from, unless they begin with the first.
    pub snapshot: Option<Saved>,
    /// The records, without a gap.
    pub records: Vec<Record>,
}

#[derive(Serialize, Deserialize)]
struct First {
    /// The form of all lines.
    ringback_log: u32,
    #[serde(flatten)]
    header: Header,
    /// How many records follow.
    records: u64,
}

/// What was submitted: its first byte, and JSON or else its bytes in hexadecimal digits.
#[derive(Serialize, Deserialize)]
struct Content<T> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    form: Option<u8>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    json: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SnapshotLine<T> {
    snapshot: Position,
    state: Content<T>,
}

#[derive(Serialize, Deserialize)]
struct RecordLine<T> {
    position: Position,
    stamp: Stamp,
    /// In hexadecimal digits: many a reader of JSON has no numbers of 64 bits.
    origin: String,
    serial: u64,
    entry: Content<T>,
}

fn none<T>() -> Option<T> {
    None
}

impl<'a> Content<&'a RawValue> {
    fn of(bytes: &'a [u8]) -> Self {
        let json = bytes.split_first().and_then(|(form, json)| {
            // A text over several lines would be several lines.
            let text = str::from_utf8(json).ok().filter(|text| !text.contains(['\n', '\r']))?;
            let value: &RawValue = serde_json::from_str(text).ok()?;
            (value.get() == text).then_some((*form, value))
        });
        match json {
            Some((form, json)) => Self { form: Some(form), json: Some(json), hex: None },
            None => {
                let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                Self { form: None, json: None, hex: Some(hex) }
            }
        }
    }
}

impl Content<Box<RawValue>> {
    fn bytes(self) -> Result<Bytes, String> {
        match self {
            Self { form: Some(form), json: Some(json), hex: None } => {
                let mut bytes = Vec::with_capacity(json.get().len() + 1);
                bytes.push(form);
                bytes.extend(json.get().as_bytes());
                Ok(bytes.into())
            }
            Self { form: None, json: None, hex: Some(hex) } => {
                // `from_str_radix` takes a sign as well.
                let are_pairs = hex.len().is_multiple_of(2)
                    && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
                let digits = hex.as_bytes().chunks(2).filter(|_| are_pairs);
                let byte = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
                let bytes: Option<Vec<u8>> = digits.map(byte).collect();
                let bytes = bytes.filter(|_| are_pairs).map(Bytes::from);
                bytes.ok_or_else(|| "hex: there have to be pairs of digits".into())
            }
            Self { .. } => Err("there has to be form and json, or hex alone".into()),
        }
    }
}

impl Archive {
    /// Writes the log as lines of JSON, and returns how many records it has written.
    ///
    /// It begins with the first record where that is kept, and with the older snapshot otherwise.
    ///
    /// # Errors
    /// When a line cannot be written, or a record cannot be read any more.
    pub fn export(&self, out: &mut impl Write) -> Result<u64, ExportError> {
        let records = self.records();
        let begins = records.as_ref().is_none_or(|kept| *kept.start() == 1);
        let snapshot = if begins && self.header().since == 0 { None } else { self.oldest()? };
        let from = snapshot.as_ref().map_or(0, |saved| saved.position);
        let last = records.map_or(0, |kept| *kept.end());
        let count = last.saturating_sub(from);
        begin(out, self.header(), snapshot.as_ref(), count)?;
        for record in self.after(from) {
            write_record(out, &record?)?;
        }
        out.flush()?;
        Ok(count)
    }
}

/// Writes the lines before the records, of which there are so many.
pub(crate) fn begin(
    out: &mut impl Write,
    header: &Header,
    snapshot: Option<&Saved>,
    records: u64,
) -> io::Result<()> {
    write_line(out, &First { ringback_log: FORM, header: header.clone(), records })?;
    let Some(saved) = snapshot else { return Ok(()) };
    let state = Content::of(&saved.bytes);
    write_line(out, &SnapshotLine { snapshot: saved.position, state })
}

/// Writes the line of a record.
pub(crate) fn write_record(out: &mut impl Write, record: &Record) -> io::Result<()> {
    let Record { position, stamp, id, bytes } = record;
    let (origin, serial) = (format!("{:016x}", id.origin), id.serial);
    let entry = Content::of(bytes);
    write_line(out, &RecordLine { position: *position, stamp: *stamp, origin, serial, entry })
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

impl Exported {
    /// Reads the lines of an exported log.
    ///
    /// # Errors
    /// When a line is not what it has to be, or records are missing.
    pub fn read(lines: impl BufRead) -> Result<Self, ImportError> {
        let mut number = 0;
        let mut exported: Option<(Self, u64)> = None;
        for line in lines.lines() {
            number += 1;
            let failed = |what: String| ImportError { line: number, what };
            let line = line.map_err(|error| failed(error.to_string()))?;
            match &mut exported {
                None => exported = Some(Self::begin(&line).map_err(failed)?),
                Some((exported, _)) => exported.take(&line).map_err(failed)?,
            }
        }
        let failed = |what: String| ImportError { line: number, what };
        let (exported, count) = exported.ok_or_else(|| failed("there is nothing".into()))?;
        if exported.records.len() as u64 != count {
            let found = exported.records.len();
            return Err(failed(format!("it ends after {found} records, and there were {count}")));
        }
        Ok(exported)
    }

    fn begin(line: &str) -> Result<(Self, u64), String> {
        #[derive(Deserialize)]
        struct Form {
            ringback_log: u32,
        }
        let form: Form = serde_json::from_str(line)
            .map_err(|_| "not an exported log: ringback log export makes one".to_owned())?;
        if form.ringback_log != FORM {
            return Err(format!(
                "the form of the lines is {}, and this release knows {FORM}",
                form.ringback_log
            ));
        }
        let First { header, records, .. } = parse(line)?;
        Ok((Self { header, snapshot: None, records: Vec::new() }, records))
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        if self.records.is_empty() && self.snapshot.is_none() && line.starts_with("{\"snapshot\":")
        {
            let SnapshotLine::<Box<RawValue>> { snapshot, state } = parse(line)?;
            self.snapshot = Some(Saved { position: snapshot, bytes: state.bytes()? });
            return Ok(());
        }
        let RecordLine::<Box<RawValue>> { position, stamp, origin, serial, entry } = parse(line)?;
        let before = self.records.last();
        let last = before.map_or(self.snapshot.as_ref().map_or(0, |s| s.position), |r| r.position);
        if last.checked_add(1) != Some(position) {
            return Err(format!("record {position} comes after {last}"));
        }
        if before.is_some_and(|before| stamp < before.stamp) {
            return Err(format!("record {position} is from before record {last}"));
        }
        let is_number = origin.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u64::from_str_radix(&origin, 16).ok().filter(|_| is_number);
        let origin = number.ok_or_else(|| format!("origin {origin:?} is no hexadecimal number"))?;
        let id = EntryId { origin, serial };
        self.records.push(Record { position, stamp, id, bytes: entry.bytes()? });
        Ok(())
    }
}

fn parse<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
