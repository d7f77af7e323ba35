//! Moments as the vendor writes them.

use serde::{Serialize, Serializer};
use time::{
    Date, Duration, Month, OffsetDateTime, Time, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

/// The vendor's zone, Asia/Ho_Chi_Minh: without summer time since 1975.
pub(crate) const ZONE: UtcOffset = time::macros::offset!(+7);

const STAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// Writes a moment; in the calendar's last hours, whose local day it no longer has, in UTC.
pub(crate) fn stamp(at: OffsetDateTime) -> String {
    Stamps::default().stamp(at).as_str().to_owned()
}

/// Writes a moment that may not have happened: the empty string then.
pub(crate) fn stamp_or_empty(at: Option<OffsetDateTime>) -> String {
    at.map(stamp).unwrap_or_default()
}

/// A moment as it is written, or nothing.
#[derive(Clone, Copy, Default)]
pub(crate) struct Stamp {
    // A year before the first has a sign.
    text: [u8; 20],
    length: usize,
}

impl Stamp {
    pub(crate) fn as_str(&self) -> &str {
        let text = self.text.get(..self.length).unwrap_or_default();
        // It is of digits and signs.
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// Writes any moment, at leisure.
    pub(super) fn of(at: OffsetDateTime) -> Self {
        let written = local(at).format(STAMP).unwrap_or_default();
        let mut text = [0; 20];
        text.iter_mut().zip(written.bytes()).for_each(|(place, byte)| *place = byte);
        Self { text, length: written.len() }
    }
}

impl std::fmt::Debug for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Writes moments that are near to each other: the calendar is asked once a day.
#[derive(Debug, Default)]
pub(crate) struct Stamps {
    known: Option<(i64, [u8; 10])>,
}

impl Stamps {
    /// Writes a moment as [`stamp`] does.
    pub(crate) fn stamp(&mut self, at: OffsetDateTime) -> Stamp {
        let local = at.unix_timestamp() + i64::from(ZONE.whole_seconds());
        let (day, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let known = self.known.filter(|(known, _)| *known == day);
        let Some(known) = known.or_else(|| Some((day, written_date(at)?))) else {
            return Stamp::of(at);
        };
        self.known = Some(known);
        let [y1, y2, y3, y4, h1, m1, m2, h2, d1, d2] = known.1;
        let [hours, minutes, seconds] = [second / 3_600, second / 60 % 60, second % 60];
        let [[a, b], [c, d], [e, f]] = [hours, minutes, seconds].map(two_digits);
        let text = [y1, y2, y3, y4, h1, m1, m2, h2, d1, d2, b' ', a, b, b':', c, d, b':', e, f, 0];
        Stamp { text, length: 19 }
    }

    /// Writes a moment that may not have happened: nothing then.
    pub(crate) fn stamp_or_empty(&mut self, at: Option<OffsetDateTime>) -> Stamp {
        at.map(|at| self.stamp(at)).unwrap_or_default()
    }
}

const DAY: i64 = 86_400;

/// Writes the local date of a moment, if it has one of four digits for the year.
fn written_date(at: OffsetDateTime) -> Option<[u8; 10]> {
    let date = at.checked_to_offset(ZONE)?.date();
    let year = u16::try_from(date.year()).ok()?;
    let [[y1, y2], [y3, y4]] = [year / 100, year % 100].map(|part| two_digits(part.into()));
    let [m1, m2] = two_digits(u8::from(date.month()).into());
    let [d1, d2] = two_digits(date.day().into());
    Some([y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2])
}

/// Writes a number below a hundred.
fn two_digits(number: i64) -> [u8; 2] {
    [number / 10, number % 10].map(|digit| b'0' + u8::try_from(digit).unwrap_or(0))
}

/// Writes a moment with its zone, to the second.
pub(crate) fn zoned(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    local(whole).format(&Rfc3339).unwrap_or_default()
}

/// A moment that never happened, in rows of the third generation.
pub(crate) const NEVER: &str = "0001-01-01T00:00:00Z";

/// Writes a moment with its zone, to the microsecond, without zeros at the end.
pub(crate) fn fine(at: OffsetDateTime) -> String {
    let micros = at.replace_nanosecond(at.nanosecond() / 1_000 * 1_000).unwrap_or(at);
    local(micros).format(&Rfc3339).unwrap_or_default()
}

fn local(at: OffsetDateTime) -> OffsetDateTime {
    at.checked_to_offset(ZONE).unwrap_or(at)
}

/// Which end of a range a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    First,
    Last,
}

/// Reads `YYYY-MM-DD`, or the same with ` HH:MM:SS`. A day alone begins or ends the range with the
/// whole of it, and a second with the whole of that.
pub(crate) fn read(text: &str, end: End) -> Option<OffsetDateTime> {
    let text = text.trim();
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let date = day(date)?;
    let (from, length) = match time {
        None => (Time::MIDNIGHT, Duration::DAY),
        Some(time) => (clock(time)?, Duration::SECOND),
    };
    let first = date.with_time(from).assume_offset(ZONE).checked_to_offset(UtcOffset::UTC)?;
    match end {
        End::First => Some(first),
        End::Last => first.checked_add(length)?.checked_sub(Duration::MICROSECOND),
    }
}

fn day(text: &str) -> Option<Date> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
}

fn clock(text: &str) -> Option<Time> {
    let [hour, minute, second] = numbers(text, ':', [2, 2, 2])?;
    let small = |number: u16| u8::try_from(number).ok();
    Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()
}

/// Reads three numbers of fixed widths.
fn numbers(text: &str, between: char, widths: [usize; 3]) -> Option<[u16; 3]> {
    let mut parts = text.split(between);
    let mut read = |width: usize| {
        let part = parts.next()?;
        let fits = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse().ok()).flatten()
    };
    let [first, second, third] = widths;
    let numbers = [read(first)?, read(second)?, read(third)?];
    parts.next().is_none().then_some(numbers)
}
