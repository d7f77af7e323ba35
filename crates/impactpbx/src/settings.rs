//! What a user may set for this vendor, and the presets that fill in the rest.

use ringback_exchange::{Behaviour, Distribution, Home, Outcome, Profile, Shape};
use ringback_mock::webhook::{TargetRefused, normalise};
use serde::{Deserialize, Serialize};
use time::UtcOffset;
use uuid::Uuid;

/// What numbers of Cyprus look like.
pub(crate) const OUTSIDE: &str = "3579#######";

/// Which server is imitated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Generation {
    /// Ours: calls in real time with the payloads of 2020, most of them finished.
    #[default]
    #[serde(rename = "ringback")]
    Ringback,
    /// The original of August 2020: times invented in advance, events sent back to back.
    #[serde(rename = "2020")]
    Of2020,
    /// The original of April 2021: calls in real time, half of them answered.
    #[serde(rename = "2021")]
    Of2021,
}

/// How fast the calls of a generation go that has calls in real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pacing {
    /// As long as calls take, by the simulated clock.
    #[default]
    Realtime,
    /// Everything at once.
    Burst,
}

/// A share of something, from 0 (none) to 1 (all).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

/// A number that is no share.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a share from 0 to 1")]
pub struct NotAShare(f64);

impl TryFrom<f64> for Share {
    type Error = NotAShare;

    fn try_from(share: f64) -> Result<Self, NotAShare> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err(NotAShare(share)) }
    }
}

impl From<Share> for f64 {
    fn from(Share(share): Share) -> Self {
        share
    }
}

impl Share {
    /// Returns the share in millionths, as weights are given.
    pub(crate) fn millionths(self) -> u32 {
        // Between 0 and a million by construction.
        (self.0 * 1_000_000.0).round() as u32
    }
}

/// After which event calls are never heard of again, as shares of all calls.
///
/// A call that would stop after an event it does not come to stops after the one before. What
/// exceeds 1 in sum leaves no call finished.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unfinished {
    /// After `ORIGINATE`.
    pub originate: Share,
    /// After `RING`.
    pub ring: Share,
    /// After `ANSWERED`.
    pub answered: Share,
}

/// An address for webhooks; one without a scheme is taken as `http://`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookUrl(String);

impl TryFrom<String> for WebhookUrl {
    type Error = TargetRefused;

    fn try_from(url: String) -> Result<Self, TargetRefused> {
        normalise(&url).map(Self)
    }
}

impl From<WebhookUrl> for String {
    fn from(WebhookUrl(url): WebhookUrl) -> Self {
        url
    }
}

/// What a user may set for this vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Which server is imitated.
    pub generation: Generation,
    /// How fast calls go.
    pub pacing: Pacing,
    /// Goes into `domain_name`.
    pub domain: String,
    /// The value of the tenant header; drawn when absent.
    pub tenant: Option<Uuid>,
    /// Where events go, unless the instance as a whole was told.
    pub webhook_url: WebhookUrl,
    /// The share of calls that are answered, instead of the generation's.
    pub answered: Option<Share>,
    /// The calls whose later events are never sent, instead of the generation's.
    pub unfinished: Option<Unfinished>,
    /// The share of those that are listed complete all the same, instead of the generation's.
    pub unfinished_listed: Option<Share>,
    /// The share of calls to numbers that are not in the directory.
    pub outside_directory: Share,
    /// Whether answers carry CORS headers and `OPTIONS` is answered.
    pub cors: bool,
    /// Whether generated records begin 30 days ago instead of an hour from now.
    pub history_in_the_past: bool,
    /// How long the list may get before `/get_cdr` stops adding to it.
    pub max_listed: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            generation: Generation::default(),
            pacing: Pacing::default(),
            domain: "mockpbx.impactpbx.com".to_owned(),
            tenant: None,
            // The original's default, which lacked the scheme.
            webhook_url: WebhookUrl("http://localhost:8080/webhook".to_owned()),
            answered: None,
            unfinished: None,
            unfinished_listed: None,
            outside_directory: Share::default(),
            cors: false,
            history_in_the_past: false,
            max_listed: None,
        }
    }
}

impl Settings {
    /// Returns the share of calls that are answered.
    pub fn answered(&self) -> Share {
        self.answered.unwrap_or(match self.generation {
            // With 88 % of calls finished: 75 % answered, 13 % not.
            Generation::Ringback => Share(0.852),
            Generation::Of2020 => Share(1.0),
            Generation::Of2021 => Share(0.5),
        })
    }

    /// Returns the calls whose later events are never sent.
    pub fn unfinished(&self) -> Unfinished {
        let preset = |originate, ring, answered| Unfinished {
            originate: Share(originate),
            ring: Share(ring),
            answered: Share(answered),
        };
        self.unfinished.unwrap_or(match self.generation {
            Generation::Ringback => preset(0.04, 0.04, 0.04),
            Generation::Of2020 => preset(0.25, 0.25, 0.25),
            Generation::Of2021 => preset(0.0, 0.0, 0.04),
        })
    }

    /// Returns the share of unfinished calls that are listed complete.
    pub fn unfinished_listed(&self) -> Share {
        self.unfinished_listed.unwrap_or(match self.generation {
            Generation::Ringback => Share(0.5),
            Generation::Of2020 => Share(0.0),
            Generation::Of2021 => Share(1.0),
        })
    }

    /// Returns what called numbers do when neither a rule nor the number itself says so.
    pub(crate) fn profile(&self) -> Profile {
        let [setup, ring, talk] = match (self.pacing, self.generation) {
            (Pacing::Burst, _) => [Distribution::ZERO; 3],
            // Whole seconds, so that `duration` is exact whatever the moment of the trigger.
            (Pacing::Realtime, Generation::Ringback | Generation::Of2020) => {
                [(1, 3), (1, 10), (1, 20)].map(|(low, high)| Shape::WholeSeconds(low, high).into())
            }
            (Pacing::Realtime, Generation::Of2021) => [(0.3, 3.3), (1.0, 11.0), (1.0, 21.0)]
                .map(|(low, high)| Shape::Uniform(low, high).into()),
        };
        let answers = Behaviour { setup, ..Behaviour::answers(ring, talk) };
        let rings_out = Behaviour { setup, ..Behaviour::fails(Outcome::NoAnswer, ring) };
        let answered = self.answered().millionths();
        let outside = vec![(answered, answers), (1_000_000 - answered, rings_out)];
        let home = Home::new(&[OUTSIDE], UtcOffset::UTC);
        Profile { extension: answers, outside, ring_timeout: ring, home }
    }
}

#[cfg(test)]
mod tests;
