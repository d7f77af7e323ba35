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
        OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::microseconds(self.0))
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

impl fmt::Display for Micros {
    /// In UTC, with exactly three decimals and a `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.moment();
        let (year, month, day) = at.to_calendar_date();
        let (month, (hour, minute, second, milli)) = (u8::from(month), at.to_hms_milli());
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}
