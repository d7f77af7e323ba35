//! Which events a call sends, and when.

use ringback_impactpbx::ImpactPbx;
use serde_json::{Value, json};
use time::{Duration, macros::datetime};

use crate::{actions, events, events_by_call, listed, trigger, unserved, wire};

/// Plays a call at a moment and returns the bodies of its events, with its identifiers as given.
fn bodies(generation: &str, at: time::OffsetDateTime, call: Value, ids: [&str; 2]) -> Vec<String> {
    let settings = json!({ "generation": generation });
    let pbx =
        ImpactPbx::builder().seed(7).frozen_at(at).settings(settings).build().expect("settings");
    pbx.demo().control(call).expect("a call is placed");
    pbx.advance(Duration::minutes(10));
    let record = listed(&pbx).remove(0);
    let [uuid, recording] = ids;
    let own = [("uuid", uuid), ("recording", recording)];
    let given = |body: String| {
        own.iter().fold(body, |body, (name, id)| body.replace(record[*name].as_str().unwrap(), id))
    };
    events(&pbx).into_iter().map(|event| given(event.body)).collect()
}

#[test]
fn the_answered_call_of_the_document_is_told_to_the_byte() {
    let call = json!({
        "do": "trigger", "from": "35725262136", "to": "35799123457",
        "behaviour": { "outcome": "answer", "setup": 3, "ring": 4, "talk": 176 },
    });
    let ids = ["5f0d7c52-8a61-4b0e-9c55-1d2f8a7be901", "c1e86a0b-2f47-4d19-8b3c-70a9e5d4f612"];
    let told = bodies("ringback", datetime!(2026-03-04 09:15:20 UTC), call, ids);
    assert_eq!(
        told,
        [
            r#"{"uuid":"5f0d7c52-8a61-4b0e-9c55-1d2f8a7be901","domain_name":"mockpbx.impactpbx.com","caller_name":"","caller_number":35725262136,"destination_number":35799123457,"direction":"outbound","call_start":"2026-03-04T09:15:20.000Z","click_to_call":false,"click_to_call_data":"","action":"ORIGINATE"}"#,
            r#"{"uuid":"5f0d7c52-8a61-4b0e-9c55-1d2f8a7be901","domain_name":"mockpbx.impactpbx.com","caller_name":"","caller_number":35725262136,"destination_number":35799123457,"direction":"outbound","call_start":"2026-03-04T09:15:20.000Z","ring_start":"2026-03-04T09:15:23.000Z","click_to_call":false,"click_to_call_data":"","action":"RING"}"#,
            r#"{"uuid":"5f0d7c52-8a61-4b0e-9c55-1d2f8a7be901","domain_name":"mockpbx.impactpbx.com","caller_name":"","caller_number":35725262136,"destination_number":35799123457,"direction":"outbound","call_start":"2026-03-04T09:15:20.000Z","ring_start":"2026-03-04T09:15:23.000Z","answer_start":"2026-03-04T09:15:27.000Z","click_to_call":false,"click_to_call_data":"","action":"ANSWERED"}"#,
            r#"{"uuid":"5f0d7c52-8a61-4b0e-9c55-1d2f8a7be901","domain_name":"mockpbx.impactpbx.com","caller_name":"","caller_number":35725262136,"destination_number":35799123457,"direction":"outbound","call_start":"2026-03-04T09:15:20.000Z","ring_start":"2026-03-04T09:15:23.000Z","answer_start":"2026-03-04T09:15:27.000Z","call_end":"2026-03-04T09:18:23.000Z","duration":183,"recording":"c1e86a0b-2f47-4d19-8b3c-70a9e5d4f612","click_to_call":false,"click_to_call_data":"","action":"HANGUP"}"#,
        ]
    );
}

#[test]
fn the_unanswered_call_of_the_document_is_told_to_the_byte() {
    let call = json!({
        "do": "trigger", "from": "35725262136", "to": "35799123459",
        "behaviour": { "outcome": "cancel", "setup": 2, "ring": 9 },
    });
    let ids = ["e2b94d07-6c1f-4a83-b5e0-93f7d1a80c24", "90d3b7fe-51c2-4e6a-a7d8-4b1f02c69e35"];
    let told = bodies("2021", datetime!(2026-03-04 09:21:05 UTC), call, ids);
    assert_eq!(told.len(), 3);
    assert_eq!(
        told[0],
        r#"{"uuid":"e2b94d07-6c1f-4a83-b5e0-93f7d1a80c24","domain_name":"mockpbx.impactpbx.com","caller_name":"","caller_number":35725262136,"destination_number":35799123459,"direction":"outbound","call_start":"2026-03-04T09:21:05.000Z","ring_start":null,"answer_start":null,"call_end":null,"duration":null,"recording":"90d3b7fe-51c2-4e6a-a7d8-4b1f02c69e35","click_to_call":false,"click_to_call_data":"","action":"ORIGINATE"}"#
    );
    assert_eq!(
        told[2],
        r#"{"uuid":"e2b94d07-6c1f-4a83-b5e0-93f7d1a80c24","domain_name":"mockpbx.impactpbx.com","caller_name":"","caller_number":35725262136,"destination_number":35799123459,"direction":"outbound","call_start":"2026-03-04T09:21:05.000Z","ring_start":"2026-03-04T09:21:07.000Z","answer_start":null,"call_end":"2026-03-04T09:21:16.000Z","duration":11,"recording":"90d3b7fe-51c2-4e6a-a7d8-4b1f02c69e35","click_to_call":false,"click_to_call_data":"","action":"HANGUP"}"#
    );
}

/// The pauses of many calls, in milliseconds: to `RING`, to what follows it, and the talks.
fn pauses(settings: Value) -> [Vec<i64>; 3] {
    let pbx = unserved(settings);
    for _ in 0..500 {
        trigger(&pbx);
        pbx.advance(Duration::milliseconds(97_531));
    }
    let mut pauses = [const { Vec::new() }; 3];
    for call in events_by_call(&pbx) {
        wire::check_events(&call);
        let last = call.last().unwrap();
        let at = |name: &str| wire::moment(&last[name]);
        let [start, ring, answer, end] =
            ["call_start", "ring_start", "answer_start", "call_end"].map(at);
        let mut note = |place: usize, from: Option<_>, to: Option<_>| {
            if let (Some(from), Some(to)) = (from, to) {
                let pause: Duration = to - from;
                pauses[place].push(i64::try_from(pause.whole_milliseconds()).unwrap());
            }
        };
        note(0, start, ring);
        note(1, ring, answer.or(end));
        note(2, answer, end);
    }
    pauses
}

fn range(pauses: &[i64]) -> (i64, i64) {
    (*pauses.iter().min().unwrap(), *pauses.iter().max().unwrap())
}

#[test]
fn calls_of_ours_take_whole_seconds() {
    let pauses = pauses(json!({}));
    assert!(pauses.iter().flatten().all(|pause| pause % 1_000 == 0));
    assert_eq!(
        pauses.map(|pauses| range(&pauses)),
        [(1_000, 3_000), (1_000, 10_000), (1_000, 20_000)]
    );
}

#[test]
fn calls_of_2021_take_as_long_as_the_original_s() {
    let [to_ring, to_answer, talks] =
        pauses(json!({ "generation": "2021" })).map(|all| range(&all));
    assert!(to_ring.0 >= 300 && to_ring.0 < 500 && to_ring.1 <= 3_299 && to_ring.1 > 3_100);
    assert!(
        to_answer.0 >= 1_000
            && to_answer.0 < 1_500
            && to_answer.1 <= 10_999
            && to_answer.1 > 10_500
    );
    assert!(talks.0 >= 1_000 && talks.0 < 2_000 && talks.1 <= 20_999 && talks.1 > 20_000);
}

#[test]
fn events_are_sent_at_the_moments_they_tell_of() {
    for generation in ["ringback", "2021"] {
        let pbx = unserved(json!({ "generation": generation }));
        for _ in 0..50 {
            trigger(&pbx);
            pbx.advance(Duration::milliseconds(7_123));
        }
        for event in events(&pbx) {
            let body: Value = serde_json::from_str(&event.body).unwrap();
            let name = match event.event.as_str() {
                "ORIGINATE" => "call_start",
                "RING" => "ring_start",
                "ANSWERED" => "answer_start",
                _ => "call_end",
            };
            assert_eq!(wire::moment(&body[name]), Some(event.created_at), "{body}");
        }
    }
}

#[test]
fn all_events_of_2020_are_sent_at_once_and_tell_of_later() {
    let pbx = unserved(json!({ "generation": "2020", "unfinished": {} }));
    pbx.advance(Duration::milliseconds(12_345));
    trigger(&pbx);
    trigger(&pbx);
    let now = pbx.clock().now();
    assert!(events(&pbx).iter().all(|event| event.created_at == now));
    let calls = events_by_call(&pbx);
    for call in &calls {
        wire::check_events(call);
        assert_eq!(actions(call), ["ORIGINATE", "RING", "ANSWERED", "HANGUP"]);
        assert!(call[3]["call_end"].as_str().unwrap().ends_with(".000Z"));
    }
    // The process began at nine; the second call is an hour after the first one, which is listed.
    let starts: Vec<_> = calls.iter().map(|call| call[0]["call_start"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2026-01-05T09:00:00.000Z", "2026-01-05T10:00:00.000Z"]);
    let content_type = events(&pbx)[0].headers[0].clone();
    assert_eq!(content_type, ("Content-Type".into(), "application/json;charset=utf-8".into()));
}

#[test]
fn a_call_of_2020_that_stops_early_delays_the_next_one_by_its_length() {
    let pbx = unserved(json!({ "generation": "2020" }));
    let stopped = json!({ "do": "trigger", "stops_after": "RING" });
    let stopped = pbx.demo().control(stopped).unwrap();
    let finished = pbx.demo().control(json!({ "do": "trigger" })).unwrap();
    assert_eq!(stopped["call"]["ended_at"], finished["call"]["created_at"]);
    assert_eq!(listed(&pbx).len(), 1);
    assert_eq!(actions(&events_by_call(&pbx)[0]), ["ORIGINATE", "RING"]);
}

#[test]
fn in_a_burst_nothing_takes_any_time() {
    for generation in ["ringback", "2021"] {
        let pbx =
            unserved(json!({ "generation": generation, "pacing": "burst", "unfinished": {} }));
        trigger(&pbx);
        assert_eq!(listed(&pbx)[0]["duration"], 0);
        let call = &events_by_call(&pbx)[0];
        wire::check_events(call);
        assert_eq!(*actions(call).last().unwrap(), "HANGUP");
    }
}

#[test]
fn a_call_that_never_rings_is_told_without_a_ring_and_ends_as_if_it_had_rung_at_once() {
    for generation in ["ringback", "2021"] {
        let pbx = unserved(json!({ "generation": generation }));
        pbx.demo()
            .control(json!({ "do": "dial", "from": "35725262136", "to": "35722599486" }))
            .unwrap();
        pbx.advance(Duration::SECOND);
        let call = &events_by_call(&pbx)[0];
        wire::check_events(call);
        assert_eq!(actions(call), ["ORIGINATE", "HANGUP"]);
        assert_eq!(call[1]["ring_start"], call[1]["call_start"]);
        assert!(call[1]["answer_start"].is_null());
    }
}

/// field report, P1: the record is complete at its end, whatever the preset and however it ended.
#[test]
fn the_hangup_of_every_call_is_its_row_to_the_byte_and_earlier_events_leave_out_what_is_unknown() {
    let outcomes = ["answer", "no_answer", "busy", "reject", "cancel"].map(|word| json!(word));
    let outcomes = outcomes.into_iter().chain([json!({ "fail": "UNALLOCATED_NUMBER" })]);
    let outcomes: Vec<Value> = outcomes.collect();
    for generation in ["ringback", "2020", "2021"] {
        for pacing in ["realtime", "burst"] {
            let pbx = unserved(json!({ "generation": generation, "pacing": pacing }));
            for outcome in &outcomes {
                let behaviour = json!({ "outcome": outcome, "ring": 5 });
                let call = json!({ "do": "trigger", "behaviour": behaviour });
                pbx.demo().control(call).unwrap_or_else(|error| panic!("{outcome}: {error}"));
                pbx.advance(Duration::seconds(90));
            }
            let list = pbx.demo().read(|pbx| pbx.page().into_body()).unwrap();
            let list = String::from_utf8(list).unwrap();
            let told = events(&pbx);
            let hangups = told.iter().filter(|event| event.event == "HANGUP");
            assert_eq!(hangups.clone().count(), outcomes.len(), "{generation}, {pacing}");
            for hangup in hangups {
                assert!(list.contains(&hangup.body), "{generation}, {pacing}: {}", hangup.body);
                assert!(hangup.body.contains("\"answer_start\":"), "{}", hangup.body);
            }
            for event in told.iter().filter(|event| event.event != "HANGUP") {
                let says_null = event.body.contains("null");
                assert_eq!(says_null, generation == "2021", "{}", event.body);
            }
        }
    }
}
