//! Chaos and what is done to deliveries by hand, over real HTTP, on a standing clock.

use ringback_engine::Duration;
use ringback_mock::webhook::Chaos;
use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::bell::{Bell, Ring};

fn ring(api: &Api<Bell>, lane: u64) {
    api.demo().execute(Ring { lane, again: false }).unwrap().unwrap();
}

fn api() -> Api<Bell> {
    Api::of(Bell::builder().webhook("inbox:crm"))
}

async fn chaos(api: &Api<Bell>, chaos: Value) {
    let set = api.send("PUT", "/__admin/chaos", &chaos).await;
    assert_eq!(set.status, 200, "{}", set.json);
}

/// Which rings have arrived, in their order.
fn rung(api: &Api<Bell>) -> Vec<u64> {
    let messages = api.inbox("crm").messages();
    messages.iter().map(|message| message.json()["rung"].as_u64().unwrap()).collect()
}

/// Rings so often while nothing is sent, and then lets it be sent.
async fn ring_all(api: &Api<Bell>, count: u64) {
    (0..count).for_each(|_| ring(api, 1));
    api.settle().await;
}

#[actix_web::test]
async fn as_many_are_dropped_as_is_said_and_the_same_ones_each_time() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let api = api();
        chaos(&api, json!({ "drop": 0.3, "seed": seed })).await;
        (0..200).for_each(|lane| ring(&api, lane % 10 + 20));
        api.settle().await;
        let listed = api.get("/__admin/deliveries?state=dropped&limit=1000").await.json;
        let (dropped, arrived) = (listed["dropped"].as_u64().unwrap(), rung(&api).len());
        assert_eq!((listed["total"].as_u64().unwrap(), arrived as u64), (dropped, 200 - dropped));
        assert!((35..85).contains(&dropped), "{dropped}");
        assert_eq!(listed["deliveries"][0]["reason"], "chaos: drop");
        let mut arrived = rung(&api);
        arrived.sort_unstable();
        runs.push(arrived);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[actix_web::test]
async fn each_goes_twice_and_says_so() {
    let api = api();
    chaos(&api, json!({ "duplicate": 1 })).await;
    ring_all(&api, 2).await;
    assert_eq!(rung(&api), [1, 1, 2, 2]);
    let delivery = api.get("/__admin/deliveries/bell-0-d1").await.json;
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(delivery["copies"].as_array().unwrap().len(), 1);
    assert_eq!(delivery["copies"][0]["request"], delivery["attempts"][0]["request"]);
    let messages = api.inbox("crm").messages();
    assert_eq!(messages[0].origin["delivery"], messages[1].origin["delivery"]);
}

#[actix_web::test]
async fn they_overtake_each_other_within_a_window_and_none_is_lost() {
    let run = async || {
        let api = api();
        // Nothing is sent before all of them are there.
        api.send("PUT", "/__admin/inboxes/crm", &json!({ "plan": [{ "delay": 0.3 }] })).await;
        chaos(&api, json!({ "reorder": 3, "seed": 5 })).await;
        ring_all(&api, 30).await;
        api.advance(Duration::MINUTE).await;
        rung(&api)
    };
    let order = run().await;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=30).collect::<Vec<u64>>());
    assert_ne!(order, sorted);
    for (place, rung) in (1..).zip(&order) {
        let later = order[..place - 1].iter().filter(|other| *other > rung).count();
        assert!(later <= 3, "{rung} was overtaken by {later}: {order:?}");
    }
    assert_eq!(run().await, order);
}

#[actix_web::test]
async fn a_late_one_waits_for_the_simulated_clock() {
    let api = api();
    chaos(&api, json!({ "delay": 5 })).await;
    ring_all(&api, 1).await;
    assert_eq!(rung(&api), [0; 0]);
    let delivery = &api.get("/__admin/deliveries/bell-0-d1").await.json;
    assert_eq!(
        (&delivery["state"], &delivery["hold"]["until"]),
        (&json!("pending"), &delivery["next_attempt_at"])
    );
    assert_eq!(delivery["next_attempt_at"], "2026-01-05T09:00:05.000000Z");
    api.advance(Duration::seconds(4)).await;
    assert_eq!(rung(&api), [0; 0]);
    api.advance(Duration::seconds(1)).await;
    assert_eq!(rung(&api), [1]);
    assert_eq!(api.inbox("crm").messages()[0].at.second(), 5);
}

#[actix_web::test]
async fn a_wait_is_skipped_by_hand_and_what_is_over_is_a_conflict() {
    let api = api();
    chaos(&api, json!({ "delay": 500 })).await;
    ring_all(&api, 1).await;
    let skipped = api.send("POST", "/__admin/deliveries/bell-0-d1/skip_wait", &json!({})).await;
    assert_eq!((skipped.status, &skipped.json["id"]), (200, &json!("bell-0-d1")));
    api.settle().await;
    assert_eq!(rung(&api), [1]);
    let refused = api.send("POST", "/__admin/deliveries/bell-0-d1/skip_wait", &json!({})).await;
    assert_eq!(refused.status, 409, "{}", refused.json);
    for verb in ["skip_wait", "resend"] {
        let none = format!("/__admin/deliveries/bell-0-d99/{verb}");
        assert_eq!(api.send("POST", &none, &json!({})).await.status, 404);
    }
}

#[actix_web::test]
async fn a_wrong_content_type_is_plain_text_and_stands_in_the_delivery() {
    let api = api();
    chaos(&api, json!({ "content_type": 1, "corrupt_signature": 1 })).await;
    ring_all(&api, 1).await;
    assert_eq!(api.inbox("crm").messages()[0].header("content-type"), "text/plain");
    let delivery = api.get("/__admin/deliveries/bell-0-d1").await.json;
    // Nothing is signed here, so no signature is wrong.
    assert_eq!(delivery["attempts"][0]["chaos"], json!(["content_type"]));
}

#[actix_web::test]
async fn chaos_is_of_one_account_or_of_all_and_ends() {
    let api = Api::of(Bell::builder().webhook("inbox:crm"));
    let other = api.open_account("other").unwrap();
    other.set_chaos(Some(Chaos { drop: 1.0, ..Chaos::default() })).unwrap();
    let shown = api.get("/__admin/chaos?account=other").await.json;
    assert_eq!((&shown["drop"], &shown["account"]), (&json!(1.0), &json!("other")));
    assert_eq!(api.get("/__admin/chaos").await.json["drop"], 0.0);
    other.execute(Ring { lane: 1, again: false }).unwrap().unwrap();
    ring_all(&api, 1).await;
    assert_eq!(api.inbox("crm").messages().len(), 1);
    chaos(&api, json!({ "drop": 1 })).await;
    assert_eq!(api.send("DELETE", "/__admin/chaos?account=other", &json!({})).await.status, 204);
    assert_eq!(api.get("/__admin/chaos?account=other").await.json["drop"], 1.0);
    assert_eq!(api.send("DELETE", "/__admin/chaos", &json!({})).await.status, 204);
    ring_all(&api, 1).await;
    assert_eq!(api.inbox("crm").messages().len(), 2);
    let wrong = Chaos { drop: 2.0, ..Chaos::default() };
    assert!(other.set_chaos(Some(wrong)).unwrap_err().to_string().contains("drop"));
    for (wrong, at) in [
        (json!({ "drop": 2 }), "/drop"),
        (json!({ "dropp": 0.1 }), "/dropp"),
        (json!({ "order": "any" }), "/order"),
        (json!({ "delay": "x" }), "/delay"),
    ] {
        let refused = api.send("PUT", "/__admin/chaos", &wrong).await;
        assert_eq!(
            (refused.status, &refused.json["errors"][0]["at"]),
            (400, &json!(at)),
            "{wrong}"
        );
    }
}

#[actix_web::test]
async fn a_delivery_shows_the_bytes_that_went_and_is_sent_once_more_with_them() {
    let api = api();
    ring_all(&api, 1).await;
    let delivery = api.get("/__admin/deliveries/bell-0-d1").await.json;
    let attempt = &delivery["attempts"][0];
    let request = attempt["request"].as_str().unwrap();
    assert!(
        request.starts_with("POST /__inbox/crm HTTP/1.1\r\nhost: inbox.localhost\r\n"),
        "{request}"
    );
    assert!(request.ends_with("\r\n\r\n{\"lane\":1,\"rung\":1}"), "{request}");
    assert!(request.contains("\r\ncontent-length: 19\r\n"), "{request}");
    assert_eq!(attempt["at"], "2026-01-05T09:00:00.000000Z");
    let headers = attempt["response_headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["content-length", "0"])), "{headers:?}");

    chaos(&api, json!({ "drop": 1 })).await;
    let again = api.send("POST", "/__admin/deliveries/bell-0-d1/resend", &json!({})).await;
    assert_eq!((again.status, &again.json["id"]), (201, &json!("bell-0-d2")));
    assert_eq!(again.json["resend_of"], "bell-0-d1");
    api.settle().await;
    let again = api.get("/__admin/deliveries/bell-0-d2").await.json;
    assert_eq!(
        (&again["state"], &again["attempts"][0]["request"]),
        (&json!("delivered"), &attempt["request"])
    );
}

#[actix_web::test]
async fn a_test_says_how_it_went() {
    let api = api();
    let tried = api.send("POST", "/__admin/webhook/test", &json!({})).await;
    assert_eq!((tried.status, &tried.json["state"]), (201, &json!("delivered")), "{}", tried.json);
    assert_eq!(api.inbox("crm").messages()[0].json()["event"], "test");
    api.send("PUT", "/__admin/webhook", &json!({ "url": null })).await;
    let nowhere = api.send("POST", "/__admin/webhook/test", &json!({})).await;
    assert_eq!(nowhere.status, 409, "{}", nowhere.json);
}
