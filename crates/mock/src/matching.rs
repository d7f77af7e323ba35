//! The matcher: which of the things that happened hold what is given. One language for `verify`, `wait`,
//! queries of the journal, `until` of an advance and filters of events; `docs/control-api.md` tells it.

pub(crate) mod condition;
#[cfg(test)]
mod fuzz;
pub(crate) mod names;
mod shown;
mod unmet;

use serde_json::{Map, Value, json};
use serde_json_path::JsonPath;

use crate::bench::{Item, Kind, Kinds, What};
use condition::Condition;
use names::{about, could_be};
pub use shown::Shown;
pub use unmet::{Unmet, unmet};

/// Why a match cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {detail}{}", hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
pub struct MatchError {
    /// Where it is wrong: a pointer into what was given.
    pub at: String,
    /// What is wrong.
    pub detail: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl MatchError {
    pub(crate) fn new(at: &str, detail: impl Into<String>) -> Self {
        Self { at: at.to_owned(), detail: detail.into(), hint: None }
    }

    pub(crate) fn unknown(at: &str, what: &str, name: &str, known: &[&str]) -> Self {
        let hint = match crate::nearest(name, known) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known are {}", known.join(", ")),
        };
        Self { hint: Some(hint), ..Self::new(at, format!("unknown {what}")) }
    }
}

/// Conditions on something that happened; all of them have to hold.
#[derive(Debug, Clone)]
pub struct Match {
    /// Of which kinds it may be.
    kinds: Kinds,
    /// Whether it is about finished calls, which are no items of the feed.
    is_of_records: bool,
    clauses: Vec<Clause>,
    any: Vec<Match>,
    not: Option<Box<Match>>,
}

#[derive(Debug, Clone)]
struct Clause {
    /// Where it stands, behind the match.
    at: String,
    place: Place,
    condition: Condition,
    wanted: Value,
}

/// What a condition is about.
#[derive(Debug, Clone)]
enum Place {
    Field(String),
    Header(String),
    Query(String),
    Body(Box<JsonPath>),
    Answer(Box<JsonPath>),
}

/// How one condition went for one candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Where the condition stands.
    pub at: String,
    /// What it asks for.
    pub expected: Value,
    /// What was there.
    pub found: Option<Value>,
    /// Whether it holds.
    pub holds: bool,
}

impl Compared {
    /// Returns it as the control API shows it.
    pub fn show(&self) -> Value {
        let Self { at, expected, found, holds } = self;
        json!({ "at": at, "expected": expected, "found": found, "holds": holds })
    }
}

impl Match {
    /// Reads a match; `at` is where it stands, and `default` of which kind it is unless it says so.
    ///
    /// # Errors
    /// Where it is wrong, with the nearest known name.
    pub fn read(value: &Value, at: &str, default: Option<Kind>) -> Result<Self, MatchError> {
        let object = object(value, at)?;
        let (kinds, is_of_records) = match object.get("kind") {
            Some(kind) => names::kinds(kind, &format!("{at}/kind"))?,
            None => (default.map_or(Kinds::ALL, Kinds::from), false),
        };
        let has_kind = object.contains_key("kind") || default.is_some();
        let known = about(kinds, is_of_records, has_kind);
        let all_of = Self { kinds, is_of_records, clauses: Vec::new(), any: Vec::new(), not: None };
        all_of.and(value, at, &known)
    }

    /// Reads a match within another one: of its kinds, unless it says its own.
    fn inner(&self, value: &Value, at: &str, known: &[&'static str]) -> Result<Self, MatchError> {
        if object(value, at)?.contains_key("kind") {
            return Self::read(value, at, None);
        }
        let Self { kinds, is_of_records, .. } = *self;
        let inner = Self { kinds, is_of_records, clauses: Vec::new(), any: Vec::new(), not: None };
        inner.and(value, at, known)
    }

    /// Adds conditions.
    fn and(mut self, value: &Value, at: &str, known: &[&'static str]) -> Result<Self, MatchError> {
        for (name, value) in object(value, at)? {
            let at = format!("{at}/{name}");
            match name.as_str() {
                "kind" => {}
                "any" => {
                    let several = value.as_array().filter(|several| !several.is_empty());
                    let several =
                        several.ok_or_else(|| MatchError::new(&at, "has to be a list"))?;
                    let each = several.iter().map(|one| self.inner(one, &at, known));
                    self.any = each.collect::<Result<_, _>>()?;
                }
                "not" => self.not = Some(Box::new(self.inner(value, &at, known)?)),
                _ => self.clause(name, value, &at, known)?,
            }
        }
        Ok(self)
    }

    fn clause(
        &mut self,
        name: &str,
        value: &Value,
        at: &str,
        known: &[&'static str],
    ) -> Result<(), MatchError> {
        if !known.contains(&name) {
            return Err(names::unknown(at, name, known));
        }
        match name {
            "body" | "answer" => {
                for (path, value) in object(value, at)? {
                    let at = format!("{at}/{path}");
                    let read = JsonPath::parse(path).map_err(|error| {
                        let hint = "such as $.to.number".to_owned();
                        let error = MatchError::new(&at, format!("is no JSONPath: {error}"));
                        MatchError { hint: Some(hint), ..error }
                    })?;
                    let place = match name {
                        "body" => Place::Body(Box::new(read)),
                        _ => Place::Answer(Box::new(read)),
                    };
                    self.add(place, value, &at)?;
                }
            }
            "header" | "query" => {
                for (key, value) in object(value, at)? {
                    let at = format!("{at}/{key}");
                    let place = match name {
                        "header" => Place::Header(key.to_ascii_lowercase()),
                        _ => Place::Query(key.clone()),
                    };
                    self.add(place, value, &at)?;
                }
            }
            _ => {
                let condition = Condition::read(value, at)?;
                let is_event = !self.is_of_records && self.kinds == Kinds::from(Kind::Event);
                condition.values().try_for_each(|value| could_be(name, value, at, is_event))?;
                self.add(Place::Field(name.to_owned()), value, at)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, place: Place, value: &Value, at: &str) -> Result<(), MatchError> {
        let condition = Condition::read(value, at)?;
        self.clauses.push(Clause { at: at.to_owned(), place, condition, wanted: value.clone() });
        Ok(())
    }

    /// Returns of which kinds of items it may be.
    pub fn kinds(&self) -> Kinds {
        if self.is_of_records { Kinds::NONE } else { self.kinds }
    }

    /// Returns whether it is about finished calls, which are no items of the feed.
    pub fn is_of_records(&self) -> bool {
        self.is_of_records
    }

    /// Returns whether it says whose it has to be.
    pub fn names_account(&self) -> bool {
        let is_it =
            |clause: &Clause| matches!(&clause.place, Place::Field(name) if name == "account");
        self.clauses.iter().any(is_it)
    }

    /// Refuses operations that none of the vendors has: they would match nothing, for ever.
    ///
    /// # Errors
    /// Where one is named, with the nearest known one.
    pub fn check_operations(&self, known: &[&str]) -> Result<(), MatchError> {
        for Clause { at, place, condition, .. } in &self.clauses {
            let is_it = matches!(place, Place::Field(name) if name == "operation");
            for value in condition.values().filter(|_| is_it) {
                let name = value.as_str().unwrap_or_default();
                if !value.is_null() && !known.contains(&name) {
                    return Err(MatchError::unknown(at, "operation", name, known));
                }
            }
        }
        self.any.iter().chain(self.not.as_deref()).try_for_each(|one| one.check_operations(known))
    }

    /// Returns whether an item cannot hold it, as far as that is seen without showing the item.
    pub fn excludes(&self, item: &Item) -> bool {
        if !self.kinds().has(item.what.kind()) {
            return true;
        }
        self.clauses.iter().any(|clause| {
            let Place::Field(name) = &clause.place else { return false };
            quick(item, name).is_some_and(|found| !clause.condition.holds(Some(&found)))
        })
    }

    /// Returns whether something that is shown holds all of it.
    pub fn holds(&self, shown: &Shown<'_>) -> bool {
        self.is_kind(shown)
            && self.clauses.iter().all(|clause| clause.holds(shown))
            && (self.any.is_empty() || self.any.iter().any(|one| one.holds(shown)))
            && self.not.as_ref().is_none_or(|not| !not.holds(shown))
    }

    fn is_kind(&self, shown: &Shown<'_>) -> bool {
        match shown.kind() {
            Some(kind) => !self.is_of_records && self.kinds.has(kind),
            None => self.is_of_records || self.kinds == Kinds::ALL,
        }
    }

    /// Compares it with something that is shown, condition by condition.
    pub fn compare(&self, shown: &Shown<'_>) -> Vec<Compared> {
        let mut compared: Vec<Compared> = self
            .clauses
            .iter()
            .map(|clause| Compared {
                at: clause.at.clone(),
                expected: clause.wanted.clone(),
                found: clause.found(shown).map(|found| clause.masked(found, shown)),
                holds: clause.holds(shown),
            })
            .collect();
        if !self.any.is_empty() {
            // The one that comes nearest stands for all.
            let each = self.any.iter().map(|one| (one.holds(shown), one.compare(shown)));
            let best = each.max_by_key(|(holds, compared)| (*holds, held(compared)));
            compared.extend(best.into_iter().flat_map(|(_, compared)| compared));
        }
        if let Some(not) = &self.not {
            compared.extend(not.compare(shown).into_iter().map(|one| Compared {
                expected: json!({ "not": one.expected }),
                holds: !not.holds(shown),
                ..one
            }));
        }
        compared
    }
}

/// Returns how many conditions hold.
pub fn held(compared: &[Compared]) -> usize {
    compared.iter().filter(|one| one.holds).count()
}

impl Clause {
    fn holds(&self, shown: &Shown<'_>) -> bool {
        let paths = match &self.place {
            Place::Body(path) => shown.body().map(|body| path.query(body).all()),
            Place::Answer(path) => shown.answer().map(|body| path.query(body).all()),
            Place::Field(_) | Place::Header(_) | Place::Query(_) => {
                return self.condition.holds(self.found(shown).as_ref());
            }
        };
        // One of several places is enough, and none at all may be what is asked for.
        match paths.unwrap_or_default().as_slice() {
            [] => self.condition.holds(None),
            found => found.iter().any(|found| self.condition.holds(Some(found))),
        }
    }

    fn found(&self, shown: &Shown<'_>) -> Option<Value> {
        let several = |found: Vec<&Value>| match found.as_slice() {
            [] => None,
            [one] => Some((*one).clone()),
            several => Some(several.iter().map(|one| (*one).clone()).collect()),
        };
        match &self.place {
            Place::Field(name) => shown.field(name),
            Place::Header(name) => shown.header(name).map(Value::from),
            Place::Query(name) => shown.query(name).map(Value::from),
            Place::Body(path) => shown.body().and_then(|body| several(path.query(body).all())),
            Place::Answer(path) => shown.answer().and_then(|body| several(path.query(body).all())),
        }
    }

    fn masked(&self, found: Value, shown: &Shown<'_>) -> Value {
        shown.masked(&self.at, found)
    }
}

pub(crate) fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>, MatchError> {
    value.as_object().ok_or_else(|| MatchError::new(at, "has to be an object"))
}

/// Returns a field of an item, if that needs no look into its world.
fn quick(item: &Item, name: &str) -> Option<Value> {
    match (&item.what, name) {
        (What::Request(note) | What::Message(note), _) => note.quick(name),
        (What::Event(event), "event") => json!(event.kind).get("event").cloned(),
        (What::Delivery(note), "state") => Some(note.stage.word().into()),
        (What::Delivery(note), "event") => Some(note.sent.event.as_str().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
