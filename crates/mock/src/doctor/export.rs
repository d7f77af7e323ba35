//! A user's export against the calls there were: what is lost, doubled, wrong.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use time::UtcOffset;

use super::{Examined, Row, compare};

/// How an export is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    /// Where moments without a zone are; where the vendor's own records are, if nothing is said.
    pub(crate) offset: Option<UtcOffset>,
    /// Whether `duration` is meant to be the talk.
    pub(crate) talk: bool,
}

/// What is wrong with an export.
#[derive(Debug, Default)]
pub(crate) struct Export {
    /// How many rows are right.
    pub(crate) correct: usize,
    /// Calls that no row has.
    pub(crate) lost: Vec<Value>,
    /// Calls that several rows have.
    pub(crate) doubled: Vec<Value>,
    /// Values that are not the call's.
    pub(crate) wrong: Vec<Value>,
    /// Rows of no call.
    pub(crate) unknown: Vec<Value>,
    /// Values that cannot be read.
    pub(crate) unclear: Vec<Value>,
    /// Rows of calls that are not over.
    pub(crate) early: Vec<Value>,
}

/// The rows of an export, by the call that they are of.
#[derive(Debug)]
pub(crate) struct Exported {
    rows: Vec<Row>,
    by_id: BTreeMap<String, Vec<usize>>,
    known: BTreeSet<usize>,
    reading: Reading,
    pub(crate) report: Export,
}

impl Exported {
    pub(crate) fn new(rows: Vec<Row>, reading: Reading) -> Self {
        let mut by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, row) in rows.iter().enumerate() {
            if let Some(id) = &row.id {
                by_id.entry(id.to_ascii_lowercase()).or_default().push(place);
            }
        }
        let (known, report) = (BTreeSet::new(), Export::default());
        Self { rows, by_id, known, reading, report }
    }

    /// Compares the rows of one call with it. Where a call that no row has is no loss, because it is
    /// none of those that were to be exported, `is_wanted` says so.
    pub(crate) fn compare(&mut self, call: &Examined, is_wanted: bool) {
        let mut rows: BTreeSet<usize> = BTreeSet::new();
        for id in ids(call) {
            rows.extend(self.by_id.get(&id.to_ascii_lowercase()).into_iter().flatten());
        }
        self.known.extend(&rows);
        let rows: Vec<&Row> = rows.into_iter().filter_map(|place| self.rows.get(place)).collect();
        let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
        let about = |more: Value| {
            let mut fields = call.fields.clone();
            if let Value::Object(more) = more {
                fields.extend(more);
            }
            Value::Object(fields)
        };
        match rows.as_slice() {
            [] => {
                let is_listed = call.is_over() && call.records().next().is_some();
                if is_wanted && is_listed {
                    let truth = call.truth.json();
                    self.report.lost.push(about(json!({ "ours": truth })));
                }
                return;
            }
            [_] => {}
            [_, ..] => self.report.doubled.push(about(json!({ "rows": numbers }))),
        }
        if !call.is_over() {
            self.report.early.push(about(json!({ "rows": numbers })));
            return;
        }
        for row in rows {
            let mut is_right = true;
            for found in compare::row(call, row, self.reading) {
                is_right = false;
                let is_clear = found.ours.is_some();
                let more = json!({
                    "row": row.number,
                    "field": found.field,
                    "theirs": found.theirs,
                    "ours": found.ours,
                    "hint": found.hint,
                });
                let list = if is_clear { &mut self.report.wrong } else { &mut self.report.unclear };
                list.push(about(more));
            }
            self.report.correct += usize::from(is_right && numbers.len() == 1);
        }
    }

    /// Says of the rest that no call is meant, when all calls have been compared.
    pub(crate) fn finish(mut self) -> Export {
        for (place, row) in self.rows.iter().enumerate() {
            match &row.id {
                Some(id) if !self.known.contains(&place) => {
                    self.report.unknown.push(json!({ "row": row.number, "id": id }));
                }
                Some(_) => {}
                None => {
                    let hint = "the row does not say which call it is";
                    let unclear = json!({ "row": row.number, "field": "id", "hint": hint });
                    self.report.unclear.push(unclear);
                }
            }
        }
        self.report
    }
}

/// Returns every name of a call: ours, and those of the vendor.
fn ids(call: &Examined) -> Vec<String> {
    let mut ids = vec![call.id.clone()];
    let vendor_ids = call.fields.get("vendor_ids").and_then(Value::as_object);
    for value in vendor_ids.into_iter().flat_map(|ids| ids.values()) {
        let several = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        ids.extend(several.iter().filter_map(|id| match id {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }));
    }
    ids
}
