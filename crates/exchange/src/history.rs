//! Finished calls, indexed so that a listing costs what it returns.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;

use crate::{CallId, Cdr, Number, cdr::Moment};

/// Finished calls in the order in which they were recorded, by identity, by time and by extension.
///
/// Its serialised form is the records alone; the indexes are made anew.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Vec<Cdr<T>>", bound(deserialize = "T: Deserialize<'de>"))]
pub struct History<T> {
    records: Vec<Cdr<T>>,
    by_id: BTreeMap<CallId, u32>,
    by_time: BTreeSet<Key>,
    by_extension: BTreeMap<Number, BTreeSet<Key>>,
}

/// The beginning of a call, its identity (of calls that began together the later one is newer, even
/// if it ended first) and its place among the records.
type Key = (Moment, u32, u32);

impl<T> Default for History<T> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            by_id: BTreeMap::new(),
            by_time: BTreeSet::new(),
            by_extension: BTreeMap::new(),
        }
    }
}

impl<T> History<T> {
    /// Adds a finished call. At most 2³² calls are kept; a call beyond that is not.
    pub fn add(&mut self, cdr: Cdr<T>) {
        let Ok(place) = u32::try_from(self.records.len()) else { return };
        // Fewer than 2³² calls are kept, so the lower half of an identity is enough to order them.
        let key = (cdr.moment(), cdr.id.0 as u32, place);
        self.by_id.insert(cdr.id, place);
        self.by_time.insert(key);
        if let Some(extension) = &cdr.extension {
            match self.by_extension.get_mut(extension) {
                Some(calls) => {
                    calls.insert(key);
                }
                None => {
                    self.by_extension.insert(extension.clone(), BTreeSet::from([key]));
                }
            }
        }
        self.records.push(cdr);
    }

    /// Removes the records behind so many, and returns them in their order.
    pub fn split_off(&mut self, len: usize) -> Vec<Cdr<T>> {
        let removed = self.records.split_off(len.min(self.records.len()));
        let first = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        for (place, cdr) in (first..).zip(&removed) {
            let key = (cdr.moment(), cdr.id.0 as u32, place);
            self.by_id.remove(&cdr.id);
            self.by_time.remove(&key);
            let Some(extension) = &cdr.extension else { continue };
            let Some(calls) = self.by_extension.get_mut(extension) else { continue };
            calls.remove(&key);
            if calls.is_empty() {
                self.by_extension.remove(extension);
            }
        }
        removed
    }

    /// Returns all records in the order in which they were added, without their indexes.
    pub fn into_records(self) -> Vec<Cdr<T>> {
        self.records
    }

    /// Returns the place of a call among the records.
    pub fn place(&self, id: CallId) -> Option<usize> {
        usize::try_from(*self.by_id.get(&id)?).ok()
    }

    /// Returns the record of a call.
    pub fn get(&self, id: CallId) -> Option<&Cdr<T>> {
        self.at(*self.by_id.get(&id)?)
    }

    /// Returns all records in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Cdr<T>> {
        self.records.iter()
    }

    /// Returns the number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns whether nothing was recorded yet.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Returns the calls created within a time, oldest first, both ends included.
    pub fn during(
        &self,
        time: RangeInclusive<OffsetDateTime>,
    ) -> impl DoubleEndedIterator<Item = &Cdr<T>> {
        self.by_time.range(keys(time)).filter_map(|(_, _, place)| self.at(*place))
    }

    /// Returns one extension's calls, oldest first.
    pub fn of(&self, extension: &str) -> impl DoubleEndedIterator<Item = &Cdr<T>> {
        let calls = self.by_extension.get(&Number::from(extension));
        calls.into_iter().flatten().filter_map(|(_, _, place)| self.at(*place))
    }

    /// Returns one extension's calls created within a time, oldest first, both ends included.
    pub fn of_during(
        &self,
        extension: &str,
        time: RangeInclusive<OffsetDateTime>,
    ) -> impl DoubleEndedIterator<Item = &Cdr<T>> {
        let calls = self.by_extension.get(&Number::from(extension));
        let keys = calls.into_iter().flat_map(move |calls| calls.range(keys(time.clone())));
        keys.filter_map(|(_, _, place)| self.at(*place))
    }

    fn at(&self, place: u32) -> Option<&Cdr<T>> {
        self.records.get(usize::try_from(place).ok()?)
    }
}

/// A place that no record ever has.
const NOWHERE: Key = (Moment::LAST, u32::MAX, u32::MAX);

/// An inverted range would panic in the tree; it holds nothing.
fn keys(time: RangeInclusive<OffsetDateTime>) -> RangeInclusive<Key> {
    let (from, to) = (Moment::from(*time.start()), Moment::from(*time.end()));
    if from > to {
        return NOWHERE..=NOWHERE;
    }
    (from, 0, 0)..=(to, u32::MAX, u32::MAX)
}

impl<T: Serialize> Serialize for History<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.records.serialize(serializer)
    }
}

impl<T> From<Vec<Cdr<T>>> for History<T> {
    fn from(records: Vec<Cdr<T>>) -> Self {
        let mut history = Self::default();
        for cdr in records {
            history.add(cdr);
        }
        history
    }
}
