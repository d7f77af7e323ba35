//! The matcher: which objects hold what is given, in the language of `docs/control-api.md`.

use ringback_exchange::{Direction, HangupCause};
use serde_json::{Map, Value};

use super::Problem;

/// Conditions on an object; all of them have to hold.
#[derive(Debug)]
pub(super) struct Match {
    fields: Vec<(String, Condition)>,
    any: Vec<Match>,
    not: Option<Box<Match>>,
}

#[derive(Debug)]
struct Condition(Vec<Test>);

#[derive(Debug)]
enum Test {
    Is(Value, bool),
    Compares(std::cmp::Ordering, bool, Value),
    In(Vec<Value>),
    Like(String),
    Matches(regex_lite::Regex),
    Exists(bool),
    Not(Condition),
}

/// What an event may be asked for. A name that is no one's would match nothing, for ever.
const NAMES: [&str; 14] = [
    "kind",
    "vendor",
    "account",
    "call",
    "event",
    "from",
    "to",
    "direction",
    "cause",
    "at",
    "leg",
    "to_leg",
    "digits",
    "supervision",
];

/// What an event is called.
const EVENTS: [&str; 16] = [
    "call_created",
    "leg_created",
    "leg_ringing",
    "leg_answered",
    "leg_held",
    "leg_resumed",
    "call_parked",
    "call_transferred",
    "leg_returned",
    "supervision_changed",
    "dtmf",
    "recording_started",
    "recording_stopped",
    "leg_ended",
    "call_ended",
    "record_changed",
];

impl Match {
    pub(super) fn read(value: &Value, at: &str) -> Result<Self, Problem> {
        let Some(object) = value.as_object() else {
            return Err(Problem::at(at, "has to be an object"));
        };
        let mut read = Self { fields: Vec::new(), any: Vec::new(), not: None };
        for (name, value) in object {
            let at = format!("{at}/{name}");
            match name.as_str() {
                "any" => {
                    let several = value.as_array().filter(|several| !several.is_empty());
                    let several = several.ok_or_else(|| Problem::at(&at, "has to be a list"))?;
                    let each = several.iter().map(|one| Self::read(one, &at));
                    read.any = each.collect::<Result<_, _>>()?;
                }
                "not" => read.not = Some(Box::new(Self::read(value, &at)?)),
                "kind" if value == "event" => {}
                "kind" => return Err(Problem::at(&at, "has to be \"event\" here")),
                known if NAMES.contains(&known) => {
                    let condition = Condition::read(value, &at)?;
                    condition.values().try_for_each(|value| could_be(known, value, &at))?;
                    read.fields.push((name.clone(), condition));
                }
                _ => return Err(Problem::unknown("condition", name, &NAMES).pointing(&at)),
            }
        }
        Ok(read)
    }

    /// Returns whether an object holds all of it.
    pub(super) fn holds(&self, object: &Value) -> bool {
        self.fields.iter().all(|(name, condition)| condition.holds(object.get(name)))
            && (self.any.is_empty() || self.any.iter().any(|one| one.holds(object)))
            && self.not.as_ref().is_none_or(|not| !not.holds(object))
    }
}

/// A condition that an object does not hold: its name, what was wanted, and what was there.
pub type Unmet = (String, Value, Value);

/// Returns which conditions an object does not hold, in the language of the matcher: of any names, and
/// of JSONPaths (`$.data[0].status`) as well.
///
/// # Errors
/// What is no condition.
pub fn unmet(conditions: &Map<String, Value>, object: &Value) -> Result<Vec<Unmet>, String> {
    let mut unmet = Vec::new();
    for (name, wanted) in conditions {
        let each = |several: &Value| -> Result<bool, String> {
            let several = several.as_object().ok_or("any and not are of objects")?;
            Ok(self::unmet(several, object)?.is_empty())
        };
        let found = match name.as_str() {
            "any" => {
                let several = wanted.as_array().ok_or("any has to be a list")?;
                let held = several.iter().map(each).collect::<Result<Vec<bool>, _>>()?;
                if !held.contains(&true) {
                    unmet.push((name.clone(), wanted.clone(), Value::Null));
                }
                continue;
            }
            "not" => {
                if each(wanted)? {
                    unmet.push((name.clone(), wanted.clone(), Value::Null));
                }
                continue;
            }
            path if path.starts_with('$') => {
                let path = serde_json_path::JsonPath::parse(path);
                let path = path.map_err(|error| format!("{name}: {error}"))?;
                path.query(object).first()
            }
            field => object.get(field),
        };
        let condition = Condition::read(wanted, name).map_err(|problem| problem.to_string())?;
        if !condition.holds(found) {
            unmet.push((name.clone(), wanted.clone(), found.cloned().unwrap_or_default()));
        }
    }
    Ok(unmet)
}

impl Condition {
    fn read(value: &Value, at: &str) -> Result<Self, Problem> {
        match value {
            Value::Object(tests) => {
                let tests: Result<Vec<Test>, Problem> =
                    tests.iter().map(|(name, value)| test(name, value, at)).collect();
                Ok(Self(tests?))
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Ok(Self(vec![Test::Is(value.clone(), true)])),
        }
    }

    /// Returns what it compares with as a whole.
    fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().flat_map(|test| match test {
            Test::Is(value, _) => std::slice::from_ref(value),
            Test::In(values) => values.as_slice(),
            Test::Compares(..)
            | Test::Like(_)
            | Test::Matches(_)
            | Test::Exists(_)
            | Test::Not(_) => &[],
        })
    }

    fn holds(&self, found: Option<&Value>) -> bool {
        self.0.iter().all(|test| test.holds(found))
    }
}

/// Refuses what a field never holds, where that is known.
fn could_be(field: &str, value: &Value, at: &str) -> Result<(), Problem> {
    let text = || value.as_str().unwrap_or_default();
    match field {
        "event" if !EVENTS.contains(&text()) => {
            Err(Problem::unknown("event", text(), &EVENTS).pointing(at))
        }
        "direction" if serde_json::from_value::<Direction>(value.clone()).is_err() => {
            Err(Problem::at(at, "has to be inbound, outbound or local"))
        }
        "cause"
            if !value.is_null()
                && serde_json::from_value::<HangupCause>(value.clone()).is_err() =>
        {
            Err(Problem::at(at, "is no cause of FreeSWITCH, such as USER_BUSY"))
        }
        _ => Ok(()),
    }
}

fn test(name: &str, value: &Value, at: &str) -> Result<Test, Problem> {
    use std::cmp::Ordering::{Greater, Less};
    let at = format!("{at}/{name}");
    let text =
        || value.as_str().map(str::to_owned).ok_or_else(|| Problem::at(&at, "has to be a text"));
    Ok(match name {
        "eq" => Test::Is(value.clone(), true),
        "ne" => Test::Is(value.clone(), false),
        "gt" => Test::Compares(Greater, false, value.clone()),
        "gte" => Test::Compares(Greater, true, value.clone()),
        "lt" => Test::Compares(Less, false, value.clone()),
        "lte" => Test::Compares(Less, true, value.clone()),
        "in" => {
            let values = value.as_array().cloned();
            Test::In(values.ok_or_else(|| Problem::at(&at, "has to be a list"))?)
        }
        "like" => Test::Like(text()?),
        "match" => {
            let pattern = regex_lite::Regex::new(&text()?);
            Test::Matches(pattern.map_err(|error| Problem::at(&at, error.to_string()))?)
        }
        "exists" => {
            let exists = value.as_bool();
            Test::Exists(exists.ok_or_else(|| Problem::at(&at, "has to be true or false"))?)
        }
        "not" => Test::Not(Condition::read(value, &at)?),
        _ => {
            let known =
                ["eq", "ne", "gt", "gte", "lt", "lte", "in", "like", "match", "exists", "not"];
            return Err(Problem::unknown("condition", name, &known).pointing(&at));
        }
    })
}

impl Test {
    fn holds(&self, found: Option<&Value>) -> bool {
        let text = || found.map(plain).unwrap_or_default();
        match self {
            Self::Is(wanted, is) => found.is_some_and(|found| same(found, wanted)) == *is,
            Self::Compares(order, or_equal, wanted) => found.is_some_and(|found| {
                let compared = match (found.as_f64(), wanted.as_f64()) {
                    (Some(found), Some(wanted)) => found.partial_cmp(&wanted),
                    // Moments of one length sort as texts do.
                    _ => Some(plain(found).cmp(&plain(wanted))),
                };
                compared == Some(*order)
                    || (*or_equal && compared == Some(std::cmp::Ordering::Equal))
            }),
            Self::In(values) => {
                found.is_some_and(|found| values.iter().any(|value| same(found, value)))
            }
            Self::Like(pattern) => found.is_some() && ringback_exchange::is_like(pattern, &text()),
            Self::Matches(pattern) => found.is_some() && pattern.is_match(&text()),
            Self::Exists(exists) => found.is_some_and(|found| !found.is_null()) == *exists,
            Self::Not(condition) => !condition.holds(found),
        }
    }
}

/// A number is as good as its digits.
fn same(found: &Value, wanted: &Value) -> bool {
    found == wanted || (!found.is_null() && !wanted.is_null() && plain(found) == plain(wanted))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // A party by its number.
        Value::Object(party) => number_of(party),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.to_string(),
    }
}

fn number_of(party: &Map<String, Value>) -> String {
    party.get("number").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
