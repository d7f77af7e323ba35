//! Synchronous click-to-call answers when the extension has decided, and not before.

use std::sync::Arc;
use std::time::{Duration as ComputerTime, Instant};

use ringback_mock::{AccountId, Accounts};
use ringback_tel4vn::{Pbx, Tel4vn};
use ringback_testkit::{Api, Reply};
use serde_json::json;
use time::Duration;

use crate::{TOKEN, api, get};

const PATH: &str = "/v1/click2call?ext=101&phone=0899098899";

/// Waits until something holds of the tenant's calls.
async fn until(api: &Api<Tel4vn>, holds: impl Fn(&Pbx) -> bool) {
    let ready = |accounts: &Accounts<Pbx>, _| holds(accounts.world(AccountId::DEMO)?).then_some(());
    let found = api.engine().wait_for(ComputerTime::from_secs(30), ready).await;
    assert!(found.is_some(), "it does not come to that");
}

/// Waits until so many calls are live: the orders are there.
async fn ordered(api: &Api<Tel4vn>, calls: usize) {
    until(api, |pbx| pbx.exchange().live() == calls).await;
}

/// Whether the only call's extension has picked up, or never will.
fn is_decided(pbx: &Pbx) -> bool {
    let extension = pbx.exchange().calls().next().and_then(|call| call.legs.first());
    extension.is_none_or(|leg| leg.answered_at.is_some())
}

/// Sends an order, does something once it is there, and returns the answer.
async fn answered(api: &Api<Tel4vn>, path: &str, meanwhile: impl Future<Output = ()>) -> Reply {
    let meanwhile = async {
        ordered(api, 1).await;
        meanwhile.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        reply = get(api, path) => reply,
        () = meanwhile => unreachable!(),
    }
}

/// Sends the order, lets the clock go on step by step until the extension has decided and no
/// further, and returns the answer with the simulated time it took.
async fn decided(api: &Api<Tel4vn>, path: &str) -> (Reply, Duration) {
    let began = api.clock().now();
    let steps = async {
        while api.demo().read(is_decided) == Some(false) {
            // An answer that came too early would be here before this one.
            assert_eq!(get(api, "/v1/call").await.status, 200);
            api.advance(Duration::milliseconds(500)).await;
        }
    };
    (answered(api, path, steps).await, api.clock().now() - began)
}

async fn with_habit(habit: serde_json::Value) -> (Reply, Duration) {
    let api = api();
    let habit = json!({ "habit": habit });
    assert_eq!(api.send("PATCH", "/__admin/extensions/101", &habit).await.status, 200);
    decided(&api, PATH).await
}

#[actix_web::test]
async fn it_waits_until_the_extension_picks_up_and_not_for_the_phone() {
    let api = api();
    let (reply, took) = decided(&api, PATH).await;
    assert_eq!((reply.status, &reply.json["status"]), (200, &json!("success")));
    assert!(took >= Duration::SECOND && took < Duration::seconds(3), "{took}");
    let row = &get(&api, "/v1/call").await.json["data"][0];
    assert_eq!((&row["call_id"], &row["state"]), (&reply.json["call_id"], &json!("CS_EXECUTE")));
}

#[actix_web::test]
async fn an_extension_that_rejects_is_busy() {
    let (reply, took) = with_habit(json!({ "outcome": "reject", "ring": 4 })).await;
    assert_eq!((reply.status, reply.text()), (400, r#"{"status":"fail","error":"USER_BUSY"}"#));
    assert!(took >= Duration::seconds(4), "{took}");
}

#[actix_web::test]
async fn an_extension_that_rings_out_does_not_answer() {
    let (reply, took) = with_habit(json!({ "outcome": "no_answer" })).await;
    assert_eq!((reply.status, reply.text()), (400, r#"{"status":"fail","error":"NO_ANSWER"}"#));
    assert!(took >= Duration::seconds(30), "{took}");
}

#[actix_web::test]
async fn with_a_frozen_clock_it_waits_until_somebody_advances_it() {
    let api = api();
    let others = async {
        ordered(&api, 1).await;
        for _ in 0..20 {
            assert_eq!(get(&api, "/v1/call").await.status, 200);
        }
    };
    tokio::select! {
        reply = get(&api, PATH) => panic!("answered though no time had passed: {reply:?}"),
        () = others => {}
    }
}

#[actix_web::test]
async fn one_jump_over_the_whole_call_answers_as_well() {
    let api = api();
    let reply = answered(&api, PATH, api.advance(Duration::hours(1))).await;
    assert_eq!(reply.json["status"], "success");
    assert_eq!(get(&api, "/v1/call").await.json["total"], 0);
}

#[actix_web::test]
async fn a_reset_answers_those_who_wait() {
    let api = api();
    let reply = answered(&api, PATH, async { api.engine().reset().await.unwrap() }).await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.json["error"], "CALL_NOT_FOUND");
}

#[actix_web::test]
async fn many_wait_at_once_without_keeping_others_waiting() {
    let extensions: Vec<_> =
        (0..200).map(|n| json!({ "number": format!("{}", 2_000 + n) })).collect();
    let settings = json!({ "fixed_token": TOKEN });
    let builder = Tel4vn::builder().seed(7).frozen_clock().settings(settings);
    let api = Api::of(builder.scenario(json!({ "extensions": extensions })));
    let waiting = (0..50).map(|n| {
        let path = format!("/v1/click2call?ext={}&phone=0899{n:06}", 2_000 + n);
        let api = &api;
        async move { get(api, &path).await }
    });
    let all = futures_join(waiting.collect());
    let others = async {
        while api.demo().read(|pbx| pbx.exchange().live()) != Some(50) {
            // Each of these is answered while the others wait.
            assert_eq!(get(&api, "/v1/call").await.status, 200);
        }
        api.advance(Duration::seconds(2)).await;
        std::future::pending::<()>().await;
    };
    let replies = tokio::select! {
        replies = all => replies,
        () = others => unreachable!(),
    };
    assert!(replies.iter().all(|reply| reply.json["status"] == "success"));
}

/// Polls all futures together.
async fn futures_join<F: Future<Output = Reply>>(futures: Vec<F>) -> Vec<Reply> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut replies: Vec<Option<Reply>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (future, reply) in futures.iter_mut().zip(&mut replies) {
            if reply.is_none()
                && let std::task::Poll::Ready(done) = future.as_mut().poll(context)
            {
                *reply = Some(done);
            }
        }
        match replies.iter().all(Option::is_some) {
            true => std::task::Poll::Ready(replies.drain(..).flatten().collect()),
            false => std::task::Poll::Pending,
        }
    })
    .await
}

#[actix_web::test]
async fn a_wait_ends_with_its_call_though_its_client_went_away() {
    let api = api();
    // The worker has its share of the instance once it has answered something.
    assert_eq!(get(&api, "/v1/call").await.status, 200);
    let before = Arc::strong_count(&api);
    for _ in 0..20 {
        tokio::select! {
            reply = get(&api, PATH) => panic!("answered though no time had passed: {reply:?}"),
            () = ordered(&api, 1) => {}
        }
        // The call itself goes on: somebody ordered it. It takes another extension's place.
        api.post("/__admin/control", &json!({ "do": "hang_up", "call": last_call(&api) })).await;
        drop(get(&api, "/v1/call").await);
    }
    // Each request that waits holds the instance; with no time passing, none does any more.
    let since = Instant::now();
    while Arc::strong_count(&api) > before {
        assert!(since.elapsed() < ComputerTime::from_secs(10), "requests still wait");
        assert_eq!(get(&api, "/v1/call").await.status, 200);
    }
}

fn last_call(api: &Api<Tel4vn>) -> u64 {
    let last = api.demo().read(|pbx| pbx.exchange().calls().next_back().map(|call| call.id.0));
    last.flatten().expect("a live call")
}

#[actix_web::test]
async fn an_extension_that_cannot_be_reached_is_not_registered() {
    let habit = json!({ "outcome": { "fail": "UNALLOCATED_NUMBER" } });
    let (reply, _) = with_habit(habit).await;
    let wanted = r#"{"status":"fail","error":"USER_NOT_REGISTERED"}"#;
    assert_eq!((reply.status, reply.text()), (400, wanted));
}

#[actix_web::test]
async fn a_call_that_is_hung_up_while_its_extension_rings_is_refused_as_busy() {
    let api = api();
    let hang_up = async {
        api.post("/__admin/control", &json!({ "do": "hang_up", "call": last_call(&api) })).await;
    };
    let reply = answered(&api, PATH, hang_up).await;
    assert_eq!((reply.status, reply.text()), (400, r#"{"status":"fail","error":"USER_BUSY"}"#));
}

#[actix_web::test]
async fn the_tenant_s_own_hotline_leads_where_it_leads_to_and_stays_within() {
    let api = api();
    let ordered = get(&api, "/v1/click2call/async?ext=104&phone=19001919").await.json;
    let dialled = json!({ "from": "105", "to": "19001919" });
    let dialled = api.post("/__admin/calls", &dialled).await.json["vendor_ids"]["call_id"].clone();
    api.advance(Duration::seconds(3)).await;
    for (id, row) in [(&ordered["call_id"], 0), (&dialled, 1)] {
        let row = &get(&api, "/v1/call").await.json["data"][row];
        assert_eq!((&row["call_id"], &row["direction"]), (id, &json!("local")));
        let by = row["destination"].as_str().unwrap();
        assert!(["101", "102", "103"].contains(&by), "{by}");
    }
    api.advance(Duration::minutes(10)).await;
    let record = get(&api, &format!("/v1/cdr/{}", dialled.as_str().unwrap())).await.json;
    assert_eq!([&record["direction"], &record["receive_dest"]], [&json!(2), &json!("600")]);
    assert_eq!([&record["from_number"], &record["to_number"]], [&json!("105"), &json!("600")]);
}
