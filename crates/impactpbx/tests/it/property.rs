//! Thousands of random commands at random times: replay, snapshots and invariants hold.

use proptest::prelude::*;
use ringback_engine::{
    Engine, Machine as _, Snapshot, Start,
    log::{MemoryLog, replay},
};
use ringback_impactpbx::{ImpactPbx, ImpactPbxControl, Pbx, Pull, Settings, Trigger};
use ringback_mock::{
    Builder, ControlCommand, Genesis, OutboxCommand, Vendor as _, World as _, webhook::Attempt,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::wire;

#[derive(Debug, Clone)]
enum Step {
    Wait(u32),
    Trigger,
    Pull,
    Operate(Value),
    Deliver(u16),
    Snapshot,
}

fn number() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "35799123456",
        "35799199486",
        "35799199480",
        "35799199404",
        "35799199487",
        "35799199603",
        "35799199200",
        "101",
        "x",
    ])
}

fn control() -> impl Strategy<Value = Value> {
    let verbs = vec![
        "trigger",
        "dial",
        "add_records",
        "add_rule",
        "set_extension",
        "answer",
        "reject",
        "take_over",
        "hang_up",
        "hold",
        "press",
        "start_recording",
        "transfer",
        "park",
        "supervise",
    ];
    let stages = prop::sample::select(vec!["ORIGINATE", "RING", "ANSWERED", "HANGUP"]);
    let side = prop::sample::select(vec!["a", "b"]);
    (prop::sample::select(verbs), 1u64..60, number(), stages, side, any::<bool>()).prop_map(
        |(verb, call, number, stage, side, yes)| match verb {
            "trigger" => json!({ "do": verb, "stops_after": stage, "listed": yes }),
            "dial" => json!({ "do": verb, "from": "35725262136", "to": number }),
            "add_records" => json!({ "do": verb, "records": [{
                "from": "35725262136", "to": number, "ring": call, "talk": call * u64::from(yes),
                "created_at": "2026-01-05T09:00:00.5Z",
            }] }),
            "add_rule" => json!({ "do": verb, "rule": {
                "to": "3572*", "times": 2, "outcome": if yes { "manual" } else { "busy" },
            } }),
            "set_extension" => json!({ "do": verb, "number": "101", "registered": yes }),
            "hold" => json!({ "do": verb, "call": call, "leg": side }),
            "press" => json!({ "do": verb, "call": call, "leg": side, "digits": "1" }),
            "transfer" => json!({ "do": verb, "call": call, "moved": side, "to": number }),
            "park" => json!({ "do": verb, "call": call, "cut": side }),
            "supervise" => {
                json!({ "do": verb, "call": call, "extension": "101", "supervision": "barge" })
            }
            _ => json!({ "do": verb, "call": call }),
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // Often hours, at which generated records lie.
        5 => prop_oneof![0u32..20_000, Just(3_600_000)].prop_map(Step::Wait),
        4 => Just(Step::Trigger),
        1 => Just(Step::Pull),
        6 => control().prop_map(Step::Operate),
        2 => prop::sample::select(vec![200, 500]).prop_map(Step::Deliver),
        1 => Just(Step::Snapshot),
    ]
}

fn settings() -> impl Strategy<Value = Value> {
    let generations = prop::sample::select(vec!["ringback", "2020", "2021"]);
    let pacings = prop::sample::select(vec!["realtime", "burst"]);
    (generations, pacings, any::<bool>()).prop_map(|(generation, pacing, past)| {
        json!({ "generation": generation, "pacing": pacing, "history_in_the_past": past,
                "outside_directory": 0.2 })
    })
}

fn world(settings: &Settings, at: OffsetDateTime) -> Pbx {
    let fresh = serde_json::from_str(ImpactPbx::FRESH).expect("what the crate brings");
    let scenario = Default::default();
    let genesis = Genesis::<ImpactPbx> {
        fresh: &fresh,
        settings,
        scenario: &scenario,
        seed: 5,
        history: 20,
        webhook: None,
        address: None,
    };
    ImpactPbx::world(&genesis, at)
}

/// Acknowledges or fails the delivery that has waited longest.
fn tried(pbx: &Pbx, status: u16) -> Option<OutboxCommand> {
    let waiting =
        pbx.outbox()?.ready(OffsetDateTime::UNIX_EPOCH + Duration::days(36_500)).next()?;
    let status = Some(status);
    let attempt = Attempt { status, error: None, response: "ok".into(), took_ms: 1 };
    Some(OutboxCommand::Tried { id: waiting.id, attempt, stands: true })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn replay_snapshots_and_invariants_hold_whatever_happens(
        settings in settings(),
        steps in prop::collection::vec(step(), 100..250),
    ) {
        let settings: Settings = serde_json::from_value(settings).unwrap();
        let log = MemoryLog::default();
        let start = Start::Frozen(Builder::<ImpactPbx>::FROZEN_AT);
        let set = settings.clone();
        let engine = Engine::with_log(start.clock(), move |at| world(&set, at), log.clone());
        let mut taken: Option<(Snapshot, usize)> = None;
        for step in steps {
            match step {
                Step::Wait(millis) => drop(engine.advance(Duration::milliseconds(millis.into()))),
                Step::Trigger => engine.execute_blocking(Trigger).unwrap(),
                Step::Pull => drop(engine.execute_blocking(Pull).unwrap()),
                Step::Operate(control) => {
                    let control: ControlCommand<ImpactPbxControl> = serde_json::from_value(control).unwrap();
                    // As a log would keep it.
                    let text = serde_json::to_string(&control).unwrap();
                    let again: ControlCommand<ImpactPbxControl> = serde_json::from_str(&text).unwrap();
                    prop_assert_eq!(&control, &again);
                    drop(engine.execute_blocking(control).unwrap());
                }
                Step::Deliver(status) => {
                    if let Some(tried) = engine.read(|pbx| tried(pbx, status)) {
                        engine.execute_blocking(tried).unwrap();
                    }
                }
                Step::Snapshot => taken = Some((engine.snapshot().unwrap(), log.entries().len())),
            }
            engine.read(Pbx::verify).map_err(TestCaseError::fail)?;
        }
        engine.read(views_agree);

        let now = engine.clock().now();
        let last = engine.snapshot().unwrap().to_bytes().unwrap();
        let page = engine.read(|pbx| pbx.page().into_body());
        let mut again = world(&settings, engine.clock().started_at());
        replay(&mut again, log.entries(), |at| world(&settings, at)).unwrap();
        again.advance(now);
        prop_assert_eq!(Snapshot::of(&again, now).unwrap().to_bytes().unwrap(), last.clone());
        prop_assert!(again.page().into_body() == page);

        if let Some((snapshot, entries)) = taken {
            let snapshot = Snapshot::from_bytes(&snapshot.to_bytes().unwrap()).unwrap();
            let mut restored: Pbx = snapshot.machine().unwrap();
            replay(&mut restored, log.entries().split_off(entries), |at| world(&settings, at)).unwrap();
            restored.advance(now);
            prop_assert_eq!(Snapshot::of(&restored, now).unwrap().to_bytes().unwrap(), last);
            prop_assert!(restored.page().into_body() == page);
        }
    }
}

/// List and events are in the vendor's form and tell the same of every call.
fn views_agree(pbx: &Pbx) {
    let list: Value = serde_json::from_slice(&pbx.page().into_body()).expect("a JSON list");
    let records = list["data"].as_array().expect("an array");
    assert_eq!(list["total"], records.len());
    records.iter().for_each(wire::check_listed);
    let mut calls = std::collections::BTreeMap::<u64, Vec<Value>>::new();
    let deliveries = pbx.outbox().into_iter().flat_map(|outbox| outbox.deliveries());
    for event in deliveries {
        let body = serde_json::from_str(&event.body).expect("a JSON body");
        calls.entry(event.lane).or_default().push(body);
    }
    for call in calls.values() {
        wire::check_events(call);
        let last = call.last().expect("an event");
        let record = records.iter().find(|record| record["uuid"] == last["uuid"]);
        assert!(record.is_some() || last["action"] != "HANGUP", "{last}");
        for (name, value) in last.as_object().expect("an object") {
            let same = |record: &Value| record[name] == *value;
            let is_open = value.is_null() || name == "action";
            assert!(is_open || record.is_none_or(same), "{name}: {record:?} {last}");
        }
        // At the end nothing is open: the event is the row.
        assert!(last["action"] != "HANGUP" || record == Some(last), "{record:?} {last}");
    }
}
