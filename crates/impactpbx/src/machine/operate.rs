//! What the control API and the Rust handle can do beyond the vendor's own API.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Behaviour, CallRefused, Control, Draft, Facts, Number, PastCall};
use ringback_mock::ControlRefused;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Pbx, Stage, invent::Invented, place::Order};

/// Places a call, saying of it what [`super::Trigger`] would draw.
///
/// As a control: `{"do": "trigger", "stops_after": "RING", "listed": true}`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "do", rename = "trigger", default, deny_unknown_fields)]
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

/// One thing to do to this world from outside its API: [`TriggerAs`], or anything an exchange does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Value")]
pub enum Operate {
    /// Places a call.
    Trigger(TriggerAs),
    /// Does something to the exchange. A `dial` places a call of which every event is sent.
    Exchange(Control),
}

impl TryFrom<Value> for Operate {
    type Error = serde_json::Error;

    fn try_from(mut value: Value) -> Result<Self, serde_json::Error> {
        let is_trigger = value.get("do").is_some_and(|verb| verb == "trigger");
        if !is_trigger {
            return serde_json::from_value(value).map(Self::Exchange);
        }
        if let Some(fields) = value.as_object_mut() {
            fields.remove("do");
        }
        serde_json::from_value(value).map(Self::Trigger)
    }
}

impl Command<Pbx> for Operate {
    type Outcome = Result<Value, ControlRefused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let about = match self {
            Self::Trigger(trigger) => {
                let order = pbx.order(trigger, None)?;
                Some(pbx.place(now, order))
            }
            Self::Exchange(Control::Dial { from, to, line, behaviour, .. }) => {
                let (from, to) = (Some(from), Some(to));
                let trigger = TriggerAs { from, to, behaviour, ..TriggerAs::default() };
                let order = pbx.order(trigger, line)?;
                Some(pbx.place(now, order))
            }
            Self::Exchange(Control::AddRecords { records }) => {
                return pbx.add_records(&records).map(|()| json!({ "added": records.len() }));
            }
            Self::Exchange(control) => pbx.exchange.control(now, control).map_err(refused)?,
        };
        pbx.settle(now, &mut |_| {});
        Ok(match about {
            Some(call) => json!({ "call": pbx.exchange.show(call) }),
            None => json!({}),
        })
    }
}

impl Pbx {
    /// Lists finished calls that somebody made up: all of them, or none.
    fn add_records(&mut self, records: &[PastCall]) -> Result<(), ControlRefused> {
        let numbers = |past: &PastCall| Ok((integer(&past.from)?, integer(&past.to)?));
        let numbers: Vec<_> = records.iter().map(numbers).collect::<Result<_, _>>()?;
        // What begins at the end of the calendar leaves no room for what comes after it.
        let last = time::macros::datetime!(9000-01-01 00:00:00 UTC);
        if let Some(late) = records.iter().find(|past| past.created_at >= last) {
            let why = format!("{} is beyond the year 9000", late.created_at);
            return Err(ControlRefused::Conflict(why));
        }
        for (past, (caller, destination)) in records.iter().zip(numbers) {
            let Draft { facts, times } = past.draft(&self.exchange, None);
            let tag = self.identify_made_up(caller, times.created_at, Stage::Hangup, true);
            let Facts { direction, cause, .. } = facts;
            self.record(Invented { direction, caller, destination, times, cause }, tag);
        }
        Ok(())
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
fn integer(number: &Number) -> Result<u64, ControlRefused> {
    let text = number.as_str();
    let is_integer = (1..=15).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0');
    let refused =
        || ControlRefused::Conflict(format!("{text:?} is not 1 to 15 digits without a leading 0"));
    text.parse().ok().filter(|_| is_integer).ok_or_else(refused)
}

fn refused(refused: CallRefused) -> ControlRefused {
    let why = refused.to_string();
    if refused.is_not_found() {
        ControlRefused::NotFound(why)
    } else {
        ControlRefused::Conflict(why)
    }
}

#[cfg(test)]
mod tests;
