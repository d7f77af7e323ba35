//! How long one page of records takes among a thousand stored calls and among a million: without
//! conditions, far back, for one day, for one extension, and as the next batch of a scroll.
//!
//! `cargo run --release -p ringback-tel4vn --example tel4vn-cdr-page`

#![expect(clippy::print_stdout, reason = "a measuring tool tells what it measured")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration as ComputerTime, Instant};

use ringback_tel4vn::{Filter, Pbx, Record, Tel4vn};
use time::macros::datetime;

const PAGE: usize = 10;
const ROUNDS: u32 = 20_000;

fn written(records: &[Record<'_>]) -> usize {
    records.iter().map(|record| record.to_json("http://localhost:8082").len()).sum()
}

/// Measures each kind of page and returns the time of one.
fn measure(pbx: &Pbx) -> Vec<(&'static str, ComputerTime)> {
    let day = Filter {
        started_from: Some(datetime!(2025-12-22 00:00 +7)),
        started_to: Some(datetime!(2025-12-22 23:59:59 +7)),
        ..Filter::default()
    };
    let extension = Filter { extension: vec!["104".to_owned()], ..Filter::default() };
    let both = Filter { extension: vec!["104".to_owned()], ..day.clone() };
    let middle = pbx.exchange().history().len() / 2;
    let scroll = pbx.begin_scroll(Filter::default(), PAGE);
    let page = |filter: &Filter, offset| written(&pbx.page(filter, offset, PAGE).1);
    let next = || pbx.scroll(&scroll).map_or(0, |(records, _)| written(&records));
    let timed = |name, once: &dyn Fn() -> usize| {
        black_box(once());
        let began = Instant::now();
        for _ in 0..ROUNDS {
            black_box(once());
        }
        (name, began.elapsed() / ROUNDS)
    };
    vec![
        timed("the first page", &|| page(&Filter::default(), 0)),
        timed("a page in the middle", &|| page(&Filter::default(), middle)),
        timed("a page of one day", &|| page(&day, 0)),
        timed("a page of one extension", &|| page(&extension, 0)),
        timed("a page of one extension's day", &|| page(&both, 0)),
        timed("a batch of a scroll", &next),
    ]
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut measured = Vec::new();
    for calls in [1_000, 1_000_000] {
        let began = Instant::now();
        let pbx = Tel4vn::builder().seed(1).frozen_clock().history(calls).build()?;
        println!("{calls} calls made up in {:?}", began.elapsed());
        measured.push(pbx.demo().read(measure).ok_or("no demo account")?);
    }
    let [few, many] = measured.as_slice() else { return Err("two measurements".into()) };
    println!("\n{PAGE} records each, written as JSON:");
    for ((name, few), (_, many)) in few.iter().zip(many) {
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        println!("{name:30} {few:>10.2?} {many:>10.2?}  ratio {ratio:.2}");
    }
    Ok(())
}
