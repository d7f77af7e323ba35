//! What a request of an operation may give, as OpenAPI writes it.

use std::collections::BTreeMap;

use ringback_mock::{Endpoint, Kind, Param, Place};
use serde_json::{Map, Value, json};

use super::{EXAMPLE, EXAMPLES, Played, has};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data";

/// The parameters and the body of one endpoint.
pub(super) struct Asked<'a> {
    endpoint: &'a Endpoint,
    cases: &'a [&'a Played<'a>],
}

/// An object of parameters: those that stand in it, by name.
#[derive(Default)]
struct Node<'a> {
    param: Option<&'a Param>,
    fields: BTreeMap<&'a str, Node<'a>>,
    items: Option<Box<Node<'a>>>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(endpoint: &'a Endpoint, cases: &'a [&'a Played<'a>]) -> Self {
        Self { endpoint, cases }
    }

    /// Those of path, query and headers.
    pub(super) fn parameters(&self) -> Vec<Value> {
        let params = self.endpoint.accepts;
        let in_path = self.endpoint.path.split('{').skip(1);
        let in_path = in_path.filter_map(|part| part.split('}').next());
        let mut parameters: Vec<Value> = in_path
            .map(|name| {
                let name = name.trim_start_matches('*');
                let known =
                    params.iter().find(|param| param.place == Place::Path && param.name == name);
                let mut parameter = parameter(name, "path", known);
                let value = self.cases.iter().find_map(|case| self.in_path(case, name));
                if let (Some(value), Some(object)) = (value, parameter.as_object_mut()) {
                    object.insert("example".to_owned(), value);
                }
                parameter
            })
            .collect();
        let is_read = self.endpoint.method == "GET" || self.endpoint.method == "HEAD";
        for param in params {
            // What the security schemes say is not said again.
            if param.place == Place::Header && param.name.eq_ignore_ascii_case("authorization") {
                continue;
            }
            let place = match param.place {
                Place::Query => "query",
                Place::Header => "header",
                Place::Anywhere if is_read => "query",
                Place::Path
                | Place::Form
                | Place::Json
                | Place::Within(_)
                | Place::Anywhere
                | Place::Body => continue,
            };
            parameters.push(parameter(&bracketed(param.name), place, Some(param)));
        }
        parameters
    }

    /// What stood in a case in the place of a parameter of the path, of one that was answered well.
    fn in_path(&self, case: &Played<'_>, name: &str) -> Option<Value> {
        if case.reply.status >= 300 {
            return None;
        }
        let mut parts = case.request.path.split('/');
        let mut own = self.endpoint.path.split('/');
        own.by_ref().zip(parts.by_ref()).find_map(|(own, part)| {
            let (before, rest) = own.split_once('{')?;
            let (found, after) = rest.split_once('}')?;
            let value = part.strip_prefix(before)?.strip_suffix(after)?;
            (found == name).then(|| decoded(value).into())
        })
    }

    /// The body.
    pub(super) fn body(&self) -> Option<Value> {
        let params = self.endpoint.accepts;
        let is_read = self.endpoint.method == "GET" || self.endpoint.method == "HEAD";
        let anywhere = has(params, Place::Anywhere) && !is_read;
        let all = || params.iter().chain(self.endpoint.variants.iter().flat_map(|it| it.accepts));
        let is_json = anywhere || all().any(|param| param.place == Place::Json);
        let within = |param: &Param| matches!(param.place, Place::Within(_));
        let is_form = anywhere || all().any(|param| param.place == Place::Form || within(param));
        let mut content = Map::new();
        if is_json {
            let schema = match self.endpoint.variants {
                [] => object(params, Place::Json, None),
                variants => {
                    let of_each = variants.iter().map(|variant| {
                        let params: Vec<Param> =
                            params.iter().chain(variant.accepts).copied().collect();
                        object(&params, Place::Json, Some((variant.param, variant.value)))
                    });
                    json!({ "oneOf": of_each.collect::<Vec<_>>() })
                }
            };
            content.insert(JSON.to_owned(), json!({ "schema": schema }));
        }
        if is_form {
            let schema = object(params, Place::Form, None);
            let has_file = all().any(|param| param.kind == Kind::File);
            let media_type = if has_file { PARTS } else { FORM };
            let mut described = json!({ "schema": schema });
            let fields: Map<String, Value> = all()
                .filter_map(|param| {
                    let Place::Within(field) = param.place else { return None };
                    Some((field.to_owned(), json!({ "contentType": JSON })))
                })
                .collect();
            if !fields.is_empty()
                && let Some(described) = described.as_object_mut()
            {
                described.insert("encoding".to_owned(), fields.into());
            }
            content.insert(media_type.to_owned(), described);
        }
        let mut note = None;
        if let Some(param) = params.iter().find(|param| param.place == Place::Body) {
            note = Some(param.note).filter(|note| !note.is_empty());
            content.entry("*/*".to_owned()).or_insert_with(|| json!({}));
        }
        for (media_type, described) in &mut content {
            let examples = self.examples(media_type);
            if let (false, Some(described)) = (examples.is_empty(), described.as_object_mut()) {
                described.insert("examples".to_owned(), examples.into());
            }
        }
        let required = all()
            .any(|param| param.required && param.instead.is_none() && in_body(param, anywhere));
        let mut body = Map::new();
        if let Some(note) = note {
            body.insert("description".to_owned(), note.into());
        }
        if required {
            body.insert("required".to_owned(), true.into());
        }
        (!content.is_empty()).then(|| {
            body.insert("content".to_owned(), content.into());
            Value::Object(body)
        })
    }

    /// Bodies that were answered well.
    fn examples(&self, media_type: &str) -> Map<String, Value> {
        let mut examples = Map::new();
        for case in self.cases.iter().filter(|case| case.reply.status < 300) {
            let body = &case.request.body;
            if examples.len() == EXAMPLES || body.is_empty() || body.len() > EXAMPLE {
                continue;
            }
            let declared = case.request.headers.iter().find(|(name, _)| name == "content-type");
            let declared = declared.map_or("", |(_, value)| value.as_str());
            let value = match media_type {
                JSON => serde_json::from_slice::<Value>(body).ok().filter(Value::is_object),
                FORM if declared.starts_with(FORM) => fields_of(body),
                _ => None,
            };
            if let Some(value) = value {
                let example = json!({ "summary": case.about, "value": value });
                examples.insert(case.name(), example);
            }
        }
        examples
    }
}

fn in_body(param: &Param, anywhere: bool) -> bool {
    match param.place {
        Place::Json | Place::Form => !param.name.contains('.'),
        Place::Within(_) | Place::Path | Place::Query | Place::Header | Place::Body => false,
        Place::Anywhere => anywhere && !param.name.contains('.'),
    }
}

/// The plain fields of a form; `None` where it has others.
fn fields_of(body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    let mut fields = Map::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=')?;
        let name = decoded(name);
        if fields.insert(name, decoded(value).into()).is_some() {
            return None;
        }
    }
    Some(fields.into())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let text = std::str::from_utf8(&digits).unwrap_or_default();
                bytes.push(u8::from_str_radix(text, 16).unwrap_or(b'%'));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `from.number` as a query string writes it.
fn bracketed(name: &str) -> String {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| match part.strip_suffix("[]") {
        Some(list) => format!("{name}[{list}][]"),
        None => format!("{name}[{part}]"),
    })
}

fn parameter(name: &str, place: &str, param: Option<&Param>) -> Value {
    let mut described = Map::new();
    described.insert("name".to_owned(), name.into());
    described.insert("in".to_owned(), place.into());
    let is_required = param.is_some_and(|param| param.required && param.instead.is_none());
    if place == "path" || is_required {
        described.insert("required".to_owned(), true.into());
    }
    let mut schema = json!({ "type": "string" });
    if let Some(param) = param {
        schema = of_kind(param.kind);
        with_default(&mut schema, param);
        if let Some(note) = note(param) {
            described.insert("description".to_owned(), note.into());
        }
    }
    // A part of a path that is empty makes another path of it.
    if let (true, Some(schema)) = (place == "path", schema.as_object_mut())
        && schema.get("type").is_some_and(|kind| kind == "string")
    {
        schema.insert("minLength".to_owned(), 1.into());
    }
    described.insert("schema".to_owned(), schema);
    Value::Object(described)
}

fn note(param: &Param) -> Option<String> {
    let unless = param.instead.map(|instead| format!("required unless there is `{instead}`"));
    let note = Some(param.note.to_owned()).filter(|note| !note.is_empty());
    let notes: Vec<String> = [unless, note].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn with_default(schema: &mut Value, param: &Param) {
    let Some(default) = param.default else { return };
    let is_text = !matches!(param.kind, Kind::Integer | Kind::Number | Kind::Flag);
    let value = if is_text { Some(default.into()) } else { serde_json::from_str(default).ok() };
    if let (Some(value), Some(schema)) = (value, schema.as_object_mut()) {
        schema.insert("default".to_owned(), value);
    }
}

fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Any => json!({}),
        Kind::Text => json!({ "type": "string" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Moment("") | Kind::Date("") => json!({ "type": "string" }),
        Kind::Moment(pattern) | Kind::Date(pattern) => {
            json!({ "type": "string", "description": format!("written as {pattern}") })
        }
        Kind::OneOf(words) => json!({ "type": "string", "enum": words }),
        Kind::Object => json!({ "type": "object" }),
        Kind::List(items) => json!({ "type": "array", "items": of_kind(*items) }),
        Kind::File => json!({ "type": "string", "contentMediaType": "application/octet-stream" }),
    }
}

/// The object that the parameters of one place make; one of them may be fixed.
fn object(params: &[Param], place: Place, fixed: Option<(&str, &str)>) -> Value {
    let mut root = Node::default();
    for param in params {
        if let (Place::Within(field), Place::Form) = (param.place, place) {
            root.fields.entry(field).or_default().put(param.name, param);
        } else if param.stands_in(place) {
            root.put(param.name, param);
        }
    }
    let mut schema = root.schema();
    if let Some((name, value)) = fixed
        && let Some(property) = schema.pointer_mut(&format!("/properties/{name}"))
    {
        *property = json!({ "const": value });
    }
    if let (Some((_, value)), Some(schema)) = (fixed, schema.as_object_mut()) {
        schema.insert("title".to_owned(), value.into());
    }
    schema
}

impl<'a> Node<'a> {
    fn put(&mut self, name: &'a str, param: &'a Param) {
        let (first, rest) = match name.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (name, None),
        };
        let (first, is_list) = match first.strip_suffix("[]") {
            Some(first) => (first, true),
            None => (first, false),
        };
        let mut node = self.fields.entry(first).or_default();
        if is_list {
            node = node.items.get_or_insert_default();
        }
        match rest {
            Some(rest) => node.put(rest, param),
            None => node.param = Some(param),
        }
    }

    fn schema(&self) -> Value {
        let mut schema = match (self.param, &self.items) {
            (_, Some(items)) => json!({ "type": "array", "items": items.schema() }),
            (Some(param), None) => of_kind(param.kind),
            (None, None) => json!({ "type": "object" }),
        };
        if let Some(param) = self.param {
            with_default(&mut schema, param);
        }
        let Some(object) = schema.as_object_mut() else { return schema };
        if let Some(note) = self.param.and_then(note) {
            let before = object.get("description").and_then(Value::as_str);
            let text = before.map_or_else(|| note.clone(), |before| format!("{note}; {before}"));
            object.insert("description".to_owned(), text.into());
        }
        if !self.fields.is_empty() {
            object.insert("type".to_owned(), "object".into());
            let fields = self.fields.iter().map(|(name, node)| ((*name).to_owned(), node.schema()));
            object.insert("properties".to_owned(), Value::Object(fields.collect()));
            let required = self.fields.iter().filter(|(_, node)| {
                node.param.is_some_and(|param| param.required && param.instead.is_none())
            });
            let required: Vec<&str> = required.map(|(name, _)| *name).collect();
            if !required.is_empty() {
                object.insert("required".to_owned(), required.into());
            }
        }
        schema
    }
}
