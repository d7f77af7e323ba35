//! One condition on one value: equal, less, like, …

use serde_json::{Map, Value};

use super::MatchError;

/// What may be said.
pub(crate) const WORDS: [&str; 11] =
    ["eq", "ne", "gt", "gte", "lt", "lte", "in", "like", "match", "exists", "not"];

/// Everything it says has to hold.
#[derive(Debug, Clone)]
pub(super) struct Condition(Vec<Test>);

#[derive(Debug, Clone)]
enum Test {
    Is(Value, bool),
    Compares(std::cmp::Ordering, bool, Value),
    In(Vec<Value>),
    Like(String),
    Matches(regex_lite::Regex),
    Exists(bool),
    Not(Condition),
}

impl Condition {
    pub(super) fn read(value: &Value, at: &str) -> Result<Self, MatchError> {
        match value {
            Value::Object(tests) => {
                let tests: Result<Vec<Test>, MatchError> =
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
    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
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

    pub(super) fn holds(&self, found: Option<&Value>) -> bool {
        self.0.iter().all(|test| test.holds(found))
    }
}

fn test(name: &str, value: &Value, at: &str) -> Result<Test, MatchError> {
    use std::cmp::Ordering::{Greater, Less};
    let at = format!("{at}/{name}");
    let text = || {
        value.as_str().map(str::to_owned).ok_or_else(|| MatchError::new(&at, "has to be a text"))
    };
    Ok(match name {
        "eq" => Test::Is(value.clone(), true),
        "ne" => Test::Is(value.clone(), false),
        "gt" => Test::Compares(Greater, false, value.clone()),
        "gte" => Test::Compares(Greater, true, value.clone()),
        "lt" => Test::Compares(Less, false, value.clone()),
        "lte" => Test::Compares(Less, true, value.clone()),
        "in" => {
            let values = value.as_array().cloned();
            Test::In(values.ok_or_else(|| MatchError::new(&at, "has to be a list"))?)
        }
        "like" => Test::Like(text()?),
        "match" => {
            let pattern = regex_lite::Regex::new(&text()?);
            Test::Matches(pattern.map_err(|error| MatchError::new(&at, error.to_string()))?)
        }
        "exists" => {
            let exists = value.as_bool();
            Test::Exists(exists.ok_or_else(|| MatchError::new(&at, "has to be true or false"))?)
        }
        "not" => Test::Not(Condition::read(value, &at)?),
        _ => {
            return Err(MatchError::unknown(&at, "condition", name, &WORDS));
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
