//! What the control API and the Rust handle can do beyond the vendor's own API.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Behaviour, CallId, CallRefused, Control, Number};
use ringback_mock::ControlRefused;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Pbx, inbound::Dialled, perform::Forced, tables::bwlists::Shade};
use crate::{Settings, webhook::Ping};

/// What only this vendor's world can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Knob {
    /// Somebody outside calls a line.
    Inbound {
        /// The calling number; empty when it is hidden.
        #[serde(default)]
        caller: String,
        /// The number of the line, or a SIP line's name; the first line unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<String>,
        /// The packets of keys the caller presses, one second apart.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
        /// What the called party does, instead of rules, magic numbers and habits; refused where
        /// the line leads to a menu, which answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behaviour: Option<Behaviour>,
    },
    /// Answers the next operations with a result instead of performing them.
    ForceResult {
        /// The result code.
        code: u16,
        /// How many operations.
        #[serde(default = "once")]
        times: u32,
        /// The one operation it is about, such as `stats/request`; any command unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<String>,
    },
    /// Changes settings, by their names.
    Configure {
        /// Those that change.
        settings: Map<String, Value>,
    },
    /// Makes the black or the white list the active one.
    SetActiveList {
        /// Which.
        list: ActiveList,
        /// Whether it lets callers through who hide their number; as before unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        allow_unknown_number: Option<bool>,
    },
    /// Changes the balance.
    SetBalance {
        /// Roubles.
        balance: f64,
    },
    /// Lets the cabinet check the connection to the customer's server.
    Ping {},
}

/// One of the two lists of callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActiveList {
    /// Whoever is on it is refused.
    Black,
    /// Whoever is not on it is refused.
    White,
}

fn once() -> u32 {
    1
}

/// One thing to do to this world from outside its API: a [`Knob`], or anything an exchange does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Value")]
pub enum Operate {
    /// Turns a knob.
    Knob(Knob),
    /// Does something to the exchange.
    Exchange(Control),
}

impl TryFrom<Value> for Operate {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, serde_json::Error> {
        const KNOBS: [&str; 6] =
            ["inbound", "force_result", "configure", "set_active_list", "set_balance", "ping"];
        let verb = value.get("do").and_then(Value::as_str).unwrap_or_default();
        match KNOBS.contains(&verb) {
            true => serde_json::from_value(value).map(Self::Knob),
            false => serde_json::from_value(value).map(Self::Exchange),
        }
    }
}

impl Command<Pbx> for Operate {
    type Outcome = Result<Value, ControlRefused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let about = match self {
            Self::Knob(knob) => pbx.turn(now, knob)?,
            Self::Exchange(Control::Dial { from, to, line, direct: _, behaviour, keys }) => {
                pbx.check_parties(&from, &to)?;
                pbx.check_behaviour(behaviour.as_ref(), &to)?;
                Some(pbx.somebody_dials(now, Dialled { from, to, line, keys, behaviour }))
            }
            Self::Exchange(Control::AddRecords { records }) => {
                return pbx.add_records(&records).map(|()| json!({ "added": records.len() }));
            }
            Self::Exchange(control) => {
                let routed =
                    if let Control::Route { call, .. } = &control { Some(*call) } else { None };
                let about = pbx.exchange.control(now, control).map_err(refused)?;
                if let Some(entry) = routed.and_then(|call| pbx.entries.get_mut(&call)) {
                    entry.is_routed = true;
                }
                about
            }
        };
        pbx.settle(now, &mut |_| {});
        Ok(match about.and_then(|call| pbx.exchange.show(call)) {
            Some(call) => json!({ "call": call }),
            None => json!({}),
        })
    }
}

impl Pbx {
    fn turn(&mut self, now: OffsetDateTime, knob: Knob) -> Result<Option<CallId>, ControlRefused> {
        match knob {
            Knob::Inbound { caller, line, keys, behaviour } => {
                let line = match line {
                    Some(name) => self.tables.line_named(&name),
                    None => self.tables.lines.first(),
                };
                let line =
                    line.ok_or_else(|| ControlRefused::NotFound("no such line".to_owned()))?;
                let line = Number::from(&line.number);
                let (caller, to) = (Number::from(caller), line.clone());
                self.check_parties(&caller, &to)?;
                self.check_behaviour(behaviour.as_ref(), &to)?;
                let dialled = Dialled { from: caller, to, line: Some(line), keys, behaviour };
                return Ok(Some(self.somebody_dials(now, dialled)));
            }
            Knob::ForceResult { code, times, operation } => {
                let known = operation.as_deref().is_none_or(|path| {
                    crate::api::vpbx::operation(path).is_some_and(|found| found.path == path)
                });
                if !known {
                    return Err(ControlRefused::NotFound("no such operation".to_owned()));
                }
                if times > 0 {
                    self.forced.push(Forced { operation, code, times });
                }
            }
            Knob::Configure { settings } => self.configure(settings)?,
            Knob::SetActiveList { list, allow_unknown_number } => {
                let shade = match list {
                    ActiveList::Black => Shade::Black,
                    ActiveList::White => Shade::White,
                };
                self.tables.set_active_list(shade, allow_unknown_number);
            }
            Knob::SetBalance { balance } => self.tables.balance = balance,
            Knob::Ping {} => self.notify(now, None, "ping", &Ping {}),
        }
        Ok(None)
    }

    /// Changes settings by their names; the key and the salt stay as they are.
    fn configure(&mut self, changed: Map<String, Value>) -> Result<(), ControlRefused> {
        let conflict = |why: String| ControlRefused::Conflict(why);
        let fixed = ["api_key", "api_salt", "webhook_timeout_seconds", "webhook_retries"];
        if let Some(name) = fixed.into_iter().find(|name| changed.contains_key(*name)) {
            return Err(conflict(format!("{name} is set at the start")));
        }
        let settings = serde_json::to_value(&self.settings);
        let mut settings = settings.map_err(|error| conflict(error.to_string()))?;
        if let Some(settings) = settings.as_object_mut() {
            settings.extend(changed);
        }
        let settings: Settings =
            serde_json::from_value(settings).map_err(|error| conflict(error.to_string()))?;
        self.settings = settings;
        Ok(())
    }

    /// Refuses to make a menu or a queue behave as people do: it would hang up instead of whoever
    /// it leads to.
    fn check_behaviour(
        &self,
        behaviour: Option<&Behaviour>,
        to: &Number,
    ) -> Result<(), ControlRefused> {
        if behaviour.is_none() || self.exchange.service(to.as_str()).is_none() {
            return Ok(());
        }
        let why = format!(
            "{to} is a menu or a queue, which has no behaviour; give one to whoever it leads to, by set_rules or set_extension"
        );
        Err(ControlRefused::Conflict(why))
    }

    /// Refuses a call that nobody could dial, or in which nobody is from here.
    fn check_parties(&self, from: &Number, to: &Number) -> Result<(), ControlRefused> {
        // A phone that is not there, or is talking, does not dial.
        if let Some(extension) = self.exchange.extension(from.as_str()) {
            let why = match extension.registered {
                false => "has no phone logged in",
                true if self.exchange.is_in_call(from, None) => "is in a call",
                true => "",
            };
            if !why.is_empty() {
                return Err(ControlRefused::Conflict(format!("{from} {why}")));
            }
        }
        let is_here = |number: &Number| {
            self.exchange.extension(number.as_str()).is_some()
                || self.exchange.service(number.as_str()).is_some()
                || self.tables.line_named(number.as_str()).is_some()
        };
        if is_here(from) || is_here(to) {
            return Ok(());
        }
        let why = format!("neither {from} nor {to} is an extension, a group or a line here");
        Err(ControlRefused::Conflict(why))
    }
}

fn refused(refused: CallRefused) -> ControlRefused {
    let why = refused.to_string();
    if refused.is_not_found() {
        ControlRefused::NotFound(why)
    } else {
        ControlRefused::Conflict(why)
    }
}
