//! Moments as records keep them, and as the wire shows them.

use std::fmt;

use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};
use time::Duration;

/// Microseconds since 1970.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl From<OffsetDateTime> for Micros {
    fn from(at: OffsetDateTime) -> Self {
        Self(i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).unwrap_or(i64::MAX))
    }
}

impl Micros {
    /// Before every moment.
    pub const FIRST: Self = Self(i64::MIN);
    /// After every moment.
    pub const LAST: Self = Self(i64::MAX);

    /// Returns the moment as the exchange has it.
    pub fn moment(self) -> OffsetDateTime {
        let second = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000_000)).ok();
        let rest = u32::try_from(self.0.rem_euclid(1_000_000)).ok();
        let at = second.zip(rest).and_then(|(at, rest)| at.replace_microsecond(rest).ok());
        // Off the calendar: its first or last moment.
        at.unwrap_or_else(|| {
            OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::microseconds(self.0))
        })
    }

    /// Returns a later moment.
    #[must_use]
    pub fn plus(self, length: Duration) -> Self {
        let micros = i64::try_from(length.whole_microseconds()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// Returns the next moment there is.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Micros {
    /// Appends it in UTC, with exactly three decimals and a `Z`. Every record has two of them, so not
    /// by way of formatting.
    pub(crate) fn write(self, out: &mut String) {
        let at = self.moment();
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second, milli) = at.to_hms_milli();
        // No simulated clock is in a year before the first.
        let year = u16::try_from(year).unwrap_or_default();
        let mut digits = |number: u16, count: usize, after: char| {
            for place in [1_000, 100, 10, 1].into_iter().skip(4 - count) {
                out.push(char::from_digit(u32::from(number / place % 10), 10).unwrap_or('0'));
            }
            out.push(after);
        };
        digits(year, 4, '-');
        digits(u8::from(month).into(), 2, '-');
        digits(day.into(), 2, 'T');
        digits(hour.into(), 2, ':');
        digits(minute.into(), 2, ':');
        digits(second.into(), 2, '.');
        digits(milli, 3, 'Z');
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(24);
        self.write(&mut text);
        f.write_str(&text)
    }
}
