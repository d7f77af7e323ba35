//! Thousands of random orders at random times: replay, snapshots and invariants hold, and all views
//! of every call tell the same.

use proptest::prelude::*;
use ringback_engine::{
    Engine, Machine as _, Snapshot, Start,
    log::{MemoryLog, replay},
};
use ringback_exchange::{Side, Supervision};
use ringback_mock::{
    AccountId, Builder, ControlCommand, Genesis, OutboxCommand, Vendor as _, World as _,
    webhook::Attempt,
};
use ringback_tel4vn::{
    AddHook, App, Autocall, ChangeExtension, ClickToCall, CreateExtension, Customer,
    DeleteExtension, Edit, IssueToken, Park, Pbx, Settings, Supervise, Tel4vn, Tel4vnControl,
    Transfer,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::views::{rows_are_the_live_calls, views_agree};

#[derive(Debug, Clone)]
enum Step {
    Wait(u32),
    Click(ClickToCall),
    /// An order to the n-th live call.
    Transfer(usize, String, Side),
    Supervise(usize, String, Supervision),
    Park(usize, Side),
    Operate(Value),
    Extension(u8, String),
    Autocall(Autocall),
    Edit(Edit),
    Token,
    Hook,
    Deliver(u16),
    Snapshot,
}

fn extension() -> impl Strategy<Value = String> {
    let numbers = vec!["101", "102", "103", "104", "105", "106", "108", "109", "110", "999"];
    prop::sample::select(numbers).prop_map(str::to_owned)
}

fn phone() -> impl Strategy<Value = String> {
    let phones = vec![
        "0899123456",
        "0899199486",
        "0899199480",
        "0899199404",
        "0899199487",
        "0899199603",
        "0899199200",
        "102",
        "600",
        "3333",
        "500",
        "+84899123456",
    ];
    prop::sample::select(phones).prop_map(str::to_owned)
}

fn side() -> impl Strategy<Value = Side> {
    prop::sample::select(vec![Side::A, Side::B])
}

fn control() -> impl Strategy<Value = Value> {
    let verbs = vec![
        "dial",
        "dial",
        "dial",
        "answer",
        "reject",
        "take_over",
        "hang_up",
        "hang_up_leg",
        "hold",
        "resume",
        "press",
        "transfer",
        "route",
        "consult",
        "complete",
        "cancel_consultation",
        "set_extension",
        "remove_extension",
        "add_records",
        "add_rule",
        "set",
        "set_service",
    ];
    (prop::sample::select(verbs), 1u64..40, extension(), phone(), side(), any::<bool>()).prop_map(
        |(verb, call, extension, phone, side, yes)| match verb {
            "dial" if yes => json!({ "do": verb, "from": extension, "to": phone }),
            "dial" => {
                let to = ["19001919", "600", "3333", "500", &extension][usize::try_from(call % 5).unwrap()];
                let keys = if call % 2 == 0 { json!(["2"]) } else { json!([]) };
                json!({ "do": verb, "from": "0987654321", "to": to, "keys": keys })
            }
            "hang_up_leg" => json!({ "do": "hang_up", "call": call, "leg": side }),
            "hold" | "resume" => json!({ "do": verb, "call": call, "leg": side }),
            "press" => json!({ "do": verb, "call": call, "leg": side, "digits": "1" }),
            "transfer" => {
                json!({ "do": verb, "call": call, "moved": side, "to": phone, "or_return": yes })
            }
            "route" => json!({ "do": verb, "call": call, "to": phone }),
            "consult" => json!({ "do": verb, "call": call, "by": side, "to": extension }),
            "set_extension" => {
                let habit = json!({ "outcome": if yes { "answer" } else { "reject" }, "ring": 2, "talk": 9 });
                json!({ "do": verb, "number": extension, "registered": yes, "habit": habit })
            }
            "remove_extension" => json!({ "do": verb, "number": extension }),
            "add_records" => json!({ "do": verb, "records": [{
                "from": extension, "to": phone, "ring": call, "talk": call * u64::from(yes),
                "created_at": "2026-01-05T09:00:00.5Z",
            }] }),
            "add_rule" => json!({ "do": verb, "rule": {
                "to": "0899*", "times": 2, "outcome": if yes { "manual" } else { "answer" }, "talk": 7,
            } }),
            "set" => json!({ "do": verb, "park_seconds": call, "refusal_status": if yes { 200 } else { 400 } }),
            "set_service" => json!({ "do": verb, "service": {
                "number": "600", "kind": { "ring_group": { "members": ["101", extension] } },
            } }),
            _ => json!({ "do": verb, "call": call }),
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let supervision =
        prop::sample::select(vec![Supervision::Listen, Supervision::Whisper, Supervision::Barge]);
    let autocall = (any::<bool>(), any::<bool>(), phone()).prop_map(|(plays, runs, phone)| {
        let customer = |phone: &str| Customer {
            phone: phone.to_owned(),
            id: None,
            reference: None,
            params: json!({ "customer_name": "A" }),
        };
        Step::Autocall(Autocall {
            app: if plays { App::Autocall } else { App::Autodialer },
            campaign: runs.then(|| "373854ae-0169-4a1f-b71b-e145b3579233".to_owned()),
            template: Some("template_autocall_audio_v2".to_owned()),
            at_once: Some(2),
            customers: [phone.as_str(), "0899199486", "x", "0899123457"].map(customer).to_vec(),
        })
    });
    prop_oneof![
        8 => prop_oneof![4 => 0u32..12_000, 1 => Just(120_000)].prop_map(Step::Wait),
        5 => (extension(), phone(), any::<bool>()).prop_map(|(ext, phone, auto_answer)| {
            Step::Click(ClickToCall { auto_answer, ..ClickToCall::new(ext, phone) })
        }),
        3 => (0..6usize, extension(), side()).prop_map(|(n, ext, leg)| Step::Transfer(n, ext, leg)),
        2 => (0..6usize, extension(), supervision).prop_map(|(n, ext, how)| Step::Supervise(n, ext, how)),
        2 => (0..6usize, side()).prop_map(|(n, leg)| Step::Park(n, leg)),
        8 => control().prop_map(Step::Operate),
        1 => (0..3u8, extension()).prop_map(|(what, number)| Step::Extension(what, number)),
        1 => autocall,
        1 => Just(Step::Edit(Edit::Pin { phone_number: "0987654321".into(), agent: "104".into() })),
        1 => Just(Step::Edit(Edit::Unpin { id: "0987654321".into() })),
        1 => Just(Step::Token),
        1 => Just(Step::Hook),
        1 => prop::sample::select(vec![200, 500]).prop_map(Step::Deliver),
        1 => Just(Step::Snapshot),
    ]
}

fn world(at: OffsetDateTime) -> Pbx {
    let fresh = serde_json::from_str(Tel4vn::FRESH).unwrap();
    let settings = Settings { demo_call: true, ..Settings::default() };
    let scenario = Default::default();
    let genesis = Genesis::<Tel4vn> {
        fresh: &fresh,
        settings: &settings,
        scenario: &scenario,
        seed: 5,
        history: 20,
        webhook: Some("http://127.0.0.1:9/"),
        address: None,
    };
    Tel4vn::world(&genesis, at)
}

/// The id of the n-th live call; of none if there are fewer.
fn live(engine: &Engine<Pbx>, n: usize) -> String {
    engine.read(|pbx| pbx.rows().nth(n).map_or("none".to_owned(), |row| row.call_id))
}

fn tried(pbx: &Pbx, status: u16) -> Option<OutboxCommand> {
    let far = OffsetDateTime::UNIX_EPOCH + Duration::days(36_500);
    let id = pbx.outbox()?.ready(far).next()?.id;
    let status = Some(status);
    let attempt = Attempt { status, error: None, response: "ok".into(), took_ms: 1 };
    Some(OutboxCommand::Tried { id, attempt, stands: true })
}

fn take(engine: &Engine<Pbx>, step: Step) -> Result<(), TestCaseError> {
    match step {
        Step::Wait(millis) => drop(engine.advance(Duration::milliseconds(millis.into()))),
        Step::Click(click) => drop(engine.execute_blocking(click).unwrap()),
        Step::Transfer(n, ext, moved) => {
            let call = live(engine, n);
            let _ = engine.execute_blocking(Transfer { call, ext, moved }).unwrap();
        }
        Step::Supervise(n, ext, supervision) => {
            let call = live(engine, n);
            let _ = engine.execute_blocking(Supervise { call, ext, supervision }).unwrap();
        }
        Step::Park(n, cut) => {
            let call = live(engine, n);
            let _ = engine.execute_blocking(Park { call, cut }).unwrap();
        }
        Step::Operate(control) => {
            let control: ControlCommand<Tel4vnControl> = serde_json::from_value(control).unwrap();
            // As a log would keep it.
            let text = serde_json::to_string(&control).unwrap();
            let again: ControlCommand<Tel4vnControl> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&control, &again);
            drop(engine.execute_blocking(control).unwrap());
        }
        Step::Extension(0, number) => {
            let (password, enabled) = ("x".to_owned(), true);
            let (user_uuid, follow_me) = (String::new(), "0899199200".to_owned());
            let create = CreateExtension { number, password, enabled, user_uuid, follow_me };
            drop(engine.execute_blocking(create).unwrap());
        }
        Step::Extension(1, id) => {
            let (password, follow_me) = ("deFauLt".to_owned(), Some("0899199200".to_owned()));
            let (enabled, user_uuid) = (false, None);
            let change = ChangeExtension { id, password, enabled, user_uuid, follow_me };
            drop(engine.execute_blocking(change).unwrap());
        }
        Step::Extension(_, id) => {
            drop(engine.execute_blocking(DeleteExtension { id }).unwrap());
        }
        Step::Autocall(autocall) => drop(engine.execute_blocking(autocall).unwrap()),
        Step::Edit(edit) => drop(engine.execute_blocking(edit).unwrap()),
        Step::Token => {
            engine.execute_blocking(IssueToken { account: AccountId(0) }).unwrap();
        }
        Step::Hook => {
            let hook = AddHook {
                event: "hangup".to_owned(),
                callback_url: "http://127.0.0.1:9/other".to_owned(),
                callback_apikey: "key".to_owned(),
                base: "http://pbx".to_owned(),
            };
            engine.execute_blocking(hook).unwrap().unwrap();
        }
        Step::Deliver(status) => {
            if let Some(tried) = engine.read(|pbx| tried(pbx, status)) {
                engine.execute_blocking(tried).unwrap();
            }
        }
        Step::Snapshot => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn replay_snapshots_and_invariants_hold_whatever_happens(
        steps in prop::collection::vec(step(), 100..250),
    ) {
        let log = MemoryLog::default();
        let start = Start::Frozen(Builder::<Tel4vn>::FROZEN_AT);
        let engine = Engine::with_log(start.clock(), world, log.clone());
        let mut taken: Option<(Snapshot, usize)> = None;
        for step in steps {
            if matches!(step, Step::Snapshot) {
                taken = Some((engine.snapshot().unwrap(), log.entries().len()));
            }
            take(&engine, step)?;
            engine.read(Pbx::verify).map_err(TestCaseError::fail)?;
            engine.read(rows_are_the_live_calls)?;
        }
        engine.read(views_agree)?;

        let now = engine.clock().now();
        let last = engine.snapshot().unwrap().to_bytes().unwrap();
        let mut again = world(engine.clock().started_at());
        replay(&mut again, log.entries(), world).unwrap();
        again.advance(now);
        prop_assert_eq!(Snapshot::of(&again, now).unwrap().to_bytes().unwrap(), last.clone());

        if let Some((snapshot, entries)) = taken {
            let snapshot = Snapshot::from_bytes(&snapshot.to_bytes().unwrap()).unwrap();
            let mut restored: Pbx = snapshot.machine().unwrap();
            restored.verify().map_err(TestCaseError::fail)?;
            replay(&mut restored, log.entries().split_off(entries), world).unwrap();
            restored.advance(now);
            prop_assert_eq!(Snapshot::of(&restored, now).unwrap().to_bytes().unwrap(), last);
            restored.verify().map_err(TestCaseError::fail)?;
        }

        // In many small jumps it comes to the same as in one.
        let mut slowly = world(engine.clock().started_at());
        let mut at = engine.clock().started_at();
        replay(&mut slowly, log.entries(), world).unwrap();
        again.advance(now + Duration::minutes(10));
        while at < now + Duration::minutes(10) {
            at += Duration::milliseconds(1_700);
            slowly.advance(at.min(now + Duration::minutes(10)));
        }
        let end = now + Duration::minutes(10);
        let [one, many] = [&again, &slowly].map(|pbx| Snapshot::of(pbx, end).unwrap().to_bytes().unwrap());
        prop_assert_eq!(one, many);
    }
}
