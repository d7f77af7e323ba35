//! Time filters: which moments a value such as `2024-03-05 09:07:01` bounds.

use std::ops::Range;

use time::{
    Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::well_known::Rfc2822,
};

use crate::Micros;

/// One side of a time filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Before,
    OrBefore,
    After,
    OrAfter,
}

pub(crate) const BOUNDS: [Bound; 4] =
    [Bound::Before, Bound::OrBefore, Bound::After, Bound::OrAfter];

impl Bound {
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::OrBefore => "or_before",
            Self::After => "after",
            Self::OrAfter => "or_after",
        }
    }

    /// Returns the moments that a value leaves; `None` if it is no time.
    pub(crate) fn range(self, value: &str) -> Option<Range<Micros>> {
        let at = read(value)?;
        // A bare day, or its midnight, stands for all of it.
        let length =
            if at.time() == Time::MIDNIGHT { Duration::DAY } else { Duration::MICROSECOND };
        let (from, behind) = (Micros::from(at), Micros::from(at).plus(length));
        Some(match self {
            Self::Before => Micros::FIRST..from,
            Self::OrBefore => Micros::FIRST..behind,
            Self::After => behind..Micros::LAST,
            Self::OrAfter => from..Micros::LAST,
        })
    }
}

/// Reads a date and time in a common form; UTC if it names no zone.
fn read(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc2822) {
        return at.checked_to_offset(UtcOffset::UTC);
    }
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (day, rest) = text.split_at(end);
    let (day, rest) = match date(day) {
        Some(day) => (day, rest.trim_start_matches(['T', 't', ' ']).to_owned()),
        None => in_words(text)?,
    };
    if rest.is_empty() {
        return Some(day.midnight().assume_utc());
    }
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let (clock, zone) = match half(zone) {
        Some((is_afternoon, zone)) => (of_twelve(clock, is_afternoon)?, zone),
        None => (time(clock)?, zone),
    };
    let at = PrimitiveDateTime::new(day, clock).assume_offset(offset(zone)?);
    at.checked_to_offset(UtcOffset::UTC)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Whether a word is a name, or at least the first three letters of it.
fn is_short_for(word: &str, name: &str) -> bool {
    word.len() >= 3 && name.starts_with(&word.trim_end_matches('.').to_ascii_lowercase())
}

/// Reads a day whose month is a word, wherever in the text its parts stand; and what is left.
fn in_words(text: &str) -> Option<(Date, String)> {
    // `05-Jan-2026` is `05 Jan 2026`; a sign before an offset stays.
    let mut spaced = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let touches_letter = spaced.ends_with(|c: char| c.is_ascii_alphabetic())
            || chars.peek().is_some_and(char::is_ascii_alphabetic);
        spaced.push(if c == ',' || (c == '-' && touches_letter) { ' ' } else { c });
    }
    let (mut day, mut month, mut year) = (None, None, None);
    let mut rest: Vec<&str> = Vec::new();
    for word in spaced.split_whitespace() {
        let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ordinal = word.get(number.len()..).unwrap_or_default().to_ascii_lowercase();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let is_day = matches!(ordinal.as_str(), "" | "st" | "nd" | "rd" | "th");
        if DAYS.iter().any(|name| is_short_for(word, name)) {
        } else if let Some(place) = MONTHS.iter().position(|name| is_short_for(word, name))
            && month.is_none()
        {
            month = Month::try_from(u8::try_from(place).ok()? + 1).ok();
        } else if is_number && is_day && number.len() <= 2 && day.is_none() {
            day = number.parse::<u8>().ok();
        } else if is_number && ordinal.is_empty() && number.len() == 4 && year.is_none() {
            year = number.parse::<i32>().ok();
        } else {
            rest.push(word);
        }
    }
    Some((Date::from_calendar_date(year?, month?, day?).ok()?, rest.join(" ")))
}

/// Splits AM or PM off what stands after the clock; whether it is PM.
fn half(text: &str) -> Option<(bool, &str)> {
    let text = text.trim_start();
    let (half, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    match half.to_ascii_lowercase().as_str() {
        "am" | "a.m." => Some((false, rest)),
        "pm" | "p.m." => Some((true, rest)),
        _ => None,
    }
}

/// Reads a clock of twelve hours.
fn of_twelve(clock: &str, is_afternoon: bool) -> Option<Time> {
    let at = if clock.contains(':') { time(clock) } else { time(&format!("{clock}:00")) }?;
    let hour = at.hour() % 12 + if is_afternoon { 12 } else { 0 };
    at.replace_hour(hour).ok().filter(|_| (1..=12).contains(&at.hour()))
}

fn date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        vec![text.get(..4)?, text.get(4..6)?, text.get(6..)?]
    } else {
        text.split(['-', '/']).collect()
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let is_year = year.len() == 4;
    Date::from_calendar_date(year.parse().ok().filter(|_| is_year)?, month, day.parse().ok()?).ok()
}

fn time(text: &str) -> Option<Time> {
    if let (Some(hour), Some(minute)) = (text.get(..2), text.get(2..4))
        && !text.contains(':')
    {
        // `090701`, the basic form of ISO 8601.
        let seconds = text.get(4..).filter(|seconds| !seconds.is_empty()).unwrap_or("0");
        return time(&format!("{hour}:{minute}:{seconds}"));
    }
    let mut parts = text.split(':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let seconds: f64 = parts.next().unwrap_or("0").parse().ok()?;
    if parts.next().is_some() || !(0.0..60.0).contains(&seconds) {
        return None;
    }
    let whole = Time::from_hms(hour, minute, seconds as u8).ok()?;
    let micros = ((seconds.fract()) * 1_000_000.0).round() as u32;
    whole.replace_microsecond(micros.min(999_999)).ok()
}

/// Zones that have a name, and their minutes from UTC.
const ZONES: [(&str, i32); 24] = [
    ("UT", 0),
    ("WET", 0),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("BST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("EAT", 180),
    ("MSK", 180),
    ("IST", 330),
    ("ICT", 420),
    ("JST", 540),
    ("KST", 540),
];

/// A `+` that was not escaped arrives as a blank.
fn offset(text: &str) -> Option<UtcOffset> {
    let named = text.trim();
    if named.is_empty() || ["Z", "UTC", "GMT"].iter().any(|name| named.eq_ignore_ascii_case(name)) {
        return Some(UtcOffset::UTC);
    }
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(named)) {
        return UtcOffset::from_whole_seconds(minutes * 60).ok();
    }
    let (sign, digits) = match named.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, named.strip_prefix('+').unwrap_or(named)),
    };
    let digits = digits.replace(':', "");
    let hours: i8 = digits.get(..2)?.parse().ok()?;
    let minutes: i8 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    let fits = matches!(digits.len(), 2 | 4) && minutes < 60;
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests;
