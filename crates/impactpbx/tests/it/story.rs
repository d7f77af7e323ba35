//! A user's story from end to end, under a clock that stands: nobody sleeps, and nobody polls. This vendor
//! sends each webhook once, so that what fails is lost; and who is called it decides itself.

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::{Api, in_a_second};
use serde_json::{Value, json};
use time::Duration;

/// The records that `/get_cdr` lists, without those that it makes up.
async fn record(api: &Api<ImpactPbx>, uuid: &Value) -> Value {
    let listed = api.get("/get_cdr").await.json;
    let mut records = listed["data"].as_array().expect("records").iter();
    records.find(|record| record["uuid"] == *uuid).expect("the record of the call").clone()
}

#[actix_web::test]
async fn a_busy_callee_from_the_trigger_to_the_webhook_the_record_and_the_next_recording() {
    in_a_second(story).await;
}

async fn story() {
    let settings = json!({ "unfinished": {} });
    let api = Api::of(ImpactPbx::builder().seed(7).frozen_clock().settings(settings));

    // The first callee is busy, and the receiver of webhooks fails twice.
    let busy = json!({ "to": "*", "outcome": "busy", "setup": 1, "times": 1 });
    let answer = json!({ "to": "*", "outcome": "answer", "setup": 1, "ring": 2, "talk": 10 });
    let rules = json!({ "rules": [busy, answer] });
    assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);
    let plan = json!({ "plan": [500, 500], "then": 200 });
    assert_eq!(api.send("PUT", "/__admin/inboxes/crm", &plan).await.status, 201);
    let target = json!({ "url": "inbox:crm" });
    assert_eq!(api.send("PUT", "/__admin/webhook", &target).await.status, 200);

    // The call is placed by the vendor's API, and its end is waited for.
    assert_eq!(api.get("/trigger_webhooks").await.json["status"], "firing webhooks");
    api.advance(Duration::minutes(1)).await;
    let ended = json!({ "kind": "event", "event": "call_ended", "cause": "USER_BUSY" });
    let wait = json!({ "match": ended, "since": "0", "timeout": 5 });
    let ended = api.post("/__admin/wait", &wait).await;
    assert_eq!(ended.status, 200, "{}", ended.text());

    // The beginning and the end of that call were refused; both are lost, and said to be so.
    let lost = json!({ "match": { "kind": "delivery", "state": "failed" }, "times": 2 });
    let verified = api.post("/__admin/verify", &lost).await;
    assert_eq!(verified.status, 200, "{}", verified.text());
    let told = api.inbox("crm").messages();
    let bodies: Vec<Value> =
        told.iter().map(|message| serde_json::from_str(&message.text()).expect("JSON")).collect();
    let actions: Vec<&str> = bodies.iter().filter_map(|body| body["action"].as_str()).collect();
    assert_eq!(actions, ["ORIGINATE", "HANGUP"]);

    // The record is there all the same.
    let busy = record(&api, &bodies[0]["uuid"]).await;
    assert_eq!((&busy["duration"], &busy["answer_start"]), (&json!(1), &Value::Null));

    // The next call is answered and told, step by step; this vendor records none, so it is done by hand.
    api.get("/trigger_webhooks").await;
    api.advance(Duration::seconds(5)).await;
    let talking = api.get("/__admin/calls?limit=1").await.json;
    let call = talking["calls"][0]["id"].as_str().expect("a call").to_owned();
    let record = api.post(&format!("/__admin/calls/{call}/start_recording"), &json!({})).await;
    assert_eq!(record.status, 200, "{}", record.text());
    api.advance(Duration::minutes(1)).await;
    let event =
        |action: &str| json!({ "kind": "message", "status": 200, "body": { "$.action": action } });
    let order = ["ORIGINATE", "RING", "ANSWERED", "HANGUP"].map(event);
    let verified = api.post("/__admin/verify", &json!({ "order": order })).await;
    assert_eq!(verified.status, 200, "{}", verified.text());
    let sound = api.get(&format!("/__admin/calls/{call}/recording.wav")).await;
    assert!(sound.status == 200 && sound.body.starts_with(b"RIFF"), "{}", sound.text());

    // And everything is as it was.
    assert_eq!(api.post("/__admin/reset", &json!({})).await.status, 200);
    assert_eq!(api.get("/__admin/inboxes").await.json["inboxes"], json!([]));
    assert_eq!(api.get("/__admin/deliveries").await.json["total"], 0);
}
