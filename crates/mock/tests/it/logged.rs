//! Instances with a log: of their own, and one for several.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::thread::JoinHandle;
use std::time::{Duration as ComputerTime, Instant};

use futures_util::FutureExt as _;
use ringback_engine::{
    Duration,
    ordered::{EntryId, Log, simulated::Faults, simulated::Simulated},
};
use ringback_mock::{BuildError, Builder, InstanceLog};
use ringback_testkit::{Api, Receiver, Temper};
use serde_json::{Value, json};

use crate::bell::{Bell, Ring};

fn kept(log: &Simulated) -> InstanceLog {
    let log: Arc<dyn Log> = Arc::new(log.member(0));
    log.into()
}

fn ring(lane: u64) -> Value {
    json!({ "lane": lane })
}

async fn rings(api: &Api<Bell>, lane: u64) {
    let reply = api.post("/bell/ring", &ring(lane)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

/// What the clocks of all accounts show.
async fn clocks(api: &Api<Bell>) -> Vec<Value> {
    let accounts = api.get("/__admin/accounts").await.json;
    accounts["accounts"].as_array().unwrap().iter().map(|it| it["clock"].clone()).collect()
}

#[actix_web::test]
async fn an_instance_goes_on_with_what_its_log_has_kept() {
    let log = Simulated::calm();
    let receiver = Receiver::start(Temper::Answers(200));
    let opened = || Bell::builder().open_accounts().log(kept(&log));
    let api = Api::of(opened().seed(3).webhook(receiver.url()));
    rings(&api, 1).await;
    let account = api.open_account("sexton").unwrap();
    account.execute(Ring { lane: 2, again: true }).unwrap().unwrap();
    api.advance(Duration::seconds(4)).await;
    account.advance(Duration::seconds(1)).unwrap();
    api.settle().await;
    let state = api.engine().state().unwrap();
    let clocks = clocks(&api).await;
    // Whoever has a handle keeps the instance going, and its webhooks.
    drop((account, api));

    // As after a crash: nothing was closed. What is set otherwise now is no news to the log.
    let api = Api::of(opened().seed(9).history(3).webhook("http://127.0.0.1:9/"));
    assert_eq!(api.engine().state().unwrap(), state);
    assert_eq!(self::clocks(&api).await, clocks);
    assert_eq!(api.get("/bell/rung").await.json, 1);
    let sexton = api.open_account("sexton").unwrap();
    assert_eq!(sexton.read(|tower| tower.rung), Some(1));
    api.advance(Duration::seconds(6)).await;
    assert_eq!(sexton.read(|tower| tower.rung), Some(2), "and what was due is due");
    sexton.reset().unwrap();
    assert_eq!(sexton.read(|tower| tower.rung), Some(0));
    let news = api.open_account("news").unwrap();
    news.execute(Ring { lane: 5, again: false }).unwrap().unwrap();
    api.settle().await;
    api.engine().close().await.unwrap();
    let bytes = api.engine().state().unwrap();
    drop((sexton, news, api));

    let api = Api::of(opened());
    assert_eq!(api.engine().state().unwrap(), bytes);
    let status = api.get("/__admin/log").await.json;
    let position = bytes.0;
    let bell = json!({
        "kind": "simulated", "shared": false, "position": position, "applied": position, "lag": 0,
        "on_the_way": 0, "snapshots": { "newest": position, "saved": 0, "failed": null },
        "lease": true, "refused": null, "stopped": null,
    });
    assert_eq!(status, json!({ "logs": { "bell": bell } }));
}

#[actix_web::test]
async fn nothing_comes_behind_the_snapshot_of_a_clean_stop() {
    let log = Simulated::calm();
    let api = Api::of(Bell::builder().open_accounts().log(kept(&log)));
    let ringers: Vec<_> = (0..4)
        .map(|ringer| {
            let account = api.open_account(format!("ringer{ringer}")).unwrap();
            let ring = move || account.execute(Ring { lane: 1, again: false });
            std::thread::spawn(move || while ring().is_ok() {})
        })
        .collect();
    let busy = api
        .engine()
        .wait_for(ComputerTime::from_secs(10), |_, _| (api.engine().applied() > 50).then_some(()));
    busy.await.unwrap();
    api.engine().close().await.unwrap();
    for ringer in ringers {
        ringer.join().unwrap();
    }
    let status = api.get("/__admin/log").await.json;
    let bell = &status["logs"]["bell"];
    assert_eq!(bell["position"], bell["snapshots"]["newest"], "{bell}");
}

#[actix_web::test]
async fn the_clock_of_an_instance_with_a_log_is_moved_by_the_control_api_as_any() {
    let log = Simulated::calm();
    let api = Api::of(Bell::builder().log(kept(&log)));
    let plain = Api::of(Bell::builder());
    for api in [&api, &plain] {
        api.post("/bell/ring", &json!({ "lane": 1, "again": true })).await;
        let advanced = api.post("/__admin/clock/advance", &json!({ "until": "idle" })).await.json;
        assert_eq!(advanced["to"], "2026-01-05T09:00:10.000000Z", "{advanced}");
        assert_eq!(advanced["matched"], true);
        let at = json!({ "at": "2026-01-05T10:00:00Z", "rate": 60 });
        let set = api.send("PUT", "/__admin/clock", &at).await.json;
        let shown = json!({ "now": "2026-01-05T10:00:00.000000Z", "rate": 60.0, "frozen": true, "offset": 0.0 });
        assert_eq!(set, shown);
        api.post("/__admin/reset", &json!({})).await;
        let clock = api.get("/__admin/clock").await.json;
        assert_eq!(clock["now"], "2026-01-05T09:00:00.000000Z");
        assert_eq!(api.get("/bell/rung").await.json, 0);
    }
    assert_eq!(
        plain.get("/__admin/log").await.json,
        json!({ "logs": { "bell": { "kind": "none" } } })
    );
}

#[actix_web::test]
async fn what_is_not_understood_stops_an_instance_and_readiness_says_so() {
    let log = Simulated::calm();
    let api = Api::of(Bell::builder().log(kept(&log)));
    rings(&api, 1).await;
    assert_eq!(api.get("/readyz").await.text(), "ok\n");
    let id = EntryId { origin: 1, serial: 1 };
    log.member(0).submit(id, bytes::Bytes::from_static(b"\x07")).now_or_never().unwrap().unwrap();
    let stopped = api.engine().wait_for(ComputerTime::from_secs(5), |_, _| api.engine().stopped());
    let why = "record 3: it is not understood: it has form 7, and this version reads form 1";
    assert_eq!(stopped.await.unwrap(), why);

    assert_eq!(api.post("/bell/ring", &ring(1)).await.status, 503);
    assert_eq!(api.get("/bell/rung").await.json, 1, "reads go on");
    let ready = api.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.text()),
        (503, &*format!("bell: the log has stopped: {why}\n"))
    );
    let ready = api.get("/__admin/readyz").await;
    let unready = json!({ "bell": format!("the log has stopped: {why}") });
    assert_eq!((ready.status, ready.json), (503, json!({ "ready": false, "unready": unready })));
    let health = api.get("/__admin/health").await;
    assert_eq!((health.status, &health.json["status"]), (200, &json!("unready")));
    let refused = api.post("/__admin/clock/freeze", &json!({})).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    let log = api.get("/__admin/log").await.json;
    assert_eq!(log["logs"]["bell"]["stopped"], why);
}

#[test]
fn a_log_of_other_settings_is_refused() {
    let log = Simulated::calm();
    drop(Bell::builder().log(kept(&log)).build().unwrap());
    let other = Bell::builder().settings(json!({ "retries": [1] })).log(kept(&log)).build();
    let Err(BuildError::Log { error, .. }) = other else { panic!("{other:?}") };
    assert!(error.to_string().contains("was begun with other settings"), "{error}");
}

/// A log that goes on by itself, as the computer's time does.
struct Cluster {
    log: Simulated,
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Cluster {
    fn start() -> Self {
        let log = Simulated::shared(1, Faults::default());
        let (goes_on, end) = (log.clone(), Arc::new(AtomicBool::new(false)));
        let ended = Arc::clone(&end);
        let run = move || {
            let mut shown = Instant::now();
            while !ended.load(Ordering::Relaxed) {
                let passed = shown.elapsed();
                shown += passed;
                goes_on.pass(i64::try_from(passed.as_micros()).unwrap());
                if !goes_on.step() {
                    std::thread::park_timeout(ComputerTime::from_micros(200));
                }
            }
        };
        Self { log, end, thread: Some(std::thread::spawn(run)) }
    }

    fn api(&self, builder: Builder<Bell>) -> Api<Bell> {
        let log: Arc<dyn Log> = Arc::new(self.log.member(0));
        Api::of(builder.log(InstanceLog::from(log)))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

#[actix_web::test]
async fn several_are_one() {
    let cluster = Cluster::start();
    let receiver = Receiver::start(Temper::Answers(200));
    let builder = || Bell::builder().open_accounts().webhook(receiver.url());
    let apis = [cluster.api(builder()), cluster.api(builder().seed(4)), cluster.api(builder())];
    for round in 0..60 {
        rings(&apis[round % 3], 1).await;
        let rung = apis[(round + 1) % 3].get("/bell/rung").await.json;
        assert_eq!(rung, round + 1, "what was answered by one is seen at the next");
    }
    let credential = apis[0].open_account("sexton").unwrap();
    assert_eq!(apis[1].open_account("sexton").unwrap().id(), credential.id());
    apis[1].demo().execute(Ring { lane: 2, again: true }).unwrap().unwrap();
    let advanced = apis[2].post("/__admin/clock/advance", &json!({ "seconds": 3600 })).await.json;
    assert_eq!(advanced["from"], "2026-01-05T09:00:00.000000Z");
    for api in &apis {
        assert_eq!(api.get("/bell/rung").await.json, 62);
        assert_eq!(api.get("/__admin/clock").await.json["now"], "2026-01-05T10:00:00.000000Z");
        api.settle().await;
    }
    let received = receiver.wait_for(62);
    let ids: std::collections::BTreeSet<&str> =
        received.iter().map(|received| received.header("ringback-delivery")).collect();
    assert_eq!(ids.len(), 62, "each has an id of its own");
    assert!(ids.contains("bell/0.0/0-1"), "{ids:?}");
    assert_eq!(received.len(), 62, "and one of them has sent them all");
    let states = apis.each_ref().map(|api| api.engine().state().unwrap());
    assert!(states.iter().all(|state| *state == states[0]));
}

#[actix_web::test]
async fn another_one_sends_when_the_one_that_did_is_gone() {
    let cluster = Cluster::start();
    let receiver = Receiver::start(Temper::Answers(200));
    let builder = || Bell::builder().webhook(receiver.url());
    let mut apis = vec![cluster.api(builder()), cluster.api(builder())];
    rings(&apis[0], 1).await;
    receiver.wait_for(1);
    apis[0].settle().await;
    let sender = usize::from(!apis[0].engine().may_send());
    assert!(apis[sender].engine().may_send());
    drop(apis.remove(sender));
    let began = Instant::now();
    rings(&apis[0], 1).await;
    assert_eq!(receiver.wait_for(2).len(), 2);
    assert!(began.elapsed() < ComputerTime::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(receiver.received()[1].header("ringback-delivery"), "bell/0.0/0-2");
}
