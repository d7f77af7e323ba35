//! What a request gives, by where it stands.

use ringback_mock::{Param, Place};
use serde_json::{Map, Value};

use super::Request;

/// Headers that are HTTP's own business, and a browser's.
const OF_HTTP: [&str; 10] = [
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "content-type",
    "host",
    "origin",
    "range",
    "user-agent",
];

/// What a request gives.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) places: Vec<(Place, Value)>,
    /// What could not be read.
    pub(super) broken: Vec<String>,
}

impl Given {
    pub(super) fn of(request: &Request, params: &[Param]) -> Self {
        let mut given = Self::default();
        let query = request.path.split_once('?').map_or("", |(_, query)| query);
        given.places.push((Place::Query, nested(pairs(query))));
        let own = |name: &&String| !OF_HTTP.contains(&&*name.to_ascii_lowercase());
        let headers = request.headers.iter().filter(|(name, _)| own(name));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        given.places.push((Place::Header, Value::Object(headers.collect())));
        if !params.iter().any(|param| param.place == Place::Body) {
            given.read_body(request, params);
        }
        given
    }

    fn read_body(&mut self, request: &Request, params: &[Param]) {
        let declared = request.headers.get("content-type").and_then(Value::as_str);
        let declared = declared.unwrap_or_default();
        let media_type = declared.to_ascii_lowercase();
        let body = request.body.as_deref().unwrap_or_default();
        let takes = |place| params.iter().any(|param| param.place == place);
        if let Some(json) = &request.json {
            self.places.push((Place::Json, json.clone()));
            return;
        }
        if body.is_empty() {
            return;
        }
        let is_form = media_type.contains("urlencoded") || declared.is_empty();
        if let Some((_, boundary)) = declared.split_once("boundary=") {
            self.places.push((Place::Form, nested(parts(body, boundary))));
        } else if is_form && !takes(Place::Json) {
            self.places.push((Place::Form, nested(pairs(body))));
        } else {
            match serde_json::from_str(body) {
                Ok(json) => self.places.push((Place::Json, json)),
                Err(error) => self.broken.push(format!("the body cannot be read: {error}")),
            }
        }
        let Some((_, form)) = self.places.iter().find(|(place, _)| *place == Place::Form) else {
            return;
        };
        let form = form.clone();
        let mut fields: Vec<&str> = Vec::new();
        for param in params {
            let Place::Within(field) = param.place else { continue };
            if fields.contains(&field) {
                continue;
            }
            fields.push(field);
            let text = form.get(field).and_then(Value::as_str).unwrap_or_default();
            match serde_json::from_str(if text.trim().is_empty() { "{}" } else { text }) {
                Ok(json) => self.places.push((Place::Within(field), json)),
                Err(error) => self.broken.push(format!("{field} cannot be read: {error}")),
            }
        }
    }

    /// Returns whether a parameter has this value.
    pub(super) fn says(&self, name: &str, value: &str) -> bool {
        self.places
            .iter()
            .any(|(_, object)| object.get(name).and_then(Value::as_str) == Some(value))
    }

    /// Returns whether a required parameter is missing where it would have to be.
    pub(super) fn lacks(&self, param: &Param) -> bool {
        let is_here = |place: &Place| param.stands_in(*place);
        let mut here = self.places.iter().filter(|(place, _)| is_here(place));
        !matches!(param.place, Place::Body) && here.all(|(_, value)| lacks(value, param.name))
    }
}

/// Returns whether a field is missing; one within something that is not there itself is not.
fn lacks(value: &Value, name: &str) -> bool {
    let Some((first, rest)) = name.split_once('.') else {
        return value.get(name).is_none_or(Value::is_null);
    };
    let (inside, is_list) = match first.strip_suffix("[]") {
        Some(list) => (value.get(list), true),
        None => (value.get(first), false),
    };
    match (inside, is_list) {
        (Some(Value::Array(items)), true) => {
            items.iter().filter(|item| item.is_object()).any(|item| lacks(item, rest))
        }
        (Some(inside @ Value::Object(_)), _) => lacks(inside, rest),
        (Some(_) | None, _) => false,
    }
}

/// Reads a query string or a form.
fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| -> String {
        let text = text.replace('+', " ");
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
        while let Some((byte, after)) = rest.split_first() {
            let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
            let escaped = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
            match (byte, escaped) {
                (b'%', Some(escaped)) => {
                    bytes.push(escaped);
                    rest = after.get(2..).unwrap_or_default();
                }
                _ => {
                    bytes.push(*byte);
                    rest = after;
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

/// Reads the parts of a multipart form.
fn parts(body: &str, boundary: &str) -> Vec<(String, String)> {
    let boundary = format!("--{}", boundary.trim_matches('"'));
    let parts = body.split(&boundary).filter_map(|part| {
        let (head, value) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
        let (_, name) = head.split_once("name=\"")?;
        let (name, _) = name.split_once('"')?;
        Some((name.to_owned(), value.trim_end_matches(['\r', '\n']).to_owned()))
    });
    parts.collect()
}

/// Puts pairs into an object as their names say: `a[b]` within `a`, `a[]` into a list. Of a plain name
/// that comes twice, both values are in a list.
fn nested(pairs: Vec<(String, String)>) -> Value {
    let mut all = Value::Object(Map::new());
    for (name, value) in pairs {
        let bracket = name.find('[').filter(|_| name.ends_with(']'));
        let (first, rest) = name.split_at(bracket.unwrap_or(name.len()));
        let keys = rest.trim_start_matches('[').trim_end_matches(']');
        let keys = if rest.is_empty() { Vec::new() } else { keys.split("][").collect() };
        put(&mut all, &[&[first], keys.as_slice()].concat(), Value::String(value));
    }
    all
}

fn put(into: &mut Value, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        match into {
            Value::Null => *into = value,
            Value::Array(items) => items.push(value),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                *into = vec![into.take(), value].into();
            }
        }
        return;
    };
    if first.is_empty() && !into.is_array() {
        *into = Value::Array(Vec::new());
    } else if !first.is_empty() && !into.is_object() {
        *into = Value::Object(Map::new());
    }
    match into {
        Value::Array(items) => {
            items.push(Value::Null);
            items.last_mut().into_iter().for_each(|item| put(item, rest, value.clone()));
        }
        Value::Object(object) => {
            put(object.entry(*first).or_insert(Value::Null), rest, value);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
