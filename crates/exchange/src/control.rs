//! Everything a person, a test or a scenario can do to an exchange, as one serialisable
//! value.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    Behaviour, CallId, CallRefused, Direction, Draft, Exchange, Extension, Facts, HangupCause,
    LegId, Number, Party, Rule, Side, Supervision, Times, Unavailable,
};

/// A leg of a call, named by its side or by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LegName {
    /// Whoever plays that side now.
    Side(Side),
    /// The leg of that number.
    Leg(LegId),
}

/// One thing to do to an exchange from outside its vendor's API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    Press {
        /// The call.
        call: CallId,
        /// Whose phone.
        leg: LegName,
        /// The keys, out of `0-9`, `*`, `#`, `A-D`.
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
        /// The extension or outside number that is rung.
        to: Number,
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
        records: Vec<PastCall>,
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
        /// What it does when it is rung.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        habit: Option<Behaviour>,
    },
    /// Removes an extension.
    RemoveExtension {
        /// Its number.
        number: Number,
    },
    /// Puts a rule before all others.
    AddRule {
        /// The rule.
        rule: Rule,
    },
    /// Replaces all rules.
    SetRules {
        /// The rules, first match wins.
        rules: Vec<Rule>,
    },
}

/// A finished call as a user adds it to the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastCall {
    /// Who called.
    pub from: Number,
    /// Who was called.
    pub to: Number,
    /// When, such as `2026-03-04T09:15:20Z`.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// How long it rang, in seconds.
    #[serde(default)]
    pub ring: u32,
    /// How long both sides talked, in seconds; they did not if it is 0.
    #[serde(default)]
    pub talk: u32,
    /// Why it ended; normally after a talk, and because nobody answered without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<HangupCause>,
}

impl PastCall {
    /// Works out who took part and when everything happened.
    pub fn draft<T: Clone>(&self, exchange: &Exchange<T>, line: Option<Number>) -> Draft {
        let (from, to) = (exchange.party(&self.from), exchange.party(&self.to));
        let direction = Direction::between(&from, &to);
        let extension = [from, to].into_iter().find(Party::is_extension);
        let created_at = self.created_at;
        // A local time on the calendar's last day may be off it in UTC.
        let created_at = created_at.checked_to_offset(time::UtcOffset::UTC).unwrap_or(created_at);
        let picked_up_at = created_at.saturating_add(Duration::seconds(self.ring.into()));
        let ended_at = picked_up_at.saturating_add(Duration::seconds(self.talk.into()));
        let talked = self.talk > 0;
        let usual = if talked { HangupCause::NormalClearing } else { HangupCause::NoAnswer };
        Draft {
            facts: Facts {
                direction,
                cause: self.cause.unwrap_or(usual),
                hung_up_by: None,
                from: self.from.clone(),
                to: self.to.clone(),
                extension: extension.map(|party| party.number().clone()),
                line,
            },
            times: Times {
                created_at,
                ringing_at: (self.ring > 0 || talked).then_some(created_at),
                answered_at: talked.then_some(picked_up_at),
                ended_at,
            },
        }
    }
}

impl<T: Clone> Exchange<T> {
    /// Takes a number for the extension it is here, or else for one outside.
    pub fn party(&self, number: &Number) -> Party {
        match self.extension(number.as_str()) {
            Some(_) => Party::Extension(number.clone()),
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
            Control::Transfer { call, moved, to } => {
                let to = self.party(&to);
                self.transfer(now, call, moved, to)?;
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
                let known = self.extension(number.as_str()).cloned();
                let mut extension = known.unwrap_or_else(|| Extension::new(number));
                extension.registered = registered.unwrap_or(extension.registered);
                extension.do_not_disturb = do_not_disturb.unwrap_or(extension.do_not_disturb);
                extension.habit = habit.or(extension.habit);
                self.set_extension(extension);
                return Ok(None);
            }
            Control::RemoveExtension { number } => {
                let removed = self.remove_extension(number.as_str());
                return removed.map(|_| None).ok_or(Unavailable::Unknown.into());
            }
            Control::AddRule { rule } => {
                self.rules_mut().insert(0, rule);
                return Ok(None);
            }
            Control::SetRules { rules } => {
                *self.rules_mut() = rules;
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
