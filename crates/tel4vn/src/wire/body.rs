//! JSON bodies, read by name.

use ringback_mock::{HttpRefusal, Received};
use serde_json::{Map, Value};

use crate::error::ErrorKind;

/// A body as the handlers take it: read by hand, so that its errors have the route's form.
pub(crate) type Body = Received;

/// The most bytes of one text.
const LONGEST: usize = 8_192;

/// The object that a body holds.
#[derive(Debug)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body, whatever content type it declares.
    pub(crate) fn of(body: Body) -> Result<Self, ErrorKind> {
        let body = body.body().map_err(broken)?;
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) | Err(_) => Err(ErrorKind::Bad("invalid json body")),
        }
    }

    /// The fields of an object inside a body.
    pub(crate) fn within(value: &Value) -> Option<Self> {
        value.as_object().cloned().map(Self)
    }

    /// Returns a field as it is, null as well.
    pub(crate) fn raw(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Takes the fields out.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Reads a text; a whole number is as good as its digits, `null` and `""` are not there.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, ErrorKind> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) if text.len() <= LONGEST => Ok(Some(text.clone())),
            Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
            Some(_) => Err(ErrorKind::Invalid(name)),
        }
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<String, ErrorKind> {
        self.text(name)?.ok_or(ErrorKind::Missing(name))
    }

    /// Reads a yes or no; the words are as good.
    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, ErrorKind> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) => match text.as_str() {
                "" => Ok(None),
                "true" => Ok(Some(true)),
                "false" => Ok(Some(false)),
                _ => Err(ErrorKind::Invalid(name)),
            },
            Some(_) => Err(ErrorKind::Invalid(name)),
        }
    }

    pub(crate) fn required_flag(&self, name: &'static str) -> Result<bool, ErrorKind> {
        self.flag(name)?.ok_or(ErrorKind::Missing(name))
    }

    /// Reads a whole number, or one in a text.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u32>, ErrorKind> {
        match self.text(name)? {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| ErrorKind::Invalid(name)),
        }
    }

    pub(crate) fn list(&self, name: &'static str) -> Result<&[Value], ErrorKind> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(ErrorKind::Missing(name)),
            Some(Value::Array(items)) if items.is_empty() => Err(ErrorKind::Missing(name)),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(ErrorKind::Invalid(name)),
        }
    }
}

/// Tells of a body that was not received whole.
pub(crate) fn broken(refusal: HttpRefusal) -> ErrorKind {
    match refusal {
        HttpRefusal::BodyTooLarge => ErrorKind::TooLarge,
        HttpRefusal::BodyTooSlow => ErrorKind::TooSlow,
        HttpRefusal::NotFound
        | HttpRefusal::MethodNotAllowed { .. }
        | HttpRefusal::BodyBroken
        | HttpRefusal::UrlTooLong
        | HttpRefusal::Unavailable => ErrorKind::Bad("invalid json body"),
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(fields: Map<String, Value>) -> Self {
        Self(fields)
    }
}

/// Reads a text out of a list; a whole number is as good as its digits.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() && text.len() <= LONGEST => Some(text.clone()),
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        Value::Array(_) | Value::Object(_) => None,
    }
}
