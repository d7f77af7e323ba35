//! A vendor asked by way of the control API.

use ringback_testkit::Api;
use serde_json::json;

use crate::bell::Bell;

#[actix_web::test]
async fn a_vendor_is_asked_by_way_of_the_control_api() {
    let api = Api::of(Bell::builder());
    let asked = json!({ "method": "POST", "path": "/bell/ring", "headers": { "content-type": "application/json" }, "body": "{}" });
    let direct =
        api.request("POST", "/bell/ring", &[("content-type", "application/json")], "{}").await;
    let reply = api.post("/__admin/request", &asked).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json["status"], direct.status);
    assert_eq!(reply.json["body"].as_str(), Some(direct.text()));
    for (body, at) in [
        (json!({}), "/path"),
        (json!({ "path": "http://example.com/" }), "/path"),
        (json!({ "path": "/x", "headers": { "connection": "close" } }), "/headers/connection"),
        (json!({ "path": "/x", "headers": { "a": 1 } }), "/headers/a"),
        (json!({ "path": "/x", "method": "A B" }), "/method"),
        (json!({ "path": "/x", "journal": "no" }), "/journal"),
        (json!({ "pth": "/x" }), "/pth"),
    ] {
        let refused = api.post("/__admin/request", &body).await;
        assert_eq!(
            (refused.status, refused.json["errors"][0]["at"].as_str()),
            (400, Some(at)),
            "{body}"
        );
    }
}

#[actix_web::test]
async fn what_is_asked_aside_is_in_no_journal_and_no_metrics() {
    let api = Api::of(Bell::builder());
    let mapping = json!({ "request": { "urlPath": "/bell/ring" }, "response": { "status": 503 } });
    let ring = json!({ "method": "POST", "path": "/bell/ring", "headers": { "content-type": "application/json" }, "body": "{\"lane\":1}" });
    let asked = async |extra: serde_json::Value| {
        let mut ring = ring.clone();
        ring.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        api.post("/__admin/request", &ring).await.json["status"].clone()
    };
    let seen = async || {
        let metrics = api.get("/__admin/metrics").await;
        let line = |line: &&str| line.starts_with("ringback_requests_total");
        let counted: Vec<String> = metrics.text().lines().filter(line).map(str::to_owned).collect();
        (api.get("/__admin/journal").await.json["total"].clone(), counted)
    };
    let before = seen().await;
    let answered = asked(json!({ "journal": false })).await;
    assert!(answered.as_u64() < Some(400), "{answered}");
    assert_eq!(seen().await, before, "nobody has seen it");
    // Nor is it answered by anything but the vendor itself.
    assert_eq!(api.post("/__admin/mappings", &mapping).await.status, 201);
    assert_eq!(asked(json!({ "journal": false })).await, answered);
    assert_eq!(asked(json!({})).await, 503);
    assert_eq!(asked(json!({ "journal": true })).await, 503);
    let after = seen().await;
    assert_ne!(after, before);
    assert_eq!(after.0, 2);
    // Nobody else can say so.
    let guessed = [("ringback-aside", "0"), ("content-type", "application/json")];
    api.request("POST", "/bell/ring", &guessed, r#"{"lane":1}"#).await;
    assert_eq!(seen().await.0, 3);
}
