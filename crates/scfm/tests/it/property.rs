//! Thousands of random commands at random times: statistics, indexes and views hold after every
//! step, replay gives the same bytes, and a snapshot and the rest are the whole.

use proptest::{prelude::*, test_runner::TestCaseResult};
use ringback_mock::Vendor as _;
use ringback_scfm::{
    CreateBatch, CreateCallout, CreateContact, CreateParticipation, CreatePhoneCall, DeleteBatch,
    DeleteCallout, DeleteContact, DeleteParticipation, DeletePhoneCall, FireBatch, FireCallout,
    FirePhoneCall, Metadata, Platform, PutContactData, ReceiveEvent, Scfm, SeedContacts,
    UpdateBatch, UpdateCallout, UpdateContact, UpdateParticipation, UpdatePhoneCall,
    UpdateRemoteEvent,
    json::{Json, Object},
};
use ringback_testkit::{
    property::{self, Live},
    recorded,
};
use serde_json::{Value, json};

/// Verb, kind, two ids, a number, a text, and whether.
type Own = (u8, u8, u32, u32, &'static str, &'static str, bool);
type Step = property::Step<Own>;

fn step() -> impl Strategy<Value = Step> {
    let numbers = vec![
        "85510202101",
        "+855 12 220 000",
        "85510299486",
        "85510299480",
        "85510299404",
        "85510299487",
        "85510299603",
        "85510299200",
        "x",
        "1234",
        "",
    ];
    let texts = vec![
        "start",
        "pause",
        "resume",
        "stop",
        "queue",
        "requeue",
        "queue_remote_fetch",
        "Kep",
        "busy",
        "completed",
        "ringing",
        "in-progress",
        "x",
    ];
    let verb = (
        0u8..28,
        0u8..4,
        1u32..14,
        1u32..14,
        prop::sample::select(numbers),
        prop::sample::select(texts),
        any::<bool>(),
    );
    prop_oneof![
        // Often seconds, at times the pause before a retry.
        6 => prop_oneof![0u32..8_000, Just(900_000)].prop_map(Step::Wait),
        20 => verb.prop_map(Step::Own),
        1 => property::background().prop_map(Step::Control),
    ]
}

fn object(value: Value) -> Object {
    let json: Json = serde_json::from_value(value).expect("an object");
    json.as_object().cloned().expect("an object")
}

fn metadata(text: &str, yes: bool) -> Metadata {
    match (text, yes) {
        ("x", _) => Metadata::default(),
        (_, false) => object(json!({ "district": text, "age": 7, "home": { "x": null } })).into(),
        (_, true) => {
            object(json!({ "district": "Kep", "sim": { "outcome": text, "capacity": 2 } })).into()
        }
    }
}

fn act(live: &Live<Scfm>, own: Own) {
    let (verb, kind, id, other, number, text, yes) = own;
    let msisdn = Some(number.to_owned());
    let event = Some(text.to_owned());
    let params = object(json!({ "from": "1294", "timeout": "10" }));
    let metadata = metadata(text, yes);
    let kinds =
        ["CalloutPopulation", "PhoneCallCreate", "PhoneCallQueue", "PhoneCallQueueRemoteFetch"];
    macro_rules! execute {
        ($command:expr) => {{
            let _ = live.execute($command);
        }};
    }
    match verb {
        0 => execute!(CreateContact { msisdn, metadata }),
        1 => execute!(UpdateContact { id, msisdn: msisdn.filter(|_| yes), metadata }),
        2 => execute!(DeleteContact { id }),
        3 => execute!(PutContactData { msisdn, metadata }),
        4 => execute!(CreateCallout { metadata, call_flow_logic: None }),
        5 => execute!(UpdateCallout {
            id,
            metadata,
            call_flow_logic: Some("CallFlowLogic::Application".to_owned())
        }),
        6 => execute!(DeleteCallout { id }),
        7..=9 => execute!(FireCallout {
            id: id % 4 + 1,
            event: Some(["start", "pause", "resume", "stop"][other as usize % 4].to_owned())
        }),
        10 => {
            let filter = if yes {
                object(json!({ "metadata": { "district": "Kep" } }))
            } else {
                Object::new()
            };
            execute!(CreateBatch::population(id % 4 + 1, filter, metadata));
        }
        11 => {
            let mut parameters =
                object(json!({ "limit": other, "skip_validate_preview_presence": yes }));
            parameters.insert("remote_request_params".to_owned(), Json::Object(params));
            let kind = Some(format!("BatchOperation::{}", kinds[usize::from(kind)]));
            execute!(CreateBatch { kind, callout: Some(id), parameters, metadata });
        }
        12 => execute!(UpdateBatch { id, parameters: None, contact_filter_params: None, metadata }),
        13 => execute!(DeleteBatch { id }),
        14 | 15 => execute!(FireBatch {
            id,
            event: Some(if yes { "queue" } else { "requeue" }.to_owned())
        }),
        16 | 17 => execute!(CreateParticipation {
            callout: id % 4 + 1,
            contact_id: Some(other.to_string()),
            msisdn: msisdn.filter(|_| yes),
            call_flow_logic: None,
            metadata,
        }),
        18 => execute!(UpdateParticipation { id, msisdn, call_flow_logic: None, metadata }),
        19 => execute!(DeleteParticipation { id }),
        20 => execute!(CreatePhoneCall {
            participation: id,
            remote_request_params: Some(params),
            msisdn: None,
            call_flow_logic: None,
            metadata,
        }),
        21 => execute!(UpdatePhoneCall {
            id,
            remote_request_params: Some(params),
            msisdn,
            call_flow_logic: None,
            metadata,
        }),
        22 => execute!(DeletePhoneCall { id }),
        23 | 24 => execute!(FirePhoneCall {
            id,
            event: if yes { Some("queue".to_owned()) } else { event }
        }),
        25 => {
            let sid = live.read(|platform| {
                let call = platform.exchange().calls().next().map(|call| call.tag.phone_call);
                call.and_then(|id| platform.remote_call_id(id).map(str::to_owned))
            });
            let direction = if yes { "inbound" } else { "outbound-api" };
            let sid = sid.filter(|_| kind > 0).unwrap_or_else(|| format!("sid-{id}"));
            execute!(ReceiveEvent {
                details: object(json!({
                    "CallSid": sid, "From": number, "Direction": direction, "CallStatus": text,
                })),
            });
        }
        26 => execute!(UpdateRemoteEvent { id, metadata }),
        _ => match kind {
            0 => execute!(SeedContacts { count: id }),
            1 => drop(live.control(json!({ "do": "dial", "from": number, "to": "1294" }))),
            2 => drop(live.control(json!({ "do": "set_capacity", "calls": id }))),
            _ => drop(
                live.control(json!({ "do": if yes { "hang_up" } else { "answer" }, "call": id })),
            ),
        },
    }
}

fn settings() -> impl Strategy<Value = Value> {
    let statuses = prop::sample::select(vec![
        json!(["failed"]),
        json!(["failed", "busy", "errored"]),
        json!([]),
    ]);
    let strategies = prop::sample::select(vec!["optimistic", "pessimistic"]);
    (statuses, strategies, 0u32..3, any::<bool>(), 1u32..4).prop_map(
        |(statuses, strategy, delay, period, most)| {
            json!({
                "callout_participation_retry_statuses": statuses,
                "metadata_merge_mode": if period { "merge" } else { "replace" },
                "dialling": {
                    "strategy": strategy,
                    "max_calls_to_enqueue": 2,
                    "max_calls_per_period": if period { json!(9) } else { json!(null) },
                    "retry": { "delay_seconds": f64::from(delay) * 450.0, "max_calls": most },
                },
                "provider": { "refused": 0.2, "lost_events": if period { 0.3 } else { 0.0 } },
            })
        },
    )
}

fn holds(platform: &Platform) -> TestCaseResult {
    platform.verify().map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(property::cases(48))]

    #[test]
    fn statistics_replay_and_snapshots_hold_whatever_happens(
        settings in settings(),
        plan in property::plan(step(), 150..350),
    ) {
        let mut fresh: Value = serde_json::from_str(Scfm::FRESH).unwrap();
        fresh["contacts"] = json!([]);
        fresh["next_ids"] = json!({});
        let builder = Scfm::builder().seed(5).fresh(fresh.to_string()).settings(settings);
        let mut live = Live::new(builder);
        live.play(plan, act, holds)?;
        live.comes_of_its_log(holds)?;
    }

    #[test]
    fn replicas_are_alike_whatever_goes_wrong(
        plan in property::plan(step(), 15..40),
        seed in any::<u64>(),
    ) {
        let mut fresh: Value = serde_json::from_str(Scfm::FRESH).unwrap();
        fresh["contacts"] = json!([]);
        fresh["next_ids"] = json!({});
        let mut live = Live::replicated(Scfm::builder().seed(5).fresh(fresh.to_string()), seed);
        live.play(plan, act, holds)?;
        live.are_alike()?;
    }

    #[test]
    fn a_world_that_goes_back_to_a_checkpoint_goes_on_as_it_did(
        settings in settings(),
        plan in property::plan(step(), 30..90),
    ) {
        let mut live = Live::new(Scfm::builder().seed(5).settings(settings));
        live.rewinds(plan, act, holds)?;
        live.comes_of_its_log(holds)?;
    }
}

#[test]
fn a_recorded_log_gives_the_same_state() {
    recorded::check(Scfm::builder().seed(5), step(), act, holds);
}
