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
