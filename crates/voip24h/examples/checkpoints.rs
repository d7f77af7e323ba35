//! What checkpoints, forks and comparisons cost beside a long history.
//!
//! `cargo run --release -p ringback-voip24h --example checkpoints -- 1000000`

#![expect(clippy::print_stdout, reason = "a measuring tool tells what it measured")]

use std::error::Error;
use std::time::Instant;

use ringback_voip24h::{MakeDial, Voip24h};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let calls = std::env::args().nth(1).map_or(Ok(100_000), |calls| calls.parse())?;
    let builder = Voip24h::builder().seed(1).frozen_clock();
    let small = builder.clone().build()?;
    for _ in 0..100 {
        let ring = json!({ "do": "dial", "from": "0987654321", "to": "102",
            "behaviour": { "outcome": "manual" } });
        small.demo().control(ring)?;
    }
    let mut slowest = std::time::Duration::ZERO;
    for place in 0..50 {
        let began = Instant::now();
        small.demo().fork_to(format!("branch-{place}"))?;
        slowest = slowest.max(began.elapsed());
    }
    println!("50 forks of 100 ringing calls: {slowest:?} for the slowest");

    let voip = builder.history(calls).build()?;
    let account = voip.demo();
    let dial = || account.execute(MakeDial { extension: "101".into(), phone: "0987699486".into() });
    let timed = |what: &str, run: &dyn Fn() -> Result<(), Box<dyn Error>>| {
        let began = Instant::now();
        run()?;
        println!("{what}: {:?}", began.elapsed());
        Ok::<(), Box<dyn Error>>(())
    };
    println!("beside {calls} finished calls:");
    timed("a checkpoint", &|| Ok(account.checkpoint("one")?))?;
    for _ in 0..100 {
        dial()??;
    }
    voip.advance(time::Duration::hours(1));
    timed("another", &|| Ok(account.checkpoint("two")?))?;
    timed("changes since the first, 100 calls", &|| {
        let changes = account.changes_since("one")?;
        let counts = changes.of("records").map(|records| records.counts.added);
        if counts == Some(100) { Ok(()) } else { Err("not 100 records".into()) }
    })?;
    timed("going back to the first", &|| Ok(account.rewind("one")?))?;
    timed("going on to the second", &|| Ok(account.rewind("two")?))?;
    timed("a fork", &|| Ok(account.fork_to("copy").map(drop)?))?;
    timed("a snapshot", &|| Ok(account.snapshot().map(drop)?))?;
    Ok(())
}
