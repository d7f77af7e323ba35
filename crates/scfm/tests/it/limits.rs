//! Who is called again, how often and when.

use ringback_scfm::{CallStatus, Scfm};
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{
    campaign::{figures, fire},
    form, ids, made, set,
};

/// A callout with one participation of a number, and a call to it by hand that is not queued yet.
async fn one_call(api: &Api<Scfm>, number: &str, metadata: Value) {
    api.post("/api/callouts", &json!({ "metadata": metadata })).await;
    made(api, "/api/contacts", &format!("msisdn={number}")).await;
    made(api, "/api/callouts/1/callout_participations", "contact_id=1").await;
}

async fn call(api: &Api<Scfm>, params: &str) -> Value {
    let params = format!("remote_request_params[from]=1294{params}");
    made(api, "/api/callout_participations/1/phone_calls", &params).await["id"].clone()
}

async fn queue(api: &Api<Scfm>, call: &Value) {
    made(api, &format!("/api/phone_calls/{call}/phone_call_events"), "event=queue").await;
}

#[actix_web::test]
async fn nobody_is_dialled_while_a_call_by_hand_rings() {
    let api = set(json!({
        "provider": { "refused": 0.0, "setup": 1, "ring_timeout": 3_600 },
        "dialling": { "retry": { "delay_seconds": 0, "max_calls": 0 } },
    }));
    one_call(&api, "85512299480", json!({})).await;
    let rings = call(&api, "").await;
    queue(&api, &rings).await;
    api.advance(Duration::seconds(10)).await;
    let fails = call(&api, "&msisdn=85512299404").await;
    queue(&api, &fails).await;
    fire(&api, 1, "start").await;
    api.advance(Duration::minutes(30)).await;
    let meanwhile = figures(&api, 1);
    assert_eq!((meanwhile.of(CallStatus::InProgress), meanwhile.remaining), (1, 1));
    assert_eq!(meanwhile.calls.iter().sum::<u64>(), 2, "nobody else calls");
    api.advance(Duration::minutes(31)).await;
    assert_eq!(figures(&api, 1).calls.iter().sum::<u64>(), 3, "until it is over");
}

#[actix_web::test]
async fn only_calls_that_were_made_count_against_the_most_of_a_period() {
    // The fresh instance leaves out thirty ids of phone calls.
    let dialling = json!({ "max_calls_per_period": 10, "period_hours": 1 });
    let builder = Scfm::builder().seed(7).frozen_clock();
    let api = Api::of(builder.settings(json!({ "dialling": dialling })));
    for contact in 1..=20 {
        let body = format!("contact_id={contact}");
        made(&api, "/api/callouts/1/callout_participations", &body).await;
    }
    let participation = ids(&api, "/api/callout_participations").await[19];
    let path = format!("/api/callout_participations/{participation}/phone_calls");
    let by_hand = made(&api, &path, "remote_request_params[from]=1294").await["id"].clone();
    let call = json!({ "do": "dial", "from": "+85512220000", "to": "1294" });
    api.demo().control(call).unwrap();
    fire(&api, 1, "start").await;
    api.advance(Duration::minutes(5)).await;
    assert_eq!(figures(&api, 1).calls.iter().sum::<u64>(), 10, "nine, and the one by hand");
    let path = format!("/api/phone_calls/{by_hand}");
    assert_eq!(form(&api, "DELETE", &path, "").await.status, 204);
    api.advance(Duration::minutes(5)).await;
    assert_eq!(figures(&api, 1).calls.iter().sum::<u64>(), 10, "a deleted one makes room");
    api.advance(Duration::minutes(51)).await;
    assert_eq!(figures(&api, 1).calls.iter().sum::<u64>(), 19, "nine are older than an hour");
    api.advance(Duration::minutes(5)).await;
    assert_eq!(figures(&api, 1).calls.iter().sum::<u64>(), 20, "and then the tenth");
}

#[actix_web::test]
async fn new_limits_of_a_callout_hold_for_those_who_rest_already() {
    let api = set(json!({ "provider": { "refused": 0.0 } }));
    let sim = json!({ "sim": { "max_calls": 1, "retry_delay": 3_600 } });
    one_call(&api, "85512299404", sim).await;
    fire(&api, 1, "start").await;
    api.advance(Duration::minutes(20)).await;
    let failed = |api: &Api<Scfm>| figures(api, 1).of(CallStatus::Failed);
    assert_eq!(failed(&api), 1);
    let limit = async |sim: &str| {
        assert_eq!(form(&api, "PUT", "/api/callouts/1", sim).await.status, 204);
        api.advance(Duration::minutes(5)).await;
    };
    // More calls, and the delay is counted from the end of the call.
    limit("metadata[sim][max_calls]=3&metadata[sim][retry_delay]=1800").await;
    assert_eq!(failed(&api), 1, "25 minutes have passed");
    api.advance(Duration::minutes(6)).await;
    assert_eq!(failed(&api), 2);
    limit("metadata[sim][max_calls]=3&metadata[sim][retry_delay]=60").await;
    assert_eq!(failed(&api), 3, "a shorter delay holds at once");
    limit("metadata[sim][max_calls]=5&metadata[sim][retry_delay]=36000").await;
    limit("metadata[sim][max_calls]=3").await;
    api.advance(Duration::hours(20)).await;
    assert_eq!(failed(&api), 3, "fewer calls hold too");
}

#[actix_web::test]
async fn a_limit_that_is_no_finite_number_is_as_if_it_were_not_there() {
    let api = set(json!({ "provider": { "refused": 0.0 } }));
    let sim = json!({ "sim": { "max_calls": "-1", "retry_delay": "NaN", "capacity": "inf" } });
    one_call(&api, "85512299404", sim).await;
    fire(&api, 1, "start").await;
    api.advance(Duration::minutes(10)).await;
    assert_eq!(figures(&api, 1).of(CallStatus::Failed), 1);
    api.advance(Duration::hours(2)).await;
    assert_eq!(figures(&api, 1).of(CallStatus::Failed), 3);
}

#[actix_web::test]
async fn an_event_told_again_does_not_put_the_next_call_off() {
    let api = set(json!({ "provider": { "refused": 0.0 } }));
    one_call(&api, "85512299404", json!({})).await;
    fire(&api, 1, "start").await;
    api.advance(Duration::minutes(14)).await;
    let call = api.get("/api/phone_calls/1").await.json;
    let sid = call["remote_call_id"].as_str().unwrap();
    let event = format!("CallSid={sid}&Direction=outbound-api&CallStatus=failed");
    assert_eq!(form(&api, "POST", "/api/remote_phone_call_events", &event).await.status, 201);
    api.advance(Duration::minutes(2)).await;
    assert_eq!(figures(&api, 1).of(CallStatus::Failed), 2, "a quarter of an hour after the end");
}
