//! What is due when, in time order; equal moments keep the order in which they were entered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, macros::datetime};

/// Where time ends: what is due later is due then.
const LATEST: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999 UTC);

/// Names one entry of an [`Agenda`], to strike it out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Due {
    #[serde(with = "time::serde::timestamp::microseconds")]
    at: OffsetDateTime,
    entry: u64,
}

/// A list of things due, popped in time order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Entries<T>", into = "Entries<T>")]
#[serde(bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct Agenda<T> {
    due: BTreeMap<Due, T>,
    entered: u64,
}

/// The serialised form: JSON has no maps with structured keys.
#[derive(Serialize, Deserialize)]
struct Entries<T> {
    due: Vec<(Due, T)>,
    entered: u64,
}

impl Due {
    /// Returns when it is due.
    pub(crate) fn at(self) -> OffsetDateTime {
        self.at
    }
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { due: BTreeMap::new(), entered: 0 }
    }
}

impl<T> Agenda<T> {
    /// Enters something due at a moment: the first whole microsecond not before it, so that the
    /// serialised form tells all, and never after the year 9999.
    pub fn enter(&mut self, at: OffsetDateTime, what: T) -> Due {
        let due = Due { at: whole_micros(at.min(LATEST)), entry: self.entered };
        self.entered += 1;
        self.due.insert(due, what);
        due
    }

    /// Enters something due a length after a moment; a negative length counts as zero.
    pub fn enter_after(&mut self, now: OffsetDateTime, length: Duration, what: T) -> Due {
        self.enter(now.saturating_add(length.max(Duration::ZERO)), what)
    }

    /// Strikes an entry out; one that has been popped already is no matter.
    pub fn strike(&mut self, due: Due) -> Option<T> {
        self.due.remove(&due)
    }

    /// Returns the earliest moment at which anything is due.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        self.due.first_key_value().map(|(due, _)| due.at)
    }

    /// Takes out the earliest entry, if it is due by `to`.
    pub fn pop(&mut self, to: OffsetDateTime) -> Option<(OffsetDateTime, T)> {
        let first = self.due.first_entry()?;
        (first.key().at <= to).then(|| {
            let (due, what) = first.remove_entry();
            (due.at, what)
        })
    }

    /// Returns whether an entry is still due.
    pub fn has(&self, due: Due) -> bool {
        self.due.contains_key(&due)
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Returns whether nothing is due at all.
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// Returns the entries in time order.
    pub fn iter(&self) -> impl Iterator<Item = (Due, &T)> {
        self.due.iter().map(|(due, what)| (*due, what))
    }
}

fn whole_micros(at: OffsetDateTime) -> OffsetDateTime {
    match i64::from(at.nanosecond() % 1_000) {
        0 => at,
        over => at.saturating_add(Duration::nanoseconds(1_000 - over)),
    }
}

impl<T> From<Agenda<T>> for Entries<T> {
    fn from(agenda: Agenda<T>) -> Self {
        Self { due: agenda.due.into_iter().collect(), entered: agenda.entered }
    }
}

impl<T> From<Entries<T>> for Agenda<T> {
    fn from(entries: Entries<T>) -> Self {
        Self { due: entries.due.into_iter().collect(), entered: entries.entered }
    }
}
