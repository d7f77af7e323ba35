//! `fixtures/control/openapi.json`: made anew, and held against what the binary takes and answers.
//!
//! What is taken and answered comes from the tables and types of the control API; the examples are the
//! answers to a walk through all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use actix_web::web::Bytes;
use awc::{Client, ClientResponse, error::PayloadError};
use futures_util::Stream;
use ringback_mock::admin::{OwnControls, control_document};
use ringback_testkit::openapi::{Described, Exchanged, written};
use serde_json::{Map, Value, json};

use crate::started::{Started, mistake, ringback, success};

mod examples;

/// The walk, one request a line.
const WALK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/control_document/walk.txt");

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/control/openapi.json");

/// Streams, which do not end, and documents, which are their own examples.
const WITHOUT_WALK: [&str; 1] = ["watch"];

/// Operations that succeed by refusing, for there is nothing of the kind.
const REFUSED: [&str; 7] = [
    "no_recordings",
    "no_recording",
    "no_shutdown",
    "no_files",
    "show_serve_event",
    "remove_serve_event",
    "release_one",
];

/// A request and its answer.
pub(crate) struct Played {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) url: String,
    pub(crate) body: String,
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) answer: Vec<u8>,
}

impl Played {
    pub(crate) fn path(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    pub(crate) async fn of(
        method: String,
        url: String,
        body: String,
        mut answer: ClientResponse<impl Stream<Item = Result<Bytes, PayloadError>> + Unpin>,
    ) -> Self {
        let media_type = answer.headers().get("content-type").and_then(|it| it.to_str().ok());
        let media_type =
            media_type.unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
        let status = answer.status().as_u16();
        let answer = answer.body().limit(64 << 20).await.unwrap().to_vec();
        Self { method, url, body, status, media_type, answer }
    }

    fn asked(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    fn answered(&self) -> Option<Value> {
        self.media_type.ends_with("json").then(|| serde_json::from_slice(&self.answer).ok())?
    }

    /// Returns in what it is not as the document says; on the hub a vendor may stand in the path.
    pub(crate) fn faults(&self, document: &Described) -> Vec<String> {
        let vendors = ["impactpbx", "mango", "scfm", "tel4vn", "voip24h"];
        let path = self.path();
        let rest = path.strip_prefix("/__admin/").unwrap_or_default();
        let (vendor, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = match vendors.contains(&vendor) {
            true => format!("/__admin{rest}"),
            // An inbox is the same at every path below it.
            false if path.starts_with("/__inbox/") => {
                path.split('/').take(3).collect::<Vec<_>>().join("/")
            }
            false => path.to_owned(),
        };
        let (asked, answered) = (self.asked(), self.answered());
        let exchanged = Exchanged {
            method: &self.method,
            path: &path,
            asked: asked.as_ref(),
            status: self.status,
            media_type: &self.media_type,
            answer: answered.as_ref(),
        };
        let at = format!("{} {} {} {}", self.method, self.url, self.body, self.status);
        document.faults(&exchanged).into_iter().map(|fault| format!("{at}: {fault}")).collect()
    }
}

/// The document as it is checked in.
pub(crate) fn checked_in() -> Described {
    Described(serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap())
}

fn own_controls() -> [OwnControls; 4] {
    [
        OwnControls {
            vendor: "impactpbx",
            schema: |types| types.subschema_for::<ringback_impactpbx::ImpactPbxControl>(),
        },
        OwnControls {
            vendor: "mango",
            schema: |types| types.subschema_for::<ringback_mango::MangoControl>(),
        },
        OwnControls {
            vendor: "scfm",
            schema: |types| types.subschema_for::<ringback_scfm::ScfmControl>(),
        },
        OwnControls {
            vendor: "tel4vn",
            schema: |types| types.subschema_for::<ringback_tel4vn::Tel4vnControl>(),
        },
    ]
}

async fn ask(ringback: &Started, line: &str) -> Played {
    let mut parts = line.splitn(4, ' ');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (port, method, url, body) = (next(), next(), next(), next());
    let address = format!("{}{url}", ringback.url(&port));
    let client = Client::builder().timeout(std::time::Duration::from_secs(30)).finish();
    let mut request = client.request(method.parse().unwrap(), address).no_decompress();
    if body.starts_with(['{', '[']) {
        request = request.insert_header(("content-type", "application/json"));
    }
    let answer =
        request.send_body(body.clone()).await.unwrap_or_else(|error| panic!("{line}: {error}"));
    Played::of(method, url, body, answer).await
}

/// Walks through all of it.
async fn walk() -> (Started, Vec<Played>) {
    let vendors = "impactpbx=0,mango=0,scfm=0,tel4vn=0,voip24h=0";
    let flags = [
        "--vendor",
        vendors,
        "--hub",
        "0",
        "--seed",
        "42",
        "--freeze=2026-01-05T09:00:00Z",
        "--record",
    ];
    let ringback = Started::with(&flags);
    let mut played = Vec::new();
    let walk = std::fs::read_to_string(WALK).unwrap();
    let lines = walk.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        played.push(ask(&ringback, line).await);
    }
    (ringback, played)
}

fn is_ours(played: &&Played) -> bool {
    ["/__admin", "/__inbox", "/livez", "/readyz"].iter().any(|start| played.url.starts_with(start))
}

#[actix_web::test]
async fn the_document_is_what_is_taken_and_answered_with_an_example_for_each_operation() {
    let (ringback, played) = walk().await;
    let plain = Described(control_document(&own_controls()));
    let played: Vec<&Played> = played.iter().filter(is_ours).collect();
    let faults: Vec<String> = played.iter().flat_map(|one| one.faults(&plain)).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));

    let mut left: BTreeSet<String> = BTreeSet::new();
    for operations in plain.0["paths"].as_object().unwrap().values() {
        let ids = operations.as_object().unwrap().values().map(|it| it["operationId"].as_str());
        left.extend(ids.flatten().map(str::to_owned));
    }
    for one in &played {
        let (_, operation) = plain.operation(&one.method, one.path()).unwrap();
        let id = operation["operationId"].as_str().unwrap();
        if one.status < 300 || REFUSED.contains(&id) {
            left.remove(id);
        }
    }
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    assert_eq!(left, WITHOUT_WALK, "operations that the walk leaves out");

    let made = examples::add(plain, &played, &ringback);
    let text = written(&made.0, 4) + "\n";
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::create_dir_all(Path::new(FILE).parent().unwrap()).unwrap();
        std::fs::write(FILE, &text).unwrap();
    }
    // Examples have addresses, orders and moments of one run; all else is the same in each.
    let (found, made) = (without_examples(&checked_in().0), without_examples(&made.0));
    let (found, made) = (written(&found, 4), written(&made, 4));
    let differs = found.lines().zip(made.lines()).find(|(found, made)| found != made);
    assert!(found == made, "{FILE} is not up to date, run it with UPDATE_GOLDENS=1: {differs:?}");
}

/// The same document with what is described alone.
fn without_examples(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept =
                fields.iter().filter(|(name, _)| !["example", "examples"].contains(&name.as_str()));
            let kept = kept.map(|(name, value)| (name.clone(), without_examples(value)));
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.iter().map(without_examples).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[actix_web::test]
async fn the_document_is_served_on_every_port_and_printed() {
    let printed = success(ringback(&std::env::temp_dir(), &["openapi", "control"]));
    let ringback = Started::with(&["--vendor", "mango=0,scfm=0", "--hub", "0", "--seed", "1"]);
    for port in ["mango", "scfm", "hub"] {
        let served = ask(&ringback, &format!("{port} GET /__admin/openapi.json")).await;
        assert_eq!((served.status, served.media_type.as_str()), (200, "application/json"));
        assert!(served.answer == printed.as_bytes(), "{port}");
    }
}

#[test]
fn the_document_is_one_of_openapi() {
    let Described(document) = checked_in();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    let mut components = Map::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        components.insert(name.clone(), schema.clone());
        assert!(
            schema.get("description").is_some() || schema.get("enum").is_some(),
            "{name} is not described"
        );
    }
    let schema = json!({ "$ref": "https://json-schema.org/draft/2020-12/schema" });
    let faults = Described(json!({ "components": {} }));
    for (name, component) in &components {
        let found = faults.compare(name, &schema, component);
        assert!(found.is_empty(), "{found:?}");
    }
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} stands twice");
            let named: Vec<&str> =
                path.split('{').skip(1).filter_map(|it| it.split('}').next()).collect();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let in_path = parameters.filter(|parameter| parameter["in"] == "path");
            let in_path: Vec<&str> = in_path.filter_map(|it| it["name"].as_str()).collect();
            assert_eq!(in_path, named, "{method} {path}");
            assert!(!operation["responses"].as_object().unwrap().is_empty(), "{method} {path}");
        }
    }
}

/// What is shown is left alone in what comes back, and not counted as known.
const LEFT_ALONE: [&str; 4] = ["vendor", "account", "placed", "dropped"];

#[actix_web::test]
async fn an_unknown_key_is_refused_with_the_keys_that_the_document_has() {
    let ringback = Started::with(&["--vendor", "mango=0", "--no-hub", "--seed", "1", "--freeze"]);
    for line in [
        "mango POST /__admin/calls {\"from\":\"79161234567\",\"to\":\"101\",\"behaviour\":{\"outcome\":\"manual\"}}",
        "mango POST /__admin/behaviours {\"outcome\":\"busy\"}",
    ] {
        assert_eq!(ask(&ringback, line).await.status, 201);
    }
    let document = checked_in();
    let mut checked = BTreeMap::new();
    for (path, operations) in document.0["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let Some(mut known) = document.keys(operation) else { continue };
            let method = method.to_uppercase();
            let url =
                path.replace("/behaviours/{id}", "/behaviours/1").replace("{id}", "mango-0-1");
            let url =
                url.replace("{number}", "101").replace("{name}", "x").replace("{credential}", "x");
            let refused =
                ask(&ringback, &format!("mango {method} {url} {{\"qqqqqqqqqqqqqq\":1}}")).await;
            let said = String::from_utf8_lossy(&refused.answer).into_owned();
            assert!([400, 422].contains(&refused.status), "{method} {path}: {said}");
            let told = said.split("known are ").nth(1).map(|rest| {
                rest.split(['"', ';'])
                    .next()
                    .unwrap_or_default()
                    .split(", ")
                    .map(str::to_owned)
                    .collect::<BTreeSet<_>>()
            });
            let Some(told) = told else {
                panic!("{method} {path} does not say what is known: {said}")
            };
            known.retain(|name| told.contains(name) || !LEFT_ALONE.contains(&name.as_str()));
            let known: BTreeSet<String> = known.into_iter().collect();
            // What the path says is known to the command that it becomes.
            let of_path = ["do", "call", "number", "id", "hits", "expires_at", "expired"];
            let told: BTreeSet<String> = told
                .into_iter()
                .filter(|name| known.contains(name) || !of_path.contains(&name.as_str()))
                .collect();
            assert_eq!(told, known, "{method} {path}: {said}");
            checked.insert(format!("{method} {path}"), ());
        }
    }
    assert!(checked.len() > 20, "{checked:?}");
}

#[test]
fn what_the_cli_does_not_know_is_told() {
    let said = mistake(&["openapi", "contrl"]);
    assert!(said.contains("did you mean control?"), "{said}");
}
