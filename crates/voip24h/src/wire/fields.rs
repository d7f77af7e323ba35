//! Parameters of v3 and of the dial service, read by name: out of the query, a form or JSON.

use std::borrow::Cow;

use actix_web::{HttpRequest, http::header};
use ringback_mock::Received;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime, PrimitiveDateTime, macros::format_description};

use super::ZONE;
use crate::error::Fault;

/// The most bytes of one value.
const LONGEST: usize = 8_192;

/// What a request gives.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads the query. What cannot be decoded is not there.
    pub(crate) fn of_query(request: &HttpRequest) -> Self {
        Self::urlencoded(request.query_string().as_bytes())
    }

    /// Reads the body, JSON or a form whatever it declares, and for what is not in it the query.
    pub(crate) fn of(request: &HttpRequest, received: &Received) -> Result<Self, Fault> {
        let body = received.body().map_err(Fault::Body)?;
        let Self(mut fields) = Self::of_query(request);
        let media_type = request.headers().get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let begins = |prefix: &str| {
            media_type.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
        };
        let own = match serde_json::from_slice(body) {
            _ if body.trim_ascii().is_empty() => Map::new(),
            _ if begins("application/x-www-form-urlencoded") && !is_object(body) => {
                Self::urlencoded(body).0
            }
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(Fault::Invalid("body")),
            Err(_) if begins("application/json") || !is_form(body) => {
                return Err(Fault::Invalid("body"));
            }
            Err(_) => Self::urlencoded(body).0,
        };
        fields.extend(own);
        Ok(Self(fields))
    }

    fn urlencoded(text: &[u8]) -> Self {
        let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> =
            serde_urlencoded::from_bytes(text).unwrap_or_default();
        let mut fields = Map::new();
        for (name, value) in pairs {
            let name = name.strip_suffix("[]").unwrap_or(&name);
            let value = Value::from(value.into_owned());
            match name.split_once('[').and_then(|(name, key)| Some((name, key.strip_suffix(']')?)))
            {
                // `param[type]`, as forms write what is within an object.
                Some((name, key)) => {
                    let object = fields.entry(name).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(object) = object {
                        object.insert(key.to_owned(), value);
                    }
                }
                // Given several times, it is a list.
                None => match fields.get_mut(name) {
                    Some(Value::Array(list)) => list.push(value),
                    Some(first) => *first = Value::Array(vec![first.take(), value]),
                    None => drop(fields.insert(name.to_owned(), value)),
                },
            }
        }
        Self(fields)
    }

    /// Takes the fields of an object; one in a list is as good.
    pub(crate) fn within(&self, name: &'static str) -> Result<Self, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Object(fields)) => Ok(Self(fields.clone())),
            Some(Value::String(text)) if text.is_empty() => Ok(Self::default()),
            Some(Value::Array(list)) => match list.as_slice() {
                [] => Ok(Self::default()),
                [Value::Object(fields), ..] => Ok(Self(fields.clone())),
                _ => Err(Fault::Invalid(name)),
            },
            Some(_) => Err(Fault::Invalid(name)),
        }
    }

    /// Reads a text; a whole number is as good as its digits, and what is empty is not there. Of
    /// several the last one counts.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, Fault> {
        let value = match self.0.get(name) {
            Some(Value::Array(list)) => list.last(),
            other => other,
        };
        value.map_or(Ok(None), |value| text_of(value).map_err(|()| Fault::Invalid(name)))
    }

    /// Reads a text that has to be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<String, Fault> {
        self.text(name)?.ok_or(Fault::Required(name))
    }

    /// Reads the text under the first of two names that has one.
    pub(crate) fn text_or(
        &self,
        name: &'static str,
        synonym: &'static str,
    ) -> Result<Option<String>, Fault> {
        Ok(self.text(name)?.or(self.text(synonym)?))
    }

    /// Reads a list: between commas, or given several times.
    pub(crate) fn list(&self, name: &'static str) -> Result<Vec<String>, Fault> {
        let values = match self.0.get(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut items = Vec::new();
        for value in values {
            let text = text_of(value).map_err(|()| Fault::Invalid(name))?.unwrap_or_default();
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            items.extend(parts.map(str::to_owned));
        }
        Ok(items)
    }

    /// Reads a list of words, and notes the nearest of the known ones for one that is none.
    pub(crate) fn words<T>(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> Result<Vec<T>, Fault> {
        let words = self.list(name)?.into_iter().map(|word| {
            read(&word).ok_or_else(|| {
                let fault = Fault::Invalid(name);
                fault.note_nearest(&word, known);
                fault
            })
        });
        words.collect()
    }

    /// Reads a yes or no; the words and digits are as good.
    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => match self.text(name)?.as_deref() {
                None => Ok(None),
                Some("true" | "1") => Ok(Some(true)),
                Some("false" | "0") => Ok(Some(false)),
                Some(_) => Err(Fault::Invalid(name)),
            },
        }
    }

    /// Reads how many; what is no such number counts as not given. vendors/voip24h-v3.md, 4.2
    pub(crate) fn count(&self, name: &'static str, default: usize) -> usize {
        let text = self.text(name).ok().flatten();
        text.and_then(|text| text.trim().parse().ok()).unwrap_or(default)
    }

    /// Reads a moment in the vendor's zone, or a day: its beginning, or with `is_end` its end.
    pub(crate) fn moment(
        &self,
        name: &'static str,
        is_end: bool,
    ) -> Result<Option<OffsetDateTime>, Fault> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        moment(&text, is_end).map(Some).ok_or(Fault::Invalid(name))
    }

    /// Reads seconds since 1970: the beginning of the second, or with `is_end` its end.
    pub(crate) fn seconds(
        &self,
        name: &'static str,
        is_end: bool,
    ) -> Result<Option<OffsetDateTime>, Fault> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let at =
            text.trim().parse().ok().and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
        at.map(|at| end_of(at, Duration::SECOND, is_end)).map(Some).ok_or(Fault::Invalid(name))
    }
}

fn is_object(body: &[u8]) -> bool {
    matches!(serde_json::from_slice(body), Ok(Value::Object(_)))
}

/// Returns whether a body that declares nothing may be a form.
fn is_form(body: &[u8]) -> bool {
    body.contains(&b'=') && !matches!(body.trim_ascii_start().first(), Some(b'{' | b'[' | b'"'))
}

fn text_of(value: &Value) -> Result<Option<String>, ()> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) if text.len() <= LONGEST => Ok(Some(text.clone())),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(Some(number.to_string())),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Err(()),
        Value::Array(_) | Value::Object(_) => Err(()),
    }
}

/// Reads `YYYY-MM-DD`, or the same with `HH:MM:SS` behind it.
fn moment(text: &str, is_end: bool) -> Option<OffsetDateTime> {
    let text = text.trim();
    let (day, clock) =
        text.split_once([' ', 'T']).map_or((text, None), |(day, clock)| (day, Some(clock)));
    let day = time::Date::parse(day, format_description!("[year]-[month]-[day]")).ok()?;
    if !(1..=9_999).contains(&day.year()) {
        return None;
    }
    let Some(clock) = clock else {
        return Some(end_of(day.midnight().assume_offset(ZONE), Duration::DAY, is_end));
    };
    let clock = time::Time::parse(clock, format_description!("[hour]:[minute]:[second]")).ok()?;
    let at = PrimitiveDateTime::new(day, clock).assume_offset(ZONE);
    Some(end_of(at, Duration::SECOND, is_end))
}

/// Returns the last microsecond of a time, or its first.
fn end_of(at: OffsetDateTime, length: Duration, is_end: bool) -> OffsetDateTime {
    let end = || at.saturating_add(length).saturating_sub(Duration::MICROSECOND);
    if is_end { end() } else { at }
}

#[cfg(test)]
mod tests;
