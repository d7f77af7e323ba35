//! Accounts by the control API: made, used, moved in time, reset and removed, each by itself.

use ringback_engine::Duration;
use ringback_mock::{AccountId, ClockChange, FROZEN_AT};
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::{Value, json};

use crate::bell::{Bell, Ring};

const NINE: &str = "2026-01-05T09:00:00.000000Z";

async fn open(api: &Api<Bell>, name: &str) -> Value {
    let made = api.send("PUT", &format!("/__admin/accounts/{name}"), &json!({})).await;
    assert!(matches!(made.status, 200 | 201), "{}", made.text());
    made.json
}

#[actix_web::test]
async fn an_account_is_made_once_and_answers_what_a_client_needs() {
    let api = Api::of(Bell::builder());
    let made = api.send("PUT", "/__admin/accounts/one", &json!({})).await;
    assert_eq!(made.status, 201);
    let clock = json!({ "now": NINE, "rate": 1.0, "frozen": true, "offset": 0.0 });
    let wanted = json!({
        "vendor": "bell", "account": "one", "base_url": api.url(),
        "credentials": { "credential": "one" }, "clock": clock,
    });
    assert_eq!(made.json, wanted);
    let again = api.send("PUT", "/__admin/accounts/one", &json!({})).await;
    assert_eq!((again.status, again.json), (200, wanted));
    let listed = api.get("/__admin/accounts").await.json;
    assert_eq!(listed["total"], 2);
    assert_eq!(listed["accounts"][1]["account"], "one");
    assert_eq!(api.send("PUT", "/__admin/accounts/*", &json!({})).await.status, 400);
    let body = json!({ "seed": 1 });
    assert_eq!(
        api.send("PUT", "/__admin/accounts/two", &body).await.status,
        400,
        "no body is read"
    );
}

#[actix_web::test]
async fn a_removed_account_is_gone_and_the_demo_account_stays() {
    let api = Api::of(Bell::builder());
    open(&api, "one").await;
    open(&api, "two").await;
    assert_eq!(api.request("DELETE", "/__admin/accounts/one", &[], "").await.status, 204);
    assert_eq!(api.request("DELETE", "/__admin/accounts/one", &[], "").await.status, 404);
    assert_eq!(api.request("DELETE", "/__admin/accounts/keeper", &[], "").await.status, 409);
    assert_eq!(api.get("/__admin/calls?account=one").await.status, 404);
    assert_eq!(api.get("/__admin/calls?account=two").await.status, 200);
    // Its number is not given again.
    open(&api, "three").await;
    let ring = json!({ "do": "ring", "lane": 1 });
    api.post("/__admin/control?account=three", &ring).await;
    let rung = |id| api.read(AccountId(id), |tower| tower.rung);
    assert_eq!((rung(0), rung(1), rung(2), rung(3)), (Some(0), None, Some(0), Some(1)));
}

#[actix_web::test]
async fn an_account_moves_in_time_by_itself() {
    let api = Api::of(Bell::builder());
    open(&api, "one").await;
    for account in ["", "?account=one"] {
        let call = json!({ "from": "2", "to": "1" });
        assert_eq!(api.post(&format!("/__admin/calls{account}"), &call).await.status, 201);
    }
    let day = json!({ "seconds": 86_400 });
    let advanced = api.post("/__admin/clock/advance?account=one", &day).await.json;
    let tomorrow = "2026-01-06T09:00:00.000000Z";
    assert_eq!((&advanced["from"], &advanced["to"]), (&json!(NINE), &json!(tomorrow)));
    let events = advanced["events"].as_array().unwrap();
    assert!(events.iter().all(|event| event["call"] == "bell-1-1"), "{events:?}");
    assert_eq!(events.last().unwrap()["event"], "call_ended");

    let clock = |account: &'static str| {
        let api = &api;
        async move { api.get(&format!("/__admin/clock{account}")).await.json }
    };
    let own = clock("?account=one").await;
    assert_eq!((&own["now"], &own["offset"]), (&json!(tomorrow), &json!(86_400.0)));
    assert_eq!(clock("").await["now"], NINE);
    let states = |reply: Value| -> Vec<Value> {
        reply["calls"].as_array().unwrap().iter().map(|call| call["state"].clone()).collect()
    };
    assert_eq!(states(api.get("/__admin/calls?account=one").await.json), ["ended"]);
    assert_eq!(states(api.get("/__admin/calls").await.json), ["ringing"]);
    let both = api.get("/__admin/calls?account=*").await.json;
    assert_eq!(
        (states(both.clone()), &both["total"]),
        (vec!["ringing".into(), "ended".into()], &json!(2))
    );

    // The instance's clock takes both along.
    api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    assert_eq!(clock("?account=one").await["now"], "2026-01-06T09:01:00.000000Z");
    api.post("/__admin/clock/freeze?account=one", &json!({})).await;
    api.post("/__admin/clock/advance", &json!({ "seconds": 60 })).await;
    assert_eq!(clock("?account=one").await["now"], "2026-01-06T09:01:00.000000Z");
    api.post("/__admin/clock/release?account=one", &json!({})).await;
    let at = json!({ "at": "2026-01-07T00:00:00Z", "frozen": true });
    let set = api.send("PUT", "/__admin/clock?account=one", &at).await;
    assert_eq!((set.status, &set.json["now"]), (200, &json!("2026-01-07T00:00:00.000000Z")));
    let back = json!({ "at": "2026-01-06T00:00:00Z" });
    assert_eq!(api.send("PUT", "/__admin/clock?account=one", &back).await.status, 409);
    let rate = json!({ "rate": 60 });
    assert_eq!(api.send("PUT", "/__admin/clock?account=one", &rate).await.status, 400);
}

#[actix_web::test]
async fn a_reset_of_one_account_leaves_the_others_and_the_clock() {
    let api = Api::of(Bell::builder());
    open(&api, "one").await;
    let ring = json!({ "do": "ring", "lane": 1 });
    for account in ["", "?account=one"] {
        api.post(&format!("/__admin/control{account}"), &ring).await;
    }
    api.post("/__admin/clock/advance", &json!({ "seconds": 5 })).await;
    api.post("/__admin/clock/advance?account=one", &json!({ "seconds": 5 })).await;
    let reset = api.post("/__admin/reset?account=one", &json!({})).await.json;
    assert_eq!(reset["clock"]["now"], "2026-01-05T09:00:05.000000Z", "the time of the instance");
    let rung = |id| api.read(AccountId(id), |tower| tower.rung);
    assert_eq!((rung(0), rung(1)), (Some(1), Some(0)));
}

#[actix_web::test]
async fn a_replay_of_accounts_and_their_clocks_gives_the_same_bytes() {
    let api = Api::of(Bell::builder());
    open(&api, "one").await;
    let before = api.engine().snapshot().unwrap();
    let one = AccountId(1);
    let ring = Ring { lane: 1, again: true };
    api.engine().execute(ringback_mock::ForAccount(one, ring.clone())).await.unwrap();
    let change = ClockChange::JumpTo(FROZEN_AT + Duration::minutes(1));
    api.engine().execute(ringback_mock::ChangeClock(one, change)).await.unwrap();
    let after = api.engine().snapshot().unwrap();
    api.engine().restore(&before).await.unwrap();
    api.engine().execute(ringback_mock::ForAccount(one, ring)).await.unwrap();
    api.engine().execute(ringback_mock::ChangeClock(one, change)).await.unwrap();
    assert_eq!(api.engine().snapshot().unwrap(), after);
    // What came out of a snapshot opens accounts as before.
    open(&api, "two").await;
}

/// Twenty tests at once, each moving its own account by a day, each seeing its own webhooks alone.
#[actix_web::test]
async fn accounts_that_move_their_own_time_in_parallel_see_nothing_of_each_other() {
    let api = Api::of(Bell::builder());
    let receivers: Vec<Receiver> = (0..20).map(|_| Receiver::start(Temper::Answers(200))).collect();
    let test = async |number: usize, receiver: &Receiver| {
        let name = format!("test-{number}");
        open(&api, &name).await;
        let url = json!({ "url": receiver.url() });
        api.send("PUT", &format!("/__admin/webhook?account={name}"), &url).await;
        for _ in 0..=number {
            let call = json!({ "from": "2", "to": "1" });
            api.post(&format!("/__admin/calls?account={name}"), &call).await;
        }
        let ring = json!({ "do": "ring", "lane": 1, "again": true });
        api.post(&format!("/__admin/control?account={name}"), &ring).await;
        let day = json!({ "seconds": 86_400 });
        let path = format!("/__admin/clock/advance?account={name}");
        let advanced = api.post(&path, &day).await.json;
        assert_eq!(advanced["to"], "2026-01-06T09:00:00.000000Z");
        assert_eq!(advanced["unsettled"], json!([]));
        let delivered = advanced["deliveries"].as_array().unwrap();
        assert!(matches!(delivered.len(), 1 | 2), "the first may have been quicker: {advanced}");
        assert!(delivered.iter().all(|delivery| delivery["state"] == "delivered"));
        let calls = api.get(&format!("/__admin/calls?account={name}&state=ended")).await.json;
        assert_eq!(calls["total"], number + 1);
        assert_eq!(receiver.received().len(), 2);
    };
    let tests = receivers.iter().enumerate().map(|(number, receiver)| test(number, receiver));
    futures_util::future::join_all(tests).await;
    assert_eq!(api.get("/__admin/clock").await.json["now"], NINE);
    assert_eq!(api.get("/__admin/calls").await.json["total"], 0);
}
