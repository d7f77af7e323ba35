//! What holds for every record and every event on the wire.

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const FIELDS: [&str; 15] = [
    "uuid",
    "domain_name",
    "caller_name",
    "caller_number",
    "destination_number",
    "direction",
    "call_start",
    "ring_start",
    "answer_start",
    "call_end",
    "duration",
    "recording",
    "click_to_call",
    "click_to_call_data",
    "action",
];

const MOMENTS: [&str; 4] = ["call_start", "ring_start", "answer_start", "call_end"];

/// Reads a moment of the one form that all clients read.
pub(crate) fn moment(value: &Value) -> Option<OffsetDateTime> {
    let text = value.as_str()?;
    let pattern = "dddd-dd-ddTdd:dd:dd.dddZ";
    let fits = |(found, wanted): (u8, u8)| match wanted {
        b'd' => found.is_ascii_digit(),
        other => found == other,
    };
    let is_well_formed = text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(fits);
    assert!(is_well_formed, "{text}");
    Some(OffsetDateTime::parse(text, &Rfc3339).expect("a moment"))
}

fn is_uuid_v4(value: &Value) -> bool {
    let uuid = value.as_str().and_then(|text| uuid::Uuid::try_parse(text).ok());
    uuid.is_some_and(|uuid| uuid.get_version_num() == 4 && uuid.to_string() == *value)
}

/// Checks what holds for events and records alike.
pub(crate) fn check(event: &Value) {
    let fields = event.as_object().expect("an object");
    for (name, value) in fields {
        assert!(FIELDS.contains(&name.as_str()), "{name} in {event}");
        let is_right = match name.as_str() {
            "uuid" => is_uuid_v4(value),
            "recording" => is_uuid_v4(value) && *value != event["uuid"],
            "domain_name" => value == "mockpbx.impactpbx.com",
            "caller_name" | "click_to_call_data" => value == "",
            "caller_number" | "destination_number" => value.is_u64(),
            "direction" => value == "outbound" || value == "inbound",
            "call_start" => value.is_string(),
            "ring_start" | "answer_start" | "call_end" => value.is_null() || value.is_string(),
            "duration" => value.is_null() || value.is_u64(),
            "click_to_call" => value == false,
            "action" => {
                ["ORIGINATE", "RING", "ANSWERED", "HANGUP"].iter().any(|word| value == word)
            }
            _ => false,
        };
        assert!(is_right, "{name} in {event}");
    }
    let moments: Vec<_> = MOMENTS.iter().filter_map(|name| moment(&event[name])).collect();
    assert!(moments.is_sorted(), "{event}");
    let (start, end) = (moment(&event["call_start"]), moment(&event["call_end"]));
    if let (Some(start), Some(end)) = (start, end) {
        assert_eq!(event["duration"], (end - start).whole_seconds(), "{event}");
    }
    assert_ne!(event["caller_number"], event["destination_number"], "{event}");
}

/// Checks a record of the list.
pub(crate) fn check_listed(record: &Value) {
    check(record);
    assert_eq!(record.as_object().map(serde_json::Map::len), Some(15), "{record}");
    for name in ["call_end", "duration", "recording"] {
        assert!(!record[name].is_null(), "{name} in {record}");
    }
    assert_eq!(record["action"], "HANGUP");
}

/// Checks the events of one call: their order, and that what was told stays so.
pub(crate) fn check_events(events: &[Value]) {
    let order = ["ORIGINATE", "RING", "ANSWERED", "HANGUP"];
    let places: Vec<_> = events
        .iter()
        .map(|event| order.iter().position(|word| event["action"] == *word).expect("an action"))
        .collect();
    assert!(places.is_sorted_by(|one, next| one < next), "{events:?}");
    assert_eq!(places.first(), Some(&0), "{events:?}");
    for event in events {
        check(event);
        assert_eq!(event["direction"], "outbound", "{event}");
        let last = events.last().expect("an event");
        for (name, value) in event.as_object().expect("an object") {
            assert!(
                name == "action" || value.is_null() || last[name] == *value,
                "{name}: {events:?}"
            );
        }
    }
}
