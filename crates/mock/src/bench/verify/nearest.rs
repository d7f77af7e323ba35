//! What came nearest to what was expected, and in what it differs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Found, Scope, Unverified, place, records};
use crate::{
    bench::Feed,
    matching::{Compared, Match, Shown, held},
};

/// How many are told.
const TOLD: usize = 3;

/// How many of the latest are looked at.
const LOOKED_AT: usize = 2_000;

/// Something that came near, compared condition by condition.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What it is.
    pub id: Value,
    /// What it is, in a few words.
    pub what: String,
    /// How each condition went.
    pub compared: Vec<Compared>,
}

impl Candidate {
    /// Returns it as the control API shows it.
    pub fn show(&self) -> Value {
        let conditions: Value = self.compared.iter().map(Compared::show).collect();
        json!({ "id": self.id, "what": self.what, "conditions": conditions })
    }
}

/// Returns what came nearest after a cursor, beside what was found.
pub(super) fn of(
    feed: &Feed,
    scope: &Scope,
    wanted: &Match,
    since: u64,
    found: &[Found],
) -> Vec<Candidate> {
    if wanted.is_of_records() {
        let all = records(scope);
        let others: Vec<&Found> =
            all.iter().filter(|one| !wanted.holds(&Shown::new(&one.shown))).collect();
        return among(wanted, &others);
    }
    let known: BTreeSet<u64> = found.iter().map(|found| found.cursor).collect();
    let page = feed.since(since, wanted.kinds(), usize::MAX);
    let others =
        page.items.iter().rev().filter(|item| scope.has(item) && !known.contains(&item.cursor));
    let others = others.take(LOOKED_AT).filter_map(|item| {
        Some(Found { place: place(item), cursor: item.cursor, shown: scope.show(item)? })
    });
    let mut others: Vec<Found> = others.collect();
    others.reverse();
    among(wanted, &others.iter().collect::<Vec<_>>())
}

/// Returns those that come nearest, the later first where several do.
pub(super) fn among(wanted: &Match, candidates: &[&Found]) -> Vec<Candidate> {
    let compared = candidates.iter().rev().take(LOOKED_AT).map(|found| {
        let compared = wanted.compare(&Shown::new(&found.shown));
        (held(&compared), *found, compared)
    });
    let mut compared: Vec<_> = compared.collect();
    compared.sort_by_key(|(held, ..)| std::cmp::Reverse(*held));
    let told = compared.into_iter().take(TOLD).map(|(_, found, compared)| Candidate {
        id: found.id(),
        what: words(&found.shown),
        compared,
    });
    told.collect()
}

/// Says in a few words what something is.
fn words(shown: &Value) -> String {
    let text = |name: &str| match shown.get(name) {
        Some(Value::String(text)) => text.split('?').next().unwrap_or_default().to_owned(),
        None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => String::new(),
        Some(plain) => plain.to_string(),
    };
    let names: &[&str] = match shown.get("kind").and_then(Value::as_str) {
        Some("request") => &["kind", "method", "url", "operation"],
        Some("event") => &["kind", "event", "call"],
        Some("delivery") => &["kind", "event", "state", "url"],
        Some("world") => &["kind", "what", "change", "key"],
        Some(_) => &["kind", "inbox", "now"],
        None => &["id", "direction", "cause"],
    };
    let words: Vec<String> =
        names.iter().map(|name| text(name)).filter(|word| !word.is_empty()).collect();
    let status = shown.get("response").and_then(|answer| answer.get("status"));
    let status = status.map(|status| format!(" → {status}")).unwrap_or_default();
    words.join(" ") + &status
}

/// Tells what failed, for people who read the output of a test.
pub fn explain(failed: &Unverified) -> String {
    let Unverified { expected, count, found, nearest, hint } = failed;
    let mut text = format!("expected {expected}, found {count}");
    for one in found.iter().take(TOLD) {
        let id = one.id();
        let id = id.as_str().unwrap_or_default();
        // Writing to a text does not fail.
        let _ = write!(text, "\n  found {id}: {}", words(&one.shown));
    }
    for Candidate { id, what, compared } in nearest {
        let _ = write!(text, "\n  near  {}: {what}", id.as_str().unwrap_or_default());
        for Compared { at, expected, found, .. } in compared.iter().filter(|one| !one.holds) {
            let was = found.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
            let _ = write!(text, "\n        {at}: expected {expected}, was {was}");
        }
    }
    if nearest.is_empty() && found.is_empty() {
        text += "\n  nothing of this kind has happened";
    }
    if let Some(hint) = hint {
        let _ = write!(text, "\n  {hint}");
    }
    text
}
