//! A user's story: how an integration is tested with this instance, without sleeping or polling.

use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, Reply, in_a_second};
use serde_json::{Value, json};

use crate::{
    api,
    campaigns::{Made, id},
    get, post,
};

async fn control(api: &Api<Tel4vn>, method: &str, path: &str, body: Value) -> Reply {
    let reply = api.send(method, &format!("/__admin/{path}"), &body).await;
    assert!((200..300).contains(&reply.status), "{method} {path}: {}", reply.text());
    reply
}

/// Jumps to the end of a call, and waits for the event, which is there by then.
async fn until_over(api: &Api<Tel4vn>, call: &str) -> Value {
    let ended = json!({ "kind": "event", "event": "call_ended", "call": call });
    let jump = json!({ "until": ended, "max": 3_600, "settle_timeout": 60 });
    control(api, "POST", "clock/advance", jump).await;
    let wait = json!({ "match": ended, "since": "0", "timeout": 5 });
    let found = control(api, "POST", "wait", wait).await;
    found.json["found"][0].clone()
}

#[actix_web::test]
async fn a_busy_callee_an_answered_one_and_all_that_an_integration_sees_of_them() {
    in_a_second(calls).await;
}

#[actix_web::test]
async fn a_campaign_from_its_first_request_to_its_report() {
    in_a_second(campaign).await;
}

async fn calls() {
    let api = api();
    // The receiver fails twice.
    control(&api, "PUT", "inboxes/crm", json!({ "plan": [500, 500], "then": 200 })).await;
    post(&api, "/v1/event", json!({ "callback_url": "inbox:crm", "event": "cdr" })).await;
    let talks = json!({ "to": "0912345678", "outcome": "answer", "ring": 2, "talk": 20 });
    control(&api, "POST", "behaviours", talks).await;
    let busy = json!({ "to": "0912345678", "outcome": "busy", "times": 1 });
    control(&api, "POST", "behaviours", busy).await;

    let placed = get(&api, "/v1/click2call/async?ext=101&phone=0912345678&ref_id=DH-1").await;
    let call = id(&placed.json, "call_id");
    let own = control(&api, "GET", &format!("calls/{call}"), json!({})).await.json["id"].clone();
    let ended = until_over(&api, own.as_str().unwrap()).await;
    assert_eq!(ended["cause"], "USER_BUSY");

    // The third attempt is taken, some simulated seconds later.
    let told = json!({
        "kind": "message", "inbox": "crm",
        "body": { "$.call_id": call, "$.state": "cdr", "$.status": "BUSY", "$.ref_id": "DH-1" },
    });
    control(&api, "POST", "clock/advance", json!({ "seconds": 30, "settle_timeout": 60 })).await;
    control(&api, "POST", "verify", json!({ "match": told, "times": 3 })).await;
    let taken = json!({ "kind": "delivery", "event": "cdr", "state": "delivered", "attempts": 3 });
    control(&api, "POST", "verify", json!({ "match": taken, "at_least": 1 })).await;
    let record = get(&api, &format!("/v1/cdr/{call}")).await.json;
    assert_eq!((&record["status"], &record["recording_url"]), (&json!("BUSY"), &json!("")));

    // The rule is used up: the second call is answered, and can be heard.
    let placed = get(&api, "/v1/click2call/async?ext=101&phone=0912345678").await;
    let call = id(&placed.json, "call_id");
    let own = control(&api, "GET", &format!("calls/{call}"), json!({})).await.json["id"].clone();
    until_over(&api, own.as_str().unwrap()).await;
    let record = get(&api, &format!("/v1/cdr/{call}")).await.json;
    assert_eq!(record["status"], "ANSWERED");
    let url = id(&record, "recording_url");
    let sound = api.get(url.strip_prefix(&api.url()).unwrap()).await;
    let seconds = usize::try_from(record["billsec"].as_u64().unwrap()).unwrap();
    assert_eq!(sound.body.len(), 44 + seconds * 16_000);

    control(&api, "POST", "reset", json!({})).await;
    assert_eq!(get(&api, "/v1/cdr?page=1").await.json["total"], 0);
    assert_eq!(get(&api, "/v1/event").await.json["total"], 0);
    assert_eq!(control(&api, "GET", "behaviours", json!({})).await.json["rules"], json!([]));
}

async fn campaign() {
    let api = api();
    control(&api, "PUT", "inboxes/campaign", json!({ "plan": [503, 503], "then": 200 })).await;
    let again = json!({
        "callback_url": "inbox:campaign", "recall_times": 1, "recall_status": ["busy"],
        "schedule_recall": "minute", "schedule_recall_duration": 5,
    });
    let made = Made::with(&api, again).await;
    let busy = json!({ "to": "0349000001", "outcome": "busy", "times": 1 });
    control(&api, "POST", "behaviours", busy).await;
    made.leads(&["0349000001", "0349000002"]).await;
    made.run("start").await;
    let stopped = json!({ "kind": "world", "what": "campaign", "key": made.campaign });
    control(
        &api,
        "POST",
        "clock/advance",
        json!({ "until": "idle", "max": 3_600, "settle_timeout": 60 }),
    )
    .await;
    control(&api, "POST", "verify", json!({ "match": stopped, "at_least": 3 })).await;
    let told = |status: &str, times: u32| {
        let body = json!({ "$.status": status, "$.campaign_uuid": made.campaign });
        json!({ "match": { "kind": "message", "status": 200, "body": body }, "times": times })
    };
    control(&api, "POST", "verify", told("BUSY", 1)).await;
    control(&api, "POST", "verify", told("ANSWERED", 2)).await;
    assert_eq!(made.status().await, "stop");
    let called: Vec<_> = made.rows().await.iter().map(|row| row["called_count"].clone()).collect();
    assert_eq!(called, [1, 2]);
}
