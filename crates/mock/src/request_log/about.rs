//! What a request was about: the numbers and ids in it.

use serde_json::Value;

use super::{LOOKED_AT, decoded, json};
use crate::Received;

/// Under these names vendors' requests have whom they are about.
const NAMES: [&str; 28] = [
    "requestType",
    "do",
    "event",
    "from",
    "from_ext",
    "from_number",
    "caller",
    "extension",
    "ext",
    "to",
    "to_num",
    "to_number",
    "phone",
    "phone_number",
    "number",
    "line_number",
    "msisdn",
    "user",
    "group",
    "call_id",
    "callId",
    "callid",
    "entry_id",
    "recording_id",
    "command_id",
    "contact_id",
    "callout_id",
    "id",
];

/// Under these names answers have the call that a request led to.
const CALLS: [&str; 3] = ["call_id", "callId", "call_uuid"];

/// So much is said of one request.
const MOST: usize = 6;

/// A name with its value.
pub(super) type Said = (String, String);

/// Returns what the path, the query and the body of a request say.
pub(super) fn of_request(received: &Received, query: &str, body: &[u8]) -> Vec<Said> {
    let mut about: Vec<Said> = received.params().to_vec();
    pairs(query, &mut about);
    if body.len() <= LOOKED_AT {
        match json(body) {
            Some(value) => walk(&value, 0, &mut about),
            None => pairs(std::str::from_utf8(body).unwrap_or_default(), &mut about),
        }
    }
    // The order of JSON's keys is nobody's business. Other parameters of the path come first.
    let rank = |name: &str| NAMES.iter().position(|known| *known == name).map_or(0, |at| at + 1);
    about.sort_by_key(|(name, _)| rank(name));
    about.truncate(MOST);
    about
}

/// Returns the call that an answer names.
pub(super) fn call(answer: &Value) -> Option<Said> {
    let inner = answer.get("data").filter(|data| data.is_object());
    let found = [Some(answer), inner]
        .into_iter()
        .flatten()
        .find_map(|object| CALLS.iter().find_map(|name| scalar(object.get(*name)?)));
    found.map(|call| ("call".to_owned(), call))
}

fn pairs(text: &str, about: &mut Vec<Said>) {
    for pair in text.split('&') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let (name, value) = (decoded(name), value.replace('+', " "));
        let value = decoded(&value);
        if value.starts_with('{') {
            // Some send their JSON in a field of a form.
            json(value.as_bytes()).iter().for_each(|value| walk(value, 0, about));
        } else {
            add(&name, Some(value.into_owned()), about);
        }
    }
}

fn walk(value: &Value, depth: u32, about: &mut Vec<Said>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        add(name, scalar(value), about);
        if depth < 2 {
            walk(value, depth + 1, about);
        }
    }
}

fn add(name: &str, value: Option<String>, about: &mut Vec<Said>) {
    let is_new = NAMES.contains(&name) && !about.iter().any(|(known, _)| known == name);
    if let Some(value) = value.filter(|value| is_new && !value.is_empty()) {
        about.push((name.to_owned(), value));
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
