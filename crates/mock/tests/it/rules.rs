//! Rules that hold for a time: what is listed of them, what goes back with the clock, and who makes way.

use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::bell::Bell;

async fn ids(api: &Api<Bell>, query: &str) -> Vec<u64> {
    let listed = api.get(&format!("/__admin/behaviours{query}")).await.json;
    let rules = listed["rules"].as_array().unwrap();
    assert_eq!(listed["total"], rules.len());
    rules.iter().map(|rule| rule["id"].as_u64().unwrap()).collect()
}

async fn advance(api: &Api<Bell>, seconds: f64) {
    let reply = api.post("/__admin/clock/advance", &json!({ "seconds": seconds })).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

async fn add(api: &Api<Bell>, rule: Value) -> Value {
    let added = api.post("/__admin/behaviours", &rule).await;
    assert_eq!(added.status, 201, "{}", added.text());
    added.json
}

#[actix_web::test]
async fn an_expired_rule_is_not_listed_and_is_known_by_its_number() {
    let api = Api::of(Bell::builder());
    add(&api, json!({ "to": "1", "outcome": "reject" })).await;
    let made = add(&api, json!({ "to": "1", "outcome": "busy", "ttl": 60 })).await;
    assert_eq!(made["expires_at"], "2026-01-05T09:01:00.000000Z");
    api.post("/__admin/calls", &json!({ "from": "2", "to": "1" })).await;
    advance(&api, 59.999).await;
    assert_eq!(ids(&api, "").await, [2, 1]);
    assert!(api.get("/__admin/behaviours/2").await.json.get("expired").is_none());

    advance(&api, 0.001).await;
    assert_eq!(ids(&api, "").await, [1]);
    assert_eq!(api.demo().rules().len(), 1);
    let shown = api.get("/__admin/behaviours/2").await.json;
    assert_eq!((&shown["expired"], &shown["hits"]), (&json!(true), &json!(1)));
    // It is told anew as it was shown, and lives again.
    assert_eq!(api.send("PUT", "/__admin/behaviours/2", &shown).await.status, 200);
    assert_eq!(ids(&api, "").await, [2, 1]);
    advance(&api, 60.0).await;
    assert_eq!(ids(&api, "").await, [1]);
    assert_eq!(api.request("DELETE", "/__admin/behaviours/2", &[], "").await.status, 204);
    assert_eq!(api.get("/__admin/behaviours/2").await.status, 404);
}

#[actix_web::test]
async fn who_goes_back_before_its_end_finds_it_alive() {
    let api = Api::of(Bell::builder());
    add(&api, json!({ "to": "1", "outcome": "busy", "ttl": 60 })).await;
    assert_eq!(api.post("/__admin/checkpoints", &json!({ "name": "before" })).await.status, 201);
    advance(&api, 61.0).await;
    assert!(ids(&api, "").await.is_empty());
    let back = api.post("/__admin/checkpoints/before/rewind", &json!({})).await;
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(ids(&api, "").await, [1]);
    // An account goes by its own time.
    assert_eq!(api.send("PUT", "/__admin/accounts/late", &json!({})).await.status, 201);
    let rule = json!({ "to": "1", "outcome": "busy", "ttl": 60 });
    assert_eq!(api.post("/__admin/behaviours?account=late", &rule).await.status, 201);
    let ahead = json!({ "seconds": 120 });
    assert_eq!(api.post("/__admin/clock/advance?account=late", &ahead).await.status, 200);
    assert!(ids(&api, "?account=late").await.is_empty());
    assert_eq!(ids(&api, "").await, [1]);
}

#[actix_web::test]
async fn where_there_is_no_room_the_oldest_rule_that_is_spent_makes_way() {
    let api = Api::of(Bell::builder());
    let mut rules = vec![json!({ "to": "5", "outcome": "busy" }); 9_998];
    rules.push(json!({ "to": "1", "outcome": "busy", "times": 0 }));
    rules.push(json!({ "to": "1", "outcome": "busy", "ttl": 60 }));
    let rules = json!({ "rules": rules });
    assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);

    let busy = json!({ "to": "3", "outcome": "busy" });
    assert_eq!(add(&api, busy.clone()).await["id"], 10_001);
    assert_eq!(api.get("/__admin/behaviours/9999").await.status, 404);
    assert_eq!(api.post("/__admin/behaviours", &busy).await.status, 409);
    advance(&api, 60.0).await;
    api.demo().when("4").is_busy().unwrap();
    assert_eq!(api.get("/__admin/behaviours/10000").await.status, 404);
    assert_eq!(api.post("/__admin/behaviours", &busy).await.status, 409);
    assert_eq!(ids(&api, "").await.len(), 10_000);
}
