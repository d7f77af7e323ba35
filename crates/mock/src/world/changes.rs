//! What came, went and changed in a world since an earlier state of it, table by table.

mod common;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

pub(crate) use common::compare;

/// What came, went and changed since an earlier state, by the names of the tables. A table in which
/// nothing did is not there.
///
/// Its JSON form is `{"calls": {"added": […], "changed": [{"id", "fields": {name: [old, new]}}],
/// "removed": […], "counts": {"added", "changed", "removed"}}, …}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Changes {
    tables: BTreeMap<&'static str, TableChanges>,
    #[serde(skip)]
    limit: usize,
}

/// What came, went and changed in one table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TableChanges {
    /// The rows that came, each with its `id`; the first of them.
    pub added: Vec<Value>,
    /// The rows that are others than they were; the first of them.
    pub changed: Vec<RowChange>,
    /// The rows that went, as they were; the first of them.
    pub removed: Vec<Value>,
    /// How many there are, listed or not.
    pub counts: ChangeCounts,
}

/// How many rows came, changed and went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ChangeCounts {
    /// How many came.
    pub added: u64,
    /// How many are others than they were.
    pub changed: u64,
    /// How many went.
    pub removed: u64,
}

/// One row that is another than it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowChange {
    /// What names the row in its table.
    pub id: Value,
    /// The fields that differ: what each was, and what it is; null where it is missing.
    pub fields: BTreeMap<String, [Value; 2]>,
}

impl Changes {
    /// How many rows of each list of a table are shown unless said.
    pub const LISTED: usize = 100;

    /// Makes an empty comparison that lists at most so many rows of each kind and counts the rest.
    pub(crate) fn new(limit: usize) -> Self {
        Self { tables: BTreeMap::new(), limit }
    }

    /// Returns whether nothing came, went or changed.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().checkpoint("now")?;
    /// assert!(mock.demo().changes_since("now")?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Returns the tables in which something did, by name.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().checkpoint("before")?;
    /// mock.when("0912*").is_busy()?;
    /// let changes = mock.demo().changes_since("before")?;
    /// let names: Vec<&str> = changes.tables().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["behaviours"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &TableChanges)> {
        self.tables.iter().map(|(name, table)| (*name, table))
    }

    /// Returns what happened in a table; `None` if nothing did.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().checkpoint("before")?;
    /// mock.when("0912*").is_busy()?;
    /// let changes = mock.demo().changes_since("before")?;
    /// assert_eq!(changes.of("behaviours").map(|table| table.added.len()), Some(1));
    /// assert!(changes.of("records").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(&self, table: &str) -> Option<&TableChanges> {
        self.tables.get(table)
    }

    /// Compares a table with what it was. Both have to come in the ascending order of their ids;
    /// equal rows cost one comparison, and only the others are serialised.
    pub fn table<'a, K, R>(
        &mut self,
        name: &'static str,
        before: impl IntoIterator<Item = (K, &'a R)>,
        now: impl IntoIterator<Item = (K, &'a R)>,
    ) where
        K: Ord + Serialize,
        R: PartialEq + Serialize + 'a,
    {
        use std::cmp::Ordering;
        let (mut before, mut now) = (before.into_iter().peekable(), now.into_iter().peekable());
        loop {
            let order = match (before.peek(), now.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((was, _)), Some((is, _))) => was.cmp(is),
            };
            let was = if order.is_le() { before.next() } else { None };
            let is = if order.is_ge() { now.next() } else { None };
            match (was, is) {
                (Some((id, was)), None) => self.removed(name, || shown(&id, was)),
                (None, Some((id, is))) => self.added(name, || shown(&id, is)),
                (Some((id, was)), Some((_, is))) if was != is => {
                    self.changed(name, &json!(id), &shown(&id, was), &shown(&id, is));
                }
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
    }

    /// Compares a list whose rows are told apart by a field, in whatever order they stand.
    pub fn list<K: Ord + Serialize, R: PartialEq + Serialize>(
        &mut self,
        name: &'static str,
        before: &[R],
        now: &[R],
        id: impl Fn(&R) -> K,
    ) {
        let [before, now] = [before, now].map(|rows| {
            let rows = rows.iter().map(|row| (id(row), row));
            rows.collect::<BTreeMap<K, &R>>()
        });
        self.table(name, before, now);
    }

    /// Compares something that there is one of.
    pub fn single<R: PartialEq + Serialize>(&mut self, name: &'static str, before: &R, now: &R) {
        self.table(name, [(name, before)], [(name, now)]);
    }

    fn added(&mut self, name: &'static str, row: impl FnOnce() -> Value) {
        let limit = self.limit;
        let table = self.tables.entry(name).or_default();
        table.counts.added += 1;
        if table.added.len() < limit {
            table.added.push(row());
        }
    }

    fn removed(&mut self, name: &'static str, row: impl FnOnce() -> Value) {
        let limit = self.limit;
        let table = self.tables.entry(name).or_default();
        table.counts.removed += 1;
        if table.removed.len() < limit {
            table.removed.push(row());
        }
    }

    /// Notes which fields of a row differ; nothing if none does.
    fn changed(&mut self, name: &'static str, id: &Value, was: &Value, is: &Value) {
        let fields = differing(was, is);
        if fields.is_empty() {
            return;
        }
        let limit = self.limit;
        let table = self.tables.entry(name).or_default();
        table.counts.changed += 1;
        if table.changed.len() < limit {
            table.changed.push(RowChange { id: id.clone(), fields });
        }
    }
}

/// Shows a row as an object with its id.
fn shown(id: &impl Serialize, row: &impl Serialize) -> Value {
    let row = json!(row);
    let mut fields = match row.as_object() {
        Some(fields) => fields.clone(),
        None => Map::from_iter([("value".to_owned(), row)]),
    };
    fields.insert("id".to_owned(), json!(id));
    Value::Object(fields)
}

fn differing(was: &Value, is: &Value) -> BTreeMap<String, [Value; 2]> {
    let nothing = Map::new();
    let (was, is) = (was.as_object().unwrap_or(&nothing), is.as_object().unwrap_or(&nothing));
    let mut fields = BTreeMap::new();
    for name in was.keys().chain(is.keys()) {
        let of = |row: &Map<String, Value>| row.get(name).cloned().unwrap_or_default();
        let (old, new) = (of(was), of(is));
        if old != new {
            fields.insert(name.clone(), [old, new]);
        }
    }
    fields
}

#[cfg(test)]
mod tests;
