//! A call as each view of this vendor shows it. There is no list of live calls: clients hear of them.

use ringback_engine::OffsetDateTime;
use ringback_exchange::CallId;
use ringback_mock::{CallShown, Says, ShownKind, World as _, webhook::Delivery};
use serde_json::{Value, json};

use crate::machine::Pbx;

pub(crate) fn of(pbx: &Pbx, id: CallId) -> Vec<CallShown> {
    let mut views = Vec::new();
    if let Some(cdr) = pbx.exchange().history().get(id) {
        let call = pbx.shown_call(cdr);
        let lasts = |name: &str| call.get(name).and_then(Value::as_f64);
        let status = call.get("context_status").and_then(Value::as_i64);
        let says = Says {
            started_at: at(pbx, &call, "context_start_time"),
            seconds: lasts("duration"),
            talk_seconds: lasts("talk_duration"),
            is_answered: status.map(|status| status == 1),
            is_over: Some(true),
            words: status.map(|status| status.to_string()).into_iter().collect(),
            ..Says::default()
        };
        views.push(CallShown::new("stats/calls/result", ShownKind::Record, call, says));
        let (lines, last) = pbx.shown_legs(cdr);
        let ended_at = last.and_then(|last| OffsetDateTime::from_unix_timestamp(last).ok());
        let says = Says { ended_at, is_over: Some(true), ..Says::default() };
        views.push(CallShown::new("stats/result", ShownKind::Statistics, json!(lines), says));
        for (name, length) in pbx.shown_recordings(cdr) {
            views.push(CallShown::recording("queries/recording", name, length));
        }
    }
    let told = pbx.outbox().into_iter().flat_map(ringback_mock::Outbox::deliveries);
    for delivery in told.filter(|delivery| delivery.call == Some(id)) {
        let body = notified(delivery);
        let says = match delivery.event.as_str() {
            "events/summary" => summary(pbx, &body),
            // The others are about legs.
            _ => Says::default(),
        };
        views.push(CallShown::told(delivery, body, says));
    }
    views
}

/// Returns what a notification has in its form as `json`.
fn notified(delivery: &Delivery) -> Value {
    let form: Vec<(String, String)> =
        serde_urlencoded::from_str(&delivery.body).unwrap_or_default();
    let json = form.into_iter().find(|(name, _)| name == "json");
    json.and_then(|(_, json)| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// Reads a moment, which is shifted where that is set.
fn at(pbx: &Pbx, shown: &Value, name: &str) -> Option<OffsetDateTime> {
    let seconds = shown.get(name)?.as_i64().filter(|seconds| *seconds != 0)?;
    let shift = i64::from(pbx.settings().time_shift_seconds);
    OffsetDateTime::from_unix_timestamp(seconds.saturating_sub(shift)).ok()
}

fn summary(pbx: &Pbx, shown: &Value) -> Says {
    let result = shown.get("entry_result").and_then(Value::as_i64);
    Says {
        started_at: at(pbx, shown, "create_time"),
        answered_at: at(pbx, shown, "talk_time"),
        ended_at: at(pbx, shown, "end_time"),
        is_answered: result.map(|result| result == 1),
        is_over: Some(true),
        words: result.map(|result| result.to_string()).into_iter().collect(),
        ..Says::default()
    }
}
