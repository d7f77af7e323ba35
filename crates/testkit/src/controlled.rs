//! Requests to the control API as fuzz targets make them, several in a row, asked of a port without a
//! socket and held against the API's own document.
//!
//! Requests are written as in [`crate::fuzzed`], with a line `%%` between them. Those of an input are asked
//! of fresh instances: what is found is found again with the same file alone.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{
    App,
    body::{BoxBody, MessageBody as _},
    dev::{Service as _, ServiceResponse},
    rt::{System, SystemRunner},
    test::{TestRequest, init_service},
};
use jsonschema::Validator;
use ringback_engine::{OffsetDateTime, Start};
use ringback_mock::{
    Builder, FROZEN_AT, Mount, Options, SnapshotPart, Vendor,
    admin::CONTROL,
    serve::{Setup, answers},
};
use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use tokio::time::timeout;

use crate::{fuzzed, generated::Request, openapi::Described};

/// The most requests of one input.
const MOST: usize = 12;

/// How long an answer may take, of which the most come in a millisecond: some wait for what nobody does here,
/// and streams do not end.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long more is waited for of a stream.
const REST: Duration = Duration::from_millis(5);

/// The most of an answer that is read, in bytes.
const READ: usize = 4 << 20;

/// How long a request waits for something at most, in seconds.
const SHORT: f64 = 0.05;

/// The longest that a clock is set forward, in seconds: a machine whose traffic is heavy does a lot in a day.
const JUMP: f64 = 172_800.0;

/// What is on the bench and is changed by no refused request.
const BENCH: [&str; 6] =
    ["mappings", "scenarios", "settings", "inboxes", "snapshots", "chaos?account=*"];

type Ask = dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

/// A port, and how it is asked.
struct Served {
    mounts: Vec<Arc<dyn Mount>>,
    ask: Rc<Ask>,
}

/// An answer.
struct Answer {
    status: u16,
    media_type: String,
    allow: String,
    /// None if it is a stream.
    body: Option<Vec<u8>>,
}

/// What a refused request must not change.
#[derive(PartialEq)]
struct State {
    worlds: Vec<SnapshotPart>,
    bench: Vec<Vec<u8>>,
}

struct Tester {
    system: SystemRunner,
    served: Option<Served>,
    document: Described,
    /// What answers look like: by template, method and status.
    validators: BTreeMap<(String, String, u16), Option<Validator>>,
}

thread_local! {
    /// One for a test. Never dropped: a system has to end before its thread does.
    static TESTER: RefCell<Option<ManuallyDrop<Tester>>> = const { RefCell::new(None) };
}

impl Served {
    fn new(system: &SystemRunner, mounts: Vec<Arc<dyn Mount>>, is_hub: bool) -> Self {
        let contents = answers(mounts.clone(), is_hub, Setup::default());
        let app = Rc::new(system.block_on(init_service(App::new().configure(contents))));
        let ask: Rc<Ask> = Rc::new(move |request| {
            let app = Rc::clone(&app);
            Box::pin(async move { app.call(request.to_request()).await.expect("an answer") })
        });
        Self { mounts, ask }
    }

    /// Asks; `None` if the answer takes its time.
    async fn answer(&self, request: TestRequest) -> Option<Answer> {
        let answered = timeout(PATIENCE, (self.ask)(request)).await.ok()?;
        let status = answered.status().as_u16();
        let header = |name: &str| {
            let value = answered.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let media_type = header("content-type").split(';').next().unwrap_or_default().to_owned();
        let allow = header("allow");
        let body = match answered.into_body().try_into_bytes() {
            Ok(bytes) => Some(bytes.to_vec()),
            Err(stream) => {
                let read = actix_web::body::to_bytes_limited(stream, READ);
                let read = timeout(REST, read).await.ok().and_then(Result::ok);
                read.and_then(Result::ok).map(|bytes| bytes.to_vec())
            }
        };
        Some(Answer { status, media_type, allow, body })
    }

    async fn state(&self) -> State {
        let part = |mount: &Arc<dyn Mount>| mount.take_part(None).expect("a snapshot");
        let worlds = self.mounts.iter().map(part).collect();
        let mut bench = Vec::new();
        for path in BENCH {
            let request = TestRequest::get().uri(&format!("/__admin/{path}"));
            let request = request.insert_header(("host", "localhost"));
            let answer = self.answer(request).await;
            bench.extend(answer.and_then(|answer| answer.body));
        }
        State { worlds, bench }
    }

    fn is_frozen(&self) -> bool {
        self.mounts.iter().all(|mount| mount.clock().state().frozen)
    }

    /// Returns the path as the document has it, if it is one of the control API.
    fn described(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix("/__admin")?;
        let rest = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
        let rest = rest.trim_end_matches('/');
        let (first, behind) = rest.split_once('/').unwrap_or((rest, ""));
        let rest =
            if self.mounts.iter().any(|mount| mount.name() == first) { behind } else { rest };
        Some(format!("/__admin/{rest}").trim_end_matches('/').to_owned())
    }
}

impl Answer {
    /// Returns its JSON, if it says that it is some.
    fn json(&self) -> Option<Value> {
        let body = self.body.as_ref().filter(|_| self.media_type.ends_with("json"))?;
        match self.media_type.as_str() {
            "application/x-ndjson" => {
                let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                let lines = lines.map(serde_json::from_slice::<Value>);
                Some(lines.collect::<Result<_, _>>().expect("lines of JSON"))
            }
            _ => Some(serde_json::from_slice(body).expect("JSON")),
        }
    }
}

impl Tester {
    fn new() -> Self {
        let document = Described(serde_json::from_str(CONTROL).expect("a document"));
        Self { system: System::new(), served: None, document, validators: BTreeMap::new() }
    }

    /// Compares an answer with what the document says of it.
    fn check(&mut self, served: &Served, request: &Request, answer: &Answer) {
        let Some(path) = served.described(&request.path) else { return };
        if path.starts_with("/__admin/docs") || path.starts_with("/__admin/openapi") {
            return;
        }
        let method = match request.method.as_str() {
            "HEAD" => "GET",
            method => method,
        };
        let json = answer.json();
        if matches!(answer.status, 404 | 405) || self.document.operation(method, &path).is_none() {
            let problem = json.unwrap_or_default();
            assert!(answer.status >= 400, "{method} {path} is not described");
            assert!(
                answer.media_type.ends_with("json"),
                "{method} {path}: {} {}",
                answer.status,
                answer.media_type
            );
            if answer.status == 405 {
                assert!(answer.allow.split(", ").all(|known| known != method), "{}", answer.allow);
                assert!(!answer.allow.is_empty(), "{method} {path}: {problem}");
            }
            return;
        }
        let (template, operation) = self.document.operation(method, &path).expect("it is there");
        let key = (template.to_owned(), method.to_owned(), answer.status);
        let shown = || format!("{method} {path} {}", answer.status);
        let responses = operation.get("responses");
        let response = responses.and_then(|all| all.get(answer.status.to_string()));
        let response = response.unwrap_or_else(|| panic!("{} is not described", shown()));
        let Some(json) = json else { return };
        let content = self.document.resolved(response).get("content");
        let content = content.and_then(|all| all.get(&answer.media_type));
        let content =
            content.unwrap_or_else(|| panic!("{}: {} is not", shown(), answer.media_type));
        let schema = content.get("schema").filter(|_| answer.media_type != "application/x-ndjson");
        let document = &self.document;
        let validator = self
            .validators
            .entry(key)
            .or_insert_with(|| schema.map(|schema| document.validator(schema).expect("a schema")));
        if let Some(error) = validator.as_ref().and_then(|known| known.iter_errors(&json).next()) {
            panic!("{}: {}: {error}: {json}", shown(), error.instance_path());
        }
    }

    /// Asks all requests in their order; returns whether any may have changed something.
    fn play(&mut self, served: &Served, requests: Vec<Request>) -> bool {
        let (mut changed, mut is_late, mut state) = (false, false, None);
        for request in requests {
            let Some(asked) = fuzzed::asked(request.clone()) else { continue };
            let Request { method, path, .. } = &request;
            let reads = ["GET", "HEAD", "OPTIONS"].contains(&method.as_str());
            let is_control = is_control(path);
            let is_watched = is_control && !reads && !is_late && served.is_frozen();
            let before = is_watched
                .then(|| state.take().unwrap_or_else(|| self.system.block_on(served.state())));
            if !is_control || !reads {
                (changed, state) = (true, None);
            }
            let Some(answer) = self.system.block_on(served.answer(asked)) else {
                // What it does goes on, perhaps, while others are asked.
                is_late = true;
                continue;
            };
            let (status, body) = (answer.status, answer.body.as_deref().unwrap_or_default());
            let text = || String::from_utf8_lossy(body);
            assert!((100..500).contains(&status), "{method} {path}: {status}: {}", text());
            self.check(served, &request, &answer);
            // A jump that takes too long has come as far as it has.
            let is_stopped = status == 408 && path.contains("/clock");
            if let Some(before) = before.filter(|_| status >= 400 && !is_stopped) {
                let after = self.system.block_on(served.state());
                let refused = || format!("{method} {path} is answered {status}: {}", text());
                assert!(after.worlds == before.worlds, "a world has changed: {}", refused());
                assert!(after.bench == before.bench, "the bench has changed: {}", refused());
                state = Some(before);
            }
        }
        changed
    }
}

/// Returns whether a path is one of the control API.
fn is_control(path: &str) -> bool {
    path.strip_prefix("/__admin").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Reads the requests of an input, leaving out what would take long.
fn read(input: &[u8]) -> Vec<Request> {
    let mut requests = Vec::new();
    let mut rest = input;
    while requests.len() < MOST && !rest.is_empty() {
        let end = rest.windows(4).position(|four| four == b"\n%%\n");
        let (one, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind.get(4..).unwrap_or_default();
        requests.extend(fuzzed::read(one).and_then(bounded));
    }
    requests
}

/// Makes the request one that is answered soon; `None` if that cannot be.
fn bounded(mut request: Request) -> Option<Request> {
    if request.headers.iter().all(|(name, _)| name != "host") {
        request.set("host", "localhost");
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_slice::<Value>(&request.body) else {
        return Some(request);
    };
    if request.path.contains("/clock") && is_far(&fields) {
        return None;
    }
    let is_long =
        |length: &Value| length.as_f64().is_some_and(|length| (SHORT..=600.0).contains(&length));
    let waits = [("/wait", "timeout"), ("/advance", "timeout"), ("/advance", "settle_timeout")];
    for (_, name) in waits.iter().filter(|(path, _)| request.path.contains(path)) {
        if fields.get(*name).is_none_or(is_long) {
            fields.insert((*name).to_owned(), SHORT.into());
            request.body = Value::Object(fields.clone()).to_string().into_bytes();
        }
    }
    Some(request)
}

/// Returns whether a clock is set to more than some days from the beginning: that takes as long as it takes.
fn is_far(fields: &Map<String, Value>) -> bool {
    let text = fields.get("at").and_then(Value::as_str);
    let at = text.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    at.is_some_and(|at| (at - FROZEN_AT).as_seconds_f64() > JUMP)
}

/// Returns what instances are made with: nothing is sent to anybody.
pub fn options() -> Options {
    Options {
        seed: 7,
        start: Start::Frozen(FROZEN_AT),
        sends_webhooks: false,
        ..Options::default()
    }
}

/// Asks what an input says of the port of a vendor.
///
/// # Panics
/// As [`ask`].
pub fn port<V: Vendor>(input: &[u8]) {
    ask(input, false, || {
        vec![Arc::new(Builder::<V>::from(options()).build().expect("an instance"))]
    });
}

/// Asks what an input says of a port of instances, or of a hub, whose clocks stand at the beginning.
///
/// # Panics
/// When one is answered with a 5xx or otherwise than the document says, or when one is refused and has
/// changed a world or what is on the bench.
pub fn ask(input: &[u8], is_hub: bool, mounts: fn() -> Vec<Arc<dyn Mount>>) {
    let requests = read(input);
    if requests.is_empty() {
        return;
    }
    TESTER.with_borrow_mut(|tester| {
        let tester = tester.get_or_insert_with(|| ManuallyDrop::new(Tester::new()));
        let served = tester.served.take();
        let served = served.unwrap_or_else(|| Served::new(&tester.system, mounts(), is_hub));
        let changed = tester.play(&served, requests);
        tester.served = (!changed).then_some(served);
    });
}
