//! What the control API and the Rust handle can do beyond the vendor's own API.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::Control;
use ringback_mock::ControlRefused;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Pbx, inbound::Placed};
use crate::Settings;

/// One thing to do to this world from outside its API: changing settings with
/// `{"do": "set", "park_seconds": 3}`, or anything an exchange does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Operate {
    /// Changes the settings that are named.
    Set(Map<String, Value>),
    /// Does something to the exchange. A `dial` to the hotline goes where the tenant wants it.
    Exchange(Control),
}

impl TryFrom<Value> for Operate {
    type Error = serde_json::Error;

    fn try_from(mut value: Value) -> Result<Self, serde_json::Error> {
        let is_set = value.get("do").is_some_and(|verb| verb == "set");
        match value.as_object_mut() {
            Some(fields) if is_set => {
                fields.remove("do");
                let fields = std::mem::take(fields);
                // Read once, so that what is no setting is malformed and not merely refused.
                serde_json::from_value::<Settings>(Value::Object(fields.clone()))?;
                Ok(Self::Set(fields))
            }
            _ => serde_json::from_value(value).map(Self::Exchange),
        }
    }
}

impl From<Operate> for Value {
    fn from(operate: Operate) -> Self {
        match operate {
            Operate::Set(mut fields) => {
                fields.insert("do".to_owned(), "set".into());
                Self::Object(fields)
            }
            // Every control has a JSON form.
            Operate::Exchange(control) => serde_json::to_value(control).unwrap_or_default(),
        }
    }
}

impl Command<Pbx> for Operate {
    type Outcome = Result<Value, ControlRefused>;

    #[expect(clippy::wildcard_enum_match_arm, reason = "everything else is the exchange's own")]
    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let control = match self {
            Self::Set(fields) => return pbx.set(fields),
            Self::Exchange(control) => control,
        };
        let about = match control {
            Control::Dial { from, to, line, keys, direct, behaviour } => {
                let placed = Placed { from, to, line, keys, direct, behaviour };
                Some(pbx.place(now, placed)?)
            }
            Control::AddRecords { records } => {
                pbx.add_records(&records)?;
                return Ok(json!({ "added": records.len() }));
            }
            Control::SetExtension { number, registered, do_not_disturb, habit } => {
                let disabled = pbx.phones.get(&number).is_some_and(|phone| !phone.enabled);
                if disabled && registered == Some(true) {
                    let why = format!("extension {number} is disabled");
                    return Err(ControlRefused::Conflict(why));
                }
                let registered = if disabled { Some(false) } else { registered };
                let control = Control::SetExtension { number, registered, do_not_disturb, habit };
                let about = pbx.plain_control(now, control)?;
                pbx.adopt_extensions();
                about
            }
            Control::RemoveExtension { number } => {
                let control = Control::RemoveExtension { number: number.clone() };
                let about = pbx.plain_control(now, control)?;
                pbx.phones.remove(&number);
                about
            }
            Control::Park { call, cut, seconds } => {
                let seconds = Some(seconds.unwrap_or(pbx.settings.park_seconds));
                pbx.plain_control(now, Control::Park { call, cut, seconds })?
            }
            other => pbx.plain_control(now, other)?,
        };
        pbx.settle(now, &mut |_| {});
        Ok(match about {
            Some(call) => json!({ "call": pbx.view_call(call) }),
            None => json!({}),
        })
    }
}

impl Pbx {
    /// Changes the settings that are named and leaves the others.
    fn set(&mut self, fields: Map<String, Value>) -> Result<Value, ControlRefused> {
        // Settings have a JSON form, and it is an object.
        let mut settings = serde_json::to_value(&self.settings).unwrap_or_default();
        if let Some(known) = settings.as_object_mut() {
            known.extend(fields);
        }
        let changed: Settings = serde_json::from_value(settings.clone())
            .map_err(|error| ControlRefused::Conflict(error.to_string()))?;
        self.settings = changed;
        Ok(json!({ "settings": settings }))
    }
}
