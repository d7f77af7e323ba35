//! A user's story from end to end, under a clock that stands: nobody sleeps, and nobody polls. This vendor
//! sends each callback once, so that what fails is lost.

use ringback_scfm::Scfm;
use ringback_testkit::{Api, in_a_second};
use serde_json::{Value, json};
use time::Duration;

use crate::{callbacks::EVERY_STEP, made, set};

/// Places a call to the contact, and returns it.
async fn call(api: &Api<Scfm>) -> Value {
    let params = json!({ "from": "1294", "status_callback": "inbox:crm", "status_callback_event": EVERY_STEP });
    let body = json!({ "remote_request_params": params });
    let call = api.post("/api/callout_participations/1/phone_calls", &body).await;
    assert_eq!(call.status, 201, "{}", call.text());
    let path = format!("/api/phone_calls/{}/phone_call_events", call.json["id"]);
    made(api, &path, "event=queue").await;
    call.json
}

#[actix_web::test]
async fn a_busy_callee_from_the_queue_to_the_callback_the_record_and_the_next_recording() {
    in_a_second(story).await;
}

async fn story() {
    let api = set(
        json!({ "provider": { "refused": 0.0, "setup": 1 }, "dialling": { "enabled": false } }),
    );
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299200").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;

    // The callee is busy, and the receiver of callbacks fails twice.
    let busy = json!({ "to": "*12299200", "outcome": "busy", "times": 1 });
    let answer = json!({ "to": "*12299200", "outcome": "answer", "ring": 2, "talk": 20 });
    let rules = json!({ "rules": [busy, answer] });
    assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);
    let plan = json!({ "plan": [500, 500], "then": 200 });
    assert_eq!(api.send("PUT", "/__admin/inboxes/crm", &plan).await.status, 201);

    // The call is placed by the vendor's API, and its end is waited for.
    let busy = call(&api).await;
    api.advance(Duration::minutes(1)).await;
    let ended = json!({ "kind": "event", "event": "call_ended", "cause": "USER_BUSY" });
    let wait = json!({ "match": ended, "since": "0", "timeout": 5 });
    let ended = api.post("/__admin/wait", &wait).await;
    assert_eq!(ended.status, 200, "{}", ended.text());

    // Both of its callbacks were refused; they are lost, and said to be so.
    let lost = json!({ "match": { "kind": "delivery", "state": "failed" }, "times": 2 });
    let verified = api.post("/__admin/verify", &lost).await;
    assert_eq!(verified.status, 200, "{}", verified.text());

    // The record says what became of it.
    let shown = api.get(&format!("/api/phone_calls/{}", busy["id"])).await.json;
    assert_eq!((&shown["status"], &shown["remote_status"]), (&json!("busy"), &json!("busy")));

    // The next call is answered and told, step by step; this vendor records none, so it is done by hand.
    let answered = call(&api).await;
    api.advance(Duration::seconds(10)).await;
    let talking = api.get("/__admin/calls?limit=1").await.json;
    let live = talking["calls"][0]["id"].as_str().expect("a call").to_owned();
    let record = api.post(&format!("/__admin/calls/{live}/start_recording"), &json!({})).await;
    assert_eq!(record.status, 200, "{}", record.text());
    api.advance(Duration::minutes(5)).await;
    let step = |event: &str| json!({ "kind": "delivery", "state": "delivered", "event": event });
    let order = ["initiated", "ringing", "in-progress", "completed"].map(step);
    let verified = api.post("/__admin/verify", &json!({ "order": order })).await;
    assert_eq!(verified.status, 200, "{}", verified.text());
    let shown = api.get(&format!("/api/phone_calls/{}", answered["id"])).await.json;
    assert_eq!(shown["remote_status"], "completed", "{shown}");
    let sound = api.get(&format!("/__admin/calls/{live}/recording.wav")).await;
    assert!(sound.status == 200 && sound.body.starts_with(b"RIFF"), "{}", sound.status);

    // And everything is as it was.
    assert_eq!(api.post("/__admin/reset", &json!({})).await.status, 200);
    assert_eq!(api.get("/api/phone_calls").await.json, json!([]));
    assert_eq!(api.get("/__admin/inboxes").await.json["inboxes"], json!([]));
}
