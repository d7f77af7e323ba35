//! Why a mapping cannot be read.

use serde_json::{Map, Value};

/// Why something that is set cannot be read: what WireMock answers with a 422.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {title}: {detail}")]
pub struct StubRefused {
    /// Where it is wrong: a pointer into what was given.
    pub at: String,
    /// What kind of fault it is.
    pub title: &'static str,
    /// What is wrong, and what is right.
    pub detail: String,
}

impl StubRefused {
    /// Something has the wrong form.
    pub(crate) fn new(at: &str, detail: impl Into<String>) -> Self {
        Self { at: at.to_owned(), title: "Malformed", detail: detail.into() }
    }

    /// A key or word that Ringback does not support.
    pub(crate) fn unsupported(at: &str, detail: impl Into<String>) -> Self {
        Self { title: "Not supported by Ringback", ..Self::new(at, detail) }
    }

    /// A key or word that is unknown.
    pub(crate) fn unknown(at: &str, what: &str, name: &str, known: &[&str]) -> Self {
        let hint = match crate::nearest(name, known) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known are {}", known.join(", ")),
        };
        Self { title: "Unknown", ..Self::new(at, format!("unknown {what} {name:?}; {hint}")) }
    }
}

type Read<T> = Result<T, StubRefused>;

pub(crate) fn object<'a>(value: &'a Value, at: &str) -> Read<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| StubRefused::new(at, "has to be an object"))
}

pub(crate) fn list<'a>(value: &'a Value, at: &str) -> Read<&'a [Value]> {
    let list = value.as_array().ok_or_else(|| StubRefused::new(at, "has to be a list"));
    list.map(Vec::as_slice)
}

/// Returns the items of a list; what is none is one item.
pub(crate) fn one_or_more(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

pub(crate) fn text(value: &Value, at: &str) -> Read<String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| StubRefused::new(at, "has to be a text"))
}

/// Reads a text; numbers and yes or no are as good.
pub(crate) fn plain(value: &Value, at: &str) -> Read<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(StubRefused::new(at, "has to be a text"))
        }
    }
}

pub(crate) fn flag(value: &Value, at: &str) -> Read<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(word) if word == "true" => Ok(true),
        Value::String(word) if word == "false" => Ok(false),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Err(StubRefused::new(at, "has to be true or false"))
        }
    }
}

pub(crate) fn number(value: &Value, at: &str, least: f64, most: f64) -> Read<f64> {
    let number = value.as_f64().filter(|number| (least..=most).contains(number));
    let why = || format!("has to be a number from {least} to {most}");
    number.ok_or_else(|| StubRefused::new(at, why()))
}

pub(crate) fn whole(value: &Value, at: &str, least: u64, most: u64) -> Read<u64> {
    let number = value.as_u64().filter(|number| (least..=most).contains(number));
    let why = || format!("has to be a whole number from {least} to {most}");
    number.ok_or_else(|| StubRefused::new(at, why()))
}
