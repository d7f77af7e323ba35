//! Logs that are opened, closed, and opened again.

use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::{
    Identity, LogOptions, SnapshotEvery,
    ordered::{
        EntryId, Log, Record, Saved,
        simulated::{Faults, Simulated},
    },
};

pub(super) fn options(origin: u64) -> LogOptions {
    let identity =
        Identity { instance: "kitchen".to_owned(), logic: 1, settings: "gas".to_owned() };
    LogOptions { identity, origin, snapshots: SnapshotEvery::default() }
}

pub(super) fn open(log: &Simulated, options: LogOptions) -> Result<Engine<Kitchen>, EngineError> {
    Engine::open_blocking(Start::Frozen(START), Kitchen::open, Arc::new(log.member(0)), options)
}

fn saved(log: &Simulated) -> Option<Saved> {
    block_on(log.member(0).newest()).unwrap()
}

/// A log of the same records, as a file keeps them: text but for the first byte of each.
fn copy(log: &Simulated) -> Simulated {
    let copy = Simulated::calm();
    let records = log.records().into_iter().map(|record| {
        let (form, json) = record.bytes.split_first().unwrap();
        let text = String::from_utf8(json.to_vec()).unwrap();
        let bytes = [&[*form], text.as_bytes()].concat();
        Record { bytes: bytes.into(), ..record }
    });
    copy.fill(records.collect(), saved(log));
    copy
}

/// Does everything that there is to be done.
fn cook(engine: &Engine<Kitchen>) {
    set(engine, seconds(4));
    advance(engine, Duration::microseconds(1_234_567));
    set(engine, seconds(1));
    let taken = engine.snapshot().unwrap();
    assert_eq!(advance(engine, seconds(9)).events, [2, 1]);
    engine.reset_blocking().unwrap();
    assert_eq!(engine.clock().now(), START, "a standing clock goes back");
    set(engine, seconds(8));
    engine.restore_blocking(&taken).unwrap();
    assert_eq!(engine.clock().now(), taken.at());
    advance(engine, seconds(2));
    let refused = engine.execute_blocking(SetTimer { after: Duration::days(9) }).unwrap();
    assert_eq!(refused, Err(TooLong));
    engine.set_clock_blocking(ClockCommand::SetRate(Rate::FASTEST)).unwrap();
    set(engine, seconds(70));
    let to = START + Duration::HOUR;
    assert_eq!(engine.set_clock_blocking(ClockCommand::AdvanceTo(to)).unwrap().to, to);
    set(engine, seconds(1));
}

#[test]
fn a_log_gives_the_same_state_again_and_so_do_a_snapshot_and_the_rest() {
    let log = Simulated::calm();
    let engine = open(&log, options(1)).unwrap();
    cook(&engine);
    let state = engine.state().unwrap();
    assert_eq!(state.0, 14, "the beginning and each change");
    let again = open(&copy(&log), options(2)).unwrap();
    assert_eq!(again.state().unwrap(), state);
    assert_eq!(again.clock().state(), engine.clock().state());
    assert_eq!(bytes(&again), bytes(&engine));
    assert_eq!(again.epoch(), 2);
    assert_eq!(again.last_event(), engine.last_event(), "all that happened happens again");

    engine.close_blocking().unwrap();
    let newest = saved(&log).unwrap();
    assert_eq!((newest.position, newest.bytes), state);
    let copied = copy(&log);
    let again = open(&copied, options(3)).unwrap();
    assert_eq!(again.state().unwrap(), state);
    assert_eq!(again.last_event(), 0, "nothing had to be done again");
    let without = open(&log, options(4)).unwrap();
    for engine in [&without, &again] {
        set(engine, seconds(5));
        advance(engine, Duration::HOUR);
    }
    assert_eq!(bytes(&without), bytes(&again));
}

#[test]
fn a_snapshot_of_another_record_than_it_says_is_refused_and_not_waited_for() {
    let log = Simulated::calm();
    let engine = open(&log, options(1)).unwrap();
    cook(&engine);
    engine.close_blocking().unwrap();
    let Saved { position, bytes } = saved(&log).unwrap();
    for said in [position - 1, position + 1, u64::MAX] {
        let copy = Simulated::calm();
        copy.fill(Vec::new(), Some(Saved { position: said, bytes: bytes.clone() }));
        let refused = open(&copy, options(2)).unwrap_err().to_string();
        let why = format!("the snapshot at {said} is of the state after record {position}");
        assert!(refused.ends_with(&why), "{refused}");
    }
}

#[test]
fn a_running_clock_runs_on_while_nobody_does_and_a_standing_one_stands() {
    let log = Simulated::calm();
    let engine = open(&log, options(1)).unwrap();
    set(&engine, seconds(3));
    log.pass(60_000_000);
    assert_eq!(engine.clock().now(), START);
    engine.close_blocking().unwrap();

    let engine = open(&log, options(2)).unwrap();
    log.pass(60_000_000);
    assert_eq!(engine.read_at(|kitchen, now| (kitchen.rung.len(), now)), (0, START));
    let two = ClockCommand::SetRate(Rate::from_millionths(2_000_000));
    engine.set_clock_blocking(two).unwrap();
    engine.set_clock_blocking(ClockCommand::Release).unwrap();
    engine.close_blocking().unwrap();
    log.pass(60_000_000);

    let engine = open(&log, options(3)).unwrap();
    let after = START + seconds(120);
    assert_eq!(engine.read_at(|kitchen, now| (kitchen.rung.len(), now)), (1, after));
    let state = engine.clock().state();
    assert_eq!((state.now, state.rate.as_f64().to_bits()), (after, 2.0_f64.to_bits()));
    assert_eq!(engine.clock().started_at(), START);
    set(&engine, seconds(1));
    log.pass(400_000);
    assert_eq!(engine.read(Kitchen::numbers), [1]);
    log.pass(100_000);
    assert_eq!(engine.read(Kitchen::numbers), [1, 2], "no entry is needed for what is due");
}

#[test]
fn after_so_many_records_a_snapshot_is_kept_and_the_records_before_the_last_one_go() {
    let log = Simulated::calm();
    let snapshots = SnapshotEvery { entries: 10, bytes: u64::MAX };
    let engine = open(&log, LogOptions { snapshots, ..options(1) }).unwrap();
    for _ in 0..64 {
        set(&engine, seconds(1));
    }
    engine.close_blocking().unwrap();
    let kept = log.records();
    assert_eq!(saved(&log).unwrap().position, 65);
    let first = kept.first().unwrap().position;
    assert!((11..=61).contains(&first), "{first}");
    let again = open(&log, options(2)).unwrap();
    assert_eq!(again.read(|kitchen| kitchen.set), 64);
}

fn refused(log: &Simulated, options: LogOptions) -> String {
    open(log, options).map(drop).unwrap_err().to_string()
}

fn of(change: impl FnOnce(&mut Identity)) -> LogOptions {
    let mut options = options(9);
    change(&mut options.identity);
    options
}

#[test]
fn another_log_is_refused_with_a_line() {
    let log = Simulated::calm();
    let engine = open(&log, of(|identity| identity.logic = 2)).unwrap();
    set(&engine, seconds(1));
    for (options, why) in [
        (of(|identity| identity.instance = "bath".into()), "of \"kitchen\", not of \"bath\""),
        (of(|identity| identity.settings = "coal".into()), "other settings (gas; now coal)"),
        (of(|identity| identity.logic = 1), "by a newer version: it goes by rules 2"),
        (of(|identity| identity.logic = 3), "record 2: it goes by rules 2, and this version by"),
    ] {
        let said = refused(&log, options);
        assert!(said.contains(why), "{said}");
        assert!(!said.contains('\n'));
    }
}

#[test]
fn other_rules_go_on_from_a_snapshot_with_nothing_after_it() {
    let log = Simulated::calm();
    let engine = open(&log, options(1)).unwrap();
    set(&engine, seconds(1));
    engine.close_blocking().unwrap();
    let engine = open(&log, of(|identity| identity.logic = 2)).unwrap();
    assert_eq!(set(&engine, seconds(1)), 2);
    drop(engine);
    let engine = open(&log, of(|identity| identity.logic = 2)).unwrap();
    assert_eq!(engine.read(|kitchen| kitchen.set), 2);
    drop(engine);
    assert!(refused(&log, options(4)).contains("newer version"));
}

#[test]
fn who_goes_by_older_rules_stops_where_newer_ones_begin() {
    let log = Simulated::calm();
    let old = open(&log, options(1)).unwrap();
    set(&old, seconds(1));
    let state = old.state().unwrap();
    submit(&log, br#"{"change":{"rules":2}}"#);
    old.wait_for_blocking(std::time::Duration::from_secs(5), |_, _| old.stopped()).unwrap();
    let failed = old.execute_blocking(SetTimer { after: seconds(1) }).unwrap_err().to_string();
    assert!(failed.contains("a newer version has taken over"), "{failed}");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while saved(&log).is_none() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(saved(&log).unwrap().position, state.0 + 1, "a snapshot is left exactly there");
    let new = open(&log, of(|identity| identity.logic = 2)).unwrap();
    assert_eq!(set(&new, seconds(1)), 2);
}

#[test]
fn those_with_older_rules_hand_over_to_a_newer_one_at_one_record() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let log = Simulated::shared(1, Faults::default());
    let (goes_on, ends) = (log.clone(), Arc::new(AtomicBool::new(false)));
    let ended = Arc::clone(&ends);
    let network = std::thread::spawn(move || {
        while !ended.load(Ordering::Relaxed) {
            if !goes_on.step() {
                std::thread::yield_now();
            }
        }
    });
    let olds = [1, 2].map(|origin| open(&log, options(origin)).unwrap());
    set(&olds[0], seconds(1));
    set(&olds[1], seconds(2));
    let new = open(&log, of(|identity| identity.logic = 2)).unwrap();
    assert_eq!(set(&new, seconds(3)), 3);
    for old in &olds {
        let failed = old.execute_blocking(SetTimer { after: seconds(1) }).unwrap_err();
        assert!(failed.to_string().contains("a newer version has taken over"), "{failed}");
    }
    drop((olds, new));
    ends.store(true, Ordering::Relaxed);
    network.join().unwrap();
}

/// Puts a strange record into a log.
fn submit(log: &Simulated, json: &[u8]) {
    let bytes = Bytes::from([b"\x01", json].concat());
    block_on(log.member(0).submit(EntryId { origin: 77, serial: 1 }, bytes)).unwrap();
}

#[test]
fn what_is_not_understood_stops_and_is_never_skipped() {
    let tick = Bytes::from_static(b"\x01{\"change\":\"tick\"}");
    for (strange, why) in [
        (&b"\x02{\"change\":\"tick\"}"[..], "it has form 2, and this version reads form 1"),
        (b"", "it is empty"),
        (b"\x01{\"change\":{\"teleport\":1}}", "unknown variant `teleport`"),
        (b"\x01{\"change\":{\"command\":{\"before\":1}}}", "missing field `after`"),
        (b"\x01{\"change\":{\"restored\":{\"shows\":true,\"machine\":{\"format\":9,\"at\":0,\"machine\":{}}}}}", "snapshot format 9"),
    ] {
        let log = Simulated::calm();
        let engine = open(&log, options(1)).unwrap();
        set(&engine, seconds(1));
        let id = |serial| EntryId { origin: 77, serial };
        let member = log.member(0);
        block_on(member.submit(id(1), Bytes::copy_from_slice(strange))).unwrap();
        block_on(member.submit(id(2), tick.clone())).unwrap();
        let patience = std::time::Duration::from_secs(5);
        let said = engine.wait_for_blocking(patience, |_, _| engine.stopped()).unwrap();
        assert!(said.starts_with("record 3: ") && said.contains(why), "{said}");
        let failed = engine.execute_blocking(SetTimer { after: seconds(1) }).unwrap_err();
        assert!(failed.to_string().contains(&said), "{failed}");
        assert_eq!(engine.read(|kitchen| kitchen.set), 1, "reads go on");
        assert!(refused(&log, options(2)).contains(why), "and so it is at the next start");
    }
    let log = Simulated::calm();
    submit(&log, br#"{"change":"tick"}"#);
    assert!(refused(&log, options(1)).contains("does not begin with a machine"));
}

#[test]
fn a_field_that_a_later_version_adds_is_no_obstacle() {
    let log = Simulated::calm();
    let engine = open(&log, options(1)).unwrap();
    submit(&log, br#"{"change":{"command":{"after":[1,0],"eggs":2}},"mood":"good"}"#);
    assert_eq!(set(&engine, seconds(1)), 2);
}
