//! What commands do to live calls.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    CallId, CallRefused, HangupCause, LegId, LegState, Role, Side, Unavailable,
};

use super::{
    Pbx,
    live_call::{Leg, State, Transfer},
};
use crate::{Refused, identity::Location};

/// How a call is transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// The initiator leaves at once.
    Blind,
    /// The initiator asks first.
    Hold,
}

/// A leg that is not over: its call, and its place in the entry.
#[derive(Debug, Clone, Copy)]
struct Found {
    call: CallId,
    place: usize,
}

/// The call is over, or there never was one.
const GONE: Refused = Refused::code(4101);

/// The exchange's logic does not allow it.
const IMPOSSIBLE: Refused = Refused::code(4100);

impl Pbx {
    fn find(&self, call_id: &str) -> Result<Found, Refused> {
        let no = self.identity.leg(call_id).ok_or(GONE)?;
        let call = *self.legs.get(&no).ok_or(GONE)?;
        let place = self.entries.get(&call).and_then(|entry| entry.live(no)).ok_or(GONE)?;
        Ok(Found { call, place })
    }

    fn leg(&self, found: Found) -> Result<&Leg, Refused> {
        let entry = self.entries.get(&found.call).ok_or(GONE)?;
        entry.legs.get(found.place).ok_or(GONE)
    }

    /// Notes by whose command legs are about to end.
    fn ends_by_command(&mut self, call: CallId, ends: impl Fn(usize, &Leg) -> bool) {
        let legs = self.entries.get_mut(&call).map(|entry| &mut entry.legs);
        for (place, leg) in legs.into_iter().flatten().enumerate() {
            leg.by_command = ends(place, leg);
        }
    }

    /// Ends a leg: a consultation, a phone that rings for a group or after a transfer, or the call.
    pub(crate) fn hang_up(&mut self, now: OffsetDateTime, call_id: &str) -> Result<(), Refused> {
        let found = self.find(call_id)?;
        let leg = self.leg(found)?;
        let of = leg.of;
        let call = self.exchange.call(found.call).ok_or(GONE)?;
        if call.consultation().is_some() {
            self.ends_by_command(found.call, |_, leg| leg.transfer == Some(Transfer::Consultative));
            return self.exchange.cancel_consultation(now, found.call).map_err(refused);
        }
        let rings = |state| matches!(state, LegState::Dialling | LegState::Ringing);
        let is_candidate = call.leg(of).is_some_and(|phone| rings(phone.state))
            && (call.service().is_some() || leg.transfer == Some(Transfer::Blind));
        if is_candidate && leg.location == Location::Subscriber {
            self.ends_by_command(found.call, |place, _| place == found.place);
            return self.exchange.hang_up(now, found.call, of).map_err(refused);
        }
        self.ends_by_command(found.call, |_, _| true);
        self.exchange.end(now, found.call, HangupCause::ManagerRequest).map_err(refused)
    }

    /// Starts to record a conversation.
    pub(crate) fn start_recording(
        &mut self,
        now: OffsetDateTime,
        call_id: &str,
        party: &str,
        command_id: Option<String>,
    ) -> Result<(), Refused> {
        let found = self.find(call_id)?;
        let leg = self.leg(found)?;
        let is_employee = [&leg.from, &leg.to].into_iter().any(|end| {
            let named = [&end.extension, &end.number]
                .into_iter()
                .any(|text| text.as_deref() == Some(party));
            end.extension.is_some() && named
        });
        if !is_employee {
            return Err(Refused::field(3330, "call_party_number", 3330));
        }
        let call = self.exchange.call(found.call).ok_or(GONE)?;
        if call.recording_since.is_some() {
            return Err(Refused::code(4102));
        }
        self.exchange.set_recording(now, found.call, true).map_err(refused)?;
        if let Some(entry) = self.entries.get_mut(&found.call) {
            entry.tape_command = command_id;
        }
        Ok(())
    }

    /// Plays a sound to a caller in a menu or a queue. Nobody hears it: the call goes on as it would.
    pub(crate) fn start_play(&self, call_id: &str) -> Result<(), Refused> {
        match self.leg(self.find(call_id)?)?.location {
            Location::Ivr | Location::Queue => Ok(()),
            Location::Subscriber => Err(IMPOSSIBLE),
        }
    }

    /// Sends on a call that nobody has picked up yet.
    pub(crate) fn route(
        &mut self,
        now: OffsetDateTime,
        call_id: &str,
        to: &str,
        command_id: Option<String>,
    ) -> Result<(), Refused> {
        let found = self.find(call_id)?;
        if self.leg(found)?.state != State::Appeared {
            return Err(IMPOSSIBLE);
        }
        let to = self.dialled("to_number", to)?;
        // Whatever is asked is asked first, so that a refusal leaves no trace.
        self.exchange.route(now, found.call, to).map_err(refused)?;
        if let Some(entry) = self.entries.get_mut(&found.call) {
            entry.is_routed = true;
            entry.command_id = command_id;
        }
        Ok(())
    }

    /// Transfers a conversation for one of its parties.
    pub(crate) fn transfer(
        &mut self,
        now: OffsetDateTime,
        call_id: &str,
        method: Method,
        initiator: &str,
        to: &str,
        command_id: Option<String>,
    ) -> Result<(), Refused> {
        let found = self.find(call_id)?;
        let leg = self.leg(found)?;
        let side = initiator_side(leg, initiator)?;
        if leg.state != State::Connected
            || leg.location != Location::Subscriber
            || leg.is_first_half
        {
            return Err(IMPOSSIBLE);
        }
        let own = leg.end(side);
        if [&own.extension, &own.number].into_iter().any(|text| text.as_deref() == Some(to)) {
            // Whoever talks is busy.
            return Err(Refused::code(4200));
        }
        let to = self.dialled("to_number", to)?;
        let done = match method {
            Method::Blind => self.exchange.transfer_or_return(now, found.call, side.other(), to),
            Method::Hold => self.exchange.consult(now, found.call, side, to).map(|_leg| ()),
        };
        done.map_err(refused)?;
        if let Some(entry) = self.entries.get_mut(&found.call) {
            entry.command_id = command_id.or(entry.command_id.take());
        }
        Ok(())
    }

    /// Joins the two who wait for and talk to the same employee: completes a consultation.
    pub(crate) fn connect(
        &mut self,
        now: OffsetDateTime,
        held: &str,
        transferred: &str,
        initiator: Option<&str>,
    ) -> Result<(), Refused> {
        let (held, asked) = (self.find(held)?, self.find(transferred)?);
        if let Some(initiator) = initiator {
            initiator_side(self.leg(held)?, initiator)?;
        }
        let waits = self.leg(held)?.state == State::OnHold;
        let asks = self.leg(asked)?.transfer == Some(Transfer::Consultative);
        if held.call != asked.call || !waits || !asks {
            return Err(IMPOSSIBLE);
        }
        self.exchange.complete(now, held.call).map_err(refused)
    }

    /// Takes a transfer back that is not over yet.
    pub(crate) fn cancel_transfer(
        &mut self,
        now: OffsetDateTime,
        call_id: &str,
    ) -> Result<(), Refused> {
        let found = self.find(call_id)?;
        let call = self.exchange.call(found.call).ok_or(GONE)?;
        if call.consultation().is_some() {
            return self.exchange.cancel_consultation(now, found.call).map_err(refused);
        }
        let rings = |(_, leg): &(LegId, &ringback_exchange::Leg)| {
            matches!(leg.state, LegState::Dialling | LegState::Ringing)
                && matches!(leg.role, Role::Talks(_))
        };
        let rung = call.live_legs().find(rings).map(|(leg, _)| leg).ok_or(IMPOSSIBLE)?;
        let entry = self.entries.get(&found.call).ok_or(GONE)?;
        let leg = entry.place_of(rung).and_then(|place| entry.legs.get(place));
        if leg.is_none_or(|leg| leg.transfer != Some(Transfer::Blind)) || call.service().is_some() {
            return Err(IMPOSSIBLE);
        }
        self.exchange.hang_up(now, found.call, rung).map_err(refused)
    }

    /// Puts the other party of a conversation on hold.
    pub(crate) fn hold_on(
        &mut self,
        now: OffsetDateTime,
        call_id: &str,
        initiator: &str,
    ) -> Result<(), Refused> {
        let found = self.find(call_id)?;
        let leg = self.leg(found)?;
        let side = initiator_side(leg, initiator)?;
        if leg.state != State::Connected {
            return Err(IMPOSSIBLE);
        }
        let call = self.exchange.call(found.call).ok_or(GONE)?;
        let (waits, _) = call.side(side.other()).ok_or(IMPOSSIBLE)?;
        self.exchange.hold(now, found.call, waits, true).map_err(refused)
    }
}

/// Returns the side of a leg's initiator, who has to be one of its parties and an employee.
fn initiator_side(leg: &Leg, initiator: &str) -> Result<Side, Refused> {
    let is_end = |side: &Side| {
        let end = leg.end(*side);
        let named = [&end.extension, &end.number];
        end.extension.is_some() && named.into_iter().any(|text| text.as_deref() == Some(initiator))
    };
    let sides = [Side::A, Side::B].into_iter();
    sides.into_iter().find(is_end).ok_or_else(|| Refused::unusable("initiator", 3330))
}

/// Says in the vendor's codes why the exchange does not do something.
fn refused(refused: CallRefused) -> Refused {
    match refused {
        CallRefused::CallNotFound | CallRefused::LegNotFound => GONE,
        CallRefused::RecordingUnchanged => Refused::code(4102),
        CallRefused::TooManyLegs => Refused::code(4104),
        CallRefused::Unavailable(Unavailable::Busy | Unavailable::NotRegistered) => {
            Refused::code(4200)
        }
        CallRefused::NotRinging
        | CallRefused::NotAnswered
        | CallRefused::AlreadyParked
        | CallRefused::HoldUnchanged
        | CallRefused::InvalidDigits
        | CallRefused::Consulting
        | CallRefused::NotConsulting
        | CallRefused::NumberTaken
        | CallRefused::RuleNotFound
        | CallRefused::TooManyRules
        | CallRefused::Unavailable(Unavailable::Unknown) => IMPOSSIBLE,
    }
}
