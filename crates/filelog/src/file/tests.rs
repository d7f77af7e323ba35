use std::sync::atomic::AtomicI64;

use super::*;

mod disk;
mod faults;
mod flips;
mod order;
mod power;
mod refusals;
mod snapshots;

/// A clock that is set by hand.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn set(&self, at: Stamp) {
        self.0.store(at, Ordering::SeqCst);
    }

    fn opening(&self) -> Opening {
        let clock = self.0.clone();
        Opening { wall: Arc::new(move || clock.load(Ordering::SeqCst)), ..Opening::default() }
    }
}

fn expected() -> Expected {
    Expected {
        vendor: "kitchen".into(),
        instance: "main".into(),
        release: "0.1.0".into(),
        logic: 1,
        settings: "open".into(),
    }
}

fn open(folder: &Path) -> FileLog {
    try_open(folder).unwrap()
}

fn try_open(folder: &Path) -> Result<FileLog, OpenError> {
    FileLog::open(folder, &expected(), Opening::default())
}

/// Waits for a future.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Returns what is submitted for a serial number: of many lengths, and never twice the same.
fn payload(serial: u64) -> Bytes {
    let length = (serial * serial % 300) as usize;
    format!("{serial} {}", "x".repeat(length)).into()
}

fn submit(log: &FileLog, serial: u64) -> BoxFuture<'static, Result<Position, LogError>> {
    log.submit(EntryId { origin: 9, serial }, payload(serial))
}

/// Submits and waits for the records of the serial numbers, which are their positions too.
fn fill(log: &FileLog, serials: RangeInclusive<u64>) {
    let under_way: Vec<_> = serials.clone().map(|serial| submit(log, serial)).collect();
    for (serial, committed) in serials.zip(under_way) {
        assert_eq!(wait(committed), Ok(serial));
    }
}

/// Reads the records after a position up to the tip.
fn records(log: &FileLog, after: Position) -> Result<Vec<Record>, LogError> {
    let tip = log.inner.queue.tip();
    let (mut all, mut coming) = (Vec::new(), log.follow(after));
    while after + (all.len() as u64) < tip {
        all.extend(coming.blocking_recv().expect("the log goes on")?);
    }
    Ok(all)
}

/// Checks that a log holds the payloads after a position, and nothing else up to its tip.
fn check(log: &FileLog, after: Position, at_least: Position) {
    let records = records(log, after).unwrap();
    assert!(log.inner.queue.tip() >= at_least, "{at_least} acknowledged, {} there", records.len());
    for (position, record) in (after + 1..).zip(&records) {
        assert_eq!((record.position, record.id.serial), (position, position));
        assert_eq!(record.bytes, payload(position));
    }
}

/// A source of numbers that is the same in each run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

use std::ops::RangeInclusive;
