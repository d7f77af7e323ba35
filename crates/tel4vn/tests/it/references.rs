//! What events say of the origin of a call: what started it, and what its client knows it by.

use ringback_testkit::Receiver;
use serde_json::{Value, json};
use time::Duration;

use crate::{
    ask,
    events::{bodies, heard},
};

/// What started the calls that were told of, and what their client knows them by, each once.
fn known_by(receiver: &Receiver) -> Vec<(String, String)> {
    let mut known = Vec::new();
    for body in bodies(&receiver.received()) {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let pair = (text("application"), text("ref_id"));
        if !known.contains(&pair) {
            known.push(pair);
        }
    }
    // Webhooks of different calls do not wait for each other.
    known.sort();
    known
}

#[actix_web::test]
async fn every_event_says_what_started_the_call_and_gives_the_reference_back() {
    let template = "template_autocall_audio_v2";
    let campaign = "373854ae-0169-4a1f-b71b-e145b3579233";
    let one = |name: &str, value: Value| json!({ "phone_number": "0987600001", "params": { "customer_name": "A" }, name: value });
    let mut script = one("ref_id", json!("DH-17"));
    script["template"] = template.into();
    let mut numbered = script.clone();
    numbered["ref_id"] = 17.into();
    let scripts = |customers: Value, reference: &str| json!({ "campaign_uuid": campaign, "customers": customers, "ref_id": reference });
    let both = json!([one("ref_id", json!("own")), one("id", json!("KH1"))]);
    let dials = json!({ "campaign_uuid": campaign, "customers": [one("ref_id", json!("D"))] });
    let [get, post] = ["GET", "POST"];
    for (method, path, body, wanted) in [
        (post, "/v1/autocall/ivr", Some(script), vec![("autocall", "DH-17")]),
        (post, "/v1/autocall/ivr", Some(numbered), vec![("autocall", "17")]),
        (
            post,
            "/v1/autocall/campaign",
            Some(scripts(both, "all")),
            vec![("autocall", "own"), ("autocall", "all")],
        ),
        (post, "/v1/autodial/campaign", Some(dials), vec![("autodialer", "D")]),
        (get, "/v1/click2call/async?ext=101&phone=0987600001", None, vec![("click2call", "")]),
        (
            get,
            "/v1/click2call/async?ext=101&phone=0987600001&ref_id=A1",
            None,
            vec![("click2call", "A1")],
        ),
        (
            post,
            "/v2/click2call",
            Some(json!({ "id": "K", "mobile": "0987600001", "agent": "101", "ref_id": "A2" })),
            vec![("click2call", "A2")],
        ),
        (
            post,
            "/__admin/calls",
            Some(json!({ "from": "0987654321", "to": "19001919" })),
            vec![("dial", "")],
        ),
    ] {
        let (api, receiver) = heard(json!({})).await;
        let reply = ask(&api, method, path, body).await;
        assert!(reply.status < 300, "{path}: {}", reply.text());
        api.advance(Duration::minutes(10)).await;
        let mut wanted: Vec<(String, String)> =
            wanted.iter().map(|(app, known)| ((*app).to_owned(), (*known).to_owned())).collect();
        wanted.sort();
        assert_eq!(known_by(&receiver), wanted, "{path}");
        // The new keys are the last ones, so that readers of the older ones see no change.
        let received = receiver.received();
        let json = received[0].json();
        let (app, reference) = (&json["application"], &json["ref_id"]);
        let end = format!(r#","application":{app},"ref_id":{reference}}}"#);
        assert!(received[0].body.ends_with(&end), "{}", received[0].body);
    }
}
