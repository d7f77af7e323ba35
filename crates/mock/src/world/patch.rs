//! Settings changed by their names.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::ControlRefused;

/// Some settings with their new values; those that are not named stay as they are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(pub Map<String, Value>);

impl Patch {
    /// Returns settings with the changes made; `fixed` ones cannot be changed.
    ///
    /// # Errors
    /// When a setting is fixed, unknown, or has a value it cannot have.
    pub fn apply<S: Serialize + DeserializeOwned>(
        self,
        settings: &S,
        fixed: &[&str],
    ) -> Result<S, ControlRefused> {
        if let Some(name) = fixed.iter().find(|name| self.0.contains_key(**name)) {
            return Err(ControlRefused::Conflict(format!("{name} is set at the start")));
        }
        let refused = |error: serde_json::Error| ControlRefused::Conflict(error.to_string());
        let mut changed = serde_json::to_value(settings).map_err(refused)?;
        if let Some(changed) = changed.as_object_mut() {
            changed.extend(self.0);
        }
        serde_json::from_value(changed).map_err(refused)
    }
}
