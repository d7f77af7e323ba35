//! The OpenAPI document of a vendor, made from its table of endpoints and its golden cases, and held
//! against them: requests come from the tables, answers and examples from what the cases are
//! answered with.

mod check;
mod described;
mod pool;
mod request;
mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ringback_mock::{Endpoint, Param, Place, Table, Vendor};
use serde_json::{Map, Value, json};

use crate::{Reply, generated::Request, golden};
pub use described::{Described, Exchanged};
use pool::Pool;
use request::Asked;
pub use shape::Hints;
use shape::Shape;

/// How many examples an answer or a body has at most, and how long they may be.
const EXAMPLES: usize = 2;
const EXAMPLE: usize = 2_048;

/// What the tables and cases of a vendor do not say.
#[derive(Debug)]
pub struct Document {
    /// The security schemes by name, as OpenAPI writes them; a request needs one of them.
    pub security: Value,
    /// Operations that need none of them.
    pub open: &'static [&'static str],
    /// What is known of the fields of answers.
    pub hints: Hints,
    /// What any operation may refuse with, beside what its own cases show.
    pub refusals: &'static [u16],
    /// Settings that make another API of it: what is answered with them is left out.
    pub but: &'static [&'static str],
}

/// A golden case as it was answered.
struct Played<'a> {
    path: &'a Path,
    about: &'a str,
    request: &'a Request,
    reply: &'a Reply,
}

/// The answers to one operation with one status.
#[derive(Default)]
struct Answers {
    /// By media type; empty for what has no body.
    bodies: BTreeMap<String, Body>,
    headers: BTreeSet<&'static str>,
}

#[derive(Default)]
struct Body {
    shape: Shape,
    examples: Map<String, Value>,
}

/// Headers that are worth a line.
const HEADERS: [&str; 8] = [
    "allow",
    "content-range",
    "etag",
    "link",
    "location",
    "retry-after",
    "www-authenticate",
    "x-next",
];

impl Document {
    /// Makes the document, compares it with `<fixtures>/<vendor>/openapi.json`, and checks that every
    /// answer of a golden case is one that it describes. With `UPDATE_GOLDENS` in the environment the
    /// file is written anew.
    ///
    /// # Panics
    /// When they differ, or an answer is not described.
    pub async fn check<V: Vendor>(&self, fixtures: &Path) {
        let played = golden::played::<V>(fixtures, self.but).await;
        let played: Vec<Played<'_>> = played.iter().map(Played::from).collect();
        let document = self.document::<V>(&played);
        let text = written(&document, 4) + "\n";
        let path = fixtures.join(V::NAME).join("openapi.json");
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            std::fs::write(&path, &text).expect("a writable document");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = found.lines().zip(text.lines()).find(|(found, made)| found != made);
        assert!(
            found == text,
            "{} is not up to date, run it with UPDATE_GOLDENS=1: {differs:?}",
            path.display()
        );
        check::all::<V>(&document, &played);
    }

    fn document<V: Vendor>(&self, played: &[Played<'_>]) -> Value {
        let table = Table::new(V::ENDPOINTS, V::respell);
        let mut by_endpoint: BTreeMap<usize, Vec<&Played<'_>>> = BTreeMap::new();
        let mut nowhere = Vec::new();
        for case in played {
            match table.endpoint(&case.request.method, &case.request.path) {
                Some(place) => by_endpoint.entry(place).or_default().push(case),
                None => nowhere.push(case),
            }
        }
        // What is refused is refused in the same forms everywhere.
        let mut refusals: BTreeMap<u16, Answers> = BTreeMap::new();
        for case in played.iter().filter(|case| case.reply.status >= 400) {
            refusals.entry(case.reply.status).or_default().add(case);
        }
        let everywhere = nowhere.iter().map(|case| case.reply.status);
        let everywhere = everywhere.filter(|status| *status >= 400);
        let everywhere: BTreeSet<u16> = everywhere.chain(self.refusals.iter().copied()).collect();
        for status in self.refusals {
            assert!(refusals.contains_key(status), "no case is refused with {status}");
        }
        let mut operations = Vec::new();
        for (place, endpoint) in V::ENDPOINTS.iter().enumerate() {
            // An operation under several paths is answered alike under each.
            let own = by_endpoint.get(&place);
            let twin = |(place, _): &(&usize, _)| {
                V::ENDPOINTS.get(**place).is_some_and(|other| {
                    other.operation == endpoint.operation && other.method == endpoint.method
                })
            };
            let cases = own.or_else(|| by_endpoint.iter().find(twin).map(|(_, cases)| cases));
            let cases = cases.map_or(&[][..], Vec::as_slice);
            let mut answers: BTreeMap<u16, Answers> = BTreeMap::new();
            for case in cases {
                answers.entry(case.reply.status).or_default().add(case);
            }
            // A HEAD is answered as the GET of its path, without the body.
            let twin = V::ENDPOINTS.iter().position(|other| {
                endpoint.method == "HEAD" && other.method == "GET" && other.path == endpoint.path
            });
            for case in twin.and_then(|place| by_endpoint.get(&place)).into_iter().flatten() {
                let answers = answers.entry(case.reply.status).or_default();
                answers.headers.extend(case.headers());
                answers.bodies.entry(String::new()).or_default();
            }
            operations.push((endpoint, cases, answers));
        }
        let mut pool = Pool::default();
        let own = operations.iter().flat_map(|(_, _, answers)| answers.iter());
        let own = own.filter(|(status, _)| **status < 400).map(|(_, answers)| answers);
        for body in own.chain(refusals.values()).flat_map(|answers| answers.bodies.values()) {
            body.shape.pool("", &self.hints, &mut pool);
        }
        let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for (endpoint, cases, answers) in &operations {
            let operation =
                self.operation(endpoint, cases, answers, &everywhere, (&mut ids, &mut pool));
            let path = endpoint.path.replace("{*", "{");
            paths.entry(path).or_default().insert(endpoint.method.to_lowercase(), operation);
        }
        let responses = refusals.iter().map(|(status, answers)| {
            let response = answers.response(reason(*status), "Refusal", &self.hints, &mut pool);
            (format!("E{status}"), response)
        });
        let responses: Map<String, Value> = responses.collect();
        let unsaid = self.hints.words.iter().map(|(name, _)| *name);
        let unsaid: Vec<&str> = unsaid.filter(|name| !pool.said.contains(name)).collect();
        assert!(unsaid.is_empty(), "no field that is answered has the words of {unsaid:?}");
        let mut components = json!({ "responses": responses, "schemas": pool.schemas() });
        if self.security != Value::Null
            && let Some(components) = components.as_object_mut()
        {
            components.insert("securitySchemes".to_owned(), self.security.clone());
        }
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": V::TITLE,
                "version": env!("CARGO_PKG_VERSION"),
                "description": format!(
                    "{} as Ringback imitates it: operations, parameters and their kinds from its table of \
                     endpoints, answers and examples from what a fresh instance answers.", V::TITLE),
                "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            },
            "servers": [{ "url": format!("http://127.0.0.1:{}", V::PORT) }],
            "paths": paths,
            "components": components,
        })
    }

    fn operation(
        &self,
        endpoint: &Endpoint,
        cases: &[&Played<'_>],
        answers: &BTreeMap<u16, Answers>,
        everywhere: &BTreeSet<u16>,
        (ids, pool): (&mut BTreeSet<String>, &mut Pool),
    ) -> Value {
        let own = answers.iter().filter(|(status, _)| **status < 400);
        let about = endpoint.operation;
        let mut responses: Map<String, Value> = own
            .map(|(status, answers)| {
                let response = answers.response(reason(*status), about, &self.hints, pool);
                (status.to_string(), response)
            })
            .collect();
        let refused = answers.keys().copied().filter(|status| *status >= 400);
        for status in refused.chain(everywhere.iter().copied()) {
            let reference = json!({ "$ref": format!("#/components/responses/E{status}") });
            responses.insert(status.to_string(), reference);
        }
        let numbered = (2..).map(|number| format!("{}-{number}", endpoint.operation));
        let plain = std::iter::once(endpoint.operation.to_owned());
        let id = plain.chain(numbered).find(|id| ids.insert(id.clone())).unwrap_or_default();
        let mut operation = Map::new();
        operation.insert("operationId".to_owned(), id.into());
        operation.insert("summary".to_owned(), summary(endpoint.operation).into());
        operation.insert("tags".to_owned(), json!([tag(endpoint.path)]));
        let asked = Asked::of(endpoint, cases);
        let parameters = asked.parameters();
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), parameters.into());
        }
        if let Some(body) = asked.body() {
            operation.insert("requestBody".to_owned(), body);
        }
        operation.insert("responses".to_owned(), responses.into());
        let schemes = self.security.as_object().into_iter().flatten();
        let schemes: Vec<Value> = schemes.map(|(name, _)| json!({ name.as_str(): [] })).collect();
        if !schemes.is_empty() && !self.open.contains(&endpoint.operation) {
            operation.insert("security".to_owned(), schemes.into());
        }
        Value::Object(operation)
    }
}

impl<'a> From<&'a golden::Played> for Played<'a> {
    fn from(played: &'a golden::Played) -> Self {
        let golden::Played { path, about, request, reply } = played;
        Self { path, about, request, reply }
    }
}

impl Played<'_> {
    /// The name of the case.
    fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The headers of the answer that are worth a line.
    fn headers(&self) -> impl Iterator<Item = &'static str> {
        HEADERS.into_iter().filter(|name| self.reply.headers.contains_key(*name))
    }

    /// The media type of the answer, without its parameters; empty where there is no body.
    fn media_type(&self) -> String {
        if self.reply.body.is_empty() {
            return String::new();
        }
        let whole = self.reply.header("content-type");
        whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

impl Answers {
    fn add(&mut self, case: &Played<'_>) {
        let media_type = case.media_type();
        self.headers.extend(case.headers());
        let body = self.bodies.entry(media_type.clone()).or_default();
        let is_packed = case.reply.headers.contains_key("content-encoding");
        if !media_type.ends_with("json") || is_packed {
            return;
        }
        body.shape.add(&case.reply.json);
        if body.examples.len() < EXAMPLES && case.reply.body.len() <= EXAMPLE {
            let example = json!({ "summary": case.about, "value": case.reply.json });
            body.examples.insert(case.name(), example);
        }
    }

    fn response(&self, description: String, about: &str, hints: &Hints, pool: &mut Pool) -> Value {
        let mut content = Map::new();
        for (media_type, body) in &self.bodies {
            if media_type.is_empty() {
                continue;
            }
            let mut described = Map::new();
            match media_type.as_str() {
                json if json.ends_with("json") => {
                    let schema = body.shape.schema("", about, hints, pool);
                    described.insert("schema".to_owned(), schema);
                }
                text if text.starts_with("text/") => {
                    described.insert("schema".to_owned(), json!({ "type": "string" }));
                }
                // OpenAPI 3.1: what is not text needs no schema.
                _ => {}
            }
            if !body.examples.is_empty() {
                described.insert("examples".to_owned(), body.examples.clone().into());
            }
            content.insert(media_type.clone(), described.into());
        }
        let mut response = Map::new();
        response.insert("description".to_owned(), description.into());
        if !self.headers.is_empty() {
            let headers = self.headers.iter();
            let headers =
                headers.map(|name| ((*name).to_owned(), json!({ "schema": { "type": "string" } })));
            response.insert("headers".to_owned(), Value::Object(headers.collect()));
        }
        if !content.is_empty() {
            response.insert("content".to_owned(), content.into());
        }
        Value::Object(response)
    }
}

/// Writes a value, one line for each that is so deep: short enough to be carried, and to be reviewed.
pub fn written(value: &Value, depth: usize) -> String {
    let Some(fields) = value.as_object().filter(|fields| depth > 0 && !fields.is_empty()) else {
        return value.to_string();
    };
    let lines = fields.iter().map(|(name, value)| {
        format!("{}:{}", Value::from(name.as_str()), written(value, depth - 1))
    });
    format!("{{\n{}\n}}", lines.collect::<Vec<_>>().join(",\n"))
}

/// What a status says.
fn reason(status: u16) -> String {
    let known = actix_web::http::StatusCode::from_u16(status).ok();
    known.and_then(|status| status.canonical_reason()).unwrap_or("Refused").to_owned()
}

/// Makes words of an operation's name.
fn summary(operation: &str) -> String {
    let mut text = String::new();
    for c in operation.chars() {
        match c {
            '-' | '_' | '.' => text.push(' '),
            c if c.is_ascii_uppercase() && !text.is_empty() && !text.ends_with([' ', '/']) => {
                text.push(' ');
                text.push(c.to_ascii_lowercase());
            }
            c => text.push(c),
        }
    }
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// What an endpoint is about: the first part of its path that says so.
fn tag(path: &str) -> &str {
    let is_version = |part: &str| {
        part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let mut parts = path.split('/').filter(|part| {
        !["", "api", "vpbx"].contains(part) && !part.starts_with('{') && !is_version(part)
    });
    parts.next().unwrap_or("root")
}

/// Whether a table describes something in this place.
fn has(params: &[Param], place: Place) -> bool {
    params.iter().any(|param| param.place == place)
}
