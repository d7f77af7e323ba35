//! What serde says of a value that it cannot read, in words of the API.

use ringback_exchange::{Behaviour, Distribution, RecordFault, RecordingFault};
use serde_json::{Map, Value};

use super::Problem;

/// How lengths of time are written.
const LENGTH: &str = "has to be seconds: a number, or an object such as {\"uniform\": [1, 6]}, of uniform, \
                      whole_seconds, normal, lognormal or exponential";

/// Says what a value has to be; `None` where the text is about something else.
pub(super) fn wrong_value(why: &str) -> Option<String> {
    let choice = why.strip_prefix("data did not match any variant of untagged enum ");
    let choice = match choice.and_then(|rest| rest.split(' ').next()) {
        Some("Distribution") => Some(LENGTH),
        Some("LegName") => Some("has to be a leg: \"a\", \"b\", or its number"),
        Some("Curve") => Some("has to be \"flat\", \"office\", or a list of 24 numbers from 0"),
        _ if why.ends_with("expected newtype variant") => {
            Some("has to be an object with this one key")
        }
        _ => None,
    };
    if let Some(choice) = choice {
        return Some(choice.to_owned());
    }
    let rest = why.strip_prefix("invalid type: ").or(why.strip_prefix("invalid value: "))?;
    let (found, expected) = rest.split_once(", expected ")?;
    Some(format!("has to be {}, not {}", wanted(expected)?, shown(found)))
}

fn wanted(expected: &str) -> Option<&str> {
    Some(match expected {
        "f64" | "f32" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "a string" => "a text",
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "true or false",
        other if other.starts_with("struct ") => "an object",
        _ => return None,
    })
}

/// Returns a value as JSON has it, of what serde calls ``string "x"``, ``integer `1` `` and the like.
fn shown(found: &str) -> &str {
    let words = [("map", "an object"), ("sequence", "a list"), ("unit", "null"), ("null", "null")];
    if let Some((_, word)) = words.into_iter().find(|(name, _)| *name == found) {
        return word;
    }
    let value = found.strip_prefix("string ");
    value.or_else(|| found.split('`').nth(1)).unwrap_or(found)
}

/// Returns where in a control a word stands that is wrong, where that can be told.
pub(super) fn place(control: &Map<String, Value>, word: &str) -> Option<String> {
    let mut places = control.iter().filter(|(_, value)| value.as_str() == Some(word));
    let place = places.next().map(|(name, _)| format!("/{name}"));
    place.filter(|_| places.next().is_none())
}

/// Refuses a number that is none, before it goes into a control, which does not say where it is wrong.
pub(super) fn texts(fields: &Map<String, Value>, names: &[&str]) -> Result<(), Problem> {
    let wrong = names.iter().find_map(|name| {
        let value = fields.get(*name).filter(|value| !value.is_null() && !value.is_string())?;
        Some((name, value))
    });
    match wrong {
        Some((name, value)) => {
            Err(Problem::at(&format!("/{name}"), format!("has to be a text, not {value}")))
        }
        None => Ok(()),
    }
}

/// Refuses lengths of a record's faults that nothing takes.
pub(super) fn faults(fault: &RecordFault, at: &str) -> Result<(), Problem> {
    let lengths = [
        ("late", fault.late),
        ("doubled", fault.doubled),
        ("wrong_duration/for", fault.wrong_duration.map(|wrong| wrong.lasting)),
        ("out_of_order/for", fault.out_of_order.map(|displaced| displaced.lasting)),
        (
            "recording/after",
            match fault.recording {
                Some(RecordingFault::After(length)) => Some(length),
                Some(RecordingFault::Never) | None => None,
            },
        ),
    ];
    sound(&lengths, at)
}

/// Refuses lengths of a behaviour that nothing takes. In a world they would be bent to what can be, as a drawn
/// one is: between nothing and a day.
pub(super) fn lengths(behaviour: &Behaviour, at: &str) -> Result<(), Problem> {
    let Behaviour { setup, ring, talk, .. } = *behaviour;
    sound(&[("setup", Some(setup)), ("ring", Some(ring)), ("talk", talk)], at)
}

fn sound(lengths: &[(&str, Option<Distribution>)], at: &str) -> Result<(), Problem> {
    match lengths.iter().find(|(_, length)| length.is_some_and(|length| !length.is_sound())) {
        Some((name, _)) => {
            let why = "has to be seconds from 0 to 86400, the lower first";
            Err(Problem::at(&format!("{at}/{name}"), why))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T: serde::de::DeserializeOwned>(json: &str) -> String {
        let error = serde_json::from_str::<T>(json).err().map(|error| error.to_string());
        let why = error.unwrap_or_default();
        let (why, _) = why.rsplit_once(" at line").unwrap_or((&why, ""));
        wrong_value(why).unwrap_or_else(|| format!("as it was: {why}"))
    }

    #[test]
    fn no_type_of_rust_is_named() {
        assert_eq!(said::<f64>("\"60\""), "has to be a number, not \"60\"");
        assert_eq!(said::<u32>("-1"), "has to be a whole number from 0, not -1");
        assert_eq!(said::<u32>("1.5"), "has to be a whole number from 0, not 1.5");
        assert_eq!(said::<String>("912"), "has to be a text, not 912");
        assert_eq!(said::<Vec<u8>>("{}"), "has to be a list, not an object");
        assert_eq!(said::<bool>("null"), "has to be true or false, not null");
        assert_eq!(said::<ringback_exchange::Distribution>("\"2s\""), LENGTH);
        assert_eq!(said::<ringback_exchange::Distribution>("{\"uniform\": 5}"), LENGTH);
    }
}
