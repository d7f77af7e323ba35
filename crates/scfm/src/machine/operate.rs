//! What the control API, a test or a scenario does to a platform beyond its own API.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{CallRefused, Control};
use ringback_mock::ControlRefused;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ImportContacts, Platform, SeedContacts};
use crate::{Msisdn, bulk};

/// One thing to do to this world from outside its API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Value")]
pub enum Operate {
    /// Something of this vendor.
    Own(Own),
    /// Something of any exchange. A `dial` comes in from outside to one of the platform's lines.
    Exchange(Control),
}

/// What only this vendor can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Own {
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

const OWN: [&str; 3] = ["seed_contacts", "import_contacts", "set_capacity"];

impl TryFrom<Value> for Operate {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, serde_json::Error> {
        let verb = value.get("do").and_then(Value::as_str).unwrap_or_default();
        if OWN.contains(&verb) {
            return serde_json::from_value(value).map(Self::Own);
        }
        serde_json::from_value(value).map(Self::Exchange)
    }
}

impl Command<Platform> for Operate {
    type Outcome = Result<Value, ControlRefused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let answer = match self {
            Self::Own(own) => own.execute(platform, now)?,
            Self::Exchange(control) => exchange(platform, now, control)?,
        };
        platform.settle(now, &mut |_| {});
        Ok(answer)
    }
}

impl Own {
    fn execute(
        self,
        platform: &mut Platform,
        now: OffsetDateTime,
    ) -> Result<Value, ControlRefused> {
        match self {
            Self::SeedContacts { count } => {
                let added = SeedContacts { count: count.min(1_000_000) }.execute(platform, now);
                Ok(json!({ "added": added }))
            }
            Self::ImportContacts { csv } => {
                let refused =
                    |error: super::ImportRefused| ControlRefused::Conflict(error.to_string());
                let contacts = bulk::read(&csv, &mut |_| {}).map_err(refused)?;
                let added = ImportContacts { contacts }.execute(platform, now).map_err(refused)?;
                Ok(json!({ "added": added }))
            }
            Self::SetCapacity { calls } => {
                platform.capacity = calls;
                platform.wake(now);
                Ok(json!({ "capacity": calls }))
            }
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "everything else is the exchange's own")]
fn exchange(
    platform: &mut Platform,
    now: OffsetDateTime,
    control: Control,
) -> Result<Value, ControlRefused> {
    let about = match control {
        Control::Dial { from, to, .. } => {
            let from = Msisdn::parse(from.as_str())
                .map_err(|error| ControlRefused::Conflict(format!("from: {from} {error}")))?;
            Some(platform.ring_in(now, from, to))
        }
        Control::AddRecords { .. } => {
            let why = "past calls are phone calls of a participation: make them by the API";
            return Err(ControlRefused::Conflict(why.to_owned()));
        }
        other => platform.exchange.control(now, other).map_err(refused)?,
    };
    platform.settle(now, &mut |_| {});
    Ok(match about.and_then(|id| platform.exchange.show(id)) {
        Some(call) => json!({ "call": call }),
        None => json!({}),
    })
}

fn refused(refused: CallRefused) -> ControlRefused {
    let why = refused.to_string();
    if refused.is_not_found() {
        ControlRefused::NotFound(why)
    } else {
        ControlRefused::Conflict(why)
    }
}
