//! What the control API, a test or a scenario does to a platform beyond its own API.

use ringback_engine::{Command as _, OffsetDateTime};
use ringback_mock::{ControlAnswer, ControlRefused, ControlVerbs, OwnControl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ImportContacts, Platform, SeedContacts};
use crate::bulk;

/// What only this vendor can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum ScfmControl {
    /// Adds made-up contacts.
    SeedContacts {
        /// How many.
        count: u32,
    },
    /// Adds the contacts of a CSV text: a number and an object of metadata on each line.
    ImportContacts {
        /// The text.
        csv: String,
    },
    /// Sets how many of the dialler's calls are under way at once.
    SetCapacity {
        /// How many.
        calls: u32,
    },
}

impl ControlVerbs for ScfmControl {
    const VERBS: &'static [&'static str] = &["seed_contacts", "import_contacts", "set_capacity"];
}

impl OwnControl<Platform> for ScfmControl {
    fn execute(
        self,
        platform: &mut Platform,
        now: OffsetDateTime,
    ) -> Result<ControlAnswer, ControlRefused> {
        let answer = match self {
            Self::SeedContacts { count } => {
                let added = SeedContacts { count: count.min(1_000_000) }.execute(platform, now);
                json!({ "added": added })
            }
            Self::ImportContacts { csv } => {
                let refused =
                    |error: super::ImportRefused| ControlRefused::Conflict(error.to_string());
                let contacts = bulk::read(&csv, &mut |_| {}).map_err(refused)?;
                let added = ImportContacts { contacts }.execute(platform, now).map_err(refused)?;
                json!({ "added": added })
            }
            Self::SetCapacity { calls } => {
                platform.capacity = calls;
                platform.wake(now);
                json!({ "capacity": calls })
            }
        };
        Ok(ControlAnswer::Value(answer))
    }
}
