//! Measures the log in a file: how many records a second it commits beside what the disk can do, and
//! what ten million commands leave behind.
//!
//! ```text
//! cargo run --release -p ringback-filelog --example measure -- [FOLDER [COMMANDS]]
//! ```

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use ringback_engine::ordered::{EntryId, Log as _};
use ringback_engine::{Engine, Identity, LogOptions, Start};
use ringback_filelog::{Expected, FileLog, Opening};

#[path = "../tests/it/counters.rs"]
mod counters;

use counters::{Count, Counters};

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target/measure".to_owned());
    let commands = arguments.next().map_or(Ok(10_000_000), |text| text.parse())?;
    let folder = Path::new(&folder);
    if folder.exists() {
        return Err(format!("{}: is there already", folder.display()).into());
    }
    fs::create_dir_all(folder)?;
    let outcome = committed(folder).and_then(|()| bounded(folder, commands));
    fs::remove_dir_all(folder)?;
    outcome
}

fn say(text: String) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

fn expected() -> Expected {
    Expected {
        vendor: "counters".into(),
        instance: "main".into(),
        release: "0.0.0".into(),
        logic: 1,
        settings: "none".into(),
    }
}

/// Records of 200 bytes, by so many who each wait for their own.
fn committed(folder: &Path) -> Result<(), Failed> {
    for round in 1..=2 {
        let mut raw = File::create(folder.join("raw"))?;
        let (began, mut syncs) = (Instant::now(), 0);
        while began.elapsed() < Duration::from_secs(2) {
            raw.write_all(&[7; 236])?;
            raw.sync_data()?;
            syncs += 1;
        }
        say(format!("round {round}: fdatasync of 236 bytes: {} a second", syncs / 2))?;
        for clients in [1, 32, 64, 256] {
            let log = FileLog::open(folder.join("committed"), &expected(), Opening::default())?;
            let (count, mut waits) = waits(&log, clients, Duration::from_secs(2))?;
            waits.sort_unstable();
            let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied();
            say(format!(
                "  {clients} waiting: {} records a second, p50 {:?}, p99 {:?}",
                count / 2,
                at(0.5).unwrap_or_default(),
                at(0.99).unwrap_or_default(),
            ))?;
        }
    }
    Ok(())
}

fn waits(log: &FileLog, clients: u64, time: Duration) -> Result<(u64, Vec<Duration>), Failed> {
    let payload = bytes::Bytes::from_static(&[b'x'; 200]);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (began, mut serial) = (Instant::now(), 0);
    let (mut under_way, mut waits) = (VecDeque::new(), Vec::new());
    while began.elapsed() < time {
        while under_way.len() < clients as usize {
            serial += 1;
            let submitted = log.submit(EntryId { origin: 1, serial }, payload.clone());
            under_way.push_back((Instant::now(), submitted));
        }
        if let Some((sent, submitted)) = under_way.pop_front() {
            runtime.block_on(submitted)?;
            waits.push(sent.elapsed());
        }
    }
    Ok((serial, waits))
}

/// A small machine and many commands.
fn bounded(folder: &Path, commands: u64) -> Result<(), Failed> {
    let folder = folder.join("bounded");
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (began, mut most, mut done) = (Instant::now(), 0, 0);
    let (log, engine) = open(&folder, 1)?;
    say(format!("{commands} commands, 512 waiting at a time"))?;
    while done < commands {
        let some = 512.min(commands - done);
        let counts = (0..some)
            .map(|which| engine.execute(Count { which, ring_in_millis: 1_000 + which as i64 }));
        for counted in runtime.block_on(join_all(counts)) {
            counted?;
        }
        done += some;
        if done % (512 * 16) == 0 {
            most = most.max(size(&folder)?);
        }
        if done * 10 / commands != (done - some) * 10 / commands {
            let seconds = began.elapsed().as_secs();
            let (now, memory) = (size(&folder)? / 1_000, memory()?);
            say(format!("  {done} after {seconds} s: disk {now} kB, memory {memory} kB"))?;
        }
    }
    let state = engine.state().ok_or("no log")?.1.len();
    say(format!("  at most on the disk: {} kB; a state has {} kB", most / 1_000, state / 1_000))?;
    // As the end of a process leaves it.
    log.close();
    drop(engine);
    let began = Instant::now();
    let (log, engine) = open(&folder, 2)?;
    say(format!("  opened again after {:?}, {} on", began.elapsed(), log.first()))?;
    engine.close_blocking()?;
    log.close();
    drop(engine);
    let began = Instant::now();
    let (log, engine) = open(&folder, 3)?;
    say(format!("  and after a clean stop after {:?}", began.elapsed()))?;
    drop(engine);
    log.close();
    Ok(())
}

fn open(folder: &Path, origin: u64) -> Result<(Arc<FileLog>, Engine<Counters>), Failed> {
    let log = Arc::new(FileLog::open(folder, &expected(), Opening::default())?);
    let identity = Identity { instance: "main".into(), logic: 1, settings: "none".into() };
    let options = LogOptions::new(identity, origin);
    let shared = Arc::clone(&log);
    let engine = Engine::open_blocking(Start::Now, |_at| Counters::new(), shared, options)?;
    Ok((log, engine))
}

fn size(folder: &Path) -> io::Result<u64> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata().map_or(0, |found| found.len()))).sum()
}

/// Returns how much memory the process has, in kB.
fn memory() -> io::Result<String> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Ok(line.unwrap_or("?").trim().trim_end_matches(" kB").to_owned())
}
