//! Reading values that a user wrote, and saying what is wrong with them by key, value and nearest
//! spelling.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::nearest;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Which key of it, as in `dialling.retry.max_calls` or `rules[0].outcome`.
    pub(crate) key: String,
    text: String,
}

impl Problem {
    /// Returns whether it would be none if the value were a text.
    pub(crate) fn wants_text(&self) -> bool {
        self.text.split_once(": expected ").is_some_and(|(_, wanted)| wanted.contains("string"))
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads a value. `also` lists names that might be meant by an unknown key at its top.
pub(crate) fn read<T: DeserializeOwned>(value: &Value, also: &[&str]) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (key, found) = find(value, error.path());
        let inner = error.inner().to_string();
        let text = tell(&key, found, &inner, also);
        Problem { key, text }
    })
}

/// Returns how a path is written, and what stands there.
fn find<'a>(value: &'a Value, path: &Path) -> (String, Option<&'a Value>) {
    let (mut key, mut found) = (String::new(), Some(value));
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                key.push_str(&format!("[{index}]"));
                found = found.and_then(|list| list.get(index));
            }
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                if !key.is_empty() {
                    key.push('.');
                }
                key.push_str(name);
                found = found.and_then(|table| table.get(name));
            }
            Segment::Unknown => found = None,
        }
    }
    (key, found)
}

fn tell(key: &str, found: Option<&Value>, inner: &str, also: &[&str]) -> String {
    let mut names: Vec<&str> = inner.split('`').skip(1).step_by(2).collect();
    let about =
        |what: &str| if key.is_empty() { what.to_owned() } else { format!("{key}: {what}") };
    if inner.starts_with("unknown field") && !names.is_empty() {
        let said = names.remove(0);
        let is_at_top = key.is_empty() || key == said;
        names.extend(also.iter().filter(|_| is_at_top));
        // The path ends with the key itself where the format tells its keys one by one.
        let key = match key.strip_suffix(said) {
            Some(_) => key.to_owned(),
            None if key.is_empty() => said.to_owned(),
            None => format!("{key}.{said}"),
        };
        return format!("unknown key {key}{}", nearest::hint(said, &names));
    }
    if inner.starts_with("missing field") {
        return about(&format!("{} is missing", names.first().unwrap_or(&"something")));
    }
    if inner.starts_with("unknown variant") && !names.is_empty() {
        let said = names.remove(0);
        let known = names.join(", ");
        let hint = match nearest::nearest(said, names.iter().copied()) {
            Some(name) => format!("; did you mean {name}?"),
            None => String::new(),
        };
        return about_value(key, found, &format!("possible are {known}{hint}"));
    }
    let expected = inner.rsplit_once("expected ").map(|(_, expected)| expected);
    let is_type = inner.starts_with("invalid type") || inner.starts_with("invalid value");
    match expected.filter(|_| is_type) {
        Some(expected) => about_value(key, found, &format!("expected {}", plain(expected))),
        None => about_value(key, found, inner),
    }
}

fn about_value(key: &str, found: Option<&Value>, what: &str) -> String {
    match found {
        _ if key.is_empty() => what.to_owned(),
        None => format!("{key}: {what}"),
        Some(value) => format!("{key} = {}: {what}", short(value)),
    }
}

/// Writes a value, the beginning of a long one.
pub(crate) fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Returns what a type of Rust is called in a file.
fn plain(expected: &str) -> &str {
    match expected {
        "f64" | "f32" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" => "a whole number in its bounds",
        "a sequence" => "a list",
        "a map" => "a table",
        "a boolean" => "true or false",
        "string or map" => "a string",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
}

#[cfg(test)]
mod tests;
