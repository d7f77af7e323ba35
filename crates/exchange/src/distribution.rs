//! Lengths of time drawn from a distribution.

use rand_distr::{Distribution as _, Exp1, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::Random;

/// How long something takes: a fixed length or one drawn anew each time. All figures are seconds.
///
/// In a file it is a bare number, or an object with one key:
///
/// ```json
/// 5
/// {"uniform": [1, 6]}
/// {"whole_seconds": [1, 6]}
/// {"normal": [30, 10]}
/// {"lognormal": [45, 0.9]}
/// {"exponential": 90}
/// ```
///
/// A fixed length is rounded to whole milliseconds and a drawn one cut to them; all are kept between
/// zero and a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Distribution {
    /// Always the same length.
    Fixed(f64),
    /// A length with a shape.
    Shaped(Shape),
}

/// The shape of a length that varies; figures are seconds unless stated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Every length between the two is equally likely.
    Uniform(f64, f64),
    /// Every whole number of seconds between the two, both included, is equally likely.
    WholeSeconds(u32, u32),
    /// Mean and standard deviation of a normal distribution.
    Normal(f64, f64),
    /// Median, and sigma of the logarithm (no unit), of a lognormal distribution.
    Lognormal(f64, f64),
    /// Mean of an exponential distribution.
    Exponential(f64),
}

const LONGEST: f64 = 86_400.0;

impl Distribution {
    /// No time at all.
    pub const ZERO: Self = Self::Fixed(0.0);

    /// Returns whether all its figures are lengths from nothing to a day, the lower before the higher: then
    /// nothing of it is cut off but what is drawn.
    pub fn is_sound(self) -> bool {
        let is_length = |seconds: f64| (0.0..=LONGEST).contains(&seconds);
        match self {
            Self::Fixed(seconds) => is_length(seconds),
            Self::Shaped(Shape::Uniform(low, high)) => {
                is_length(low) && is_length(high) && low <= high
            }
            Self::Shaped(Shape::WholeSeconds(low, high)) => {
                low <= high && is_length(f64::from(high))
            }
            Self::Shaped(Shape::Normal(one, other) | Shape::Lognormal(one, other)) => {
                is_length(one) && is_length(other)
            }
            Self::Shaped(Shape::Exponential(mean)) => is_length(mean),
        }
    }

    /// Draws a length.
    pub fn draw(self, random: &mut Random) -> Duration {
        let seconds = match self {
            Self::Fixed(seconds) => seconds,
            Self::Shaped(Shape::Uniform(low, high)) => low + (high - low) * random.fraction(),
            Self::Shaped(Shape::WholeSeconds(low, high)) => {
                return Duration::seconds(random.between(low.into(), high.into()))
                    .min(Duration::DAY);
            }
            Self::Shaped(Shape::Normal(mean, deviation)) => {
                let z: f64 = StandardNormal.sample(random.generator());
                mean + deviation * z
            }
            Self::Shaped(Shape::Lognormal(median, sigma)) => {
                let z: f64 = StandardNormal.sample(random.generator());
                // Not `f64::exp`, which is the platform's and differs in the last place.
                median * libm::exp(sigma * z)
            }
            Self::Shaped(Shape::Exponential(mean)) => {
                let e: f64 = Exp1.sample(random.generator());
                mean * e
            }
        };
        let seconds = if seconds.is_finite() { seconds.clamp(0.0, LONGEST) } else { 0.0 };
        let milliseconds = match self {
            // 1.001 is a little less in binary, and still means 1,001 ms.
            Self::Fixed(_) => (seconds * 1_000.0).round(),
            Self::Shaped(_) => seconds * 1_000.0,
        };
        Duration::milliseconds(milliseconds as i64)
    }
}

impl From<f64> for Distribution {
    fn from(seconds: f64) -> Self {
        Self::Fixed(seconds)
    }
}

impl From<u32> for Distribution {
    fn from(seconds: u32) -> Self {
        Self::Fixed(seconds.into())
    }
}

impl From<Shape> for Distribution {
    fn from(shape: Shape) -> Self {
        Self::Shaped(shape)
    }
}
