//! How calls, events and deliveries look in the control API: ids that are unique in the process,
//! moments of one length, words of one form.

use crate::{
    AccountId, World,
    shown::in_utc,
    webhook::{Attempt, Delivery, Hold},
};
use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    CallId, CallView, Event, Exchange, FaultyRecord, LegView, Party, Role, Rule,
};
use serde_json::{Map, Value, json};

/// Returns a moment as every answer has it: UTC, with six digits of fractions.
pub(crate) fn moment(at: OffsetDateTime) -> String {
    let at = in_utc(at);
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.microsecond(),
    )
}

fn party(party: &Party) -> Value {
    let kind = match party {
        Party::Extension(_) => "extension",
        Party::Outside(_) => "outside",
        Party::Service(_) => "service",
    };
    json!({ "kind": kind, "number": party.number() })
}

/// Whose calls are shown: the name of the instance, and the account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) vendor: &'a str,
    pub(crate) account: AccountId,
    /// What names the account to a client, if anything does.
    pub(crate) credential: Option<&'a str>,
}

impl Owner<'_> {
    /// Returns the id of a call: unique in the process, and stable over a restart.
    pub(crate) fn call_id(&self, id: CallId) -> String {
        format!("{}-{}-{id}", self.vendor, self.account.0)
    }

    pub(crate) fn fields(&self) -> Map<String, Value> {
        Map::from_iter([
            ("vendor".to_owned(), self.vendor.into()),
            ("account".to_owned(), self.credential.map_or(Value::Null, Value::from)),
        ])
    }

    /// Adds whose something is to it, or to everything in a list.
    pub(crate) fn owned(&self, mut shown: Value) -> Value {
        match &mut shown {
            Value::Object(fields) => fields.extend(self.fields()),
            Value::Array(items) => {
                let fields = items.iter_mut().filter_map(Value::as_object_mut);
                fields.for_each(|fields| fields.extend(self.fields()));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        shown
    }

    /// Shows a call, live or over.
    pub(crate) fn call<W: World>(&self, world: &W, id: CallId) -> Option<Value> {
        let view = world.exchange().show(id)?;
        let mut shown = Map::new();
        shown.insert("id".to_owned(), self.call_id(id).into());
        shown.extend(self.fields());
        let number = |number| party(&world.exchange().party(number));
        let CallView { state, direction, from, to, line, cause, legs, timeline, .. } = &view;
        shown.insert("state".to_owned(), json!(state));
        shown.insert("direction".to_owned(), json!(direction));
        shown.insert("from".to_owned(), number(from));
        shown.insert("to".to_owned(), number(to));
        shown.insert("line".to_owned(), json!(line));
        shown.insert("created_at".to_owned(), moment(view.created_at).into());
        shown.insert("answered_at".to_owned(), json!(view.answered_at.map(moment)));
        shown.insert("ended_at".to_owned(), json!(view.ended_at.map(moment)));
        shown.insert("cause".to_owned(), json!(cause));
        let recorded = world.exchange().history().get(id).and_then(|cdr| cdr.recording_length());
        let recorded = recorded.map(|length| length.as_seconds_f64());
        shown.insert("recording_seconds".to_owned(), json!(recorded));
        if let Some(faulty) = world.exchange().faulty_record(id) {
            shown.insert("record".to_owned(), record(faulty));
        }
        shown.insert("vendor_ids".to_owned(), Value::Object(world.vendor_ids(id)));
        shown.insert("legs".to_owned(), legs.iter().map(leg).collect());
        shown.insert("timeline".to_owned(), timeline.iter().map(what).collect());
        world.describe_call(id, &mut shown);
        Some(Value::Object(shown))
    }

    /// Shows an event with the call it belongs to.
    pub(crate) fn event<W: World>(&self, world: Option<&W>, event: &Event) -> Value {
        let mut shown = what(event);
        if let Some(fields) = shown.as_object_mut() {
            fields.extend(self.fields());
            fields.insert("call".to_owned(), self.call_id(event.call).into());
            let ids = world.map(|world| world.vendor_ids(event.call)).unwrap_or_default();
            fields.insert("vendor_ids".to_owned(), Value::Object(ids));
            // What the matcher asks for: who calls whom, and why it ended.
            if let Some(view) = world.and_then(|world| world.exchange().show(event.call)) {
                fields.insert("from".to_owned(), json!(view.from));
                fields.insert("to".to_owned(), json!(view.to));
                fields.insert("direction".to_owned(), json!(view.direction));
            }
        }
        shown
    }

    /// Shows a delivery with the call it tells of.
    pub(crate) fn delivery<W: World>(&self, world: &W, delivery: &Delivery) -> Value {
        let mut shown = json!(delivery);
        if let Some(fields) = shown.as_object_mut() {
            fields.remove("lane");
            let attempts = delivery.attempts.iter().map(attempt);
            fields.insert("attempts".to_owned(), attempts.collect());
            let id = format!("{}-{}-d{}", self.vendor, self.account.0, delivery.id.0);
            fields.insert("id".to_owned(), id.into());
            fields.extend(self.fields());
            let call = delivery.call.map(|call| self.call_id(call));
            fields.insert("call".to_owned(), json!(call));
            let ids = delivery.call.map(|call| world.vendor_ids(call)).unwrap_or_default();
            fields.insert("vendor_ids".to_owned(), Value::Object(ids));
            fields.insert("created_at".to_owned(), moment(delivery.created_at).into());
            let attempts = fields.get_mut("attempts").and_then(Value::as_array_mut);
            for (shown, attempt) in attempts.into_iter().flatten().zip(&delivery.attempts) {
                if let (Some(shown), Some(at)) = (shown.as_object_mut(), attempt.at) {
                    shown.insert("at".to_owned(), moment(at).into());
                }
            }
            let next = world.outbox().and_then(|outbox| outbox.next_attempt_at(delivery.id));
            fields.insert("next_attempt_at".to_owned(), json!(next.map(moment)));
            if let Some(Hold { until, overtaken_by }) = delivery.hold {
                let hold = json!({ "until": moment(until), "overtaken_by": overtaken_by });
                fields.insert("hold".to_owned(), hold);
            }
            if let Some(of) = delivery.resend_of {
                let id = format!("{}-{}-d{}", self.vendor, self.account.0, of.0);
                fields.insert("resend_of".to_owned(), id.into());
            }
        }
        shown
    }
}

/// Shows how one attempt went.
pub(crate) fn attempt(attempt: &Attempt) -> Value {
    let mut shown = json!(attempt);
    if let (Some(at), Some(fields)) = (attempt.at, shown.as_object_mut()) {
        fields.insert("at".to_owned(), moment(at).into());
    }
    shown
}

/// What may be wrong with the record of a call.
pub(crate) const RECORD_FAULTS: [&str; 6] = [
    "late",
    "doubled",
    "wrong_duration",
    "out_of_order",
    "recording_not_ready",
    "recording_never_ready",
];

/// Shows what is wrong with the record of a call, or was: each fault with when it is over.
fn record<T>(faulty: &FaultyRecord<T>) -> Value {
    let [late, doubled, wrong_duration, out_of_order, not_ready, never_ready] = RECORD_FAULTS;
    let faults = [
        (late, faulty.late_until),
        (doubled, faulty.doubled_until),
        (wrong_duration, faulty.wrong_until),
        (out_of_order, faulty.displaced_until),
        (not_ready, faulty.recording_at),
    ];
    let faults = faults.into_iter().filter_map(|(name, until)| Some((name, until?)));
    let mut faults: Vec<Value> =
        faults.map(|(fault, until)| json!({ "fault": fault, "until": moment(until) })).collect();
    if faulty.never_recorded {
        faults.push(json!({ "fault": never_ready, "until": null }));
    }
    json!({
        "faults": faults,
        "over": faulty.is_over(),
        "published": !faulty.is_hidden(),
        "copies": if faulty.is_hidden() { 0 } else { 1 + u8::from(faulty.is_doubled()) },
        "shown_ended_at": faulty.wrong().map(|shown| moment(shown.ended_at())),
        "recording_ready": !faulty.is_without_recording(),
    })
}

/// Shows what happened and when, and not to which call.
fn what(event: &Event) -> Value {
    let mut shown = json!(event);
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("call");
        // In an event with its call, `to` is who is called.
        if let Some(leg) = fields.remove("to") {
            fields.insert("to_leg".to_owned(), leg);
        }
        fields.insert("at".to_owned(), moment(event.at).into());
    }
    shown
}

fn leg(view: &LegView) -> Value {
    let LegView { leg, party: at, role, state, cause, hears } = view;
    let (role, side) = match role {
        Role::Talks(side) => ("talks", json!(side)),
        Role::Serves(side) => ("serves", json!(side)),
        Role::Consults(side) => ("consults", json!(side)),
        Role::Supervises(part) => ("supervises", json!(part)),
    };
    let part = if role == "supervises" { "supervision" } else { "side" };
    json!({
        "leg": leg,
        "party": party(at),
        "role": role,
        part: side,
        "state": state,
        "cause": cause,
        "hears": hears,
    })
}

/// Shows a rule of behaviour.
pub(crate) fn rule(rule: &Rule) -> Value {
    let mut shown = json!(rule);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("hits".to_owned(), rule.hits.into());
        if let Some(at) = rule.expires_at {
            fields.insert("expires_at".to_owned(), moment(at).into());
        }
    }
    shown
}

/// Shows the calls that come by themselves.
pub(crate) fn traffic<T>(exchange: &Exchange<T>) -> Value {
    let Some(traffic) = exchange.traffic() else {
        return json!({ "calls_per_hour": 0.0, "placed": 0, "dropped": 0 });
    };
    let mut shown = json!(traffic.settings);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("placed".to_owned(), traffic.placed.into());
        fields.insert("dropped".to_owned(), traffic.dropped.into());
    }
    shown
}

/// Shows the rules about records, and how many records something is wrong with.
pub(crate) fn record_faults<T>(exchange: &Exchange<T>) -> Value {
    json!({ "rules": exchange.record_faults(), "faulty_records": exchange.faulty_records() })
}
