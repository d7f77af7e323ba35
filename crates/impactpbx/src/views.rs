//! A call as each view of this vendor shows it. Recordings have ids, and no address.

use ringback_engine::{Duration, OffsetDateTime};
use ringback_exchange::CallId;
use ringback_mock::{CallShown, Outbox, Says, ShownKind, World as _, read_moment};
use serde_json::Value;
use time::UtcOffset;

use crate::{Pbx, Tag, render::CallOrCdr};

pub(crate) fn of(pbx: &Pbx, id: CallId) -> Vec<CallShown> {
    let live = pbx.exchange().call(id).map(|call| call.tag);
    let cdr = pbx.exchange().history().get(id);
    let Some(tag) = live.or(cdr.map(|cdr| cdr.tag)) else { return Vec::new() };
    let mut views = Vec::new();
    if let Some(cdr) = cdr.filter(|cdr| cdr.tag.listed) {
        let row = CallOrCdr::from(cdr).listed(pbx.domain());
        // It is what answers are made of, so it is JSON.
        let row: Value = serde_json::from_str(&row).unwrap_or_default();
        let says = says(&row, &tag);
        views.push(CallShown::new("get_cdr", ShownKind::Record, row, says));
    }
    let told = pbx.outbox().into_iter().flat_map(Outbox::deliveries);
    for delivery in told.filter(|delivery| delivery.call == Some(id)) {
        let body: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
        let says = says(&body, &tag);
        views.push(CallShown::told(delivery, body, says));
    }
    views
}

fn says(shown: &Value, tag: &Tag) -> Says {
    let at = |name: &str| -> Option<OffsetDateTime> {
        let at = read_moment(shown.get(name)?.as_str()?, UtcOffset::UTC)?;
        // So that no two calls of a number show the same start.
        Some(at.saturating_sub(Duration::milliseconds(tag.shift_ms.into())))
    };
    let is_over = shown.get("action").and_then(Value::as_str) == Some("HANGUP");
    let answered_at = at("answer_start");
    Says {
        started_at: at("call_start"),
        answered_at,
        ended_at: at("call_end"),
        seconds: shown.get("duration").and_then(Value::as_f64),
        // Before the end a call that nobody has answered yet may still be.
        is_answered: (is_over || answered_at.is_some()).then_some(answered_at.is_some()),
        is_over: is_over.then_some(true),
        ..Says::default()
    }
}
