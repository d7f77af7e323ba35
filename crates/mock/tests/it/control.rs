use ringback_testkit::Api;
use serde_json::json;

use crate::bell::Bell;

#[actix_web::test]
async fn the_clock_is_frozen_released_hurried_and_advanced() {
    let api = Api::of(Bell::builder());
    let clock = api.get("/__admin/clock").await.json;
    assert_eq!(clock, json!({ "now": "2026-01-05T09:00:00Z", "rate": 1.0, "frozen": true }));

    api.post("/bell/ring", &json!({ "lane": 1, "again": true })).await;
    let advanced = api.post("/__admin/clock/advance", &json!({ "seconds": 30 })).await.json;
    assert_eq!(advanced["to"], "2026-01-05T09:00:30Z");
    assert_eq!(advanced["happened"], json!([{ "account": 0, "rung": 2 }]));
    assert_eq!(api.get("/bell/rung").await.json, 2);

    let rate = api.post("/__admin/clock/rate", &json!({ "rate": 60 })).await.json;
    assert_eq!(rate["rate"], 60.0);
    assert_eq!(api.post("/__admin/clock/release", &json!({})).await.json["frozen"], false);
    assert_eq!(api.post("/__admin/clock/freeze", &json!({})).await.json["frozen"], true);

    assert_eq!(api.post("/__admin/reset", &json!({})).await.json["reset"], true);
    assert_eq!(api.get("/bell/rung").await.json, 0);
    assert_eq!(api.get("/__admin/clock").await.json["now"], "2026-01-05T09:00:00Z");
}

#[actix_web::test]
async fn what_is_malformed_is_refused_with_a_reason_and_changes_nothing() {
    let api = Api::of(Bell::builder());
    let before = api.engine().snapshot().unwrap();
    for (path, body, status) in [
        ("/__admin/clock/advance", "{}", 400),
        ("/__admin/clock/advance", r#"{"seconds":-1}"#, 400),
        ("/__admin/clock/advance", r#"{"seconds":1e300}"#, 400),
        ("/__admin/clock/advance", r#"{"seconds":"1"}"#, 400),
        ("/__admin/clock/advance", "[1]", 400),
        ("/__admin/clock/advance", "{", 400),
        ("/__admin/clock/rate", r#"{"rate":0}"#, 400),
        ("/__admin/control", "{}", 400),
        ("/__admin/control", r#"{"do":"x"}"#, 400),
        ("/__admin/control", r#"{"do":"ring","lane":13}"#, 409),
        ("/__admin/calls/7/answer", "{}", 404),
        ("/__admin/calls?account=nobody", "{}", 404),
        ("/__admin/nobody/clock/freeze", "{}", 404),
        ("/__admin/nothing", "{}", 404),
        ("/__admin/clock", "{}", 405),
    ] {
        let reply = api.request("POST", path, &[], body).await;
        assert_eq!(reply.status, status, "{path} {body}: {}", reply.text());
        assert!(reply.json["error"].is_string(), "{path} {body}: {}", reply.text());
    }
    let wrong = api.request("DELETE", "/__admin/bell/calls", &[], "").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, POST"));
    assert_eq!(api.get("/__admin/calls?account=nobody").await.status, 404);
    assert_eq!(api.get("/__admin/calls?limit=x").await.status, 400);
    assert_eq!(api.engine().snapshot().unwrap(), before);
}

#[actix_web::test]
async fn health_is_answered_on_every_port() {
    let api = Api::of(Bell::builder());
    assert_eq!(api.get("/livez").await.text(), "ok\n");
    assert_eq!(api.get("/readyz").await.text(), "ok\n");
    let health = api.get("/__admin/health").await.json;
    assert_eq!((&health["status"], &health["vendors"][0]["name"]), (&json!("ok"), &json!("bell")));
    assert_eq!(api.get("/__admin/bell/clock").await.status, 200);
}
