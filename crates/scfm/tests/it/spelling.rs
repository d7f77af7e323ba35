//! Rules are told in any usual spelling of a number, and hold for the calls that clients place.

use ringback_scfm::Scfm;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{made, set};

/// Two contacts of a callout.
async fn platform() -> Api<Scfm> {
    let settings =
        json!({ "provider": { "refused": 0.0, "setup": 1 }, "dialling": { "enabled": false } });
    let api = set(settings);
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85510310000").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    api
}

/// Calls the contact as a client does, and returns the rules afterwards.
async fn called(api: &Api<Scfm>) -> Value {
    let params = json!({ "remote_request_params": { "from": "1294" } });
    let call = api.post("/api/callout_participations/1/phone_calls", &params).await;
    assert_eq!(call.status, 201, "{}", call.text());
    made(api, &format!("/api/phone_calls/{}/phone_call_events", call.json["id"]), "event=queue")
        .await;
    api.advance(Duration::minutes(5)).await;
    api.get("/__admin/behaviours").await.json["rules"].clone()
}

#[actix_web::test]
async fn a_rule_for_a_bare_number_holds_for_the_call_with_a_plus() {
    let api = platform().await;
    for (told, kept) in [
        ("85510310000", "+85510310000"),
        ("+855 10 310-000", "+85510310000"),
        ("0085510310000", "+85510310000"),
        ("+855 (0)10 310 000", "+85510310000"),
        ("+85510310000", "+85510310000"),
        ("85510*", "+85510*"),
        ("855 10 ???000", "+85510???000"),
        ("*10310000", "*10310000"),
        ("?85510310000", "?85510310000"),
    ] {
        let rules = json!({ "rules": [{ "to": told, "outcome": "busy" }] });
        assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);
        let rules = called(&api).await;
        assert_eq!((&rules[0]["to"], &rules[0]["hits"]), (&json!(kept), &json!(1)), "{told}");
    }
}

#[actix_web::test]
async fn what_may_be_meant_otherwise_stays_as_it_was_told() {
    let api = platform().await;
    for told in ["1294", "010310000", "0*", "sip:85510310000", "+1294", "855", "8551+310000"] {
        let rule = json!({ "to": told, "outcome": "busy" });
        let told_rule = api.post("/__admin/behaviours", &rule).await.json;
        assert_eq!(told_rule["to"], told);
    }
    // The calling number is a line of the platform, however that is written.
    for line in ["1294", "85523999999"] {
        let rule = json!({ "from": line, "outcome": "busy" });
        assert_eq!(api.post("/__admin/behaviours", &rule).await.json["from"], line);
    }
    let rules = called(&api).await;
    assert_eq!((&rules[0]["from"], &rules[1]["hits"]), (&json!("85523999999"), &json!(1)));
}

#[actix_web::test]
async fn scenarios_handles_and_faults_of_records_are_told_so_too() {
    let scenario = json!({
        "rules": [{ "to": "85510310000", "outcome": "busy" }],
        "record_faults": [{ "to": "855 10 *", "recording": "never" }],
    });
    let api = Api::of(Scfm::builder().seed(7).frozen_clock().fresh("{}").scenario(scenario));
    let rules = api.demo().rules();
    assert_eq!(rules[0].to.as_deref(), Some("+85510310000"));
    let faults = api.get("/__admin/record_faults").await.json;
    assert_eq!(faults["rules"][0]["to"], "+85510*");
    api.demo().when("855 77 223456").is_busy().unwrap();
    assert_eq!(api.demo().rules()[0].to.as_deref(), Some("+85577223456"));
    api.demo().reset().unwrap();
    assert_eq!(api.demo().rules()[0].to.as_deref(), Some("+85510310000"));
}
