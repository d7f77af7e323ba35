//! What the control API and the Rust handle can do beyond the vendor's own API.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Behaviour, CallId, CdrDraft, CdrInput, Facts, Number};
use ringback_mock::{ControlAnswer, ControlRefused, ControlVerbs, OwnControl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Pbx, Stage, invent::Invented, place::Order};

/// Places a call, saying of it what [`super::Trigger`] would draw.
///
/// As a control: `{"do": "trigger", "stops_after": "RING", "listed": true}`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TriggerAs {
    /// The calling number; drawn when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Number>,
    /// The called number; drawn when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Number>,
    /// What the called party does, instead of rules, magic numbers and the mix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Behaviour>,
    /// The last event that is sent; `HANGUP` when absent.
    pub stops_after: Stage,
    /// Whether a call that stops early is listed when it is over.
    pub listed: bool,
}

/// What only this vendor's world can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ImpactPbxControl {
    /// Places a call.
    Trigger(TriggerAs),
}

impl ControlVerbs for ImpactPbxControl {
    const VERBS: &'static [&'static str] = &["trigger"];
}

impl OwnControl<Pbx> for ImpactPbxControl {
    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Result<ControlAnswer, ControlRefused> {
        let Self::Trigger(trigger) = self;
        pbx.trigger_as(now, trigger, None).map(ControlAnswer::Call)
    }
}

impl Pbx {
    /// Places a call, drawing what is not said of it.
    pub(crate) fn trigger_as(
        &mut self,
        now: OffsetDateTime,
        trigger: TriggerAs,
        line: Option<Number>,
    ) -> Result<CallId, ControlRefused> {
        let order = self.order(trigger, line)?;
        Ok(self.place_order(now, order))
    }

    /// Lists a finished call that somebody made up.
    pub(crate) fn list_made_up(&mut self, past: &CdrInput) {
        let [Ok(caller), Ok(destination)] = [&past.from, &past.to].map(integer) else { return };
        let CdrDraft { facts, times } = past.draft(&self.exchange, None);
        let tag = self.identify_made_up(caller, times.created_at, Stage::Hangup, true);
        let Facts { direction, cause, .. } = facts;
        self.record(Invented { direction, caller, destination, times, cause }, tag);
    }

    fn order(&mut self, trigger: TriggerAs, line: Option<Number>) -> Result<Order, ControlRefused> {
        let TriggerAs { from, to, behaviour, stops_after: heard, listed } = trigger;
        let [from, to] = [from, to].map(|number| number.as_ref().map(integer).transpose());
        let (from, to) = (from?, to?);
        let (caller, destination) = self.draw_numbers();
        let (caller, destination) = (from.unwrap_or(caller), to.unwrap_or(destination));
        let listed = listed || heard == Stage::Hangup;
        Ok(Order { caller, destination, line, behaviour, heard, listed })
    }
}

/// The wire has integers: a leading zero or any other character would be lost.
pub(crate) fn integer(number: &Number) -> Result<u64, ControlRefused> {
    let text = number.as_str();
    let is_integer = (1..=15).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0');
    let refused =
        || ControlRefused::Conflict(format!("{text:?} is not 1 to 15 digits without a leading 0"));
    text.parse().ok().filter(|_| is_integer).ok_or_else(refused)
}

#[cfg(test)]
mod tests;
