//! Waiting for what will happen, over HTTP and in process.

use std::time::{Duration as RealTime, Instant};

use futures_util::future::join;
use ringback_mango::Mango;
use ringback_testkit::{Api, Receiver, Temper};
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

use crate::journal::{callback, partner};

#[actix_web::test]
async fn a_wait_is_answered_when_it_happens() {
    let api = Api::<Voip24h>::frozen();
    let wanted = json!({ "match": { "kind": "event", "event": "call_ended" }, "timeout": 20 });
    let waits = api.post("/__admin/wait", &wanted);
    let acts = async {
        partner(&api, "makeDial", &json!({ "extension": "101", "phone": "0899199486" })).await;
        api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    };
    let (answer, ()) = join(waits, acts).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(answer.json["found"][0]["cause"], "USER_BUSY");
    let next = answer.json["next"].clone();
    let more = json!({ "match": { "kind": "event" }, "since": next, "timeout": 0 });
    assert_eq!(api.post("/__admin/wait", &more).await.status, 408);
}

#[actix_web::test]
async fn a_wait_with_a_cursor_sees_what_came_before_it_and_several_are_waited_for() {
    let receiver = Receiver::start(Temper::Answers(200));
    let api = Api::of(Mango::builder().seed(7).frozen_clock().webhook(receiver.url()));
    callback(&api, "79991234567").await;
    api.post("/__admin/clock/advance", &json!({ "seconds": 600 })).await;
    let wanted = json!({ "kind": "delivery", "state": "delivered" });
    let wait = json!({ "match": wanted, "times": 3, "since": "0", "timeout": 20 });
    let answer = api.post("/__admin/wait", &wait).await;
    assert_eq!(answer.json["found"].as_array().map(Vec::len), Some(3), "{}", answer.json);
    let late = api.post("/__admin/wait", &json!({ "match": wanted, "timeout": 0 })).await;
    assert_eq!(late.status, 408);
    assert!(late.json["hint"].as_str().unwrap().contains("came before the wait began"));
}

#[actix_web::test]
async fn a_wait_that_runs_out_says_what_came_nearest_and_that_the_clock_stands() {
    let api = Api::<Voip24h>::frozen();
    let wanted = json!({ "kind": "event", "event": "call_ended", "to": "0912345678" });
    let wait = json!({ "match": wanted, "since": 0, "timeout": 0.05 });
    partner(&api, "makeDial", &json!({ "extension": "101", "phone": "0912345678" })).await;
    let began = Instant::now();
    let over = api.post("/__admin/wait", &wait).await;
    assert!(began.elapsed() >= RealTime::from_millis(50));
    assert_eq!(over.status, 408);
    let hint = over.json["hint"].as_str().unwrap();
    assert!(hint.contains("the clock stands at 2026-01-05T09:00:00.000000Z"), "{hint}");
    let compared = over.json["nearest"][0]["conditions"].as_array().unwrap();
    assert!(compared.iter().any(|one| one["at"] == "/match/to" && one["holds"] == true));

    let told = api.demo().wait_for(&wanted, RealTime::ZERO).unwrap_err().to_string();
    assert!(told.contains("/event: expected \"call_ended\", was \"leg_"), "{told}");
}

#[test]
fn in_process_a_plain_test_waits_and_reads_its_requests() {
    let voip = Voip24h::builder().frozen_clock().start().unwrap();
    let mine = voip.open_account("mine").unwrap();
    let waiter = {
        let mine = mine.clone();
        std::thread::spawn(move || {
            let ended = json!({ "kind": "event", "event": "call_created" });
            mine.wait_for(&ended, RealTime::from_secs(20)).map_err(|error| error.to_string())
        })
    };
    let dial = ringback_voip24h::MakeDial { extension: "101".into(), phone: "0912345678".into() };
    mine.execute(dial).unwrap().unwrap();
    let created: Value = waiter.join().unwrap().unwrap();
    assert_eq!(created["account"], "mine");
    assert_eq!(voip.demo().requests(), Vec::<Value>::new());
    assert!(voip.demo().verify(&json!({ "match": { "kind": "event" }, "never": true })).is_ok());
}

#[actix_web::test]
async fn what_cannot_be_waited_for_is_refused_with_its_place() {
    let api = Api::<Voip24h>::frozen();
    for (body, at) in [
        (json!({}), "/match"),
        (json!({ "match": {}, "times": 0 }), "/times"),
        (json!({ "match": {}, "timeout": 601 }), "/timeout"),
        (json!({ "match": {}, "since": true }), "/since"),
        (json!({ "match": { "event": { "lke": "x" } } }), "/match/event/lke"),
    ] {
        let refused = api.post("/__admin/wait", &body).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["at"]), (400, &json!(at)), "{body}");
    }
}
