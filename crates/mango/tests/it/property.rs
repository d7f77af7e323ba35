//! Whatever is asked in whatever order: the exchange holds, replay and snapshots give the same bytes,
//! and notifications, both statistics, summaries and recordings tell one story.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::{prelude::*, test_runner::TestCaseResult};
use ringback_engine::Duration;
use ringback_mango::{Mango, Pbx, Reply, RunOperation};
use ringback_mock::World as _;
use ringback_testkit::{
    property::{self, Live},
    recorded,
};
use serde_json::{Value, json};

use crate::desk::Told;

/// An operation and its parameters.
type Step = property::Step<(&'static str, Value)>;

fn extension() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["101", "102", "103", "101", "102", "999"])
}

fn number() -> impl Strategy<Value = &'static str> {
    let numbers = vec![
        "79991234567",
        "79991234567",
        "79991299486",
        "79991299480",
        "79991299487",
        "79991299603",
        "79991299404",
        "101",
        "102",
        "103",
        "200",
        "74950000001",
        "x",
    ];
    prop::sample::select(numbers)
}

/// The name of a leg: a live one, to be looked up when the step is taken, or one there may be.
fn call_id() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0u32..20).prop_map(|place| format!("live {place}")),
        1 => (1u32..60).prop_map(|leg| STANDARD.encode(format!("1:10001001:81:{}", 90_000_000 + leg))),
    ]
}

/// Puts the live legs there are in the place of those to be looked up, and their employees in the
/// place of whoever initiates.
fn looked_up(pbx: &Pbx, mut json: Value) -> Value {
    let legs: Vec<_> = pbx.live_legs().collect();
    let Some(map) = json.as_object_mut() else { return json };
    let mut employee = None;
    for value in map.values_mut() {
        let place = value.as_str().and_then(|text| text.strip_prefix("live "));
        let Some(place) = place.and_then(|place| place.parse::<usize>().ok()) else { continue };
        let Some((id, ends)) = legs.get(place % legs.len().max(1)) else { continue };
        *value = id.clone().into();
        employee = ends[place % 2].or(ends[0]).or(ends[1]);
    }
    for key in ["initiator", "call_party_number"] {
        if let (Some(value), Some(employee)) = (map.get_mut(key), employee)
            && *value != "999"
        {
            *value = employee.into();
        }
    }
    json
}

fn command() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        4 => (extension(), number()).prop_map(|(extension, to)| {
            ("commands/callback", json!({ "command_id": "c", "from": { "extension": extension }, "to_number": to }))
        }),
        1 => (number(), number()).prop_map(|(from, to)| {
            ("commands/callback_group", json!({ "from": from, "to": to }))
        }),
        2 => call_id().prop_map(|call| ("commands/call/hangup", json!({ "call_id": call }))),
        2 => (call_id(), number()).prop_map(|(call, to)| {
            ("commands/route", json!({ "command_id": "r", "call_id": call, "to_number": to }))
        }),
        3 => (call_id(), number(), extension(), any::<bool>()).prop_map(|(call, to, by, blind)| {
            let method = if blind { "blind" } else { "hold" };
            let json = json!({ "call_id": call, "method": method, "to_number": to, "initiator": by });
            ("commands/transfer", json)
        }),
        1 => (call_id(), call_id()).prop_map(|(held, moved)| {
            ("commands/calls_connect", json!({ "holded_call_id": held, "transferred_call_id": moved }))
        }),
        1 => call_id().prop_map(|call| ("commands/transfer_cancel", json!({ "call_id": call }))),
        1 => (call_id(), extension()).prop_map(|(call, by)| {
            ("commands/call/hold/on", json!({ "call_id": call, "initiator": by }))
        }),
        1 => (call_id(), extension()).prop_map(|(call, party)| {
            ("commands/recording/start", json!({ "call_id": call, "call_party_number": party }))
        }),
        1 => number().prop_map(|to| {
            ("commands/sms", json!({ "text": "t", "from_extension": "101", "to_number": to }))
        }),
        1 => number().prop_map(|number| ("task/add", json!({ "campaign_id": 460000001, "number": number }))),
        1 => Just(("campaign/start", json!({ "campaign_id": 460000001 }))),
        1 => Just(("campaign/stop", json!({ "campaign_id": 460000001 }))),
        1 => Just(("stats/request", json!({ "date_from": 1767600000, "date_to": 1767700000 }))),
    ]
}

fn control() -> impl Strategy<Value = Value> {
    let side = || prop::sample::select(vec!["a", "b"]);
    let call = || 1u64..40;
    prop_oneof![
        4 => (number(), prop::collection::vec(prop::sample::select(vec!["1", "2", "3", "9"]), 0..3))
            .prop_map(|(caller, keys)| json!({ "do": "inbound", "caller": caller, "keys": keys })),
        2 => (extension(), number()).prop_map(|(from, to)| json!({ "do": "dial", "from": from, "to": to })),
        2 => (call(), side()).prop_map(|(call, leg)| json!({ "do": "hang_up", "call": call, "leg": leg })),
        1 => call().prop_map(|call| json!({ "do": "answer", "call": call })),
        1 => call().prop_map(|call| json!({ "do": "reject", "call": call })),
        1 => call().prop_map(|call| json!({ "do": "take_over", "call": call })),
        1 => (call(), side()).prop_map(|(call, leg)| json!({ "do": "hold", "call": call, "leg": leg })),
        1 => (call(), side()).prop_map(|(call, leg)| json!({ "do": "resume", "call": call, "leg": leg })),
        1 => call().prop_map(|call| json!({ "do": "start_recording", "call": call })),
        1 => call().prop_map(|call| json!({ "do": "stop_recording", "call": call })),
        1 => (call(), side()).prop_map(|(call, leg)| json!({ "do": "press", "call": call, "leg": leg, "digits": "2" })),
        1 => (call(), side(), number()).prop_map(|(call, moved, to)| json!({ "do": "transfer", "call": call, "moved": moved, "to": to })),
        1 => (call(), side(), number()).prop_map(|(call, by, to)| json!({ "do": "consult", "call": call, "by": by, "to": to })),
        1 => call().prop_map(|call| json!({ "do": "complete", "call": call })),
        1 => (call(), number()).prop_map(|(call, to)| json!({ "do": "route", "call": call, "to": to })),
        1 => (call(), side()).prop_map(|(call, cut)| json!({ "do": "park", "call": call, "cut": cut })),
        1 => (call(), extension()).prop_map(|(call, extension)| json!({ "do": "supervise", "call": call, "extension": extension, "supervision": "listen" })),
        1 => (prop::sample::select(vec!["101", "102", "103"]), any::<bool>()).prop_map(|(number, registered)| json!({ "do": "set_extension", "number": number, "registered": registered })),
        1 => prop::sample::select(vec!["black", "white"]).prop_map(|list| json!({ "do": "set_active_list", "list": list })),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0u32..8_000).prop_map(Step::Wait),
        8 => command().prop_map(Step::Own),
        6 => control().prop_map(Step::Control),
        1 => property::background().prop_map(Step::Control),
    ]
}

const BASE: &str = "http://127.0.0.1:9/webhook";

fn holds(pbx: &Pbx) -> TestCaseResult {
    pbx.verify().map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(property::cases(60))]

    #[test]
    fn replay_snapshots_and_all_views_agree_whatever_happens(
        plan in property::plan(step(), 80..200),
    ) {
        let mut live = Live::new(Mango::builder().seed(5).webhook(BASE));
        let week: Vec<Value> = (1..=7).map(|day| json!({ "weekday": day, "start": "00:00", "end": "24:00" })).collect();
        let campaign = json!({ "line_id": 420000001, "name": "C", "operators": [400000103], "redial_busy": 1, "timer_busy": 1, "schedule": week });
        ask(&live, "campaign/add", campaign);
        // Talks are long enough for something to be done to them.
        let rules = ["101", "102", "103", "79991234567"].map(|to| json!({ "to": to, "outcome": "answer", "ring": 1, "talk": 30 }));
        live.control(json!({ "do": "set_rules", "rules": rules })).unwrap();
        let act = |live: &Live<Mango>, (path, json)| {
            let json = live.read(|pbx| looked_up(pbx, json));
            drop(live.execute(RunOperation::new(path, json)));
        };
        live.play(plan, act, holds)?;
        live.comes_of_its_log(holds)?;

        // Everybody hangs up in the end, and the story is complete.
        live.execute(RunOperation::new("campaign/stop", json!({ "campaign_id": 460000001 }))).ok();
        // No calls come any more, and statistics show what was: notifications told nothing else.
        live.control(json!({ "do": "set_traffic", "traffic": null })).unwrap();
        live.control(json!({ "do": "set_record_faults", "rules": [] })).unwrap();
        live.advance(Duration::minutes(5));
        let calls: Vec<u64> = live.read(|pbx| pbx.exchange().calls().map(|call| call.id.0).collect());
        for call in calls {
            live.control(json!({ "do": "hang_up", "call": call })).ok();
        }
        all_views_agree(&live)?;
    }

    #[test]
    fn replicas_are_alike_whatever_goes_wrong(
        plan in property::plan(step(), 15..40),
        seed in any::<u64>(),
    ) {
        let mut live = Live::replicated(Mango::builder().seed(5).webhook(BASE), seed);
        let act = |live: &Live<Mango>, (path, json)| {
            let json = live.read(|pbx| looked_up(pbx, json));
            drop(live.execute(RunOperation::new(path, json)));
        };
        live.play(plan, act, holds)?;
        live.are_alike()?;
    }

    #[test]
    fn a_world_that_goes_back_to_a_checkpoint_goes_on_as_it_did(
        plan in property::plan(step(), 30..90),
    ) {
        let mut live = Live::new(Mango::builder().seed(5).webhook(BASE));
        let act = |live: &Live<Mango>, (path, json)| {
            let json = live.read(|pbx| looked_up(pbx, json));
            drop(live.execute(RunOperation::new(path, json)));
        };
        live.rewinds(plan, act, holds)?;
        live.comes_of_its_log(holds)?;
    }
}

/// What notifications said of one leg.
#[derive(Debug, Default)]
struct Heard {
    entry: String,
    states: Vec<String>,
    start: i64,
    answer: i64,
    finish: i64,
    reason: i64,
    /// When whoever was consulted was joined with the party on hold.
    joined: Option<i64>,
    last: Value,
}

fn all_views_agree(live: &Live<Mango>) -> TestCaseResult {
    let told: Vec<Told> = live.read(|pbx| {
        let deliveries = pbx.outbox().unwrap().deliveries();
        let told = deliveries.map(|delivery| {
            Told::of(
                delivery.url.strip_prefix(BASE).unwrap().trim_start_matches('/'),
                &delivery.body,
            )
        });
        told.collect()
    });
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut legs: BTreeMap<String, Heard> = BTreeMap::new();
    let mut summaries: BTreeMap<String, Value> = BTreeMap::new();
    let mut softphones: BTreeMap<String, Value> = BTreeMap::new();
    let mut tapes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut added: Vec<String> = Vec::new();
    for Told { path, json, .. } in &told {
        match path.as_str() {
            "events/call" => {
                let entry = text(&json["entry_id"]);
                prop_assert!(!summaries.contains_key(&entry), "a leg after its summary: {}", json);
                let heard = legs.entry(text(&json["call_id"])).or_default();
                let at = json["timestamp"].as_i64().unwrap();
                if heard.states.is_empty() {
                    (heard.entry, heard.start) = (entry, at);
                }
                heard.states.push(text(&json["call_state"]));
                prop_assert_eq!(json["seq"].as_u64().unwrap(), heard.states.len() as u64);
                if json["call_state"] == "Connected" && heard.answer == 0 {
                    heard.answer = at;
                }
                if heard.last["transfer"] == "consultative" && json["transfer"] == "blind" {
                    heard.joined = (heard.answer != 0).then_some(at);
                }
                prop_assert_eq!(&json["dct"], &json!({ "type": 0 }));
                let before = softphones
                    .entry(heard.entry.clone())
                    .or_insert_with(|| json["sip_call_id"].clone());
                prop_assert_eq!(&json["sip_call_id"], before, "one a call: {}", json);
                heard.finish = at;
                heard.reason = json["disconnect_reason"].as_i64().unwrap_or(0);
                heard.last = json.clone();
            }
            "events/summary" => {
                prop_assert_eq!(&json["sip_call_id"], &softphones[&text(&json["entry_id"])]);
                prop_assert!(json["dct"].is_null(), "{}", json);
                let before = summaries.insert(text(&json["entry_id"]), json.clone());
                prop_assert!(before.is_none(), "two summaries: {}", json);
            }
            "events/recording" => {
                tapes.entry(text(&json["recording_id"])).or_default().push(json.clone());
            }
            "events/record/added" => added.push(text(&json["recording_id"])),
            _ => {}
        }
    }
    for (id, heard) in &legs {
        prop_assert!(summaries.contains_key(&heard.entry), "{} has no summary", heard.entry);
        prop_assert_eq!(heard.states.last().map(String::as_str), Some("Disconnected"), "{}", id);
        for pair in heard.states.windows(2) {
            let allowed = matches!(
                (pair[0].as_str(), pair[1].as_str()),
                ("Appeared", "Appeared" | "Connected" | "Disconnected")
                    | ("Connected", "OnHold" | "Connected" | "Disconnected")
                    | ("OnHold", "Connected" | "Disconnected")
            );
            prop_assert!(allowed, "{} goes from {} to {}", id, pair[0], pair[1]);
        }
        prop_assert!((1000..1200).contains(&heard.reason), "{} ends for {}", id, heard.reason);
    }
    for entry in summaries.keys() {
        prop_assert!(legs.values().any(|heard| heard.entry == *entry), "{} has no leg", entry);
    }
    for (id, events) in &tapes {
        let states: Vec<String> =
            events.iter().map(|event| text(&event["recording_state"])).collect();
        prop_assert_eq!(states.first().map(String::as_str), Some("Started"), "{}", id);
        prop_assert_eq!(states.last().map(String::as_str), Some("Completed"), "{}", id);
        let middle = states.get(1..states.len() - 1).unwrap_or_default();
        prop_assert!(middle.iter().all(|state| state == "Continued"), "{}: {:?}", id, states);
        for (seq, event) in (1..).zip(events) {
            prop_assert_eq!(event["seq"].as_u64(), Some(seq));
            prop_assert!(legs.contains_key(&text(&event["call_id"])), "{}", event);
        }
        let kept = events.last().unwrap()["completion_code"] == 1000;
        prop_assert_eq!(kept, added.contains(id), "{}", id);
    }
    basic_statistics_agree(live, &legs, &added)?;
    extended_statistics_agree(live, &legs, &summaries)
}

fn ask(live: &Live<Mango>, path: &str, json: Value) -> Reply {
    live.execute(RunOperation::new(path, json)).unwrap()
}

fn key(reply: &Reply) -> Value {
    let Reply::Json(text) = reply else { panic!("{reply:?}") };
    serde_json::from_str::<Value>(text).unwrap()["key"].clone()
}

fn basic_statistics_agree(
    live: &Live<Mango>,
    legs: &BTreeMap<String, Heard>,
    added: &[String],
) -> TestCaseResult {
    let fields = "entry_id,start,answer,finish,from_extension,from_number,to_extension,to_number,disconnect_reason,location,records";
    let request = json!({ "date_from": 1767603600, "date_to": 1767700000, "fields": fields });
    let key = key(&ask(live, "stats/request", request));
    live.advance(Duration::SECOND);
    let Reply::Csv(csv) = ask(live, "stats/result", json!({ "key": key })) else { panic!() };
    let mut rows: Vec<String> = Vec::new();
    let mut records: Vec<String> = Vec::new();
    for row in csv.split_terminator("\r\n") {
        let (row, listed) = row.rsplit_once(';').unwrap();
        rows.push(row.to_owned());
        let listed = listed.trim_matches(['[', ']']);
        records.extend(listed.split(',').filter(|id| !id.is_empty()).map(str::to_owned));
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut wanted: Vec<String> = Vec::new();
    for heard in legs.values() {
        let Heard { entry, start, answer, finish, reason, last, .. } = heard;
        let [from, to] = [&last["from"], &last["to"]];
        wanted.push(format!(
            "{entry};{start};{answer};{finish};{};{};{};{};{reason};{}",
            text(&from["extension"]),
            text(&from["number"]),
            text(&to["extension"]),
            text(&to["number"]),
            text(&last["location"]),
        ));
    }
    rows.sort();
    wanted.sort();
    prop_assert_eq!(rows, wanted);
    records.sort();
    records.dedup();
    let mut added = added.to_vec();
    added.sort();
    prop_assert_eq!(records, added);
    Ok(())
}

fn extended_statistics_agree(
    live: &Live<Mango>,
    legs: &BTreeMap<String, Heard>,
    summaries: &BTreeMap<String, Value>,
) -> TestCaseResult {
    let request =
        json!({ "start_date": "05.01.2026", "end_date": "06.01.2026", "limit": 5000, "offset": 0 });
    let key = key(&ask(live, "stats/calls/request", request));
    live.advance(Duration::SECOND);
    let Reply::Json(text) = ask(live, "stats/calls/result", json!({ "key": key })) else {
        panic!()
    };
    let result: Value = serde_json::from_str(&text).unwrap();
    let days = result["data"].as_array().unwrap();
    let calls: Vec<&Value> = days.iter().flat_map(|day| day["list"].as_array().unwrap()).collect();
    prop_assert_eq!(calls.len(), summaries.len());
    for call in calls {
        let summary = &summaries[call["entry_id"].as_str().unwrap()];
        let number = |value: &Value| value.as_i64().unwrap();
        let (create, end) = (number(&summary["create_time"]), number(&summary["end_time"]));
        let talk = number(&summary["talk_time"]);
        prop_assert_eq!(number(&call["context_start_time"]), create);
        prop_assert_eq!(number(&call["duration"]), end - create);
        prop_assert_eq!(number(&call["talk_duration"]), if talk == 0 { 0 } else { end - talk });
        prop_assert_eq!(&call["context_status"], &summary["entry_result"]);
        let way = match number(&summary["call_direction"]) {
            1 => 1,
            2 => 2,
            _ => 3,
        };
        prop_assert_eq!(number(&call["context_type"]), way);
        let listed = call["context_calls"].as_array().unwrap();
        let of_entry = legs.iter().filter(|(_, heard)| heard.entry == summary["entry_id"]);
        // The menu is told of and not listed.
        let mut of_entry: BTreeMap<&str, &Heard> = of_entry
            .filter(|(_, heard)| heard.last["location"] != "ivr")
            .map(|(id, heard)| (id.as_str(), heard))
            .collect();
        let mut parts = listed.iter();
        while let Some(leg) = parts.next() {
            let heard = of_entry.remove(leg["external_call_id"].as_str().unwrap());
            let Some(heard) = heard else { return Err(TestCaseError::fail(leg.to_string())) };
            let members = leg["members"].as_array().unwrap();
            for member in members {
                let heard = of_entry.remove(member["external_call_id"].as_str().unwrap());
                let Some(heard) = heard else {
                    return Err(TestCaseError::fail(member.to_string()));
                };
                has_times(member, heard)?;
                prop_assert!(member["members"].is_null());
                for id in member["recording_id"].as_array().unwrap() {
                    prop_assert!(leg["recording_id"].as_array().unwrap().contains(id));
                }
            }
            let taker = members.iter().find(|member| !member["call_answer_time"].is_null());
            if let Some(taker) = taker {
                prop_assert_eq!(number(&leg["call_start_time"]), heard.start);
                for key in ["call_answer_time", "call_end_time", "call_end_reason"] {
                    prop_assert_eq!(&leg[key], &taker[key], "{}", key);
                }
            } else if let Some(joined) = heard.joined {
                let rest = parts.next().unwrap();
                prop_assert_eq!(&rest["external_call_id"], &leg["external_call_id"]);
                prop_assert_eq!(number(&leg["call_answer_time"]), heard.answer);
                prop_assert_eq!(number(&leg["call_end_time"]), joined);
                let (finish, reason) = (heard.finish, heard.reason);
                let heard =
                    Heard { start: joined, answer: joined, finish, reason, ..Heard::default() };
                has_times(rest, &heard)?;
            } else {
                has_times(leg, heard)?;
            }
        }
        prop_assert!(of_entry.is_empty(), "{:?} are told of alone", of_entry.keys());
    }
    Ok(())
}

/// Whether a listed leg has the times it was told with.
fn has_times(leg: &Value, heard: &Heard) -> TestCaseResult {
    let number = |key: &str| leg[key].as_i64().unwrap_or(0);
    prop_assert_eq!(number("call_start_time"), heard.start);
    prop_assert_eq!(number("call_answer_time"), heard.answer);
    prop_assert_eq!(number("call_end_time"), heard.finish);
    prop_assert_eq!(number("call_end_reason"), heard.reason);
    prop_assert_eq!(number("call_duration"), heard.finish - heard.start);
    let talked = if heard.answer == 0 { 0 } else { heard.finish - heard.answer };
    prop_assert_eq!(number("talk_duration"), talked);
    prop_assert_eq!(number("dial_duration"), heard.finish - heard.start - talked);
    Ok(())
}

#[test]
fn a_transfer_away_from_whoever_is_rung_again_ends_their_leg() {
    for again in ["transfer", "route"] {
        let live = Live::<Mango>::new(Mango::builder().seed(5).webhook(BASE));
        let answers = json!({ "outcome": "answer", "talk": 300 });
        let call =
            json!({ "do": "dial", "from": "101", "to": "79991234567", "behaviour": answers });
        let placed = live.control(call).unwrap();
        let call = placed["call"]["id"].as_u64().unwrap();
        live.advance(Duration::seconds(5));
        // Nobody has that number, so that 101 is rung again at once.
        let fails = json!({
            "do": "transfer", "call": call, "moved": "b", "to": "79991299404", "or_return": true,
        });
        live.control(fails).unwrap();
        assert_eq!(live.read(|pbx| pbx.live_legs().count()), 1);
        let mut away = json!({ "do": again, "call": call, "to": "79991299480" });
        if again == "transfer" {
            away["moved"] = "b".into();
        }
        live.control(away).unwrap();
        live.read(Pbx::verify).unwrap();
        assert_eq!(live.read(|pbx| pbx.live_legs().count()), 1, "{again}");
    }
}

#[test]
fn a_recorded_log_gives_the_same_state() {
    let act = |live: &Live<Mango>, (path, json)| {
        let json = live.read(|pbx| looked_up(pbx, json));
        drop(live.execute(RunOperation::new(path, json)));
    };
    recorded::check(Mango::builder().seed(5).webhook(BASE), step(), act, holds);
}
