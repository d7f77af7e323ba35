//! Records that are late or wrong: this vendor has none of its own, so its provider tells of the end of a
//! call late, twice, or once more.

use ringback_scfm::Scfm;
use ringback_testkit::{Api, Reply};
use serde_json::{Value, json};
use time::Duration;

use crate::{callbacks::EVERY_STEP, made, set};

/// A call that was answered and talked for twenty seconds, with faults of its record.
async fn called(faults: Value) -> Api<Scfm> {
    let api = set(
        json!({ "provider": { "refused": 0.0, "setup": 1 }, "dialling": { "enabled": false } }),
    );
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299200").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    assert_eq!(api.send("PUT", "/__admin/record_faults", &faults).await.status, 200);
    let answer = json!({ "to": "*12299200", "outcome": "answer", "ring": 2, "talk": 20 });
    assert_eq!(api.post("/__admin/behaviours", &answer).await.status, 201);
    let params = json!({ "from": "1294", "status_callback": "inbox:crm", "status_callback_event": EVERY_STEP });
    let body = json!({ "remote_request_params": params });
    let call = api.post("/api/callout_participations/1/phone_calls", &body).await;
    assert_eq!(call.status, 201, "{}", call.text());
    made(&api, "/api/phone_calls/1/phone_call_events", "event=queue").await;
    api.advance(Duration::seconds(60)).await;
    api
}

/// The status of the call in the vendor's list.
async fn status(api: &Api<Scfm>) -> Value {
    let listed: Reply = api.get("/api/phone_calls").await;
    assert_eq!(listed.json.as_array().map(Vec::len), Some(1), "{}", listed.text());
    listed.json[0]["status"].clone()
}

/// What callbacks told of its end: the talk in seconds, in the order in which it was told.
fn ends(api: &Api<Scfm>) -> Vec<String> {
    let told = api.inbox("crm").messages();
    let param = |text: &str, name: &str| {
        let pairs: Vec<(String, String)> = text
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    let ends = told
        .iter()
        .filter(|message| param(&message.text(), "CallStatus").as_deref() == Some("completed"));
    ends.map(|message| param(&message.text(), "CallDuration").unwrap_or_default()).collect()
}

/// The remote events that say that it is completed, in the vendor's own list.
async fn events(api: &Api<Scfm>) -> Vec<Value> {
    let listed = api.get("/api/phone_calls/1/remote_phone_call_events").await;
    let events = listed.json.as_array().cloned().unwrap_or_default();
    let is_end = |event: &Value| event["details"]["CallStatus"] == "completed";
    events
        .into_iter()
        .filter(is_end)
        .map(|event| event["details"]["CallDuration"].clone())
        .collect()
}

#[actix_web::test]
async fn an_end_that_is_late_is_told_late_and_the_call_goes_on_in_lists_until_then() {
    let api = called(json!({ "late": 300 })).await;
    assert_eq!(status(&api).await, "in_progress");
    assert_eq!((ends(&api).len(), events(&api).await.len()), (0, 0));
    api.advance(Duration::seconds(300)).await;
    assert_eq!(status(&api).await, "completed");
    assert_eq!(ends(&api), ["20"]);
    assert_eq!(events(&api).await.len(), 1);
}

#[actix_web::test]
async fn an_end_that_is_there_twice_is_told_twice_and_the_call_is_listed_once() {
    let api = called(json!({ "doubled": 600 })).await;
    assert_eq!(status(&api).await, "completed");
    assert_eq!(ends(&api), ["20", "20"]);
    assert_eq!(events(&api).await.len(), 2);
    api.advance(Duration::seconds(900)).await;
    assert_eq!(ends(&api), ["20", "20"]);
}

#[actix_web::test]
async fn a_wrong_duration_is_told_first_and_the_right_one_once_it_is_corrected() {
    let api = called(json!({ "wrong_duration": { "by": -7, "for": 120 } })).await;
    assert_eq!(ends(&api), ["13"]);
    api.advance(Duration::seconds(120)).await;
    assert_eq!(ends(&api), ["13", "20"]);
    assert_eq!(events(&api).await.len(), 2);
    assert_eq!(status(&api).await, "completed");
}

#[actix_web::test]
async fn what_this_vendor_has_no_list_and_no_recording_of_changes_nothing() {
    let faults = json!({ "out_of_order": { "places": 3 }, "recording": "never" });
    let api = called(faults).await;
    assert_eq!(status(&api).await, "completed");
    assert_eq!(ends(&api), ["20"]);
    let record = api.get("/__admin/calls?limit=1").await.json["calls"][0]["record"].clone();
    assert!(record.is_object(), "the exchange knows of it all the same");
    assert_eq!(api.get("/__admin/doctor").await.json["healthy"], true);
}
