//! What a fresh instance contains, as `fresh.json` says it.

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{Msisdn, json::Object};

/// The contents of `fresh.json`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fresh {
    /// The contacts, in the order of their ids.
    pub contacts: Vec<FreshContact>,
    /// The metadata of the callouts, in the order of their ids.
    pub callouts: Vec<Object>,
    /// The ids that the next records get, if not the next ones.
    pub next_ids: NextIds,
}

/// One contact.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreshContact {
    /// Its number, in any spelling.
    #[serde(deserialize_with = "msisdn")]
    pub msisdn: Msisdn,
    /// What is known of it.
    #[serde(default)]
    pub metadata: Object,
}

/// The ids that the next records get, as if there had been others before.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NextIds {
    /// Of the next contact.
    pub contacts: u32,
    /// Of the next callout.
    pub callouts: u32,
    /// Of the next batch operation or population.
    pub batch_operations: u32,
    /// Of the next participation.
    pub callout_participations: u32,
    /// Of the next phone call.
    pub phone_calls: u32,
    /// Of the next event.
    pub remote_phone_call_events: u32,
}

fn msisdn<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Msisdn, D::Error> {
    let text = String::deserialize(deserializer)?;
    Msisdn::parse(&text).map_err(|error| D::Error::custom(format!("msisdn {text:?} {error}")))
}
