//! Moving a side to another party, and cutting one side while the other waits.

use time::{Duration, OffsetDateTime};

use super::{Exchange, Task};
use crate::{
    CallId, CallRefused, HangupCause, Happening, LegId, LegState, Party, Role, Side, Unavailable,
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
    ) -> Result<LegId, CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        if let Party::Extension(number) = &to {
            self.available(number.as_str(), Some(id))?;
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

        let released = call.side(moved.other()).map(|(leg, _)| leg);
        self.stop_call_timer(id);
        if let Some(released) = released {
            self.end_leg(now, id, released, HangupCause::BlindTransfer);
        }
        if let Some(leg) = self.leg_mut(id, stays) {
            leg.state = LegState::Up;
        }
        let rung = self.ring(now, id, to, Role::Talks(moved.other()));
        let rung = rung.ok_or(CallRefused::LegNotFound)?;
        self.tell(now, id, Happening::LegTransferred { leg: stays, to: rung });
        Ok(rung)
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
        let due = self.agenda.enter_after(now, length, Task::ParkEnds { call: id });
        if let Some(call) = self.calls.get_mut(&id) {
            call.timer = Some(due);
        }
        self.tell(now, id, Happening::LegParked { leg: waits });
        Ok(())
    }
}
