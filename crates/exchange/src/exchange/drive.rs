//! Being the other party: what a test or a person does to a live call by command.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Exchange;
use crate::{
    CallId, EventKind, HangupCause, LegId, LegState, Outcome, Party, Role, Side, Unavailable,
};

/// Why something cannot be done to a call. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CallRefused {
    /// There is no such live call.
    #[error("no such live call")]
    CallNotFound,
    /// The call has no such leg, or it is over.
    #[error("the call has no such live leg")]
    LegNotFound,
    /// The leg does not ring.
    #[error("the leg is not ringing")]
    NotRinging,
    /// The leg, or the call, has not been answered.
    #[error("not answered")]
    NotAnswered,
    /// One side has been cut already.
    #[error("already parked")]
    AlreadyParked,
    /// The call is being recorded already, or is not.
    #[error("the recording is in that state already")]
    RecordingUnchanged,
    /// The leg is held already, or is not.
    #[error("the leg is in that state already")]
    HoldUnchanged,
    /// The keys are none a phone has, or too many at once.
    #[error("digits are 1 to 64 of 0-9, *, #, A-D")]
    InvalidDigits,
    /// The call has had as many legs as one may have.
    #[error("the call has had too many legs")]
    TooManyLegs,
    /// A third party is being consulted.
    #[error("a consultation is going on")]
    Consulting,
    /// Nobody is being consulted.
    #[error("nobody is consulted")]
    NotConsulting,
    /// There are as many rules as there may be.
    #[error("there are too many rules")]
    TooManyRules,
    /// There is no such rule.
    #[error("no such rule")]
    RuleNotFound,
    /// An extension is to have the number of a service, or a service that of an extension.
    #[error("the number is another's already: of an extension or of a service")]
    NumberTaken,
    /// The extension cannot take part.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl CallRefused {
    /// Returns whether what it was about does not exist, rather than being in the wrong state.
    pub const fn is_not_found(self) -> bool {
        matches!(
            self,
            Self::CallNotFound
                | Self::LegNotFound
                | Self::RuleNotFound
                | Self::Unavailable(Unavailable::Unknown)
        )
    }
}

impl<T: Clone> Exchange<T> {
    fn leg_of(&self, id: CallId, leg: LegId) -> Result<LegState, CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        let leg = call.leg(leg).filter(|leg| leg.is_live()).ok_or(CallRefused::LegNotFound)?;
        Ok(leg.state)
    }

    /// Refuses a leg that a call has no more room for; so that nobody can make a call grow for ever.
    pub(super) fn room_for_a_leg(&self, id: CallId) -> Result<(), CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        if call.legs.len() < Self::LEGS { Ok(()) } else { Err(CallRefused::TooManyLegs) }
    }

    /// Returns the leg of a call that rings or is about to, the first if several are.
    pub fn ringing_leg(&self, id: CallId) -> Option<LegId> {
        let rings = |state| matches!(state, LegState::Dialling | LegState::Ringing);
        self.call(id)?.live_legs().find(|(_, leg)| rings(leg.state)).map(|(leg, _)| leg)
    }

    /// Picks up a ringing phone by hand. The talk then lasts until somebody hangs up, unless the
    /// phone had meant to answer anyway.
    ///
    /// # Errors
    /// When there is no such leg or it does not ring.
    pub fn answer(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg: LegId,
    ) -> Result<(), CallRefused> {
        match self.leg_of(id, leg)? {
            LegState::Ringing => {
                self.pick_up(now, id, leg);
                Ok(())
            }
            LegState::Dialling
            | LegState::Up
            | LegState::Held
            | LegState::Parked
            | LegState::Ended => Err(CallRefused::NotRinging),
        }
    }

    /// Declines at a ringing phone, by hand.
    ///
    /// # Errors
    /// When there is no such leg or it does not ring.
    pub fn reject(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg: LegId,
    ) -> Result<(), CallRefused> {
        match self.leg_of(id, leg)? {
            LegState::Ringing => {
                self.fail(now, id, leg, HangupCause::CallRejected);
                Ok(())
            }
            LegState::Dialling
            | LegState::Up
            | LegState::Held
            | LegState::Parked
            | LegState::Ended => Err(CallRefused::NotRinging),
        }
    }

    /// Hangs up at one leg. A supervisor drops out, a consultation ends or becomes a transfer, a phone
    /// that rings for a group leaves it to the others; a side ends the call: normally if both talked,
    /// as a cancelled call if the caller gives up first, as a declined one if the called side does.
    ///
    /// # Errors
    /// When there is no such live leg.
    pub fn hang_up(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg: LegId,
    ) -> Result<(), CallRefused> {
        self.leg_of(id, leg)?;
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        let role = call.leg(leg).map(|leg| leg.role).ok_or(CallRefused::LegNotFound)?;
        let consulting = call.consultation().map(|(by, _, _)| by);
        match role {
            Role::Supervises(_) => self.end_leg(now, id, leg, HangupCause::NormalClearing),
            Role::Consults(_) => self.cancel_consultation(now, id)?,
            Role::Serves(side) => {
                self.end_call(now, id, HangupCause::NormalClearing, Some(side));
            }
            Role::Talks(side) if consulting == Some(side) => self.complete(now, id)?,
            Role::Talks(side) if self.serves(id, side) || self.returns(id, side) => {
                self.fail(now, id, leg, HangupCause::CallRejected);
            }
            Role::Talks(side) => {
                let cause = match (call.answered_at, side) {
                    (Some(_), _) => HangupCause::NormalClearing,
                    (None, Side::A) => HangupCause::OriginatorCancel,
                    (None, Side::B) => HangupCause::CallRejected,
                };
                self.end_call(now, id, cause, Some(side));
            }
        }
        Ok(())
    }

    /// Ends a whole call through the exchange's management.
    ///
    /// # Errors
    /// When there is no such live call.
    pub fn end(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        cause: HangupCause,
    ) -> Result<(), CallRefused> {
        self.call(id).ok_or(CallRefused::CallNotFound)?;
        self.end_call(now, id, cause, None);
        Ok(())
    }

    /// Puts a leg on hold, or takes it back.
    ///
    /// # Errors
    /// When there is no such leg, it was not answered, or it is in that state already.
    pub fn hold(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg: LegId,
        held: bool,
    ) -> Result<(), CallRefused> {
        let (state, what) = match (self.leg_of(id, leg)?, held) {
            (LegState::Up, true) => (LegState::Held, EventKind::LegHeld { leg }),
            (LegState::Held, false) => (LegState::Up, EventKind::LegResumed { leg }),
            (LegState::Up | LegState::Held, _) => return Err(CallRefused::HoldUnchanged),
            (
                LegState::Dialling | LegState::Ringing | LegState::Parked | LegState::Ended,
                true | false,
            ) => return Err(CallRefused::NotAnswered),
        };
        if let Some(leg) = self.leg_mut(id, leg) {
            leg.state = state;
        }
        self.emit(now, id, what);
        Ok(())
    }

    /// Presses keys at an answered leg.
    ///
    /// # Errors
    /// When there is no such leg, it was not answered, or the keys are none that a phone has.
    pub fn press(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg: LegId,
        digits: &str,
    ) -> Result<(), CallRefused> {
        let state = self.leg_of(id, leg)?;
        if !matches!(state, LegState::Up | LegState::Held | LegState::Parked) {
            return Err(CallRefused::NotAnswered);
        }
        if !crate::behaviour::are_keys(digits) {
            return Err(CallRefused::InvalidDigits);
        }
        self.emit(now, id, EventKind::DigitsPressed { leg, digits: digits.to_owned() });
        self.menu_hears(now, id, leg, digits);
        Ok(())
    }

    /// Starts or stops the recording of a call. What was recorded before is kept.
    ///
    /// # Errors
    /// When there is no such call, nobody talks yet, or it is in that state already.
    pub fn set_recording(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        on: bool,
    ) -> Result<(), CallRefused> {
        let call = self.calls.get_mut(&id).ok_or(CallRefused::CallNotFound)?;
        if call.answered_at.is_none() {
            return Err(CallRefused::NotAnswered);
        }
        if call.recording_since.is_some() == on {
            return Err(CallRefused::RecordingUnchanged);
        }
        if on {
            call.recording_since = Some(now);
            self.emit(now, id, EventKind::RecordingStarted);
        } else {
            self.stop_recording(now, id);
        }
        Ok(())
    }

    /// Keeps a ringing phone ringing until somebody acts on it by command. A phone that was only
    /// dialled will ring, whatever it had meant to do; an extension must be able to take the call.
    ///
    /// # Errors
    /// When there is no such leg, it does not ring, or the extension cannot take the call.
    pub fn take_over(&mut self, id: CallId, leg: LegId) -> Result<(), CallRefused> {
        match self.leg_of(id, leg)? {
            LegState::Ringing => {}
            LegState::Dialling => {
                let party = self.call(id).and_then(|call| call.leg(leg)).map(|leg| &leg.party);
                if let Some(Party::Extension(number)) = party {
                    self.available(number.as_str(), Some(id))?;
                }
            }
            LegState::Up | LegState::Held | LegState::Parked | LegState::Ended => {
                return Err(CallRefused::NotRinging);
            }
        }
        let Some(leg) = self.leg_mut(id, leg) else { return Err(CallRefused::LegNotFound) };
        leg.plan.outcome = Outcome::Manual;
        leg.plan.talk = None;
        let decided = (leg.state == LegState::Ringing).then(|| leg.timer.take()).flatten();
        if let Some(due) = decided {
            self.agenda.strike(due);
        }
        Ok(())
    }
}
