//! What the control API and the Rust handle can do beyond the vendor's own API.

use ringback_engine::OffsetDateTime;
use ringback_mock::{ControlAnswer, ControlRefused, ControlVerbs, OwnControl, Patch};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Value, json};

use super::{Pbx, RunState};
use crate::Settings;

/// What only this vendor's world can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Tel4vnControl {
    /// Changes the settings that are named: `{"do": "set", "park_seconds": 3}`.
    Set(Changes),
    /// Starts, pauses or stops a campaign, as its own route does.
    RunCampaign {
        /// The campaign's id.
        campaign: String,
        /// `start`, `pause` or `stop`.
        status: RunState,
    },
    /// Shows how far each campaign has come.
    ShowCampaigns {},
}

/// Settings by their names, with values they can have.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "Tel4vnSettings")]
pub struct Changes(#[schemars(with = "serde_json::Map<String, Value>")] Patch);

impl<'de> Deserialize<'de> for Changes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let patch = Patch::deserialize(deserializer)?;
        // Read once, so that what is no setting is malformed and not merely refused.
        let read = serde_json::from_value::<Settings>(Value::Object(patch.0.clone()));
        read.map(|_| Self(patch)).map_err(D::Error::custom)
    }
}

impl ControlVerbs for Tel4vnControl {
    const VERBS: &'static [&'static str] = &["set", "run_campaign", "show_campaigns"];
}

impl OwnControl<Pbx> for Tel4vnControl {
    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Result<ControlAnswer, ControlRefused> {
        let answer = match self {
            Self::Set(Changes(patch)) => {
                pbx.settings = patch.apply(&pbx.settings, &["callcenter"])?;
                json!({ "settings": pbx.settings })
            }
            Self::RunCampaign { campaign, status } => {
                let known = pbx.tables.campaign(&campaign).map(|row| row.campaign_uuid);
                let id = known.ok_or_else(|| {
                    ControlRefused::NotFound(format!("there is no campaign {campaign}"))
                })?;
                let done = pbx.run_campaign(now, id, status);
                done.map_err(|why| ControlRefused::Conflict(why.to_string()))?;
                json!({ "campaign": pbx.campaigns().find(|one| one.campaign_uuid == id) })
            }
            Self::ShowCampaigns {} => json!({ "campaigns": pbx.campaigns().collect::<Vec<_>>() }),
        };
        Ok(ControlAnswer::Value(answer))
    }
}
