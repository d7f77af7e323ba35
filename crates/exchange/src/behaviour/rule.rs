//! A user's rule: which calls it is about, for how long, and what the rung party does.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use time::{Duration, OffsetDateTime};

use super::{Behaviour, Hours, KeyPress, Outcome, Ringing, Side};
use crate::{Direction, Distribution, Number, Random};

/// A user's rule: which calls it is about, and what the rung party does.
///
/// Patterns compare the whole number; `*` stands for any text, `?` for one character.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its number in the exchange, given when it is put there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub id: u64,
    /// How many calls it has decided.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hits: u64,
    /// The calling number; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The rung number; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The direction of the call; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// For how many calls the rule holds; for ever when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// For how many simulated seconds the rule holds; for ever when absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "ttl")]
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = LONGEST))]
    pub ttl: Option<f64>,
    /// When it holds no longer, from its `ttl`; given when it is put into the exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub expires_at: Option<OffsetDateTime>,
    /// The share of the calls it is about that it decides, from 0 to 1; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "share")]
    #[schemars(range(min = 0, max = 1))]
    pub probability: Option<f64>,
    /// The hours in which it holds; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// As [`Behaviour::outcome`].
    #[schemars(description = "What comes of ringing the party.")]
    pub outcome: Outcome,
    /// As [`Behaviour::setup`].
    #[schemars(description = "From dialling to the first ring, in seconds.")]
    #[serde(default = "super::zero")]
    pub setup: Distribution,
    /// As [`Behaviour::ring`].
    #[schemars(
        description = "From the first ring to the outcome, in seconds; a call that rings out ignores it."
    )]
    #[serde(default = "super::zero")]
    pub ring: Distribution,
    /// As [`Behaviour::talk`].
    #[schemars(
        description = "From the answer to the hang-up, in seconds; as long as the vendor's calls usually last unless given."
    )]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<Distribution>,
    /// As [`Behaviour::hangs_up`].
    #[schemars(description = "Who hangs up after the talk; drawn unless given.")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hangs_up: Option<Side>,
    /// What is pressed once the rung party has answered: 32 times at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "presses")]
    #[schemars(length(max = 32))]
    pub keys: Vec<KeyPress>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(crate) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The longest life of a rule, in seconds: a good thirty years.
const LONGEST: f64 = 1e9;

fn ttl<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let ttl: Option<f64> = Option::deserialize(deserializer)?;
    match ttl.is_none_or(|ttl| ttl > 0.0 && ttl <= LONGEST) {
        true => Ok(ttl),
        false => Err(D::Error::custom("has to be a number of seconds above 0, 1e9 at most")),
    }
}

pub(crate) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let share: Option<f64> = Option::deserialize(deserializer)?;
    match share.is_none_or(|share| (0.0..=1.0).contains(&share)) {
        true => Ok(share),
        false => Err(D::Error::custom("has to be a number from 0 to 1")),
    }
}

fn presses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<KeyPress>, D::Error> {
    let keys = Vec::deserialize(deserializer)?;
    match keys.len() <= 32 {
        true => Ok(keys),
        false => Err(D::Error::custom("keys are pressed 32 times at most")),
    }
}

impl Rule {
    /// A rule for every call to numbers of a pattern.
    pub fn to(pattern: &str, behaviour: Behaviour) -> Self {
        let Behaviour { outcome, setup, ring, talk, hangs_up } = behaviour;
        Self {
            id: 0,
            hits: 0,
            from: None,
            to: Some(pattern.to_owned()),
            direction: None,
            times: None,
            ttl: None,
            expires_at: None,
            probability: None,
            hours: None,
            outcome,
            setup,
            ring,
            talk,
            hangs_up,
            keys: Vec::new(),
        }
    }

    /// Returns what the rung party does.
    pub fn behaviour(&self) -> Behaviour {
        let Self { outcome, setup, ring, talk, hangs_up, .. } = *self;
        Behaviour { outcome, setup, ring, talk, hangs_up }
    }

    /// Returns whether its life is over at a moment: it decides no call from then on.
    pub fn has_expired(&self, now: OffsetDateTime) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    /// Returns whether it decides no call any more: it has expired, or has had its calls.
    pub fn is_spent(&self, now: OffsetDateTime) -> bool {
        self.times == Some(0) || self.has_expired(now)
    }

    /// Begins anew at a moment, under a number.
    pub(crate) fn begun(self, now: OffsetDateTime, id: u64) -> Self {
        let life = self.ttl.map(|ttl| Duration::milliseconds((ttl * 1_000.0).round() as i64));
        let expires_at = life.map(|life| now.saturating_add(life));
        Self { id, hits: 0, expires_at, ..self }
    }

    /// Returns whether it decides a call. Draws only where it has a probability and all else holds.
    pub(super) fn applies(&self, random: &mut Random, ringing: &Ringing<'_>) -> bool {
        let Ringing { now, from, party, direction, .. } = ringing;
        !self.is_spent(*now)
            && self.direction.is_none_or(|wanted| wanted == *direction)
            && is_number(self.from.as_deref(), from)
            && is_number(self.to.as_deref(), party.number())
            && self.hours.as_ref().is_none_or(|hours| hours.hold_at(*now))
            && self.probability.is_none_or(|share| random.chance(share))
    }
}

/// Returns whether a number is like a pattern, where one is given.
pub(crate) fn is_number(pattern: Option<&str>, number: &Number) -> bool {
    pattern.is_none_or(|pattern| is_like(pattern, number.as_str()))
}

/// Compares a text with a pattern of literal characters, `*` (any text) and `?` (one character).
pub fn is_like(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let here = (pattern.clone(), text.clone());
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                text = here.1;
                retry = Some((pattern.clone(), text.clone()));
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => {
                // Let the last star take one character more and try again from there.
                let Some((after_star, from)) = &mut retry else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (after_star.clone(), from.clone());
            }
        }
    }
}
