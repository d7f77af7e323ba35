//! `--data-dir`, `ringback log` and `ringback replay`, as a user has them.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::client::Client;
use crate::started::{Started, failure, folder, ringback, success};

/// A folder for one test, gone at its end.
struct Home(PathBuf);

impl Drop for Home {
    fn drop(&mut self) {
        // What is left is the system's to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Home {
    fn new(name: &str) -> Self {
        Self(folder(name))
    }

    fn command(&self, flags: &[&str]) -> Command {
        let usual = ["--data-dir", "data", "--vendor", "voip24h=0", "--no-hub"];
        ringback(&self.0, &[&usual[..], flags].concat())
    }

    fn start(&self, flags: &[&str]) -> Started {
        Started::of(self.command(&[&["--log-format", "json", "--freeze"], flags].concat()))
    }

    fn said(&self, flags: &[&str]) -> String {
        success(ringback(&self.0, flags))
    }

    /// What is said where it does not start: one line.
    fn refused(&self, flags: &[&str]) -> String {
        failure(self.command(flags), 2)
    }
}

fn stop(started: Started) -> String {
    let (status, said) = started.end_by("-TERM");
    assert_eq!(status, Some(0), "{said}");
    said
}

fn dial(started: &Started, phone: &str) -> Value {
    let request = json!({
        "requestType": "makeDial",
        "partnerSecret": "rdn7mllWMqND7S5DnZF8",
        "data": { "extension": "101", "phone": phone },
    });
    let mut client = Client::to(&started.url("voip24h")).unwrap();
    client.post("/api/v1/partner/voip24h", &request.to_string()).unwrap().json()
}

fn advance(started: &Started, seconds: u64) {
    let mut client = Client::to(&started.url("voip24h")).unwrap();
    let body = json!({ "seconds": seconds }).to_string();
    assert_eq!(client.post("/__admin/clock/advance", &body).unwrap().status, 200);
}

/// Everything that can be seen of the calls.
fn calls(started: &Started) -> Value {
    let mut client = Client::to(&started.url("voip24h")).unwrap();
    client.get("/__admin/calls?limit=100").unwrap().json()
}

fn begun(home: &Home) -> Started {
    let started = home.start(&["--seed", "7"]);
    for phone in ["0912345001", "0912345002"] {
        assert_eq!(dial(&started, phone)["respCode"], 0);
        advance(&started, 3);
    }
    started
}

#[test]
fn a_stop_and_a_kill_lose_nothing_and_the_clock_stands_where_it_stood() {
    let home = Home::new("kept");
    let started = begun(&home);
    let before = calls(&started);
    assert_eq!(before["total"], 6, "those of a fresh one too");
    stop(started);
    let info: Value = serde_json::from_str(&home.said(&["log", "info", "data", "--json"])).unwrap();
    let info = &info[0];
    let last = info["last"].as_u64().unwrap();
    assert_eq!(info["snapshots"], json!([last]), "a clean stop leaves nothing to execute: {info}");
    assert_eq!((info["vendor"].as_str(), info["rules"].as_u64()), (Some("voip24h"), Some(2)));

    let started = home.start(&["--seed", "8"]);
    assert_eq!(calls(&started), before);
    assert_eq!(dial(&started, "0912345003")["respCode"], 0);
    let before = calls(&started);
    started.signal("-KILL");
    drop(started);
    let started = home.start(&[]);
    assert_eq!(calls(&started), before);
    advance(&started, 30);
    let said = stop(started);
    assert!(said.contains("data: has begun already, without --freeze\""), "{said}");
    let text = home.said(&["log", "info", "data"]);
    for part in ["voip24h\n", "release 0.1.0, rules 2", "snapshots  at "] {
        assert!(text.contains(part), "{text}");
    }
    let fine = home.said(&["log", "verify", "data"]);
    assert!(fine.starts_with("voip24h: fine: ") && fine.lines().count() == 1, "{fine}");
}

#[test]
fn what_is_said_about_a_beginning_is_not_silently_left_out() {
    let home = Home::new("begun");
    stop(begun(&home));
    let started = home.start(&["--seed", "9", "--history", "100"]);
    let said = stop(started);
    assert!(
        said.contains("data: has begun already, without --seed, --history, --freeze"),
        "{said}"
    );
}

#[test]
fn a_log_that_is_not_to_be_gone_on_with_is_refused_in_one_line() {
    let home = Home::new("refused");
    let started = begun(&home);
    let says = "ringback: data/voip24h: in use by another process; stop that one, or give another \
                folder\n";
    assert_eq!(home.refused(&[]), says);
    let busy = failure(ringback(&home.0, &["log", "info", "data"]), 2);
    assert!(busy.contains("in use by another process"), "{busy}");
    stop(started);

    let other = home.refused(&["--accounts", "open"]);
    assert!(other.starts_with("ringback: data/voip24h: has the settings "), "{other}");
    let moved = home.0.join("data/voip24h-2");
    fs::rename(home.0.join("data/voip24h"), &moved).unwrap();
    let second = home.refused(&["--vendor", "voip24h=1"]);
    let says = "data/voip24h-2: has the instance \"voip24h\" and not \"voip24h-2\"";
    assert!(second.contains(says), "{second}");

    let log = home.0.join("data/voip24h/log.redb");
    fs::create_dir_all(log.parent().unwrap()).unwrap();
    fs::write(&log, "Dear diary, today I learned how logs are made.\n".repeat(100)).unwrap();
    let text = home.refused(&[]);
    assert!(text.starts_with("ringback: data/voip24h/log.redb: not a command log ("), "{text}");
    let verified = failure(ringback(&home.0, &["log", "verify", "data/voip24h"]), 1);
    assert!(verified.contains("not a command log"), "{verified}");
    fs::write(home.0.join("file"), "").unwrap();
    let file = failure(ringback(&home.0, &["--data-dir", "file", "--vendor", "voip24h=0"]), 2);
    assert!(file.ends_with("; give a folder that can be read and written\n"), "{file}");
    let cluster = home.refused(&["--cluster", "nats://127.0.0.1:1"]);
    let says =
        "ringback: --data-dir: data: a cluster keeps everything on its servers; leave one out\n";
    assert_eq!(cluster, says);
    let nothing = failure(ringback(&home.0, &["log", "info", "."]), 2);
    assert!(nothing.contains("there is no command log here"), "{nothing}");
}

#[test]
fn checking_a_configuration_leaves_its_folder_alone() {
    let home = Home::new("checked");
    fs::write(home.0.join("ringback.toml"), "data-dir = \"data\"\n").unwrap();
    home.said(&["config", "check"]);
    assert!(!home.0.join("data").exists());
    let shown = home.said(&["config", "show"]);
    assert!(shown.contains("data-dir = \"data\""), "{shown}");
}

#[test]
fn an_exported_log_is_replayed_and_the_same_requests_get_the_same_bytes() {
    let home = Home::new("replayed");
    stop(begun(&home));
    let started = home.start(&[]);
    assert_eq!(dial(&started, "0912345003")["respCode"], 0);
    let before = calls(&started);
    started.signal("-KILL");
    drop(started);
    home.said(&["log", "export", "data", "--output", "one.jsonl"]);
    assert_eq!(
        home.said(&["log", "export", "data", "--instance", "voip24h"]),
        fs::read_to_string(home.0.join("one.jsonl")).unwrap()
    );
    let checked = home.said(&["replay", "one.jsonl", "--check"]);
    assert!(
        checked.starts_with("voip24h: state ") && checked.contains(" after record "),
        "{checked}"
    );
    assert_eq!(home.said(&["replay", "one.jsonl", "--check"]), checked);

    let seen = [(), ()].map(|()| {
        let flags = ["replay", "one.jsonl", "--vendor", "voip24h=0", "--no-hub"];
        let started =
            Started::of(ringback(&home.0, &[&flags[..], &["--log-format", "json"]].concat()));
        assert_eq!(calls(&started), before);
        let dialled = dial(&started, "0912345004");
        advance(&started, 60);
        let calls = calls(&started);
        stop(started);
        (dialled, calls)
    });
    assert_eq!(seen[0], seen[1]);

    let wrong = failure(ringback(&home.0, &["replay", "one.jsonl", "--vendor", "scfm=0"]), 2);
    let says = "ringback: the log is of voip24h, and --vendor names others: add voip24h, or leave it \
                out\n";
    assert_eq!(wrong, says);
    let none = failure(ringback(&home.0, &["log", "export", "data", "--instance", "voip"]), 2);
    assert!(none.contains("no such log in data"), "{none}");
    edited(&home, Path::new("one.jsonl"));
}

#[test]
fn the_commands_of_a_running_instance_are_exported_and_replayed() {
    let home = Home::new("recorded");
    let flags = ["--vendor", "voip24h=0", "--no-hub", "--log-format", "json", "--freeze"];
    let started = Started::of(ringback(&home.0, &[&flags[..], &["--record"]].concat()));
    for phone in ["0912345001", "0912345002"] {
        assert_eq!(dial(&started, phone)["respCode"], 0);
        advance(&started, 3);
    }
    let mut client = Client::to(&started.url("voip24h")).unwrap();
    let exported = client.get("/__admin/log.jsonl").unwrap();
    assert_eq!(exported.status, 200);
    let exported = String::from_utf8(exported.body).unwrap();
    fs::write(home.0.join("now.jsonl"), &exported).unwrap();
    let before = calls(&started);
    stop(started);
    let first: Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
    assert_eq!((&first["vendor"], &first["instance"]), (&json!("voip24h"), &json!("voip24h")));

    let flags = ["replay", "now.jsonl", "--vendor", "voip24h=0", "--no-hub"];
    let started = Started::of(ringback(&home.0, &[&flags[..], &["--log-format", "json"]].concat()));
    assert_eq!(calls(&started), before);
    stop(started);

    let flags = ["--vendor", "voip24h=0", "--no-hub", "--log-format", "json"];
    let started = Started::of(ringback(&home.0, &flags));
    let mut client = Client::to(&started.url("voip24h")).unwrap();
    let none = client.get("/__admin/log.jsonl").unwrap();
    assert_eq!(none.status, 409);
    assert_eq!(none.json()["hint"], "start with --record, or with --data-dir");
}

/// A log in which somebody has changed something is found out: its records say what came before them.
fn edited(home: &Home, path: &Path) {
    let lines = fs::read_to_string(home.0.join(path)).unwrap();
    fs::write(home.0.join("two.jsonl"), lines.replacen("0912345002", "0912345999", 1)).unwrap();
    let found = failure(ringback(&home.0, &["replay", "two.jsonl", "--check"]), 2);
    assert!(found.contains("replicas disagree about record"), "{found}");
    let cut: String = lines.lines().take(2).map(|line| format!("{line}\n")).collect();
    fs::write(home.0.join("two.jsonl"), cut).unwrap();
    let found = failure(ringback(&home.0, &["replay", "two.jsonl", "--check"]), 2);
    assert!(found.contains("two.jsonl: line 2: it ends after"), "{found}");
}
