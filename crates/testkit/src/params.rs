//! Holds the tables of parameters against the golden cases: what was answered with success gives
//! described parameters only, of fitting kinds, and all that are required.

mod given;

use std::collections::BTreeSet;
use std::path::Path;

use ringback_mock::{Endpoint, Kind, Param, Place, Table, Variant, Vendor};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::golden::cases;
use given::Given;

/// How the requests of a vendor are held against its tables.
#[derive(Debug)]
pub struct Check {
    endpoints: &'static [Endpoint],
    respell: fn(&str) -> Vec<String>,
    vendor: &'static str,
    is_done: fn(&Value) -> bool,
    ignored: &'static [Ignored],
}

/// A parameter that golden cases give though it does nothing or cannot be read, and why.
#[derive(Debug)]
pub struct Ignored {
    /// The folder of the cases.
    pub operation: &'static str,
    /// Its name as the tables would write it.
    pub name: &'static str,
    /// Why it is given.
    pub why: &'static str,
}

#[derive(Debug, Deserialize)]
struct Case {
    request: Request,
    response: Response,
}

#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    path: String,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    json: Option<Value>,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    json: Value,
}

impl Check {
    /// Takes any answer with a 2xx for a success.
    pub fn of<V: Vendor>() -> Self {
        Self {
            endpoints: V::ENDPOINTS,
            respell: V::respell,
            vendor: V::NAME,
            is_done: |_| true,
            ignored: &[],
        }
    }

    /// Asks the body of a 2xx as well whether it is one.
    #[must_use]
    pub fn done_if(self, is_done: fn(&Value) -> bool) -> Self {
        Self { is_done, ..self }
    }

    /// Lets these parameters pass whatever they are. One for which no case needs that is a fault.
    #[must_use]
    pub fn ignoring(self, ignored: &'static [Ignored]) -> Self {
        Self { ignored, ..self }
    }

    /// Takes another table of the same endpoints.
    #[must_use]
    pub fn endpoints(self, endpoints: &'static [Endpoint]) -> Self {
        Self { endpoints, ..self }
    }

    /// Checks every golden case in `<fixtures>/<vendor>`, and returns how many were answered with
    /// success.
    ///
    /// # Panics
    /// When a request does not fit, naming every one that does not.
    pub fn run(&self, fixtures: &Path) -> usize {
        let table = Table::new(self.endpoints, self.respell);
        let (mut faults, mut done) = (Vec::new(), 0);
        let mut needed = BTreeSet::new();
        for path in cases(&fixtures.join(self.vendor)) {
            let text = std::fs::read_to_string(&path).expect("a readable case");
            let case: Case = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let Request { method, path: url, .. } = &case.request;
            let bare = url.split(['?', '#']).next().unwrap_or_default();
            let is_done =
                (200..300).contains(&case.response.status) && (self.is_done)(&case.response.json);
            let endpoint = table.endpoint(method, bare);
            let endpoint = endpoint.and_then(|place| self.endpoints.get(place));
            let Some(endpoint) = endpoint.filter(|_| is_done) else { continue };
            done += 1;
            let operation = path.parent().and_then(Path::file_name).unwrap_or_default();
            let fault = |text: String| format!("{}: {text}", path.display());
            for found in faults_of(endpoint, &case.request) {
                let is_ignored = |ignored: &&Ignored| {
                    ignored.operation == operation && found.name.as_deref() == Some(ignored.name)
                };
                match self.ignored.iter().position(|ignored| is_ignored(&ignored)) {
                    Some(place) => drop(needed.insert(place)),
                    None => faults.push(fault(found.text)),
                }
            }
        }
        for (place, Ignored { operation, name, .. }) in self.ignored.iter().enumerate() {
            if !needed.contains(&place) {
                faults.push(format!("{operation}: {name} need not be ignored"));
            }
        }
        for endpoint in self.endpoints {
            faults.extend(twice(endpoint));
        }
        assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
        done
    }
}

/// What is wrong with a request, or with one parameter that it gives.
struct Fault {
    text: String,
    name: Option<String>,
}

impl Fault {
    fn of(text: String) -> Self {
        Self { text, name: None }
    }
}

/// Finds what a table describes twice, or for a part of the path that is not there.
fn twice(endpoint: &Endpoint) -> Vec<String> {
    let mut faults = Vec::new();
    let variants = endpoint.variants.iter().map(|variant| variant.accepts);
    for (place, param) in endpoint.accepts.iter().enumerate() {
        let same = |other: &&Param| other.name == param.name && other.place == param.place;
        let before = endpoint.accepts.iter().take(place);
        let beside = variants.clone().flatten();
        if before.chain(beside).any(|other| same(&other)) {
            faults.push(format!("{}: {} stands twice", endpoint.operation, param.name));
        }
        let in_path = || endpoint.path.contains(&format!("{{{}}}", param.name));
        if param.place == Place::Path && !in_path() {
            faults.push(format!("{}: {} is not in the path", endpoint.operation, param.name));
        }
    }
    faults
}

fn faults_of(endpoint: &Endpoint, request: &Request) -> Vec<Fault> {
    let mut params: Vec<Param> = endpoint.accepts.to_vec();
    let mut given = Given::of(request, &params);
    if !endpoint.variants.is_empty() {
        let is_asked = |variant: &&Variant| given.says(variant.param, variant.value);
        let Some(variant) = endpoint.variants.iter().find(is_asked) else {
            return vec![Fault::of("it is none of the endpoint's operations".to_owned())];
        };
        params.extend(variant.accepts);
        given = Given::of(request, &params);
    }
    let mut faults: Vec<Fault> = given.broken.drain(..).map(Fault::of).collect();
    for (place, value) in &given.places {
        let here = params.iter().filter(|param| param.stands_in(*place)).copied();
        let here: Vec<Param> = here.collect();
        visit(value, "", &here, &mut faults);
    }
    for param in params.iter().filter(|param| param.required && param.place != Place::Path) {
        let instead = param.instead.and_then(|name| params.iter().find(|other| other.name == name));
        if given.lacks(param) && instead.is_none_or(|other| given.lacks(other)) {
            faults.push(Fault::of(format!("{} is required", param.name)));
        }
    }
    faults
}

/// Checks a value and what is in it.
fn visit(value: &Value, path: &str, params: &[Param], faults: &mut Vec<Fault>) {
    let param = params.iter().find(|param| param.name == path);
    let has = |separator: &str| {
        let begin = format!("{path}{separator}");
        !path.is_empty() && params.iter().any(|param| param.name.starts_with(&begin))
    };
    let (fields, items) = (path.is_empty() || has("."), has("[]"));
    match (param, value) {
        (Some(_), Value::Null) => {}
        (_, Value::Object(object)) if fields => {
            for (name, value) in object {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                visit(value, &path, params, faults);
            }
        }
        (_, Value::Array(list)) if items => {
            for item in list.iter().filter(|item| item.is_object() || param.is_none()) {
                visit(item, &format!("{path}[]"), params, faults);
            }
        }
        (Some(param), value) if fits(param.kind, value) => {}
        (Some(param), value) => {
            let text = format!("{path} is {value}, not {:?}", param.kind);
            faults.push(Fault { text, name: Some(path.to_owned()) });
        }
        (None, value) => {
            let text = format!("{path} is not described ({value})");
            faults.push(Fault { text, name: Some(path.to_owned()) });
        }
    }
}

/// Returns whether a value is of a kind, or as good.
fn fits(kind: Kind, value: &Value) -> bool {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null => return true,
        Value::Array(_) | Value::Object(_) => String::new(),
    };
    let is_scalar = !value.is_array() && !value.is_object();
    let is_plain = is_scalar && !value.is_boolean();
    match kind {
        Kind::Any => true,
        Kind::Text | Kind::File => is_plain,
        Kind::Integer => is_plain && (text.is_empty() || text.parse::<i64>().is_ok()),
        Kind::Number => is_plain && (text.is_empty() || text.parse::<f64>().is_ok()),
        Kind::Flag => is_scalar && ["", "true", "false", "1", "0"].contains(&&*text),
        Kind::Moment(patterns) | Kind::Date(patterns) => is_plain && is_like(&text, patterns),
        Kind::OneOf(words) => is_scalar && words.contains(&&*text),
        Kind::Object => {
            value.is_object() || serde_json::from_str::<Map<String, Value>>(&text).is_ok()
        }
        Kind::List(kind) => match (value, serde_json::from_str::<Vec<Value>>(&text)) {
            (Value::Array(items), _) => items.iter().all(|item| fits(*kind, item)),
            (Value::String(_), Ok(items)) => items.iter().all(|item| fits(*kind, item)),
            (one, _) => text.is_empty() && is_scalar || fits(*kind, one),
        },
    }
}

/// Returns whether a text has digits where one of the patterns has them, and is the same elsewhere.
fn is_like(text: &str, patterns: &str) -> bool {
    let shape = |text: &str, is_digit: fn(char) -> bool| {
        let mut shape = String::new();
        for c in text.chars() {
            match is_digit(c) {
                true if shape.ends_with('#') => {}
                true => shape.push('#'),
                false => shape.push(c),
            }
        }
        shape
    };
    let found = shape(text, |c| c.is_ascii_digit());
    let wanted = |pattern: &str| shape(pattern, |c| "YMDhms".contains(c));
    text.is_empty() || patterns.is_empty() || patterns.split(" or ").any(|p| wanted(p) == found)
}

#[cfg(test)]
mod tests;
