//! Keys that a rule has pressed.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{Distribution, Role, Side};

/// Keys of a phone at one go, as schemas write them.
pub(crate) const KEYS: &str = "^[0-9*#A-D]{1,64}$";

/// Who presses keys: whoever was rung, or the other party of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presser {
    /// The party that was rung and has answered.
    #[default]
    Callee,
    /// The party that it was rung for.
    Caller,
}

impl Presser {
    /// Returns the side that presses, where it is not the leg itself.
    pub(crate) fn other_side(self, role: Role) -> Option<Side> {
        match (self, role) {
            (Self::Callee, _) | (Self::Caller, Role::Supervises(_)) => None,
            (Self::Caller, Role::Talks(side) | Role::Serves(side)) => Some(side.other()),
            (Self::Caller, Role::Consults(side)) => Some(side),
        }
    }
}

/// Keys that are pressed at one go, some time after the answer or after the ones before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyPress {
    /// The keys, 1 to 64 out of `0-9`, `*`, `#`, `A-D`.
    #[serde(deserialize_with = "digits")]
    #[schemars(extend("pattern" = KEYS))]
    pub digits: String,
    /// How long after the answer, or after the keys before, in seconds; 1 unless given.
    #[serde(default = "second")]
    pub after: Distribution,
    /// Who presses them.
    #[serde(default)]
    pub by: Presser,
}

fn second() -> Distribution {
    Distribution::Fixed(1.0)
}

/// Returns whether a phone can send these keys at one go.
pub(crate) fn are_keys(digits: &str) -> bool {
    let is_key = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D');
    (1..=64).contains(&digits.len()) && digits.chars().all(is_key)
}

fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let digits = String::deserialize(deserializer)?;
    match are_keys(&digits) {
        true => Ok(digits),
        false => Err(D::Error::custom("digits are 1 to 64 of 0-9, *, #, A-D")),
    }
}
