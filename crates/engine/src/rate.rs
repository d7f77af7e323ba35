//! How fast simulated time passes.

use serde::{Deserialize, Serialize};

/// Simulated seconds per second of the computer's time, in whole millionths: what every computer
/// reckons alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u64", into = "u64")]
pub struct Rate(u64);

impl Rate {
    /// A second a second.
    pub const ONE: Self = Self(1_000_000);
    /// The slowest: a millionth.
    pub const SLOWEST: Self = Self(1);
    /// The fastest: a million.
    pub const FASTEST: Self = Self(1_000_000_000_000);

    /// Makes a rate of whole millionths; out of bounds is clamped.
    pub fn from_millionths(millionths: u64) -> Self {
        Self(millionths).clamp(Self::SLOWEST, Self::FASTEST)
    }

    /// Makes the nearest rate; `None` out of bounds, and for what is no number.
    pub fn from_f64(rate: f64) -> Option<Self> {
        let bounds = Self::SLOWEST.as_f64()..=Self::FASTEST.as_f64();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "is in bounds")]
        bounds.contains(&rate).then(|| Self::from_millionths((rate * 1e6).round() as u64))
    }

    /// Returns the rate in whole millionths.
    pub fn millionths(self) -> u64 {
        self.0
    }

    /// Returns the rate, to be shown.
    pub fn as_f64(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        let millionths = self.0 as f64;
        millionths / 1e6
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self::ONE
    }
}

impl From<u64> for Rate {
    fn from(millionths: u64) -> Self {
        Self::from_millionths(millionths)
    }
}

impl From<Rate> for u64 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_f64().fmt(f)
    }
}
