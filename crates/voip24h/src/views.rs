//! A call as each view of this vendor shows it. There is no list of live calls.

use ringback_exchange::CallId;
use ringback_mock::{
    CallShown, Outbox, Says, ShownKind, World as _, read_moment,
    webhook::{Delivery, DeliveryMethod},
};
use serde_json::{Map, Value, json};

use crate::{
    machine::Pbx,
    render::{CallRecord, HistoryRow, Row},
    wire::ZONE,
};

pub(crate) fn of(pbx: &Pbx, id: CallId) -> Vec<CallShown> {
    let mut views = Vec::new();
    if let Some(cdr) = pbx.exchange().history().get(id) {
        let record = CallRecord::from(cdr);
        let mut written = Vec::new();
        record.write(&mut written);
        // It is what answers are made of, so it is JSON.
        let partner: Value = serde_json::from_slice(&written).unwrap_or_default();
        let says = says(&partner, &["callDate", "duration", "callStatus"]);
        views.push(CallShown::new("getCallData", ShownKind::Record, partner, says));
        let row = Row::new(pbx, cdr);
        let shown = json!(HistoryRow::from(row));
        let says = self::says(&shown, &["callDate", "duration", "status"]);
        views.push(CallShown::new("v3-call-history", ShownKind::Record, shown, says));
        let shown: Value = row.fields("").into_iter().collect();
        let says = self::says(&shown, &["calldate", "duration", "status"]);
        views.push(CallShown::new("dial-searching", ShownKind::Record, shown, says));
        let file = record.recording_file();
        // That of the other faces is the same sound.
        let sound = pbx.recording(&file);
        let shown =
            sound.map(|sound| CallShown::recording("recordingListen", file, sound.length()));
        views.extend(shown);
    }
    let told = pbx.outbox().into_iter().flat_map(Outbox::deliveries);
    for delivery in told.filter(|delivery| delivery.call == Some(id)) {
        let body = body(delivery);
        let says = match body.get("cdr") {
            Some(cdr) => says(cdr, &["starttime", "duration", "disposition"]),
            None => says(&body, &["calldate", "duration", "status"]),
        };
        views.push(CallShown::told(delivery, body, says));
    }
    views
}

/// Returns what a webhook tells, wherever that stands.
fn body(delivery: &Delivery) -> Value {
    let is_json = delivery.body.starts_with('{');
    let form = match delivery.method {
        DeliveryMethod::Post if is_json => {
            return serde_json::from_str(&delivery.body).unwrap_or_default();
        }
        DeliveryMethod::Post => delivery.body.as_str(),
        DeliveryMethod::Get => delivery.url.split_once('?').map_or("", |(_, query)| query),
    };
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap_or_default();
    let (mut body, mut cdr) = (Map::new(), Map::new());
    for (name, value) in fields {
        match name.strip_prefix("cdr[").and_then(|name| name.strip_suffix(']')) {
            Some(name) => cdr.insert(name.to_owned(), value.into()),
            None => body.insert(name, value.into()),
        };
    }
    if !cdr.is_empty() {
        body.insert("cdr".to_owned(), cdr.into());
    }
    Value::Object(body)
}

/// Reads what is said of a call, out of the names for its beginning, its length and how it went.
fn says(shown: &Value, names: &[&str; 3]) -> Says {
    let [start, length, word] = names;
    let text = |name: &str| shown.get(name).and_then(Value::as_str);
    let moment = |name: &str| text(name).and_then(|date| read_moment(date, ZONE));
    let number = |name: &str| {
        let value = shown.get(name)?;
        value.as_f64().or_else(|| value.as_str()?.parse().ok())
    };
    let status = text(word);
    // The word of a pushed record is Asterisk's own, by which an ordered call is answered before
    // anybody talks; whether they did the moments say.
    let is_answered = match shown.get("answertime") {
        Some(at) => Some(at != ""),
        None => status.map(|status| status == "ANSWERED"),
    };
    Says {
        started_at: moment(start),
        answered_at: moment("answertime"),
        ended_at: moment("endtime"),
        seconds: number(length),
        talk_seconds: number("billsec"),
        is_answered: status.and(is_answered),
        is_over: status.map(|_| true),
        words: status.map(str::to_owned).into_iter().collect(),
        ..Says::default()
    }
}
