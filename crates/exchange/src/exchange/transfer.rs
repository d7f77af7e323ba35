//! Moving a side to another party, and cutting one side while the other waits.

use time::{Duration, OffsetDateTime};

use super::{Exchange, Timer};
use crate::{
    CallId, CallRefused, EventKind, HangupCause, LegId, LegState, Party, Role, Side, Unavailable,
};

impl<T: Clone> Exchange<T> {
    /// Transfers blindly: side `moved` stays, the opposite one is released at once and `to` is rung
    /// in its place. If `to` does not take the call, the call ends.
    ///
    /// On a parked call the waiting side is moved, whichever was named. An extension that is
    /// released by the transfer itself is not busy for it.
    ///
    /// # Errors
    /// When the call is unknown, the moved side was not answered, or the extension cannot take it.
    pub fn transfer(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        moved: Side,
        to: Party,
    ) -> Result<(), CallRefused> {
        self.move_side(now, id, moved, to, false)
    }

    /// Transfers like [`Exchange::transfer`], but if `to` does not take the call, the released party
    /// is rung again. It cannot be when the call was parked, for nobody is released then.
    ///
    /// # Errors
    /// As [`Exchange::transfer`].
    pub fn transfer_or_return(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        moved: Side,
        to: Party,
    ) -> Result<(), CallRefused> {
        self.move_side(now, id, moved, to, true)
    }

    fn move_side(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        moved: Side,
        to: Party,
        returns: bool,
    ) -> Result<(), CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        if let Party::Extension(number) = &to {
            self.available(number.as_str(), Some(id))?;
        }
        if call.consultation().is_some() {
            return Err(CallRefused::Consulting);
        }
        let waiting = call.live_legs().find_map(|(_, leg)| match (leg.state, leg.role) {
            (LegState::Parked, Role::Talks(side)) => Some(side),
            _ => None,
        });
        let moved = waiting.unwrap_or(moved);
        let (stays, leg) = call.side(moved).ok_or(CallRefused::LegNotFound)?;
        if !leg.is_up() {
            return Err(CallRefused::NotAnswered);
        }
        if leg.party == to {
            return Err(Unavailable::Busy.into());
        }
        self.room_for_a_leg(id)?;

        let side = moved.other();
        let released = call.side(side).map(|(leg, of)| (leg, of.party.clone()));
        let queue = call.serving.as_ref().and_then(|serving| serving.leg);
        self.leave_as_supervisor(now, id, &to);
        self.stop_call_timer(id);
        let via = match &released {
            Some((leg, _)) => {
                self.end_leg(now, id, *leg, HangupCause::BlindTransfer);
                Some(*leg)
            }
            None => queue,
        };
        self.clear_side(now, id, side);
        if let Some(call) = self.calls.get_mut(&id) {
            // While nobody has talked the call belongs to the extension that is to take it.
            let has_it = released
                .as_ref()
                .is_some_and(|(_, party)| call.last_extension.as_ref() == Some(party.number()));
            if call.answered_at.is_none() && has_it && to.is_extension() {
                call.last_extension = Some(to.number().clone());
            }
            call.recall = released.filter(|_| returns).map(|(_, party)| (side, party));
        }
        if let Some(leg) = self.leg_mut(id, stays) {
            leg.state = LegState::Up;
        }
        let rung = self.call_up(now, id, to, side, via);
        self.emit(now, id, EventKind::LegTransferred { leg: stays, to: rung });
        Ok(())
    }

    /// Ends the supervisor's leg of a party that is rung as a side of the same call.
    fn leave_as_supervisor(&mut self, now: OffsetDateTime, id: CallId, party: &Party) {
        let Some(call) = self.calls.get(&id) else { return };
        let supervises = call.supervisors().find(|(_, leg)| leg.party == *party);
        if let Some(leg) = supervises.map(|(leg, _)| leg) {
            self.end_leg(now, id, leg, HangupCause::NormalClearing);
        }
    }

    /// Returns whether a failed transfer gives that side of the call back to who had transferred.
    pub(super) fn returns(&self, id: CallId, side: Side) -> bool {
        let recall = self.call(id).and_then(|call| call.recall.as_ref());
        recall.is_some_and(|(released, _)| *released == side)
    }

    /// Rings who had transferred the call again, once.
    pub(super) fn give_back(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        side: Side,
        via: Option<LegId>,
    ) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some((_, party)) = call.recall.take() else { return };
        let stays = call.side(side.other()).map(|(leg, _)| leg);
        let rung = self.ring(now, id, party, Role::Talks(side), via);
        if let (Some(leg), Some(to)) = (stays, rung) {
            self.emit(now, id, EventKind::LegReturned { leg, to });
        }
    }

    /// Cuts one side; the other waits for a transfer, and after `length` the call ends by itself.
    ///
    /// Supervisors drop out. A negative length counts as zero.
    ///
    /// # Errors
    /// When the call is unknown, parked already, or the two sides do not talk.
    pub fn park(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        cut: Side,
        length: Duration,
    ) -> Result<(), CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        if call.live_legs().any(|(_, leg)| leg.state == LegState::Parked) {
            return Err(CallRefused::AlreadyParked);
        }
        if call.consultation().is_some() {
            return Err(CallRefused::Consulting);
        }
        if !call.is_bridged() {
            return Err(CallRefused::NotAnswered);
        }
        let (leaves, _) = call.side(cut).ok_or(CallRefused::LegNotFound)?;
        let (waits, _) = call.side(cut.other()).ok_or(CallRefused::LegNotFound)?;
        let supervisors: Vec<LegId> = call.supervisors().map(|(leg, _)| leg).collect();

        self.stop_call_timer(id);
        for leg in supervisors.into_iter().chain([leaves]) {
            self.end_leg(now, id, leg, HangupCause::NormalClearing);
        }
        if let Some(leg) = self.leg_mut(id, waits) {
            leg.state = LegState::Parked;
        }
        let due = self.agenda.enter_after(now, length, Timer::ParkEnds { call: id });
        if let Some(call) = self.calls.get_mut(&id) {
            call.timer = Some(due);
        }
        self.emit(now, id, EventKind::LegParked { leg: waits });
        Ok(())
    }
}
