//! A user's story from end to end, under a clock that stands: nobody sleeps, and nobody polls.

use std::time::Duration as RealTime;

use ringback_testkit::{Api, in_a_second};
use ringback_voip24h::Voip24h;
use serde_json::json;
use time::Duration;

use crate::v3::{SUBSCRIPTIONS, ask, dial_call, field, get, history, login, query_of};

#[actix_web::test]
async fn a_busy_callee_from_the_dial_to_the_webhook_the_record_and_the_recording_of_the_next_call()
{
    in_a_second(story).await;
}

async fn story() {
    let api = Api::<Voip24h>::frozen();
    let token = login(&api).await;

    // The callee is busy, and the receiver of call logs fails twice.
    let rule = json!({ "to": "0901234567", "outcome": "busy", "times": 1 });
    assert_eq!(api.post("/__admin/behaviours", &rule).await.status, 201);
    let plan = json!({ "plan": [500, 500], "then": 200 });
    assert_eq!(api.send("PUT", "/__admin/inboxes/crm", &plan).await.status, 201);
    ask(&api, &token, "POST", SUBSCRIPTIONS, &json!({ "url": "inbox:crm?tenant=7" })).await;

    // The call is placed by the vendor's API, and its end is waited for.
    dial_call(&api, "101", "0901234567").await;
    api.advance(Duration::seconds(60)).await;
    let ended = json!({ "kind": "event", "event": "call_ended", "cause": "USER_BUSY" });
    let wait = json!({ "match": ended, "since": "0", "timeout": 5 });
    let ended = api.post("/__admin/wait", &wait).await;
    assert_eq!(ended.status, 200, "{}", ended.text());

    // The webhook was tried three times, and is verified where it arrived.
    let verify = |status: u16, times: u64| {
        json!({
            "match": { "kind": "message", "inbox": "crm", "status": status, "query": { "disposition": "BUSY" } },
            "times": times,
        })
    };
    for (status, times) in [(500, 2), (200, 1)] {
        let verified = api.post("/__admin/verify", &verify(status, times)).await;
        assert_eq!(verified.status, 200, "{}", verified.text());
    }
    let told = api.inbox("crm").wait_for(3, RealTime::from_secs(5)).expect("three attempts");
    let query = query_of(&told[2]);
    assert_eq!([field(&query, "tenant"), field(&query, "status")], ["7", "BUSY"]);

    // The record says the same.
    let row = history(&api, &format!("id={}", field(&query, "id"))).await.remove(0);
    assert_eq!((&row["status"], &row["duration"]), (&json!("BUSY"), &json!(1)));
    assert_eq!(row["recordingFile"], "");

    // The next call is answered, and can be heard.
    dial_call(&api, "101", "0901234567").await;
    api.advance(Duration::seconds(60)).await;
    let row = history(&api, "extension=101&limit=1").await.remove(0);
    assert_eq!(row["status"], "ANSWERED");
    let path = format!("/v3/call/recording?callId={}", row["id"].as_str().unwrap());
    let link = get(&api, &token, &path).await.json["data"]["media"]["wav"].clone();
    let link = link.as_str().unwrap().strip_prefix(&api.url()).unwrap().to_owned();
    let sound = api.get(&link).await;
    assert_eq!((sound.status, sound.body.len()), (200, 44 + 5 * 16_000));

    // And everything is as it was.
    assert_eq!(api.post("/__admin/reset", &json!({})).await.status, 200);
    assert_eq!(history(&api, "").await.len(), 4);
    assert_eq!(get(&api, &login(&api).await, SUBSCRIPTIONS).await.json["data"], json!([]));
    assert_eq!(api.get("/__admin/inboxes").await.json["inboxes"], json!([]));
}
