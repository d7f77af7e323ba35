//! What was answered is there, however the process ends. `.ci/kills` asks for more rounds.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::started::{Started, folder, ringback};

/// How many clients there are at once.
const CLIENTS: u64 = 16;

/// What was answered with success.
#[derive(Default)]
struct Acknowledged {
    dialled: BTreeSet<String>,
    contacts: BTreeSet<String>,
    callouts: BTreeSet<u64>,
}

fn start(data: &Path) -> Started {
    let flags = ["--vendor", "voip24h=0,scfm=0", "--no-hub", "--freeze", "--log-format", "json"];
    let mut command = ringback(data.parent().unwrap(), &flags);
    command.arg("--data-dir").arg(data);
    Started::of(command)
}

#[test]
fn what_was_acknowledged_is_there_after_kills_and_two_recoveries_are_equal() {
    let rounds = std::env::var("KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let data = folder("kills").join("data");
    let (all, serial) = (Mutex::new(Acknowledged::default()), AtomicU64::new(1));
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let began = std::time::Instant::now();
        let started = start(&data);
        slowest = slowest.max(began.elapsed());
        // All of it is looked at in some of the rounds, and at the end: it grows.
        if round < 5 || round % 10 == 0 {
            check(&started, &all.lock().unwrap());
        }
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (started, all, serial) = (&started, &all, &serial);
                scope.spawn(move || {
                    // The end of the connection is how it ends.
                    while act(started, client, all, serial).is_ok() {}
                });
            }
            thread::sleep(Duration::from_millis(40 + 37 * round % 250));
            started.signal("-KILL");
        });
        drop(started);
    }
    let acknowledged = all.into_inner().unwrap();
    let (dialled, contacts) = (acknowledged.dialled.len(), acknowledged.contacts.len());
    eprintln!(
        "{rounds} kills: {dialled} calls, {contacts} contacts, {} callouts acknowledged, none lost; \
         slowest start {slowest:?}",
        acknowledged.callouts.len()
    );
    assert!(dialled > 0 && contacts > 0 && !acknowledged.callouts.is_empty());

    // Both of what the last kill has left.
    let second = data.parent().unwrap().join("second");
    copy(&data, &second);
    let states = [&data, &second].map(|data| {
        let started = start(data);
        check(&started, &acknowledged);
        let (status, said) = started.end_by("-TERM");
        assert_eq!(status, Some(0), "{said}");
        ["voip24h", "scfm"].map(|name| newest_snapshot(&data.join(name)))
    });
    assert!(states[0] == states[1], "two recoveries give other states");
    fs::remove_dir_all(data.parent().unwrap()).unwrap();
}

/// Does something as one client, again and again, for as long as there is an answer.
fn act(
    started: &Started,
    client: u64,
    all: &Mutex<Acknowledged>,
    serial: &AtomicU64,
) -> std::io::Result<()> {
    let mut voip = Client::to(&started.url("voip24h"))?;
    let mut scfm = Client::to(&started.url("scfm"))?;
    for turn in client.. {
        let taken = if turn % 8 == 6 { 10 } else { 1 };
        let serial = serial.fetch_add(taken, Ordering::SeqCst);
        match turn % 8 {
            0..=2 => {
                let phone = format!("09{serial:010}");
                let dial = json!({
                    "requestType": "makeDial",
                    "partnerSecret": "rdn7mllWMqND7S5DnZF8",
                    "data": { "extension": "101", "phone": phone },
                });
                let answer = voip.post("/api/v1/partner/voip24h", &dial.to_string())?;
                assert_eq!(answer.json()["respCode"], 0, "{answer:?}");
                all.lock().unwrap().dialled.insert(phone);
            }
            3 => {
                let advance = json!({ "seconds": 5 }).to_string();
                assert_eq!(voip.post("/__admin/clock/advance", &advance)?.status, 200);
            }
            4 | 5 => {
                let number = number(serial);
                let answer =
                    scfm.post("/api/contacts", &format!("msisdn={}", number.replace('+', "%2B")))?;
                assert_eq!(answer.status, 201, "{answer:?}");
                all.lock().unwrap().contacts.insert(number);
            }
            6 => {
                let numbers: Vec<String> = (0..10).map(|more| number(serial + more)).collect();
                let csv = format!("msisdn\n{}\n", numbers.join("\n"));
                let import = json!({ "do": "import_contacts", "csv": csv }).to_string();
                let answer = scfm.post("/__admin/control", &import)?;
                assert_eq!(answer.status, 200, "{answer:?}");
                all.lock().unwrap().contacts.extend(numbers);
            }
            _ => {
                let answer = scfm.post("/api/callouts", "metadata[season]=flood")?;
                assert_eq!(answer.status, 201, "{answer:?}");
                let id = answer.json()["id"].as_u64().unwrap();
                assert!(all.lock().unwrap().callouts.insert(id), "{id} is given twice");
            }
        }
    }
    Ok(())
}

fn number(serial: u64) -> String {
    format!("+85510{:06}", 320_000 + serial)
}

/// Checks that everything acknowledged is there.
fn check(started: &Started, acknowledged: &Acknowledged) {
    let mut voip = Client::to(&started.url("voip24h")).unwrap();
    let mut dialled = BTreeSet::new();
    let mut path = "/__admin/calls?limit=1000&order=asc".to_owned();
    loop {
        let page = voip.get(&path).unwrap().json();
        let calls = page["calls"].as_array().unwrap();
        dialled.extend(
            calls.iter().filter_map(|call| call["to"]["number"].as_str().map(str::to_owned)),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/__admin/calls?limit=1000&order=asc&after={next}");
    }
    missing("calls", &acknowledged.dialled, &dialled);

    let mut scfm = Client::to(&started.url("scfm")).unwrap();
    let mut all = |what: &str| -> Vec<Value> {
        let mut found = Vec::new();
        for page in 1.. {
            let path = format!("/api/{what}?per_page=1000&page={page}");
            let page = scfm.get(&path).unwrap().json();
            let page = page.as_array().unwrap();
            if page.is_empty() {
                break;
            }
            found.extend(page.iter().cloned());
        }
        found
    };
    let contacts = all("contacts");
    let contacts = contacts.iter().map(|contact| contact["msisdn"].as_str().unwrap().to_owned());
    let contacts: Vec<String> = contacts.collect();
    let distinct: BTreeSet<String> = contacts.iter().cloned().collect();
    assert_eq!(distinct.len(), contacts.len(), "a contact is there twice");
    missing("contacts", &acknowledged.contacts, &distinct);
    let callouts = all("callouts");
    let callouts = callouts.iter().map(|callout| callout["id"].as_u64().unwrap()).collect();
    missing("callouts", &acknowledged.callouts, &callouts);
}

fn missing<T: Ord + std::fmt::Debug>(what: &str, wanted: &BTreeSet<T>, found: &BTreeSet<T>) {
    let lost: Vec<&T> = wanted.difference(found).collect();
    assert!(lost.is_empty(), "{} {what} are lost, such as {:?}", lost.len(), lost[0]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// Reads the newest snapshot in the folder of a log.
fn newest_snapshot(folder: &Path) -> (PathBuf, Vec<u8>) {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_snapshot = |path: &PathBuf| path.to_str().unwrap().contains("snapshot-");
    let newest = entries.filter(is_snapshot).max().unwrap();
    (PathBuf::from(newest.file_name().unwrap()), fs::read(newest).unwrap())
}

/// A small disk is what `.ci/kills` mounts: there is none without it.
#[test]
fn on_a_full_disk_changes_are_refused_reads_go_on_and_nothing_acknowledged_is_lost() {
    let Some(disk) = std::env::var_os("SMALL_DISK") else { return };
    let data = Path::new(&disk).join("data");
    let all = Mutex::new(Acknowledged::default());
    let started = start(&data);
    let mut serial = 1;
    let mut fill = |started: &Started| {
        let mut scfm = Client::to(&started.url("scfm")).unwrap();
        loop {
            let numbers: Vec<String> = (0..500).map(|more| number(serial + more)).collect();
            serial += 500;
            let csv: String =
                numbers.iter().map(|number| format!("{number},{}\n", "x".repeat(100))).collect();
            let csv = format!("msisdn,note\n{csv}");
            let import = json!({ "do": "import_contacts", "csv": csv }).to_string();
            let answer = scfm.post("/__admin/control", &import).unwrap();
            if answer.status != 200 {
                assert!(answer.status >= 500, "{answer:?}");
                let contact = scfm.post("/api/contacts", "msisdn=85510199999").unwrap();
                assert!((500..600).contains(&contact.status), "{contact:?}");
                let ready = scfm.get("/readyz").unwrap();
                assert_eq!(ready.status, 503, "{ready:?}");
                return;
            }
            all.lock().unwrap().contacts.extend(numbers);
        }
    };
    fill(&started);
    check(&started, &all.lock().unwrap());
    started.signal("-KILL");
    drop(started);
    let started = start(&data);
    check(&started, &all.lock().unwrap());
    let acknowledged = all.lock().unwrap().contacts.len();
    eprintln!("a full disk: {acknowledged} contacts acknowledged, none lost");
    assert!(acknowledged > 1_000);
    drop(started);
}
