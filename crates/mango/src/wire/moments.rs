//! Days and times of day as requests write them.

use time::{Date, Month, PrimitiveDateTime, Time};

/// Reads numbers of so many digits each.
pub(crate) fn numbers<const N: usize>(
    text: &str,
    between: char,
    digits: [usize; N],
) -> Option<[u16; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        *number = whole(parts.next().filter(|part| part.len() == digits)?)?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Reads digits and nothing else.
pub(crate) fn whole(text: &str) -> Option<u16> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Returns a day of the calendar.
pub(crate) fn date(year: u16, month: u16, day: u16) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
}

/// Returns a time of a day.
pub(crate) fn clock(hour: u16, minute: u16, second: u16) -> Option<Time> {
    let small = |number: u16| u8::try_from(number).ok();
    Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()
}

/// Reads a day as `yyyy-mm-dd`.
pub(crate) fn calendar_day(text: &str) -> Option<Date> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    date(year, month, day)
}

/// Reads a day as `dd.mm.yyyy`, and the time after it if there is one.
pub(crate) fn day_and_time(text: &str, otherwise: Time) -> Option<PrimitiveDateTime> {
    let (day, time) = text.split_once(' ').map_or((text, None), |(day, time)| (day, Some(time)));
    let [day, month, year] = numbers(day, '.', [2, 2, 4])?;
    let time = match time {
        None => otherwise,
        Some(time) => {
            let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
            clock(hour, minute, second)?
        }
    };
    Some(PrimitiveDateTime::new(date(year, month, day)?, time))
}
