//! What is asked of one value: of a header, a parameter, a body.

use std::cell::OnceCell;
use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jsonschema::{Draft, PatternOptions, Validator};
use regex::Regex;
use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::{
    StubRefused,
    json::{self, Leniency},
    keys,
    refused::{flag, list, object, plain, text},
    sieve::text_of,
    url::whole,
};

/// How long a JSONPath may be, and how often it may look at everything below.
const PATH: usize = 1_000;
const DESCENTS: usize = 2;

/// What is asked of one value.
#[derive(Debug, Clone)]
pub(crate) enum Matcher {
    EqualTo(String, bool),
    Binary(Vec<u8>),
    Contains(String),
    DoesNotContain(String),
    Matches(Regex),
    DoesNotMatch(Regex),
    Json(Value, Leniency),
    Path(Box<JsonPath>, Option<Box<Matcher>>),
    Schema(Arc<Validator>),
    Absent,
    Anything,
    And(Vec<Matcher>),
    Or(Vec<Matcher>),
    Not(Box<Matcher>),
    /// One value for each, and with `true` no others.
    Several(Vec<Matcher>, bool),
}

/// A value that is looked at; as JSON it is read once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Looked<'a> {
    bytes: &'a [u8],
    json: &'a OnceCell<Option<Value>>,
}

impl<'a> Looked<'a> {
    pub(crate) fn new(bytes: &'a [u8], json: &'a OnceCell<Option<Value>>) -> Self {
        Self { bytes, json }
    }

    fn json(&self) -> Option<&'a Value> {
        let read = || serde_json::from_slice(self.bytes).ok();
        self.json.get_or_init(read).as_ref()
    }
}

/// The words of matchers, of which one is given.
pub(crate) const WORDS: [&str; 16] = [
    "equalTo",
    "binaryEqualTo",
    "contains",
    "doesNotContain",
    "matches",
    "doesNotMatch",
    "equalToJson",
    "matchesJsonPath",
    "matchesJsonSchema",
    "absent",
    "anything",
    "and",
    "or",
    "not",
    "hasExactly",
    "includes",
];

impl Matcher {
    /// Reads a matcher such as `{"contains": "x"}`.
    pub(crate) fn read(value: &Value, at: &str) -> Result<Self, StubRefused> {
        let given = object(value, at)?;
        keys::check(given, at, keys::MATCHERS)?;
        let mut words = WORDS.into_iter().filter(|word| given.contains_key(*word));
        let (Some(word), None) = (words.next(), words.next()) else {
            let why = "has to have one matcher, such as {\"equalTo\": \"x\"}";
            return Err(StubRefused::new(at, why));
        };
        let beside: &[&str] = match word {
            "equalTo" => &["caseInsensitive"],
            "equalToJson" => &["ignoreArrayOrder", "ignoreExtraElements"],
            "matchesJsonSchema" => &["schemaVersion"],
            _ => &[],
        };
        let is_more = |name: &&String| *name != word && !beside.contains(&name.as_str());
        if let Some(more) = given.keys().find(is_more) {
            let at = format!("{at}/{more}");
            return Err(StubRefused::new(&at, format!("has no meaning beside {word}")));
        }
        let at_word = format!("{at}/{word}");
        Self::of(word, given.get(word).unwrap_or(&Value::Null), given, at, &at_word)
    }

    fn of(
        word: &str,
        value: &Value,
        given: &Map<String, Value>,
        outer: &str,
        at: &str,
    ) -> Result<Self, StubRefused> {
        let is = |name: &str| {
            let value = given.get(name);
            value.map_or(Ok(false), |value| flag(value, &format!("{outer}/{name}")))
        };
        let each = || {
            let several = list(value, at)?.iter().enumerate();
            let read = several.map(|(place, one)| Self::read(one, &format!("{at}/{place}")));
            read.collect::<Result<Vec<_>, _>>()
        };
        Ok(match word {
            "equalTo" => Self::EqualTo(plain(value, at)?, is("caseInsensitive")?),
            "binaryEqualTo" => {
                let bytes = BASE64_STANDARD.decode(text(value, at)?);
                Self::Binary(bytes.map_err(|_| StubRefused::new(at, "has to be base64"))?)
            }
            "contains" => Self::Contains(plain(value, at)?),
            "doesNotContain" => Self::DoesNotContain(plain(value, at)?),
            "matches" => Self::Matches(whole(&text(value, at)?, at)?),
            "doesNotMatch" => Self::DoesNotMatch(whole(&text(value, at)?, at)?),
            "equalToJson" => {
                let leniency = Leniency {
                    ignores_array_order: is("ignoreArrayOrder")?,
                    ignores_extra_elements: is("ignoreExtraElements")?,
                };
                let wanted = embedded(value, at)?;
                json::check(&wanted, at)?;
                if leniency.ignores_array_order && has_long_array(&wanted) {
                    let why = format!("the order of more than {} cannot be ignored", json::LONGEST);
                    return Err(StubRefused::new(at, why));
                }
                Self::Json(wanted, leniency)
            }
            "matchesJsonPath" => Self::path(value, at)?,
            "matchesJsonSchema" => Self::schema(value, given, at)?,
            "absent" => match flag(value, at)? {
                true => Self::Absent,
                false => Self::Not(Box::new(Self::Absent)),
            },
            "anything" => Self::Anything,
            "and" => Self::And(each()?),
            "or" => Self::Or(each()?),
            "not" => Self::Not(Box::new(Self::read(value, at)?)),
            "hasExactly" => Self::Several(each()?, true),
            _ => Self::Several(each()?, false),
        })
    }

    fn path(value: &Value, at: &str) -> Result<Self, StubRefused> {
        let (expression, inner) = match value {
            Value::Object(fields) => {
                let mut inner = fields.clone();
                let expression = inner.remove("expression");
                let expression = expression.ok_or_else(|| {
                    StubRefused::new(at, "needs an expression beside its matcher")
                })?;
                let inner = Self::read(&Value::Object(inner), at)?;
                (text(&expression, &format!("{at}/expression"))?, Some(Box::new(inner)))
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => (text(value, at)?, None),
        };
        Ok(Self::Path(Box::new(json_path(&expression, at)?), inner))
    }

    fn schema(value: &Value, given: &Map<String, Value>, at: &str) -> Result<Self, StubRefused> {
        let schema = embedded(value, at)?;
        let draft = match given.get("schemaVersion").and_then(Value::as_str) {
            None | Some("V202012") => Draft::Draft202012,
            Some("V201909") => Draft::Draft201909,
            Some("V7") => Draft::Draft7,
            Some("V6") => Draft::Draft6,
            Some("V4") => Draft::Draft4,
            Some(other) => {
                let known = ["V4", "V6", "V7", "V201909", "V202012"];
                return Err(StubRefused::unknown(at, "schemaVersion", other, &known));
            }
        };
        // Patterns run in linear time, and nothing is fetched: the library has no client here.
        let options = jsonschema::options().with_draft(draft).offline();
        let options = options.with_pattern_options(PatternOptions::regex().size_limit(1 << 20));
        let built = options.build(&schema);
        let built =
            built.map_err(|error| StubRefused::new(at, format!("is no JSON Schema: {error}")))?;
        Ok(Self::Schema(Arc::new(built)))
    }

    /// Returns whether one value holds it.
    pub(crate) fn holds(&self, value: Option<Looked<'_>>) -> bool {
        let as_text = || value.map(|value| String::from_utf8_lossy(value.bytes));
        match self {
            Self::EqualTo(wanted, false) => {
                value.is_some_and(|value| value.bytes == wanted.as_bytes())
            }
            Self::EqualTo(wanted, true) => {
                as_text().is_some_and(|text| text.to_lowercase() == wanted.to_lowercase())
            }
            Self::Binary(wanted) => value.is_some_and(|value| value.bytes == wanted),
            Self::Contains(wanted) => value.is_some_and(|value| contains(value.bytes, wanted)),
            Self::DoesNotContain(wanted) => {
                value.is_none_or(|value| !contains(value.bytes, wanted))
            }
            Self::Matches(pattern) => as_text().is_some_and(|text| pattern.is_match(&text)),
            Self::DoesNotMatch(pattern) => as_text().is_none_or(|text| !pattern.is_match(&text)),
            Self::Json(wanted, leniency) => {
                let found = value.and_then(|value| value.json());
                found.is_some_and(|found| json::is_equal(wanted, found, *leniency))
            }
            Self::Path(path, inner) => value.and_then(|value| value.json()).is_some_and(|found| {
                let found = path.query(found).all();
                match inner {
                    Some(inner) => inner.holds_any(&found),
                    None => is_something(&found),
                }
            }),
            Self::Schema(schema) => {
                let found = value.and_then(|value| value.json());
                found.is_some_and(|found| schema.is_valid(found))
            }
            Self::Absent => value.is_none(),
            Self::Anything => value.is_some(),
            Self::And(all) => all.iter().all(|one| one.holds(value)),
            Self::Or(any) => any.iter().any(|one| one.holds(value)),
            Self::Not(not) => !not.holds(value),
            Self::Several(each, _) => each.iter().all(|one| one.holds(value)),
        }
    }

    /// Returns the text that a value has to be, if it has to be one.
    pub(super) fn exact_text(&self) -> Option<&str> {
        let Self::EqualTo(wanted, false) = self else { return None };
        Some(wanted)
    }

    /// Returns the members that a value has to have, as an object of JSON, with their texts.
    pub(super) fn exact_members(&self) -> Vec<(String, String)> {
        let Self::Json(Value::Object(fields), _) = self else { return Vec::new() };
        let is_plain =
            |value: &Value| value.as_str().is_none_or(|text| !text.contains("json-unit."));
        let plain = fields.iter().filter(|(_, value)| is_plain(value));
        plain.filter_map(|(name, value)| Some((name.clone(), text_of(value)?))).collect()
    }

    /// Returns whether some value of several holds it, or none where that is asked for.
    pub(crate) fn holds_values(&self, values: &[&str]) -> bool {
        if let Self::Several(each, exactly) = self {
            let has = |one: &Matcher| values.iter().any(|value| one.holds_text(value));
            return each.iter().all(has) && (!*exactly || each.len() == values.len());
        }
        match values {
            [] => self.holds(None),
            values => values.iter().any(|value| self.holds_text(value)),
        }
    }

    fn holds_text(&self, text: &str) -> bool {
        let json = OnceCell::new();
        self.holds(Some(Looked::new(text.as_bytes(), &json)))
    }

    /// Returns whether what a JSONPath leads to holds it: one place of several, or an item of a list.
    fn holds_any(&self, found: &[&Value]) -> bool {
        if found.is_empty() {
            return self.holds(None);
        }
        let one = |value: &Value| match value.as_str() {
            Some(text) => self.holds_text(text),
            None => self.holds_text(&value.to_string()),
        };
        found
            .iter()
            .any(|value| one(value) || value.as_array().is_some_and(|items| items.iter().any(one)))
    }

    /// Returns whether it asks for something to be there or not.
    pub(crate) fn is_about_absence(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::And(each) | Self::Or(each) | Self::Several(each, _) => {
                each.iter().any(Self::is_about_absence)
            }
            Self::Not(not) => not.is_about_absence(),
            Self::EqualTo(..)
            | Self::Binary(_)
            | Self::Contains(_)
            | Self::DoesNotContain(_)
            | Self::Matches(_)
            | Self::DoesNotMatch(_)
            | Self::Json(..)
            | Self::Path(..)
            | Self::Schema(_)
            | Self::Anything => false,
        }
    }

    /// Returns the text that it compares with, to tell how near a value comes.
    pub(crate) fn wanted(&self) -> Option<&str> {
        match self {
            Self::EqualTo(text, _) | Self::Contains(text) => Some(text),
            Self::Binary(_)
            | Self::DoesNotContain(_)
            | Self::Matches(_)
            | Self::DoesNotMatch(_)
            | Self::Json(..)
            | Self::Path(..)
            | Self::Schema(_)
            | Self::Absent
            | Self::Anything
            | Self::And(_)
            | Self::Or(_)
            | Self::Not(_)
            | Self::Several(..) => None,
        }
    }
}

/// Reads a JSONPath, which may not cost too much.
pub(crate) fn json_path(expression: &str, at: &str) -> Result<JsonPath, StubRefused> {
    if expression.len() > PATH || expression.matches("..").count() > DESCENTS {
        let why = format!("is longer than {PATH}, or looks at everything below more than twice");
        return Err(StubRefused::new(at, why));
    }
    JsonPath::parse(expression).map_err(|error| {
        let hint = "RFC 9535, such as $.to.number, $['a-b'] or $.calls[?@.id == 1]";
        StubRefused::new(at, format!("is no JSONPath: {error}; {hint}"))
    })
}

/// Reads JSON that may be given as a text.
fn embedded(value: &Value, at: &str) -> Result<Value, StubRefused> {
    match value.as_str() {
        Some(text) => serde_json::from_str(text)
            .map_err(|error| StubRefused::new(at, format!("holds no JSON: {error}"))),
        None => Ok(value.clone()),
    }
}

fn has_long_array(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.len() > json::LONGEST || items.iter().any(has_long_array),
        Value::Object(fields) => fields.values().any(has_long_array),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn contains(bytes: &[u8], wanted: &str) -> bool {
    memchr::memmem::find(bytes, wanted.as_bytes()).is_some()
}

/// Whether a path has led to anything; an empty list is nothing.
fn is_something(found: &[&Value]) -> bool {
    match found {
        [] => false,
        [Value::Null] => false,
        [Value::Array(items)] => !items.is_empty(),
        [Value::Object(fields)] => !fields.is_empty(),
        [..] => true,
    }
}

#[cfg(test)]
mod tests;
