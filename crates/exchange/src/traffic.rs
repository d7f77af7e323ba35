//! Calls that come by themselves: so many in an hour, more of them by day than by night.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::{
    Distribution, Home, Random, Shape,
    behaviour::{OFFSET, offset},
    generate::HOURS,
};

/// How many calls come by themselves, and when.
///
/// ```json
/// {"calls_per_hour": 120, "curve": "office", "inbound": 0.5}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrafficSettings {
    /// How many in the busiest hour of the day, above 0 and 36,000 at most.
    #[serde(deserialize_with = "rate")]
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 36_000))]
    pub calls_per_hour: f64,
    /// How many of them come in the other hours.
    #[serde(default)]
    pub curve: Curve,
    /// The share of calls that come in, from 0 to 1; half of them unless given.
    #[serde(default = "half", deserialize_with = "share")]
    #[schemars(range(min = 0, max = 1))]
    pub inbound: f64,
    /// Whose day it is; that of the vendor's customers unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset: Option<Offset>,
}

/// The offset of a zone, as `+07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Offset(
    #[serde(with = "offset")]
    #[schemars(with = "String", extend("pattern" = OFFSET))]
    pub UtcOffset,
);

/// The hours of a day, relative to each other.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Curve {
    /// All alike.
    #[default]
    #[serde(serialize_with = "flat", deserialize_with = "is_flat")]
    #[schemars(with = "String", extend("const" = "flat"))]
    Flat,
    /// As in an office: a morning, an afternoon, and hardly anything at night.
    #[serde(serialize_with = "office", deserialize_with = "is_office")]
    #[schemars(with = "String", extend("const" = "office"))]
    Office,
    /// From midnight on.
    #[serde(deserialize_with = "hours")]
    #[schemars(extend("items" = { "type": "number", "minimum": 0, "maximum": 1e9 }))]
    Hours([f64; 24]),
}

fn flat<S: serde::Serializer>(to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("flat")
}

fn office<S: serde::Serializer>(to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("office")
}

fn word<'de, D: Deserializer<'de>>(from: D, wanted: &str) -> Result<(), D::Error> {
    match String::deserialize(from)? == wanted {
        true => Ok(()),
        false => Err(D::Error::custom("is no such word")),
    }
}

fn is_flat<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    word(from, "flat")
}

fn is_office<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    word(from, "office")
}

fn hours<'de, D: Deserializer<'de>>(from: D) -> Result<[f64; 24], D::Error> {
    let hours = <[f64; 24]>::deserialize(from)?;
    let are_weights = hours.iter().all(|hour| *hour >= 0.0 && *hour <= 1e9);
    match are_weights && hours.iter().any(|hour| *hour > 0.0) {
        true => Ok(hours),
        false => Err(D::Error::custom("hours are numbers from 0 up, not all of them 0")),
    }
}

fn half() -> f64 {
    0.5
}

fn rate<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let rate = f64::deserialize(from)?;
    match rate > 0.0 && rate <= 36_000.0 {
        true => Ok(rate),
        false => Err(D::Error::custom("has to be a number above 0, 36000 at most")),
    }
}

fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(from)?;
    match (0.0..=1.0).contains(&share) {
        true => Ok(share),
        false => Err(D::Error::custom("has to be a number from 0 to 1")),
    }
}

impl Curve {
    /// Returns how many calls come in an hour of the day, as a share of those in the busiest one.
    fn share(&self, hour: u8) -> f64 {
        let of = |hours: [f64; 24]| {
            let most = hours.into_iter().fold(0.0, f64::max);
            let own = hours.get(usize::from(hour)).copied().unwrap_or(0.0);
            if most > 0.0 { own / most } else { 0.0 }
        };
        match self {
            Self::Flat => 1.0,
            Self::Office => of(HOURS.map(f64::from)),
            Self::Hours(hours) => of(*hours),
        }
    }
}

/// The calls that come by themselves to one exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// How many, and when.
    pub settings: TrafficSettings,
    /// How many have been placed.
    pub placed: u64,
    /// How many were not: nobody was free, too many were live, or the vendor knows no such call.
    pub dropped: u64,
    /// Draws apart from the exchange, so that all else is drawn as without it.
    pub(crate) random: Random,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) next_at: OffsetDateTime,
}

impl Traffic {
    pub(crate) fn new(now: OffsetDateTime, settings: TrafficSettings, random: Random) -> Self {
        let mut traffic = Self { settings, placed: 0, dropped: 0, random, next_at: now };
        traffic.draw_next();
        traffic
    }

    /// Draws when the next call may come: at the rate of the busiest hour.
    pub(crate) fn draw_next(&mut self) {
        let mean = 3_600.0 / self.settings.calls_per_hour;
        let length = Distribution::from(Shape::Exponential(mean)).draw(&mut self.random);
        // Something comes in between whatever is due at one moment.
        self.next_at = self.next_at.saturating_add(length.max(Duration::MILLISECOND));
    }

    /// Draws whether a call comes when it may, and which way it goes: in if true.
    pub(crate) fn draw(&mut self, home: &Home) -> Option<bool> {
        let offset = self.settings.utc_offset.map_or(home.utc_offset, |Offset(offset)| offset);
        let local = self.next_at.checked_to_offset(offset).unwrap_or(self.next_at);
        let share = self.settings.curve.share(local.hour());
        // Drawn in any case, so that the curve changes nothing else.
        let (comes, is_inbound) = (self.random.fraction(), self.random.fraction());
        (comes < share).then_some(is_inbound < self.settings.inbound)
    }
}
