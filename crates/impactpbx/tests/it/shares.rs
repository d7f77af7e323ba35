//! How often calls end how, over thousands of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::Duration;

use crate::{actions, events_by_call, listed, trigger, unserved, wire};

const CALLS: u32 = 4_000;

/// What became of a share of calls: their last event, whether they were answered in the list's
/// eyes (if they are in it).
fn shares(settings: Value) -> BTreeMap<(String, Option<bool>), f64> {
    let pbx = unserved(settings);
    for _ in 0..CALLS {
        trigger(&pbx);
    }
    pbx.advance(Duration::minutes(5));
    let listed: BTreeMap<String, bool> = listed(&pbx)
        .iter()
        .map(|record| {
            wire::check_listed(record);
            (record["uuid"].as_str().unwrap().to_owned(), record["answer_start"].is_string())
        })
        .collect();
    let mut shares = BTreeMap::new();
    for call in events_by_call(&pbx) {
        let last = (*actions(&call).last().unwrap()).to_owned();
        let found = listed.get(call[0]["uuid"].as_str().unwrap()).copied();
        *shares.entry((last, found)).or_insert(0.0) += 1.0 / f64::from(CALLS);
    }
    shares
}

fn sum(
    shares: &BTreeMap<(String, Option<bool>), f64>,
    wanted: impl Fn(&str, Option<bool>) -> bool,
) -> f64 {
    shares.iter().filter(|((last, found), _)| wanted(last, *found)).map(|(_, share)| share).sum()
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 0.025, "{found} instead of {wanted}");
}

#[test]
fn one_call_of_ours_in_eight_is_lost_and_half_of_those_turn_up() {
    let shares = shares(json!({}));
    near(sum(&shares, |last, found| last == "HANGUP" && found == Some(true)), 0.75);
    near(sum(&shares, |last, found| last == "HANGUP" && found == Some(false)), 0.13);
    near(sum(&shares, |last, _| last != "HANGUP"), 0.12);
    assert!(sum(&shares, |last, _| last != "HANGUP") >= 0.1);
    near(sum(&shares, |last, _| last == "ORIGINATE"), 0.04);
    near(sum(&shares, |last, _| last == "RING"), 0.046);
    near(sum(&shares, |last, _| last == "ANSWERED"), 0.034);
    near(sum(&shares, |last, found| last != "HANGUP" && found.is_some()), 0.06);
    near(sum(&shares, |last, found| last != "HANGUP" && found.is_none()), 0.06);
}

#[test]
fn calls_of_2020_stop_anywhere_and_are_listed_only_if_they_do_not() {
    let shares = shares(json!({ "generation": "2020" }));
    for stage in ["ORIGINATE", "RING", "ANSWERED"] {
        near(sum(&shares, |last, found| last == stage && found.is_none()), 0.25);
    }
    near(sum(&shares, |last, found| last == "HANGUP" && found == Some(true)), 0.25);
    assert_eq!(shares.len(), 4);
}

#[test]
fn calls_of_2021_are_half_unanswered_and_all_listed() {
    let shares = shares(json!({ "generation": "2021" }));
    near(sum(&shares, |last, found| last == "HANGUP" && found == Some(true)), 0.48);
    near(sum(&shares, |last, found| last == "HANGUP" && found == Some(false)), 0.48);
    near(sum(&shares, |last, _| last != "HANGUP"), 0.04);
    near(sum(&shares, |_, found| found.is_none()), 0.0);
    near(sum(&shares, |last, _| last == "ORIGINATE"), 0.0);
}

#[test]
fn shares_are_settings() {
    let unfinished = json!({ "ring": 0.5, "answered": 0.5 });
    let shares =
        shares(json!({ "answered": 0.0, "unfinished": unfinished, "unfinished_listed": 1.0 }));
    let only = ("RING".to_owned(), Some(false));
    assert_eq!(shares.keys().collect::<Vec<_>>(), [&only]);
}

#[test]
fn a_share_of_the_destinations_is_missing_in_the_directory() {
    let pbx = unserved(json!({ "outside_directory": 0.25 }));
    for _ in 0..CALLS {
        trigger(&pbx);
    }
    let known: Vec<u64> = pbx
        .demo()
        .read(|pbx| pbx.contacts().iter().map(|contact| contact.number).collect())
        .unwrap();
    let calls = events_by_call(&pbx);
    let strangers = calls
        .iter()
        .filter(|call| !known.contains(&call[0]["destination_number"].as_u64().unwrap()));
    near(strangers.count() as f64 / f64::from(CALLS), 0.25);
}
