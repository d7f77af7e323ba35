//! What the control API and the Rust handle can do beyond the vendor's own API.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Behaviour, CallId, Number};
use ringback_mock::{ControlAnswer, ControlRefused, ControlVerbs, OwnControl, Patch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Pbx,
    machine::{Dialled, Forced, tables::bwlists::ListKind},
    operations,
    webhook::Ping,
};

/// What only this vendor's world can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum MangoControl {
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
        #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
        settings: Patch,
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
    /// Shows how far each campaign has come.
    ShowCampaigns {},
}

/// One of the two lists of callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActiveList {
    /// Whoever is on it is refused.
    Black,
    /// Whoever is not on it is refused.
    White,
}

/// What is set at the start and stays.
const FIXED: [&str; 4] = ["api_key", "api_salt", "webhook_timeout_seconds", "webhook_retries"];

fn once() -> u32 {
    1
}

impl ControlVerbs for MangoControl {
    const VERBS: &'static [&'static str] = &[
        "inbound",
        "force_result",
        "configure",
        "set_active_list",
        "set_balance",
        "ping",
        "show_campaigns",
    ];
}

impl OwnControl<Pbx> for MangoControl {
    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Result<ControlAnswer, ControlRefused> {
        if let Self::ShowCampaigns {} = self {
            return Ok(ControlAnswer::Value(json!({ "campaigns": pbx.campaign_progress() })));
        }
        Ok(pbx.apply(now, self)?.map_or(ControlAnswer::Done, ControlAnswer::Call))
    }
}

impl Pbx {
    fn apply(
        &mut self,
        now: OffsetDateTime,
        control: MangoControl,
    ) -> Result<Option<CallId>, ControlRefused> {
        match control {
            MangoControl::Inbound { caller, line, keys, behaviour } => {
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
            MangoControl::ForceResult { code, times, operation } => {
                let known = operation.as_deref().is_none_or(|path| {
                    operations::operation(path).is_some_and(|found| found.path == path)
                });
                if !known {
                    return Err(ControlRefused::NotFound("no such operation".to_owned()));
                }
                if times > 0 {
                    self.forced.push(Forced { operation, code, times });
                }
            }
            MangoControl::Configure { settings } => {
                self.settings = settings.apply(&self.settings, &FIXED)?;
            }
            MangoControl::SetActiveList { list, allow_unknown_number } => {
                let shade = match list {
                    ActiveList::Black => ListKind::Black,
                    ActiveList::White => ListKind::White,
                };
                self.tables.set_active_list(shade, allow_unknown_number);
            }
            MangoControl::SetBalance { balance } => self.tables.balance = balance,
            MangoControl::Ping {} => self.notify(now, None, "ping", &Ping {}),
            MangoControl::ShowCampaigns {} => {}
        }
        Ok(None)
    }

    /// Notes that a call was routed by hand.
    pub(crate) fn note_routed(&mut self, call: CallId) {
        if let Some(entry) = self.entries.get_mut(&call) {
            entry.is_routed = true;
        }
    }

    /// Refuses to make a menu or a queue behave as people do: it would hang up instead of whoever
    /// it leads to.
    pub(crate) fn check_behaviour(
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
    pub(crate) fn check_parties(&self, from: &Number, to: &Number) -> Result<(), ControlRefused> {
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
