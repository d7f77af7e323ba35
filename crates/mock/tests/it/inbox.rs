//! Inboxes over real HTTP and by the Rust handle, on a standing clock.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration as ComputerTime, Instant};

use ringback_engine::Duration;
use ringback_mock::inbox::InboxAnswer;
use ringback_testkit::{Api, Reply};
use serde_json::{Value, json};

use crate::bell::{Bell, Ring};

fn ring(api: &Api<Bell>, lane: u64) {
    api.demo().execute(Ring { lane, again: false }).unwrap().unwrap();
}

async fn put(api: &Api<Bell>, path: &str, body: &Value) -> Reply {
    api.send("PUT", path, body).await
}

async fn messages(api: &Api<Bell>, query: &str) -> Value {
    api.get(&format!("/__admin/inboxes/crm/messages?order=asc{query}")).await.json
}

#[actix_web::test]
async fn webhooks_go_to_an_inbox_in_one_call_and_it_answers_by_its_plan() {
    let settings = json!({ "retries": [10, 60, 60] });
    let api = Api::of(Bell::builder().settings(settings));
    let plan = json!({ "plan": [500, "reset", { "status": 503, "body": "busy" }], "then": 204 });
    let made = put(&api, "/__admin/inboxes/crm", &plan).await;
    assert_eq!((made.status, &made.json["left"]), (201, &plan["plan"]));
    let target = put(&api, "/__admin/webhook", &json!({ "url": "inbox:crm" })).await;
    assert_eq!(target.json, json!({ "url": "inbox:crm" }));
    ring(&api, 1);
    api.settle().await;
    for seconds in [10, 60, 60] {
        api.advance(Duration::seconds(seconds)).await;
    }
    let delivery = &api.get("/__admin/deliveries").await.json["deliveries"][0];
    assert_eq!(
        (&delivery["state"], &delivery["url"]),
        (&json!("delivered"), &json!("http://inbox.localhost/__inbox/crm"))
    );
    let attempts = delivery["attempts"].as_array().unwrap();
    let statuses: Vec<&Value> = attempts.iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [&json!(500), &Value::Null, &json!(503), &json!(204)]);
    assert_eq!(attempts[2]["response"], "busy");

    let listed = messages(&api, "").await;
    assert_eq!(
        (&listed["total"], &listed["missed"], &listed["next"]),
        (&json!(4), &json!(0), &Value::Null)
    );
    let answered: Vec<&Value> =
        listed["messages"].as_array().unwrap().iter().map(|message| &message["answered"]).collect();
    assert_eq!(answered, [&json!(500), &json!("reset"), &json!(503), &json!(204)]);
    let first = &listed["messages"][0];
    assert_eq!((&first["delivery"], &first["vendor"]), (&json!("bell-0-d1"), &json!("bell")));
    assert_eq!((&first["account"], &first["event"]), (&json!("keeper"), &json!("rung")));
    assert_eq!(first["at"], "2026-01-05T09:00:00.000000Z");
    assert_eq!(listed["messages"][2]["at"], "2026-01-05T09:01:10.000000Z");
    assert_eq!((&first["kind"], &first["inbox"]), (&json!("message"), &json!("crm")));
    assert_eq!(
        (&first["method"], &first["path"], &first["query"]),
        (&json!("POST"), &json!("/"), &json!(""))
    );
    assert_eq!(first["body"], r#"{"lane":1,"rung":1}"#);
    let headers = first["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["host", "inbox.localhost"])), "{headers:?}");
    let id = first["id"].as_str().unwrap();
    let one = api.get(&format!("/__admin/inboxes/crm/messages/{id}")).await;
    assert_eq!(one.json, *first);
    let feed = api.bench().feed().since(0, ringback_mock::bench::Kind::Message.into(), 10);
    assert_eq!(feed.items.len(), 4);
}

#[actix_web::test]
async fn what_anybody_posts_arrives_as_it_is_and_makes_the_inbox() {
    let api = Api::of(Bell::builder());
    let bytes = vec![0xff, 0x00, 0x41];
    let headers = [("x-thing", "1"), ("content-type", "application/octet-stream")];
    let reply = api.request("PUT", "/__inbox/crm/a/b?c=d&e", &headers, bytes).await;
    assert_eq!((reply.status, reply.text()), (200, ""));
    let message = &messages(&api, "").await["messages"][0];
    assert_eq!((&message["method"], &message["path"]), (&json!("PUT"), &json!("/a/b")));
    assert_eq!((&message["query"], &message["body_base64"]), (&json!("c=d&e"), &json!("/wBB")));
    assert_eq!((message.get("body"), message.get("delivery")), (None, None));
    assert!(message["headers"].as_array().unwrap().contains(&json!(["x-thing", "1"])));
    assert!(message["url"].as_str().unwrap().ends_with("/__inbox/crm/a/b?c=d&e"));
    let listed = api.get("/__admin/inboxes").await.json;
    assert_eq!((&listed["total"], &listed["inboxes"][0]["then"]), (&json!(1), &json!(200)));
    for (path, status) in [("/__inbox/", 404), ("/__inbox/a%20b", 404), ("/__inbox/..%2f", 404)] {
        assert_eq!(api.request("POST", path, &[], "").await.status, status, "{path}");
    }
    let long = vec![b'x'; 1_048_577];
    assert_eq!(api.request("POST", "/__inbox/crm", &[], long).await.status, 413);
}

#[actix_web::test]
async fn a_reset_is_one_of_the_connection_itself() {
    let api = Api::of(Bell::builder());
    put(&api, "/__admin/inboxes/crm", &json!({ "then": "reset" })).await;
    let mut stream = TcpStream::connect(api.address()).unwrap();
    stream
        .write_all(b"POST /__inbox/crm HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nok")
        .unwrap();
    let broken = stream.read(&mut [0; 16]).unwrap_err();
    assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset);
}

#[actix_web::test]
async fn a_delay_is_of_the_computers_time_and_longer_than_a_vendors_patience_if_it_is_to_be() {
    let settings = json!({ "timeout_seconds": 1 });
    let api = Api::of(Bell::builder().settings(settings).webhook("inbox:crm"));
    let inbox = api.inbox("crm");
    inbox
        .answer([InboxAnswer::status(200).after(30.0)], InboxAnswer::status(200).after(0.05))
        .unwrap();
    ring(&api, 1);
    ring(&api, 2);
    let began = Instant::now();
    api.settle().await;
    assert!(began.elapsed() >= ComputerTime::from_millis(950));
    let states = api.get("/__admin/deliveries").await.json;
    assert_eq!((&states["failed"], &states["delivered"]), (&json!(1), &json!(1)));
}

#[test]
fn a_test_holds_an_inbox_and_waits_without_asking() {
    let bell = Bell::builder().start().unwrap();
    let inbox = bell.inbox("crm");
    inbox.answer([InboxAnswer::status(500)], InboxAnswer::status(200).body("thanks")).unwrap();
    bell.demo().send_webhooks_to(&inbox.url()).unwrap();
    bell.demo().execute(Ring { lane: 1, again: false }).unwrap().unwrap();
    bell.demo().execute(Ring { lane: 1, again: false }).unwrap().unwrap();
    let messages = inbox.wait_for(2, ComputerTime::from_secs(10)).unwrap();
    let rung: Vec<Value> = messages.iter().map(|message| message.json()["rung"].clone()).collect();
    assert_eq!(rung, [1, 2]);
    assert_eq!(messages[0].header("Content-Type"), "application/json");
    assert_eq!((messages[0].answered, messages[0].is_signed_well()), (Some(500), None));
    inbox.clear();
    assert!(inbox.messages().is_empty());
    assert!(inbox.wait_for(1, ComputerTime::from_millis(1)).is_none());
}

#[actix_web::test]
async fn a_list_goes_on_where_it_says_and_finds_what_is_asked_for() {
    let api = Api::of(Bell::builder());
    for number in 0..5 {
        let path = format!("/__inbox/crm/{number}");
        api.request(if number == 3 { "PUT" } else { "POST" }, &path, &[], "").await;
    }
    let paths = |listed: &Value| -> Vec<String> {
        let messages = listed["messages"].as_array().unwrap().iter();
        messages.map(|message| message["path"].as_str().unwrap().to_owned()).collect()
    };
    let first = api.get("/__admin/inboxes/crm/messages?limit=2").await.json;
    assert_eq!(paths(&first), ["/4", "/3"]);
    let next = first["next"].as_str().unwrap();
    let second = api.get(&format!("/__admin/inboxes/crm/messages?limit=9&after={next}")).await.json;
    assert_eq!(
        (paths(&second), &second["next"]),
        (vec!["/2".into(), "/1".into(), "/0".into()], &Value::Null)
    );
    assert_eq!(paths(&messages(&api, "&method=put").await), ["/3"]);
    assert_eq!(paths(&messages(&api, "&path=/[1").await), [""; 0]);
    assert_eq!(paths(&messages(&api, "&path=*1").await), ["/1"]);
    assert_eq!(api.get("/__admin/inboxes/crm/messages?after=x").await.status, 400);
    assert_eq!(api.get("/__admin/inboxes/crm/messages?pat=x").await.status, 400);
    assert_eq!(api.send("DELETE", "/__admin/inboxes/crm/messages", &json!({})).await.status, 204);
    assert_eq!(messages(&api, "").await["total"], 0);
    assert_eq!(api.send("DELETE", "/__admin/inboxes/crm", &json!({})).await.status, 204);
    assert_eq!(api.get("/__admin/inboxes/crm").await.status, 404);
    assert_eq!(api.send("DELETE", "/__admin/inboxes/crm", &json!({})).await.status, 404);
}

#[actix_web::test]
async fn what_is_wrong_is_refused_with_its_place_and_changes_nothing() {
    let api = Api::of(Bell::builder());
    for (body, at) in [
        (json!({ "plan": [200, 700] }), "/plan/1"),
        (json!({ "plann": [] }), "/plann"),
        (json!({ "then": { "status": 200, "dely": 1 } }), "/then/dely"),
    ] {
        let refused = put(&api, "/__admin/inboxes/crm", &body).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["at"]), (400, &json!(at)), "{body}");
    }
    assert_eq!(api.get("/__admin/inboxes").await.json["total"], 0);
    assert_eq!(put(&api, "/__admin/inboxes/a%20b", &json!({})).await.status, 400);
    let refused = api.get("/__admin/inboxes?account=keeper").await;
    assert_eq!(refused.status, 400);
    for (url, word) in [
        ("inbox:", "names no inbox"),
        ("inbox:a b", "names no inbox"),
        ("notaurl", "inbox:notaurl"),
        ("http://localhost:9/x#part", "fragment"),
    ] {
        let refused = put(&api, "/__admin/webhook", &json!({ "url": url })).await;
        assert_eq!(refused.status, 400, "{url}");
        assert!(refused.json["detail"].as_str().unwrap().contains(word), "{}", refused.json);
    }
    assert_eq!(api.get("/__admin/webhook").await.json["url"], Value::Null);
}

#[actix_web::test]
async fn a_reset_of_the_bench_forgets_inboxes_and_leaves_the_world() {
    let api = Api::of(Bell::builder().webhook("inbox:crm"));
    ring(&api, 1);
    api.settle().await;
    put(&api, "/__admin/chaos", &json!({ "drop": 1 })).await;
    assert_eq!(api.send("POST", "/__admin/reset?only=world", &json!({})).await.status, 200);
    assert_eq!(api.get("/__admin/inboxes").await.json["total"], 1);
    assert_eq!(api.send("POST", "/__admin/reset?only=bench", &json!({})).await.status, 200);
    assert_eq!(api.get("/__admin/inboxes").await.json["total"], 0);
    assert_eq!(api.get("/__admin/chaos").await.json["drop"], 0.0);
    assert_eq!(api.get("/__admin/webhook").await.json["url"], "inbox:crm");
}
