//! Everything that can happen to nodes and replicas under load, one after the other.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Stage;
use crate::http::Http;
use crate::load::{Load, Outcome};
use crate::nodes::until;
use crate::receiver::Receiver;

/// The stream that most is written to.
const STREAM: &str = "ringback_test_scfm";

/// How many contacts are there from the beginning, added by the first replica alone.
const CONTACTS: u64 = 20_000;

/// How many webhooks may be under way when one that sends them is cut off.
const UNDER_WAY: u32 = 384;

impl Stage {
    /// Returns which replica sends the webhooks of a vendor.
    fn sender(&self, vendor: &str) -> usize {
        let mut sender = None;
        until("somebody sends webhooks", || {
            sender = (0..3).find(|replica| {
                self.hub(*replica, "GET", "/__admin/log", None)["logs"][vendor]["lease"] == true
            });
            sender.is_some()
        });
        sender.unwrap()
    }

    /// Asserts that every contact that was answered is there once, and no other.
    fn assert_contacts(&self, outcome: &Outcome) {
        let mut http: Vec<_> =
            self.replicas.iter().map(|replica| Http::new(&replica.url("scfm"))).collect();
        let mut lost = Vec::new();
        for (i, (number, id)) in outcome.contacts.iter().enumerate() {
            // Written at one replica, looked for at any.
            let path = format!("/api/contacts/{id}");
            let reply = http[i % 3].ask("GET", &path, None).unwrap();
            if reply.json()["msisdn"] != format!("+{number}") {
                lost.push(number);
            }
        }
        let ids: BTreeSet<_> = outcome.contacts.iter().map(|(_, id)| id).collect();
        let found = outcome.unknown.iter().filter(|number| {
            let path = format!("/api/contacts?msisdn={number}");
            let reply = http[0].ask("GET", &path, None).unwrap();
            reply.json().as_array().unwrap().len() == 1
        });
        let found = found.count();
        let total = self.contacts(1);
        println!(
            "{} contacts acknowledged, {} lost; of {} without an answer {found} are there; {total} \
             in all",
            outcome.contacts.len(),
            lost.len(),
            outcome.unknown.len()
        );
        assert_eq!(lost, Vec::<&String>::new());
        assert_eq!(ids.len(), outcome.contacts.len(), "two contacts with one id");
        let before = self.seeded() + CONTACTS as usize;
        assert_eq!(total, before + outcome.contacts.len() + found, "something is there twice");
    }

    /// Returns how many contacts a fresh instance has.
    fn seeded(&self) -> usize {
        let fresh: serde_json::Value =
            serde_json::from_str(include_str!("../../../../fixtures/scfm/fresh.json")).unwrap();
        fresh["contacts"].as_array().unwrap().len()
    }

    /// Returns how many contacts a replica has.
    fn contacts(&self, replica: usize) -> usize {
        let mut http = Http::new(&self.replicas[replica].url("scfm"));
        let reply = http.ask("GET", "/api/contacts", None).unwrap();
        reply.header("total").unwrap().parse().unwrap()
    }

    /// Asserts that all webhooks were received, those under way twice at most.
    fn assert_webhooks(&self, receiver: &Receiver, failovers: u32) {
        until("all webhooks are delivered", || {
            let deliveries = self.hub(0, "GET", "/__admin/mango/deliveries?limit=1", None);
            deliveries["pending"] == 0
        });
        let told = self.hub(2, "GET", "/__admin/mango/deliveries?limit=1", None);
        let counts = receiver.counts();
        let twice = counts.values().map(|count| count - 1).sum::<u32>();
        println!(
            "{} webhooks delivered, {} received, {twice} twice",
            told["delivered"],
            counts.len()
        );
        assert_eq!((&told["failed"], &told["dropped"]), (&json!(0), &json!(0)));
        assert_eq!(told["delivered"], counts.len());
        assert!(twice <= failovers * UNDER_WAY, "{twice}");
    }
}

/// Says how long something took.
fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = run();
    println!("{what}: {:.1?}", began.elapsed());
    done
}

#[test]
fn through_every_fault_nothing_is_lost_and_all_replicas_agree() {
    let receiver = Receiver::start();
    let webhook = format!("mango={}", receiver.url);
    let contacts = CONTACTS.to_string();
    let vendors = "scfm=0,voip24h=0,mango=0";
    // A sender that stands still finds when it wakes that it has waited too long for an answer.
    let retries = "mango.webhook_retries=[1, 1, 1]";
    let flags =
        ["--vendor", vendors, "--contacts", &contacts, "--webhook", &webhook, "--set", retries];
    let Some(mut stage) = Stage::start(&flags) else { return };
    let load = Load::start(&stage);
    load.goes_on(200);

    let leader = stage.nodes.leader(STREAM);
    stage.nodes.0[leader].kill();
    timed("goes on after the leader was killed", || load.goes_on(100));
    stage.nodes.0[leader].start();
    stage.nodes.ready();

    stage.nodes.0[0].kill();
    stage.nodes.0[1].kill();
    std::thread::sleep(Duration::from_secs(2));
    let before = load.answered();
    // The node that is left may answer for a stream that it led for some seconds more.
    let mut said = String::new();
    timed("readiness is told", || {
        let told = || {
            let ready =
                Http::new(&stage.replicas[1].url("hub")).ask("GET", "/readyz", None).unwrap();
            let body = String::from_utf8_lossy(&ready.body);
            if said != body {
                println!("readiness is {} {body}", ready.status);
                said = body.clone().into_owned();
            }
            ready.status == 503 && body.contains("scfm: the log cannot be reached")
        };
        until("it is told", told);
    });
    assert_eq!(load.answered(), before, "without a majority");
    stage.nodes.0[0].start();
    stage.nodes.0[1].start();
    timed("goes on after two nodes were away", || load.goes_on(100));
    stage.nodes.ready();

    let leader = stage.nodes.leader(STREAM);
    stage.nodes.0[leader].kill();
    stage.nodes.0[leader].wipe();
    timed("goes on after a leader lost its disk", || load.goes_on(100));
    stage.nodes.0[leader].start();
    stage.nodes.ready();
    let next = (leader + 1) % 3;
    stage.nodes.0[next].kill();
    timed("goes on with what it got again", || load.goes_on(100));
    stage.nodes.0[next].start();
    stage.nodes.ready();

    for node in &mut stage.nodes.0 {
        node.kill();
    }
    for node in &mut stage.nodes.0 {
        node.start();
    }
    timed("goes on after all nodes were killed", || load.goes_on(100));
    stage.nodes.ready();

    let leader = stage.nodes.leader(STREAM);
    stage.nodes.0[leader].pause();
    timed("goes on after a leader hangs", || load.goes_on(100));
    stage.nodes.0[leader].resume();

    // Longer than its lease.
    let sender = timed("somebody sends", || stage.sender("mango"));
    stage.replicas[sender].pause();
    std::thread::sleep(Duration::from_secs(4));
    let other = stage.replicas.iter().enumerate().find(|(replica, _)| *replica != sender);
    let (other, _) = other.unwrap();
    timed("another sends", || {
        until("another sends webhooks", || {
            [other, 3 - sender - other].into_iter().any(|replica| {
                stage.hub(replica, "GET", "/__admin/log", None)["logs"]["mango"]["lease"] == true
            })
        });
    });
    stage.replicas[sender].resume();
    load.goes_on(200);

    // How fast one catches up beside a load that takes all of the computer is not what is asked.
    let outcome = load.end();
    timed("the one that slept is there again", || stage.ready(sender));
    println!(
        "{} calls acknowledged, {} without an answer; the longest answer took {:.1?}",
        outcome.calls, outcome.unknown_calls, outcome.longest
    );
    assert!(outcome.longest < Duration::from_secs(35));
    stage.assert_contacts(&outcome);
    for replica in 0..3 {
        let logs = stage.hub(replica, "GET", "/__admin/log", None);
        for vendor in ["scfm", "voip24h", "mango"] {
            assert_eq!(logs["logs"][vendor]["stopped"], json!(null), "{logs}");
        }
    }
    stage.hub(0, "POST", "/__admin/clock/advance", Some(&json!({ "seconds": 600 })));
    stage.assert_webhooks(&receiver, 6);
    stage.hub(1, "POST", "/__admin/clock/freeze", None);
    for vendor in ["mango", "voip24h"] {
        let path = "/__admin/calls?limit=1000&order=desc";
        let calls = stage.same_everywhere(vendor, path);
        assert!(calls.len() > 10_000);
    }
    stage.same_everywhere("scfm", "/api/contacts?page=800");

    let bytes = stage.same_snapshots("all");
    println!("snapshots of {bytes} bytes, the same at all");
    assert!(bytes > 3_000_000);

    // What is entered is the list itself, and larger than a message of NATS may be.
    let list: String =
        (0..45_500).map(|n| format!("849{},{{\"a\":1}}\n", 20_000_000 + n)).collect();
    let control = json!({ "do": "import_contacts", "csv": list });
    assert!(control.to_string().len() > 1_044_480);
    let before = stage.contacts(1);
    stage.hub(2, "POST", "/__admin/scfm/control", Some(&control));
    for replica in 0..3 {
        assert_eq!(stage.contacts(replica), before + 45_500);
    }
    // A reset enters the state that it makes.
    stage.hub(2, "POST", "/__admin/scfm/reset?only=world", None);
    stage.same_everywhere("scfm", "/api/contacts");
    assert_eq!(stage.contacts(0), stage.seeded());
    // And back to megabytes.
    stage.hub(1, "POST", "/__admin/snapshots/all/restore", None);
    assert_eq!(stage.contacts(0), before);
    assert!(stage.same_snapshots("again") > 3_000_000);

    assert_foreign_message(&stage);
}

/// What somebody else has published stops all, and no other vendor.
fn assert_foreign_message(stage: &Stage) {
    let mut nats = std::net::TcpStream::connect(("127.0.0.1", stage.nodes.0[0].port)).unwrap();
    write!(nats, "CONNECT {{}}\r\nPUB ringback.test.scfm 5\r\nhello\r\nPING\r\n").unwrap();
    let mut answer = [0; 64];
    assert!(nats.read(&mut answer).unwrap() > 0);
    let mut lines = BTreeSet::new();
    for replica in &stage.replicas {
        until("it has stopped", || {
            let reply = Http::new(&replica.url("scfm")).ask("GET", "/readyz", None).unwrap();
            if reply.status == 503 {
                lines.insert(String::from_utf8(reply.body).unwrap());
            }
            reply.status == 503
        });
        let voip24h = Http::new(&replica.url("voip24h")).ask("GET", "/readyz", None).unwrap();
        assert_eq!(voip24h.status, 200);
        let mut scfm = Http::new(&replica.url("scfm"));
        let (status, _) = crate::load::add_contact(&mut scfm, "84919999999").unwrap();
        assert!(status >= 500, "{status}");
    }
    println!("a foreign message: {lines:?}");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines.first().unwrap().contains("was not written by Ringback"));
}
