//! The stream of events: everything that happens, with nothing missed in silence.

use std::time::Duration;

use actix_web::{rt::time::timeout, web::Bytes};
use awc::Client;
use futures_util::{Stream, StreamExt as _};
use ringback_engine::Duration as Simulated;
use ringback_mock::{
    Builder,
    bench::{Bench, Kind, Limits},
};
use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, Receiver, Temper};
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

use crate::started::Started;

/// One message of a stream.
#[derive(Debug)]
struct Message {
    /// Its place in the process, without the mark of that.
    id: Option<u64>,
    /// What a client goes on with.
    cursor: String,
    event: String,
    data: Value,
}

/// A stream that is being read.
struct Reading {
    bytes: std::pin::Pin<Box<dyn Stream<Item = Bytes>>>,
    rest: String,
}

impl Reading {
    async fn open(url: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut request =
            Client::default().get(format!("{url}{path}")).timeout(Duration::from_secs(60));
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let mut response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{:?}", response.body().await);
        let form = response.headers().get("content-type").unwrap();
        assert_eq!(form, "text/event-stream");
        let mut reading =
            Self { bytes: Box::pin(response.map(|bytes| bytes.unwrap())), rest: String::new() };
        // Whoever has read the first line is subscribed.
        while !reading.rest.contains("retry: ") {
            reading.more().await;
        }
        reading
    }

    async fn more(&mut self) {
        let bytes = timeout(Duration::from_secs(30), self.bytes.next()).await;
        let bytes = bytes.expect("something within half a minute").expect("the stream goes on");
        self.rest.push_str(std::str::from_utf8(&bytes).unwrap());
    }

    /// Returns the next message, passing over comments.
    async fn next(&mut self) -> Message {
        loop {
            while let Some((block, rest)) = self.rest.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.rest = rest;
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
                };
                if let Some(event) = field("event: ") {
                    let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                    let cursor = field("id: ").unwrap_or_default();
                    let id = cursor.split('-').next().and_then(|id| id.parse().ok());
                    return Message { id, cursor, event, data };
                }
            }
            self.more().await;
        }
    }

    /// Reads on until a call is over.
    async fn until_over(&mut self) -> Vec<Message> {
        let mut read = vec![self.next().await];
        while read.last().unwrap().data["event"] != "call_ended" {
            read.push(self.next().await);
        }
        read
    }
}

async fn dial(url: &str, path: &str, to: &str) {
    let call = json!({ "from": "101", "to": to });
    let made = Client::default().post(format!("{url}{path}")).send_json(&call).await.unwrap();
    assert_eq!(made.status().as_u16(), 201);
}

#[actix_web::test]
async fn everything_that_happens_comes_in_one_order_and_goes_on_where_it_was_left() {
    let receiver = Receiver::start(Temper::Answers(200));
    let api = Api::<Tel4vn>::of(Builder::default().seed(7).frozen_clock().webhook(receiver.url()));
    let mut reading = Reading::open(&api.url(), "/__admin/events", &[]).await;
    api.get("/v3/cdr").await;
    dial(&api.url(), "/__admin/calls", "0912399200").await;
    api.advance(Simulated::seconds(60)).await;
    let first = reading.next().await;
    assert_eq!((first.event.as_str(), &first.data["operation"]), ("request", &json!("cdr-v3")));
    assert!(first.data.get("body").is_none() && first.data["response"].get("body").is_none());
    let read = reading.until_over().await;
    let cursors: Vec<u64> = read.iter().filter_map(|message| message.id).collect();
    assert!(cursors.is_sorted() && cursors.len() == read.len(), "{cursors:?}");
    let kinds: Vec<&str> = read.iter().map(|message| message.event.as_str()).collect();
    assert!(kinds.contains(&"event") && kinds.contains(&"delivery"), "{kinds:?}");
    assert!(read.iter().all(|message| message.data["vendor"] == "tel4vn"));

    // A browser comes again with the last id that it has seen, whatever its address says.
    let path = "/__admin/events?since=now&kind=event";
    let mut again = Reading::open(&api.url(), path, &[("last-event-id", &first.cursor)]).await;
    let again = again.until_over().await;
    let wanted: Vec<_> =
        read.iter().filter(|message| message.event == "event").map(|message| message.id).collect();
    assert_eq!(again.iter().map(|message| message.id).collect::<Vec<_>>(), wanted);
}

#[actix_web::test]
async fn what_is_no_longer_kept_is_said_to_be_missed() {
    let bench = Bench::new();
    bench.feed().limit(Kind::Event, Limits { entries: 4, bytes: usize::MAX });
    let builder = Builder::default().seed(7).frozen_clock().bench(std::sync::Arc::clone(&bench));
    let api = Api::<Voip24h>::of(builder);
    dial(&api.url(), "/__admin/calls", "0912399200").await;
    api.advance(Simulated::seconds(60)).await;
    let mut reading = Reading::open(&api.url(), "/__admin/events?since=0", &[]).await;
    let missed = reading.next().await;
    assert_eq!(missed.event, "missed");
    let (from, to) = (missed.data["from"].as_u64().unwrap(), missed.data["to"].as_u64().unwrap());
    assert_eq!((from, missed.id), (0, Some(to)));
    assert!(missed.data["count"].as_u64().unwrap() > 4, "{missed:?}");
    let next = reading.next().await;
    assert!(next.id.unwrap() > to, "{next:?}");
    // Nobody knows what became of a cursor that is yet to come.
    let mut later = Reading::open(&api.url(), "/__admin/events?since=999999", &[]).await;
    let missed = later.next().await;
    assert_eq!((missed.event.as_str(), &missed.data["count"]), ("missed", &Value::Null));
}

#[actix_web::test]
async fn whoever_comes_back_to_another_process_is_told_that_something_was_missed() {
    let flags = ["--hub", "0", "--freeze", "--seed", "7", "--vendor", "voip24h=0"];
    let path = "/__admin/events?kind=event";
    let cursor = {
        let running = Started::with(&flags);
        let mut reading = Reading::open(&running.url("voip24h"), path, &[]).await;
        dial(&running.url("voip24h"), "/__admin/calls", "102").await;
        reading.next().await.cursor
    };
    // More has happened here than the cursor counts: its number alone would tell nobody.
    let running = Started::with(&flags);
    let url = running.url("voip24h");
    for _ in 0..5 {
        dial(&url, "/__admin/calls", "102").await;
    }
    let since = format!("{path}&since={cursor}");
    for (path, headers) in [(since.as_str(), vec![]), (path, vec![("last-event-id", &*cursor)])] {
        let mut reading = Reading::open(&url, path, &headers).await;
        let missed = reading.next().await;
        assert_eq!((missed.event.as_str(), &missed.data["count"]), ("missed", &Value::Null));
        assert!(missed.data["detail"].as_str().unwrap().contains("an earlier process"));
        // It goes on from there, with a cursor of this process.
        dial(&url, "/__admin/calls", "103").await;
        let next = reading.next().await;
        assert_eq!((next.event.as_str(), &next.data["to"]), ("event", &json!("103")));
        let mark = |cursor: &str| cursor.split('-').nth(1).map(str::to_owned);
        assert_eq!(mark(&missed.cursor), mark(&next.cursor));
        assert_ne!(mark(&missed.cursor), mark(&cursor));
    }
}

#[actix_web::test]
async fn twenty_who_watch_see_every_event_and_one_who_does_not_read_disturbs_nobody() {
    const CALLS: usize = 250;
    let api = Api::<Voip24h>::frozen();
    let path = "/__admin/events?kind=event";
    let _never_read = Reading::open(&api.url(), path, &[]).await;
    let mut watching = Vec::new();
    for _ in 0..20 {
        watching.push(Reading::open(&api.url(), path, &[]).await);
    }
    for number in 0..CALLS {
        api.post("/__admin/calls", &json!({ "from": format!("09{number:08}"), "to": "101" })).await;
        api.advance(Simulated::seconds(300)).await;
    }
    let mut wanted: Option<Vec<Option<u64>>> = None;
    for mut reading in watching {
        let (mut ids, mut ended) = (Vec::new(), 0);
        while ended < CALLS {
            let message = reading.next().await;
            assert_eq!(message.event, "event", "{message:?}");
            ended += usize::from(message.data["event"] == "call_ended");
            ids.push(message.id);
        }
        assert!(ids.is_sorted() && ids.len() >= CALLS * 4, "{}", ids.len());
        assert_eq!(wanted.get_or_insert_with(|| ids.clone()), &ids);
    }
}

#[actix_web::test]
async fn the_hub_streams_all_vendors_or_those_that_are_named() {
    let flags = ["--hub", "0", "--freeze", "--vendor", "voip24h=0", "--vendor", "tel4vn=0"];
    let running = Started::with(&flags);
    let hub = running.url("hub");
    let mut all = Reading::open(&hub, "/__admin/events?kind=event", &[]).await;
    let mut one = Reading::open(&hub, "/__admin/events?kind=event&vendor=voip24h", &[]).await;
    let mut none = Reading::open(&hub, "/__admin/events?account=*&kind=clock", &[]).await;
    dial(&hub, "/__admin/tel4vn/calls", "0912399486").await;
    dial(&hub, "/__admin/voip24h/calls", "0912399486").await;
    let first = all.next().await;
    assert_eq!(first.data["vendor"], "tel4vn");
    assert_eq!(one.next().await.data["vendor"], "voip24h");
    let rate =
        Client::default().put(format!("{hub}/__admin/clock")).send_json(&json!({ "rate": 5 }));
    assert_eq!(rate.await.unwrap().status().as_u16(), 200);
    assert_eq!(none.next().await.data["rate"], 5.0);
}

#[actix_web::test]
async fn what_is_no_filter_and_who_is_no_guest_is_refused() {
    let api = Api::<Voip24h>::frozen();
    for (path, status, hint) in [
        ("/__admin/events?kind=evnt", 400, "did you mean event?"),
        ("/__admin/events?vendor=voip24", 400, "did you mean voip24h?"),
        ("/__admin/events?since=yesterday", 404, "no such checkpoint"),
        ("/__admin/events?until=5", 400, "unknown query key"),
        ("/__admin/events?account=nobody", 404, "no such account"),
    ] {
        let refused = api.get(path).await;
        assert_eq!(refused.status, status, "{path}: {}", refused.text());
        assert!(refused.text().contains(hint), "{path}: {}", refused.text());
    }
    let foreign = [("origin", "http://evil.example")];
    assert_eq!(api.request("GET", "/__admin/events", &foreign, "").await.status, 403);
    assert_eq!(api.request("GET", "/__admin/metrics", &foreign, "").await.status, 403);
}
