//! Measures an exchange under load: `cargo run --release -p ringback-exchange --example load`.
//!
//! First 1,000 and 1,000,000 finished calls, as many for each extension and day; then 100,000 live
//! ones at once.

#![expect(clippy::print_stdout, reason = "a measurement is for reading")]

use std::{hint::black_box, time::Instant};

use ringback_exchange::{
    Behaviour, Dial, Distribution, Exchange, Extension, HistoryProfile, Number, Origin, Party,
    Profile, Shape,
};
use time::{Duration, OffsetDateTime, UtcOffset, macros::datetime};

const START: OffsetDateTime = datetime!(2026-03-04 09:15:20 UTC);
const LIVE: u32 = 100_000;

fn main() {
    // Before anything else has used, and given back, memory that would then not be counted.
    finished(1_000, 10, 10);
    finished(1_000_000, 1_000, 100);
    live();
}

/// 101 extensions talk to one outside number each; all other calls go from outside to outside.
fn live() {
    println!("{LIVE} live calls");
    let seconds = |low, high| Distribution::from(Shape::Uniform(low, high));
    let talks = Behaviour::answers(seconds(2.0, 20.0), seconds(30.0, 3_500.0));
    let mut exchange =
        Exchange::new(7, Profile { outside: vec![(1, talks)], ..Profile::default() });
    for extension in 101..202 {
        exchange.set_extension(Extension::new(extension.to_string()));
    }

    let (memory, begun) = (resident(), Instant::now());
    for call in 0..LIVE {
        let from = match call {
            0..101 => Party::Extension(Number::from((101 + call).to_string())),
            _ => Party::Outside(Number::from(format!("0{}", 900_000_000 + call))),
        };
        let to = Party::Outside(Number::from(format!("0{}", 100_000_000 + call)));
        let origin = Origin::Phone;
        let (line, behaviour, keys) = (None, None, Vec::new());
        let order = Dial { from, to, origin, line, record: true, behaviour, keys, tag: () };
        exchange.dial(START, order);
        drain(&mut exchange, START);
    }
    let took = begun.elapsed();
    println!("  placed in {took:.0?}, {:.1?} each", took / LIVE);
    println!("  {} B of memory a call", resident().saturating_sub(memory) / u64::from(LIVE));

    let extension = Number::from("137");
    let listing = timed(10_000, || exchange.calls_of(&extension).count());
    println!("  the live calls of one extension: {listing:.0?}");

    let begun = Instant::now();
    let events = drain(&mut exchange, START + Duration::HOUR);
    let took = begun.elapsed();
    let each = took / u32::try_from(events).unwrap_or(u32::MAX);
    println!("  an hour passes in {took:.0?}: {events} events, {each:.0?} each");
    println!("  {} live, {} in the history", exchange.live(), exchange.history().len());
}

fn finished(calls: usize, extensions: u32, days: u16) {
    println!("{calls} finished calls");
    let mut exchange: Exchange<()> = Exchange::new(7, Profile::default());
    for extension in 0..extensions {
        exchange.set_extension(Extension::new((101 + extension).to_string()));
    }
    let past = HistoryProfile {
        calls,
        days,
        until: START,
        offset: UtcOffset::UTC,
        outside: &["09########"],
        line: Some("19001919".into()),
        inbound: 0.5,
        local: 0.0,
        record: true,
    };
    let (memory, begun) = (resident(), Instant::now());
    exchange.generate(&past, |_, _| ());
    let kept = u64::try_from(exchange.history().len()).unwrap_or(u64::MAX).max(1);
    println!("  {kept} generated in {:.0?}", begun.elapsed());
    println!("  {} B of memory a call", resident().saturating_sub(memory) / kept);

    let week = START - Duration::days(7)..=START;
    let day = START - Duration::days(2)..=START - Duration::DAY;
    let history = exchange.history();
    for (name, time) in [("day", day), ("week", week)] {
        let found = history.of_during("105", time.clone()).count();
        let listing = timed(100_000, || history.of_during("105", time.clone()).count());
        println!("  a {name} of one extension, {found} calls: {listing:.0?}");
    }
    let newest = timed(100_000, || history.of("105").rev().take(20).count());
    println!("  the last 20 calls of one extension: {newest:.0?}");
}

fn drain(exchange: &mut Exchange<()>, to: OffsetDateTime) -> usize {
    std::iter::from_fn(|| exchange.step(to)).count()
}

/// Returns the mean time of one round.
fn timed<R>(rounds: u32, mut round: impl FnMut() -> R) -> std::time::Duration {
    let begun = Instant::now();
    for _ in 0..rounds {
        black_box(round());
    }
    begun.elapsed() / rounds
}

/// Returns the memory of this process that is in use, in bytes; 0 where there is no `/proc`.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let resident = pages.as_deref().and_then(|pages| pages.split(' ').nth(1)?.parse::<u64>().ok());
    resident.unwrap_or(0) * 4_096
}
