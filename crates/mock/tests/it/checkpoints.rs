//! Checkpoints: going back to one, what happened since, and copies of accounts.

use std::time::Duration as RealTime;

use ringback_mock::AccountId;
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::{Value, json};

use crate::bell::Bell;

async fn save(api: &Api<Bell>, name: &str, account: &str) -> u16 {
    let body = json!({ "name": name });
    api.post(&format!("/__admin/checkpoints?account={account}"), &body).await.status
}

async fn open(api: &Api<Bell>, name: &str) {
    let made = api.send("PUT", &format!("/__admin/accounts/{name}"), &json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text());
}

async fn changes(api: &Api<Bell>, since: &str, account: &str) -> Value {
    let found = api.get(&format!("/__admin/changes?since={since}&account={account}")).await;
    assert_eq!(found.status, 200, "{}", found.text());
    found.json
}

async fn dial(api: &Api<Bell>, account: &str) -> Value {
    let call = json!({ "from": "2", "to": "1" });
    let placed = api.post(&format!("/__admin/calls?account={account}"), &call).await;
    assert_eq!(placed.status, 201, "{}", placed.text());
    placed.json
}

#[actix_web::test]
async fn an_account_goes_back_with_its_own_time_and_nobody_elses() {
    let api = Api::of(Bell::builder());
    open(&api, "one").await;
    dial(&api, "one").await;
    assert_eq!(save(&api, "ringing", "one").await, 201);
    let hour = json!({ "seconds": 3_600 });
    api.post("/__admin/clock/advance", &hour).await;
    let call = |account: &'static str| {
        let api = &api;
        async move { api.get(&format!("/__admin/calls?account={account}")).await.json }
    };
    assert_eq!(call("one").await["calls"][0]["state"], "ended");

    let back = api.post("/__admin/checkpoints/ringing/rewind?account=one", &json!({})).await;
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(
        back.json,
        json!({
            "name": "ringing", "vendor": "bell", "account": "one",
            "at": "2026-01-05T09:00:00.000000Z",
            "clock": {
                "now": "2026-01-05T09:00:00.000000Z", "rate": 1.0, "frozen": true,
                "offset": -3_600.0,
            },
        })
    );
    assert_eq!(call("one").await["calls"][0]["state"], "ringing");
    let clock = api.get("/__admin/clock").await.json;
    assert_eq!(clock["now"], "2026-01-05T10:00:00.000000Z");
    // It goes on from there, by the clock of all as by its own.
    api.post("/__admin/clock/advance", &hour).await;
    assert_eq!(
        call("one").await["calls"][0]["ended_at"].as_str().map(|at| &at[..13]),
        Some("2026-01-05T09")
    );
    // As often as wanted.
    api.post("/__admin/checkpoints/ringing/rewind?account=one", &json!({})).await;
    assert_eq!(call("one").await["calls"][0]["state"], "ringing");
    assert_eq!(changes(&api, "ringing", "one").await, json!({}));
}

#[actix_web::test]
async fn what_came_went_and_changed_is_told_by_table() {
    let api = Api::of(Bell::builder());
    let rule = json!({ "to": "5", "outcome": "busy" });
    api.post("/__admin/behaviours", &rule).await;
    dial(&api, "keeper").await;
    let body = json!({ "name": "before" });
    let saved = api.post("/__admin/checkpoints", &body).await;
    let at = "2026-01-05T09:00:00.000000Z";
    let wanted = json!({ "name": "before", "vendor": "bell", "account": "keeper", "at": at });
    assert_eq!((saved.status, &saved.json), (201, &wanted));
    assert_eq!(api.get("/__admin/checkpoints/before").await.json, wanted);
    let unchanged = api.get("/__admin/changes?since=before").await;
    assert_eq!((unchanged.status, unchanged.json), (200, json!({})));

    api.request("DELETE", "/__admin/behaviours/1", &[], "").await;
    api.send("PUT", "/__admin/extensions/7", &json!({})).await;
    api.send("PATCH", "/__admin/extensions/1", &json!({ "do_not_disturb": true })).await;
    api.post("/__admin/clock/advance", &json!({ "seconds": 3_600 })).await;
    dial(&api, "keeper").await;
    let found = api.get("/__admin/changes?since=before").await.json;
    let calls = &found["calls"];
    assert_eq!(calls["counts"], json!({ "added": 1, "changed": 1, "removed": 0 }));
    assert_eq!(calls["added"][0]["id"], "bell-0-2");
    assert_eq!(calls["changed"][0]["id"], "bell-0-1");
    assert_eq!(calls["changed"][0]["fields"]["state"], json!(["ringing", "ended"]));
    assert_eq!(found["records"]["added"][0]["id"], "bell-0-1");
    assert_eq!(found["extensions"]["added"][0]["id"], "7");
    let changed = json!([{ "id": "1", "fields": { "do_not_disturb": [false, true] } }]);
    assert_eq!(found["extensions"]["changed"], changed);
    assert_eq!(found["behaviours"]["removed"][0]["to"], "5");
    let tables: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(tables, ["behaviours", "calls", "extensions", "records"]);
    let one = api.get("/__admin/changes?since=before&limit=1").await.json;
    assert_eq!(one["calls"]["counts"], calls["counts"]);
}

#[actix_web::test]
async fn after_a_reset_what_was_there_has_gone() {
    let api = Api::of(Bell::builder());
    dial(&api, "keeper").await;
    api.post("/__admin/clock/advance", &json!({ "seconds": 3_600 })).await;
    save(&api, "one-call", "keeper").await;
    api.post("/__admin/reset?account=keeper", &json!({})).await;
    let found = changes(&api, "one-call", "keeper").await;
    assert_eq!(found["calls"]["removed"][0]["id"], "bell-0-1");
    assert_eq!(found["records"]["removed"][0]["id"], "bell-0-1");
    // The checkpoint has outlived the reset, with its call.
    let back = api.post("/__admin/checkpoints/one-call/rewind", &json!({})).await;
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(api.get("/__admin/calls").await.json["total"], 1);
}

#[actix_web::test]
async fn names_are_checked_and_their_number_is_bounded() {
    let api = Api::of(Bell::builder());
    for name in ["", "a/b", "line\n", &"x".repeat(101)] {
        let refused = api.post("/__admin/checkpoints", &json!({ "name": name })).await;
        assert_eq!(refused.status, 400, "{name:?}");
    }
    assert_eq!(api.post("/__admin/checkpoints", &json!({})).await.status, 400);
    for place in 0..16 {
        assert_eq!(save(&api, &format!("c{place}"), "keeper").await, 201);
    }
    assert_eq!(save(&api, "c16", "keeper").await, 409, "too many");
    assert_eq!(save(&api, "c3", "keeper").await, 409, "taken");
    let path = "/__admin/checkpoints/c3";
    assert_eq!(api.request("DELETE", path, &[], "").await.status, 204);
    let gone = api.request("DELETE", path, &[], "").await;
    assert_eq!(gone.status, 404);
    assert!(gone.json["hint"].as_str().is_some_and(|hint| hint.contains("c1")), "{}", gone.text());
    assert_eq!(api.get("/__admin/changes?since=c3").await.status, 404);
    assert_eq!(api.get("/__admin/changes").await.status, 400);
    assert_eq!(api.post(&format!("{path}/rewind"), &json!({})).await.status, 404);
    assert_eq!(api.get("/__admin/checkpoints").await.json["total"], 15);
}

#[actix_web::test]
async fn all_accounts_go_back_at_once() {
    let api = Api::of(Bell::builder());
    open(&api, "one").await;
    assert_eq!(save(&api, "empty", "*").await, 201);
    for account in ["keeper", "one"] {
        dial(&api, account).await;
    }
    let back = api.post("/__admin/checkpoints/empty/rewind?account=*", &json!({})).await.json;
    assert_eq!(back["total"], 2);
    assert_eq!(api.get("/__admin/calls?account=*").await.json["total"], 0);
}

#[actix_web::test]
async fn a_fork_goes_on_by_itself_from_the_same_moment() {
    let api = Api::of(Bell::builder());
    open(&api, "one").await;
    api.post("/__admin/clock/advance?account=one", &json!({ "seconds": 60 })).await;
    dial(&api, "one").await;
    let forked = api.post("/__admin/accounts/one/fork", &json!({ "to": "two" })).await;
    assert_eq!(forked.status, 201, "{}", forked.text());
    assert_eq!(
        (&forked.json["account"], &forked.json["clock"]["offset"]),
        (&json!("two"), &json!(60.0))
    );

    let answered = api.post("/__admin/calls/bell-2-1/answer?account=two", &json!({})).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    let state = |account: &'static str| {
        let api = &api;
        async move {
            let calls = api.get(&format!("/__admin/calls?account={account}")).await.json;
            calls["calls"][0]["state"].clone()
        }
    };
    assert_eq!((state("one").await, state("two").await), (json!("ringing"), json!("answered")));
    let taken = api.post("/__admin/accounts/one/fork", &json!({ "to": "two" })).await;
    assert_eq!(taken.status, 409);
    assert_eq!(api.post("/__admin/accounts/three/fork", &json!({ "to": "x" })).await.status, 404);
    for body in [json!({}), json!({ "to": "*" }), json!({ "to": "" }), json!({ "from": "x" })] {
        assert_eq!(api.post("/__admin/accounts/one/fork", &body).await.status, 400, "{body}");
    }
    // What a reset makes of it is what any account of that credential begins with.
    api.post("/__admin/reset?account=two", &json!({})).await;
    assert_eq!(api.get("/__admin/calls?account=two").await.json["total"], 0);
}

#[actix_web::test]
async fn a_webhook_that_waits_stays_with_the_account_that_was_forked() {
    let receiver = Receiver::start(Temper::AnswersInTurn(&[500, 200, 200]));
    let settings = json!({ "retries": [60] });
    let api = Api::of(Bell::builder().settings(settings).webhook(receiver.url()));
    let ring = json!({ "do": "ring", "lane": 1 });
    api.post("/__admin/control", &ring).await;
    api.settle().await;
    let forked = api.post("/__admin/accounts/keeper/fork", &json!({ "to": "two" })).await;
    assert_eq!(forked.status, 201);
    api.post("/__admin/clock/advance", &json!({ "seconds": 600 })).await;
    assert_eq!(receiver.received().len(), 2, "the first attempt, and the retry of the one account");
    api.post("/__admin/control?account=two", &ring).await;
    api.settle().await;
    assert_eq!(receiver.received().len(), 3, "what happens in the fork is told by it");
    let state = api.get("/__admin/deliveries?account=keeper").await.json;
    assert_eq!(state["deliveries"][0]["state"], "delivered");
}

#[actix_web::test]
async fn an_answer_that_comes_after_a_rewind_is_not_taken_for_another_deliverys() {
    let receiver = Receiver::start(Temper::Slow(RealTime::from_millis(300)));
    let api = Api::of(Bell::builder().webhook(receiver.url()));
    save(&api, "empty", "keeper").await;
    let ring = |lane| json!({ "do": "ring", "lane": lane });
    api.post("/__admin/control", &ring(1)).await;
    // It is under way, and has the number that the next one gets.
    receiver.wait_for(1);
    api.post("/__admin/checkpoints/empty/rewind", &json!({})).await;
    api.post("/__admin/control", &ring(2)).await;
    api.settle().await;
    assert_eq!(receiver.received().len(), 2);
    let deliveries = api.get("/__admin/deliveries").await.json;
    assert_eq!(
        (&deliveries["total"], &deliveries["deliveries"][0]["state"]),
        (&json!(1), &json!("delivered"))
    );
    assert!(api.read(AccountId::DEMO, |tower| tower.rung) == Some(1));
}
