//! `/get_cdr`: what it lists, and when.

use std::collections::BTreeSet;

use ringback_impactpbx::{ImpactPbx, Pull};
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::{Duration, macros::datetime};

use crate::{events_by_call, listed, trigger, unserved, wire};

fn identities(records: &[Value]) -> BTreeSet<(u64, &str)> {
    let identity = |record: &'_ Value| record["caller_number"].as_u64().unwrap();
    records
        .iter()
        .map(|record| (identity(record), record["call_start"].as_str().unwrap()))
        .collect()
}

#[test]
fn caller_and_start_identify_a_call_whatever_is_mixed() {
    for generation in ["ringback", "2020", "2021"] {
        let pbx = unserved(json!({ "generation": generation }));
        for round in 0..400 {
            trigger(&pbx);
            trigger(&pbx);
            pbx.demo().execute(Pull).unwrap();
            // Often by hours, at which generated records lie, and sometimes not at all.
            pbx.advance(Duration::minutes([60, 0, 20][round % 3]));
        }
        pbx.advance(Duration::hours(1));
        let records = listed(&pbx);
        assert!(records.len() > 2_000);
        records.iter().for_each(wire::check_listed);
        assert_eq!(identities(&records).len(), records.len(), "{generation}");
        pbx.demo().read(|pbx| pbx.verify()).unwrap().unwrap();
    }
}

#[test]
fn records_never_change_once_listed_and_events_tell_the_same() {
    for generation in ["ringback", "2020", "2021"] {
        let pbx = unserved(json!({ "generation": generation }));
        let mut before: Vec<Value> = Vec::new();
        for _ in 0..50 {
            trigger(&pbx);
            pbx.advance(Duration::seconds(11));
            pbx.demo().execute(Pull).unwrap();
            let records = listed(&pbx);
            assert_eq!(records[..before.len()], before);
            before = records;
        }
        let mut told = 0;
        for call in events_by_call(&pbx) {
            wire::check_events(&call);
            let hangup = call.last().unwrap();
            let record = before.iter().find(|record| record["uuid"] == hangup["uuid"]);
            for (name, value) in hangup.as_object().unwrap() {
                let same = record.is_none_or(|record| record[name] == *value);
                assert!(same || hangup["action"] != "HANGUP", "{name}: {record:?} {hangup}");
            }
            told += usize::from(record.is_some());
        }
        assert!(told > 5);
    }
}

#[test]
fn no_start_gives_a_call_that_ends_before_it_began() {
    for second in 0..60 {
        let at = datetime!(2026-03-04 09:59:00.750 UTC) + Duration::seconds(second);
        let pbx = ImpactPbx::builder().seed(7).frozen_at(at).build().unwrap();
        for _ in 0..4 {
            pbx.demo().execute(Pull).unwrap();
        }
        for record in listed(&pbx) {
            wire::check_listed(&record);
            let length = record["duration"].as_u64().unwrap();
            assert!((61..=544).contains(&length), "{record}");
        }
    }
}

#[test]
fn generated_series_never_jump_back() {
    let pbx = unserved(json!({ "generation": "2021", "unfinished": {} }));
    let mut starts = Vec::new();
    for _ in 0..10 {
        pbx.demo().execute(Pull).unwrap();
        trigger(&pbx);
        pbx.advance(Duration::minutes(1));
        let last_five = listed(&pbx)
            .into_iter()
            .filter(|record| record["call_start"].as_str().unwrap() > "2026-01-05T09:59");
        starts =
            last_five.map(|record| record["call_start"].as_str().unwrap().to_owned()).collect();
    }
    assert_eq!(starts.len(), 50);
    assert!(starts.is_sorted_by(|one, next| one < next));
}

#[test]
fn a_past_of_any_size_can_be_begun_with() {
    for generation in ["ringback", "2020", "2021"] {
        let settings = json!({ "generation": generation });
        let builder = ImpactPbx::builder().seed(7).frozen_clock().settings(settings);
        let pbx = builder.history(2_000).build().unwrap();
        let records = listed(&pbx);
        assert_eq!(records.len(), 2_000);
        records.iter().for_each(wire::check_listed);
        assert_eq!(identities(&records).len(), 2_000);
        assert!(records.iter().all(|record| record["ring_start"].is_string()));
        let ends = records.iter().map(|record| record["call_end"].as_str().unwrap());
        assert!(ends.max().unwrap() < "2026-01-05T09:00:00.000Z");
        let answered = records.iter().filter(|record| record["answer_start"].is_string()).count();
        assert_eq!(answered == 2_000, generation == "2020");
        let inbound = records.iter().filter(|record| record["direction"] == "inbound").count();
        assert_eq!(inbound > 900, generation == "2021");
        assert!(inbound == 0 || generation == "2021");
    }
}

#[test]
fn an_anchored_past_stays_in_the_past() {
    let pbx = unserved(json!({ "history_in_the_past": true }));
    for _ in 0..300 {
        pbx.demo().execute(Pull).unwrap();
    }
    let records = listed(&pbx);
    assert_eq!(identities(&records).len(), 1_500);
    let ends = records.iter().map(|record| record["call_end"].as_str().unwrap());
    assert!(ends.max().unwrap() <= "2026-01-05T09:00:00.000Z");
}

#[actix_web::test]
async fn calls_in_parallel_each_add_their_own_five() {
    let api = Api::<ImpactPbx>::frozen();
    let get = || api.get("/get_cdr");
    let replies = tokio::join!(get(), get(), get(), get(), get(), get());
    let replies = [replies.0, replies.1, replies.2, replies.3, replies.4, replies.5];
    let mut totals: Vec<u64> = replies
        .iter()
        .map(|reply| {
            let total = reply.json["total"].as_u64().unwrap();
            assert_eq!(reply.json["data"].as_array().unwrap().len() as u64, total);
            total
        })
        .collect();
    totals.sort_unstable();
    assert_eq!(totals, [5, 10, 15, 20, 25, 30]);
}

#[actix_web::test]
async fn a_list_of_many_segments_is_whole_and_in_order() {
    let api = Api::<ImpactPbx>::of(ImpactPbx::builder().seed(7).frozen_clock().history(1_000));
    let reply = api.get("/get_cdr").await;
    let records = reply.json["data"].as_array().unwrap();
    assert_eq!(reply.json["total"], 1_005);
    assert_eq!(records.len(), 1_005);
    assert!(records.is_sorted_by_key(|record| record["call_start"].as_str()));
    assert_eq!(reply.header("content-length"), reply.body.len().to_string());
}

#[test]
fn directories_of_one_and_of_nobody_will_do() {
    for directory in [json!([]), json!([{ "name": "A", "email": "", "number": 35799123456_u64 }])] {
        let fresh = json!({ "directory": directory }).to_string();
        let settings = json!({ "generation": "2021" });
        let builder = ImpactPbx::builder().frozen_clock().settings(settings).fresh(fresh);
        let pbx = builder.build().unwrap();
        trigger(&pbx);
        pbx.demo().execute(Pull).unwrap();
        listed(&pbx).iter().for_each(wire::check_listed);
    }
}

#[test]
fn who_has_no_name_in_the_directory_is_given_one_by_the_seed_whoever_else_has_one() {
    let of = |first: serde_json::Value, seed: u64| {
        let fresh = json!({ "directory": [first, { "number": 35799123457_u64 }] }).to_string();
        let pbx = ImpactPbx::builder().frozen_clock().seed(seed).fresh(fresh).build().unwrap();
        pbx.demo().read(|pbx| pbx.contacts().to_vec()).unwrap()
    };
    let number = 35799123456_u64;
    let drawn = of(json!({ "number": number }), 7);
    let named = of(json!({ "number": number, "name": "Zoë O'Hara", "email": "z@example.org" }), 7);
    let mailed = of(json!({ "number": number, "name": "Zoë O'Hara" }), 8);
    assert_eq!(drawn[1].name, "Chloe Cummings");
    assert_eq!(drawn[1].email, "chloe.cummings@example.com");
    assert_eq!(named[0].email, "z@example.org");
    assert_eq!(named[1], drawn[1]);
    assert_eq!(mailed[0].email, "zo.ohara@example.com");
    assert_ne!(mailed[1], drawn[1]);
}

#[test]
fn records_may_lie_far_ahead_but_not_at_the_end_of_the_calendar() {
    let pbx = unserved(json!({}));
    let past = |at: &str| {
        let record = json!({ "from": "35725262136", "to": "1", "created_at": at });
        json!({ "do": "add_records", "records": [record] })
    };
    let before = pbx.engine().snapshot().unwrap();
    pbx.demo().control(past("9999-12-31T23:59:58Z")).unwrap_err();
    assert_eq!(pbx.engine().snapshot().unwrap(), before);
    pbx.demo().control(past("8999-12-31T23:59:58Z")).unwrap();
    for _ in 0..3 {
        pbx.demo().execute(Pull).unwrap();
    }
    assert_eq!(listed(&pbx).len(), 16);
    listed(&pbx).iter().for_each(wire::check_listed);
}
