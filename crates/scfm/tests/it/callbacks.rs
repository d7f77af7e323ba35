//! What the provider sends to those who asked to be told.

use ringback_scfm::Scfm;
use ringback_testkit::{Api, Received, Receiver, Temper};
use serde_json::{Value, json};
use time::Duration;

use crate::{made, set};

/// A call to a number that picks up, told to whom its parameters say.
pub(crate) async fn called(settings: Value, params: Value) -> Api<Scfm> {
    let mut all =
        json!({ "provider": { "refused": 0.0, "setup": 1 }, "dialling": { "enabled": false } });
    for (name, value) in settings.as_object().expect("settings") {
        match (&mut all[name], value) {
            (Value::Object(known), Value::Object(more)) => known.extend(more.clone()),
            (known, value) => *known = value.clone(),
        }
    }
    let api = set(all);
    made(&api, "/api/callouts", "").await;
    made(&api, "/api/contacts", "msisdn=85512299200").await;
    made(&api, "/api/callouts/1/callout_participations", "contact_id=1").await;
    let params = json!({ "remote_request_params": params });
    assert_eq!(api.post("/api/callout_participations/1/phone_calls", &params).await.status, 201);
    made(&api, "/api/phone_calls/1/phone_call_events", "event=queue").await;
    api.advance(Duration::minutes(1)).await;
    api
}

/// Reads one parameter of a form or of a query string.
fn param<'a>(form: &'a str, name: &str) -> &'a str {
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

fn all<'a>(received: &'a [Received], name: &str) -> Vec<&'a str> {
    received.iter().map(|request| param(&request.body, name)).collect()
}

pub(crate) const EVERY_STEP: &str = "initiated ringing answered completed";

#[actix_web::test]
async fn callbacks_are_numbered_and_say_when_and_whence() {
    let receiver = Receiver::start(Temper::Answers(200));
    let params = json!({ "from": "1294", "status_callback": receiver.url(), "status_callback_event": EVERY_STEP });
    called(json!({}), params).await;
    let received = receiver.wait_for(4);
    assert_eq!(all(&received, "SequenceNumber"), ["0", "1", "2", "3"]);
    assert_eq!(all(&received, "CallbackSource"), ["call-progress-events"; 4]);
    let at = param(&received[0].body, "Timestamp");
    assert!(at.starts_with("Mon%2C%2005%20Jan%202026%2009%3A00%3A0"), "{at}");
    assert!(at.ends_with("%20%2B0000"), "{at}");
    assert!(received.iter().all(|request| request.line.starts_with("POST ")));
    assert_eq!(received[0].header("user-agent"), "TwilioProxy/1.1");
}

#[actix_web::test]
async fn only_the_steps_that_are_told_are_numbered() {
    let receiver = Receiver::start(Temper::Answers(200));
    let params = json!({ "from": "1294", "status_callback": receiver.url() });
    called(json!({}), params).await;
    let received = receiver.wait_for(1);
    assert_eq!(all(&received, "SequenceNumber"), ["0"]);
    assert_eq!(all(&received, "CallStatus"), ["completed"]);
}

#[actix_web::test]
async fn a_callback_that_was_lost_leaves_a_gap_in_the_numbers() {
    let receiver = Receiver::start(Temper::Answers(200));
    let params = json!({ "from": "1294", "status_callback": receiver.url(), "status_callback_event": EVERY_STEP });
    let api = called(json!({ "provider": { "lost_events": 1.0 } }), params).await;
    let received = receiver.wait_for(1);
    assert_eq!(all(&received, "CallStatus"), ["initiated"], "that is no event of the provider's");
    api.settle().await;
    let call = api.demo().read(|platform| serde_json::to_value(platform)).unwrap().unwrap();
    assert_eq!(call["phone_calls"]["rows"][0]["callbacks"], 4);
}

#[actix_web::test]
async fn who_asks_for_get_is_told_in_the_query_string() {
    let receiver = Receiver::start(Temper::Answers(200));
    let url = format!("{}?a=b", receiver.url());
    let params = json!({ "from": "1294", "status_callback": url, "status_callback_method": "get",
        "status_callback_event": ["answered", "completed"] });
    called(json!({ "twilio_request_auth_token": "secret" }), params).await;
    let received = receiver.wait_for(2);
    for (request, word) in received.iter().zip(["in-progress", "completed"]) {
        let target = request.line.split(' ').nth(1).unwrap();
        assert!(request.line.starts_with("GET "), "{}", request.line);
        let query = target.split_once('?').unwrap().1;
        assert!(query.starts_with("a=b&CallSid="), "{query}");
        assert_eq!(param(query, "CallStatus"), word);
        assert_eq!(request.body, "");
        assert_eq!(request.header("content-type"), "");
        // The address is signed as it is, with everything in it.
        let root = receiver.url();
        let origin = root.split('/').take(3).collect::<Vec<_>>().join("/");
        let wanted = crate::wire::signed("secret", &format!("{origin}{target}"));
        assert_eq!(request.header("x-twilio-signature"), wanted);
    }
}

#[actix_web::test]
async fn a_flow_is_fetched_by_the_method_that_the_call_names() {
    for (method, begins) in
        [(json!("GET"), "GET "), (json!("POST"), "POST "), (Value::Null, "POST ")]
    {
        let receiver = Receiver::start(Temper::Answers(200));
        let params = json!({ "from": "1294", "url": receiver.url(), "method": method });
        called(json!({ "provider": { "fetch_flows": true } }), params).await;
        let received = receiver.wait_for(1);
        assert!(received[0].line.starts_with(begins), "{}", received[0].line);
        let form = received[0].line.clone() + "&" + &received[0].body;
        assert!(form.contains("CallStatus=in-progress"), "{form}");
        assert!(!form.contains("SequenceNumber"), "a flow is no callback");
    }
}
