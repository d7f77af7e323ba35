//! Inboxes, signatures, chaos and notifications sent once more.

use ringback_mango::Mango;
use ringback_testkit::Api;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::Duration;

const KEY: &str = "mangomockkey0000000000000000000k";
const SALT: &str = "mangomocksalt000000000000000000s";

/// An instance whose notifications go to an inbox.
async fn api() -> Api<Mango> {
    let api = Api::frozen();
    let set = api.send("PUT", "/__admin/webhook", &json!({ "url": "inbox:crm" })).await;
    assert_eq!(set.json, json!({ "url": "inbox:crm" }));
    api
}

/// Somebody calls 101, talks for half a minute and hangs up; returns the id of the call.
async fn called(api: &Api<Mango>) -> String {
    let behaviour = json!({ "outcome": "answer", "ring": 5, "talk": 30 });
    let call = json!({ "from": "79997654321", "to": "101", "behaviour": behaviour });
    let placed = api.post("/__admin/calls", &call).await;
    api.advance(Duration::seconds(100)).await;
    placed.json["id"].as_str().unwrap().to_owned()
}

async fn messages(api: &Api<Mango>) -> Vec<Value> {
    let listed = api.get("/__admin/inboxes/crm/messages?order=asc").await.json;
    listed["messages"].as_array().unwrap().clone()
}

fn paths(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["path"].as_str().unwrap()).collect()
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[actix_web::test]
async fn every_notification_of_a_call_arrives_signed_and_says_how() {
    let api = api().await;
    let call = called(&api).await;
    let messages = messages(&api).await;
    assert_eq!(paths(&messages).last(), Some(&"/events/summary"));
    assert!(messages.len() >= 4, "{messages:?}");
    for message in &messages {
        assert_eq!(message["call"], call.as_str());
        let signature = &message["signature"];
        assert_eq!((&signature["valid"], &signature["differs_at"]), (&json!(true), &Value::Null));
        let signed = signature["signed_string"].as_str().unwrap();
        assert!(signed.starts_with(&format!("{KEY}{{")) && signed.ends_with(&format!("}}{SALT}")));
        assert_eq!(signature["given"], hash(signed));
    }
    let id = messages[0]["delivery"].as_str().unwrap();
    let delivery = api.get(&format!("/__admin/deliveries/{id}")).await.json;
    assert_eq!(delivery["signed_string"], messages[0]["signature"]["signed_string"]);
    assert_eq!(delivery["attempts"][0]["signature"]["valid"], true);
    assert!(delivery["command"].is_u64(), "{delivery}");
    assert_eq!(delivery["cause"], "leg_created", "{delivery}");
    let last = messages.last().unwrap()["delivery"].as_str().unwrap();
    let summary = api.get(&format!("/__admin/deliveries/{last}")).await.json;
    // Time passing caused it, and no command.
    assert_eq!((&summary["cause"], &summary["command"]), (&json!("call_ended"), &Value::Null));
}

#[actix_web::test]
async fn a_signature_that_chaos_changed_is_not_valid_and_says_why() {
    let api = api().await;
    api.send("PUT", "/__admin/chaos", &json!({ "corrupt_signature": 1 })).await;
    called(&api).await;
    let message = &messages(&api).await[0];
    let signature = &message["signature"];
    assert_eq!(
        (&signature["valid"], &signature["why"]),
        (&json!(false), &json!("the signature was changed on its way"))
    );
    assert_ne!(signature["given"], signature["expected"]);
    let id = message["delivery"].as_str().unwrap();
    let delivery = api.get(&format!("/__admin/deliveries/{id}")).await.json;
    assert_eq!(delivery["attempts"][0]["chaos"], json!(["corrupt_signature"]));
    assert_eq!(delivery["attempts"][0]["signature"]["given"], signature["given"]);
}

#[actix_web::test]
async fn what_is_signed_by_mistake_is_told_by_where_it_diverges() {
    let api = api().await;
    let json = r#"{"a": 1}"#;
    let escaped = "%7B%22a%22%3A%201%7D";
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for (signed, why, differs_at) in [
        (format!("{KEY}{json}{SALT}"), Value::Null, Value::Null),
        (format!("{KEY}{json}"), json!("the salt is missing"), json!(KEY.len() + json.len())),
        (
            format!("{KEY}{escaped}{SALT}"),
            json!("the json was signed as it is escaped in the form"),
            json!(KEY.len()),
        ),
        (
            format!("{KEY}{{\"a\":1}}{SALT}"),
            json!("the json was written anew"),
            json!(KEY.len() + 5),
        ),
        (
            "something".to_owned(),
            json!("another secret, or something else was signed"),
            Value::Null,
        ),
    ] {
        let form = format!("vpbx_api_key={KEY}&sign={}&json={escaped}", hash(&signed));
        api.request("POST", "/__inbox/crm/by/hand", &headers, form).await;
        let signature = &messages(&api).await.pop().unwrap()["signature"];
        assert_eq!(signature["valid"], why.is_null(), "{signed}");
        assert_eq!(signature.get("why").unwrap_or(&Value::Null), &why, "{signed}");
        assert_eq!(signature["differs_at"], differs_at, "{signed}");
    }
}

#[actix_web::test]
async fn a_whole_call_is_told_once_more_at_once_or_with_its_pauses() {
    let api = api().await;
    let call = called(&api).await;
    let first = messages(&api).await;
    let again = api.post(&format!("/__admin/calls/{call}/resend"), &json!({ "speed": 0 })).await;
    assert_eq!((again.status, again.json["total"].as_u64().unwrap()), (201, first.len() as u64));
    api.settle().await;
    let second = messages(&api).await.split_off(first.len());
    let bodies = |messages: &[Value]| -> Vec<Value> {
        messages.iter().map(|message| message["body"].clone()).collect()
    };
    assert_eq!(bodies(&second), bodies(&first));

    // The call took 36 s or so: at ten times the speed it is told within four.
    api.post(&format!("/__admin/calls/{call}/resend"), &json!({ "speed": 10 })).await;
    api.settle().await;
    let so_far = || async { messages(&api).await.split_off(first.len() * 2).len() };
    let at_once = so_far().await;
    assert!((1..first.len()).contains(&at_once), "{at_once}");
    api.advance(Duration::seconds(4)).await;
    assert_eq!(so_far().await, first.len());
    assert_eq!(bodies(&messages(&api).await.split_off(first.len() * 2)), bodies(&first));

    for (speed, status) in [(json!(-1), 400), (json!("x"), 400), (json!(0.0001), 400)] {
        let path = format!("/__admin/calls/{call}/resend");
        let reply = api.post(&path, &json!({ "speed": speed })).await;
        assert_eq!(reply.status, status, "{speed}");
    }
    assert_eq!(api.post("/__admin/calls/mango-0-999/resend", &json!({})).await.status, 404);
}

#[actix_web::test]
async fn a_test_is_the_ping_of_the_cabinet() {
    let api = api().await;
    let tried = api.post("/__admin/webhook/test", &json!({})).await;
    assert_eq!((tried.status, &tried.json["state"]), (201, &json!("delivered")), "{}", tried.json);
    let messages = messages(&api).await;
    assert_eq!(paths(&messages), ["/ping"]);
    assert_eq!(messages[0]["signature"]["valid"], true);
}

#[actix_web::test]
async fn in_the_natural_order_some_overtake_each_other_and_all_arrive() {
    let run = async |chaos: Value| {
        let api = api().await;
        api.send("PUT", "/__admin/chaos", &chaos).await;
        for _ in 0..40 {
            called(&api).await;
        }
        api.advance(Duration::MINUTE).await;
        messages(&api).await.iter().map(|message| message["delivery"].clone()).collect::<Vec<_>>()
    };
    let (calm, natural) = (run(json!({})).await, run(json!({ "order": "natural" })).await);
    assert_ne!(natural, calm);
    assert_eq!(natural, run(json!({ "order": "natural" })).await);
    let sorted = |mut ids: Vec<Value>| {
        ids.sort_by_key(|id| id.as_str().unwrap().to_owned());
        ids
    };
    assert_eq!(sorted(natural), sorted(calm));
}
