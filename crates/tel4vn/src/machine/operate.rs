//! What the control API and the Rust handle can do beyond the vendor's own API.

use ringback_engine::OffsetDateTime;
use ringback_mock::{ControlAnswer, ControlRefused, ControlVerbs, OwnControl, Patch};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Value, json};

use super::Pbx;
use crate::Settings;

/// What only this vendor's world can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Tel4vnControl {
    /// Changes the settings that are named: `{"do": "set", "park_seconds": 3}`.
    Set(Changes),
}

/// Settings by their names, with values they can have.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Changes(Patch);

impl<'de> Deserialize<'de> for Changes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let patch = Patch::deserialize(deserializer)?;
        // Read once, so that what is no setting is malformed and not merely refused.
        let read = serde_json::from_value::<Settings>(Value::Object(patch.0.clone()));
        read.map(|_| Self(patch)).map_err(D::Error::custom)
    }
}

impl ControlVerbs for Tel4vnControl {
    const VERBS: &'static [&'static str] = &["set"];
}

impl OwnControl<Pbx> for Tel4vnControl {
    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Result<ControlAnswer, ControlRefused> {
        let Self::Set(Changes(patch)) = self;
        pbx.settings = patch.apply(&pbx.settings, &[])?;
        Ok(ControlAnswer::Value(json!({ "settings": pbx.settings })))
    }
}
