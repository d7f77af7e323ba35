//! The ready file, and waiting.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::started::{Started, failure, folder, ringback, success};

#[test]
fn the_ready_file_says_who_answers_where_and_is_gone_after_a_clean_end() {
    let folder = folder("ready");
    let path = folder.join("ready.json");
    // What a run that was killed has left is nobody's.
    std::fs::write(&path, "an earlier run").unwrap();
    let flags = ["--log-format", "json", "--vendor", "mango=0,mango=0,voip24h=0", "--hub", "0"];
    let ready = ["--seed", "7", "--ready-file", path.to_str().unwrap()];
    let started = Started::of(ringback(&folder, &[&flags[..], &ready].concat()));

    let said: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!((&said["seed"], &said["pid"]), (&7.into(), &started.id().into()));
    assert_eq!(said["hub"]["url"], started.url("hub"));
    let vendors = said["vendors"].as_array().unwrap();
    let named = |name: &str| vendors.iter().find(|vendor| vendor["name"] == name).unwrap();
    for name in ["mango", "mango-2", "voip24h"] {
        assert_eq!(named(name)["url"], started.url(name));
    }
    assert_eq!(named("mango-2")["vendor"], "mango");
    assert_eq!(named("voip24h")["credentials"][0], "rdn7mllWMqND7S5DnZF8");
    assert!(named("mango")["notes"].as_str().unwrap().contains("vpbx_api_salt"));

    let answers = success(ringback(&folder, &["wait", "--url", &started.url("hub")]));
    assert!(answers.starts_with("ready: "), "{answers}");
    #[cfg(unix)]
    {
        assert_eq!(started.end_by("-TERM").0, Some(0));
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn a_start_that_fails_leaves_the_ready_file_of_the_run_whose_ports_it_wanted() {
    let folder = folder("ready-taken");
    let path = folder.join("ready.json");
    let ready = ["--ready-file", path.to_str().unwrap()];
    let flags = ["--log-format", "json", "--vendor", "voip24h=0", "--no-hub"];
    let started = Started::of(ringback(&folder, &[&flags[..], &ready].concat()));
    let said = std::fs::read_to_string(&path).unwrap();
    let url = started.url("voip24h");
    let (_, port) = url.rsplit_once(':').unwrap();
    let vendor = format!("voip24h={port}");
    failure(ringback(&folder, &[&["--vendor", &vendor, "--no-hub"], &ready[..]].concat()), 3);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), said);
}

#[cfg(unix)]
#[test]
fn a_ready_file_that_another_run_has_written_stays() {
    let folder = folder("ready-theirs");
    let path = folder.join("ready.json");
    let flags = ["--log-format", "json", "--vendor", "voip24h=0", "--no-hub", "--ready-file"];
    let started = Started::of(ringback(&folder, &[&flags[..], &[path.to_str().unwrap()]].concat()));
    std::fs::write(&path, "theirs").unwrap();
    assert_eq!(started.end_by("-INT").0, Some(0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
}

#[test]
fn a_ready_file_that_cannot_be_written_is_told_before_anything_answers() {
    for path in ["/nowhere/ready.json", "/"] {
        let flags = ["--vendor", "voip24h=0", "--no-hub", "--ready-file", path];
        let said = failure(ringback(&std::env::temp_dir(), &flags), 2);
        assert!(said.contains(&format!("--ready-file {path}: ")), "{said}");
    }
}

#[test]
fn waiting_ends_when_it_is_ready_or_the_time_is_over() {
    let folder = folder("wait");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    drop(listener);
    let began = Instant::now();
    let wait = ringback(&folder, &["wait", "--url", &url, "--timeout", "0.3"]);
    let said = failure(wait, 1);
    assert!(said.contains(&url) && said.contains("not ready after 0.3 s"), "{said}");
    assert!(began.elapsed() >= Duration::from_millis(300));

    // It goes on asking until there is somebody; where is found in the configuration.
    let hub = port.to_string();
    let flags = ["wait", "--timeout", "20"];
    let mut wait = ringback(&folder, &flags);
    wait.env("RINGBACK_HUB", &hub);
    let waiting = std::thread::spawn(move || success(wait));
    let _started = Started::with(&["--vendor", "voip24h=0", "--hub", &hub]);
    assert_eq!(waiting.join().unwrap(), format!("ready: {url}\n"));

    for (flags, part) in [
        (["wait", "--url", "ftp://x"], "--url ftp://x"),
        (["wait", "--timeout", "x"], "'x' for '--timeout"),
        (["wait", "--timeout", "1e999"], "--timeout inf"),
    ] {
        let said = failure(ringback(&folder, &flags), 2);
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn somebody_else_who_answers_is_not_taken_for_ringback() {
    let receiver = ringback_testkit::Receiver::start(ringback_testkit::Temper::Answers(404));
    let url = receiver.url();
    let wait = ringback(&std::env::temp_dir(), &["wait", "--url", &url, "--timeout", "0.2"]);
    let said = failure(wait, 1);
    assert!(said.contains("\"404\""), "{said}");
}
