use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
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
async fn the_id_of_a_call_says_whose_it_is_and_an_account_beside_it_must_agree() {
    let api = Api::<Voip24h>::frozen();
    let make = async |path: &str, body: Value| api.post(path, &body).await;
    assert_eq!(api.send("PUT", "/__admin/accounts/mine", &json!({})).await.status, 201);
    let call = json!({ "from": "0912", "to": "101", "behaviour": { "outcome": "manual" } });
    let demo = make("/__admin/calls", call.clone()).await.json;
    let mine = make("/__admin/calls?account=mine", call).await.json;
    assert_eq!((&demo["id"], &mine["id"]), (&json!("voip24h-0-5"), &json!("voip24h-1-5")));
    assert_eq!((&mine["account"], &mine["vendor"]), (&json!("mine"), &json!("voip24h")));

    // An account that the id is not of is no way to the call.
    for account in [SECRET, "nobody"] {
        let path = format!("/__admin/calls/voip24h-1-5?account={account}");
        assert_eq!(api.get(&path).await.status, 404, "{account}");
    }
    let hang_up = json!({ "do": "hang_up", "call": "voip24h-1-5" });
    let foreign = make(&format!("/__admin/control?account={SECRET}"), hang_up.clone()).await;
    assert_eq!(foreign.status, 404, "{}", foreign.text());
    let ended = make("/__admin/control", hang_up).await.json;
    let shown = [&ended["call"]["id"], &ended["call"]["state"]];
    assert_eq!(shown, [&json!("voip24h-1-5"), &json!("ended")]);
    assert_eq!(api.get("/__admin/calls/voip24h-0-5").await.json["state"], "ringing");

    let extension = api.get("/__admin/extensions/101?account=mine").await.json;
    assert_eq!((&extension["vendor"], &extension["account"]), (&json!("voip24h"), &json!("mine")));
    for path in ["", "/health", "/accounts", "/accounts/mine"] {
        let path = format!("/__admin{path}?account=mine");
        assert_eq!(api.get(&path).await.status, 400, "{path}");
    }
    assert_eq!(api.get("/__admin/calls?cause=BUSY").await.status, 400);
    assert_eq!(api.get("/__admin/calls?cause=USER_BUSY").await.json["total"], 0);
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
