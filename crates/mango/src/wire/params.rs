//! The parameters of an operation, with every tolerance of values there is.
//!
//! vendors/mango.md, 4: ids as number or digit string, booleans in four spellings, null is absent,
//! unknown keys are ignored, arrays may be JSON text or a bare scalar.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Refused;

/// The parameters of an operation: a JSON object, and where it stands within its request.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct Params {
    map: Map<String, Value>,
    /// What stands before a name in `fields` of a refusal: `from.` for what is within `from`.
    within: String,
}

impl From<Map<String, Value>> for Params {
    fn from(map: Map<String, Value>) -> Self {
        Self { map, within: String::new() }
    }
}

impl From<Params> for Map<String, Value> {
    fn from(params: Params) -> Self {
        params.map
    }
}

impl Params {
    /// Reads a request's JSON: blank is `{}`; `None` if it is no object.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        if json.iter().all(u8::is_ascii_whitespace) {
            return Some(Self::default());
        }
        serde_json::from_slice::<Map<String, Value>>(json).ok().map(Self::from)
    }

    /// Returns a value that is there and not null.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Returns whether a value is there and not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Returns how a refusal names a parameter.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.within)
    }

    /// A refusal for a missing parameter.
    pub(crate) fn missing(&self, name: &str) -> Refused {
        Refused::missing(&self.name(name))
    }

    /// A refusal for a parameter in a wrong format.
    pub(crate) fn malformed(&self, name: &str) -> Refused {
        Refused::malformed(&self.name(name))
    }

    /// A refusal for a parameter that cannot be used here.
    pub(crate) fn unusable(&self, name: &str, why: u16) -> Refused {
        Refused::unusable(&self.name(name), why)
    }

    /// Returns a text that has to be there and not empty; a number counts as its digits.
    pub(crate) fn text(&self, name: &str) -> Result<String, Refused> {
        let text = self.text_or_none(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| self.missing(name))
    }

    /// Returns a text, which may be empty, if it is there.
    pub(crate) fn text_or_none(&self, name: &str) -> Result<Option<String>, Refused> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.malformed(name)),
        }
    }

    /// Returns a whole number that has to be there; a text of digits counts, an empty one does not.
    pub(crate) fn integer(&self, name: &str) -> Result<i64, Refused> {
        self.integer_or_none(name)?.ok_or_else(|| self.missing(name))
    }

    /// Returns a whole number, if it is there; an empty text is none.
    pub(crate) fn integer_or_none(&self, name: &str) -> Result<Option<i64>, Refused> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(value) => integer(value).map(Some).ok_or_else(|| self.malformed(name)),
        }
    }

    /// Returns an identity that has to be there.
    pub(crate) fn id(&self, name: &str) -> Result<u64, Refused> {
        self.id_or_none(name)?.ok_or_else(|| self.missing(name))
    }

    /// Returns an identity, if it is there. A negative number is no identity.
    pub(crate) fn id_or_none(&self, name: &str) -> Result<Option<u64>, Refused> {
        let id = self.integer_or_none(name)?.map(u64::try_from).transpose();
        id.map_err(|_| self.malformed(name))
    }

    /// Returns a truth value, if it is there.
    pub(crate) fn flag_or_none(&self, name: &str) -> Result<Option<bool>, Refused> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => flag(value).map(Some).ok_or_else(|| self.malformed(name)),
        }
    }

    /// Returns the items of an array, of one written as text, or a bare value as the only item.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<Value>, Refused> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.clone()),
            Some(Value::String(text)) if text.trim_start().starts_with('[') => {
                serde_json::from_str(text).map_err(|_| self.malformed(name))
            }
            Some(Value::String(text)) if text.trim().is_empty() => Ok(Vec::new()),
            Some(value) => Ok(vec![value.clone()]),
        }
    }

    /// Returns the items of a list as texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Refused> {
        let text = |value: Value| match value {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err(self.malformed(name))
            }
        };
        self.list(name)?.into_iter().map(text).collect()
    }

    /// Returns the items of a list as identities.
    pub(crate) fn ids(&self, name: &str) -> Result<Vec<u64>, Refused> {
        let id = |value: &Value| integer(value).and_then(|id| u64::try_from(id).ok());
        let ids: Option<Vec<u64>> = self.list(name)?.iter().map(id).collect();
        ids.ok_or_else(|| self.malformed(name))
    }

    /// Returns the objects of a list, each of which knows its place for refusals: `tasks.0.number`.
    pub(crate) fn objects(&self, name: &str) -> Result<Vec<Self>, Refused> {
        let items = self.list(name)?.into_iter().enumerate();
        let object = |(place, item)| match item {
            Value::Object(map) => {
                Ok(Self { map, within: format!("{}{name}.{place}.", self.within) })
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(self.malformed(name)),
        };
        items.map(object).collect()
    }

    /// Returns the objects of a list as [`Params::objects`] does; a bare value stands for an object
    /// that has it under a name.
    pub(crate) fn objects_or(&self, name: &str, main: &str) -> Result<Vec<Self>, Refused> {
        let items = self.list(name)?.into_iter().enumerate();
        let object = |(place, item)| {
            let map = match item {
                Value::Object(map) => map,
                Value::String(_) | Value::Number(_) => Map::from_iter([(main.to_owned(), item)]),
                Value::Null | Value::Bool(_) | Value::Array(_) => return Err(self.malformed(name)),
            };
            Ok(Self { map, within: format!("{}{name}.{place}.", self.within) })
        };
        items.map(object).collect()
    }

    /// Returns an object within these parameters, if it is there; it may be written as JSON text.
    pub(crate) fn object_or_none(&self, name: &str) -> Result<Option<Self>, Refused> {
        let within = format!("{}{name}.", self.within);
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Self { map: map.clone(), within })),
            Some(Value::String(text)) => match serde_json::from_str(text) {
                Ok(map) => Ok(Some(Self { map, within })),
                Err(_) => Err(self.malformed(name)),
            },
            Some(_) => Err(self.malformed(name)),
        }
    }
}

/// Reads a whole number, or a text of one.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let number = number.as_f64()?;
            // Beyond 2^53 a fraction-free number is no longer exact.
            let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
            exact.then_some(number as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Reads a truth value in any of its four spellings.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
