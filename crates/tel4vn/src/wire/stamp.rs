//! Moments as the vendor writes them.

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
    local(at).format(STAMP).unwrap_or_default()
}

/// Writes a moment that may not have happened: the empty string then.
pub(crate) fn stamp_or_empty(at: Option<OffsetDateTime>) -> String {
    at.map(stamp).unwrap_or_default()
}

/// Writes a moment with its zone, to the second.
pub(crate) fn zoned(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    local(whole).format(&Rfc3339).unwrap_or_default()
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
