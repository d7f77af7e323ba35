//! Receivers of every temper: none of them slows `/get_cdr` or loses a record.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration as ComputerTime, Instant};

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::{Api, Received, Receiver, Temper};
use serde_json::{Value, json};
use time::Duration;

use crate::wire;

/// Settings with which every call is heard to its end.
fn finished() -> Value {
    json!({ "unfinished": {}, "answered": 1.0 })
}

fn api(webhook: &str, settings: Value) -> Api<ImpactPbx> {
    Api::of(ImpactPbx::builder().seed(7).frozen_clock().webhook(webhook).settings(settings))
}

#[actix_web::test]
async fn events_arrive_in_order_with_the_headers_of_the_document() {
    let receiver = Receiver::start(Temper::Answers(200));
    let api = api(&receiver.url(), finished());
    for _ in 0..20 {
        api.get("/trigger_webhooks").await;
        api.advance(Duration::milliseconds(1_700)).await;
    }
    api.advance(Duration::minutes(1)).await;
    let received = receiver.wait_for(80);
    let tenant = api.get("/").await.header("tenant-uuid").to_owned();
    for request in &received {
        assert_eq!(request.line, "POST /webhook HTTP/1.1");
        assert_eq!(request.header("content-type"), "application/json");
        assert_eq!(request.header("accept"), "application/json, text/plain, */*");
        assert_eq!(request.header("tenant-uuid"), tenant);
        assert_eq!(request.header("content-length"), request.body.len().to_string());
        assert_eq!(request.header("transfer-encoding"), "");
    }
    let mut calls = std::collections::BTreeMap::<String, Vec<Value>>::new();
    for event in received.iter().map(Received::json) {
        calls.entry(event["uuid"].to_string()).or_default().push(event);
    }
    assert_eq!(calls.len(), 20);
    for call in calls.values() {
        wire::check_events(call);
        assert_eq!(call.len(), 4);
    }
}

#[actix_web::test]
async fn an_exchange_may_be_its_own_receiver() {
    let api = api("http://127.0.0.1:1", finished());
    let control = json!({ "url": format!("{}/post", api.url()) });
    assert_eq!(api.send("PUT", "/__admin/webhook", &control).await.status, 200);
    api.get("/trigger_webhooks").await;
    api.advance(Duration::minutes(1)).await;
    let deliveries = api.get("/__admin/deliveries").await.json;
    assert_eq!(deliveries["delivered"], 4);
    let answer = deliveries["deliveries"][0]["attempts"][0]["response"].as_str().unwrap();
    assert!(answer.starts_with(r#"{"payload":{"uuid":"#), "{answer}");
}

/// A receiver that looks for the record before it acknowledges the end of a call.
fn curious(
    api: mpsc::Receiver<std::net::SocketAddr>,
    found: mpsc::Sender<(Value, Value)>,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let api = api.recv().unwrap();
        for stream in listener.incoming().map_while(Result::ok) {
            let found = found.clone();
            std::thread::spawn(move || look(stream, api, &found));
        }
    });
    url
}

fn look(
    mut stream: TcpStream,
    api: std::net::SocketAddr,
    found: &mpsc::Sender<(Value, Value)>,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_ascii_lowercase();
            match line.strip_prefix("content-length: ") {
                Some(text) => length = text.parse().ok()?,
                None if line.is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let event: Value = serde_json::from_slice(&body).ok()?;
        if event["action"] == "HANGUP" {
            let mut pull = TcpStream::connect(api).ok()?;
            pull.write_all(b"GET /get_cdr HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                .ok()?;
            let mut answer = String::new();
            pull.read_to_string(&mut answer).ok()?;
            let (_, list) = answer.split_once("\r\n\r\n")?;
            let list: Value = serde_json::from_str(list).ok()?;
            let records = list["data"].as_array()?;
            let record = records.iter().find(|record| record["uuid"] == event["uuid"]);
            found.send((event, record.cloned().unwrap_or_default())).ok()?;
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

#[actix_web::test]
async fn who_hears_of_the_end_finds_the_record_with_the_same_values() {
    for generation in ["ringback", "2020", "2021"] {
        let (tell_address, address) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let url = curious(address, tell);
        let settings = json!({ "generation": generation, "unfinished": {} });
        let api = api(&url, settings);
        tell_address.send(api.address()).unwrap();
        for _ in 0..10 {
            api.get("/trigger_webhooks").await;
        }
        api.advance(Duration::minutes(5)).await;
        for _ in 0..10 {
            let (event, record) = told.recv_timeout(ComputerTime::from_secs(20)).unwrap();
            wire::check_listed(&record);
            for (name, value) in event.as_object().unwrap() {
                assert_eq!(record[name], *value, "{name} of {event}");
            }
        }
    }
}

/// Triggers calls, lets them end, and pulls meanwhile; returns the longest pull.
async fn longest_pull(webhook: &str) -> ComputerTime {
    let api = api(webhook, finished());
    let mut longest = ComputerTime::ZERO;
    for _ in 0..30 {
        let reply = api.get("/trigger_webhooks").await;
        assert_eq!(reply.status, 200);
        // Not `api.advance`, which waits for deliveries.
        ringback_mock::Instance::advance(&api, Duration::seconds(5));
        let began = Instant::now();
        assert_eq!(api.get("/get_cdr").await.status, 200);
        longest = longest.max(began.elapsed());
    }
    ringback_mock::Instance::advance(&api, Duration::minutes(1));
    let reply = api.get("/get_cdr").await;
    assert_eq!(reply.json["total"], 30 + 31 * 5, "{webhook}");
    longest
}

#[actix_web::test]
async fn bad_receivers_neither_slow_the_list_nor_lose_a_record() {
    let slow = Temper::Slow(ComputerTime::from_secs(30));
    let tempers = [
        slow,
        Temper::Hangs,
        Temper::ClosesEarly,
        Temper::SpeaksGarbage,
        Temper::Answers(500),
        Temper::Answers(302),
    ];
    let receivers = tempers.map(Receiver::start);
    let urls = receivers.iter().map(Receiver::url).chain([Receiver::nobody()]);
    for url in urls {
        let longest = longest_pull(&url).await;
        assert!(longest < ComputerTime::from_secs(1), "{url}: {longest:?}");
    }
}

#[actix_web::test]
async fn a_receiver_that_refuses_is_told_every_event_once() {
    for temper in
        [Temper::Answers(500), Temper::Answers(302), Temper::ClosesEarly, Temper::SpeaksGarbage]
    {
        let receiver = Receiver::start(temper);
        let api = api(&receiver.url(), finished());
        api.get("/trigger_webhooks").await;
        api.advance(Duration::minutes(1)).await;
        let events: Vec<_> = receiver.received().iter().map(Received::json).collect();
        wire::check_events(&events);
        assert_eq!(events.len(), 4, "{temper:?}");
        assert_eq!(api.get("/__admin/deliveries").await.json["failed"], 4);
    }
}

#[actix_web::test]
async fn a_slow_receiver_delays_its_own_call_only() {
    let slow = Receiver::start(Temper::Hangs);
    let api = api(&slow.url(), finished());
    for _ in 0..5 {
        api.get("/trigger_webhooks").await;
    }
    ringback_mock::Instance::advance(&api, Duration::minutes(1));
    // The first event of each call is under way; those behind wait for it.
    let received = slow.wait_for(5);
    assert!(received.iter().all(|request| request.json()["action"] == "ORIGINATE"));
}

#[actix_web::test]
async fn events_come_by_themselves_while_the_clock_runs() {
    let receiver = Receiver::start(Temper::Answers(200));
    let builder = ImpactPbx::builder().rate(1_000.0).webhook(receiver.url());
    let api = Api::<ImpactPbx>::of(builder.settings(finished()));
    for _ in 0..10 {
        assert_eq!(api.get("/trigger_webhooks").await.status, 200);
    }
    let received = receiver.wait_for(40);
    let ends = received.iter().filter(|event| event.json()["action"] == "HANGUP").count();
    assert_eq!(ends, 10);
    assert_eq!(api.get("/get_cdr").await.json["total"], 15);
}
