//! Something that is shown, as the matcher looks at it.

use std::cell::OnceCell;

use serde_json::{Map, Value};

use crate::{
    bench::Kind,
    request_log::mask::{MASKED, Mask},
};

/// Something in the form of the control API; what its bodies mean is found out once it is asked for.
#[derive(Debug)]
pub struct Shown<'a> {
    value: &'a Value,
    kind: Option<Kind>,
    body: OnceCell<Option<Value>>,
    answer: OnceCell<Option<Value>>,
    secrets: &'static [&'static str],
}

impl<'a> Shown<'a> {
    /// Takes something that is shown with its secrets.
    pub fn new(value: &'a Value) -> Self {
        let kind = value.get("kind").and_then(Value::as_str).and_then(Kind::of);
        Self::of(value, kind)
    }

    /// Takes something of a kind that it does not say itself.
    pub fn of(value: &'a Value, kind: Option<Kind>) -> Self {
        Self { value, kind, body: OnceCell::new(), answer: OnceCell::new(), secrets: &[] }
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Returns a field by the matcher's name for it.
    pub(super) fn field(&self, name: &str) -> Option<Value> {
        let whole = |name: &str| self.value.get(name).cloned();
        let is_request = self.kind() == Some(Kind::Request);
        match name {
            "path" => {
                let url = self.value.get("path").or_else(|| self.value.get("url"))?.as_str()?;
                Some(path(url).into())
            }
            "status" => whole("status").or_else(|| {
                let answer = self.value.get("response").or_else(|| self.value.get("attempt"))?;
                answer.get("status").cloned()
            }),
            "error" => self.value.get("attempt")?.get("error").cloned(),
            "refused" => is_request.then(|| self.value.get("refused").is_some().into()),
            "step" | "field" => self.value.get("refused")?.get(name).cloned(),
            "valid" => self.value.get("signature")?.get("valid").cloned(),
            _ => whole(name),
        }
    }

    fn headers(&self, of: &Value, name: &str) -> Option<String> {
        match of.get("headers")? {
            Value::Array(pairs) => pairs.iter().find_map(|pair| {
                let is_it = pair.get(0)?.as_str()?.eq_ignore_ascii_case(name);
                pair.get(1)?.as_str().filter(|_| is_it).map(str::to_owned)
            }),
            Value::Object(named) => {
                let found = named.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                found.and_then(|(_, value)| value.as_str()).map(str::to_owned)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers(self.value, name)
    }

    /// Returns a parameter of the query.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.value.get("url")?.as_str()?.split_once('?')?;
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
        pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(super) fn body(&self) -> Option<&Value> {
        let read = || self.read(self.value);
        self.body.get_or_init(read).as_ref()
    }

    pub(super) fn answer(&self) -> Option<&Value> {
        let read = || self.read(self.value.get("response")?);
        self.answer.get_or_init(read).as_ref()
    }

    /// Reads a body: JSON, or a form as an object; a form with its JSON in one field is that JSON.
    fn read(&self, of: &Value) -> Option<Value> {
        let text = of.get("body")?.as_str()?;
        // Whatever content type it declares: `curl -d` calls everything a form.
        if let Ok(value) = serde_json::from_str(text) {
            return Some(value);
        }
        if !text.contains('=') || text.starts_with(['{', '[', '<']) {
            return None;
        }
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).ok()?;
        let mut form = Map::new();
        for (name, value) in pairs {
            // MANGO OFFICE has its JSON in a field of a form. vendors/mango.md, 5.1
            if name == "json"
                && let Ok(inner @ Value::Object(_)) = serde_json::from_str(&value)
            {
                return Some(inner);
            }
            match form.get_mut(&name) {
                None => drop(form.insert(name, value.into())),
                Some(Value::Array(several)) => several.push(value.into()),
                Some(one) => *one = Value::Array(vec![one.take(), value.into()]),
            }
        }
        Some(Value::Object(form))
    }

    /// Returns what was found without what is secret in it.
    pub(super) fn masked(&self, at: &str, found: Value) -> Value {
        let mask = Mask::new(self.secrets);
        let last = at.rsplit(['/', '.']).next().unwrap_or_default();
        if mask.is_secret(last.trim_matches(['[', ']', '\'', '"'])) {
            return MASKED.into();
        }
        match found {
            Value::String(text) => mask.text(&text).into(),
            Value::Array(_) | Value::Object(_) => {
                let text = mask.text(&found.to_string());
                serde_json::from_str(&text).unwrap_or_else(|_| text.into())
            }
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
        }
    }
}

/// Returns the path of an address or of what stands behind one.
fn path(url: &str) -> &str {
    let behind = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/"));
    behind.split(['?', '#']).next().unwrap_or_default()
}
