//! Examples for the document: what was asked and answered, without what differs from run to run.

use ringback_testkit::openapi::Described;
use serde_json::{Map, Value, json};

use super::Played;
use crate::started::Started;

/// How long an example may be.
const LONGEST: usize = 12_000;

/// How many examples a body or an answer has at most.
const MOST: usize = 2;

/// The ports of the vendors, unless they are told otherwise.
const PORTS: [(&str, u16); 6] = [
    ("impactpbx", 3030),
    ("mango", 8081),
    ("scfm", 3000),
    ("tel4vn", 8082),
    ("voip24h", 8000),
    ("hub", 4010),
];

/// What the computer's clock says, and how long something took by it.
const REAL: [(&str, &str); 4] = [
    ("real_at", "2026-01-05T09:00:00.000000Z"),
    ("startedDateTime", "2026-01-05T09:00:00.000000Z"),
    ("loggedDateString", "2026-01-05T09:00:00Z"),
    ("date", "Mon, 05 Jan 2026 09:00:00 GMT"),
];
const TOOK: [&str; 6] = ["took_ms", "time", "wait", "processTime", "serveTime", "totalTime"];

/// What is another in each run, and what stands for it.
struct Ports(Vec<(String, String)>);

impl Ports {
    fn of(ringback: &Started, played: &[&Played]) -> Self {
        let each = PORTS.iter().flat_map(|(name, port)| {
            let url = ringback.url(name);
            let found = url.rsplit(':').next().unwrap().to_owned();
            ["127.0.0.1", "localhost"]
                .map(|host| (format!("{host}:{found}"), format!("{host}:{port}")))
        });
        // Cursors have a mark of the process.
        let next = |one: &&&Played| {
            let next = one.answered()?.get("next")?.as_str()?.split_once('-')?.1.to_owned();
            (next.len() == 8).then_some(next)
        };
        let mark = played.iter().find_map(|one| next(&one)).unwrap();
        Self(each.chain([(mark, "5eed5eed".to_owned())]).collect())
    }

    fn text(&self, text: &str) -> String {
        let replace = |text: String, (found, usual): &(String, String)| text.replace(found, usual);
        self.0.iter().fold(text.to_owned(), replace)
    }

    /// The same without what differs from run to run.
    fn steady(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(items) => match items.as_slice() {
                [Value::String(name), _] if name == "date" => json!(["date", REAL[3].1]),
                [Value::String(name), Value::String(_)] if name == "x-runtime" => {
                    json!([name, "0.001"])
                }
                items => items.iter().map(|item| self.steady(item)).collect(),
            },
            Value::Object(fields) => {
                let steady = |(name, value): (&String, &Value)| {
                    let real = REAL.iter().find(|(known, _)| known == name);
                    let value = match (real, value) {
                        (Some((_, moment)), Value::String(_)) => (*moment).into(),
                        (None, Value::Number(_)) if TOOK.contains(&name.as_str()) => json!(1),
                        (None, Value::Number(_)) if name == "loggedDate" => {
                            json!(1_767_603_600_000_u64)
                        }
                        (None, Value::Number(_)) if name == "port" => json!(8000),
                        _ => self.steady(value),
                    };
                    (name.clone(), value)
                };
                let mut steady: Map<String, Value> = fields.iter().map(steady).collect();
                // Whether the answer comes before the receiver's differs from run to run.
                if steady.contains_key("resend_of") {
                    steady.insert("attempts".to_owned(), json!([]));
                    steady.insert("state".to_owned(), "pending".into());
                    steady.insert("next_attempt_at".to_owned(), Value::Null);
                }
                Value::Object(steady)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }
}

/// Adds them.
pub(super) fn add(document: Described, played: &[&Played], ringback: &Started) -> Described {
    let ports = Ports::of(ringback, played);
    let mut made = document.0.clone();
    for one in played {
        let (path, _) = document.operation(&one.method, one.path()).unwrap();
        let operation = &mut made["paths"][path][one.method.to_lowercase()];
        // What is refused is no example of how to ask.
        if one.status < 300 || one.status == 422 {
            parameters(operation, path, one);
            if let Some(asked) = one.asked() {
                let body = operation.pointer_mut("/requestBody/content/application~1json");
                if let Some(body) = body {
                    put(body, &ports.steady(&asked));
                }
            }
        }
        let Some(answered) = one.answered() else { continue };
        let response = &mut operation["responses"][one.status.to_string()];
        let (is_shared, at) = match response.get("$ref").and_then(Value::as_str) {
            Some(path) => (true, path.trim_start_matches('#').to_owned()),
            None => (false, String::new()),
        };
        let response = if is_shared { made.pointer_mut(&at).unwrap() } else { response };
        let is_document = one.path().contains("/openapi");
        let body = response.get_mut("content").and_then(|all| all.get_mut(&one.media_type));
        if let (Some(body), false) = (body, is_document) {
            put(body, &ports.steady(&answered));
        }
    }
    Described(made)
}

/// Adds one example, unless there are enough or it is too long.
fn put(body: &mut Value, example: &Value) {
    if example.to_string().len() > LONGEST {
        return;
    }
    let fields = body.as_object_mut().unwrap();
    let examples = fields.entry("examples").or_insert_with(|| json!({})).as_object_mut().unwrap();
    if examples.len() < MOST && !examples.values().any(|known| known["value"] == *example) {
        let name = if examples.is_empty() { "one" } else { "another" };
        examples.insert(name.to_owned(), json!({ "value": example }));
    }
}

/// Adds what stood in the path and in the query.
fn parameters(operation: &mut Value, path: &str, one: &Played) {
    let query = one.url.split_once('?').map_or("", |(_, query)| query);
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap();
    let mut given: Map<String, Value> = Map::new();
    for (part, value) in path.split('/').zip(one.path().split('/')) {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            given.insert(format!("path {name}"), value.into());
        }
    }
    for (name, value) in query {
        given.insert(format!("query {name}"), value.into());
    }
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str())
        else {
            continue;
        };
        let Some(value) = given.get(&format!("{place} {name}")) else { continue };
        let value = match parameter["schema"]["type"].as_str() {
            Some("integer") => json!(value.as_str().unwrap().parse::<u64>().unwrap()),
            Some("boolean") => json!(value == "true"),
            _ => value.clone(),
        };
        parameter.as_object_mut().unwrap().entry("example").or_insert(value);
    }
}
