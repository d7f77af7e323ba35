//! What may be asked of each kind. A name that nothing of the kind has would match nothing, for ever.

use ringback_exchange::{Direction, HangupCause};
use serde_json::Value;

use super::MatchError;
use crate::bench::{Kind, Kinds, STEPS};

const EVERY: &[&str] =
    &["kind", "id", "vendor", "account", "call", "command", "at", "real_at", "any", "not"];
const RECORD: &[&str] = &[
    "from",
    "to",
    "direction",
    "cause",
    "line",
    "state",
    "created_at",
    "answered_at",
    "ended_at",
    "recording_seconds",
];

fn of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Request => &[
            "operation",
            "method",
            "path",
            "url",
            "status",
            "refused",
            "step",
            "field",
            "took_ms",
            "body",
            "answer",
            "header",
            "query",
            "mapping",
            "fault",
            "passthrough",
            "delay_ms",
        ],
        Kind::Event => {
            &["event", "from", "to", "direction", "cause", "leg", "to_leg", "digits", "supervision"]
        }
        Kind::Delivery => &[
            "event", "state", "attempts", "method", "path", "url", "status", "error", "body",
            "header", "query", "reason",
        ],
        Kind::Message => &[
            "inbox", "method", "path", "url", "status", "body", "header", "query", "delivery",
            "valid",
        ],
        Kind::Clock => &["now", "rate", "frozen"],
        Kind::World => &["what", "change", "key"],
    }
}

/// What an event is called.
pub(crate) const EVENTS: [&str; 16] = [
    "call_created",
    "leg_created",
    "leg_ringing",
    "leg_answered",
    "leg_held",
    "leg_resumed",
    "call_parked",
    "call_transferred",
    "leg_returned",
    "supervision_changed",
    "dtmf",
    "recording_started",
    "recording_stopped",
    "leg_ended",
    "call_ended",
    "record_changed",
];

/// Reads of which kinds something may be, and whether it is a finished call.
pub(super) fn kinds(value: &Value, at: &str) -> Result<(Kinds, bool), MatchError> {
    let words: Vec<&Value> = match value.as_object() {
        Some(one) => match (one.get("in").and_then(Value::as_array), one.len()) {
            (Some(several), 1) => several.iter().collect(),
            _ => return Err(MatchError::new(at, "has to be a word, or {\"in\": [words]}")),
        },
        None => vec![value],
    };
    let (mut kinds, mut records) = (Kinds::NONE, false);
    for word in words {
        let word = word.as_str().ok_or_else(|| MatchError::new(at, "has to be a word"))?;
        match Kind::of(word) {
            Some(kind) => kinds = kinds.and(kind),
            None if word == "record" => records = true,
            None => {
                let known: Vec<&str> =
                    Kind::ALL.into_iter().map(Kind::word).chain(["record"]).collect();
                return Err(MatchError::unknown(at, "kind", word, &known));
            }
        }
    }
    match records && kinds != Kinds::NONE {
        true => Err(MatchError::new(at, "records are asked for alone")),
        false => Ok((kinds, records)),
    }
}

/// Returns what may be asked of some kinds.
pub(crate) fn about(kinds: Kinds, records: bool, has_kind: bool) -> Vec<&'static str> {
    let mut known = EVERY.to_vec();
    if records || !has_kind {
        known.extend(RECORD);
    }
    let kinds = Kind::ALL.into_iter().filter(|kind| !records && kinds.has(*kind));
    kinds.for_each(|kind| known.extend(of(kind)));
    known.sort_unstable();
    known.dedup();
    known
}

/// Returns everything that may be asked of anything.
pub(crate) fn all() -> Vec<&'static str> {
    about(Kinds::ALL, false, false)
}

/// Refuses a name, and says of which kind it could be asked.
pub(super) fn unknown(at: &str, name: &str, known: &[&str]) -> MatchError {
    let others = Kind::ALL.into_iter().filter(|kind| of(*kind).contains(&name));
    let mut others: Vec<&str> = others.map(Kind::word).collect();
    if RECORD.contains(&name) {
        others.push("record");
    }
    match others.is_empty() {
        true => MatchError::unknown(at, "condition", name, known),
        false => MatchError {
            hint: Some(format!("it can be asked of the kinds {}", others.join(", "))),
            ..MatchError::new(at, "is no condition on this kind")
        },
    }
}

/// Refuses what a field never holds, where that is known.
pub(super) fn could_be(
    field: &str,
    value: &Value,
    at: &str,
    is_event: bool,
) -> Result<(), MatchError> {
    let text = || value.as_str().unwrap_or_default();
    match field {
        "event" if is_event && !EVENTS.contains(&text()) => {
            Err(MatchError::unknown(at, "event", text(), &EVENTS))
        }
        "direction" if serde_json::from_value::<Direction>(value.clone()).is_err() => {
            Err(MatchError::new(at, "has to be inbound, outbound or local"))
        }
        "cause"
            if !value.is_null()
                && serde_json::from_value::<HangupCause>(value.clone()).is_err() =>
        {
            Err(MatchError::new(at, "is no cause of FreeSWITCH, such as USER_BUSY"))
        }
        "step" if !STEPS.contains(&text()) => Err(MatchError::unknown(at, "step", text(), &STEPS)),
        "refused" if !value.is_boolean() => Err(MatchError::new(at, "has to be true or false")),
        _ => Ok(()),
    }
}
