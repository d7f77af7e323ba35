//! After which moment things count: a checkpoint's name, a cursor, and never a cursor of another process.

use ringback_engine::Duration;
use ringback_mango::Mango;
use ringback_mock::{Builder, Vendor};
use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

async fn dial<V: Vendor>(api: &Api<V>, from: &str, to: &str) {
    let made = api.post("/__admin/calls", &json!({ "from": from, "to": to })).await;
    assert_eq!(made.status, 201, "{}", made.text());
}

async fn created<V: Vendor>(api: &Api<V>, since: Value) -> Value {
    let expected = json!({ "match": { "event": "call_created" }, "at_least": 0, "since": since });
    let verified = api.post("/__admin/verify", &expected).await;
    assert_eq!(verified.status, 200, "{since}: {}", verified.text());
    verified.json["count"].clone()
}

async fn what_came_since_a_checkpoint<V: Vendor>(builder: Builder<V>, from: &str, to: &str) {
    let api = Api::of(builder.frozen_clock());
    dial(&api, from, to).await;
    let saved = api.post("/__admin/checkpoints", &json!({ "name": "before it" })).await;
    assert_eq!(saved.status, 201);
    assert_eq!(created(&api, json!("before it")).await, 0);
    dial(&api, from, to).await;
    dial(&api, from, to).await;
    assert_eq!(created(&api, json!("before it")).await, 2);
    assert_eq!(created(&api, json!("0")).await, 3);

    // What came since has come already, so nobody waits.
    let wanted = json!({ "match": { "event": "call_created" }, "times": 2, "since": "before it", "timeout": 0 });
    let waited = api.post("/__admin/wait", &wanted).await;
    assert_eq!(waited.json["found"].as_array().map(Vec::len), Some(2), "{}", waited.text());
    assert_eq!(created(&api, waited.json["next"].clone()).await, 0);
    let three = json!({ "match": { "event": "call_created" }, "times": 3, "since": "before it", "timeout": 0 });
    assert_eq!(api.post("/__admin/wait", &three).await.status, 408);

    // Back there, what happens from now on counts.
    let back = api.send("POST", "/__admin/checkpoints/before%20it/rewind", &json!({})).await;
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(created(&api, json!("before it")).await, 0);
    dial(&api, from, to).await;
    assert_eq!(created(&api, json!("before it")).await, 1);

    for (method, path, body) in [
        ("POST", "/__admin/verify", json!({ "match": {}, "since": "befor it" })),
        ("POST", "/__admin/wait", json!({ "match": {}, "since": "befor it" })),
        ("POST", "/__admin/journal/query?since=befor%20it", json!({})),
        ("GET", "/__admin/journal?since=befor%20it", Value::Null),
        ("GET", "/__admin/changes?since=befor%20it", Value::Null),
        ("GET", "/__admin/events?since=befor%20it", Value::Null),
    ] {
        let answer = match method {
            "GET" => api.get(path).await,
            _ => api.post(path, &body).await,
        };
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert_eq!(answer.json["hint"], "did you mean before it?", "{path}: {}", answer.text());
    }
    api.send("DELETE", "/__admin/checkpoints/before%20it", &json!({})).await;
    let gone = api.post("/__admin/verify", &json!({ "match": {}, "since": "before it" })).await;
    assert_eq!(gone.status, 404, "{}", gone.text());
}

#[actix_web::test]
async fn a_checkpoint_s_name_says_since_when_things_count() {
    what_came_since_a_checkpoint(Builder::<Voip24h>::default(), "101", "0912345678").await;
    what_came_since_a_checkpoint(Builder::<Mango>::default(), "79161234567", "101").await;
}

#[actix_web::test]
async fn the_journal_is_asked_since_a_checkpoint_a_cursor_or_a_moment() {
    let api = Api::<Voip24h>::frozen();
    api.get("/recording/listen").await;
    api.post("/__admin/checkpoints", &json!({ "name": "one" })).await;
    let next = api.post("/__admin/verify", &json!({ "match": {}, "at_least": 0 })).await;
    let next = next.json["next"].as_str().unwrap().to_owned();
    api.advance(Duration::seconds(5)).await;
    api.get("/recording/listen").await;
    api.get("/recording/listen").await;
    for (since, total) in [("one", 2), (next.as_str(), 2), ("0", 3), ("2026-01-05T09:00:05Z", 2)] {
        for path in ["journal", "journal/query"] {
            let path = format!("/__admin/{path}?since={since}");
            let found = match path.contains("query") {
                true => api.post(&path, &json!({})).await,
                false => api.get(&path).await,
            };
            assert_eq!(found.json["total"], total, "{path}: {}", found.text());
        }
    }
    let refused = api.get("/__admin/journal?since=2026-01-05").await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(refused.text().contains("a moment of RFC 3339, a cursor, or a checkpoint"));
}

#[actix_web::test]
async fn a_cursor_of_an_earlier_process_is_not_taken_for_one_of_this() {
    let (earlier, api) = (Api::<Voip24h>::frozen(), Api::<Voip24h>::frozen());
    dial(&earlier, "101", "102").await;
    let asked = json!({ "match": {}, "at_least": 0 });
    let cursor = earlier.post("/__admin/verify", &asked).await.json["next"].clone();
    for _ in 0..3 {
        dial(&api, "101", "102").await;
    }
    for path in ["verify", "wait"] {
        let body = json!({ "match": { "event": "call_created" }, "since": cursor });
        let refused = api.post(&format!("/__admin/{path}"), &body).await;
        assert_eq!(refused.status, 409, "{path}: {}", refused.text());
        assert!(refused.text().contains("is a cursor of an earlier process"), "{}", refused.text());
        assert_eq!(earlier.post("/__admin/verify", &asked).await.status, 200);
    }
    let path = format!("/__admin/journal?since={}", cursor.as_str().unwrap());
    assert_eq!(api.get(&path).await.status, 409);
    let later = api.post("/__admin/verify", &json!({ "match": {}, "since": 999_999 })).await;
    assert_eq!((later.status, &later.json["errors"][0]["at"]), (400, &json!("/since")));
}
