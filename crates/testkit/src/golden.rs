//! Golden cases: one file each, a request and the answer to the byte.
//!
//! `fixtures/<vendor>/<operation>/<case>.json`. With `UPDATE_GOLDENS` in the environment answers
//! that differ are written anew; review what changed. With `GOLDEN` in it only the cases whose path
//! contains its value are played.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ringback_engine::{
    Duration,
    ordered::{Log, simulated::Simulated},
};
use ringback_mock::{Builder, Mount, Vendor};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::{Api, Reply, generated};

/// One golden case.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Where it comes from: seed, upstream, client, derived, original, chosen and so on.
    origin: String,
    /// What it shows, in a sentence.
    about: String,
    /// Why the case is not played on a port that several vendors share, where it is not: its path
    /// belongs to none of them, or to another too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alone: Option<String>,
    /// What a user may set for the vendor, where the case needs it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    settings: Value,
    /// What happens before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    before: Vec<Step>,
    request: Request,
    response: Response,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    /// Simulated seconds pass.
    Advance(f64),
    /// Something is done through the control API's own form.
    Control(Value),
    /// Another request, whose answer has to be a 2xx.
    Request(Request),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    method: String,
    path: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    /// A JSON body, sent as it is written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
    /// Any other body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Response {
    status: u16,
    /// The headers that matter here; one that is null must not be there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, Option<String>>,
    /// A JSON body: the same bytes but for blanks between its parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
    /// Any other body of text. The server's own address is written `{base}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// The length of a body that is not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
}

/// Runs every golden case of a vendor, each on a fresh instance, and returns their number.
///
/// # Panics
/// When an answer differs, naming every case that does.
pub async fn run<V: Vendor>(fixtures: &Path) -> usize {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    play_all::<V>(cases(&fixtures.join(V::NAME)), &[], update).await
}

/// Runs every golden case of a vendor with a log, and returns their number: what comes round is what
/// was sent, and what the log gives again is what there was.
///
/// # Panics
/// When an answer differs, naming every case that does, or the log gives another state.
pub async fn run_by_log<V: Vendor>(fixtures: &Path) -> usize {
    let paths = cases(&fixtures.join(V::NAME));
    let mut logs: Vec<(Value, Simulated)> = Vec::new();
    let log_of = |settings: &Value| {
        let log = Simulated::calm();
        logs.push((settings.clone(), log.clone()));
        Some(log)
    };
    let (count, servers) = play_by::<V>(paths, &[], false, log_of).await;
    for ((settings, log), (_, api)) in logs.iter().zip(&servers) {
        api.settle().await;
        let again = builder::<V>(settings, Some(log)).build().expect("the log");
        let (there, here) = (api.engine().state(), again.engine().state());
        assert!(there == here, "{}: the log gives another state: {settings}", V::NAME);
    }
    count
}

/// A golden case as it was answered.
pub(crate) struct Played {
    pub(crate) path: PathBuf,
    pub(crate) about: String,
    pub(crate) request: generated::Request,
    pub(crate) reply: Reply,
}

/// Plays every golden case of a vendor but for those with a setting that makes another API of it, and
/// returns the answers.
pub(crate) async fn played<V: Vendor>(fixtures: &Path, but: &[&str]) -> Vec<Played> {
    let mut servers: Vec<Server<V>> = Vec::new();
    let mut played = Vec::new();
    for path in cases(&fixtures.join(V::NAME)) {
        let case = read(&path);
        if but.iter().any(|setting| case.settings.get(setting).is_some()) {
            continue;
        }
        if !servers.iter().any(|(settings, _)| *settings == case.settings) {
            let api = Api::of(builder::<V>(&case.settings, None));
            servers.push((case.settings.clone(), api));
        }
        let server = servers.iter().find(|(settings, _)| *settings == case.settings);
        let (_, api) = server.expect("a server for every case");
        api.engine().reset().await.expect("a reset");
        let (mut reply, base) = play(api, &case).await;
        // Links have the address of the documents, and not that of this run.
        if let Ok(text) = std::str::from_utf8(&reply.body)
            && text.contains(&base)
        {
            let text = text.replace(&base, &format!("http://127.0.0.1:{}", V::PORT));
            reply.json = serde_json::from_str(&text).unwrap_or_default();
            reply.body = text.into_bytes();
        }
        let (about, request) = (case.about, case.request.into());
        played.push(Played { path, about, request, reply });
    }
    played
}

/// Runs one golden case of each operation on a port shared with other vendors, and returns their
/// number: that every request reaches its vendor there is for [`requests`] to show.
///
/// # Panics
/// When an answer differs, naming every case that does.
pub async fn run_beside<V: Vendor>(fixtures: &Path, others: &[Arc<dyn Mount>]) -> usize {
    let mut paths = cases(&fixtures.join(V::NAME));
    paths.retain(|path| read(path).alone.is_none());
    paths.dedup_by(|path, before| path.parent() == before.parent());
    play_all::<V>(paths, others, false).await
}

/// Returns what a vendor's golden cases request, each with its file, but for those that are about
/// a port of its own.
pub fn requests<V: Vendor>(fixtures: &Path) -> Vec<(PathBuf, generated::Request)> {
    let cases = cases(&fixtures.join(V::NAME)).into_iter().map(|path| (read(&path), path));
    let shared = cases.filter(|(case, _)| case.alone.is_none());
    shared.map(|(case, path)| (path, case.request.into())).collect()
}

impl From<Request> for generated::Request {
    fn from(request: Request) -> Self {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        let mut headers: Vec<_> = request.headers.into_iter().collect();
        if request.json.is_some() && headers.iter().all(|(name, _)| name != "content-type") {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let json = request.json.map(|json| json.get().to_owned());
        let body = json.or(request.body).unwrap_or_default().into_bytes();
        Self { method: request.method, path, query, headers, fields: Value::Null, body }
    }
}

fn read(path: &Path) -> Case {
    let text = std::fs::read_to_string(path).expect("a readable case");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

async fn play_all<V: Vendor>(
    cases: Vec<PathBuf>,
    others: &[Arc<dyn Mount>],
    update: bool,
) -> usize {
    play_by::<V>(cases, others, update, |_| None).await.0
}

/// A server, and the settings that it has.
type Server<V> = (Value, Api<V>);

async fn play_by<V: Vendor>(
    mut cases: Vec<PathBuf>,
    others: &[Arc<dyn Mount>],
    update: bool,
    mut log_of: impl FnMut(&Value) -> Option<Simulated>,
) -> (usize, Vec<Server<V>>) {
    let mut faults = Vec::new();
    if let Ok(part) = std::env::var("GOLDEN") {
        cases.retain(|path| path.to_string_lossy().contains(&part));
    }
    // One server for all cases with the same settings: a reset makes everything anew.
    let mut servers: Vec<Server<V>> = Vec::new();
    for path in &cases {
        let mut case = read(path);
        let known = servers.iter().position(|(settings, _)| *settings == case.settings);
        if known.is_none() {
            let builder = builder::<V>(&case.settings, log_of(&case.settings).as_ref());
            servers.push((case.settings.clone(), Api::beside(builder, others.to_vec())));
        }
        let server = known.map_or_else(|| servers.last(), |place| servers.get(place));
        let (_, api) = server.expect("a server for every case");
        api.engine().reset().await.expect("a reset");
        let (reply, base) = play(api, &case).await;
        let Err(fault) = compare(&case.response, &reply, &base) else { continue };
        if update {
            case.response = record(&case.response, &reply, &base);
            let text = serde_json::to_string_pretty(&case).expect("a case") + "\n";
            std::fs::write(path, text).expect("a writable case");
        } else {
            faults.push(format!("{} ({}):\n{fault}", path.display(), case.about));
        }
    }
    assert!(faults.is_empty(), "{} of {} differ\n{}", faults.len(), cases.len(), faults.join("\n"));
    eprintln!("{}: {} golden cases", V::NAME, cases.len());
    (cases.len(), servers)
}

/// Returns the operations of a vendor that have no golden case.
pub fn uncovered<V: Vendor>(fixtures: &Path) -> BTreeSet<&'static str> {
    let covered: BTreeSet<String> = cases(&fixtures.join(V::NAME))
        .iter()
        .filter_map(|path| path.parent()?.file_name()?.to_str().map(str::to_owned))
        .collect();
    let operations = V::ENDPOINTS.iter().map(|endpoint| endpoint.operation);
    operations.filter(|operation| !covered.contains(*operation)).collect()
}

/// Compares the uncovered operations with the checked-in list `<vendor>/uncovered.txt`.
///
/// # Panics
/// When they differ: a new route needs a golden case, or a line in that list.
pub fn check_coverage<V: Vendor>(fixtures: &Path) {
    let list = fixtures.join(V::NAME).join("uncovered.txt");
    let listed = std::fs::read_to_string(&list).unwrap_or_default();
    let listed: BTreeSet<&str> = listed.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(uncovered::<V>(fixtures), listed, "{} is not up to date", list.display());
}

pub(crate) fn cases(vendor: &Path) -> Vec<PathBuf> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        let entries =
            std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths
    };
    // Beside the operations there is a recorded log.
    let folders = list(vendor).into_iter().filter(|path| path.is_dir() && !path.ends_with("log"));
    folders.flat_map(|folder| list(&folder)).collect()
}

fn builder<V: Vendor>(settings: &Value, log: Option<&Simulated>) -> Builder<V> {
    let builder = Builder::<V>::default().seed(7).frozen_clock().settings(settings.clone());
    match log {
        Some(log) => {
            let log: Arc<dyn Log> = Arc::new(log.member(0));
            builder.log(log)
        }
        None => builder,
    }
}

async fn play<V: Vendor>(api: &Api<V>, case: &Case) -> (Reply, String) {
    for step in &case.before {
        match step {
            Step::Advance(seconds) => api.advance(Duration::seconds_f64(*seconds)).await,
            Step::Control(control) => {
                api.demo().control(control.clone()).expect("a control that is done");
            }
            Step::Request(request) => {
                let reply = send(api, request).await;
                assert!((200..300).contains(&reply.status), "{}: {reply:?}", case.about);
            }
        }
    }
    (send(api, &case.request).await, api.url())
}

async fn send<V: Vendor>(api: &Api<V>, request: &Request) -> Reply {
    let mut headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = match (&request.json, &request.body) {
        (Some(json), _) => {
            if !request.headers.contains_key("content-type") {
                headers.push(("content-type", "application/json"));
            }
            json.get().to_owned()
        }
        (None, body) => body.clone().unwrap_or_default(),
    };
    api.request(&request.method, &request.path, &headers, body).await
}

fn compare(expected: &Response, reply: &Reply, base: &str) -> Result<(), String> {
    let mut faults = Vec::new();
    let mut same = |what: &str, wanted: &str, found: &str| {
        if wanted != found {
            faults.push(format!("  {what}\n    wanted {wanted}\n    found  {found}"));
        }
    };
    same("status", &expected.status.to_string(), &reply.status.to_string());
    for (name, wanted) in &expected.headers {
        let found = reply.headers.get(name).map(|_| reply.header(name).replace(base, "{base}"));
        let shown = |value: Option<&str>| value.map_or("(none)".to_owned(), str::to_owned);
        same(&format!("header {name}"), &shown(wanted.as_deref()), &shown(found.as_deref()));
    }
    let found = || String::from_utf8_lossy(&reply.body).replace(base, "{base}");
    if let Some(json) = &expected.json {
        same("json", &compact(json.get()), &compact(&found()));
    }
    if let Some(body) = &expected.body {
        same("body", body, &found());
    }
    if let Some(bytes) = expected.bytes {
        same("bytes", &bytes.to_string(), &reply.body.len().to_string());
    }
    if expected.json.is_none() && expected.body.is_none() && expected.bytes.is_none() {
        same("body (none is given)", "", &found());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn record(expected: &Response, reply: &Reply, base: &str) -> Response {
    let headers = expected.headers.keys().map(|name| {
        let found = reply.headers.get(name).map(|_| reply.header(name).replace(base, "{base}"));
        (name.clone(), found)
    });
    let text = String::from_utf8(reply.body.clone()).ok().map(|text| text.replace(base, "{base}"));
    let json =
        text.as_ref().and_then(|text| RawValue::from_string(text.trim_end().to_owned()).ok());
    let is_json = json.is_some();
    Response {
        status: reply.status,
        headers: headers.collect(),
        json,
        bytes: text.is_none().then_some(reply.body.len()),
        body: text.filter(|_| !is_json),
    }
}

/// Takes the blanks out of a JSON text, but for those within its strings.
fn compact(json: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let keep = |c: &char| {
        let blank = !inside && c.is_ascii_whitespace();
        match c {
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = inside && *c == '\\' && !escaped;
        !blank
    };
    json.chars().filter(keep).collect()
}
