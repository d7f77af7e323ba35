//! A user's story from end to end, under a clock that stands: nobody sleeps, and nobody polls.

use ringback_mango::Mango;
use ringback_testkit::{Api, in_a_second};
use serde_json::json;
use time::Duration;

use crate::desk::{Told, ask};

const CLIENT: &str = "79991234567";

#[actix_web::test]
async fn a_busy_callee_from_the_callback_to_the_notification_the_row_and_the_next_recording() {
    in_a_second(story).await;
}

async fn story() {
    let settings = json!({ "webhook_retries": [5, 30], "stats_delay_ms": 0 });
    let api = Api::of(Mango::builder().seed(7).frozen_clock().settings(settings));

    // The callee is busy, and the receiver of notifications fails twice.
    let rule = json!({ "to": CLIENT, "outcome": "busy", "times": 1 });
    assert_eq!(api.post("/__admin/behaviours", &rule).await.status, 201);
    let plan = json!({ "plan": [500, 500], "then": 200 });
    assert_eq!(api.send("PUT", "/__admin/inboxes/crm", &plan).await.status, 201);
    let target = json!({ "url": "inbox:crm" });
    assert_eq!(api.send("PUT", "/__admin/webhook", &target).await.status, 200);

    // The call is placed by the vendor's API, and its end is waited for.
    let order =
        |id: &str| json!({ "command_id": id, "from": { "extension": "101" }, "to_number": CLIENT });
    assert_eq!(ask(&api, "commands/callback", &order("first")).await.json["result"], 1000);
    api.advance(Duration::minutes(2)).await;
    let ended = json!({ "kind": "event", "event": "call_ended", "cause": "USER_BUSY" });
    let wait = json!({ "match": ended, "since": "0", "timeout": 5 });
    let ended = api.post("/__admin/wait", &wait).await;
    assert_eq!(ended.status, 200, "{}", ended.text());

    // Two notifications were refused, and everything has arrived in the end, the summary last.
    let refused = json!({ "kind": "message", "inbox": "crm", "status": 500 });
    let unsent = json!({ "kind": "delivery", "state": "failed" });
    for (matched, times) in [(refused, 2), (unsent, 0)] {
        let verify = json!({ "match": matched, "times": times });
        let verified = api.post("/__admin/verify", &verify).await;
        assert_eq!(verified.status, 200, "{}", verified.text());
    }
    let summary = json!({ "kind": "message", "path": "/events/summary", "status": 200 });
    let verified = api.post("/__admin/verify", &json!({ "match": summary, "times": 1 })).await;
    assert_eq!(verified.status, 200, "{}", verified.text());
    let told = api.inbox("crm").messages();
    let last = told.last().expect("a summary");
    let told = Told::of("events/summary", &last.text());
    assert_eq!(told.json["entry_result"], 0, "{}", told.text);

    // The statistics say the same.
    let period = json!({ "date_from": 1_767_600_000, "date_to": 1_767_610_000, "fields": "to_number,answer,disconnect_reason" });
    let key = ask(&api, "stats/request", &period).await.json["key"].clone();
    let rows = ask(&api, "stats/result", &json!({ "key": key })).await;
    assert!(rows.text().contains(&format!("{CLIENT};0;1121")), "{}", rows.text());

    // The next call is answered, and can be heard.
    assert_eq!(ask(&api, "commands/callback", &order("second")).await.json["result"], 1000);
    api.advance(Duration::minutes(5)).await;
    let recorded = json!({ "kind": "message", "path": "/events/recording", "body": { "$.recording_state": "Completed" } });
    let found =
        api.post("/__admin/wait", &json!({ "match": recorded, "since": "0", "timeout": 5 })).await;
    assert_eq!(found.status, 200, "{}", found.text());
    let calls = api.get("/__admin/calls?limit=1").await.json;
    let call = calls["calls"][0]["id"].as_str().expect("a call");
    let sound = api.get(&format!("/__admin/calls/{call}/recording.wav")).await;
    assert!(sound.status == 200 && sound.body.starts_with(b"RIFF"), "{}", sound.status);

    // And everything is as it was.
    assert_eq!(api.post("/__admin/reset", &json!({})).await.status, 200);
    assert_eq!(api.get("/__admin/inboxes").await.json["inboxes"], json!([]));
    assert_eq!(api.get("/__admin/deliveries").await.json["total"], 0);
}
