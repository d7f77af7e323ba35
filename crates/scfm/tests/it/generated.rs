//! Twenty thousand generated requests: none is answered with a 5xx, none leaves an error in the log.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use ringback_mock::Vendor as _;
use ringback_scfm::{Platform, Scfm};
use time::Duration;

use crate::empty;

static ERRORS: AtomicUsize = AtomicUsize::new(0);

struct Errors;

impl log::Log for Errors {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() == log::Level::Error
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            eprintln!("error in the log: {}", record.args());
            ERRORS.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn flush(&self) {}
}

fn path() -> impl Strategy<Value = String> {
    let paths: Vec<&'static str> = Scfm::ENDPOINTS
        .iter()
        .map(|endpoint| endpoint.path)
        .filter(|path| path.len() > 1 && !path.contains("spelling"))
        .collect();
    let ids = prop_oneof![
        8 => (0u32..12).prop_map(|id| id.to_string()),
        1 => prop::sample::select(vec!["x", "1abc", "99999999999999999999", "-1", "%ff", "4294967296"])
            .prop_map(str::to_owned),
    ];
    let ends = prop_oneof![9 => Just(""), 1 => prop::sample::select(vec!["/", ".json", ".xml", ".", "//"])];
    (prop::sample::select(paths), ids, ends)
        .prop_map(|(path, id, end)| path.replace("{id}", &id) + end)
}

fn pair() -> impl Strategy<Value = String> {
    let names = vec![
        "msisdn",
        "metadata[district]",
        "metadata[a][b][]",
        "metadata[a][][b]",
        "metadata",
        "event",
        "contact_id",
        "type",
        "parameters[limit]",
        "parameters[remote_request_params][from]",
        "parameters[skip_validate_preview_presence]",
        "contact_filter_params[metadata][district]",
        "contact_filter_params[msisdn]",
        "remote_request_params[from]",
        "remote_request_params[timeout]",
        "remote_request_params[x]",
        "call_flow_logic",
        "metadata_merge_mode",
        "page",
        "per_page",
        "sort",
        "q[status]",
        "q[metadata][district]",
        "q[created_at_before]",
        "q[remote_queue_response][to]",
        "q[details][CallStatus]",
        "q[duration_gt]",
        "q[last_phone_call_attempt]",
        "q[has_phone_calls]",
        "status",
        "CallSid",
        "Direction",
        "From",
        "CallStatus",
        "_method",
        "[]",
        "a[",
        "metadata[sim][outcome]",
        "metadata[sim][capacity]",
        "metadata[sim][retry_delay]",
        "q",
        "parameters[max_per_period]",
        "parameters[max_per_period_hours]",
        "parameters[phone_call_filter_params][status]",
    ];
    let values = vec![
        "85510202101",
        "%2B855+12+220+000",
        "85512299404",
        "85512299200",
        "Kep",
        "start",
        "pause",
        "resume",
        "stop",
        "queue",
        "requeue",
        "queue_remote_fetch",
        "1",
        "2",
        "0",
        "-1",
        "99999999999999999999",
        "1e400",
        "NaN",
        "true",
        "",
        "2026-01-05",
        "2026-01-05+09:00:00",
        "9999-12-31",
        "0000-01-01",
        "BatchOperation::CalloutPopulation",
        "BatchOperation::PhoneCallCreate",
        "BatchOperation::PhoneCallQueue",
        "inbound",
        "outbound-api",
        "ringing",
        "completed",
        "created,failed",
        "merge",
        "deep_merge",
        "%00",
        "%E1%9E%80",
        "%ff",
        "%zz",
        "<b>",
        "busy",
        "put",
        "delete",
        "CallFlowLogic::Application",
        "-id",
    ];
    (prop::sample::select(names), prop::sample::select(values), 0u8..20).prop_map(
        |(name, value, bare)| if bare == 0 { name.to_owned() } else { format!("{name}={value}") },
    )
}

fn pairs(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(pair(), 0..most).prop_map(|pairs| pairs.join("&"))
}

fn body() -> impl Strategy<Value = (&'static str, String)> {
    let json = prop::sample::select(vec![
        r#"{"msisdn":85510202101,"metadata":{"a":[1,null,{"b":1e308}]}}"#,
        r#"{"event":["start"],"metadata":null}"#,
        r#"{"event":"start"}"#,
        r#"{"contact_id":1.5,"remote_request_params":{"from":{"x":[]}}}"#,
        r#"{"contact_id":3,"remote_request_params":{"from":"1294"}}"#,
        r#"{"type":"BatchOperation::PhoneCallQueue","parameters":{"skip_validate_preview_presence":true,"limit":-1,"max_per_period":18446744073709551615,"max_per_period_hours":18446744073709551615}}"#,
        r#"{"type":"BatchOperation::PhoneCallCreate","parameters":{"remote_request_params":{"from":1},"callout_filter_params":{"status":["x"]},"skip_validate_preview_presence":"true"}}"#,
        r#"{"contact_filter_params":{"metadata":{"district":[1,2]},"created_at_before":"x"}}"#,
        "[]",
        "{",
        "nul",
        "",
    ]);
    prop_oneof![
        6 => pairs(6).prop_map(|body| ("application/x-www-form-urlencoded", body)),
        2 => json.prop_map(|body| ("application/json", body.to_owned())),
        1 => Just(("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"metadata[a]\"\r\n\r\nb\r\n--x--\r\n".to_owned())),
        1 => Just(("multipart/form-data", "--x".to_owned())),
        1 => pairs(3).prop_map(|body| ("text/plain", body)),
    ]
}

#[actix_web::test]
async fn no_generated_request_is_answered_with_a_failure_of_ours() {
    log::set_logger(&Errors).map(|()| log::set_max_level(log::LevelFilter::Error)).unwrap();
    let methods = prop_oneof![
        5 => Just("GET"), 8 => Just("POST"), 2 => Just("PUT"), 1 => Just("PATCH"), 1 => Just("DELETE"),
        1 => Just("HEAD"), 1 => Just("OPTIONS"),
    ];
    let request = (methods, path(), pairs(4), body(), 0u32..400);
    let mut runner = TestRunner::deterministic();
    let api = empty();
    let mut statuses = std::collections::BTreeMap::new();
    for number in 0..20_000 {
        let drawn = request.new_tree(&mut runner).unwrap().current();
        let (method, path, query, (content_type, body), millis) = drawn;
        // The client refuses to send what is no address; the server never sees it.
        let path = format!("{path}?{query}").replace(['<', '>', '"'], "x");
        let reply =
            api.request(method, &path, &[("content-type", content_type)], body.clone()).await;
        assert!(reply.status < 500, "{method} {path} {body}: {reply:?}");
        *statuses.entry(reply.status).or_insert(0u32) += 1;
        if number % 20 == 0 {
            api.advance(Duration::milliseconds(i64::from(millis) * 50)).await;
        }
        if number % 500 == 0 {
            api.demo().read(Platform::verify).unwrap().unwrap();
        }
    }
    api.demo().read(Platform::verify).unwrap().unwrap();
    assert_eq!(ERRORS.load(Ordering::Relaxed), 0);
    // The requests were not all refused for the same reason.
    for status in [200, 201, 204, 400, 404, 406, 422] {
        assert!(statuses.get(&status).is_some_and(|count| *count > 20), "{statuses:?}");
    }
}
