//! What receivers of webhooks do to a client, and what a client must not do to them.

use std::time::{Duration as ComputerTime, Instant};

use ringback_engine::{Duration, Rate};
use ringback_mock::BuildError;
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::{Value, json};

use crate::bell::{Bell, Ring};

fn ring(api: &Api<Bell>, lanes: std::ops::Range<u64>) {
    for lane in lanes {
        api.demo().execute(Ring { lane, again: false }).unwrap().unwrap();
    }
}

async fn point(api: &Api<Bell>, url: &str) {
    assert_eq!(api.send("PUT", "/__admin/webhook", &json!({ "url": url })).await.status, 200);
}

/// Rings once, and returns how the delivery went.
async fn delivery(api: &Api<Bell>) -> Value {
    ring(api, 100..101);
    api.settle().await;
    let deliveries = api.get("/__admin/deliveries").await.json;
    deliveries.pointer("/deliveries/0").cloned().unwrap()
}

/// attack report, B8
#[actix_web::test]
async fn many_receivers_that_hang_delay_nobody_else() {
    let hang: Vec<_> = (0..8).map(|_| Receiver::start(Temper::Hangs)).collect();
    let well = Receiver::start(Temper::Answers(200));
    let api = Api::of(Bell::builder());
    for (receiver, place) in hang.iter().zip(1..) {
        point(&api, &receiver.url()).await;
        ring(&api, place * 1_000..place * 1_000 + 300);
    }
    hang.iter().for_each(|receiver| drop(receiver.wait_for(1)));
    point(&api, &well.url()).await;
    let began = Instant::now();
    ring(&api, 10_000..10_050);
    well.wait_for(50);
    assert!(began.elapsed() < ComputerTime::from_secs(2), "{:?}", began.elapsed());
}

/// attack report, B8
#[actix_web::test]
async fn a_query_string_or_a_path_makes_no_other_receiver() {
    let hangs = Receiver::start(Temper::Hangs);
    let api = Api::of(Bell::builder());
    for place in 1..20 {
        point(&api, &format!("{}/{place}?hook={place}", hangs.url())).await;
        ring(&api, place * 1_000..place * 1_000 + 20);
    }
    hangs.wait_for(64);
    // Once a later one has arrived elsewhere, all that were to go had their chance.
    let well = Receiver::start(Temper::Answers(200));
    point(&api, &well.url()).await;
    ring(&api, 1..2);
    well.wait_for(1);
    // Its share of places and no more, though 380 are ready and there is room for a thousand.
    assert_eq!(hangs.received().len(), 64);
}

/// attack report, B1
#[actix_web::test]
async fn what_waits_costs_neither_the_api_nor_other_receivers_anything() {
    let hangs = Receiver::start(Temper::Hangs);
    let well = Receiver::start(Temper::Answers(200));
    let api = Api::of(Bell::builder().webhook(hangs.url()));
    ring(&api, 100_000..120_000);
    point(&api, &well.url()).await;
    let began = Instant::now();
    ring(&api, 1_000..1_500);
    well.wait_for(500);
    let asked = Instant::now();
    assert_eq!(api.get("/bell/rung").await.json, 20_500);
    assert!(asked.elapsed() < ComputerTime::from_millis(500), "{:?}", asked.elapsed());
    assert!(began.elapsed() < ComputerTime::from_secs(5), "{:?}", began.elapsed());
}

/// attack report, B9
#[actix_web::test]
async fn a_connection_that_breaks_before_an_answer_begins_costs_no_attempt() {
    let closes = Receiver::start(Temper::AnswersOnce);
    let api = Api::of(Bell::builder().webhook(closes.url()));
    for _ in 0..5 {
        let delivery = delivery(&api).await;
        assert_eq!(delivery["state"], "delivered", "{delivery}");
        assert_eq!(delivery["attempts"].as_array().unwrap().len(), 1, "{delivery}");
    }
    assert_eq!(closes.received().len(), 5);
}

/// A fresh connection that breaks is an attempt: the receiver may have got it.
#[actix_web::test]
async fn a_fresh_connection_that_breaks_is_tried_once() {
    let closes = Receiver::start(Temper::ClosesEarly);
    let api = Api::of(Bell::builder().webhook(closes.url()));
    let delivery = delivery(&api).await;
    assert_eq!(
        (&delivery["state"], &delivery["attempts"][0]["status"]),
        (&json!("failed"), &Value::Null)
    );
    assert_eq!(closes.received().len(), 1);
}

/// attack report, W6
#[actix_web::test]
async fn interim_answers_are_not_final() {
    let receiver = Receiver::start(Temper::Interim);
    let api = Api::of(Bell::builder().webhook(receiver.url()));
    for received in 1..=3 {
        let delivery = delivery(&api).await;
        assert_eq!(delivery["attempts"][0]["status"], 200, "{delivery}");
        assert_eq!(receiver.received().len(), received);
    }
}

/// attack report, W7
#[actix_web::test]
async fn the_beginning_of_a_long_answer_is_kept() {
    for length in [2_000, 60_000, 5_000_000] {
        let receiver = Receiver::start(Temper::Long(length));
        let api = Api::of(Bell::builder().webhook(receiver.url()));
        for _ in 0..2 {
            let delivery = delivery(&api).await;
            assert_eq!(delivery["state"], "delivered");
            let kept = delivery["attempts"][0]["response"].as_str().unwrap();
            assert_eq!(kept, "x".repeat(length.min(2_048)));
        }
    }
}

/// attack report, W5
#[actix_web::test]
async fn an_address_without_a_path_is_asked_for_its_root() {
    let receiver = Receiver::start(Temper::Answers(200));
    let root = receiver.url().replace("/webhook", "");
    let api = Api::of(Bell::builder());
    for (url, line) in [("?x=1", "POST /?x=1 HTTP/1.1"), ("", "POST / HTTP/1.1")] {
        point(&api, &format!("{root}{url}")).await;
        delivery(&api).await;
        assert_eq!(receiver.received().last().unwrap().line, line);
    }
}

#[actix_web::test]
async fn notifications_say_who_sends_them() {
    let receiver = Receiver::start(Temper::Answers(200));
    let api = Api::of(Bell::builder().webhook(receiver.url()));
    delivery(&api).await;
    let received = &receiver.received()[0];
    let agent = format!("Ringback/{} (bell)", env!("CARGO_PKG_VERSION"));
    assert_eq!(received.header("user-agent"), agent);
    assert_eq!(format!("http://{}/webhook", received.header("host")), receiver.url());
    assert_eq!(received.header("content-length"), received.body.len().to_string());
}

/// attack report, B3, W4, W12
#[actix_web::test]
async fn an_address_that_webhooks_never_go_to_is_refused_when_it_is_set() {
    let refused = [
        "http://169.254.169.254/latest",
        "http://[fd00:ec2::254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://8.8.8.8/",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:-1/x",
        "javascript:alert(1)",
        "data:text/html,x",
    ];
    let receiver = Receiver::start(Temper::Answers(200));
    let api = Api::of(Bell::builder().webhook(receiver.url()));
    for url in refused {
        let reply = api.send("PUT", "/__admin/webhook", &json!({ "url": url })).await;
        assert_eq!(reply.status, 400, "{url}");
        let built = Bell::builder().webhook(url).build();
        assert!(matches!(built, Err(BuildError::Webhook { .. })), "{url}");
    }
    assert_eq!(api.get("/__admin/webhook").await.json["url"], receiver.url());
}

/// Nothing is polled: a change of the clock alone has to wake the dispatcher.
#[actix_web::test]
async fn a_retry_is_made_as_soon_as_the_clocks_rate_brings_its_moment() {
    let fails = Receiver::start(Temper::Answers(503));
    let settings = json!({ "retries": [3_600] });
    let api = Api::of(Bell::builder().rate(1.0).webhook(fails.url()).settings(settings));
    ring(&api, 100..101);
    fails.wait_for(1);
    api.settle().await;
    let began = Instant::now();
    api.engine().set_rate(Rate::FASTEST).await.unwrap();
    fails.wait_for(2);
    assert!(began.elapsed() < ComputerTime::from_millis(500), "{:?}", began.elapsed());
    api.advance(Duration::ZERO).await;
}

/// attack report, held test 16: none of it may cost memory, time of others, or the truth.
#[actix_web::test]
async fn odd_answers_are_failures_or_what_they_say() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\n";
    const CHUNK: &str = "20\r\n0123456789abcdef0123456789abcdef\r\n";
    let failures = [
        Temper::Endless(HEAD, "a: b\r\n"),
        Temper::Endless("HTTP/1.1 200 OK\r\na: ", "b"),
        Temper::Endless("", "HTTP/1.1 100 Continue\r\n\r\n"),
        Temper::Endless("", "x"),
        Temper::Says("HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n"),
        Temper::Says("HTTP/1.1 200 OK\r\nconte"),
        Temper::Says("HTTP/2 200 OK\r\n\r\n"),
    ];
    let statuses = [
        (200, Temper::Endless("HTTP/1.1 200 OK\r\n\r\n", "x")),
        (200, Temper::Endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", CHUNK)),
        (204, Temper::Says("HTTP/1.1 204 -\r\n\r\nbody")),
        (101, Temper::Says("HTTP/1.1 101 -\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")),
        (200, Temper::Says("HTTP/1.1 200 -\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 -\r\n\r\n")),
        (301, Temper::Says("HTTP/1.1 301 -\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n")),
        (200, Temper::Says("HTTP/1.1 200 -\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")),
    ];
    let failures = failures.map(|temper| (Value::Null, temper));
    let statuses = statuses.map(|(status, temper)| (json!(status), temper));
    // Each has its own instance, so that they may take their time together.
    let cases = failures.into_iter().chain(statuses);
    futures_util::future::join_all(cases.map(async |(status, temper)| {
        let receiver = Receiver::start(temper);
        let patience = if status.is_null() { 1 } else { 5 };
        let settings = json!({ "timeout_seconds": patience });
        let api = Api::of(Bell::builder().webhook(receiver.url()).settings(settings));
        for received in 1..=2 {
            let delivery = delivery(&api).await;
            let attempts = delivery["attempts"].as_array().unwrap();
            assert_eq!(attempts.len(), 1, "{temper:?} {delivery}");
            assert_eq!(attempts[0]["status"], status, "{temper:?} {delivery}");
            let acknowledged = status == 200 || status == 204;
            assert_eq!(delivery["state"] == "delivered", acknowledged, "{temper:?}");
            assert_eq!(receiver.received().len(), received, "{temper:?}");
        }
    }))
    .await;
}
