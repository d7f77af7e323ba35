//! Hooks to inboxes: planned failures, retries by the simulated clock, chaos.

use ringback_mock::{inbox::InboxAnswer, webhook::Chaos};
use ringback_tel4vn::Tel4vn;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{api, get, post};

async fn hook(api: &Api<Tel4vn>, event: &str, url: &str) {
    let hook = json!({ "callback_url": url, "callback_apikey": "key", "event": event });
    assert_eq!(post(api, "/v1/event", hook).await.json["created"], true);
}

/// Calls a number that talks for ten seconds.
async fn called(api: &Api<Tel4vn>) {
    get(api, "/v1/click2call/async?ext=101&phone=0899199200").await;
    api.advance(Duration::minutes(1)).await;
}

fn states(api: &Api<Tel4vn>, inbox: &str) -> Vec<Value> {
    let messages = api.inbox(inbox).messages();
    messages.iter().map(|message| message.json()["state"].clone()).collect()
}

#[actix_web::test]
async fn a_hook_goes_to_an_inbox_that_fails_twice() {
    let api = api();
    hook(&api, "cdr", "inbox:crm").await;
    let listed = get(&api, "/v1/event").await.json;
    assert_eq!(listed["data"][0]["callback_url"], "inbox:crm");
    let inbox = api.inbox("crm");
    inbox.answer([500, 500].map(InboxAnswer::status), InboxAnswer::status(200)).unwrap();
    called(&api).await;
    let messages = inbox.messages();
    assert_eq!(
        messages.iter().map(|one| one.answered).collect::<Vec<_>>(),
        [500, 500, 200].map(Some)
    );
    assert_eq!(
        (messages[0].header("authorization"), messages[0].is_signed_well()),
        ("Bearer key", None)
    );
    assert!(messages.windows(2).all(|two| two[0].body == two[1].body));
    // The clock has jumped over the pauses between the attempts.
    let pauses = messages.windows(2).map(|two| (two[1].at - two[0].at).whole_seconds());
    assert_eq!(pauses.collect::<Vec<_>>(), [2, 6]);
    let deliveries = api.get("/__admin/deliveries").await.json;
    assert_eq!((&deliveries["delivered"], &deliveries["total"]), (&json!(1), &json!(1)));
    for wrong in ["inbox:", "inbox:a b"] {
        let refused =
            post(&api, "/v1/event", json!({ "event": "cdr", "callback_url": wrong })).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
}

#[actix_web::test]
async fn the_wait_for_the_next_attempt_is_skipped_by_hand() {
    let api = api();
    api.demo().send_webhooks_to("inbox:crm").unwrap();
    api.inbox("crm").answer([503].map(InboxAnswer::status), InboxAnswer::status(200)).unwrap();
    get(&api, "/v1/click2call/async?ext=101&phone=0899199200").await;
    api.settle().await;
    let pending = api.get("/__admin/deliveries?state=pending").await.json["deliveries"][0].clone();
    assert_eq!(pending["next_attempt_at"], "2026-01-05T09:00:02.000000Z");
    let id = pending["id"].as_str().unwrap();
    let skipped = api.post(&format!("/__admin/deliveries/{id}/skip_wait"), &json!({})).await;
    assert_eq!(skipped.status, 200, "{}", skipped.json);
    api.settle().await;
    assert_eq!(api.get(&format!("/__admin/deliveries/{id}")).await.json["state"], "delivered");
}

#[actix_web::test]
async fn chaos_drops_doubles_and_puts_back_what_a_call_tells() {
    for (chaos, wanted) in [
        (Chaos::default(), vec!["ringing", "answered", "hangup", "cdr"]),
        (Chaos { drop: 1.0, ..Chaos::default() }, vec![]),
        (
            Chaos { duplicate: 1.0, ..Chaos::default() },
            vec!["ringing", "ringing", "answered", "answered", "hangup", "hangup", "cdr", "cdr"],
        ),
    ] {
        let api = api();
        api.demo().send_webhooks_to("inbox:crm").unwrap();
        api.demo().set_chaos(Some(chaos)).unwrap();
        called(&api).await;
        assert_eq!(states(&api, "crm"), wanted);
    }
}

#[actix_web::test]
async fn in_the_natural_order_a_record_may_come_before_the_end_of_its_call() {
    let api = api();
    api.demo().send_webhooks_to("inbox:crm").unwrap();
    let natural = api.send("PUT", "/__admin/chaos", &json!({ "order": "natural" })).await;
    assert_eq!(natural.json["order"], "natural");
    for _ in 0..30 {
        called(&api).await;
    }
    let states = states(&api, "crm");
    assert_eq!(states.len(), 120);
    let early = states.windows(2).filter(|two| two[0] == "cdr" && two[1] == "hangup").count();
    assert!((1..15).contains(&early), "{early} of 30");
    // Nothing else changes places.
    assert!(
        states.chunks(4).all(|call| call[0] == "ringing" && call[1] == "answered"),
        "{states:?}"
    );
}
