use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use time::Duration;

use crate::{PARTNER, SECRET, ask};

async fn state(api: &Api<Voip24h>) -> Value {
    api.get("/__admin/calls").await.json["calls"][0]["state"].clone()
}

#[actix_web::test]
async fn a_dialled_call_goes_from_created_to_ended_with_one_set_of_times() {
    let api = Api::<Voip24h>::frozen();
    ask(&api, "makeDial", json!({ "extension": "101", "phone": "0987654321" })).await;
    assert_eq!(state(&api).await, "created");
    api.advance(Duration::milliseconds(1_500)).await;
    assert_eq!(state(&api).await, "ringing");
    api.advance(Duration::seconds(2)).await;
    assert_eq!(state(&api).await, "answered");
    api.advance(Duration::seconds(20)).await;
    assert_eq!(state(&api).await, "ended");

    let call = &api.get("/__admin/calls").await.json["calls"][0];
    assert_eq!(call["created_at"], "2026-01-05T09:00:00.000000Z");
    assert_eq!(call["answered_at"], "2026-01-05T09:00:03.000000Z");
    assert_eq!(call["ended_at"], "2026-01-05T09:00:08.000000Z");
    assert_eq!(call["cause"], "NORMAL_CLEARING");
    let record = &ask(&api, "getUser", json!({ "user": "101" })).await.json["data"][0];
    assert_eq!(record["callDate"], "2026-01-05 16:00:00");
    assert_eq!((&record["duration"], &record["callStatus"]), (&json!(8), &json!("ANSWERED")));
}

#[actix_web::test]
async fn a_call_taken_over_by_hand_rings_until_it_is_answered_and_talks_until_hung_up() {
    let api = Api::<Voip24h>::frozen();
    ask(&api, "makeDial", json!({ "extension": "101", "phone": "0987654321" })).await;
    api.advance(Duration::seconds(1)).await;
    let id = api.get("/__admin/calls").await.json["calls"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let drive = async |verb: &str, body: Value| {
        let reply = api.post(&format!("/__admin/calls/{id}/{verb}"), &body).await;
        assert_eq!(reply.status, 200, "{verb}: {}", reply.text());
    };
    drive("take_over", json!({})).await;
    api.advance(Duration::minutes(10)).await;
    assert_eq!(state(&api).await, "ringing");
    drive("answer", json!({})).await;
    drive("dtmf", json!({ "leg": "b", "digits": "12#" })).await;
    drive("hold", json!({ "leg": "b" })).await;
    drive("resume", json!({ "leg": "b" })).await;
    api.advance(Duration::minutes(3)).await;
    assert_eq!(state(&api).await, "answered");
    drive("hang_up", json!({ "leg": "b" })).await;
    assert_eq!(state(&api).await, "ended");
    let record = &ask(&api, "getUser", json!({ "user": "101" })).await.json["data"][0];
    assert_eq!(record["duration"], 1 + 600 + 180);
}

#[actix_web::test]
async fn a_rule_of_the_user_decides_before_the_magic_of_the_number() {
    let api = Api::<Voip24h>::frozen();
    let rule = json!({ "to": "*99486", "outcome": "answer", "ring": 4, "talk": 6 });
    assert_eq!(api.post("/__admin/behaviours", &rule).await.status, 201);
    ask(&api, "makeDial", json!({ "extension": "101", "phone": "0987699486" })).await;
    api.advance(Duration::minutes(1)).await;
    let record = &ask(&api, "getUser", json!({ "user": "101" })).await.json["data"][0];
    assert_eq!((&record["duration"], &record["callStatus"]), (&json!(11), &json!("ANSWERED")));
}

#[actix_web::test]
async fn a_refused_dial_changes_nothing() {
    let api = Api::<Voip24h>::frozen();
    let before = api.engine().snapshot().unwrap();
    for data in [
        json!({ "extension": "199", "phone": "0987654321" }),
        json!({ "extension": "1", "phone": "0987654321" }),
        json!({ "extension": "101", "phone": "x" }),
        json!({ "extension": "101" }),
    ] {
        assert_eq!(ask(&api, "makeDial", data).await.json["respCode"], -1);
    }
    assert_eq!(api.engine().snapshot().unwrap(), before);
}

#[actix_web::test]
async fn the_same_seed_and_requests_under_a_frozen_clock_give_the_same_bytes() {
    let run = async || {
        let api = Api::of(Voip24h::builder().seed(3).frozen_clock().history(50));
        let mut answers = Vec::new();
        for n in 0..20 {
            let phone = format!("09876{n:05}");
            let dial = json!({ "extension": format!("10{}", n % 5 + 1), "phone": phone });
            answers.push(ask(&api, "makeDial", dial).await.body);
            api.advance(Duration::seconds(n)).await;
            answers.push(ask(&api, "getUser", json!({ "user": "101" })).await.body);
            answers.push(api.get("/__admin/calls").await.body);
            let link = json!({ "callId": "1531709393.4472" });
            let headers = [("host", "localhost:8000")];
            let body = json!({
                "requestType": "recordingListen", "partnerSecret": SECRET, "data": link,
            });
            answers.push(api.request("POST", PARTNER, &headers, body.to_string()).await.body);
        }
        answers
    };
    assert_eq!(run().await, run().await);
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused_in_the_envelope() {
    let api = Api::<Voip24h>::frozen();
    let reply = api.request("POST", PARTNER, &[], vec![b' '; 1_048_577]).await;
    let wanted = json!({ "respCode": -1, "respMsg": "Payload Too Large", "data": null });
    assert_eq!((reply.status, reply.json), (413, wanted));
    let reply = api.get(&format!("/api/{}", "x".repeat(9_000))).await;
    let wanted = json!({ "respCode": -1, "respMsg": "URI Too Long", "data": null });
    assert_eq!((reply.status, reply.json), (414, wanted));
}
