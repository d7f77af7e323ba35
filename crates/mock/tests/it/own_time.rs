//! Accounts in a process whose clock runs, and under names that need care.

use ringback_engine::Duration;
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::{Value, json};

use crate::bell::Bell;

async fn open(api: &Api<Bell>, name: &str) -> Value {
    let made = api.send("PUT", &format!("/__admin/accounts/{name}"), &json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json
}

#[actix_web::test]
async fn the_offset_of_an_account_is_exact_while_the_clock_runs() {
    let api = Api::of(Bell::builder().rate(1.0));
    let made = open(&api, "one").await;
    assert_eq!((&made["clock"]["offset"], &made["clock"]["frozen"]), (&json!(0.0), &json!(false)));
    for _ in 0..20 {
        let clock = api.get("/__admin/clock?account=one").await.json;
        assert_eq!(clock["offset"], 0.0);
    }
    let day = json!({ "seconds": 86_400 });
    api.post("/__admin/clock/advance?account=one", &day).await;
    let first = api.get("/__admin/clock?account=one").await.json["offset"].clone();
    assert!(
        first.as_f64().is_some_and(|offset| (86_390.0..=86_400.0).contains(&offset)),
        "{first}"
    );
    for _ in 0..20 {
        assert_eq!(api.get("/__admin/clock?account=one").await.json["offset"], first);
    }
}

/// A bell that is rung at once and ten seconds later, and a receiver that fails at first.
async fn retried(path: &str) -> (Value, usize) {
    let settings = json!({ "retries": [5, 30] });
    let receiver = Receiver::start(Temper::AnswersInTurn(&[500, 503, 200]));
    let api = Api::of(Bell::builder().rate(1.0).settings(settings));
    open(&api, "one").await;
    let account = path.split_once('?').map_or("", |(_, account)| account);
    let url = json!({ "url": receiver.url() });
    api.send("PUT", &format!("/__admin/webhook?{account}"), &url).await;
    let ring = json!({ "do": "ring", "lane": 1, "again": true });
    let rung = api.post(&format!("/__admin/control?{account}"), &ring).await;
    assert_eq!(rung.status, 200, "{}", rung.text());
    let day = json!({ "seconds": 86_400, "settle_timeout": 30 });
    let jumped = api.post(path, &day).await.json;
    assert_eq!(jumped.get("unsettled"), Some(&json!([])));
    (jumped, receiver.received().len())
}

#[actix_web::test]
async fn a_jump_of_a_running_clock_waits_for_the_retries_that_fall_inside_it() {
    for path in ["/__admin/clock/advance?account=one", "/__admin/clock/advance"] {
        let (jumped, arrived) = retried(path).await;
        let deliveries = jumped["deliveries"].as_array().unwrap();
        assert!(deliveries.iter().all(|one| one["state"] == "delivered"), "{path}: {jumped}");
        let attempts = |one: &Value| one["attempts"].as_array().map_or(0, Vec::len);
        assert_eq!(deliveries.iter().map(attempts).sum::<usize>(), 4, "{path}: {jumped}");
        assert_eq!(arrived, 4, "{path}");
    }
}

#[actix_web::test]
async fn a_retry_behind_a_jump_of_a_running_clock_waits_for_its_moment() {
    let settings = json!({ "retries": [600] });
    let receiver = Receiver::start(Temper::Answers(500));
    let api = Api::of(Bell::builder().rate(1.0).settings(settings).webhook(receiver.url()));
    api.post("/__admin/control", &json!({ "do": "ring", "lane": 1 })).await;
    let jumped = api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await.json;
    assert_eq!(
        (&jumped["deliveries"][0]["state"], &jumped["unsettled"]),
        (&json!("pending"), &json!([]))
    );
    assert_eq!(receiver.received().len(), 1);
    api.advance(Duration::minutes(10)).await;
    assert_eq!(receiver.received().len(), 2);
}

#[actix_web::test]
async fn a_name_is_one_a_client_can_send_and_a_header_may_have_any() {
    let api = Api::of(Bell::builder());
    for name in ["a%0Ab", "a%7F", "%09", ""] {
        let made = api.send("PUT", &format!("/__admin/accounts/{name}"), &json!({})).await;
        assert!(matches!(made.status, 400 | 404 | 405), "{name}: {}", made.status);
    }
    assert_eq!(api.get("/__admin/accounts").await.json["total"], 1);
    // A slash, a space, a letter that no header has as it is.
    let name = "a%2Fb%20%D1%82";
    assert_eq!(open(&api, name).await["account"], "a/b т");
    for header in [name, "a/b%20%D1%82"] {
        let headers = [("ringback-account", header)];
        let found = api.request("GET", "/__admin/clock", &headers, "").await;
        assert_eq!(found.status, 200, "{header}: {}", found.text());
    }
    let unknown = api.request("GET", "/__admin/clock", &[("ringback-account", "b")], "").await;
    assert_eq!(unknown.status, 404);
    let empty = api.request("GET", "/__admin/clock", &[("ringback-account", "")], "").await;
    assert_eq!(empty.status, 404);
}
