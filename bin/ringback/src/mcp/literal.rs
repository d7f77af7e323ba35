//! Values as they stand in the source of a test.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::args::Language;

/// What stands for the ids of calls, which are other ones in another run.
pub(super) type Names = BTreeMap<String, String>;

impl Language {
    pub(super) const fn is_python(self) -> bool {
        matches!(self, Self::Python)
    }

    /// Writes a value. A text that is the id of a known call is written as that call's.
    pub(super) fn literal(self, value: &Value, names: &Names) -> String {
        match value {
            Value::Null if self.is_python() => "None".to_owned(),
            Value::Bool(true) if self.is_python() => "True".to_owned(),
            Value::Bool(false) if self.is_python() => "False".to_owned(),
            Value::String(text) => match names.get(text) {
                Some(name) => format!("{name}.id"),
                None => value.to_string(),
            },
            Value::Array(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| self.literal(item, names)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(fields) => self.object(fields, names),
            Value::Number(number) => shortest(number),
            Value::Null | Value::Bool(_) => value.to_string(),
        }
    }

    pub(super) fn object(self, fields: &Map<String, Value>, names: &Names) -> String {
        let field = |(name, value): (&String, &Value)| {
            let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let plain = name.chars().all(is_letter) && !name.starts_with(|c: char| c.is_numeric());
            let quoted = Value::from(name.as_str()).to_string();
            let name = match (self.is_python(), name.as_str()) {
                // By its plain name it would be what the object is made from.
                (false, "__proto__") => format!("[{quoted}]"),
                (false, name) if plain && !name.is_empty() => name.to_owned(),
                _ => quoted,
            };
            format!("{name}: {}", self.literal(value, names))
        };
        let fields: Vec<String> = fields.iter().map(field).collect();
        match (self.is_python(), fields.is_empty()) {
            (_, true) => "{}".to_owned(),
            (true, false) => format!("{{{}}}", fields.join(", ")),
            (false, false) => format!("{{ {} }}", fields.join(", ")),
        }
    }

    /// Writes what is said by name, behind what stands before it: `, seconds=30`, or `, { seconds: 30 }`.
    pub(super) fn named(self, fields: &Map<String, Value>, names: &Names) -> String {
        if fields.is_empty() {
            return String::new();
        }
        match self.is_python() {
            true => {
                let named = |(name, value): (&String, &Value)| {
                    let name = if name == "from" { "from_" } else { name };
                    format!(", {name}={}", self.literal(value, names))
                };
                fields.iter().map(named).collect()
            }
            false => {
                let camel = fields.iter().map(|(name, value)| (camel(name), value.clone()));
                format!(", {}", self.object(&camel.collect(), names))
            }
        }
    }

    /// Writes the name of a method.
    pub(super) fn method(self, name: &str) -> String {
        if self.is_python() { name.to_owned() } else { camel(name) }
    }
}

/// Writes a number as a person would: 30, not 30.0.
fn shortest(number: &serde_json::Number) -> String {
    let text = number.to_string();
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Writes `snake_case` as `camelCase`.
pub(super) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut camel, word| {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel + letters.as_str()
    })
}

/// Writes what is said in words as one word: `a busy customer` becomes `a_busy_customer`.
pub(super) fn word(text: &str) -> String {
    let mut word = String::new();
    for c in text.to_lowercase().chars() {
        match c.is_ascii_alphanumeric() {
            true => word.push(c),
            false if !word.is_empty() && !word.ends_with('_') => word.push('_'),
            false => {}
        }
    }
    let word = word.trim_end_matches('_');
    match word.chars().next() {
        None => "it".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("_{word}"),
        Some(_) => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Language, Names, camel, word};

    #[test]
    fn values_are_written_as_each_language_has_them() {
        let value = json!({"a": null, "$.b": [true, 30.0, "x\"y"], "call": "mango-0-1"});
        let names = Names::from([("mango-0-1".to_owned(), "call_1".to_owned())]);
        assert_eq!(
            Language::Python.literal(&value, &names),
            r#"{"$.b": [True, 30, "x\"y"], "a": None, "call": call_1.id}"#
        );
        assert_eq!(
            Language::Typescript.literal(&value, &names),
            r#"{ "$.b": [true, 30, "x\"y"], a: null, call: call_1.id }"#
        );
    }

    #[test]
    fn keys_that_are_no_names_in_javascript_are_quoted() {
        let value = json!({"": 1, "0x10": 2, "010": 3, "a_1": 4, "__proto__": 5});
        assert_eq!(
            Language::Javascript.literal(&value, &Names::new()),
            r#"{ "": 1, "010": 3, "0x10": 2, ["__proto__"]: 5, a_1: 4 }"#
        );
    }

    #[test]
    fn names_are_written_as_each_language_has_them() {
        assert_eq!(camel("at_least"), "atLeast");
        assert_eq!(camel("times"), "times");
        assert_eq!(word("A busy customer, called twice!"), "a_busy_customer_called_twice");
        assert_eq!(word("3 calls"), "_3_calls");
        assert_eq!(word("…"), "it");
    }
}
