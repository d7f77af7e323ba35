//! A hundred thousand live calls, dialled through the engine: how long creating them, listing one
//! extension, and an hour of all of them takes.
//!
//! `cargo run --release -p ringback-voip24h --example live-calls`

#![expect(clippy::print_stdout, reason = "a measuring tool tells what it measured")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use ringback_voip24h::{MakeDial, Voip24h};
use serde_json::json;
use time::Duration;

const CALLS: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let extensions: Vec<_> =
        (0..CALLS).map(|n| json!({ "number": format!("{}", 1_000_000 + n) })).collect();
    let rule =
        json!({ "to": "09*", "outcome": "answer", "ring": 2, "talk": {"uniform": [600, 3500]} });
    let scenario = json!({ "extensions": extensions, "rules": [rule] });
    let voip = Voip24h::builder().seed(1).frozen_clock().scenario(scenario).build()?;
    let pbx = voip.demo();

    let began = Instant::now();
    for n in 0..CALLS {
        let extension = format!("{}", 1_000_000 + n);
        pbx.execute(MakeDial { extension, phone: format!("09{n:08}") })??;
    }
    println!("{CALLS} calls dialled in {:?}", began.elapsed());
    voip.advance(Duration::seconds(5));
    println!("live: {:?}", pbx.read(|pbx| pbx.exchange().live()));

    let (began, rounds) = (Instant::now(), 100_000);
    for n in 0..rounds {
        let number = format!("{}", 1_000_000 + n % CALLS).into();
        black_box(pbx.read(|pbx| pbx.exchange().calls_of(&number).count()));
    }
    println!("one extension's live calls: {:?} each", began.elapsed() / u32::try_from(rounds)?);

    let began = Instant::now();
    let events = voip.advance(Duration::hours(1)).len();
    println!("an hour passed in {:?}, {events} events", began.elapsed());
    println!("live: {:?}", pbx.read(|pbx| pbx.exchange().live()));
    Ok(())
}
