//! The document put together: operations with the query keys of their routes, and what all of them share.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    OwnControls, answers, bench_answers, bodies,
    operations::{self, About, Content, Operation},
    process_answers,
    schema::{Components, refer},
    view_answers, wiremock,
};
use crate::admin::{
    calls::VERBS,
    routes::{ROUTES, Route},
};

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// What is told as a problem with members of its own.
const PROBLEMS: [&str; 2] = ["Unverified", "Unfinished"];

/// What every request of the API may be refused with.
const ALWAYS: [u16; 4] = [400, 401, 403, 503];

/// What all of it is about.
const ABOUT: &str = "What a test, a person or a script does to a Ringback beside the vendors' own APIs: \
    move time, place calls and be the other party, set rules, read what was delivered.\n\n\
    It stands under `/__admin` on every vendor's port, about that vendor, and on the hub, about all vendors \
    of the process. On the hub one vendor is named in the path: `/__admin/{vendor}/calls` is `/__admin/calls` \
    about that one alone; what needs a vendor and has none is refused.\n\n\
    Moments are simulated, RFC 3339 in UTC with six digits. Lengths are seconds; `took_ms` is real \
    milliseconds. Unknown query keys and unknown keys of a body are refused, with the nearest known name, \
    and a refused request has changed nothing.";

/// Makes the OpenAPI 3.1 document of the control API, without examples; `own` is what some vendors can be
/// told beside what all can.
pub fn control_document(own: &[OwnControls]) -> Value {
    let mut components = Components::new();
    wiremock::add(&mut components);
    bodies::add(&mut components);
    answers::add_calls(&mut components);
    view_answers::add(&mut components);
    view_answers::add_doctor(&mut components);
    answers::add_worlds(&mut components);
    process_answers::add(&mut components);
    bench_answers::add_webhooks(&mut components);
    bench_answers::add_feed(&mut components);
    let _ = bodies::causes(&mut components);
    let operations = operations::all(&mut components, own);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut tags: Vec<&str> = Vec::new();
    for operation in &operations {
        if !tags.contains(&operation.tag) {
            tags.push(operation.tag);
        }
        let shown = show(operation);
        paths.entry(operation.path).or_default().insert(operation.method.to_lowercase(), shown);
    }
    let paths = json!(paths);
    let statuses: BTreeSet<u16> = operations.iter().flat_map(refusals).collect();
    let responses = statuses.into_iter().flat_map(|status| {
        let problem = json!({ "schema": refer("Problem") });
        let errors = json!({ "schema": refer("WireMockErrors") });
        let response =
            |content: Value| json!({ "description": reason(status), "content": content });
        let plain = response(json!({ PROBLEM: problem }));
        let wiremock = response(json!({ PROBLEM: problem, JSON: errors }));
        [(format!("E{status}"), plain), (format!("W{status}"), wiremock)]
    });
    let mut responses: Map<String, Value> = responses.collect();
    let mut used = referred(&paths, "responses");
    responses.retain(|name, _| used.contains(name));
    let all = components.finish(|_| true);
    used = needed(&[&paths, &json!(responses)], &all);
    let schemas: Map<String, Value> =
        all.into_iter().filter(|(name, _)| used.contains(name)).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ringback: the control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [
            { "url": "/", "description": "Wherever this document comes from." },
            { "url": "http://127.0.0.1:4010", "description": "The hub, unless it is told otherwise." },
        ],
        "tags": tags.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "security": [{}, { "controlToken": [] }],
        "paths": paths,
        "components": {
            "parameters": parameters(),
            "responses": responses,
            "schemas": schemas,
            "securitySchemes": { "controlToken": {
                "type": "http",
                "scheme": "bearer",
                "description": "The token of `--control-token`, where one is set.",
            } },
        },
    })
}

/// The parameters that say which account.
fn parameters() -> Value {
    let text = |text: &str| {
        format!("What names the account to its clients: an api key, a secret, a user. {text}")
    };
    let parameter = |place: &str, name: &str, more: &str| json!({ "name": name, "in": place, "description": text(more), "schema": { "type": "string" } });
    let one = "The demo account unless given.";
    let several = "The demo account unless given; `*` for all.";
    json!({
        "account": parameter("query", "account", one),
        "accounts": parameter("query", "account", several),
        "accountHeader": parameter("header", "Ringback-Account", "As `account` in the query."),
    })
}

/// Finds the route that serves an operation.
pub(super) fn route(operation: &Operation) -> Option<&'static Route> {
    let path = operation.path.strip_prefix("/__admin")?;
    let verb = path.strip_prefix("/calls/{id}/").filter(|verb| VERBS.contains(verb));
    let path = if verb.is_some() { "/calls/{id}/{verb}" } else { path };
    ROUTES.iter().find(|route| route.method == operation.method && route.path == path)
}

/// What an operation may refuse with.
fn refusals(operation: &Operation) -> BTreeSet<u16> {
    let mut all: BTreeSet<u16> = operation.refuses.iter().copied().collect();
    if operation.is_guarded {
        all.extend(ALWAYS);
        if operation.about != About::NoAccount {
            all.insert(404);
        }
        if operation.body.is_some() {
            all.insert(413);
        }
    }
    all
}

fn reason(status: u16) -> String {
    match status {
        400 => "Malformed: a body, a query, a name; or several vendors and none named.",
        401 => "The control token is missing.",
        403 => "A page of another origin, or a host name that is not Ringback's.",
        404 => "There is no such thing, or no such account.",
        409 => "It is there, and not in a state for this.",
        413 => "The body is too large.",
        422 => "It cannot be read, or is not supported.",
        503 => "The log of the machine cannot be written, or too many streams are open.",
        status => {
            let known = StatusCode::from_u16(status).ok();
            known.and_then(|status| status.canonical_reason()).unwrap_or("Refused")
        }
    }
    .to_owned()
}

fn show(operation: &Operation) -> Value {
    let mut shown = Map::from_iter([
        ("operationId".to_owned(), json!(operation.id)),
        ("summary".to_owned(), json!(operation.summary)),
        ("tags".to_owned(), json!([operation.tag])),
    ]);
    if !operation.text.is_empty() {
        shown.insert("description".to_owned(), operation.text.into());
    }
    let parameters = asked(operation);
    if !parameters.is_empty() {
        shown.insert("parameters".to_owned(), parameters.into());
    }
    if let Some((body, required)) = &operation.body {
        let mut content = Map::from_iter([(JSON.to_owned(), json!({ "schema": body }))]);
        for media_type in operation.also {
            let schema = if media_type.starts_with("text/") {
                json!({ "schema": { "type": "string" } })
            } else {
                json!({})
            };
            content.insert((*media_type).to_owned(), schema);
        }
        if operation.also == ["*/*"] {
            content.remove(JSON);
        }
        let body = json!({ "required": required, "content": content });
        shown.insert("requestBody".to_owned(), body);
    }
    shown.insert("responses".to_owned(), responses(operation));
    if !operation.is_guarded {
        shown.insert("security".to_owned(), json!([]));
    }
    Value::Object(shown)
}

/// The parameters of path, query and headers.
fn asked(operation: &Operation) -> Vec<Value> {
    let in_path = operation.path.split('{').skip(1).filter_map(|part| part.split('}').next());
    let mut asked: Vec<Value> = in_path
        .map(|name| {
            let schema = json!({ "type": "string", "minLength": 1 });
            json!({
                "name": name, "in": "path", "required": true, "schema": schema,
                "description": named(operation.path, name),
            })
        })
        .collect();
    let own = operation.path.strip_prefix("/__admin").unwrap_or_default();
    for key in route(operation).map(|route| route.query).into_iter().flatten() {
        let (schema, description) = operations::query(own, key);
        let mut parameter =
            json!({ "name": key, "in": "query", "schema": schema, "description": description });
        if let (true, Some(fields)) = (operations::is_needed(own, key), parameter.as_object_mut()) {
            fields.insert("required".to_owned(), true.into());
        }
        asked.push(parameter);
    }
    let shared = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    match operation.about {
        About::NoAccount => {}
        About::One => asked.extend([shared("account"), shared("accountHeader")]),
        About::Several => asked.extend([shared("accounts"), shared("accountHeader")]),
    }
    asked
}

/// What a part of a path is.
fn named(path: &str, name: &str) -> &'static str {
    match name {
        "credential" => "What names the account to its clients.",
        "number" => "The number.",
        "vendor" => "The vendor, or what an instance of it is called.",
        "what" => "What WireMock has there.",
        "name" if path.contains("inbox") => {
            "The name of the inbox: 1 to 64 letters, digits, and `.`, `_`, `-`."
        }
        "name" => "The name.",
        _ if path.contains("/calls/") => {
            "The call: our id, the vendor's own, or its number in the account."
        }
        _ => "The id.",
    }
}

fn responses(operation: &Operation) -> Value {
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for status in refusals(operation) {
        let is_own = operation.is_wiremock && [404, 422].contains(&status);
        let form = if is_own { "W" } else { "E" };
        let reference = json!({ "$ref": format!("#/components/responses/{form}{status}") });
        all.insert(status.to_string(), reference);
    }
    let mut own: BTreeMap<u16, (&str, Map<String, Value>)> = BTreeMap::new();
    for (status, what, content) in &operation.answers {
        let (said, contents) = own.entry(*status).or_insert((*what, Map::new()));
        if said.is_empty() {
            *said = what;
        }
        match content {
            Content::Nothing => {}
            Content::Json(schema) => {
                let media_type =
                    if *status >= 400 && PROBLEMS.iter().any(|name| schema == &refer(name)) {
                        PROBLEM
                    } else {
                        JSON
                    };
                contents.insert(media_type.to_owned(), json!({ "schema": schema }));
            }
            Content::Other(media_type) => {
                let is_text = media_type.starts_with("text/");
                let schema =
                    if is_text { json!({ "schema": { "type": "string" } }) } else { json!({}) };
                contents.insert((*media_type).to_owned(), schema);
            }
        }
    }
    for (status, (what, mut content)) in own {
        // The same status may be a refusal of the whole API.
        if operation.is_guarded && ALWAYS.contains(&status) {
            content.insert(PROBLEM.to_owned(), json!({ "schema": refer("Problem") }));
        }
        let mut response = json!({ "description": what });
        if let (false, Some(fields)) = (content.is_empty(), response.as_object_mut()) {
            fields.insert("content".to_owned(), content.into());
        }
        let name = if status == 0 { "default".to_owned() } else { status.to_string() };
        all.insert(name, response);
    }
    json!(all)
}

/// The components of a kind that something refers to.
fn referred(value: &Value, kind: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    refer_to(value, &format!("#/components/{kind}/"), &mut found);
    found
}

fn refer_to(value: &Value, prefix: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value.as_str().and_then(|path| path.strip_prefix(prefix))) {
                    ("$ref", Some(component)) => drop(found.insert(component.to_owned())),
                    _ => refer_to(value, prefix, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| refer_to(item, prefix, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schemas that are needed, those that stand in others among them.
fn needed(from: &[&Value], all: &Map<String, Value>) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut new: Vec<String> = from.iter().flat_map(|value| referred(value, "schemas")).collect();
    while let Some(name) = new.pop() {
        if let (true, Some(schema)) = (needed.insert(name.clone()), all.get(&name)) {
            new.extend(referred(schema, "schemas"));
        }
    }
    needed
}
