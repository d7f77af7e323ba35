//! Jumps of the clock: until something happens, until nothing is left, with every webhook attempted.

use std::cell::Cell;

use ringback_testkit::{Api, Receiver, Temper};
use serde_json::{Value, json};

use crate::bell::Bell;

async fn advance(api: &Api<Bell>, body: Value) -> Value {
    let reply = api.post("/__admin/clock/advance", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json
}

#[actix_web::test]
async fn a_jump_stops_at_the_first_event_that_matches() {
    let api = Api::of(Bell::builder());
    let rule = json!({ "to": "1", "outcome": "answer", "ring": 7, "talk": 60 });
    assert_eq!(api.post("/__admin/behaviours", &rule).await.status, 201);
    let call = api.post("/__admin/calls", &json!({ "from": "2", "to": "1" })).await.json;
    let until = json!({ "until": { "event": "leg_answered", "call": call["id"], "leg": 1 } });
    let answered = advance(&api, until).await;
    assert_eq!(
        (&answered["matched"], &answered["to"]),
        (&json!(true), &json!("2026-01-05T09:00:07.000000Z"))
    );
    let call = api.get("/__admin/calls/bell-0-1").await.json;
    assert_eq!((&call["state"], &call["answered_at"]), (&json!("answered"), &answered["to"]));

    let never = json!({ "until": { "event": "dtmf" }, "max": 10 });
    let never = advance(&api, never).await;
    assert_eq!(
        (&never["matched"], &never["to"]),
        (&json!(false), &json!("2026-01-05T09:00:17.000000Z"))
    );
    let idle = advance(&api, json!({ "until": "idle" })).await;
    assert_eq!(idle["matched"], true);
    assert_eq!(idle["to"], "2026-01-05T09:01:07.000000Z", "no further than there is something due");
    assert_eq!(api.get("/__admin/calls").await.json["calls"][0]["state"], "ended");
}

#[actix_web::test]
async fn a_jump_waits_for_the_retries_that_fall_inside_it() {
    let settings = json!({ "retries": [5, 30, 600] });
    let receiver = Receiver::start(Temper::AnswersInTurn(&[500, 503, 200]));
    let api = Api::of(Bell::builder().settings(settings).webhook(receiver.url()));
    api.post("/__admin/control", &json!({ "do": "ring", "lane": 1 })).await;
    let jumped = advance(&api, json!({ "seconds": 60 })).await;
    let delivery = &jumped["deliveries"][0];
    assert_eq!(
        (&delivery["state"], delivery["attempts"].as_array().unwrap().len()),
        (&json!("delivered"), 3)
    );
    assert_eq!((&jumped["unsettled"], receiver.received().len()), (&json!([]), 3));
}

#[actix_web::test]
async fn a_retry_behind_the_jump_waits_for_its_moment() {
    let settings = json!({ "retries": [5, 600] });
    let receiver = Receiver::start(Temper::Answers(500));
    let api = Api::of(Bell::builder().settings(settings).webhook(receiver.url()));
    api.post("/__admin/control", &json!({ "do": "ring", "lane": 1 })).await;
    let jumped = advance(&api, json!({ "seconds": 60 })).await;
    assert_eq!(jumped["deliveries"][0]["state"], "pending");
    assert_eq!((&jumped["unsettled"], receiver.received().len()), (&json!([]), 2));
}

#[actix_web::test]
async fn what_is_still_under_way_after_the_patience_is_told() {
    let receiver = Receiver::start(Temper::Hangs);
    let api = Api::of(Bell::builder().webhook(receiver.url()));
    api.post("/__admin/control", &json!({ "do": "ring", "lane": 1 })).await;
    let jumped = advance(&api, json!({ "seconds": 1, "settle_timeout": 0.05 })).await;
    assert_eq!(jumped["unsettled"][0]["id"], "bell-0-d1");
    let at_once = advance(&api, json!({ "seconds": 1, "settle": false })).await;
    assert_eq!(at_once["unsettled"], json!([]));
}

/// So many calls come by themselves in every hour.
async fn is_busy(api: &Api<Bell>, account: &str, calls_per_hour: u32) {
    for number in 0..20 {
        let path = format!("/__admin/extensions/1{number:02}{account}");
        assert_eq!(api.send("PUT", &path, &json!({})).await.status, 201);
    }
    let traffic = json!({ "calls_per_hour": calls_per_hour });
    let path = format!("/__admin/traffic{account}");
    assert_eq!(api.send("PUT", &path, &traffic).await.status, 200);
}

async fn lets_others_in_and_stops(api: &Api<Bell>, account: &str, body: &Value) {
    let (jumping, answered) = (Cell::new(true), Cell::new(0));
    let jump = async {
        let reply = api.post(&format!("/__admin/clock/advance{account}"), body).await;
        jumping.set(false);
        reply
    };
    let others = async {
        while jumping.get() {
            assert_eq!(api.get("/__admin/calls?limit=1").await.status, 200);
            answered.set(answered.get() + 1);
        }
    };
    let (given_up, ()) = futures_util::future::join(jump, others).await;
    assert_eq!(given_up.status, 408, "{body}: {}", given_up.text());
    assert!(given_up.json["event_count"].as_u64().unwrap() > 0, "{}", given_up.text());
    assert!(answered.get() >= 2, "{account} {body}: {} answers meanwhile", answered.get());
    let clock = api.get(&format!("/__admin/clock{account}")).await.json;
    assert_eq!(clock["now"], given_up.json["to"], "{account} {body}");
}

#[actix_web::test]
async fn a_jump_over_too_much_lets_others_in_and_stops_where_it_is() {
    let api = Api::of(Bell::builder());
    api.send("PUT", "/__admin/accounts/own", &json!({})).await;
    for account in ["?account=own", ""] {
        is_busy(&api, account, 1_000).await;
        for body in [
            json!({ "seconds": 3e9, "timeout": 1.5 }),
            json!({ "until": { "from": "nobody" }, "max": 3e9, "timeout": 1.5 }),
            json!({ "until": "idle", "max": 3e9, "timeout": 1.5 }),
        ] {
            lets_others_in_and_stops(&api, account, &body).await;
        }
    }
}

#[actix_web::test]
async fn a_jump_leg_by_leg_comes_to_the_same_as_one_at_a_time() {
    let (legs, whole) = (Api::of(Bell::builder().seed(7)), Api::of(Bell::builder().seed(7)));
    is_busy(&legs, "", 60).await;
    is_busy(&whole, "", 60).await;
    let three_days = json!({ "to": "2026-01-08T09:00:00Z" });
    let jumped = advance(&legs, three_days).await;
    whole.advance(ringback_engine::Duration::days(3)).await;
    let (one, other) =
        (legs.get("/__admin/calls?limit=1000").await, whole.get("/__admin/calls?limit=1000").await);
    assert!(one.json["total"].as_u64().unwrap() > 3_000, "{}", one.json["total"]);
    assert_eq!(one.json, other.json);
    assert_eq!(jumped["to"], "2026-01-08T09:00:00.000000Z");
}

#[actix_web::test]
async fn over_what_is_idle_a_jump_goes_at_once() {
    let api = Api::of(Bell::builder());
    let set = api.send("PUT", "/__admin/clock", &json!({ "at": "9999-01-01T00:00:00Z" })).await;
    assert_eq!((set.status, &set.json["now"]), (200, &json!("9999-01-01T00:00:00.000000Z")));
}

#[actix_web::test]
async fn calls_are_found_by_what_they_are_and_come_in_pages() {
    let api = Api::of(Bell::builder());
    for number in 0..25 {
        let call = json!({ "from": format!("20{number}"), "to": "1" });
        api.post("/__admin/calls", &call).await;
        if number % 5 == 0 {
            api.post("/__admin/clock/advance", &json!({ "seconds": 3600 })).await;
        }
    }
    let total =
        async |query: &str| api.get(&format!("/__admin/calls?{query}")).await.json["total"].clone();
    assert_eq!(total("").await, 25);
    assert_eq!((total("state=ended").await, total("state=RINGING").await), (json!(24), json!(1)));
    assert_eq!((total("from=203").await, total("from=201*").await), (json!(1), json!(11)));
    assert_eq!(total("cause=USER_BUSY").await, 19, "the one extension takes the first of five");
    assert_eq!(total("since=2026-01-05T12:00:00Z").await, 14);
    assert_eq!(api.get("/__admin/calls?state=cheerful").await.status, 400);

    for order in ["desc", "asc"] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = api.get(&format!("/__admin/calls?limit=4&order={order}{after}")).await.json;
            let calls = page["calls"].as_array().unwrap();
            seen.extend(calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let mut known = seen.clone();
        known.sort();
        known.dedup();
        assert_eq!((seen.len(), known.len()), (25, 25), "{order}: {seen:?}");
    }
    assert_eq!(api.get("/__admin/calls?after=nonsense").await.status, 400);
}

#[actix_web::test]
async fn rules_have_numbers_and_count_what_they_decided() {
    let api = Api::of(Bell::builder());
    let busy = json!({ "to": "1", "outcome": "busy" });
    let first = api.post("/__admin/behaviours", &busy).await.json;
    assert_eq!((&first["id"], &first["outcome"]), (&json!(1), &json!("busy")));
    api.post("/__admin/calls", &json!({ "from": "2", "to": "1" })).await;
    api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    let shown = api.get("/__admin/behaviours/1").await.json;
    assert_eq!(shown["hits"], 1);
    // What was read may be written back.
    assert_eq!(api.send("PUT", "/__admin/behaviours/1", &shown).await.status, 200);
    let second =
        api.post("/__admin/behaviours", &json!({ "from": "9*", "outcome": "reject" })).await;
    assert_eq!((second.status, &second.json["id"]), (201, &json!(2)));
    let rules = api.get("/__admin/behaviours").await.json;
    assert_eq!((&rules["rules"][0]["id"], &rules["total"]), (&json!(2), &json!(2)));
    let replaced =
        api.send("PUT", "/__admin/behaviours/1", &json!({ "outcome": "no_answer" })).await;
    assert_eq!((replaced.status, &replaced.json["id"]), (200, &json!(1)));
    assert_eq!(api.request("DELETE", "/__admin/behaviours/2", &[], "").await.status, 204);
    assert_eq!(api.request("DELETE", "/__admin/behaviours/2", &[], "").await.status, 404);
    assert_eq!(api.request("DELETE", "/__admin/behaviours", &[], "").await.status, 204);
    assert_eq!(api.get("/__admin/behaviours").await.json["total"], 0);
}

#[actix_web::test]
async fn services_and_extensions_come_and_go() {
    let api = Api::of(Bell::builder());
    let group = json!({ "kind": { "ring_group": { "members": ["1"] } } });
    let made = api.send("PUT", "/__admin/services/600", &group).await;
    assert_eq!((made.status, &made.json["number"]), (201, &json!("600")));
    assert_eq!(api.send("PUT", "/__admin/services/600", &group).await.status, 200);
    assert_eq!(api.get("/__admin/services").await.json["total"], 1);
    assert_eq!(api.get("/__admin/services/600").await.status, 200);
    // One number is one thing.
    assert_eq!(api.send("PUT", "/__admin/extensions/600", &json!({})).await.status, 409);
    assert_eq!(api.send("PUT", "/__admin/extensions/601", &json!({})).await.status, 201);
    assert_eq!(api.send("PUT", "/__admin/services/601", &group).await.status, 409);
    assert_eq!(api.request("DELETE", "/__admin/services/600", &[], "").await.status, 204);
    assert_eq!(api.get("/__admin/services/600").await.status, 404);

    let away = json!({ "registered": false });
    assert_eq!(api.send("PATCH", "/__admin/extensions/7", &away).await.status, 404);
    assert_eq!(api.send("PUT", "/__admin/extensions/7", &away).await.status, 201);
    let changed = api.send("PATCH", "/__admin/extensions/7", &json!({ "registered": true })).await;
    assert_eq!((changed.status, &changed.json["registered"]), (200, &json!(true)));
    assert_eq!(api.request("DELETE", "/__admin/extensions/7", &[], "").await.status, 204);
}

#[actix_web::test]
async fn a_recording_is_heard_when_its_call_is_over_whole_or_in_part() {
    let api = Api::of(Bell::builder());
    let rule = json!({ "to": "1", "outcome": "answer", "talk": 10 });
    api.post("/__admin/behaviours", &rule).await;
    let call = api.post("/__admin/calls", &json!({ "from": "2", "to": "1" })).await.json;
    let path = format!("/__admin/calls/{}/recording.wav", call["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.status, 404);
    api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    let whole = api.get(&path).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "audio/wav"));
    assert_eq!(whole.body.len(), 44 + 10 * 16_000);
    let part = api.request("GET", &path, &[("range", "bytes=0-3")], "").await;
    assert_eq!((part.status, part.body.as_slice()), (206, b"RIFF".as_slice()));
    assert_eq!(api.get("/__admin/calls/bell-0-9/recording.wav").await.status, 404);
}
