//! Settings, and the control API: what a test does that the vendor's API cannot.

use ringback_tel4vn::{ClickToCall, Tel4vn};
use serde_json::json;
use time::Duration;

use crate::{CALL, api, api_with, ask, get, post};

#[actix_web::test]
async fn settings_are_changed_while_it_runs_and_shown() {
    let api = api_with(json!({ "demo_call": true }));
    let set = json!({ "do": "set", "refusal_status": 200, "no_answer": "NO-ANSWERED" });
    let reply = api.post("/__admin/control", &set).await;
    assert_eq!((reply.status, &reply.json["settings"]["park_seconds"]), (200, &json!(10)));
    let path = format!("/v1/call/{CALL}/listen");
    let reply = post(&api, &path, json!({ "ext": "109" })).await;
    assert_eq!((reply.status, &reply.json["status"]), (200, &json!("fail")));
    // Not a refusal of an order, but of the request.
    assert_eq!(post(&api, &path, json!({})).await.status, 400);
    assert_eq!(post(&api, "/v1/call/x/listen", json!({})).await.status, 404);
    let changed = api.demo().read(|pbx| pbx.settings().no_answer.as_str());
    assert_eq!(changed, Some("NO-ANSWERED"));
}

#[actix_web::test]
async fn what_is_no_setting_is_refused_and_changes_nothing() {
    let api = api();
    let before = api.engine().snapshot().unwrap();
    for odd in [
        json!({ "park_seconds": -1 }),
        json!({ "refusal_status": 500 }),
        json!({ "no_answer": "NOPE" }),
        json!({ "hook_header": "a b" }),
        json!({ "hook_prefix": "a\nb" }),
        json!({ "aes_key": "short" }),
        json!({ "colour": "red" }),
    ] {
        let mut set = odd.clone();
        set["do"] = "set".into();
        assert_eq!(api.post("/__admin/control", &set).await.status, 400, "{odd}");
        let error = Tel4vn::builder().settings(odd).build().err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.starts_with("tel4vn: settings: ")));
    }
    assert_eq!(api.engine().snapshot().unwrap(), before);
}

#[actix_web::test]
async fn phones_log_out_and_in_and_refuse_for_that_reason() {
    let api = api();
    let refusal = async |state: serde_json::Value| {
        let reply = api.send("PATCH", "/__admin/extensions/101", &state).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let reply = get(&api, "/v1/click2call/async?ext=101&phone=0899199486").await;
        api.advance(Duration::MINUTE).await;
        reply.json["error"].clone()
    };
    assert_eq!(refusal(json!({ "registered": false })).await, "USER_NOT_REGISTERED");
    assert_eq!(refusal(json!({ "registered": true })).await, json!(null));
    assert_eq!(refusal(json!({ "do_not_disturb": true })).await, "USER_BUSY");
    assert_eq!(refusal(json!({ "do_not_disturb": false })).await, json!(null));
}

#[actix_web::test]
async fn a_disabled_extension_cannot_log_in_and_its_call_goes_on() {
    let api = api_with(json!({ "demo_call": true }));
    let disable = json!({ "password": "deFauLt", "enabled": false });
    assert_eq!(ask(&api, "PUT", "/v3/extension/101", Some(disable)).await.status, 200);
    assert_eq!(get(&api, "/v1/call").await.json["total"], 1);
    let log_in = json!({ "registered": true });
    assert_eq!(api.send("PATCH", "/__admin/extensions/101", &log_in).await.status, 409);
    // Other things can be changed of it, and it stays logged out.
    let habit = json!({ "do_not_disturb": true });
    assert_eq!(api.send("PATCH", "/__admin/extensions/101", &habit).await.status, 200);
    assert_eq!(get(&api, "/v3/extension/101/loggedin").await.json["is_logged_in"], false);
    assert_eq!(ask(&api, "DELETE", "/v3/extension/101", None).await.status, 200);
    assert_eq!(get(&api, "/v3/extension/101").await.status, 404);
    assert_eq!(get(&api, "/v1/call").await.json["total"], 1);
    api.demo().read(|pbx| pbx.verify()).unwrap().unwrap();
}

#[actix_web::test]
async fn a_created_extension_takes_calls_once_a_phone_is_logged_in() {
    let api = api();
    let create = json!({ "extension": "110", "password": "x", "enabled": true });
    let created = post(&api, "/v3/extension", create).await.json;
    let path = "/v1/click2call/async?ext=110&phone=0899123456";
    assert_eq!(get(&api, path).await.json["error"], "USER_NOT_REGISTERED");
    let log_in = json!({ "registered": true });
    assert_eq!(api.send("PATCH", "/__admin/extensions/110", &log_in).await.status, 200);
    assert_eq!(get(&api, path).await.json["status"], "success");
    let by_id = format!("/v3/extension/{}", created["extension_uuid"].as_str().unwrap());
    assert_eq!(get(&api, &by_id).await.json["extension"], "110");
}

#[actix_web::test]
async fn extensions_and_services_of_a_scenario_and_of_the_control_api_are_listed() {
    let scenario = json!({
        "extensions": [{ "number": "201" }],
        "services": [{ "number": "700", "kind": { "ring_group": { "members": ["201"] } } }],
    });
    let settings = json!({ "fixed_token": crate::TOKEN });
    let builder = Tel4vn::builder().seed(7).frozen_clock().settings(settings).scenario(scenario);
    let api = ringback_testkit::Api::<Tel4vn>::of(builder);
    assert_eq!(get(&api, "/v3/extension/201").await.json["enabled"], true);
    assert_eq!(api.send("PATCH", "/__admin/extensions/202", &json!({})).await.status, 404);
    assert_eq!(api.send("PUT", "/__admin/extensions/202", &json!({})).await.status, 201);
    assert_eq!(get(&api, "/v3/extension").await.json["total"], 11);
    let service = json!({ "number": "701", "kind": { "ring_group": { "members": ["202"] } } });
    let set = json!({ "do": "set_service", "service": service });
    assert_eq!(api.post("/__admin/control", &set).await.status, 200);
    for (to, by) in [("700", "201"), ("701", "202")] {
        api.post("/__admin/calls", &json!({ "from": "0987654321", "to": to })).await;
        api.advance(Duration::seconds(2)).await;
        let rows = get(&api, "/v1/call").await.json;
        let last = rows["data"].as_array().unwrap().last().unwrap();
        assert_eq!(last["destination"], by);
    }
    assert_eq!(api.send("DELETE", "/__admin/extensions/202", &json!({})).await.status, 204);
    assert_eq!(get(&api, "/v3/extension/202").await.status, 404);
}

#[actix_web::test]
async fn who_is_not_of_this_tenant_cannot_call_through_it() {
    let api = api();
    let before = api.engine().snapshot().unwrap();
    let call = json!({ "from": "0987654321", "to": "0912345678" });
    assert_eq!(api.post("/__admin/calls", &call).await.status, 409);
    let record = json!({ "from": "1", "to": "2", "created_at": "2026-01-01T00:00:00Z" });
    let added = json!({ "do": "add_records", "records": [record] });
    assert_eq!(api.post("/__admin/control", &added).await.status, 409);
    assert_eq!(api.engine().snapshot().unwrap(), before);
}

#[actix_web::test]
async fn a_token_runs_out_and_others_stay() {
    let api = api_with(json!({ "token_seconds": 60 }));
    let key = json!({ "api_key": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeee" });
    let token = async || {
        let reply = api.post("/v1/auth/token", &key).await;
        format!("Bearer {}", reply.json["data"]["token"].as_str().unwrap())
    };
    let status = async |token: &str| {
        api.request("GET", "/v1/call", &[("authorization", token)], "").await.status
    };
    let first = token().await;
    api.advance(Duration::seconds(30)).await;
    let second = token().await;
    assert_ne!(first, second);
    assert_eq!([status(&first).await, status(&second).await], [200, 200]);
    api.advance(Duration::milliseconds(29_999)).await;
    assert_eq!([status(&first).await, status(&second).await], [200, 200]);
    api.advance(Duration::MILLISECOND).await;
    assert_eq!([status(&first).await, status(&second).await], [401, 200]);
    api.engine().reset().await.unwrap();
    assert_eq!(status(&second).await, 401);
}

#[actix_web::test]
async fn with_open_accounts_a_new_key_and_a_new_login_each_have_a_tenant_of_their_own() {
    let builder = Tel4vn::builder().seed(7).frozen_clock().open_accounts();
    let api = ringback_testkit::Api::<Tel4vn>::of(builder);
    let login = json!({ "username": "me@mine.example", "password": "any" });
    let user = api.post("/v1/auth", &login).await.json["data"].clone();
    assert_eq!(user["username"], "me");
    let key = json!({ "api_key": user["api_key"] });
    let reply = api.post("/v1/auth/token", &key).await;
    let bearer = format!("Bearer {}", reply.json["data"]["token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let path = "/v1/click2call/async?ext=101&phone=0899123456";
    assert_eq!(api.request("GET", path, &headers, "").await.json["status"], "success");
    assert_eq!(api.demo().read(|pbx| pbx.exchange().live()), Some(0));
    // The demo account keeps its password.
    let login = json!({ "username": "foo@test.tel4vn.com", "password": "any" });
    assert_eq!(api.post("/v1/auth", &login).await.status, 401);
}

#[test]
fn the_rust_handle_places_calls_without_http() {
    let pbx = Tel4vn::builder().seed(7).frozen_clock().build().unwrap();
    let call = pbx.demo().execute(ClickToCall::new("101", "0899199486")).unwrap().unwrap();
    pbx.advance(Duration::seconds(30));
    let status = pbx.demo().read(|pbx| pbx.record(&call.to_string()).map(|record| record.status()));
    assert_eq!(status.flatten(), Some("BUSY"));
}

#[actix_web::test]
async fn a_call_is_shown_by_its_number_by_its_id_and_by_that_of_its_parts() {
    let api = api();
    let call = json!({ "from": "0987654321", "to": "600" });
    let placed = api.post("/__admin/calls", &call).await;
    assert_eq!(placed.status, 201, "{}", placed.text());
    let placed = placed.json;
    assert_eq!((&placed["id"], &placed["direction"]), (&json!("tel4vn-0-1"), &json!("inbound")));
    let ids = &placed["vendor_ids"];
    let [call_id, sip] = ["call_id", "sip_call_id"].map(|name| ids[name].as_str().unwrap());
    let part = placed["legs"][2]["call_id"].as_str().unwrap();
    for id in ["tel4vn-0-1", "1", call_id, part] {
        let shown = api.get(&format!("/__admin/calls/{id}")).await;
        assert_eq!((shown.status, &shown.json["id"]), (200, &placed["id"]), "{id}");
    }
    api.advance(Duration::minutes(5)).await;
    let shown = api.get(&format!("/__admin/calls/{call_id}")).await;
    assert_eq!((&shown.json["state"], &shown.json["id"]), (&json!("ended"), &placed["id"]));
    for id in [call_id, sip] {
        let found = api.get(&format!("/__admin/calls?vendor_id={id}")).await.json;
        assert_eq!((&found["total"], &found["calls"][0]["id"]), (&json!(1), &placed["id"]));
    }
    assert_eq!(api.get("/__admin/calls/nobody").await.status, 404);
}

#[actix_web::test]
async fn the_same_seed_and_requests_under_a_frozen_clock_give_the_same_bytes() {
    let run = async || {
        let settings = json!({ "fixed_token": crate::TOKEN, "demo_call": true });
        let builder = Tel4vn::builder().seed(3).frozen_clock().settings(settings).history(50);
        let api = ringback_testkit::Api::<Tel4vn>::of(builder);
        let mut answers = Vec::new();
        for n in 0..20 {
            let path = format!("/v1/click2call/async?ext=10{}&phone=0899{n:06}", n % 7 + 1);
            answers.push(get(&api, &path).await.body);
            api.advance(Duration::seconds(n)).await;
            answers.push(get(&api, "/v1/call").await.body);
            let bearer = format!("Bearer {}", crate::TOKEN);
            let headers = [("authorization", bearer.as_str()), ("host", "localhost:8082")];
            answers.push(api.request("GET", "/v1/cdr?page=1", &headers, "").await.body);
            answers.push(api.get("/__admin/calls").await.body);
        }
        answers
    };
    assert_eq!(run().await, run().await);
}

#[actix_web::test]
async fn an_empty_fixed_token_is_none() {
    let settings = json!({ "fixed_token": "", "bare_token": true });
    let builder = Tel4vn::builder().seed(7).frozen_clock().settings(settings);
    let api = ringback_testkit::Api::<Tel4vn>::of(builder);
    for shown in ["", "Bearer", "Bearer "] {
        let reply = api.request("GET", "/v1/call", &[("authorization", shown)], "").await;
        assert_eq!(reply.status, 401, "{shown:?}");
    }
}

#[actix_web::test]
async fn a_made_up_past_is_one_that_could_have_been() {
    let settings = json!({ "fixed_token": crate::TOKEN });
    let builder = Tel4vn::builder().seed(7).frozen_clock().settings(settings).history(1_000);
    let api = ringback_testkit::Api::<Tel4vn>::of(builder);
    let records = get(&api, "/v1/cdr?limit=1000").await.json["data"].clone();
    let records = records.as_array().unwrap();
    assert_eq!(records.len(), 1_000);
    let able = ["101", "102", "103", "104", "105", "106", "107"];
    let (mut local, mut missed) = (0, 0);
    for record in records {
        let text = |name: &str| record[name].as_str().unwrap();
        let (extension, receive, status) =
            (text("extension"), text("receive_dest"), text("status"));
        let nobody = status != "ANSWERED" && !receive.is_empty();
        missed += usize::from(nobody);
        assert_eq!(extension.is_empty(), nobody, "{record}");
        assert!(nobody || able.contains(&extension), "{record}");
        let members: &[&str] = match receive {
            "600" => &["101", "102", "103"],
            "3333" => &["104", "105"],
            _ => &able,
        };
        assert!(nobody || members.contains(&extension), "{record}");
        assert!(receive.is_empty() || record["direction"] == 1, "{record}");
        if record["direction"] != 3 {
            assert_ne!(status, "FAILED", "{record}");
            assert_ne!(text("cause"), "NORMAL_CIRCUIT_CONGESTION", "{record}");
        }
        if record["direction"] == 2 {
            local += 1;
            assert_eq!(extension, text("from_number"));
            assert!(able.contains(&text("to_number")) && extension != text("to_number"));
        }
    }
    assert!((20..100).contains(&local) && missed > 20, "{local} local, {missed} missed");
}
