//! Ports that cannot be had, all of them told at once.

use std::net::TcpListener;

use crate::started::{failure, ringback};

/// The exit status of one who cannot listen.
const CANNOT_BIND: i32 = 3;

fn taken() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

fn refused(flags: &[&str]) -> String {
    failure(ringback(&std::env::temp_dir(), flags), CANNOT_BIND)
}

#[test]
fn a_taken_port_is_told_with_its_remedy_and_a_status_of_its_own() {
    let (_listener, port) = taken();
    let said = refused(&["--vendor", &format!("voip24h={port}"), "--no-hub"]);
    assert!(said.contains(&port) && said.contains("--vendor voip24h=PORT"), "{said}");
    let said = refused(&["--vendor", "voip24h=0", "--hub", &port]);
    assert!(said.contains("hub cannot listen") && said.contains("--no-hub"), "{said}");
    // An address of documents, which no computer has.
    let flags = ["--vendor", "voip24h=0", "--bind", "203.0.113.1", "--control-token", "x"];
    assert!(refused(&flags).contains("203.0.113.1"));
}

#[test]
fn all_taken_ports_are_told_at_once() {
    let [(_a, first), (_b, second), (_c, hub)] = [taken(), taken(), taken()];
    let vendors = format!("voip24h={first},mango={second},scfm={second},tel4vn=0");
    let said = refused(&["--vendor", &vendors, "--hub", &hub]);
    for part in [
        format!("voip24h cannot listen on 127.0.0.1:{first}: "),
        format!("mango and scfm cannot listen on 127.0.0.1:{second}: "),
        format!("hub cannot listen on 127.0.0.1:{hub}: "),
        "--vendor voip24h=PORT, --vendor mango=PORT, --vendor scfm=PORT, --hub PORT".to_owned(),
    ] {
        assert!(said.contains(&part), "{part}: {said}");
    }
    assert!(!said.contains("tel4vn"), "{said}");
}
