//! Webhooks of a process that may open few files. A binary of its own: the limit is the process's.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

// Only a part of it is needed here.
#[path = "it/bell.rs"]
mod bell;

use std::fs::File;
use std::time::{Duration, Instant};

use bell::{Bell, Ring};
use ringback_testkit::{Api, Receiver, Temper};

/// As little as some systems give; the receivers of this test need theirs from the same.
const FEW: u64 = 400;

fn ring(api: &Api<Bell>, lanes: std::ops::Range<u64>) {
    for lane in lanes {
        api.demo().execute(Ring { lane, again: false }).unwrap().unwrap();
    }
}

/// attack report, B5
#[actix_web::test]
async fn webhooks_leave_descriptors_to_the_api_and_wait_when_there_are_none() {
    rlimit::setrlimit(rlimit::Resource::NOFILE, FEW, FEW).unwrap();

    let hang: Vec<_> = (0..4).map(|_| Receiver::start(Temper::Hangs)).collect();
    let apis: Vec<_> =
        hang.iter().map(|hang| Api::of(Bell::builder().webhook(hang.url()))).collect();
    apis.iter().for_each(|api| ring(api, 100..300));
    for (api, hang) in apis.iter().zip(&hang) {
        hang.wait_for(1);
        let asked = Instant::now();
        assert_eq!(api.get("/bell/rung").await.json, 200);
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        let deliveries = api.get("/__admin/deliveries").await.json;
        assert_eq!(deliveries["failed"], 0, "{deliveries}");
    }

    // A healthy receiver is served all the same.
    let well = Receiver::start(Temper::Answers(200));
    let api = Api::of(Bell::builder().webhook(well.url()));
    ring(&api, 100..150);
    api.settle().await;
    assert_eq!(well.received().len(), 50);

    // And when somebody else has taken every descriptor, a webhook waits and loses no attempt.
    let other = Receiver::start(Temper::Answers(200));
    let api = Api::of(Bell::builder().webhook(other.url()));
    assert_eq!(api.get("/bell/rung").await.json, 0);
    let files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    ring(&api, 100..110);
    assert!(!api.wait_for_webhooks(Duration::from_millis(200)));
    assert_eq!(other.received().len(), 0);
    drop(files);
    api.settle().await;
    assert_eq!(other.received().len(), 10);
    let deliveries = api.get("/__admin/deliveries").await.json;
    let attempts = deliveries["deliveries"].as_array().unwrap().iter();
    let mut attempts = attempts.map(|delivery| delivery["attempts"].as_array().map(Vec::len));
    assert!(attempts.all(|attempts| attempts == Some(1)), "{deliveries}");
    assert_eq!(deliveries["failed"], 0);
}
