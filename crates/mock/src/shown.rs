//! A call as each of a vendor's own views shows it, and what that says in words that all vendors share.

use ringback_engine::{Duration, OffsetDateTime};
use serde_json::{Value, json};
use time::{
    Date, Month, PrimitiveDateTime, Time, UtcOffset, format_description::well_known::Rfc3339,
};

use crate::{view::moment, webhook::Delivery};

/// What kind of view it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShownKind {
    /// A list of live calls.
    Live,
    /// The record of a finished call, from which importers take it.
    Record,
    /// Statistics.
    Statistics,
    /// What clients were told, by a webhook or otherwise.
    Event,
    /// The recording.
    Recording,
}

impl ShownKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Live, Self::Record, Self::Statistics, Self::Event, Self::Recording];

    /// Returns its word in the control API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Record => "record",
            Self::Statistics => "statistics",
            Self::Event => "event",
            Self::Recording => "recording",
        }
    }
}

/// A call as one of a vendor's own views shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct CallShown {
    /// What the vendor calls the view: an operation or an event.
    pub view: String,
    /// What kind of view it is.
    pub kind: ShownKind,
    /// What clients get, to the letter.
    pub shown: Value,
    /// What that says of the call.
    pub says: Says,
}

/// What a view says of a call: read back from what clients get, as far as that has it. What the vendor
/// adds to all of its moments (a shift, a zone) is taken off.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Says {
    /// When it began.
    pub started_at: Option<OffsetDateTime>,
    /// When both sides first talked.
    pub answered_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// How many seconds it lasted, ringing included.
    pub seconds: Option<f64>,
    /// How many seconds both sides talked.
    pub talk_seconds: Option<f64>,
    /// How many seconds its recording lasts.
    pub recording_seconds: Option<f64>,
    /// Whether both sides talked.
    pub is_answered: Option<bool>,
    /// Whether it is over.
    pub is_over: Option<bool>,
    /// Its words for how the call went.
    pub words: Vec<String>,
}

impl Says {
    /// Returns it as JSON, without what it does not say.
    pub(crate) fn json(&self) -> Value {
        let shown = json!({
            "started_at": self.started_at.map(moment),
            "answered_at": self.answered_at.map(moment),
            "ended_at": self.ended_at.map(moment),
            "seconds": self.seconds,
            "talk_seconds": self.talk_seconds,
            "recording_seconds": self.recording_seconds,
            "answered": self.is_answered,
            "over": self.is_over,
            "status": Some(&self.words).filter(|words| !words.is_empty()),
        });
        let fields = shown.as_object().cloned().unwrap_or_default();
        fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
    }
}

impl CallShown {
    /// A view of a vendor.
    pub fn new(view: impl Into<String>, kind: ShownKind, shown: Value, says: Says) -> Self {
        Self { view: view.into(), kind, shown, says }
    }

    /// A recording of this length, with the name by which clients get it.
    pub fn recording(view: impl Into<String>, name: impl Into<Value>, length: Duration) -> Self {
        let seconds = length.as_seconds_f64();
        let shown = json!({ "recording": name.into(), "seconds": seconds });
        let says = Says { recording_seconds: Some(seconds), ..Says::default() };
        Self::new(view, ShownKind::Recording, shown, says)
    }

    /// What a webhook told; `says` reads it.
    pub fn told(delivery: &Delivery, body: Value, says: Says) -> Self {
        Self::new(format!("webhook {}", delivery.event), ShownKind::Event, body, says)
    }
}

/// Reads a moment in any of the forms that vendors and programs write: RFC 3339, the same with a blank
/// instead of the `T` or without a zone, days as `DD.MM.YYYY` or `DD/MM/YYYY`, or seconds,
/// milliseconds and microseconds since 1970. `offset` is where it is without a zone.
pub fn read_moment(text: &str, offset: UtcOffset) -> Option<OffsetDateTime> {
    let text = text.trim();
    if OffsetDateTime::parse(text, &Rfc3339).is_ok() {
        return read_rfc3339(text);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let digits = text.split('.').next().unwrap_or_default();
        let number: i128 = digits.parse().ok()?;
        let nanos = match digits.len() {
            9..=11 => {
                let seconds: f64 = text.parse().ok()?;
                return OffsetDateTime::UNIX_EPOCH.checked_add(Duration::seconds_f64(seconds));
            }
            12..=14 => number.checked_mul(1_000_000)?,
            15..=17 => number.checked_mul(1_000)?,
            _ => return None,
        };
        return OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
    }
    let (day, rest) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let rest = rest.trim();
    // A zone stands behind the time of day.
    let zone = rest.find(['+', '-', 'Z', 'z', ' ']);
    let (clock, zone) = rest.split_at(zone.unwrap_or(rest.len()));
    let offset = match zone.trim() {
        "" => offset,
        "Z" | "z" | "UTC" | "GMT" => UtcOffset::UTC,
        zone => read_offset(zone)?,
    };
    let at = PrimitiveDateTime::new(read_day(day)?, read_clock(clock)?);
    at.assume_offset(offset).checked_to_offset(UtcOffset::UTC)
}

/// Reads a moment as RFC 3339 has it, in UTC; the last hours of the calendar are none where they are later
/// in UTC.
pub(crate) fn read_rfc3339(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)
}

/// Returns a moment in UTC; one that the calendar of UTC does not have is its first or last.
pub(crate) fn in_utc(at: OffsetDateTime) -> OffsetDateTime {
    let bound = if at.year() > 0 { PrimitiveDateTime::MAX } else { PrimitiveDateTime::MIN };
    at.checked_to_offset(UtcOffset::UTC).unwrap_or(bound.assume_utc())
}

/// Reads an offset such as `+07:00`, `+0700`, `+7` or `UTC`.
pub(crate) fn read_offset(text: &str) -> Option<UtcOffset> {
    if matches!(text, "Z" | "z" | "UTC" | "utc") {
        return Some(UtcOffset::UTC);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() > 2 => rest.split_at_checked(rest.len() - 2)?,
        None => (rest, "0"),
    };
    let part = |text: &str| text.parse::<i8>().ok().filter(|part| *part >= 0);
    UtcOffset::from_hms(sign * part(hours)?, sign * part(minutes)?, 0).ok()
}

fn read_day(text: &str) -> Option<Date> {
    let mut parts = text.split(['-', '.', '/']);
    let (one, two, three) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = if one.len() == 4 { (one, two, three) } else { (three, two, one) };
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let year = (year.len() == 4).then(|| year.parse().ok()).flatten()?;
    Date::from_calendar_date(year, month, day.parse().ok()?).ok()
}

fn read_clock(text: &str) -> Option<Time> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let seconds = parts.next().unwrap_or("0").replace(',', ".");
    let (second, fraction) = seconds.split_once('.').unwrap_or((&seconds, "0"));
    let micros = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Time::from_hms_micro(hour, minute, second.parse().ok()?, micros).ok()
}

#[cfg(test)]
mod tests;
