//! When a rule holds: hours of the day and days of the week, by the simulated clock.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{Duration, OffsetDateTime, UtcOffset, Weekday};

/// A time of day, such as `09:30`, and an offset, such as `+07:00`: as schemas write them.
const TIME_OF_DAY: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$";
pub(crate) const OFFSET: &str = "^[+-]([01][0-9]|2[0-3]):[0-5][0-9]$";

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// Hours of some days: `{"from": "09:00", "to": "18:00", "days": ["mon"], "utc_offset": "+07:00"}`.
///
/// From a minute up to, and not including, another one. Where the end is not after the beginning
/// they go past midnight, and belong to the day on which they began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Their first minute.
    #[serde(with = "minute")]
    #[schemars(with = "String", extend("pattern" = TIME_OF_DAY))]
    pub from: u16,
    /// The minute after their last.
    #[serde(with = "minute")]
    #[schemars(with = "String", extend("pattern" = TIME_OF_DAY))]
    pub to: u16,
    /// The days on which they begin; all of them when none is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// Whose hours they are; those of UTC unless given.
    #[serde(default = "utc", with = "offset")]
    #[schemars(with = "String", extend("pattern" = OFFSET))]
    pub utc_offset: UtcOffset,
}

fn utc() -> UtcOffset {
    UtcOffset::UTC
}

impl Hours {
    pub(crate) fn hold_at(&self, now: OffsetDateTime) -> bool {
        let local = now.checked_to_offset(self.utc_offset).unwrap_or(now);
        let minute = u16::from(local.hour()) * 60 + u16::from(local.minute());
        let yesterday = || local.checked_sub(Duration::DAY).unwrap_or(local).weekday();
        let began = match self.from < self.to {
            true if (self.from..self.to).contains(&minute) => local.weekday(),
            false if minute >= self.from => local.weekday(),
            false if minute < self.to => yesterday(),
            true | false => return false,
        };
        self.days.is_empty() || self.days.contains(&began.into())
    }
}

fn two(text: &str) -> Option<u16> {
    let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two(hour)?, two(minute)?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 24 * 60).then_some(minutes)
}

mod minute {
    use super::*;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub(super) fn serialize<S: Serializer>(minute: &u16, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{:02}:{:02}", minute / 60, minute % 60))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
        let text = String::deserialize(from)?;
        minutes(&text).ok_or_else(|| D::Error::custom("has to be a time of day such as \"09:30\""))
    }
}

/// The offset of a zone as `+07:00`.
pub(crate) mod offset {
    use super::*;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub(crate) fn serialize<S: Serializer>(offset: &UtcOffset, to: S) -> Result<S::Ok, S::Error> {
        let sign = if offset.is_negative() { '-' } else { '+' };
        let (hours, minutes, _) = offset.as_hms();
        to.serialize_str(&format!("{sign}{:02}:{:02}", hours.abs(), minutes.abs()))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UtcOffset, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).ok_or_else(|| D::Error::custom("has to be an offset such as \"+07:00\""))
    }

    pub(crate) fn read(text: &str) -> Option<UtcOffset> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let minutes = i32::from(minutes(rest)?);
        UtcOffset::from_whole_seconds(sign * minutes * 60).ok()
    }
}
