//! What is due when, in time order; equal moments keep the order in which they were entered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

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

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { due: BTreeMap::new(), entered: 0 }
    }
}

impl<T> Agenda<T> {
    /// Enters something due at a moment.
    pub fn enter(&mut self, at: OffsetDateTime, what: T) -> Due {
        let due = Due { at, entry: self.entered };
        self.entered += 1;
        self.due.insert(due, what);
        due
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
