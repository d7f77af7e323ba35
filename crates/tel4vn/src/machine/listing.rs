//! Reading the records: pages, scrolls, and which of them are wanted.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ringback_exchange::{CallId, Cdr, Direction};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Pbx, Tag, ledger, ledger::Places};
use crate::render::{Face, Record};

/// Which records are wanted; all conditions have to hold, and of a list any value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// They began at this moment or later.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_from: Option<OffsetDateTime>,
    /// They began at this moment or earlier.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_to: Option<OffsetDateTime>,
    /// They ended at this moment or later.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_from: Option<OffsetDateTime>,
    /// They ended at this moment or earlier.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_to: Option<OffsetDateTime>,
    /// They lasted so many seconds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duration: Vec<i64>,
    /// They lasted longer than so many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_duration: Option<i64>,
    /// An extension placed or took them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extension: Vec<String>,
    /// The name of their recording.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recordingfile: Vec<String>,
    /// How they went, in the vendor's word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<String>,
    /// They came from or went to a number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phone: Vec<String>,
    /// They used or dialled one of the tenant's numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hotline: Vec<String>,
    /// A campaign placed them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub campaign: Vec<String>,
    /// Which way they went.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub direction: Vec<Direction>,
    /// Whose words the statuses are.
    #[serde(skip_serializing_if = "is_first")]
    pub face: Face,
}

fn is_first(face: &Face) -> bool {
    *face == Face::First
}

/// Texts that are looked for and longer than this are in no record.
const LONGEST: usize = 128;

impl Filter {
    /// Returns whether the index alone tells which records are wanted.
    fn is_indexed(&self) -> bool {
        let Self { started_from, started_to, extension, face, .. } = self.clone();
        *self == Self { started_from, started_to, extension, face, ..Self::default() }
    }

    fn texts(&mut self) -> [&mut Vec<String>; 6] {
        let Self { extension, recordingfile, status, phone, hotline, campaign, .. } = self;
        [extension, recordingfile, status, phone, hotline, campaign]
    }

    /// Returns the filter without texts that are in no record, for a scroll's id; one that nothing
    /// passes is as good short as long.
    fn bounded(mut self) -> Self {
        let impossible = self.texts().into_iter().any(|texts| {
            let wanted = !texts.is_empty();
            texts.retain(|text| text.len() <= LONGEST);
            wanted && texts.is_empty()
        });
        match impossible {
            true => Self { status: vec!["X".repeat(LONGEST)], ..Self::default() },
            false => self,
        }
    }

    fn passes(&self, record: &Record<'_>) -> bool {
        fn any<T>(wanted: &[T], is: impl Fn(&T) -> bool) -> bool {
            wanted.is_empty() || wanted.iter().any(is)
        }
        let cdr = record.cdr();
        let ended = cdr.ended_at();
        let line = cdr.line.as_ref().map_or("", |line| line.as_str());
        let campaign = || cdr.tag.more.as_ref().and_then(|more| more.campaign);
        self.ended_from.is_none_or(|from| ended >= from)
            && self.ended_to.is_none_or(|to| ended <= to)
            && any(&self.duration, |wanted| record.duration() == *wanted)
            && self.min_duration.is_none_or(|least| record.duration() > least)
            && any(&self.direction, |wanted| record.direction() == *wanted)
            && any(&self.status, |wanted| record.has_status(wanted, self.face))
            && any(&self.phone, |phone| {
                record.from_number() == phone || record.to_number() == phone
            })
            && any(&self.hotline, |wanted| wanted.eq_ignore_ascii_case(line))
            && any(&self.recordingfile, |file| record.has_recording(file))
            && any(&self.campaign, |wanted| campaign().is_some_and(|id| id.to_string() == *wanted))
    }
}

/// How far a scroll has come. The records that it shows are those there were when it began; none of
/// them is held for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// How many records there were.
    records: usize,
    /// The last record shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<(i64, u64)>,
    /// How many are shown at once.
    limit: usize,
    /// Which are shown.
    filter: Filter,
}

impl Position {
    /// Returns the position as a text that says nothing to anybody else.
    pub fn to_id(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let check = check(&json).to_be_bytes();
        BASE64_URL_SAFE_NO_PAD.encode([check.as_slice(), json.as_slice()].concat())
    }

    /// Reads a position from its text.
    pub fn from_id(id: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(id).ok()?;
        let (sum, json) = bytes.split_at_checked(8)?;
        (check(json).to_be_bytes() == sum).then(|| serde_json::from_slice(json).ok()).flatten()
    }

    /// Shows so many at once from now on.
    #[must_use]
    pub fn by(self, limit: Option<usize>) -> Self {
        Self { limit: limit.unwrap_or(self.limit), ..self }
    }
}

/// FNV-1a: enough to tell an id of ours from any other text.
fn check(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Pbx {
    /// Narrows the index to the records that began within the filter's time.
    fn candidates(&self, filter: &Filter) -> Places<'_> {
        let history = self.exchange.history();
        let from = filter.started_from.map(|from| (from, CallId(0)));
        let to = filter.started_to.map(|to| to.saturating_add(time::Duration::MICROSECOND));
        let mut places = Places { history, lists: self.ledger.lists(&filter.extension) };
        if let Some(from) = from {
            places.since(from);
        }
        if let Some(to) = to {
            places.until((to, CallId(0)));
        }
        places
    }

    fn wanted<'a>(
        &'a self,
        filter: &'a Filter,
        places: Places<'a>,
    ) -> impl Iterator<Item = Record<'a>> {
        let indexed = filter.is_indexed();
        let cdrs = places.filter_map(|place| ledger::at(self.exchange.history(), place));
        self.exchange
            .published(cdrs)
            .map(|cdr| self.show(cdr))
            .filter(move |record| indexed || filter.passes(record))
    }

    fn show<'a>(&'a self, cdr: &'a Cdr<Tag>) -> Record<'a> {
        Record::new(cdr, &self.settings)
    }

    /// Returns a part of the wanted records, newest first, and how many there are.
    ///
    /// Without conditions, or with none but time and extension, it costs what it returns.
    pub fn page(&self, filter: &Filter, offset: usize, limit: usize) -> (usize, Vec<Record<'_>>) {
        let mut places = self.candidates(filter);
        let history = self.exchange.history();
        let record = |place: u32| ledger::at(history, place).map(|cdr| self.show(cdr));
        let is_true = self.exchange.publishes_the_truth();
        if filter.is_indexed() && is_true {
            let total = places.len();
            places.skip_newest(offset);
            return (total, places.take(limit).filter_map(record).collect());
        }
        let (mut total, mut page) = (0, Vec::new());
        let cdrs = places.filter_map(|place| ledger::at(history, place));
        let records = self.exchange.published(cdrs).map(|cdr| self.show(cdr));
        for record in records.filter(|record| filter.passes(record)) {
            if total >= offset && page.len() < limit {
                page.push(record);
            }
            total += 1;
        }
        (total, page)
    }

    /// Begins a scroll over the wanted records.
    pub fn begin_scroll(&self, filter: Filter, limit: usize) -> Position {
        let records = self.exchange.history().len();
        Position { records, after: None, limit, filter: filter.bounded() }
    }

    /// Returns the next records of a scroll, newest first, and how far it has come then; `None` if
    /// the position is not one of this world.
    pub fn scroll(&self, position: &Position) -> Option<(Vec<Record<'_>>, Position)> {
        let history = self.exchange.history();
        if position.records > history.len() {
            return None;
        }
        let mut places = self.candidates(&position.filter);
        if let Some((micros, id)) = position.after {
            let since = time::Duration::microseconds(micros);
            places.until((OffsetDateTime::UNIX_EPOCH.checked_add(since)?, CallId(id)));
        }
        let indexed = position.filter.is_indexed();
        let mut batch: Vec<&Cdr<Tag>> = Vec::new();
        while batch.len() < position.limit
            && let Some(place) = places.next()
        {
            // What was recorded since the scroll began is not part of it.
            if usize::try_from(place).is_ok_and(|place| place >= position.records) {
                continue;
            }
            let cdr = ledger::at(history, place);
            let shown = cdr.and_then(|cdr| self.exchange.published_record(cdr.id));
            let passes = |cdr: &&Cdr<Tag>| indexed || position.filter.passes(&self.show(cdr));
            batch.extend(shown.filter(passes));
        }
        let mut next = position.clone();
        if let Some(last) = batch.last() {
            let (at, id) = ledger::key(last);
            let micros = (at - OffsetDateTime::UNIX_EPOCH).whole_microseconds();
            next.after = Some((i64::try_from(micros).unwrap_or(i64::MAX), id.0));
        }
        // Twice or out of order within what is shown at once: a scroll goes on from where it was.
        let shown = self.exchange.published(batch.into_iter()).map(|cdr| self.show(cdr));
        Some((shown.collect(), next))
    }

    /// Returns all wanted records, newest first.
    pub fn records<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = Record<'a>> {
        self.wanted(filter, self.candidates(filter))
    }
}
