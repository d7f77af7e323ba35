//! A call as each view of this vendor shows it.

use ringback_exchange::CallId;
use ringback_mock::{CallShown, Says, ShownKind, World as _, read_moment};
use serde_json::{Value, json};

use crate::{machine::Pbx, render::Row, wire::stamp::ZONE};

pub(crate) fn of(pbx: &Pbx, id: CallId) -> Vec<CallShown> {
    let mut views = Vec::new();
    let own = match (pbx.exchange().call(id), pbx.exchange().history().get(id)) {
        (Some(call), _) => {
            let row = json!(Row::of(call, pbx.domain()));
            let started_at = moment(&row, "created_time");
            let says = Says { started_at, is_over: Some(false), ..Says::default() };
            views.push(CallShown::new("call", ShownKind::Live, row, says));
            call.tag.uuid
        }
        (None, Some(cdr)) => {
            let record = pbx.record_of(cdr);
            let first: Value = serde_json::from_str(&record.to_json(BASE)).unwrap_or_default();
            let mut third = Vec::new();
            record.write_v3(BASE, &pbx.whose(&record), &mut third);
            let third: Value = serde_json::from_slice(&third).unwrap_or_default();
            for (name, shown) in [("v1/cdr", first), ("v3/cdr", third)] {
                let says = says(&shown);
                views.push(CallShown::new(name, ShownKind::Record, shown, says));
            }
            let url = record.recording_url(BASE);
            let sound = record.sound();
            views.extend(sound.map(|sound| CallShown::recording("recording", url, sound.length())));
            cdr.tag.uuid
        }
        (None, None) => return views,
    };
    let told = pbx.outbox().into_iter().flat_map(ringback_mock::Outbox::deliveries);
    for delivery in told.filter(|delivery| delivery.call == Some(id)) {
        let body: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
        // Phones of a hunt that ring together are told of one by one, and say nothing of the call.
        let is_own = body.get("call_id").and_then(Value::as_str) == Some(&own.to_string());
        let says = if is_own { says(&body) } else { Says::default() };
        views.push(CallShown::told(delivery, body, says));
    }
    views
}

/// What stands before the path of a recording here: clients get the address they came by.
const BASE: &str = "";

fn moment(shown: &Value, name: &str) -> Option<time::OffsetDateTime> {
    read_moment(shown.get(name)?.as_str()?, ZONE)
}

fn says(shown: &Value) -> Says {
    let number = |name: &str| shown.get(name).and_then(Value::as_f64);
    let status = shown.get("status").and_then(Value::as_str);
    // Whom nobody took had picked up all the same.
    let answered = |status: &str| status.eq_ignore_ascii_case("answered") || status == "busy-line";
    let ended_at = moment(shown, "time_ended");
    Says {
        started_at: moment(shown, "time_started"),
        answered_at: moment(shown, "time_answered"),
        ended_at,
        seconds: number("duration"),
        talk_seconds: number("billsec"),
        is_answered: status.map(answered),
        is_over: ended_at.map(|_| true),
        words: status.map(str::to_owned).into_iter().collect(),
        ..Says::default()
    }
}
