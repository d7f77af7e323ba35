use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::json;
use time::Duration;

use crate::{SECRET, ask, ask_as};

#[actix_web::test]
async fn with_open_accounts_a_new_secret_has_a_freshly_seeded_world_of_its_own() {
    let api = Api::of(Voip24h::builder().seed(7).frozen_clock().open_accounts());
    let dial = json!({ "extension": "102", "phone": "0987654321" });
    assert_eq!(ask_as(&api, "mine", "makeDial", dial).await.json["respCode"], 0);
    api.advance(Duration::minutes(1)).await;

    let calls = |secret| ask_as(&api, secret, "getUser", json!({ "user": "102" }));
    assert_eq!(calls("mine").await.json["data"].as_array().unwrap().len(), 1);
    assert_eq!(calls("another").await.json["data"], json!([]));
    assert_eq!(calls(SECRET).await.json["data"], json!([]));

    let documented = ask_as(&api, "another", "getUser", json!({ "user": "137" })).await;
    assert_eq!(documented.json["data"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_reset_forgets_opened_accounts_and_their_secrets_open_new_ones() {
    let api = Api::of(Voip24h::builder().frozen_clock().open_accounts());
    let dial = json!({ "extension": "102", "phone": "0987654321" });
    ask_as(&api, "mine", "makeDial", dial).await;
    api.advance(Duration::minutes(1)).await;
    api.send("POST", "/__admin/reset", &json!({})).await;
    let calls = ask_as(&api, "mine", "getUser", json!({ "user": "102" })).await;
    assert_eq!(calls.json, json!({ "respCode": 0, "respMsg": "Success", "data": [] }));
}

#[actix_web::test]
async fn a_generated_past_is_listed_and_the_same_for_the_same_seed() {
    let list = async |seed| {
        let api = Api::of(Voip24h::builder().seed(seed).frozen_clock().history(500));
        let days = json!({ "fromDate": "01/12/2025", "toDate": "31/01/2026" });
        ask(&api, "getDate", days).await
    };
    let past = list(1).await;
    let records = past.json["data"].as_array().unwrap();
    assert_eq!(records.len(), 500);
    assert!(records.is_sorted_by(|a, b| a["callDate"].as_str() >= b["callDate"].as_str()));
    assert_eq!(past.body, list(1).await.body);
    assert_ne!(past.body, list(2).await.body);
}
