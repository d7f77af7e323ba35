//! Thousands of random commands at random times: replay, snapshots and invariants hold.

use proptest::{prelude::*, test_runner::TestCaseResult};
use ringback_exchange::{Side, Supervision};
use ringback_mock::Builder;
use ringback_mock::webhook::DeliveryMethod;
use ringback_testkit::{
    property::{self, Live},
    recorded,
};
use ringback_voip24h::{
    Kind, MakeDial, Pbx, Status, Subscribe, Subscription, Unsubscribe, Voip24h,
};

use crate::invariant;

/// What clients order: calls, and to be told of them.
#[derive(Debug, Clone)]
enum Own {
    Dial(MakeDial),
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
}

type Step = property::Step<Own>;

fn act(live: &Live<Voip24h>, own: Own) {
    match own {
        Own::Dial(dial) => drop(live.execute(dial)),
        Own::Subscribe(subscribe) => drop(live.execute(subscribe)),
        Own::Unsubscribe(unsubscribe) => drop(live.execute(unsubscribe)),
    }
}

fn receiver() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["http://127.0.0.1:9/a", "http://127.0.0.1:9/b?x=1", "inbox:c"])
        .prop_map(str::to_owned)
}

fn subscribe() -> impl Strategy<Value = Own> {
    let kinds = vec![vec![], vec![Kind::Inbound], vec![Kind::Outbound, Kind::Local]];
    let dispositions = vec![vec![], vec![Status::Answered], vec![Status::Missed, Status::Busy]];
    let method = prop::sample::select(vec![DeliveryMethod::Get, DeliveryMethod::Post]);
    let kinds = prop::sample::select(kinds);
    let dispositions = prop::sample::select(dispositions);
    let others = (any::<bool>(), kinds, dispositions);
    (receiver(), method, others).prop_map(|(url, method, (active, kinds, dispositions))| {
        let (auth, base) = ("token".to_owned(), "http://localhost:8000".to_owned());
        let subscription = Subscription { url, method, active, auth, kinds, dispositions, base };
        Own::Subscribe(Subscribe(subscription))
    })
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
        "dial",
        "set_record_faults",
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
                    let to = if supervision == Supervision::Barge {
                        "600".to_owned()
                    } else {
                        extension
                    };
                    put("to", to.into());
                    put("direct", yes.into());
                }
                "set_record_faults" => {
                    let late = serde_json::json!([{ "late": 20, "doubled": 10 }]);
                    put("rules", if yes { late } else { serde_json::json!([]) });
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
            .prop_map(|(extension, phone)| Step::Own(Own::Dial(MakeDial { extension, phone }))),
        6 => control().prop_map(Step::Control),
        1 => subscribe().prop_map(Step::Own),
        1 => receiver().prop_map(|url| Step::Own(Own::Unsubscribe(Unsubscribe { url }))),
        2 => prop::sample::select(vec![200_u16, 204, 404, 500]).prop_map(Step::Deliver),
    ]
}

/// As [`step`], with traffic and wrong records: lists may show something else than what was told then, so this is
/// about states that have to be the same, and not about views.
fn step_in_disorder() -> impl Strategy<Value = Step> {
    prop_oneof![30 => step(), 1 => property::background().prop_map(Step::Control)]
}

proptest! {
    #![proptest_config(property::cases(40))]

    #[test]
    fn replay_snapshots_and_invariants_hold_whatever_happens(
        plan in property::plan(step(), 100..250),
    ) {
        let mut live = Live::new(builder());
        live.play(plan, act, holds)?;
        live.comes_of_its_log(holds)?;
    }

    #[test]
    fn replicas_are_alike_whatever_goes_wrong(
        plan in property::plan(step_in_disorder(), 15..40),
        seed in any::<u64>(),
    ) {
        let mut live = Live::replicated(builder(), seed);
        live.play(plan, act, is_sound)?;
        live.are_alike()?;
    }

    #[test]
    fn a_world_that_goes_back_to_a_checkpoint_goes_on_as_it_did(
        plan in property::plan(step_in_disorder(), 30..90),
    ) {
        let mut live = Live::new(builder());
        live.rewinds(plan, act, is_sound)?;
        live.comes_of_its_log(is_sound)?;
    }
}

/// A ring group, so that a call may have several channels, and states that are pushed.
fn builder() -> Builder<Voip24h> {
    let group = serde_json::json!({ "ring_group": { "members": ["101", "102", "103"] } });
    let services = serde_json::json!([{ "number": "600", "kind": group }]);
    let builder = Voip24h::builder().seed(5).history(20).webhook("http://127.0.0.1:9/states");
    builder.scenario(serde_json::json!({ "services": services }))
}

fn holds(pbx: &Pbx) -> TestCaseResult {
    pbx.verify().map_err(TestCaseError::fail)?;
    invariant::holds(pbx).map_err(TestCaseError::fail)?;
    views_agree(pbx)
}

/// What holds whatever records show.
fn is_sound(pbx: &Pbx) -> TestCaseResult {
    pbx.verify().map_err(TestCaseError::fail)
}

/// Every view of every finished call tells the same story.
fn views_agree(pbx: &Pbx) -> TestCaseResult {
    for cdr in pbx.exchange().history().iter() {
        if pbx.exchange().published_record(cdr.id).is_none() {
            continue;
        }
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

#[test]
fn a_recorded_log_gives_the_same_state() {
    recorded::check(builder(), step(), act, holds);
}
