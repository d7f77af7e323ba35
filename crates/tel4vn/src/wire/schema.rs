//! What a body of the third generation has to be: violations are told one by one, in the words of the
//! schema library that the service uses. vendors/tel4vn-v3.md, 1.2

use serde_json::Value;

use super::{body::Fields, phone::is_lead_number};
use crate::error::{ErrorKind, Violation};

/// What a field has to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// A text of at least so many letters.
    Text(usize),
    /// The same, of a pattern.
    Like(usize, &'static Pattern),
    /// One of these words, or the empty one.
    Words(&'static [&'static str]),
    /// One of these words.
    Strictly(&'static [&'static str]),
    /// A whole number; its digits as a text are as good.
    Integer,
    /// One of these numbers, or none of them where it is 0.
    Numbers(&'static [u32]),
    /// A yes or no; the words are as good.
    Flag,
    /// A list.
    Array,
    /// An object.
    Object,
}

/// A pattern, as it is told, and what fits it.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: &'static str,
    fits: fn(&str) -> bool,
}

/// The number of a lead.
pub(crate) const PHONE: &Pattern =
    &Pattern { text: r"^(84|0[3|5|7|8|9])+([0-9]{8})$", fits: is_lead_number };

/// The name of a user or a group.
pub(crate) const NAME: &Pattern = &Pattern { text: r"^[a-zA-Z0-9\s.\-\_]+$", fits: is_name };

fn is_name(text: &str) -> bool {
    let fits = |c: char| {
        c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || matches!(c, '.' | '-' | '_')
    };
    !text.is_empty() && text.chars().all(fits)
}

/// One field of a schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    name: &'static str,
    required: bool,
    check: Check,
}

/// A field that may be left out, or be null.
pub(crate) const fn may(name: &'static str, check: Check) -> Rule {
    Rule { name, required: false, check }
}

/// A field that has to be there.
pub(crate) const fn must(name: &'static str, check: Check) -> Rule {
    Rule { name, required: true, check }
}

/// Refuses a body that breaks its schema, with every violation.
pub(crate) fn check(fields: &Fields, rules: &[Rule]) -> Result<(), ErrorKind> {
    let absent = rules.iter().filter(|rule| rule.required && fields.raw(rule.name).is_none());
    let mut broken: Vec<Violation> = absent.map(|rule| lacks(rule.name)).collect();
    for rule in rules {
        let Some(value) = fields.raw(rule.name) else { continue };
        if value.is_null() && !rule.required {
            continue;
        }
        broken.extend(violations(rule, value));
    }
    if broken.is_empty() { Ok(()) } else { Err(ErrorKind::Schema(broken)) }
}

/// A field that is not there.
pub(crate) fn lacks(name: &str) -> Violation {
    Violation::new("(root)", format!("{name} is required"))
}

fn violations(rule: &Rule, value: &Value) -> Vec<Violation> {
    let name = rule.name;
    let wrong = |expected: &str| {
        let text = format!("Invalid type. Expected: {expected}, given: {}", kind(value));
        vec![Violation::new(name, text)]
    };
    let digits = || value.as_str().is_some_and(|text| text.parse::<u64>().is_ok());
    match (rule.check, value) {
        (Check::Text(least), Value::String(text)) => {
            too_short(name, text, least).into_iter().collect()
        }
        (Check::Like(least, pattern), Value::String(text)) => {
            let unlike = !(pattern.fits)(text);
            let text = too_short(name, text, least).into_iter();
            let unlike = unlike.then(|| {
                Violation::new(name, format!("Does not match pattern '{}'", pattern.text))
            });
            text.chain(unlike).collect()
        }
        (Check::Words(_), Value::String(text)) if text.is_empty() => Vec::new(),
        (Check::Words(words) | Check::Strictly(words), Value::String(text)) => {
            let listed = || words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
            match words.contains(&text.as_str()) {
                true => Vec::new(),
                false => vec![none_of(name, &listed().join(", "))],
            }
        }
        (Check::Text(_) | Check::Like(..) | Check::Words(_) | Check::Strictly(_), _) => {
            wrong("string")
        }
        (Check::Integer, Value::Number(number)) if number.is_u64() => Vec::new(),
        (Check::Numbers(known), Value::Number(number)) if number.is_u64() => {
            let given = number.as_u64().and_then(|number| u32::try_from(number).ok());
            let listed = || known.iter().map(ToString::to_string).collect::<Vec<_>>();
            match given.is_some_and(|given| given == 0 || known.contains(&given)) {
                true => Vec::new(),
                false => vec![none_of(name, &listed().join(", "))],
            }
        }
        (Check::Integer | Check::Numbers(_), _) if digits() => Vec::new(),
        (Check::Integer | Check::Numbers(_), _) => wrong("integer"),
        (Check::Flag, Value::Bool(_)) => Vec::new(),
        (Check::Flag, Value::String(text)) if ["true", "false", ""].contains(&text.as_str()) => {
            Vec::new()
        }
        (Check::Flag, _) => wrong("boolean"),
        (Check::Array, Value::Array(_)) | (Check::Object, Value::Object(_)) => Vec::new(),
        (Check::Array, _) => wrong("array"),
        (Check::Object, _) => wrong("object"),
    }
}

fn too_short(name: &'static str, text: &str, least: usize) -> Option<Violation> {
    let is_short = text.chars().count() < least;
    is_short.then(|| {
        Violation::new(name, format!("String length must be greater than or equal to {least}"))
    })
}

fn none_of(name: &str, listed: &str) -> Violation {
    Violation::new(name, format!("{name} must be one of the following: {listed}"))
}

/// The name of a value's type, as the library has it.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
