//! Records by id, and the indexes that make a filtered page cost what it returns.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::index::{Facets, Key, Postings};
use crate::Micros;

/// A record of a table.
pub(crate) trait Row: Clone + PartialEq + Serialize + DeserializeOwned {
    /// Tells the keys that change while calls go on; they are quick to make.
    fn quick_keys(&self, _add: &mut dyn FnMut(Key)) {}

    /// Tells the other keys.
    fn keys(&self, add: &mut dyn FnMut(Key));

    /// Tells keys under which other ids than the record's own stand. They never change.
    fn links(&self, _add: &mut dyn FnMut(Key, u32)) {}

    /// Returns when it was last changed.
    fn updated_at(&self) -> Micros;

    /// Returns another moment it is found by.
    fn marked_at(&self) -> Option<Micros> {
        None
    }
}

/// Records by id. Ids begin with 1, grow and are never used again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept<R>")]
#[serde(bound(serialize = "R: Serialize", deserialize = "R: Row"))]
pub(crate) struct Table<R> {
    rows: Vec<Option<R>>,
    /// When each record was made; this never decreases, so it is searched by halves.
    created: Vec<Micros>,
    #[serde(skip)]
    index: Index,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "R: Row"))]
struct Kept<R> {
    rows: Vec<Option<R>>,
    created: Vec<Micros>,
}

/// Everything that follows from the records.
#[derive(Debug, Clone, PartialEq, Default)]
struct Index {
    all: RoaringBitmap,
    facets: Facets,
    /// Records changed after they were made; the others are found by when they were made.
    touched: BTreeSet<(Micros, u32)>,
    touched_ids: RoaringBitmap,
    marked: BTreeSet<(Micros, u32)>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), created: Vec::new(), index: Index::default() }
    }
}

impl<R: Row> From<Kept<R>> for Table<R> {
    fn from(Kept { rows, created }: Kept<R>) -> Self {
        let mut table = Self { rows, created, index: Index::default() };
        let ids: Vec<u32> = table.occupied().collect();
        for id in ids {
            table.enter(id);
        }
        table
    }
}

/// A record and its id, as lists show them.
#[derive(Debug)]
pub(crate) struct Found<'a, R> {
    pub(crate) id: u32,
    pub(crate) created_at: Micros,
    pub(crate) row: &'a R,
}

impl<R: Row> Table<R> {
    fn occupied(&self) -> impl Iterator<Item = u32> + '_ {
        (1..).zip(&self.rows).filter(|(_, row)| row.is_some()).map(|(id, _)| id)
    }

    /// Returns the id that the next record gets.
    pub(crate) fn next_id(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Leaves ids out, as if their records had been deleted.
    pub(crate) fn skip_to(&mut self, next: u32, at: Micros) {
        while self.next_id() < next {
            self.rows.push(None);
            self.created.push(at);
        }
    }

    /// Adds a record.
    pub(crate) fn insert(&mut self, at: Micros, row: R) -> u32 {
        let id = self.next_id();
        // A clock that was set back does not make the order of ids a lie.
        let at = self.created.last().map_or(at, |last| at.max(*last));
        self.rows.push(Some(row));
        self.created.push(at);
        self.enter(id);
        id
    }

    pub(crate) fn get(&self, id: u32) -> Option<&R> {
        self.rows.get(place(id)?)?.as_ref()
    }

    pub(crate) fn find(&self, id: u32) -> Option<Found<'_, R>> {
        Some(Found { id, created_at: self.created_at(id), row: self.get(id)? })
    }

    pub(crate) fn created_at(&self, id: u32) -> Micros {
        place(id).and_then(|place| self.created.get(place)).copied().unwrap_or_default()
    }

    pub(crate) fn remove(&mut self, id: u32) -> Option<R> {
        let row = self.rows.get_mut(place(id)?)?.take()?;
        let facets = &mut self.index.facets;
        row.quick_keys(&mut |key| facets.remove(key, id));
        row.keys(&mut |key| facets.remove(key, id));
        row.links(&mut |key, other| facets.remove(key, other));
        self.index.all.remove(id);
        self.index.touched.remove(&(row.updated_at(), id));
        self.index.touched_ids.remove(id);
        if let Some(at) = row.marked_at() {
            self.index.marked.remove(&(at, id));
        }
        Some(row)
    }

    /// Changes a record in any way, but for its links.
    pub(crate) fn change<T>(&mut self, id: u32, change: impl FnOnce(&mut R) -> T) -> Option<T> {
        self.alter(id, true, change)
    }

    /// Changes of a record only what its quick keys tell.
    pub(crate) fn touch<T>(&mut self, id: u32, change: impl FnOnce(&mut R) -> T) -> Option<T> {
        self.alter(id, false, change)
    }

    fn alter<T>(&mut self, id: u32, all: bool, change: impl FnOnce(&mut R) -> T) -> Option<T> {
        let created_at = self.created_at(id);
        let row = self.rows.get_mut(place(id)?)?.as_mut()?;
        let keys = |row: &R| {
            let mut keys = Vec::new();
            row.quick_keys(&mut |key| keys.push(key));
            if all {
                row.keys(&mut |key| keys.push(key));
            }
            keys.sort_unstable();
            keys
        };
        let (before, was, marked) = (keys(row), row.updated_at(), row.marked_at());
        let outcome = change(row);
        let (after, is, marks) = (keys(row), row.updated_at(), row.marked_at());
        let Index { facets, touched, touched_ids, marked: marked_set, .. } = &mut self.index;
        for key in &before {
            if after.binary_search(key).is_err() {
                facets.remove(*key, id);
            }
        }
        for key in &after {
            if before.binary_search(key).is_err() {
                facets.add(*key, id);
            }
        }
        if was != is {
            touched.remove(&(was, id));
            if is == created_at {
                touched_ids.remove(id);
            } else {
                touched.insert((is, id));
                touched_ids.insert(id);
            }
        }
        if marked != marks {
            if let Some(at) = marked {
                marked_set.remove(&(at, id));
            }
            if let Some(at) = marks {
                marked_set.insert((at, id));
            }
        }
        Some(outcome)
    }

    fn enter(&mut self, id: u32) {
        let created_at = self.created_at(id);
        let Some(row) = place(id).and_then(|place| self.rows.get(place)?.as_ref()) else { return };
        let facets = &mut self.index.facets;
        row.quick_keys(&mut |key| facets.add(key, id));
        row.keys(&mut |key| facets.add(key, id));
        row.links(&mut |key, other| facets.add(key, other));
        self.index.all.insert(id);
        if row.updated_at() != created_at {
            self.index.touched.insert((row.updated_at(), id));
            self.index.touched_ids.insert(id);
        }
        if let Some(at) = row.marked_at() {
            self.index.marked.insert((at, id));
        }
    }

    pub(crate) fn postings(&self, key: Key) -> Option<&Postings> {
        self.index.facets.get(key)
    }

    /// Returns how many records have a key.
    pub(crate) fn count(&self, key: Key) -> u64 {
        self.postings(key).map_or(0, Postings::len)
    }

    /// Returns the ids of a key in ascending order.
    pub(crate) fn ids(&self, key: Key) -> impl Iterator<Item = u32> + '_ {
        self.postings(key).into_iter().flat_map(Postings::ids)
    }

    pub(crate) fn len(&self) -> u64 {
        self.index.all.len()
    }

    /// Returns all records in ascending order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &R)> {
        (1..).zip(&self.rows).filter_map(|(id, row)| Some((id, row.as_ref()?)))
    }

    /// Returns the ids made within a time.
    pub(crate) fn made(&self, time: &Range<Micros>) -> Range<u32> {
        let before = |moment: Micros| self.created.partition_point(|at| *at < moment);
        let id = |place: usize| u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
        id(before(time.start))..id(before(time.end))
    }

    fn set_of(&self, key: Key) -> Cow<'_, RoaringBitmap> {
        match self.postings(key) {
            Some(Postings::Many(many)) => Cow::Borrowed(many),
            Some(few) => Cow::Owned(few.ids().collect()),
            None => Cow::Owned(RoaringBitmap::new()),
        }
    }

    /// Returns the records that meet every condition.
    pub(crate) fn select(&self, conditions: &[Condition<R>]) -> Selection<'_> {
        let mut sets: Vec<Cow<'_, RoaringBitmap>> = Vec::new();
        let (mut lacking, mut scans) = (Vec::new(), Vec::new());
        for condition in conditions {
            match condition {
                Condition::Nothing => return Selection(Cow::Owned(RoaringBitmap::new())),
                Condition::Has(key) => sets.push(self.set_of(*key)),
                Condition::Any(keys) => {
                    let mut union = RoaringBitmap::new();
                    for key in keys {
                        union |= &*self.set_of(*key);
                    }
                    sets.push(Cow::Owned(union));
                }
                Condition::Among(ids) => sets.push(Cow::Owned(ids.clone())),
                Condition::Created(time) => sets.push(Cow::Owned(self.created_within(time))),
                Condition::Updated(time) => {
                    let mut untouched = self.created_within(time);
                    untouched -= &self.index.touched_ids;
                    untouched.extend(within(&self.index.touched, time));
                    sets.push(Cow::Owned(untouched));
                }
                Condition::Marked(time) => {
                    sets.push(Cow::Owned(within(&self.index.marked, time).collect()));
                }
                Condition::Lacks(key) => lacking.push(self.set_of(*key)),
                Condition::Is(test) => scans.push(test),
            }
        }
        // The smallest first: every other one only makes it smaller.
        sets.sort_by_key(|set| set.len());
        let mut sets = sets.into_iter();
        let mut found = sets.next().unwrap_or(Cow::Borrowed(&self.index.all));
        for set in sets {
            found = Cow::Owned(&*found & &*set);
        }
        for set in lacking {
            found = Cow::Owned(&*found - &*set);
        }
        if !scans.is_empty() {
            let meets =
                |id: &u32| self.get(*id).is_some_and(|row| scans.iter().all(|test| test(row)));
            found = Cow::Owned(found.iter().filter(meets).collect());
        }
        Selection(found)
    }

    fn created_within(&self, time: &Range<Micros>) -> RoaringBitmap {
        let mut ids = RoaringBitmap::new();
        ids.insert_range(self.made(time));
        ids &= &self.index.all;
        ids
    }

    /// Checks that the index is what the records make of it.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let again = Self::from(Kept { rows: self.rows.clone(), created: self.created.clone() });
        // Sets of the same ids may be held differently.
        let same = again.index.all == self.index.all
            && again.index.touched == self.index.touched
            && again.index.touched_ids == self.index.touched_ids
            && again.index.marked == self.index.marked
            && again.index.facets.equals(&self.index.facets);
        if same { Ok(()) } else { Err("an index is not what its records make of it".to_owned()) }
    }
}

fn within(set: &BTreeSet<(Micros, u32)>, time: &Range<Micros>) -> impl Iterator<Item = u32> {
    // An inverted range would panic in the tree.
    let end = time.end.max(time.start);
    set.range((time.start, 0)..(end, 0)).map(|(_, id)| *id)
}

fn place(id: u32) -> Option<usize> {
    usize::try_from(id.checked_sub(1)?).ok()
}

/// Collects one column of some records.
pub(crate) fn column<R: Row>(
    table: &Table<R>,
    ids: &RoaringBitmap,
    of: impl Fn(&R) -> u32,
) -> RoaringBitmap {
    ids.iter().filter_map(|id| table.get(id)).map(of).collect()
}

/// One condition of a list.
pub(crate) enum Condition<R> {
    /// No record meets it.
    Nothing,
    Has(Key),
    Any(Vec<Key>),
    Lacks(Key),
    Among(RoaringBitmap),
    Created(Range<Micros>),
    Updated(Range<Micros>),
    Marked(Range<Micros>),
    /// What no index is kept for; asked of the records that meet everything else.
    Is(Box<dyn Fn(&R) -> bool + Send + Sync>),
}

/// The ids that meet the conditions of a list.
pub(crate) struct Selection<'a>(Cow<'a, RoaringBitmap>);

impl Selection<'_> {
    pub(crate) fn total(&self) -> u64 {
        self.0.len()
    }

    /// Returns the ids from a place on, at most so many.
    pub(crate) fn page(&self, offset: u64, limit: usize) -> Vec<u32> {
        let Some(first) = u32::try_from(offset).ok().and_then(|offset| self.0.select(offset))
        else {
            return Vec::new();
        };
        self.0.range(first..).take(limit).collect()
    }

    /// Returns the ids from a place on in descending order, at most so many.
    pub(crate) fn page_back(&self, offset: u64, limit: usize) -> Vec<u32> {
        let last = self.0.len().checked_sub(offset).and_then(|left| left.checked_sub(1));
        let last = last.and_then(|last| self.0.select(u32::try_from(last).ok()?));
        let Some(last) = last else { return Vec::new() };
        self.0.range(..=last).rev().take(limit).collect()
    }

    pub(crate) fn into_ids(self) -> RoaringBitmap {
        self.0.into_owned()
    }
}
