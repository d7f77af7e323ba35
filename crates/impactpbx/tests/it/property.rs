//! Thousands of random commands at random times: replay, snapshots and invariants hold.

use proptest::{prelude::*, test_runner::TestCaseResult};
use ringback_impactpbx::{ImpactPbx, Pbx, Pull, Trigger};
use ringback_mock::World as _;
use ringback_testkit::{
    property::{self, Live},
    recorded,
};
use serde_json::{Value, json};

use crate::wire;

type Step = property::Step<Own>;

#[derive(Debug, Clone)]
enum Own {
    Trigger,
    Pull,
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
        4 => Just(Step::Own(Own::Trigger)),
        1 => Just(Step::Own(Own::Pull)),
        6 => control().prop_map(Step::Control),
        2 => prop::sample::select(vec![200, 500]).prop_map(Step::Deliver),
    ]
}

/// As [`step`], with traffic and wrong records: lists may show something else than what was told then, so this is
/// about states that have to be the same, and not about views.
fn step_in_disorder() -> impl Strategy<Value = Step> {
    prop_oneof![30 => step(), 1 => disorder()]
}

/// Hours pass here, and with traffic every look at all records would take its time.
fn disorder() -> impl Strategy<Value = Step> {
    property::background()
        .prop_filter("traffic", |control| control["do"] != "set_traffic")
        .prop_map(Step::Control)
}

fn settings() -> impl Strategy<Value = Value> {
    let generations = prop::sample::select(vec!["ringback", "2020", "2021"]);
    let pacings = prop::sample::select(vec!["realtime", "burst"]);
    (generations, pacings, any::<bool>()).prop_map(|(generation, pacing, past)| {
        json!({ "generation": generation, "pacing": pacing, "history_in_the_past": past,
                "outside_directory": 0.2 })
    })
}

fn act(live: &Live<ImpactPbx>, own: Own) {
    match own {
        Own::Trigger => live.execute(Trigger),
        Own::Pull => drop(live.execute(Pull)),
    }
}

fn holds(pbx: &Pbx) -> TestCaseResult {
    pbx.verify().map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(property::cases(40))]

    #[test]
    fn replay_snapshots_and_invariants_hold_whatever_happens(
        settings in settings(),
        plan in property::plan(step(), 100..250),
    ) {
        let builder = ImpactPbx::builder().seed(5).history(20).settings(settings);
        let mut live = Live::new(builder);
        live.play(plan, act, holds)?;
        live.read(views_agree);
        live.comes_of_its_log(|pbx| {
            holds(pbx)?;
            Ok(pbx.page().into_body())
        })?;
    }

    #[test]
    fn replicas_are_alike_whatever_goes_wrong(
        plan in property::plan(step_in_disorder(), 15..40),
        seed in any::<u64>(),
    ) {
        let mut live = Live::replicated(ImpactPbx::builder().seed(5).history(20), seed);
        live.play(plan, act, holds)?;
        live.are_alike()?;
    }

    #[test]
    fn a_world_that_goes_back_to_a_checkpoint_goes_on_as_it_did(
        settings in settings(),
        plan in property::plan(step_in_disorder(), 30..90),
    ) {
        let mut live = Live::new(ImpactPbx::builder().seed(5).history(20).settings(settings));
        live.rewinds(plan, act, holds)?;
        live.comes_of_its_log(holds)?;
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

#[test]
fn a_recorded_log_gives_the_same_state() {
    recorded::check(ImpactPbx::builder().seed(5), step(), act, holds);
}
