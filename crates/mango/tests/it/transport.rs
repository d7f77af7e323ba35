//! Who is heard, and what a refusal leaves behind.

use ringback_mango::{Mango, RunOperation};
use ringback_mock::Builder;
use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::desk::{Desk, KEY, ask, form, send, sign};

#[actix_web::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let api = Api::<Mango>::frozen();
    let mut seen = Vec::new();
    let form_of = |json: &str| form(json);
    for (method, path, body) in [
        ("POST", "/vpbx/account/balance", form_of("{}")),
        ("POST", "/vpbx/account/balance", form_of("{}")),
        ("POST", "/vpbx/account/balance", form_of("{")),
        ("POST", "/vpbx/account/balance", "nothing".to_owned()),
        ("GET", "/vpbx/account/balance", String::new()),
        ("POST", "/vpbx/unknown", String::new()),
        ("GET", "/files/unknown", String::new()),
    ] {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let reply = api.request(method, path, &headers, body).await;
        let id = reply.header("x-uuid").to_owned();
        assert_eq!(id.len(), 36, "{method} {path}");
        assert!(!seen.contains(&id), "{method} {path}");
        seen.push(id);
    }
}

#[actix_web::test]
async fn roles_without_the_prefix_belong_to_whoever_signs_and_else_to_the_backend() {
    let api = Api::<Mango>::frozen();
    let signed = send(&api, "/roles", form("{}")).await;
    let slashed = send(&api, "/roles/", form("{}")).await;
    let prefixed = send(&api, "/vpbx/roles", form("{}")).await;
    assert_eq!((signed.text(), slashed.text()), (prefixed.text(), prefixed.text()));
    assert_eq!(signed.json["result"], 1000);
    let wrong = send(&api, "/roles", format!("vpbx_api_key={KEY}&sign=x&json={{}}")).await;
    assert_eq!((wrong.status, &wrong.json["code"]), (401, &json!(3102)));
    let unsigned = api.request("POST", "/roles", &[], "").await;
    assert_eq!((unsigned.status, unsigned.text()), (200, prefixed.text()));
}

#[actix_web::test]
async fn refused_commands_leave_the_world_as_it_was() {
    let api = Api::<Mango>::frozen();
    let order = json!({ "from": { "extension": "101" }, "to_number": "79991234567" });
    ask(&api, "commands/callback", &order).await;
    api.advance(time::Duration::seconds(4)).await;
    let world = || api.demo().read(|pbx| serde_json::to_string(pbx).unwrap()).unwrap();
    let before = world();
    let talking = "MToxMDAwMTAwMTo4MTo5MDAwMDAwMg==";
    for (path, json) in [
        ("commands/callback", json!({ "from": { "extension": "999" }, "to_number": "7999" })),
        (
            "commands/callback",
            json!({ "from": { "extension": "102" }, "to_number": "7999", "line_number": "1" }),
        ),
        ("commands/callback_group", json!({ "from": "101", "to": "102" })),
        ("commands/sms", json!({ "from_extension": "101", "to_number": "102", "text": "x" })),
        ("commands/call/hangup", json!({ "call_id": "MToxMDAwMTAwMTo4MTo5MDAwMDAwMQ==" })),
        ("commands/recording/start", json!({ "call_id": talking, "call_party_number": "101" })),
        ("commands/play/start", json!({ "call_id": talking, "internal_id": 17 })),
        ("commands/route", json!({ "call_id": talking, "to_number": "102" })),
        (
            "commands/transfer",
            json!({ "call_id": talking, "method": "blind", "to_number": "102", "initiator": "103" }),
        ),
        (
            "commands/transfer",
            json!({ "call_id": talking, "method": "hold", "to_number": "200", "initiator": "101" }),
        ),
        (
            "commands/calls_connect",
            json!({ "holded_call_id": talking, "transferred_call_id": talking }),
        ),
        ("commands/transfer_cancel", json!({ "call_id": talking })),
        ("commands/call/hold/on", json!({ "call_id": talking, "initiator": "102" })),
        ("stats/request", json!({ "date_from": 5, "date_to": 4 })),
        (
            "stats/calls/request",
            json!({ "start_date": "05.01.2026", "end_date": "05.03.2026", "limit": 1, "offset": 0 }),
        ),
        ("queries/recording/post", json!({ "recording_id": "x", "action": "play" })),
        (
            "campaign/add",
            json!({ "line_id": 1, "name": "x", "schedule": [{ "weekday": 1, "start": "09:00", "end": "10:00" }] }),
        ),
        ("campaign/start", json!({ "campaign_id": 1 })),
        ("tasks/push", json!({ "campaign_id": 1, "tasks": [{ "number": "79991234567" }] })),
    ] {
        let reply = ask(&api, path, &json).await;
        assert!(
            reply.json["result"].as_u64().is_some_and(|code| code >= 3000),
            "{path}: {}",
            reply.text()
        );
        assert!(world() == before, "{path} {json} changed something");
    }
}

#[actix_web::test]
async fn a_refused_command_is_acknowledged_with_the_same_code() {
    let desk = Desk::new();
    let hangup = json!({ "command_id": "h", "call_id": "x" });
    assert_eq!(desk.ask("commands/call/hangup", hangup).await.json["result"], 4101);
    desk.ask("commands/sms", json!({ "command_id": "s" })).await;
    let told: Vec<_> = desk.told().into_iter().map(|told| (told.path, told.text)).collect();
    let wanted = [
        ("result/call/hangup", r#"{"command_id":"h","result":4101}"#),
        ("result/sms", r#"{"command_id":"s","result":3103}"#),
    ];
    assert_eq!(told, wanted.map(|(path, text)| (path.to_owned(), text.to_owned())));
}

#[actix_web::test]
async fn a_new_key_opens_an_account_that_signs_with_it_where_accounts_are_open() {
    let builder = Builder::<Mango>::default().seed(7).frozen_clock().open_accounts();
    let api = Api::of(builder.webhook("http://127.0.0.1:9/crm/"));
    let json = r#"{"from":{"extension":"101"},"to_number":"79991234567"}"#;
    let body = |key: &str| {
        let sign = sign(&[key, json, crate::desk::SALT]);
        serde_urlencoded::to_string([("vpbx_api_key", key), ("sign", &sign), ("json", json)])
            .unwrap()
    };
    let reply = send(&api, "/vpbx/commands/callback", body("mine")).await;
    assert_eq!(reply.json["result"], 1000, "{}", reply.text());
    let deliveries = api.get("/__admin/deliveries?account=mine").await.json;
    let first = &deliveries["deliveries"].as_array().unwrap().last().unwrap();
    // The base may end with a slash or not: exactly one is put in between.
    assert_eq!(first["url"], "http://127.0.0.1:9/crm/result/callback");
    let fields: Vec<(String, String)> =
        serde_urlencoded::from_str(first["body"].as_str().unwrap()).unwrap();
    assert_eq!(fields[0].1, "mine");
    assert_eq!(fields[1].1, sign(&["mine", &fields[2].1, crate::desk::SALT]));
    let demo = api.demo().read(|pbx| pbx.exchange().live()).unwrap();
    assert_eq!(demo, 0, "the demo account has no part in it");
}

#[test]
fn the_rust_handle_orders_calls_too() {
    let mango = Mango::builder().seed(7).frozen_clock().build().unwrap();
    let order = json!({ "from": { "extension": "999" }, "to_number": "79991234567" });
    let refused = mango.demo().execute(RunOperation::new("commands/callback", order)).unwrap();
    assert_eq!(refused.unwrap_err().to_string(), "3100: wrong command parameters");
    let unknown = mango.demo().execute(RunOperation::new("commands/dance", Value::Null)).unwrap();
    assert_eq!(unknown.unwrap_err().code, 4001);
}
