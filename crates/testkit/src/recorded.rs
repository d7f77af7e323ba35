//! Logs that were recorded once, replayed by every version since: a state that has changed demands that
//! the rules of the vendor's machine are counted up.
//!
//! `fixtures/<vendor>/log/` holds `records.jsonl`, one record a line, `snapshot.txt`, the state in the
//! middle, and `digest.json`. With `RECORD_LOGS` in the environment a log of new rules is recorded.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{TestCaseResult, TestRunner};
use ringback_engine::ordered::{EntryId, Record, Saved, simulated::Simulated};
use ringback_mock::{Builder, Vendor, stable_hash};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::property::{self, Live, Step};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// How many steps a recorded log has.
const STEPS: usize = 150;

#[derive(Serialize, Deserialize)]
struct Line {
    position: u64,
    stamp: i64,
    origin: u64,
    serial: u64,
    /// The first byte.
    form: u8,
    /// The rest.
    entry: Box<RawValue>,
}

/// What a recorded log comes to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Digest {
    /// The rules it was recorded by.
    logic: u32,
    /// Where the snapshot was taken.
    snapshot: u64,
    /// A hash of the state after the last record.
    state: String,
}

/// Replays a vendor's recorded log, whole and from the snapshot in it, and checks what it comes to.
///
/// Recording plays random steps, always the same ones, as the vendor's property tests do.
///
/// # Panics
/// When the log cannot be replayed or gives another state, with what is to be done then.
pub fn check<V: Vendor + Clone, Own: Debug + Clone>(
    builder: Builder<V>,
    step: impl Strategy<Value = Step<Own>>,
    act: impl FnMut(&Live<V>, Own),
    holds: impl Fn(&V::World) -> TestCaseResult,
) {
    let folder = Path::new(FIXTURES).join(V::NAME).join("log");
    let path = |name: &str| folder.join(name);
    let known: Option<Digest> = std::fs::read(path("digest.json"))
        .ok()
        .map(|bytes| serde_json::from_slice(&bytes).expect("a digest"));
    if std::env::var_os("RECORD_LOGS").is_some() {
        let is_recorded = known.as_ref().is_some_and(|known| known.logic >= V::LOGIC);
        if !is_recorded {
            record(builder.clone(), step, act, holds, &folder);
        }
    }
    let known = std::fs::read(path("digest.json")).ok();
    let Some(known) = known else { panic!("{}: record a log: {}", V::NAME, recording::<V>()) };
    let known: Digest = serde_json::from_slice(&known).expect("a digest");
    assert_eq!(
        known.logic,
        V::LOGIC,
        "{}: the recorded log is of other rules than LOGIC says; record one: {}",
        V::NAME,
        recording::<V>()
    );

    let records = read(&path("records.jsonl"));
    let snapshot = std::fs::read(path("snapshot.txt")).expect("a snapshot");
    let snapshot = Saved { position: known.snapshot, bytes: formed(1, &snapshot) };
    let rest: Vec<Record> =
        records.iter().filter(|record| record.position > known.snapshot).cloned().collect();
    for (what, records, saved) in
        [("log", records, None), ("snapshot and the rest of its log", rest, Some(snapshot))]
    {
        let found = replay(&builder, records, saved);
        assert_eq!(
            found,
            known.state,
            "{}: the recorded {what} gives another state than it did: logs that users keep would too. \
             If that is meant, raise LOGIC of the vendor, and then record: {}",
            V::NAME,
            recording::<V>()
        );
    }
}

fn recording<V: Vendor>() -> String {
    format!("RECORD_LOGS=1 cargo test -p ringback-{} --test it recorded", V::NAME)
}

/// Returns a hash of what a log comes to; what an instance makes by itself is no part of that.
fn replay<V: Vendor + Clone>(
    builder: &Builder<V>,
    records: Vec<Record>,
    saved: Option<Saved>,
) -> String {
    let log = Simulated::calm();
    log.fill(records, saved);
    let builder = builder.clone();
    let engine = property::open::<V>(&log, 2, move |at| property::worlds_of(&builder, 99, at));
    digest(&engine.state().expect("a state").1)
}

fn digest(state: &[u8]) -> String {
    format!("{:016x}", stable_hash(0, state))
}

fn record<V: Vendor + Clone, Own: Debug + Clone>(
    builder: Builder<V>,
    step: impl Strategy<Value = Step<Own>>,
    mut act: impl FnMut(&Live<V>, Own),
    holds: impl Fn(&V::World) -> TestCaseResult,
    folder: &Path,
) {
    let mut runner = TestRunner::deterministic();
    let mut live = Live::new(builder);
    let half = STEPS / 2;
    let mut play = |live: &mut Live<V>| {
        let plan = property::plan(&step, half..half + 1).new_tree(&mut runner).expect("steps");
        live.play(plan.current(), &mut act, &holds).expect("what has to hold");
    };
    play(&mut live);
    let (snapshot, state) = live.state();
    std::fs::create_dir_all(folder).expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.join(name), bytes).expect("a file");
    };
    // Without its form: a file of text.
    write("snapshot.txt", state.get(1..).unwrap_or_default());
    play(&mut live);
    let lines = live.records().into_iter().map(|record| {
        let (form, entry) = record.bytes.split_first().expect("a form");
        let entry = serde_json::from_slice(entry).expect("an entry");
        let EntryId { origin, serial } = record.id;
        let (position, stamp, form) = (record.position, record.stamp, *form);
        let line = Line { position, stamp, origin, serial, form, entry };
        serde_json::to_string(&line).expect("a line") + "\n"
    });
    write("records.jsonl", lines.collect::<String>().as_bytes());
    let digest = Digest { logic: V::LOGIC, snapshot, state: digest(&live.state().1) };
    let digest = serde_json::to_string_pretty(&digest).expect("a digest") + "\n";
    write("digest.json", digest.as_bytes());
}

fn read(path: &PathBuf) -> Vec<Record> {
    let text = std::fs::read_to_string(path).expect("a log");
    let record = |line: &str| {
        let line: Line = serde_json::from_str(line).expect("a record");
        Record {
            position: line.position,
            stamp: line.stamp,
            id: EntryId { origin: line.origin, serial: line.serial },
            bytes: formed(line.form, line.entry.get().as_bytes()),
        }
    };
    text.lines().map(record).collect()
}

fn formed<B: From<Vec<u8>>>(form: u8, bytes: &[u8]) -> B {
    [&[form], bytes].concat().into()
}
