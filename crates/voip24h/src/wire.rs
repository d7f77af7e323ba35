//! The bytes: the request read by name, the envelope around every answer.

pub(crate) mod fields;
pub(crate) mod reply;

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Serialize;
use serde_json::{Map, Value};
use time::{Date, Duration, Month, OffsetDateTime, UtcOffset};

use crate::error::Error;

/// The vendor's zone, Asia/Ho_Chi_Minh: without summer time since 1975.
pub(crate) const ZONE: UtcOffset = time::macros::offset!(+7);

/// Lets pages of any origin read an answer.
pub(crate) const ANY_ORIGIN: (header::HeaderName, &str) =
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// Answers a browser that asks what it may send: these methods, whatever headers it names, and those
/// that this path is asked with.
pub(crate) fn permitted(request: &HttpRequest, methods: &str, headers: &[&str]) -> HttpResponse {
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let asked = asked.and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let is_named =
        |header: &str| asked.split(',').any(|name| name.trim().eq_ignore_ascii_case(header));
    let others = headers.iter().copied().filter(|header| !is_named(header));
    let named = Some(asked).filter(|asked| !asked.is_empty());
    let headers = named.into_iter().chain(others).collect::<Vec<&str>>().join(", ");
    HttpResponse::NoContent()
        .insert_header(ANY_ORIGIN)
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, headers))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

/// The envelope of every answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope<'a, T> {
    pub(crate) resp_code: i8,
    pub(crate) resp_msg: &'a str,
    pub(crate) data: Option<T>,
}

/// A request whose secret was recognised and whose type is known.
pub(crate) struct Params(Map<String, Value>);

/// The seven operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestType {
    GetUser,
    GetDate,
    GetUserDate,
    GetCallData,
    RecordingDownload,
    RecordingListen,
    MakeDial,
}

const REQUEST_TYPES: [&str; 7] = [
    "getUser",
    "getDate",
    "getUserDate",
    "getCallData",
    "recordingDownload",
    "recordingListen",
    "makeDial",
];

impl RequestType {
    pub(crate) fn of(request: &Map<String, Value>) -> Result<Self, Error> {
        match request.get("requestType").and_then(Value::as_str) {
            Some("getUser") => Ok(Self::GetUser),
            Some("getDate") => Ok(Self::GetDate),
            Some("getUserDate") => Ok(Self::GetUserDate),
            Some("getCallData") => Ok(Self::GetCallData),
            Some("recordingDownload") => Ok(Self::RecordingDownload),
            Some("recordingListen") => Ok(Self::RecordingListen),
            Some("makeDial") => Ok(Self::MakeDial),
            given => {
                Error::InvalidRequestType.note_nearest(given.unwrap_or_default(), &REQUEST_TYPES);
                Err(Error::InvalidRequestType)
            }
        }
    }
}

/// Reads a body, whatever content type it declares.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Error> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(request)) => Ok(request),
        Ok(_) | Err(_) => Err(Error::InvalidJson),
    }
}

impl Params {
    pub(crate) fn of(mut request: Map<String, Value>) -> Result<Self, Error> {
        match request.remove("data") {
            Some(Value::Object(data)) => Ok(Self(data)),
            _ => Err(Error::MissingData),
        }
    }

    /// Reads a text; a whole number is as good as its digits.
    pub(crate) fn text(&self, name: &'static str) -> Result<String, Error> {
        match self.0.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            Some(Value::Number(number)) if number.is_u64() => Ok(number.to_string()),
            _ => Err(Error::Missing(name)),
        }
    }

    /// Reads the text under the first of two names that has one; the first is the one missed.
    pub(crate) fn text_or(
        &self,
        name: &'static str,
        synonym: &'static str,
    ) -> Result<String, Error> {
        self.text(name).or_else(|missing| self.text(synonym).map_err(|_| missing))
    }

    /// Reads `fromDate` and `toDate`, both days included.
    pub(crate) fn days(&self) -> Result<std::ops::RangeInclusive<OffsetDateTime>, Error> {
        let (from, to) = (self.text("fromDate")?, self.text("toDate")?);
        let from = day(&from).ok_or(Error::Invalid("fromDate"))?;
        let to = day(&to).ok_or(Error::Invalid("toDate"))?;
        if from > to {
            return Err(Error::InvalidDateRange);
        }
        let midnight = to.midnight().assume_offset(ZONE).saturating_add(Duration::DAY);
        let last = midnight.saturating_sub(Duration::MICROSECOND);
        Ok(from.midnight().assume_offset(ZONE)..=last)
    }
}

/// Reads a day as `DD/MM/YYYY`; day and month may have one digit.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let mut part = |widths: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && widths.contains(&part.len())).then(|| part.parse::<u16>().ok()).flatten()
    };
    let (day, month, year) = (part(1..=2)?, part(1..=2)?, part(4..=4)?);
    if parts.next().is_some() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests;
