//! What list, events, records, statistics and recordings tell of the same calls.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use ringback_mock::World as _;
use ringback_tel4vn::{Filter, Pbx, Record};
use serde_json::Value;
use time::Duration;

const STATES: [&str; 7] = [
    "CS_ROUTING",
    "CS_INIT",
    "CS_NEW",
    "CS_CONSUME_MEDIA",
    "CS_EXECUTE",
    "CS_PARK",
    "CS_EXCHANGE_MEDIA",
];

/// The list shows the live calls, each once, in states that there are.
pub(crate) fn rows_are_the_live_calls(pbx: &Pbx) -> Result<(), TestCaseError> {
    let rows: Vec<_> = pbx.rows().collect();
    prop_assert_eq!(rows.len(), pbx.exchange().live());
    let ids: BTreeSet<_> = rows.iter().map(|row| &row.call_id).collect();
    prop_assert_eq!(ids.len(), rows.len());
    for (row, call) in rows.iter().zip(pbx.exchange().calls()) {
        prop_assert!(STATES.contains(&row.state), "{}", row.state);
        let found = pbx.live(&row.call_id).map(|call| call.id);
        prop_assert_eq!(found, Some(call.id));
        prop_assert!(pbx.record(&row.call_id).is_none(), "a live call has a record");
        prop_assert!(["inbound", "outbound", "local"].contains(&row.direction));
    }
    Ok(())
}

/// List, events, records, statistics and recordings of every call tell the same.
pub(crate) fn views_agree(pbx: &Pbx) -> Result<(), TestCaseError> {
    let history = pbx.exchange().history();
    let (total, listed) = pbx.page(&Filter::default(), 0, usize::MAX);
    prop_assert_eq!((total, listed.len()), (history.len(), history.len()));
    prop_assert!(listed.is_sorted_by_key(|record| std::cmp::Reverse(record.cdr().created_at())));

    // The report counts what the filters find.
    let mut counts = BTreeMap::<&str, usize>::new();
    for record in &listed {
        *counts.entry(record.status()).or_default() += 1;
    }
    for (status, count) in &counts {
        let filter = Filter { status: vec![(*status).to_owned()], ..Filter::default() };
        prop_assert_eq!(pbx.page(&filter, 0, 1).0, *count, "{}", status);
    }
    prop_assert_eq!(counts.values().sum::<usize>(), history.len());

    // Every event of the instance's own address, by the id it was told under.
    let mut told = BTreeMap::<String, Vec<Value>>::new();
    for event in pbx.outbox().into_iter().flat_map(|outbox| outbox.deliveries()) {
        if event.url == "http://127.0.0.1:9/" {
            let body: Value = serde_json::from_str(&event.body).expect("a JSON body");
            let id = body["call_id"].as_str().expect("an id").to_owned();
            prop_assert_eq!(&body["state"], &event.event);
            told.entry(id).or_default().push(body);
        }
    }
    let (mut ended, mut hung_up) = (0, 0);
    for (id, events) in &told {
        let states: Vec<&str> = events.iter().map(|body| body["state"].as_str().unwrap()).collect();
        let place = |state: &str| states.iter().position(|found| *found == state);
        let once = |state: &str| states.iter().filter(|found| **found == state).count() <= 1;
        prop_assert!(
            ["hangup", "cdr", "missed", "cdr_autocall"].into_iter().all(once),
            "{states:?}"
        );
        if let Some(hangup) = place("hangup") {
            hung_up += 1;
            prop_assert_eq!(states[0], "ringing", "{:?}", &states);
            let after: BTreeSet<_> = states[hangup + 1..].iter().copied().collect();
            prop_assert!(!after.contains("ringing") && !after.contains("answered"), "{states:?}");
        }
        let Some(cdr) = place("cdr") else { continue };
        ended += 1;
        prop_assert!(place("missed").is_none_or(|missed| missed < cdr), "{states:?}");
        prop_assert!(place("hangup").is_none_or(|hangup| hangup < cdr), "{states:?}");
        let record = pbx.record(id).expect("a record before its event");
        let body = &events[cdr];
        prop_assert_eq!(&body["status"], record.status());
        prop_assert_eq!(&body["duration"], record.duration());
        prop_assert_eq!(&body["billsec"], record.billsec());
        let url = record.recording_url("http://127.0.0.1:8082");
        prop_assert_eq!(&body["recording_url"], &url);
        prop_assert_eq!(url.is_empty(), record.billsec() == 0);
        if let Some(sound) = record.sound() {
            prop_assert_eq!(sound.length(), Duration::seconds(record.billsec()));
        }
        let answered = record.cdr().answered_at().is_some();
        prop_assert_eq!(record.status() == "ANSWERED", answered);
        let is_missed = record.direction() == ringback_exchange::Direction::Inbound && !answered;
        prop_assert_eq!(place("missed").is_some(), is_missed, "{:?}", &states);
        if let Some(hangup) = place("hangup") {
            for name in ["duration", "billsec", "time_started", "time_answered", "time_ended"] {
                prop_assert_eq!(&events[hangup][name], &body[name], "{}", name);
            }
            prop_assert_eq!(place("answered").is_some(), answered, "{:?}", &states);
        }
        let cdr = record.cdr();
        prop_assert!(pbx.exchange().calls().all(|call| call.tag.uuid != cdr.tag.uuid));
    }
    // Every call that ended here was told of; the others were made up.
    let carried =
        |record: &&Record<'_>| pbx.exchange().recent().any(|call| call.id == record.cdr().id);
    prop_assert!(listed.iter().filter(carried).count() <= ended);
    // Parts of hunts hang up too, so there may be more of these; none is left open.
    prop_assert!(hung_up > 0 || ended == 0 || told.len() < 4, "{} {}", hung_up, ended);
    let live: BTreeSet<String> = pbx
        .exchange()
        .calls()
        .flat_map(|call| {
            let parts = (0..call.legs.len()).map(|leg| {
                let leg = ringback_exchange::LegId(u16::try_from(leg).unwrap());
                pbx.part_id(call, leg).to_string()
            });
            parts.chain([call.tag.uuid.to_string()]).collect::<Vec<_>>()
        })
        .collect();
    for (id, events) in &told {
        let over = events.iter().any(|body| body["state"] == "hangup" || body["state"] == "cdr");
        prop_assert!(over || live.contains(id), "{id} was told of and never hung up: {events:?}");
    }
    Ok(())
}
