//! What is logged of requests. A binary of its own: the logger is the process's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

// Only a part of it is needed here.
#[path = "it/bell.rs"]
mod bell;

use std::collections::BTreeMap;
use std::sync::Mutex;

use log::{
    LevelFilter, Log, Metadata, Record,
    kv::{Error, Key, Value, VisitSource},
};
use ringback_mock::request_log::TARGET;
use ringback_testkit::Api;

use bell::Bell;

/// Keeps what is logged of requests: the line, and its fields.
struct Kept(Mutex<Vec<(String, Fields)>>);

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl VisitSource<'_> for Fields {
    fn visit_pair(&mut self, key: Key<'_>, value: Value<'_>) -> Result<(), Error> {
        self.0.insert(key.to_string(), value.to_string());
        Ok(())
    }
}

static KEPT: Kept = Kept(Mutex::new(Vec::new()));

impl Log for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET && metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut fields = Fields::default();
            record.key_values().visit(&mut fields).unwrap();
            self.0.lock().unwrap().push((record.args().to_string(), fields));
        }
    }

    fn flush(&self) {}
}

/// Sends a request and returns what is logged of it.
async fn logged(api: &Api<Bell>, method: &str, path: &str, body: &str) -> Vec<(String, Fields)> {
    let headers = [("content-type", "application/json"), ("authorization", "Bearer hidden")];
    api.request(method, path, &headers, body).await;
    std::mem::take(&mut KEPT.0.lock().unwrap())
}

/// Returns a line without how long it took.
fn timeless(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let is_time = word.strip_suffix("ms").is_some_and(|time| time.parse::<f64>().is_ok());
        if is_time { "TIME" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[actix_web::test]
async fn each_request_is_one_line_that_says_what_it_was_about_and_why_it_was_refused() {
    log::set_logger(&KEPT).unwrap();
    let api = Api::of(Bell::builder());
    log::set_max_level(LevelFilter::Warn);
    assert!(logged(&api, "GET", "/bell/rung", "").await.is_empty());

    log::set_max_level(LevelFilter::Info);
    for (method, path, body, line) in [
        ("GET", "/bell/rung", "", "bell rung GET /bell/rung 200 TIME #2"),
        (
            "POST",
            "/bell/ring?to=79991234567&token=abc",
            "{\"lane\":1,\"phone\":\"0912\",\"call_id\":5,\"password\":\"x\"}",
            "bell ring POST /bell/ring?to=79991234567&token=*** to=79991234567 phone=0912 call_id=5 \
             200 TIME #3",
        ),
        (
            "POST",
            "/bell/ring",
            "{\"lane\":13}",
            "bell ring POST /bell/ring 409 TIME #4 refused: not on lane 13",
        ),
        ("POST", "/bell/ring", "{", "bell ring POST /bell/ring 400 TIME #5 refused: bell: no ring"),
        ("GET", "/nowhere", "", "bell - GET /nowhere 404 TIME #6 refused: no such path"),
        (
            "DELETE",
            "/bell/ring",
            "",
            "bell - DELETE /bell/ring 405 TIME #7 refused: no such method; there are POST",
        ),
    ] {
        let logged = logged(&api, method, path, body).await;
        assert_eq!(logged.iter().map(|(line, _)| timeless(line)).collect::<Vec<_>>(), [line]);
    }
    let long = "x".repeat(1_001);
    let [(line, fields)] = logged(&api, "POST", "/bell/ring", &long).await.try_into().ok().unwrap();
    assert!(line.ends_with("#8 refused: the body is too long"), "{line}");
    let fields = fields.0;
    for (name, value) in [
        ("vendor", "bell"),
        ("operation", "ring"),
        ("method", "POST"),
        ("path", "/bell/ring"),
        ("status", "413"),
        ("request", "8"),
        ("refused", "the body is too long"),
    ] {
        assert_eq!(fields[name], value);
    }
    assert!(fields["ms"].parse::<f64>().unwrap() > 0.0);
    assert!(!fields.contains_key("request_body"));

    log::set_max_level(LevelFilter::Debug);
    let body = "{\"lane\": 1,\n\"secret\": \"x\"}";
    let [(line, fields)] = logged(&api, "POST", "/bell/ring", body).await.try_into().ok().unwrap();
    let lines = [
        "bell ring POST /bell/ring 200 TIME #9",
        "    > {\"lane\": 1,\\n\"secret\": \"***\"}",
        "    < {\"rung\":2}",
    ];
    assert_eq!(
        timeless(&line).replace("#9\n", "#9 \n").lines().map(str::trim_end).collect::<Vec<_>>(),
        lines
    );
    assert_eq!(fields.0["response_body"], "{\"rung\":2}");
    assert!(!line.contains("hidden"));
}
