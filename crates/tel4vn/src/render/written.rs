//! Records as they go over the wire: rows that are written straight into the answer.

use std::fmt::{self, Display};

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{Record, cause};
use crate::wire::stamp::{Stamp, Stamps};

/// A record of the first generation.
#[derive(Debug, Serialize)]
pub(crate) struct Written<'a> {
    id: Uuid,
    sip_call_id: Uuid,
    cause: &'static str,
    duration: i64,
    billsec: i64,
    direction: u8,
    recording_url: Text<RecordingUrl<'a>>,
    extension: &'a str,
    from_number: &'a str,
    to_number: &'a str,
    receive_dest: &'a str,
    time_started: Stamp,
    time_answered: Stamp,
    time_ended: Stamp,
    status: &'static str,
    // Spelt so by the real service.
    time_ringging: Stamp,
    called_count: u8,
}

impl<'a> Record<'a> {
    /// Writes the record as lists of the first generation have it.
    pub(crate) fn written(&self, base: &'a str) -> Written<'a> {
        let cdr = self.cdr();
        let mut stamps = Stamps::default();
        let started = stamps.stamp(cdr.created_at());
        Written {
            id: cdr.tag.uuid,
            sip_call_id: cdr.tag.sip_call_id(),
            cause: cause(cdr.cause),
            duration: self.duration(),
            billsec: self.billsec(),
            direction: self.direction_code(),
            recording_url: self.url(base),
            extension: self.extension(),
            from_number: self.from_number(),
            to_number: self.to_number(),
            receive_dest: cdr.tag.receive().map_or("", |number| number.as_str()),
            time_started: started,
            time_answered: stamps.stamp_or_empty(cdr.answered_at()),
            time_ended: stamps.stamp(cdr.ended_at()),
            status: self.status(),
            time_ringging: started,
            called_count: 1,
        }
    }

    pub(super) fn url(&self, base: &'a str) -> Text<RecordingUrl<'a>> {
        let base = base.trim_end_matches('/');
        let call = self.cdr().tag.uuid;
        Text(self.sound().map(|_| RecordingUrl { base, call }))
    }

    /// Returns where the recording plays; empty if there is none.
    pub fn recording_url(&self, base: &str) -> String {
        // For as long as the base lives, which is shorter than the record does.
        let record: &Record<'_> = self;
        record.url(base).0.map_or(String::new(), |url| url.to_string())
    }
}

/// Records that are written one after the other, without a list of them in between.
#[derive(Debug)]
pub(crate) struct Rows<'a, W> {
    pub(crate) records: &'a [Record<'a>],
    pub(crate) base: &'a str,
    pub(crate) write: fn(&Record<'a>, &'a str) -> W,
}

impl<W: Serialize> Serialize for Rows<'_, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { records, base, write } = *self;
        serializer.collect_seq(records.iter().map(|record| write(record, base)))
    }
}

/// Where a recording plays.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordingUrl<'a> {
    pub(super) base: &'a str,
    pub(super) call: Uuid,
}

impl Display for RecordingUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/recording/{}", self.base, self.call)
    }
}

/// Something that is written as a text, the empty one if it is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<T>(pub(super) Option<T>);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_str(""),
        }
    }
}
