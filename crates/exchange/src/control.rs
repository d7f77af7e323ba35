//! Everything a person, a test or a scenario can do to an exchange, as one serialisable
//! value.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    Behaviour, CallId, CallRefused, CdrInput, Exchange, Extension, HangupCause, LegId, Number,
    Party, RecordFaults, Rule, Service, Side, Supervision, TrafficSettings, Unavailable,
    behaviour::KEYS,
};

/// A leg of a call, named by its side or by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LegName {
    /// Whoever plays that side now.
    Side(Side),
    /// The leg of that number.
    Leg(LegId),
}

/// One thing to do to an exchange from outside its vendor's API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Control {
    /// Somebody picks up a phone and dials; the one who is an extension here is taken for it.
    Dial {
        /// The calling number.
        from: Number,
        /// The called number.
        to: Number,
        /// The exchange's own number the call comes in on or goes out by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<Number>,
        /// What the caller presses, one second apart, once a menu has answered.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
        /// Whether a call from outside reaches the extension without the exchange's own number.
        #[serde(default)]
        direct: bool,
        /// What the called party does, instead of rules, magic numbers and habits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behaviour: Option<Behaviour>,
    },
    /// Picks up a ringing phone; the one that rings unless named.
    Answer {
        /// The call.
        call: CallId,
        /// The leg.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leg: Option<LegName>,
    },
    /// Declines at a ringing phone; the one that rings unless named.
    Reject {
        /// The call.
        call: CallId,
        /// The leg.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leg: Option<LegName>,
    },
    /// Keeps a ringing phone ringing until a command answers, rejects or hangs up.
    TakeOver {
        /// The call.
        call: CallId,
        /// The leg; the one that rings unless named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leg: Option<LegName>,
    },
    /// Hangs up at one leg, or ends the whole call if none is named.
    HangUp {
        /// The call.
        call: CallId,
        /// The leg.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leg: Option<LegName>,
    },
    /// Puts a leg on hold.
    Hold {
        /// The call.
        call: CallId,
        /// The leg that waits.
        leg: LegName,
    },
    /// Takes a leg back from hold.
    Resume {
        /// The call.
        call: CallId,
        /// The leg that waited.
        leg: LegName,
    },
    /// Presses keys.
    #[serde(rename = "dtmf", alias = "press")]
    Press {
        /// The call.
        call: CallId,
        /// Whose phone.
        leg: LegName,
        /// The keys, 1 to 64 out of `0-9`, `*`, `#`, `A-D`.
        #[schemars(extend("pattern" = KEYS))]
        digits: String,
    },
    /// Starts recording.
    StartRecording {
        /// The call.
        call: CallId,
    },
    /// Stops recording.
    StopRecording {
        /// The call.
        call: CallId,
    },
    /// Transfers one side blindly.
    Transfer {
        /// The call.
        call: CallId,
        /// The side that stays.
        moved: Side,
        /// The extension, service or outside number that is rung.
        to: Number,
        /// Whether the released party is rung again if `to` does not take the call.
        #[serde(default)]
        or_return: bool,
    },
    /// Redirects a call that nobody has picked up yet.
    Route {
        /// The call.
        call: CallId,
        /// The extension, service or outside number that is rung instead.
        to: Number,
    },
    /// Rings a third party that one side wants to ask; the other side is held.
    Consult {
        /// The call.
        call: CallId,
        /// The side that asks.
        by: Side,
        /// The extension or outside number that is rung.
        to: Number,
    },
    /// Lets whoever is consulted take the place of the one who asked.
    Complete {
        /// The call.
        call: CallId,
    },
    /// Ends a consultation; the two sides talk on.
    CancelConsultation {
        /// The call.
        call: CallId,
    },
    /// Cuts one side; the other waits.
    Park {
        /// The call.
        call: CallId,
        /// The side that leaves.
        cut: Side,
        /// How long the other waits, in seconds; 10 unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    /// Rings an extension that joins as a supervisor.
    Supervise {
        /// The call.
        call: CallId,
        /// The supervisor.
        extension: Number,
        /// What it may do.
        supervision: Supervision,
    },
    /// Adds finished calls to the history.
    AddRecords {
        /// The calls.
        records: Vec<CdrInput>,
    },
    /// Adds an extension or changes what is given of it.
    SetExtension {
        /// Its number.
        number: Number,
        /// Whether a phone is logged in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registered: Option<bool>,
        /// Whether it refuses calls as busy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        do_not_disturb: Option<bool>,
        /// What it does when it is rung; null takes its habit away.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        habit: Option<Option<Behaviour>>,
    },
    /// Removes an extension.
    RemoveExtension {
        /// Its number.
        number: Number,
    },
    /// Adds a ring group, a queue or a menu, or replaces the one with its number.
    SetService {
        /// The service.
        service: Service,
    },
    /// Removes a ring group, a queue or a menu.
    RemoveService {
        /// Its number.
        number: Number,
    },
    /// Puts a rule before all others.
    AddRule {
        /// The rule.
        rule: Rule,
    },
    /// Replaces one rule in its place.
    ReplaceRule {
        /// Its number.
        id: u64,
        /// The new one.
        rule: Rule,
    },
    /// Removes one rule.
    RemoveRule {
        /// Its number.
        id: u64,
    },
    /// Replaces all rules.
    SetRules {
        /// The rules, first match wins.
        rules: Vec<Rule>,
    },
    /// Lets calls come by themselves, or no more.
    SetTraffic {
        /// How many; none when null.
        traffic: Option<TrafficSettings>,
    },
    /// Says what is wrong with the records of calls that end from now on. With no rules everything
    /// is put right at once, of calls that have ended as well.
    SetRecordFaults {
        /// The rules, first match wins.
        rules: RecordFaults,
    },
}

/// Tells a value that is null from one that is not there.
fn given<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Behaviour>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl<T: Clone> Exchange<T> {
    /// Takes a number for the extension or the service it is here, or else for one outside.
    pub fn party(&self, number: &Number) -> Party {
        match self.extension(number.as_str()) {
            Some(_) => Party::Extension(number.clone()),
            None if self.service(number.as_str()).is_some() => Party::Service(number.clone()),
            None => Party::Outside(number.clone()),
        }
    }

    /// Does what a control says and returns the call it is about, if it is about one.
    ///
    /// # Errors
    /// Why it cannot be done; nothing has changed then. [`Control::Dial`] and
    /// [`Control::AddRecords`] are refused: only the vendor can make a call, for it knows the tag.
    pub fn control(
        &mut self,
        now: OffsetDateTime,
        control: Control,
    ) -> Result<Option<CallId>, CallRefused> {
        let about = match control {
            Control::Dial { .. } | Control::AddRecords { .. } => {
                return Err(CallRefused::CallNotFound);
            }
            Control::Answer { call, leg } => {
                let leg = self.named_or_ringing(call, leg)?;
                self.answer(now, call, leg)?;
                call
            }
            Control::Reject { call, leg } => {
                let leg = self.named_or_ringing(call, leg)?;
                self.reject(now, call, leg)?;
                call
            }
            Control::TakeOver { call, leg } => {
                let leg = self.named_or_ringing(call, leg)?;
                self.take_over(call, leg)?;
                call
            }
            Control::HangUp { call, leg: Some(leg) } => {
                let leg = self.named(call, leg)?;
                self.hang_up(now, call, leg)?;
                call
            }
            Control::HangUp { call, leg: None } => {
                let talked = self.call(call).and_then(|call| call.answered_at).is_some();
                let cause = match talked {
                    true => HangupCause::NormalClearing,
                    false => HangupCause::OriginatorCancel,
                };
                self.end(now, call, cause)?;
                call
            }
            Control::Hold { call, leg } => {
                let leg = self.named(call, leg)?;
                self.hold(now, call, leg, true)?;
                call
            }
            Control::Resume { call, leg } => {
                let leg = self.named(call, leg)?;
                self.hold(now, call, leg, false)?;
                call
            }
            Control::Press { call, leg, digits } => {
                let leg = self.named(call, leg)?;
                self.press(now, call, leg, &digits)?;
                call
            }
            Control::StartRecording { call } => {
                self.set_recording(now, call, true)?;
                call
            }
            Control::StopRecording { call } => {
                self.set_recording(now, call, false)?;
                call
            }
            Control::Transfer { call, moved, to, or_return } => {
                let to = self.party(&to);
                match or_return {
                    true => self.transfer_or_return(now, call, moved, to)?,
                    false => self.transfer(now, call, moved, to)?,
                }
                call
            }
            Control::Route { call, to } => {
                let to = self.party(&to);
                self.route(now, call, to)?;
                call
            }
            Control::Consult { call, by, to } => {
                let to = self.party(&to);
                self.consult(now, call, by, to)?;
                call
            }
            Control::Complete { call } => {
                self.complete(now, call)?;
                call
            }
            Control::CancelConsultation { call } => {
                self.cancel_consultation(now, call)?;
                call
            }
            Control::Park { call, cut, seconds } => {
                let length = Duration::seconds(seconds.unwrap_or(10).into());
                self.park(now, call, cut, length)?;
                call
            }
            Control::Supervise { call, extension, supervision } => {
                self.supervise(now, call, extension.as_str(), supervision)?;
                call
            }
            Control::SetExtension { number, registered, do_not_disturb, habit } => {
                if self.service(number.as_str()).is_some() {
                    return Err(CallRefused::NumberTaken);
                }
                let known = self.extension(number.as_str()).cloned();
                let mut extension = known.unwrap_or_else(|| Extension::new(number));
                extension.registered = registered.unwrap_or(extension.registered);
                extension.do_not_disturb = do_not_disturb.unwrap_or(extension.do_not_disturb);
                extension.habit = habit.unwrap_or(extension.habit);
                self.set_extension(extension);
                return Ok(None);
            }
            Control::RemoveExtension { number } => {
                let removed = self.remove_extension(number.as_str());
                return removed.map(|_| None).ok_or(Unavailable::Unknown.into());
            }
            Control::SetService { service } => {
                if self.extension(service.number.as_str()).is_some() {
                    return Err(CallRefused::NumberTaken);
                }
                self.set_service(service);
                return Ok(None);
            }
            Control::RemoveService { number } => {
                let removed = self.remove_service(number.as_str());
                return removed.map(|_| None).ok_or(Unavailable::Unknown.into());
            }
            Control::AddRule { rule } => {
                if self.rules().len() >= Self::RULES {
                    return Err(CallRefused::TooManyRules);
                }
                self.add_rules(now, [rule]);
                return Ok(None);
            }
            Control::ReplaceRule { id, rule } => {
                let replaced = self.replace_rule(now, id, rule);
                return if replaced { Ok(None) } else { Err(CallRefused::RuleNotFound) };
            }
            Control::RemoveRule { id } => {
                let removed = self.remove_rule(id);
                return removed.map(|_| None).ok_or(CallRefused::RuleNotFound);
            }
            Control::SetRules { rules } => {
                if rules.len() > Self::RULES {
                    return Err(CallRefused::TooManyRules);
                }
                self.clear_rules();
                self.add_rules(now, rules);
                return Ok(None);
            }
            Control::SetTraffic { traffic } => {
                self.set_traffic(now, traffic);
                return Ok(None);
            }
            Control::SetRecordFaults { rules } => {
                if rules.len() > Self::RECORD_FAULTS {
                    return Err(CallRefused::TooManyRules);
                }
                self.set_record_faults(now, rules);
                return Ok(None);
            }
        };
        Ok(Some(about))
    }

    fn named(&self, call: CallId, leg: LegName) -> Result<LegId, CallRefused> {
        let call = self.call(call).ok_or(CallRefused::CallNotFound)?;
        match leg {
            LegName::Leg(leg) => Ok(leg),
            LegName::Side(side) => {
                call.side(side).map(|(leg, _)| leg).ok_or(CallRefused::LegNotFound)
            }
        }
    }

    fn named_or_ringing(&self, id: CallId, leg: Option<LegName>) -> Result<LegId, CallRefused> {
        match leg {
            Some(leg) => self.named(id, leg),
            None => {
                self.call(id).ok_or(CallRefused::CallNotFound)?;
                self.ringing_leg(id).ok_or(CallRefused::NotRinging)
            }
        }
    }
}
