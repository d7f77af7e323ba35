//! Thousands of random commands at random times: replay, snapshots and invariants hold.

use proptest::prelude::*;
use ringback_engine::{
    Engine, Machine as _, Snapshot, Start,
    log::{MemoryLog, replay},
};
use ringback_exchange::{Side, Supervision};
use ringback_mock::{Builder, ControlCommand, Genesis, NoControl, Vendor as _};
use ringback_voip24h::{MakeDial, Pbx, Voip24h};
use time::{Duration, OffsetDateTime};

#[derive(Debug, Clone)]
enum Step {
    Wait(u32),
    Dial(MakeDial),
    Operate(serde_json::Value),
    Snapshot,
}

fn extension() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["101", "102", "103", "137", "199", "999"]).prop_map(str::to_owned)
}

fn phone() -> impl Strategy<Value = String> {
    let phones = vec![
        "0987654321",
        "0987699486",
        "0987699480",
        "0987699404",
        "0987699487",
        "0987699603",
        "0987699200",
        "102",
        "x",
        "+8412345678",
    ];
    prop::sample::select(phones).prop_map(str::to_owned)
}

fn control() -> impl Strategy<Value = serde_json::Value> {
    let verbs = vec![
        "answer",
        "reject",
        "take_over",
        "hang_up",
        "hold",
        "resume",
        "press",
        "start_recording",
        "stop_recording",
        "transfer",
        "park",
        "supervise",
        "set_extension",
        "dial",
    ];
    let side = prop::sample::select(vec![Side::A, Side::B]);
    let supervision =
        prop::sample::select(vec![Supervision::Listen, Supervision::Whisper, Supervision::Barge]);
    (prop::sample::select(verbs), 1u64..40, extension(), phone(), side, supervision, any::<bool>())
        .prop_map(|(verb, call, extension, phone, side, supervision, yes)| {
            let mut control = serde_json::json!({ "do": verb });
            let mut put = |key: &str, value: serde_json::Value| control[key] = value;
            match verb {
                "dial" => {
                    put("from", phone.into());
                    put("to", extension.into());
                    put("direct", yes.into());
                }
                "set_extension" => {
                    put("number", extension.into());
                    put("registered", yes.into());
                }
                _ => {
                    put("call", call.into());
                    match verb {
                        "hold" | "resume" => put("leg", serde_json::json!(side)),
                        "press" => {
                            put("leg", serde_json::json!(side));
                            put("digits", "1*#".into());
                        }
                        "transfer" => {
                            put("moved", serde_json::json!(side));
                            put("to", extension.into());
                        }
                        "park" => put("cut", serde_json::json!(side)),
                        "supervise" => {
                            put("extension", extension.into());
                            put("supervision", serde_json::json!(supervision));
                        }
                        _ => {}
                    }
                }
            }
            control
        })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0u32..20_000).prop_map(Step::Wait),
        3 => (extension(), phone())
            .prop_map(|(extension, phone)| Step::Dial(MakeDial { extension, phone })),
        6 => control().prop_map(Step::Operate),
        1 => Just(Step::Snapshot),
    ]
}

fn world(at: OffsetDateTime) -> Pbx {
    let fresh = serde_json::from_str(Voip24h::FRESH).unwrap();
    let (settings, scenario) = Default::default();
    let genesis = Genesis::<Voip24h> {
        fresh: &fresh,
        settings: &settings,
        scenario: &scenario,
        seed: 5,
        history: 20,
        webhook: None,
        address: None,
    };
    Voip24h::world(&genesis, at)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn replay_snapshots_and_invariants_hold_whatever_happens(
        steps in prop::collection::vec(step(), 100..250),
    ) {
        let log = MemoryLog::default();
        let start = Start::Frozen(Builder::<Voip24h>::FROZEN_AT);
        let engine = Engine::with_log(start.clock(), world, log.clone());
        let mut taken: Option<(Snapshot, usize)> = None;
        for step in steps {
            match step {
                Step::Wait(millis) => drop(engine.advance(Duration::milliseconds(millis.into()))),
                Step::Dial(dial) => drop(engine.execute_blocking(dial).unwrap()),
                Step::Operate(control) => {
                    let control: ControlCommand<NoControl> = serde_json::from_value(control).unwrap();
                    drop(engine.execute_blocking(control).unwrap());
                }
                Step::Snapshot => taken = Some((engine.snapshot().unwrap(), log.entries().len())),
            }
            engine.read(|pbx| pbx.exchange().verify()).map_err(TestCaseError::fail)?;
            engine.read(views_agree)?;
        }

        let now = engine.clock().now();
        let last = engine.snapshot().unwrap().to_bytes().unwrap();
        let mut again = world(engine.clock().started_at());
        replay(&mut again, log.entries(), world).unwrap();
        again.advance(now);
        prop_assert_eq!(Snapshot::of(&again, now).unwrap().to_bytes().unwrap(), last.clone());

        if let Some((snapshot, entries)) = taken {
            let snapshot = Snapshot::from_bytes(&snapshot.to_bytes().unwrap()).unwrap();
            let mut restored: Pbx = snapshot.machine().unwrap();
            replay(&mut restored, log.entries().split_off(entries), world).unwrap();
            restored.advance(now);
            prop_assert_eq!(Snapshot::of(&restored, now).unwrap().to_bytes().unwrap(), last);
        }
    }
}

/// Every view of every finished call tells the same story.
fn views_agree(pbx: &Pbx) -> Result<(), TestCaseError> {
    for cdr in pbx.exchange().history().iter() {
        let extension = cdr.extension.clone().map_or(String::new(), |number| number.to_string());
        let record = pbx
            .calls_of(&extension)
            .find(|record| record.call_id().ends_with(&format!(".{}", cdr.tag.sequence)));
        let Some(record) = record else {
            prop_assert!(cdr.extension.is_none(), "call {} is not listed", cdr.id);
            continue;
        };
        let found = pbx.find(&record.call_id()).map(|cdr| cdr.id);
        prop_assert_eq!(found, Some(cdr.id));
        let answered = record.status() == "ANSWERED";
        prop_assert!(answered == cdr.answered_at().is_some());
        prop_assert!(record.duration() >= i64::from(answered));
        prop_assert!(cdr.recording_length().is_none() || answered);
        let local = cdr.created_at().to_offset(time::macros::offset!(+7)).to_string();
        prop_assert!(local.starts_with(&record.call_date()[..10]));
    }
    Ok(())
}
