//! What a user may set for this vendor. Keys are the original's variables in lower case where it
//! had one.

use std::collections::BTreeMap;

use ringback_exchange::{Behaviour, Distribution, HangupCause, Home, Outcome, Profile, Shape};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{CallStatus, json::Json};

/// The time of Cambodia.
const CAMBODIA: time::UtcOffset = time::macros::offset!(+7);

/// Reads a number of seconds.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within(deserializer, 3.0e7, "seconds")
}

/// Reads a share.
fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within(deserializer, 1.0, "a share")
}

fn within<'de, D>(deserializer: D, most: f64, what: &str) -> Result<f64, D::Error>
where
    D: Deserializer<'de>,
{
    // A number that is not finite arrives as null.
    let number = Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN);
    if (0.0..=most).contains(&number) {
        Ok(number)
    } else {
        Err(D::Error::custom(format!("{number} is not {what} from 0 to {most}")))
    }
}

/// What happens to metadata on an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeMode {
    /// The new object takes the place of the old one.
    #[default]
    Replace,
    /// Keys at the top are merged.
    Merge,
    /// Objects within objects are merged too.
    DeepMerge,
}

/// How many calls the dialler makes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Always up to the most.
    #[default]
    Optimistic,
    /// The most, less the calls that wait for completion.
    Pessimistic,
}

/// Whether and when a participation is called again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// How long after a call that ended in a retry status the next one is made, in seconds.
    #[serde(deserialize_with = "seconds")]
    pub delay_seconds: f64,
    /// After how many calls a participation is not called again by itself; 0 for no such number.
    pub max_calls: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self { delay_seconds: 900.0, max_calls: 3 }
    }
}

/// How running callouts are dialled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialling {
    /// Whether running callouts are dialled at all.
    pub enabled: bool,
    /// How long from one run to the next, in seconds.
    #[serde(deserialize_with = "seconds")]
    pub interval_seconds: f64,
    /// How many calls one run makes at most.
    pub max_calls_to_enqueue: u32,
    /// Whether calls under way count against that.
    pub strategy: Strategy,
    /// How many calls a pessimistic run makes at least.
    pub pessimistic_min_calls_to_enqueue: u32,
    /// How many calls are made in a period at most.
    pub max_calls_per_period: Option<u32>,
    /// The length of that period.
    pub period_hours: u32,
    /// How many of the dialler's calls are under way at once.
    pub capacity: u32,
    /// When participations are called again.
    pub retry: Retry,
    /// What is asked of the provider for each call.
    pub remote_request_params: BTreeMap<String, String>,
}

impl Dialling {
    /// Returns how long it is from one run to the next.
    pub(crate) fn interval(&self) -> time::Duration {
        let seconds = self.interval_seconds;
        let seconds = if seconds.is_finite() { seconds.clamp(0.001, 86_400.0) } else { 1.0 };
        time::Duration::seconds_f64(seconds)
    }
}

impl Default for Dialling {
    fn default() -> Self {
        let params =
            [("from", "1294"), ("method", "GET"), ("url", "https://flows.example/flood.xml")];
        Self {
            enabled: true,
            interval_seconds: 1.0,
            max_calls_to_enqueue: 30,
            strategy: Strategy::Optimistic,
            pessimistic_min_calls_to_enqueue: 1,
            max_calls_per_period: None,
            period_hours: 24,
            capacity: 1_000,
            retry: Retry::default(),
            remote_request_params: params
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }
    }
}

/// What becomes of calls, relative to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mix {
    /// Picked up.
    pub completed: u32,
    /// Rung until nobody has patience any more.
    pub not_answered: u32,
    /// In another call.
    pub busy: u32,
    /// Not reached.
    pub failed: u32,
    /// Given up by the provider while it rings.
    pub canceled: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self { completed: 60, not_answered: 20, busy: 12, failed: 6, canceled: 2 }
    }
}

/// The simulated provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// Its id of the account; drawn when absent.
    pub account_sid: Option<String>,
    /// The share of calls it refuses, from 0 to 1.
    #[serde(deserialize_with = "share")]
    pub refused: f64,
    /// What becomes of the others.
    pub mix: Mix,
    /// From the order to the first ring, in seconds.
    pub setup: Distribution,
    /// From the first ring to the answer, in seconds.
    pub ring: Distribution,
    /// How long a phone rings that nobody answers, in seconds.
    pub ring_timeout: Distribution,
    /// How long answered calls last, in seconds.
    pub talk: Distribution,
    /// The share of its events that are lost on the way, from 0 to 1. A call whose end was lost is
    /// asked about after ten minutes.
    #[serde(deserialize_with = "share")]
    pub lost_events: f64,
    /// Whether the `url` of a call is fetched when it is answered. Its answer changes nothing.
    pub fetch_flows: bool,
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            account_sid: None,
            refused: 0.01,
            mix: Mix::default(),
            setup: Shape::Uniform(1.0, 5.0).into(),
            ring: Shape::Uniform(2.0, 12.0).into(),
            ring_timeout: Distribution::Fixed(30.0),
            talk: Shape::Lognormal(20.0, 0.5).into(),
            lost_events: 0.0,
            fetch_flows: false,
        }
    }
}

impl Provider {
    pub(crate) fn behaviour(&self, outcome: Outcome) -> Behaviour {
        let answers = Behaviour { setup: self.setup, ..Behaviour::answers(self.ring, self.talk) };
        match outcome {
            Outcome::Answer => answers,
            Outcome::Cancel | Outcome::Reject => {
                Behaviour { setup: self.setup, ..Behaviour::fails(outcome, self.ring) }
            }
            Outcome::Busy | Outcome::NoAnswer | Outcome::Manual | Outcome::Fail(_) => {
                Behaviour { setup: self.setup, ..Behaviour::fails(outcome, Distribution::ZERO) }
            }
        }
    }

    pub(crate) fn profile(&self) -> Profile {
        let Mix { completed, not_answered, busy, failed, canceled } = self.mix;
        let outside = [
            (completed, Outcome::Answer),
            (not_answered, Outcome::NoAnswer),
            (busy, Outcome::Busy),
            (failed, Outcome::Fail(HangupCause::NormalTemporaryFailure)),
            (canceled, Outcome::Cancel),
        ];
        Profile {
            extension: self.behaviour(Outcome::Answer),
            outside: outside.map(|(weight, outcome)| (weight, self.behaviour(outcome))).into(),
            ring_timeout: self.ring_timeout,
            home: Home::new(&["85510######", "85512######", "85577######"], CAMBODIA),
        }
    }
}

/// What a user may set for this vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The user name of HTTP Basic; without one nobody is asked.
    pub http_basic_auth_user: Option<String>,
    /// The password that goes with it; any will do without.
    pub http_basic_auth_password: Option<String>,
    /// What an update does to metadata when it does not say.
    pub metadata_merge_mode: MergeMode,
    /// The secret of provider events; unsigned ones are taken without.
    pub twilio_request_auth_token: Option<String>,
    /// Names of call flow logic besides `CallFlowLogic::Application`.
    pub registered_call_flow_logic: Vec<String>,
    /// The TwiML that a name of call flow logic answers, instead of the default.
    pub twiml: BTreeMap<String, String>,
    /// The statuses after which a participation is called again.
    pub callout_participation_retry_statuses: Vec<CallStatus>,
    /// Whether `/` leads to where the original's leads, away from here.
    pub redirect_front_page: bool,
    /// How running callouts are dialled.
    pub dialling: Dialling,
    /// The simulated provider.
    pub provider: Provider,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            http_basic_auth_user: None,
            http_basic_auth_password: None,
            metadata_merge_mode: MergeMode::default(),
            twilio_request_auth_token: None,
            registered_call_flow_logic: Vec::new(),
            twiml: BTreeMap::new(),
            callout_participation_retry_statuses: vec![CallStatus::Failed],
            redirect_front_page: false,
            dialling: Dialling::default(),
            provider: Provider::default(),
        }
    }
}

/// The flow that always exists.
pub(crate) const APPLICATION: &str = "CallFlowLogic::Application";

impl Settings {
    pub(crate) fn is_registered(&self, logic: &str) -> bool {
        logic == APPLICATION || self.registered_call_flow_logic.iter().any(|name| name == logic)
    }

    pub(crate) fn request_params(&self) -> crate::json::Object {
        let params = self.dialling.remote_request_params.iter();
        params.map(|(name, value)| (name.clone(), Json::Text(value.clone()))).collect()
    }
}
