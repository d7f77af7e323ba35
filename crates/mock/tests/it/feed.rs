use std::sync::Arc;

use ringback_engine::Duration;
use ringback_mock::{
    Mount,
    bench::{Bench, Kind, Kinds, show_items},
};
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::{Value, json};

use crate::bell::{Bell, Ring};

fn shown(api: &Api<Bell>, kinds: Kinds) -> Vec<Value> {
    let mount: Arc<dyn Mount> = Arc::new(Arc::clone(api));
    let page = api.bench().feed().since(0, kinds, 1_000);
    show_items(&[mount], &page.items, false)
}

fn words(items: &[Value], field: &str) -> Vec<String> {
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[actix_web::test]
async fn a_call_is_in_the_feed_with_its_ids_and_the_command_that_began_it() {
    let api = Api::of(Bell::builder());
    let call = api.post("/__admin/calls", &json!({ "from": "0123", "to": "101" })).await.json;
    api.advance(Duration::minutes(10)).await;
    let events = shown(&api, Kind::Event.into());
    let names = words(&events, "event");
    assert_eq!(names.first().map(String::as_str), Some("call_created"), "{names:?}");
    assert_eq!(names.last().map(String::as_str), Some("call_ended"), "{names:?}");
    assert_eq!(events[0]["call"], call["id"]);
    assert_eq!(events[0]["command"], 1);
    assert_eq!(events[0]["kind"], "event");
    assert_eq!(events.last().unwrap().get("command"), None);
    let cursors: Vec<u64> = events.iter().filter_map(|event| event["cursor"].as_u64()).collect();
    assert!(cursors.is_sorted());
}

#[actix_web::test]
async fn a_delivery_is_in_the_feed_from_waiting_to_its_end() {
    let receiver = Receiver::start(Temper::Answers(204));
    let api = Api::of(Bell::builder().webhook(receiver.url()));
    api.demo().execute(Ring { lane: 1, again: false }).unwrap().unwrap();
    api.settle().await;
    let deliveries = shown(&api, Kind::Delivery.into());
    assert_eq!(words(&deliveries, "state"), ["pending", "delivered"]);
    assert_eq!(words(&deliveries, "id"), ["bell-0-d1", "bell-0-d1"]);
    assert_eq!(deliveries[1]["body"], deliveries[0]["body"]);
    assert_eq!(deliveries[1]["attempts"], 1);
    assert_eq!(deliveries[1]["attempt"]["status"], 204);
}

#[actix_web::test]
async fn what_surrounds_the_calls_is_in_the_feed_once_it_changes() {
    let api = Api::of(Bell::builder().open_accounts());
    api.send("PUT", "/__admin/extensions/777", &json!({ "registered": true })).await;
    api.send("PUT", "/__admin/extensions/777", &json!({ "registered": true })).await;
    api.send("PUT", "/__admin/extensions/777", &json!({ "registered": false })).await;
    api.request("DELETE", "/__admin/extensions/777", &[], "").await;
    api.request("PUT", "/__admin/accounts/mine", &[], "").await;
    let changes = shown(&api, Kind::World.into());
    assert_eq!(words(&changes, "what"), ["extension", "extension", "extension", "account"]);
    assert_eq!(words(&changes, "change"), ["added", "changed", "removed", "added"]);
    assert_eq!(words(&changes, "key"), ["777", "777", "777", "mine"]);
}

#[actix_web::test]
async fn a_jump_is_in_the_feed_before_what_follows_from_it() {
    let api = Api::of(Bell::builder());
    api.post("/__admin/calls", &json!({ "from": "0123", "to": "101" })).await;
    let before = api.bench().feed().last();
    api.post("/__admin/clock/advance", &json!({ "seconds": 600 })).await;
    let page = api.bench().feed().since(before, Kinds::ALL, 1);
    assert_eq!(page.items[0].what.kind(), Kind::Clock);
    assert_eq!(shown(&api, Kind::Clock.into())[0]["now"], "2026-01-05T09:10:00.000000Z");
}

#[actix_web::test]
async fn instances_with_one_bench_have_one_order_and_a_reset_clears_its_own() {
    let bench = Bench::new();
    let one = Api::of(Bell::builder().bench(Arc::clone(&bench)));
    let other = Api::of(Bell::builder().bench(Arc::clone(&bench)));
    for api in [&one, &other, &one] {
        api.post("/__admin/calls", &json!({ "from": "0123", "to": "101" })).await;
    }
    let page = bench.feed().since(0, Kind::Event.into(), 1_000);
    let mut origins: Vec<_> = page.items.iter().map(|item| item.source.origin).collect();
    origins.dedup();
    assert_eq!(origins, [one.origin(), other.origin(), one.origin()].map(Some));
    let reset = one.request("POST", "/__admin/reset?only=bench", &[], "").await;
    assert_eq!(reset.status, 200);
    let left = bench.feed().since(0, Kinds::ALL, 1_000).items;
    assert!(!left.is_empty());
    assert!(left.iter().all(|item| item.source.origin == Some(other.origin())));
}

#[actix_web::test]
async fn calls_of_a_world_before_a_reset_are_not_taken_for_those_after_it() {
    let api = Api::of(Bell::builder());
    api.post("/__admin/calls", &json!({ "from": "0123", "to": "101" })).await;
    api.request("POST", "/__admin/reset?only=world", &[], "").await;
    api.post("/__admin/calls", &json!({ "from": "0456", "to": "102" })).await;
    let created = shown(&api, Kind::Event.into());
    let created: Vec<&Value> =
        created.iter().filter(|event| event["event"] == "call_created").collect();
    assert_eq!(created[0]["call"], created[1]["call"]);
    assert_eq!(created[0].get("from"), None);
    assert_eq!(created[1]["from"], "0456");
    assert_eq!(words(&shown(&api, Kind::World.into()), "change"), ["reset"]);
}
