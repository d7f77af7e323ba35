//! What holds of all faces and both feeds together, whatever has happened.

use std::collections::{BTreeMap, BTreeSet};

use ringback_exchange::CallId;
use ringback_mock::{
    Outbox, World as _,
    webhook::{Delivery, DeliveryMethod},
};
use ringback_voip24h::{Filter, Pbx};
use serde_json::{Map, Value};
use time::macros::datetime;

/// Of how many calls it is checked what was told.
const LATEST: usize = 12;

/// Says what does not hold, if anything does not.
pub(crate) fn holds(pbx: &Pbx) -> Result<(), String> {
    lists_are_the_same(pbx)?;
    let mut of: BTreeMap<CallId, Vec<&Delivery>> = BTreeMap::new();
    let told = pbx.outbox().into_iter().flat_map(Outbox::deliveries);
    for delivery in told {
        of.entry(delivery.call.ok_or("a webhook of no call")?).or_default().push(delivery);
    }
    // Only so many past deliveries are kept, so the beginning of the first ones may be gone.
    let whole = pbx.outbox().is_some_and(|outbox| outbox.counts()[1..].iter().sum::<u64>() < 1_000);
    // What was told stays as it is, so that of older calls was checked when they were the latest.
    for (call, told) in of.into_iter().rev().take(LATEST) {
        let states: Vec<Value> =
            told.iter().filter(|one| one.event != "call-log").map(|one| body(one)).collect();
        if whole {
            states_are_in_order(pbx, call, &states)?;
        }
        let logs = told.into_iter().filter(|one| one.event == "call-log");
        logs_are_the_rows(pbx, call, logs)?;
    }
    Ok(())
}

/// v1 and v3 list the same calls, in the same order.
fn lists_are_the_same(pbx: &Pbx) -> Result<(), String> {
    let time = datetime!(0001-01-02 00:00 UTC)..=datetime!(9999-12-30 00:00 UTC);
    let old: Vec<String> = pbx.calls_during(time).map(|record| record.call_id()).collect();
    let filter = Filter::default();
    let page = pbx.page(&filter, 0, usize::MAX);
    let new: Vec<String> = page.rows.iter().map(ringback_voip24h::Row::call_id).collect();
    if old != new || page.total != new.len() {
        return Err(format!("v1 lists {old:?}, v3 {} of {new:?}", page.total));
    }
    Ok(())
}

fn states_are_in_order(pbx: &Pbx, call: CallId, states: &[Value]) -> Result<(), String> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let fault = |what: &str| Err(format!("{what} of call {call}: {states:?}"));
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (place, one) in states.iter().enumerate() {
        if text(one, "linkedid") != text(&states[0], "linkedid") {
            return fault("two calls");
        }
        if text(one, "state") == "Cdr" {
            if place + 1 != states.len() {
                return fault("something behind the record");
            }
            continue;
        }
        of.entry(text(one, "uniqueid")).or_default().push(text(one, "state"));
    }
    let is_over = pbx.exchange().call(call).is_none();
    for words in of.values() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let is_known = match words.as_slice() {
            ["Ring"] | ["Ring", "Up"] => !is_over,
            ["Ring", "Hangup"] | ["Ring", "Up", "Hangup"] => true,
            _ => false,
        };
        if !is_known {
            return fault("an odd order");
        }
    }
    let record = states.last().filter(|one| text(one, "state") == "Cdr");
    let row = states.first().and_then(|one| pbx.row(&text(one, "callid")));
    if record.is_some() != row.is_some() {
        return fault("a record without its push, or the other way round,");
    }
    let (Some(record), Some(row)) = (record, row) else { return Ok(()) };
    let cdr = &record["cdr"];
    let same = text(cdr, "starttime") == row.call_date()
        && text(cdr, "answertime") == row.answered_date()
        && text(cdr, "duration") == row.duration().to_string()
        && text(cdr, "billsec") == row.billsec().to_string()
        && text(record, "extend") == row.extension()
        && text(record, "type") == row.kind().as_str();
    if !same {
        return fault("another record");
    }
    let talked = of.values().any(|words| words.iter().any(|word| word == "Up"));
    // Who talks and is no extension any more is not told of: both sides may be outside by a transfer.
    if talked && text(cdr, "answertime").is_empty() {
        return fault("talk without an answer");
    }
    Ok(())
}

fn logs_are_the_rows<'a>(
    pbx: &Pbx,
    call: CallId,
    logs: impl Iterator<Item = &'a Delivery>,
) -> Result<(), String> {
    let (mut receivers, mut msgids) = (BTreeSet::new(), BTreeSet::new());
    for log in logs {
        let receiver = log.url.split(['?', '&']).next().unwrap_or_default().to_owned();
        if !receivers.insert(receiver) {
            return Err(format!("call {call} was told twice to {}", log.url));
        }
        let told = body(log);
        let text = |name: &str| told[name].as_str().unwrap_or_default();
        if !msgids.insert(text("msgid").to_owned()) {
            return Err(format!("two deliveries are {}", text("msgid")));
        }
        let row = pbx.row(text("id")).ok_or_else(|| format!("{told} is in no list"))?;
        let same = text("callid") == row.call_id()
            && text("calldate") == row.call_date()
            && text("duration") == row.duration().to_string()
            && text("billsec") == row.billsec().to_string()
            && text("status") == row.status().as_str()
            && text("type") == row.kind().as_str()
            && text("recording").is_empty() == row.recording_file().is_none();
        if !same {
            return Err(format!("{told} is not the row of call {call}"));
        }
    }
    Ok(())
}

/// What a webhook tells, wherever that stands.
fn body(delivery: &Delivery) -> Value {
    if delivery.method == DeliveryMethod::Post {
        return serde_json::from_str(&delivery.body).unwrap_or_default();
    }
    let query = delivery.url.split_once('?').map_or("", |(_, query)| query);
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    Value::Object(
        fields.into_iter().map(|(name, value)| (name, value.into())).collect::<Map<_, _>>(),
    )
}
