//! Finished calls as the lists of v3 and of the dial service have them.

use std::ops::RangeInclusive;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, Cdr};

use super::{CallTag, Pbx};
use crate::render::{Kind, Row, Status};

/// Which calls are asked for; what is not said admits any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// When they began, both ends included.
    pub during: Option<RangeInclusive<OffsetDateTime>>,
    /// How they went.
    pub statuses: Vec<Status>,
    /// Which way they went.
    pub kinds: Vec<Kind>,
    /// Whose they are.
    pub extensions: Vec<String>,
    /// The company number they used.
    pub did: Option<String>,
    /// The exchange's id.
    pub call_id: Option<String>,
    /// The id of the record.
    pub id: Option<String>,
    /// Who called.
    pub caller: Option<String>,
    /// Who was called.
    pub callee: Option<String>,
    /// A part of either number.
    pub search: Option<String>,
}

impl Filter {
    /// Returns whether every call is asked for.
    fn is_any(&self) -> bool {
        *self == Self::default()
    }

    fn admits(&self, row: &Row<'_>) -> bool {
        let within =
            |at: OffsetDateTime| self.during.as_ref().is_none_or(|time| time.contains(&at));
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found)
        };
        let one_of = |list: &[String], found: &str| {
            list.is_empty() || list.iter().any(|wanted| wanted == found)
        };
        let has = |part: &str| row.caller().contains(part) || row.callee().contains(part);
        within(row.cdr().created_at())
            && (self.kinds.is_empty() || self.kinds.contains(&row.kind()))
            && (self.statuses.is_empty() || self.statuses.contains(&row.status()))
            && one_of(&self.extensions, row.extension())
            && is(&self.caller, row.caller())
            && is(&self.callee, row.callee())
            && self.search.as_deref().is_none_or(has)
            && self.did.as_deref().is_none_or(|did| national(did) == national(row.did()))
            && self.call_id.as_deref().is_none_or(|id| row.call_id() == id)
            && self.id.as_deref().is_none_or(|id| row.id() == id)
    }
}

/// Writes a number as it is dialled at home: `84…` is `0…`. vendors/voip24h-v3.md, 4.2
fn national(number: &str) -> String {
    let number = number.strip_prefix('+').unwrap_or(number);
    number.strip_prefix("84").map_or_else(|| number.to_owned(), |rest| format!("0{rest}"))
}

/// A part of a list.
#[derive(Debug)]
pub struct Page<'a> {
    /// How many calls there are in all.
    pub total: usize,
    /// Those of the part.
    pub rows: Vec<Row<'a>>,
}

impl Pbx {
    /// Returns a part of the finished calls that are asked for, newest first.
    pub fn page<'a>(&'a self, filter: &'a Filter, offset: usize, limit: usize) -> Page<'a> {
        let history = self.exchange.history();
        if filter.is_any() && self.exchange.publishes_the_truth() {
            let rows = self.rows(None, None).skip(offset).take(limit).collect();
            return Page { total: history.len(), rows };
        }
        let ids = [filter.call_id.as_deref(), filter.id.as_deref()];
        if let Some(id) = ids.into_iter().flatten().next() {
            let found = self.row(id).filter(|row| filter.admits(row));
            let total = usize::from(found.is_some());
            return Page { total, rows: found.into_iter().skip(offset).take(limit).collect() };
        }
        let extension = match filter.extensions.as_slice() {
            [only] => Some(only.as_str()),
            _ => None,
        };
        let mut page = Page { total: 0, rows: Vec::new() };
        let admitted = self.rows(extension, filter.during.clone()).filter(|row| filter.admits(row));
        for row in admitted {
            if page.total >= offset && page.rows.len() < limit {
                page.rows.push(row);
            }
            page.total += 1;
        }
        page
    }

    /// As [`Pbx::page`], but oldest first.
    pub fn page_ascending<'a>(
        &'a self,
        filter: &'a Filter,
        offset: usize,
        limit: usize,
    ) -> Page<'a> {
        let total = self.page(filter, 0, 0).total;
        // The same part, counted from the other end.
        let end = total.saturating_sub(offset);
        let begin = end.saturating_sub(limit);
        let mut page = self.page(filter, begin, end - begin);
        page.rows.reverse();
        page
    }

    /// Returns finished calls, newest first: of one extension, or within a time, or all.
    fn rows<'a>(
        &'a self,
        extension: Option<&'a str>,
        during: Option<RangeInclusive<OffsetDateTime>>,
    ) -> Box<dyn Iterator<Item = Row<'a>> + 'a> {
        let history = self.exchange.history();
        match (extension, during) {
            (Some(extension), Some(during)) => {
                self.shown(history.of_during(extension, during).rev())
            }
            (Some(extension), None) => self.shown(history.of(extension).rev()),
            (None, during) => self.shown(history.during(during.unwrap_or(ALWAYS)).rev()),
        }
    }

    fn shown<'a>(
        &'a self,
        records: impl Iterator<Item = &'a Cdr<CallTag>> + 'a,
    ) -> Box<dyn Iterator<Item = Row<'a>> + 'a> {
        Box::new(self.exchange.published(records).map(|cdr| Row::new(self, cdr)))
    }

    /// Returns a finished call by the exchange's id or that of its record.
    pub fn row(&self, id: &str) -> Option<Row<'_>> {
        if let Some(cdr) = self.find(id) {
            return Some(Row::new(self, cdr));
        }
        let is_id =
            id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let low = u32::from_str_radix(id.get(18..).filter(|_| is_id)?, 16).ok()?;
        // The id has room for the last six hex digits of a sequence number.
        let sequences = (0..=0xff_u32).map(|high| high << 24 | low);
        let sequences = sequences.take_while(|sequence| *sequence < self.next_sequence);
        let calls = sequences.filter_map(|sequence| self.by_sequence.get(&sequence));
        calls.filter_map(|call| self.row_of(*call)).find(|row| row.id() == id)
    }

    /// Returns a finished call that is shown already.
    pub(crate) fn row_of(&self, id: CallId) -> Option<Row<'_>> {
        self.exchange.published_record(id).map(|cdr| Row::new(self, cdr))
    }
}

/// The whole calendar of a simulated clock.
const ALWAYS: RangeInclusive<OffsetDateTime> = time::macros::datetime!(0001-01-01 00:00 UTC)
    ..=time::macros::datetime!(9999-12-31 23:59:59.999999 UTC);
