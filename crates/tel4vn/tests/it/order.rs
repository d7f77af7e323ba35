//! Calls that are ordered one by one: codes and imports, their references, events and callbacks.

use ringback_mock::inbox::InboxAnswer;
use serde_json::{Value, json};
use time::Duration;

use crate::{
    api,
    campaigns::{Made, id},
    get, post,
};

const OTP: &str = "f77dfcf4-0759-4179-93cb-741f481a776e";

fn otp(phone: &str, reference: &str) -> Value {
    json!({
        "campaign_uuid": OTP, "phone_number": phone, "template": "otp_script_01",
        "code_otp": "4711", "ref_id": reference,
    })
}

#[actix_web::test]
async fn a_code_is_read_at_once_and_its_record_is_found_by_its_reference() {
    let api = api();
    let order = otp("0349000002", "DH-17");
    let placed = post(&api, "/v3/autocall/otp", order.clone()).await.json;
    let call = id(&placed, "call_id");
    // It is live, in every view.
    assert_eq!(get(&api, "/v1/call").await.json["data"][0]["call_id"], call);
    assert_eq!(api.get(&format!("/__admin/calls/{call}")).await.json["to"]["number"], "0349000002");
    let log = "/v3/autocall/log/DH-17/ref_id";
    assert_eq!(get(&api, log).await.status, 404);
    api.advance(Duration::minutes(1)).await;
    let record = get(&api, log).await.json;
    assert_eq!(record["additional"], order);
    assert_eq!((&record["id"], &record["lead_uuid"]), (&placed["call_id"], &placed["lead_uuid"]));
    assert_eq!((&record["app"], &record["billsec"]), (&json!("autocall"), &json!(12)));
    assert_eq!(record["campaign_uuid"], OTP);
    // One record, however it is asked for.
    for path in [call.clone(), id(&record, "sip_call_id")] {
        assert_eq!(get(&api, &format!("/v3/cdr/{path}")).await.json, record);
    }
    assert_eq!(get(&api, &format!("/v1/cdr/{call}")).await.json["id"], call);
}

#[actix_web::test]
async fn of_two_calls_with_one_reference_the_newest_is_found() {
    let api = api();
    for code in ["0349000001", "0349000002"] {
        post(&api, "/v3/autocall/otp", otp(code, "R")).await;
        api.advance(Duration::minutes(1)).await;
    }
    let record = get(&api, "/v3/autocall/log/R/ref_id").await.json;
    assert_eq!(record["to_number"], "0349000002");
    let none = post(&api, "/v3/autocall/otp", otp("0349000003", "")).await.json;
    assert_eq!(none["ref_id"], "");
    api.advance(Duration::minutes(1)).await;
    // Rebuilt from the calls, it is the same.
    api.post("/__admin/checkpoints", &json!({ "name": "here" })).await;
    api.post("/__admin/checkpoints/here/rewind", &json!({})).await;
    assert_eq!(get(&api, "/v3/autocall/log/R/ref_id").await.json, record);
}

#[actix_web::test]
async fn an_import_is_a_lead_of_its_campaign_whose_words_come_back() {
    let api = api();
    let import = json!({
        "campaign_uuid": "e43b3104-5e7a-45bb-91ee-4364201c83c0", "phone_number": "0331111111",
        "params": { "ten": "A", "sdt": "1" },
    });
    let placed = post(&api, "/v3/autocall/import", import).await.json;
    let leads = get(&api, "/v3/lead?campaign_uuid=e43b3104-5e7a-45bb-91ee-4364201c83c0").await.json;
    assert_eq!(leads["total"], 1);
    assert_eq!(leads["data"][0]["lead_uuid"], placed["lead_uuid"]);
    assert_eq!(leads["data"][0]["list_name"], "Import");
    assert_eq!(leads["data"][0]["status"], "QUEUE");
    api.advance(Duration::minutes(1)).await;
    let record = get(&api, &format!("/v3/cdr/{}", id(&placed, "call_id"))).await.json;
    let wanted = json!({ "ten": "A", "sdt": "1", "phone_number": "0331111111" });
    assert_eq!(record["additional"], wanted);
}

#[actix_web::test]
async fn who_is_ordered_waits_for_a_place_and_can_be_taken_back() {
    let api = api();
    let made = Made::with(
        &api,
        json!({ "concurrent_call": 1, "template_uuid": "e7c099d6-cac7-4d8a-b591-8f66a32db6e1" }),
    )
    .await;
    let order =
        |phone: &str| json!({ "campaign_uuid": made.campaign, "phone_number": phone, "param": {} });
    let mut leads = Vec::new();
    for phone in ["0349000001", "0349000002", "0349000003"] {
        let placed = post(&api, "/v3/autocall/import", order(phone)).await.json;
        leads.push(id(&placed, "lead_uuid"));
    }
    assert_eq!(get(&api, "/v1/call").await.json["total"], 1);
    let path = format!("/v3/lead/{}", leads[1]);
    assert_eq!(crate::ask(&api, "DELETE", &path, None).await.status, 200);
    api.advance(Duration::minutes(1)).await;
    let called: Vec<_> = made.calls().await.into_iter().map(|(_, to)| to).collect();
    assert_eq!(called, ["0349000001", "0349000003"]);
    // Not started: nobody else is called.
    assert_eq!(made.status().await, "stop");
}

#[actix_web::test]
async fn a_pressed_key_is_in_the_record_in_its_event_and_in_the_report() {
    let api = api();
    let hook = json!({ "callback_url": "inbox:crm", "event": "cdr" });
    post(&api, "/v1/event", hook).await;
    let placed = post(&api, "/v3/autocall/otp", otp("0349000002", "K")).await.json;
    api.advance(Duration::seconds(4)).await;
    let path = format!("/__admin/calls/{}/dtmf", id(&placed, "call_id"));
    let pressed = api.post(&path, &json!({ "leg": "b", "digits": "1" })).await;
    assert_eq!(pressed.status, 200, "{}", pressed.text());
    api.advance(Duration::minutes(1)).await;
    let record = get(&api, "/v3/autocall/log/K/ref_id").await.json;
    assert_eq!(record["press_key"], r#"{"press_key":"1"}"#);
    assert_eq!(record["presskey_delay"], 3);
    assert_eq!(record["time_presskey"], "2026-01-05 16:00:04");
    let report = get(&api, &format!("/v3/report/call/lead?campaign_uuid={OTP}")).await.json;
    assert_eq!(report["data"][0]["press_key"], record["press_key"]);
    assert_eq!(report["data"][0]["start_stamp"], record["time_started"]);
    let told = api.inbox("crm").messages();
    assert_eq!(told[0].json()["press_key"], "1");
}

/// The keys that a public program declares. vendors/tel4vn-v3.md, 8
const DECLARED: [&str; 23] = [
    "call_id",
    "sip_call_id",
    "domain",
    "direction",
    "from_number",
    "to_number",
    "hotline",
    "state",
    "duration",
    "billsec",
    "recording_url",
    "status",
    "time_started",
    "time_answered",
    "time_ended",
    "application",
    "ref_id",
    "domain_uuid",
    "receive_dest",
    "sip_hangup_disposition",
    "campaign_uuid",
    "lead_uuid",
    "press_key",
];

#[actix_web::test]
async fn a_campaign_s_callback_gets_what_hooks_get_after_them_and_again_if_it_fails() {
    let api = api();
    post(&api, "/v1/event", json!({ "callback_url": "inbox:crm", "event": "cdr" })).await;
    let made = Made::with(&api, json!({ "callback_url": "inbox:campaign" })).await;
    api.inbox("campaign").answer([500].map(InboxAnswer::status), InboxAnswer::status(200)).unwrap();
    made.leads(&["0349199200", "0349199486"]).await;
    made.run("start").await;
    api.advance(Duration::minutes(2)).await;
    let (hooks, own) = (api.inbox("crm").messages(), api.inbox("campaign").messages());
    assert_eq!((hooks.len(), own.len()), (2, 3));
    // The first was sent twice, with the same bytes.
    let mut bodies: Vec<_> = own.iter().map(|one| one.body.clone()).collect();
    bodies.sort();
    bodies.dedup();
    let mut told: Vec<_> = hooks.iter().map(|one| one.body.clone()).collect();
    told.sort();
    // But for the address of recordings, which is that of whoever registered the hook.
    let plain = |body: &[u8]| {
        let mut body: Value = serde_json::from_slice(body).unwrap();
        body["recording_url"] = Value::Null;
        body
    };
    for (own, told) in bodies.iter().zip(&told) {
        assert_eq!(plain(own), plain(told));
    }
    let body = hooks[0].json();
    let text = String::from_utf8_lossy(&hooks[0].body).into_owned();
    let mut place = 0;
    for key in DECLARED {
        let found = text.find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key}: {text}"));
        assert!(found >= place, "{key} comes too early in {text}");
        place = found;
    }
    assert_eq!(body.as_object().unwrap().len(), DECLARED.len());
    assert!(body["billsec"].is_i64() && body["duration"].is_i64());
    assert_eq!(own[0].header("authorization"), "");
}
