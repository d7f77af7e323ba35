//! Where the records are: by id, in the order of their beginnings, and the same for each extension.
//!
//! The exchange's own index is walked from either end; here a place in the list is found without
//! walking to it, and the length of a range without counting.

use std::collections::{BTreeMap, BTreeSet};

use ringback_exchange::{CallId, Cdr, History, Number};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{App, Tag};

/// Orders two records: the beginning of a call and its identity.
pub(super) type Key = (OffsetDateTime, CallId);

/// The indexes over the history. They follow from it and are never stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    by_uuid: BTreeMap<Uuid, CallId>,
    /// The newest call of each reference that a client gave to an automatic call.
    by_reference: BTreeMap<String, CallId>,
    /// Places in the history, the oldest call first.
    order: Vec<u32>,
    by_extension: BTreeMap<Number, Vec<u32>>,
    /// How much of the history is entered.
    known: usize,
}

/// Returns what orders a record.
pub(super) fn key(cdr: &Cdr<Tag>) -> Key {
    (cdr.created_at(), cdr.id)
}

/// Returns the record at a place of the history.
pub(super) fn at(history: &History<Tag>, place: u32) -> Option<&Cdr<Tag>> {
    history.iter().as_slice().get(usize::try_from(place).ok()?)
}

/// Returns how many places of a list hold records that come before a key.
pub(super) fn before(list: &[u32], history: &History<Tag>, bound: Key) -> usize {
    list.partition_point(|place| at(history, *place).is_some_and(|cdr| key(cdr) < bound))
}

/// Places of records in several lists, taken from the newest on.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    pub(super) history: &'a History<Tag>,
    pub(super) lists: Vec<&'a [u32]>,
}

impl Places<'_> {
    /// Returns how many are left.
    pub(super) fn len(&self) -> usize {
        self.lists.iter().map(|list| list.len()).sum()
    }

    /// Leaves out what comes before a key.
    pub(super) fn since(&mut self, bound: Key) {
        for list in &mut self.lists {
            *list = list.get(before(list, self.history, bound)..).unwrap_or_default();
        }
    }

    /// Leaves out what does not come before a key.
    pub(super) fn until(&mut self, bound: Key) {
        for list in &mut self.lists {
            *list = list.get(..before(list, self.history, bound)).unwrap_or_default();
        }
    }

    /// Leaves out the newest ones; of a single list without walking past them.
    pub(super) fn skip_newest(&mut self, count: usize) {
        match self.lists.as_mut_slice() {
            [list] => *list = list.get(..list.len().saturating_sub(count)).unwrap_or_default(),
            _ => drop(self.by_ref().take(count).last()),
        }
    }
}

impl Iterator for Places<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let history = self.history;
        let newest =
            |list: &&mut &[u32]| list.last().and_then(|place| at(history, *place)).map(key);
        let list = match self.lists.as_mut_slice() {
            [list] => list,
            lists => lists.iter_mut().max_by_key(newest)?,
        };
        let (last, rest) = list.split_last()?;
        *list = rest;
        Some(*last)
    }
}

impl Ledger {
    /// Notes a live call.
    pub(super) fn note(&mut self, tag: &Tag, call: CallId) {
        self.by_uuid.insert(tag.uuid, call);
        self.note_reference(tag, call);
    }

    fn note_reference(&mut self, tag: &Tag, call: CallId) {
        if matches!(tag.app, App::Autocall | App::Autodialer) && !tag.reference().is_empty() {
            let newest = self.by_reference.entry(tag.reference().to_owned()).or_insert(call);
            *newest = call.max(*newest);
        }
    }

    /// Returns the newest automatic call of a reference.
    pub(super) fn of_reference(&self, reference: &str) -> Option<CallId> {
        self.by_reference.get(reference).copied()
    }

    /// Returns the call with an id, live or over.
    pub(super) fn find(&self, uuid: Uuid) -> Option<CallId> {
        self.by_uuid.get(&uuid).copied()
    }

    /// Returns how much of the history is entered.
    pub(super) fn known(&self) -> usize {
        self.known
    }

    /// Returns all records, or those of an extension, the oldest first.
    pub(super) fn list(&self, extension: Option<&str>) -> &[u32] {
        match extension {
            None => &self.order,
            Some(extension) => {
                let list = self.by_extension.get(&Number::from(extension));
                list.map_or(&[], Vec::as_slice)
            }
        }
    }

    /// Returns all records, or those of some extensions, a list for each. No record is in two.
    pub(super) fn lists(&self, extensions: &[String]) -> Vec<&[u32]> {
        if extensions.is_empty() {
            return vec![self.list(None)];
        }
        let wanted: BTreeSet<&str> = extensions.iter().map(String::as_str).collect();
        wanted.into_iter().map(|extension| self.list(Some(extension))).collect()
    }

    /// Enters the records that the history has got since the last time.
    pub(super) fn catch_up(&mut self, history: &History<Tag>) {
        let records = history.iter().as_slice();
        // Sorting is for many; a few find their places, which are near the end.
        let many = records.len().saturating_sub(self.known) > 1_000;
        for (place, cdr) in (0_u32..).zip(records).skip(self.known) {
            self.by_uuid.insert(cdr.tag.uuid, cdr.id);
            self.note_reference(&cdr.tag, cdr.id);
            let own = cdr.extension.as_ref().map(|extension| {
                match self.by_extension.contains_key(extension) {
                    true => {}
                    false => drop(self.by_extension.insert(extension.clone(), Vec::new())),
                }
                self.by_extension.get_mut(extension)
            });
            for list in [Some(&mut self.order), own.flatten()].into_iter().flatten() {
                match many {
                    true => list.push(place),
                    false => list.insert(before(list, history, key(cdr)), place),
                }
            }
        }
        if many {
            for list in [&mut self.order].into_iter().chain(self.by_extension.values_mut()) {
                list.sort_by_key(|place| at(history, *place).map(key));
                list.shrink_to_fit();
            }
        }
        self.known = records.len();
    }
}
