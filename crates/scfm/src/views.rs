//! A call as each view of this vendor shows it: its phone call, and what the provider told of it.

use ringback_exchange::CallId;
use ringback_mock::{CallShown, Says, ShownKind};
use serde_json::Value;

use crate::{
    machine::{CallStatus, Platform, Resource},
    render,
};

/// The most events of one call that are shown.
const EVENTS: usize = 1_000;

pub(crate) fn of(platform: &Platform, id: CallId) -> Vec<CallShown> {
    let live = platform.exchange().call(id).map(|call| call.tag.phone_call);
    let over = || platform.exchange().history().get(id).map(|cdr| cdr.tag.phone_call);
    let Some(phone_call) = live.or_else(over) else { return Vec::new() };
    let mut views = Vec::new();
    if let Some(shown) = record(platform, Resource::PhoneCall, phone_call) {
        let status = shown.get("status").and_then(Value::as_str);
        let is_final =
            status.is_some_and(|status| CallStatus::of(status).is_some_and(CallStatus::is_final));
        let says = Says {
            talk_seconds: shown.get("duration").and_then(Value::as_f64),
            is_answered: status.filter(|_| is_final).map(|status| status == "completed"),
            is_over: Some(is_final),
            words: status.map(str::to_owned).into_iter().collect(),
            ..Says::default()
        };
        let kind = if live.is_some() { ShownKind::Live } else { ShownKind::Record };
        views.push(CallShown::new("phone_calls", kind, shown, says));
    }
    for event in platform.events_of_call(phone_call, EVENTS) {
        let Some(shown) = record(platform, Resource::RemoteEvent, event) else { continue };
        let says = shown.get("details").map(told).unwrap_or_default();
        views.push(CallShown::new("remote_phone_call_events", ShownKind::Event, shown, says));
    }
    for delivery in platform.outbox().of_call(id) {
        let query = delivery.url.split_once('?').map_or("", |(_, query)| query);
        let form = if delivery.body.is_empty() { query } else { &delivery.body };
        let form: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap_or_default();
        let body: Value =
            form.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let says = told(&body);
        views.push(CallShown::told(delivery, body, says));
    }
    views
}

fn record(platform: &Platform, kind: Resource, id: u32) -> Option<Value> {
    let mut out = String::new();
    render::record(platform, kind, id, &mut out).then(|| serde_json::from_str(&out).ok())?
}

/// Reads the parameters by which the provider tells of a call.
fn told(params: &Value) -> Says {
    let text = |name: &str| params.get(name).and_then(Value::as_str);
    let status = text("CallStatus");
    let is_over = status.is_some_and(|status| {
        matches!(status, "completed" | "busy" | "no-answer" | "failed" | "canceled")
    });
    Says {
        talk_seconds: text("CallDuration").and_then(|seconds| seconds.parse().ok()),
        is_answered: status.filter(|_| is_over).map(|status| status == "completed"),
        is_over: is_over.then_some(true),
        words: status.map(str::to_owned).into_iter().collect(),
        ..Says::default()
    }
}
