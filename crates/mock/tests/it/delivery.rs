use std::time::{Duration as ComputerTime, Instant};

use ringback_engine::Duration;
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::json;

use crate::bell::{Bell, Ring};

fn ring(api: &Api<Bell>, lane: u64) {
    api.demo().execute(Ring { lane, again: false }).unwrap().unwrap();
}

#[actix_web::test]
async fn webhooks_of_a_lane_arrive_in_order_and_lanes_do_not_wait_for_each_other() {
    let slow = Receiver::start(Temper::Slow(ComputerTime::from_millis(50)));
    let api = Api::of(Bell::builder().webhook(slow.url()));
    let began = Instant::now();
    for _ in 0..4 {
        for lane in 0..20 {
            ring(&api, if lane == 13 { 99 } else { lane });
        }
    }
    api.settle().await;
    let took = began.elapsed();
    assert!(took < ComputerTime::from_millis(2_000), "80 at 50 ms took {took:?}");
    let received = slow.received();
    assert_eq!(received.len(), 80);
    for lane in 0..20 {
        let rung = received.iter().map(|request| request.json());
        let rung = rung.filter(|body| body["lane"] == lane).map(|body| body["rung"].as_u64());
        assert!(rung.is_sorted(), "lane {lane}");
    }
    let request = &received[0];
    assert_eq!(request.line, "POST /webhook HTTP/1.1");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("transfer-encoding"), "");
}

#[actix_web::test]
async fn bad_receivers_are_noted_and_never_slow_the_api() {
    let hangs = Receiver::start(Temper::Hangs).url();
    let closes = Receiver::start(Temper::ClosesEarly).url();
    let babbles = Receiver::start(Temper::SpeaksGarbage).url();
    let fails = Receiver::start(Temper::Answers(503)).url();
    // A name that leads to no address; an address is refused when it is set.
    let nowhere = "http://nowhere.invalid/latest".to_owned();
    for url in [hangs, closes, babbles, fails, Receiver::nobody(), nowhere] {
        let settings = json!({ "timeout_seconds": 1 });
        let api = Api::of(Bell::builder().webhook(url.clone()).settings(settings));
        for lane in 0..5 {
            ring(&api, lane);
        }
        let asked = Instant::now();
        assert_eq!(api.get("/bell/rung").await.json, 5);
        assert!(asked.elapsed() < ComputerTime::from_millis(500), "{url}");
        api.settle().await;
        let deliveries = api.get("/__admin/deliveries").await.json;
        assert_eq!(deliveries["failed"], 5, "{url}: {deliveries}");
        assert_eq!(deliveries["deliveries"][0]["state"], "failed", "{url}");
    }
}

#[actix_web::test]
async fn a_failed_delivery_is_tried_again_on_the_simulated_clock() {
    let fails = Receiver::start(Temper::Answers(500));
    let settings = json!({ "retries": [10, 60] });
    let api = Api::of(Bell::builder().webhook(fails.url()).settings(settings));
    ring(&api, 1);
    api.settle().await;
    assert_eq!(fails.received().len(), 1);
    api.advance(Duration::seconds(9)).await;
    assert_eq!(fails.received().len(), 1);
    api.advance(Duration::seconds(1)).await;
    assert_eq!(fails.received().len(), 2);
    api.advance(Duration::seconds(60)).await;
    assert_eq!(fails.received().len(), 3);
    api.advance(Duration::hours(1)).await;
    assert_eq!(fails.received().len(), 3);
    let delivery = &api.get("/__admin/deliveries").await.json["deliveries"][0];
    assert_eq!(
        (&delivery["state"], &delivery["attempts"][2]["status"]),
        (&json!("failed"), &json!(500))
    );
}

#[actix_web::test]
async fn the_target_can_be_changed_while_running() {
    let first = Receiver::start(Temper::Answers(200));
    let second = Receiver::start(Temper::Answers(204));
    let api = Api::of(Bell::builder().webhook(first.url()));
    ring(&api, 1);
    api.settle().await;
    let bare = second.url().replace("http://", "");
    let reply = api.send("PUT", "/__admin/webhook", &json!({ "url": bare })).await;
    assert_eq!(reply.json["url"], second.url());
    ring(&api, 1);
    api.settle().await;
    assert_eq!((first.received().len(), second.received().len()), (1, 1));
    assert_eq!(api.send("PUT", "/__admin/webhook", &json!({ "url": "ftp://x" })).await.status, 400);
    assert_eq!(api.send("PUT", "/__admin/webhook", &json!({ "url": null })).await.status, 200);
    ring(&api, 1);
    api.settle().await;
    assert_eq!(second.received().len(), 1);
}

#[actix_web::test]
async fn what_waits_is_bounded_and_what_is_beyond_is_counted() {
    let hangs = Receiver::start(Temper::Hangs);
    let api = Api::of(Bell::builder().webhook(hangs.url()));
    let outbox = api.demo().read(|tower| {
        let mut outbox = ringback_mock::World::outbox(tower).unwrap().clone();
        let post = ringback_mock::webhook::Post {
            lane: 1,
            call: None,
            event: "rung".into(),
            url: None,
            headers: Vec::new(),
            body: String::new(),
        };
        for _ in 0..ringback_mock::Outbox::PENDING + 5 {
            outbox.post(time::OffsetDateTime::UNIX_EPOCH, post.clone());
        }
        outbox
    });
    assert_eq!(outbox.unwrap().counts(), [400_000, 0, 0, 5]);
}

#[actix_web::test]
async fn a_retry_that_waits_at_a_standing_clock_is_made_once_the_clock_runs() {
    let fails = Receiver::start(Temper::Answers(503));
    let settings = json!({ "retries": [1] });
    let api = Api::of(Bell::builder().frozen_clock().webhook(fails.url()).settings(settings));
    ring(&api, 1);
    assert_eq!(fails.wait_for(1).len(), 1);
    api.settle().await;
    api.engine().release().await.unwrap();
    assert_eq!(fails.wait_for(2).len(), 2);
}

#[actix_web::test]
async fn a_delivery_under_way_at_a_reset_is_not_taken_for_one_of_the_new_world() {
    let slow = Receiver::start(Temper::Slow(ComputerTime::from_millis(300)));
    let api = Api::of(Bell::builder().webhook(slow.url()));
    ring(&api, 1);
    slow.wait_for(1);
    api.send("POST", "/__admin/reset", &json!({})).await;
    ring(&api, 1);
    api.settle().await;
    assert_eq!(slow.received().len(), 2);
    let deliveries = api.get("/__admin/deliveries").await.json;
    assert_eq!((&deliveries["delivered"], &deliveries["pending"]), (&json!(1), &json!(0)));
}

#[actix_web::test]
async fn a_receiver_that_hangs_leaves_places_for_the_others() {
    let hangs = Receiver::start(Temper::Hangs);
    let well = Receiver::start(Temper::Answers(200));
    let api = Api::of(Bell::builder().webhook(hangs.url()));
    for lane in 0..600 {
        ring(&api, lane + 100);
    }
    api.send("PUT", "/__admin/webhook", &json!({ "url": well.url() })).await;
    ring(&api, 1);
    assert_eq!(well.wait_for(1).len(), 1);
}

#[actix_web::test]
async fn a_receiver_that_says_no_is_not_asked_again() {
    let refuses = Receiver::start(Temper::Answers(410));
    let settings = json!({ "retries": [1, 1] });
    let api = Api::of(Bell::builder().settings(settings).webhook(refuses.url()));
    api.post("/bell/ring", &json!({ "lane": 1 })).await;
    api.settle().await;
    api.advance(Duration::MINUTE).await;
    let deliveries = api.get("/__admin/deliveries").await.json;
    assert_eq!(deliveries["failed"], 1);
    assert_eq!(deliveries["deliveries"][0]["attempts"].as_array().unwrap().len(), 1);
}
