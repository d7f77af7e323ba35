//! The query string, read as FastAPI 0.110 with pydantic 2.7 reads it.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use ringback_mock::Param;
use serde::Serialize;
use serde_json::{Map, Value};

use super::params::{Arguments, Rule};

/// A query string in which every name has its last value.
pub(super) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    pub(super) fn of(query: &'a str) -> Self {
        Self(query)
    }

    /// Returns the last value of a name. Bytes that are no UTF-8 become replacement characters.
    fn last(&self, name: &str) -> Option<String> {
        let pairs = self.0.split('&').filter(|pair| !pair.is_empty());
        let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.rfind(|(key, _)| decode(key) == name).map(|(_, value)| decode(value))
    }

    /// Reads parameters in the order of their declaration.
    pub(super) fn read(&self, params: &[Param]) -> Result<Arguments, Invalid> {
        let (mut arguments, mut faults) = (Map::new(), Vec::new());
        for param in params {
            match read(param, self.last(param.name)) {
                Ok(value) => drop(arguments.insert(param.name.to_owned(), value)),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(arguments.into()) } else { Err(Invalid { detail: faults }) }
    }
}

fn decode(text: &str) -> String {
    let blanks = text.replace('+', " ");
    match percent_decode(blanks.as_bytes()).decode_utf8_lossy() {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

/// The body of a 422.
#[derive(Debug, Serialize)]
pub(super) struct Invalid {
    detail: Vec<Fault>,
}

/// What is wrong with one parameter, in pydantic's words.
#[derive(Debug, Serialize)]
struct Fault {
    r#type: &'static str,
    loc: (&'static str, &'static str),
    msg: &'static str,
    input: Option<String>,
    url: &'static str,
}

/// Reads what was given for one parameter.
fn read(param: &Param, given: Option<String>) -> Result<Value, Fault> {
    let Some(given) = given else {
        return match Rule::from(param) {
            Rule::Text | Rule::Integer => Err(Fault {
                r#type: "missing",
                loc: ("query", param.name),
                msg: "Field required",
                input: None,
                url: "https://errors.pydantic.dev/2.7/v/missing",
            }),
            Rule::Optional => Ok(Value::Null),
            Rule::TextOr(default) => Ok(default.into()),
            Rule::NumberOr(default) => Ok(default.into()),
        };
    };
    match Rule::from(param) {
        Rule::Text | Rule::Optional | Rule::TextOr(_) | Rule::NumberOr(_) => Ok(given.into()),
        Rule::Integer => integer(&given).ok_or(Fault {
            r#type: "int_parsing",
            loc: ("query", param.name),
            msg: "Input should be a valid integer, unable to parse string as an integer",
            input: Some(given),
            url: "https://errors.pydantic.dev/2.7/v/int_parsing",
        }),
    }
}

/// Reads an integer of any size. One that no JSON number of ours holds is handed on as its digits.
fn integer(text: &str) -> Option<Value> {
    let text = text.trim();
    let (minus, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_whole = whole.split('_').all(|part| !part.is_empty() && is_ascii_digits(part));
    let is_nothing = !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0');
    if !is_whole || !is_nothing {
        return None;
    }
    let digits = whole.replace('_', "");
    let digits = match digits.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let number = format!("{minus}{digits}");
    Some(number.parse::<i64>().map_or(Value::String(number), Value::from))
}

fn is_ascii_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
