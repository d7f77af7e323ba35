//! Times the statistics of one day, with the same number of calls in that day, beside a thousand and
//! a million stored calls; and says how much memory a stored call takes.
//!
//! `cargo run --release -p ringback-mango --example mango-day-stats`

#![expect(clippy::print_stdout, reason = "it reports")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback_mango::{Mango, Reply, RunOperation};
use ringback_mock::{Builder, Instance};
use serde_json::{Value, json};
use time::macros::datetime;

/// How many calls there are in the day asked for.
const IN_THE_DAY: usize = 500;

/// How often each is asked, of which the middle one counts.
const TIMES: usize = 41;

/// Adds calls that begin at even distances within a stretch of time.
fn add(
    mango: &Arc<Instance<Mango>>,
    count: usize,
    from: time::OffsetDateTime,
    length: time::Duration,
) -> Result<(), Box<dyn Error>> {
    let step = length / u32::try_from(count.max(1))?;
    for chunk in (0..count).collect::<Vec<_>>().chunks(20_000) {
        let record = |place: &usize| {
            let place = u32::try_from(*place).unwrap_or(u32::MAX);
            let created_at = from + step * place;
            let created_at = created_at.format(&time::format_description::well_known::Rfc3339);
            json!({
                "from": "101",
                "to": format!("7999{:07}", place % 10_000_000),
                "created_at": created_at.unwrap_or_default(),
                "ring": 5,
                "talk": 60,
            })
        };
        let records: Vec<Value> = chunk.iter().map(record).collect();
        mango.demo().control(json!({ "do": "add_records", "records": records }))?;
    }
    Ok(())
}

/// Asks for a day both ways and returns how long the results took.
fn time_a_day(mango: &Arc<Instance<Mango>>) -> Result<[Duration; 2], Box<dyn Error>> {
    let from = datetime!(2025-12-31 21:00 UTC).unix_timestamp();
    let basic = json!({ "date_from": from, "date_to": from + 86_399, "fields": "start,to_number,disconnect_reason" });
    let calls =
        json!({ "start_date": "01.01.2026", "end_date": "01.01.2026", "limit": 500, "offset": 0 });
    let mut took = [Duration::ZERO; 2];
    let asked = [("stats", basic), ("stats/calls", calls)];
    for (took, (path, request)) in took.iter_mut().zip(asked) {
        let reply =
            mango.demo().execute(RunOperation::new(&format!("{path}/request"), request))??;
        let Reply::Json(text) = reply else { return Err("no key".into()) };
        let key: Value = serde_json::from_str(&text)?;
        let mut lengths = Vec::new();
        for _ in 0..TIMES {
            let perform =
                RunOperation::new(&format!("{path}/result"), json!({ "key": key.get("key") }));
            let began = Instant::now();
            let reply = mango.demo().execute(perform)??;
            lengths.push(began.elapsed());
            let rows = match &reply {
                Reply::Csv(text) => text.lines().count(),
                Reply::Json(text) => text.matches("\"entry_id\"").count(),
                Reply::Done | Reply::Building | Reply::Unknown | Reply::File(_) => 0,
            };
            if rows != IN_THE_DAY {
                return Err(format!("{rows} rows instead of {IN_THE_DAY}").into());
            }
        }
        lengths.sort_unstable();
        *took = lengths.get(TIMES / 2).copied().unwrap_or_default();
    }
    Ok(took)
}

/// The process's resident memory in bytes, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut medians = Vec::new();
    for stored in [1_000, 1_000_000] {
        let settings = json!({ "stats_delay_ms": 0 });
        let mango =
            Builder::<Mango>::default().seed(7).frozen_clock().settings(settings).build()?;
        let before = resident();
        add(
            &mango,
            stored - IN_THE_DAY,
            datetime!(2015-01-01 0:00 UTC),
            time::Duration::days(3_600),
        )?;
        add(&mango, IN_THE_DAY, datetime!(2026-01-01 6:00 UTC), time::Duration::hours(9))?;
        let grown = resident().zip(before).map(|(after, before)| after.saturating_sub(before));
        let [basic, calls] = time_a_day(&mango)?;
        println!("{stored:>9} stored calls: basic {basic:?}, extended {calls:?}");
        if let (Some(grown), true) = (grown, stored >= 1_000_000) {
            println!("          {} bytes of memory for each", grown / u64::try_from(stored)?);
        }
        medians.push([basic, calls]);
    }
    if let [few, many] = medians.as_slice() {
        for (name, (few, many)) in ["basic", "extended"].iter().zip(few.iter().zip(many)) {
            println!("{name}: {:.2} times", many.as_secs_f64() / few.as_secs_f64());
        }
    }
    Ok(())
}
