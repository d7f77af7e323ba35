//! Thousands of random orders at random times: replay, snapshots and invariants hold, and all views
//! of every call tell the same.

use proptest::{prelude::*, test_runner::TestCaseResult};
use ringback_exchange::{Side, Supervision};
use ringback_mock::AccountId;
use ringback_tel4vn::{
    AddHook, App, Autocall, ChangeExtension, ClickToCall, CreateExtension, Customer,
    DeleteExtension, Edit, IssueToken, Park, Pbx, Supervise, Tel4vn, Transfer,
};
use ringback_testkit::{
    property::{self, Live},
    recorded,
};
use serde_json::{Value, json};

use crate::{
    property_center::{self, Center, center},
    views::{rows_are_the_live_calls, views_agree},
};

type Step = property::Step<Own>;

#[derive(Debug, Clone)]
enum Own {
    Click(ClickToCall),
    /// An order to the n-th live call.
    Transfer(usize, String, Side),
    Supervise(usize, String, Supervision),
    Park(usize, Side),
    Extension(u8, String),
    Autocall(Autocall),
    Edit(Edit),
    Token,
    Hook,
    Center(Box<Center>),
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

fn own() -> impl Strategy<Value = Own> {
    let supervision =
        prop::sample::select(vec![Supervision::Listen, Supervision::Whisper, Supervision::Barge]);
    let autocall = (any::<bool>(), any::<bool>(), phone()).prop_map(|(plays, runs, phone)| {
        let customer = |phone: &str| Customer {
            phone: phone.to_owned(),
            id: None,
            reference: None,
            params: json!({ "customer_name": "A" }),
        };
        Own::Autocall(Autocall {
            app: if plays { App::Autocall } else { App::Autodialer },
            campaign: runs.then(|| "373854ae-0169-4a1f-b71b-e145b3579233".to_owned()),
            template: Some("template_autocall_audio_v2".to_owned()),
            at_once: Some(2),
            customers: [phone.as_str(), "0899199486", "x", "0899123457"].map(customer).to_vec(),
        })
    });
    prop_oneof![
        5 => (extension(), phone(), any::<bool>()).prop_map(|(ext, phone, auto_answer)| {
            Own::Click(ClickToCall { auto_answer, ..ClickToCall::new(ext, phone) })
        }),
        3 => (0..6usize, extension(), side()).prop_map(|(n, ext, leg)| Own::Transfer(n, ext, leg)),
        2 => (0..6usize, extension(), supervision).prop_map(|(n, ext, how)| Own::Supervise(n, ext, how)),
        2 => (0..6usize, side()).prop_map(|(n, leg)| Own::Park(n, leg)),
        1 => (0..3u8, extension()).prop_map(|(what, number)| Own::Extension(what, number)),
        1 => autocall,
        1 => Just(Own::Edit(Edit::Pin { phone_number: "0987654321".into(), agent: "104".into() })),
        1 => Just(Own::Edit(Edit::Unpin { id: "0987654321".into() })),
        1 => Just(Own::Token),
        1 => Just(Own::Hook),
        12 => center().prop_map(|center| Own::Center(Box::new(center))),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop_oneof![4 => 0u32..12_000, 1 => Just(120_000)].prop_map(Step::Wait),
        8 => control().prop_map(Step::Control),
        17 => own().prop_map(Step::Own),
        1 => prop::sample::select(vec![200, 500]).prop_map(Step::Deliver),
    ]
}

/// As [`step`], with traffic and wrong records: lists may show something else than what was told then, so this is
/// about states that have to be the same, and not about views.
fn step_in_disorder() -> impl Strategy<Value = Step> {
    prop_oneof![30 => step(), 1 => property::background().prop_map(Step::Control)]
}

fn act(live: &Live<Tel4vn>, own: Own) {
    let call = |n| live.read(|pbx| pbx.rows().nth(n).map_or("none".to_owned(), |row| row.call_id));
    match own {
        Own::Click(click) => drop(live.execute(click)),
        Own::Transfer(n, ext, moved) => {
            let _ = live.execute(Transfer { call: call(n), ext, moved });
        }
        Own::Supervise(n, ext, supervision) => {
            let _ = live.execute(Supervise { call: call(n), ext, supervision });
        }
        Own::Park(n, cut) => {
            let _ = live.execute(Park { call: call(n), cut });
        }
        Own::Extension(0, number) => {
            let (password, enabled) = ("x".to_owned(), true);
            let (user_uuid, follow_me) = (String::new(), "0899199200".to_owned());
            let create = CreateExtension { number, password, enabled, user_uuid, follow_me };
            drop(live.execute(create));
        }
        Own::Extension(1, id) => {
            let (password, follow_me) = ("deFauLt".to_owned(), Some("0899199200".to_owned()));
            let (enabled, user_uuid) = (false, None);
            drop(live.execute(ChangeExtension { id, password, enabled, user_uuid, follow_me }));
        }
        Own::Extension(_, id) => drop(live.execute(DeleteExtension { id })),
        Own::Autocall(autocall) => drop(live.execute(autocall)),
        Own::Edit(edit) => drop(live.execute(edit)),
        Own::Center(center) => property_center::act(live, *center),
        Own::Token => drop(live.execute(IssueToken { account: AccountId::DEMO })),
        Own::Hook => {
            let hook = AddHook {
                event: "hangup".to_owned(),
                callback_url: "http://127.0.0.1:9/other".to_owned(),
                callback_apikey: "key".to_owned(),
                base: "http://pbx".to_owned(),
            };
            live.execute(hook).unwrap();
        }
    }
}

fn holds(pbx: &Pbx) -> TestCaseResult {
    pbx.verify().map_err(TestCaseError::fail)?;
    property_center::holds(pbx)?;
    rows_are_the_live_calls(pbx)
}

proptest! {
    #![proptest_config(property::cases(60))]

    #[test]
    fn replay_snapshots_and_invariants_hold_whatever_happens(
        plan in property::plan(step(), 100..250),
    ) {
        let builder = Tel4vn::builder().seed(5).history(20).webhook("http://127.0.0.1:9/");
        let mut live = Live::new(builder.settings(json!({ "demo_call": true })));
        live.play(plan, act, holds)?;
        live.read(views_agree)?;
        live.read(property_center::reports_agree)?;
        live.comes_of_its_log(holds)?;
    }

    #[test]
    fn replicas_are_alike_whatever_goes_wrong(
        plan in property::plan(step_in_disorder(), 15..40),
        seed in any::<u64>(),
    ) {
        let builder = Tel4vn::builder().seed(5).history(20).webhook("http://127.0.0.1:9/");
        let mut live = Live::replicated(builder, seed);
        live.play(plan, act, holds)?;
        live.are_alike()?;
    }

    #[test]
    fn a_world_that_goes_back_to_a_checkpoint_goes_on_as_it_did(
        plan in property::plan(step_in_disorder(), 30..90),
    ) {
        let builder = Tel4vn::builder().seed(5).history(20).webhook("http://127.0.0.1:9/");
        let mut live = Live::new(builder);
        live.rewinds(plan, act, holds)?;
        live.comes_of_its_log(holds)?;
    }
}

#[test]
fn a_recorded_log_gives_the_same_state() {
    recorded::check(Tel4vn::builder().seed(5), step(), act, holds);
}
