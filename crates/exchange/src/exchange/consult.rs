//! Asking a third party while the other side waits, and attended transfer.

use time::OffsetDateTime;

use super::{Exchange, Timer};
use crate::{
    Call, CallId, CallRefused, EventKind, HangupCause, Leg, LegId, LegState, Outcome, Party, Role,
    Side, Unavailable,
};

impl<T> Call<T> {
    /// Returns the leg of the party that one side consults, if it does, and which side.
    pub fn consultation(&self) -> Option<(Side, LegId, &Leg)> {
        self.live_legs().find_map(|(id, leg)| match leg.role {
            Role::Consults(by) => Some((by, id, leg)),
            Role::Talks(_) | Role::Serves(_) | Role::Supervises(_) => None,
        })
    }
}

impl<T: Clone> Exchange<T> {
    /// Puts the other side on hold and rings `to`, whom side `by` wants to speak to first.
    ///
    /// When the initiator leaves, whom it consulted takes its side: an attended transfer. That
    /// happens by itself after the consultant's talk time. If the consultant leaves, or never picks
    /// up, the two sides talk on.
    ///
    /// # Errors
    /// When the call is unknown, the two sides do not talk, a consultation is going on, or `to`
    /// cannot take part; services other than applications cannot be consulted.
    pub fn consult(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        by: Side,
        to: Party,
    ) -> Result<LegId, CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        match &to {
            Party::Extension(number) => self.available(number.as_str(), Some(id))?,
            Party::Service(number) if self.services.contains_key(number) => {
                return Err(Unavailable::Unknown.into());
            }
            Party::Service(_) | Party::Outside(_) => {}
        }
        if call.consultation().is_some() {
            return Err(CallRefused::Consulting);
        }
        if !call.is_bridged() {
            return Err(CallRefused::NotAnswered);
        }
        let is_there =
            |(_, leg): (LegId, &Leg)| matches!(leg.role, Role::Talks(_)) && leg.party == to;
        if call.live_legs().any(is_there) {
            return Err(Unavailable::Busy.into());
        }
        let (initiator, _) = call.side(by).ok_or(CallRefused::LegNotFound)?;
        let (waits, waiting) = call.side(by.other()).ok_or(CallRefused::LegNotFound)?;
        let already_held = waiting.state == LegState::Held;
        self.room_for_a_leg(id)?;

        self.pause_talk(now, id);
        if !already_held {
            self.hold(now, id, waits, true)?;
        }
        let rung = self.ring(now, id, to, Role::Consults(by), Some(initiator));
        rung.ok_or(CallRefused::LegNotFound)
    }

    /// Completes an attended transfer: the initiator leaves, and whom it consulted takes its side,
    /// even if that phone still rings.
    ///
    /// # Errors
    /// When the call is unknown or nobody is consulted.
    pub fn complete(&mut self, now: OffsetDateTime, id: CallId) -> Result<(), CallRefused> {
        let call = self.calls.get_mut(&id).ok_or(CallRefused::CallNotFound)?;
        let (by, consultant, leg) = call.consultation().ok_or(CallRefused::NotConsulting)?;
        let (is_up, plan) = (leg.is_up(), leg.plan);
        let initiator = call.side(by).map(|(leg, _)| leg);
        let waits = call.side(by.other()).map(|(leg, _)| leg);
        call.paused = None;

        if let Some(initiator) = initiator {
            self.end_leg(now, id, initiator, HangupCause::AttendedTransfer);
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.set_side(by, Some(consultant));
        }
        if let Some(leg) = self.leg_mut(id, consultant) {
            leg.first_role.get_or_insert(leg.role);
            leg.role = Role::Talks(by);
            if let Some(due) = leg.timer.take_if(|_| is_up) {
                self.agenda.strike(due);
            }
        }
        if let Some(waits) = waits {
            self.resume(now, id, waits);
            self.emit(now, id, EventKind::LegTransferred { leg: waits, to: Some(consultant) });
        }
        if is_up {
            self.bridge(now, id, consultant);
            if let (Outcome::Answer, Some(talk)) = (plan.outcome, plan.talk) {
                self.talk_for(now, id, talk, plan.hangs_up);
            }
        }
        Ok(())
    }

    /// Ends a consultation; the two sides talk on for as long as they still meant to.
    ///
    /// # Errors
    /// When the call is unknown or nobody is consulted.
    pub fn cancel_consultation(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
    ) -> Result<(), CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        let (_, consultant, leg) = call.consultation().ok_or(CallRefused::NotConsulting)?;
        let cause = match leg.is_up() {
            true => HangupCause::NormalClearing,
            false => HangupCause::OriginatorCancel,
        };
        self.consultant_leaves(now, id, consultant, cause);
        Ok(())
    }

    /// The consultant is gone: the held side comes back.
    pub(super) fn consultant_leaves(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        consultant: LegId,
        cause: HangupCause,
    ) {
        let Some(call) = self.calls.get(&id) else { return };
        let asked_by = call.consultation().map(|(by, _, _)| by);
        let waits = asked_by.and_then(|by| call.side(by.other())).map(|(leg, _)| leg);
        self.end_leg(now, id, consultant, cause);
        if let Some(waits) = waits {
            self.resume(now, id, waits);
        }
        let paused = self.calls.get_mut(&id).and_then(|call| call.paused.take());
        if let Some((left, by)) = paused {
            self.talk_for(now, id, left, by);
        }
    }

    /// The consultant has picked up: the initiator leaves after the talk it planned.
    pub(super) fn consultant_answers(&mut self, now: OffsetDateTime, id: CallId, leg_id: LegId) {
        let Some(plan) = self.leg_mut(id, leg_id).map(|leg| leg.plan) else { return };
        if let (Outcome::Answer, Some(talk)) = (plan.outcome, plan.talk) {
            let due =
                self.agenda.enter_after(now, talk, Timer::ConsultEnds { call: id, leg: leg_id });
            if let Some(leg) = self.leg_mut(id, leg_id) {
                leg.timer = Some(due);
            }
        }
    }

    /// The initiator has asked all it wanted.
    pub(super) fn consult_ends(&mut self, now: OffsetDateTime, id: CallId, leg: LegId) {
        if let Some(leg) = self.leg_mut(id, leg) {
            leg.timer = None;
        }
        // Refused only when there is nothing to complete.
        let _over = self.complete(now, id);
    }

    fn resume(&mut self, now: OffsetDateTime, id: CallId, leg_id: LegId) {
        if let Some(leg) = self.leg_mut(id, leg_id).filter(|leg| leg.state == LegState::Held) {
            leg.state = LegState::Up;
            self.emit(now, id, EventKind::LegResumed { leg: leg_id });
        }
    }

    /// Stops the talk's timer and remembers what is left of it.
    fn pause_talk(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(due) = call.timer.take() else { return };
        if let Some(Timer::TalkEnds { by, .. }) = self.agenda.strike(due) {
            call.paused = Some((due.at() - now, by));
        }
    }
}
