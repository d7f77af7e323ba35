//! What happens in the exchange becomes what clients hear: legs that appear, connect, wait and end.
//!
//! vendors/mango.md, 17. A phone that is dialled from has no leg of its own: the dialled one is the
//! pair. A leg that rings the first party of an ordered call ends as soon as that one picks up.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Call, CallId, Event, EventKind, HangupCause, LegId, Party, Role, Side};

use super::{
    Pbx, Tag,
    live_call::{End, Leg, LiveCall, State, Transfer, Way},
};
use crate::{
    identity::Location,
    render::{self, Ended},
    webhook::{Dtmf, EndBody},
};

impl Pbx {
    /// Reacts to one happening.
    pub(crate) fn follow(&mut self, event: &Event) {
        // Taken out, so that the rest of the world can be asked and told meanwhile.
        let Some(mut entry) = self.entries.remove(&event.call) else { return };
        let (now, id) = (event.at, event.call);
        match &event.kind {
            EventKind::LegCreated { leg } => self.leg_appears(now, id, &mut entry, *leg),
            EventKind::LegAnswered { leg } => self.leg_answered(now, id, &mut entry, *leg),
            EventKind::LegHeld { leg } => {
                entry.holder = self.side_of(id, *leg).map(Side::other);
                self.hold(now, id, &mut entry, true);
            }
            EventKind::LegResumed { .. } => self.hold(now, id, &mut entry, false),
            EventKind::LegParked { .. } => {
                if let Some(place) = entry.talking() {
                    self.disconnect(now, id, &mut entry, place, render::ENDED);
                }
            }
            EventKind::LegTransferred { to: Some(to), .. } => {
                self.leg_transferred(now, id, &mut entry, *to);
            }
            EventKind::LegEnded { leg, cause } => {
                self.leg_ended(now, id, &mut entry, *leg, *cause);
            }
            EventKind::DigitsPressed { digits, .. } => {
                self.digits_pressed(now, id, &mut entry, digits);
            }
            EventKind::RecordingStarted => self.recording_started(now, id, &mut entry),
            EventKind::RecordingStopped => self.recording_stopped(now, id, &mut entry),
            EventKind::CallEnded { cause } => {
                return self.call_ended(now, id, entry, *cause);
            }
            EventKind::CallCreated
            | EventKind::LegRinging { .. }
            | EventKind::LegTransferred { to: None, .. }
            | EventKind::LegReturned { .. }
            | EventKind::SupervisionChanged { .. }
            | EventKind::RecordChanged => {}
        }
        self.entries.insert(id, entry);
    }

    /// Returns a call, live or just over.
    pub(super) fn find_call(&self, id: CallId) -> Option<&Call<Tag>> {
        self.exchange.call(id).or_else(|| self.exchange.recent().rev().find(|call| call.id == id))
    }

    fn side_of(&self, id: CallId, leg: LegId) -> Option<Side> {
        match self.find_call(id)?.leg(leg)?.role {
            Role::Talks(side) | Role::Serves(side) | Role::Consults(side) => Some(side),
            Role::Supervises(_) => None,
        }
    }

    fn leg_answered(&mut self, now: OffsetDateTime, id: CallId, entry: &mut LiveCall, of: LegId) {
        let Some(place) = entry.place_of(of) else { return };
        let Some(leg) = entry.legs.get_mut(place) else { return };
        if leg.location != Location::Subscriber || leg.is_over() {
            return;
        }
        leg.answer = Some(now);
        let is_first_half = leg.is_first_half;
        let consults = leg.transfer == Some(Transfer::Consultative);
        let reached = leg.to.clone();
        self.notify_leg(now, id, entry, place, State::Connected);
        if is_first_half {
            // The conversation goes on in a leg of its own. vendors/mango.md, 17.1
            return self.disconnect(now, id, entry, place, render::DONE);
        }
        if !consults {
            entry.current = Some(place);
            if entry.talked_at.is_none() {
                entry.talked_at = Some(now);
                entry.reached = Some(reached);
            }
            self.recording_moves(now, id, entry);
        }
    }

    /// Puts the conversation on hold, or takes it back.
    fn hold(&mut self, now: OffsetDateTime, id: CallId, entry: &mut LiveCall, held: bool) {
        let Some(place) = entry.talking() else { return };
        let Some(leg) = entry.legs.get_mut(place) else { return };
        let (from, to) = match held {
            true => (State::Connected, State::OnHold),
            false => (State::OnHold, State::Connected),
        };
        if leg.state != from {
            return;
        }
        if held {
            leg.held_since = Some(now);
        } else {
            leg.end_hold(now);
        }
        self.notify_leg(now, id, entry, place, to);
        if !held {
            entry.holder = None;
        }
    }

    /// A consultant takes the place of whoever asked.
    fn leg_transferred(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        of: LegId,
    ) {
        let Some(place) = entry.place_of(of) else { return };
        let held = entry.current.and_then(|current| entry.legs.get(current)).cloned();
        let (Some(leg), Some(held)) = (entry.legs.get_mut(place), held) else { return };
        if leg.transfer != Some(Transfer::Consultative) || leg.is_over() {
            return;
        }
        // The consultant sits on the side of the one who asked, and so the other one calls.
        leg.from_side = leg.from_side.other();
        leg.from = held.end(leg.from_side).clone();
        leg.transfer = Some(Transfer::Blind);
        // One who still rings has been asked nothing, and has one conversation. vendors/mango.md, 17.6
        leg.joined = leg.answer.map(|_| now);
        let state = leg.state;
        (entry.leaving, entry.holder) = (None, None);
        entry.current = Some(place);
        self.notify_leg(now, id, entry, place, state);
        self.recording_moves(now, id, entry);
    }

    fn leg_ended(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        of: LegId,
        cause: HangupCause,
    ) {
        let role = self.find_call(id).and_then(|call| call.leg(of)).map(|leg| leg.role);
        match (role, cause) {
            (Some(Role::Talks(side)), HangupCause::BlindTransfer) => {
                entry.leaving = Some(side);
                entry.holder = Some(side);
                // Who is rung again after a transfer that failed has a leg that nobody has talked in
                // yet: it is the one that ends when the call is transferred once more.
                let rung = entry.place_of(of);
                let is_live =
                    |place: &usize| entry.legs.get(*place).is_some_and(|leg| !leg.is_over());
                if let Some(rung) = rung.filter(is_live).filter(|_| entry.talking().is_none()) {
                    entry.current = Some(rung);
                }
                return self.hold(now, id, entry, true);
            }
            (Some(Role::Talks(side)), HangupCause::AttendedTransfer) => {
                entry.leaving = Some(side);
                let Some(place) = entry.talking() else { return };
                let from_side = entry.legs.get(place).map(|leg| leg.from_side);
                let reason = from_side.map_or(0, |from| render::hung_up(side, from));
                return self.disconnect(now, id, entry, place, reason);
            }
            _ => {}
        }
        let Some(place) = entry.place_of(of) else { return };
        let Some(leg) = entry.legs.get(place).filter(|leg| !leg.is_over()) else { return };
        let by = self.exchange.history().get(id).and_then(|cdr| cdr.hung_up_by);
        let ended = Ended { cause, by, from_side: leg.from_side, location: leg.location };
        let reason = match leg.by_command {
            true => render::BY_COMMAND,
            false if cause == HangupCause::UserBusy && self.is_undisturbed(id, of) => {
                render::DO_NOT_DISTURB
            }
            false => render::reason(&ended),
        };
        self.disconnect(now, id, entry, place, reason);
    }

    /// Returns whether a leg's phone is in no call and wants none.
    fn is_undisturbed(&self, id: CallId, of: LegId) -> bool {
        let Some(call) = self.find_call(id) else { return false };
        let Some(Party::Extension(number)) = call.leg(of).map(|leg| &leg.party) else {
            return false;
        };
        let talks_here = call.live_legs().any(|(leg, on)| leg != of && on.party.number() == number);
        let phone = self.exchange.extension(number.as_str());
        phone.is_some_and(|phone| phone.do_not_disturb)
            && !talks_here
            && !self.exchange.is_in_call(number, Some(id))
    }

    /// Ends a leg, whatever it was about.
    pub(super) fn disconnect(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        place: usize,
        reason: u16,
    ) {
        let Some(leg) = entry.legs.get_mut(place).filter(|leg| !leg.is_over()) else { return };
        leg.end_hold(now);
        leg.finish = Some(now);
        leg.reason = reason;
        let no = leg.no;
        self.legs.remove(&no);
        self.notify_leg(now, id, entry, place, State::Disconnected);
    }

    fn digits_pressed(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        keys: &str,
    ) {
        let in_menu = |leg: &&mut Leg| leg.location == Location::Ivr && !leg.is_over();
        let Some(leg) = entry.legs.iter_mut().find(in_menu) else { return };
        leg.packets += 1;
        let leg = leg.clone();
        let line = entry.line.as_ref().map(ToString::to_string);
        let number = leg.from.number.as_deref();
        let event = Dtmf {
            seq: leg.packets,
            dtmf: keys,
            timestamp: self.unix(now),
            call_id: self.identity.call_id(leg.no, leg.location),
            entry_id: self.identity.entry_id(id, entry.way == Way::In),
            location: leg.location.as_str(),
            initiator: number.or(leg.from.extension.as_deref()).unwrap_or_default(),
            from_number: number,
            to_number: leg.to.number.as_deref(),
            line_number: line.as_deref(),
        };
        self.notify(now, Some(id), "events/dtmf", &event);
    }

    fn call_ended(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        mut entry: LiveCall,
        cause: HangupCause,
    ) {
        let by = self.exchange.history().get(id).and_then(|cdr| cdr.hung_up_by);
        for place in 0..entry.legs.len() {
            // Nothing is left but what waited for a service that never rang anybody.
            let Some(leg) = entry.legs.get(place).filter(|leg| !leg.is_over()) else { continue };
            let ended = Ended { cause, by, from_side: leg.from_side, location: leg.location };
            self.disconnect(now, id, &mut entry, place, render::reason(&ended));
        }
        self.keep(id, &entry);
        self.summarise(now, id, &entry);
        self.campaign_call_ended(now, id, &entry, cause);
    }
}

impl Leg {
    fn end_hold(&mut self, now: OffsetDateTime) {
        if let Some(since) = self.held_since.take() {
            let held = (now - since).whole_seconds();
            self.held_seconds = self.held_seconds.saturating_add(u32::try_from(held).unwrap_or(0));
        }
    }
}

impl End {
    pub(super) fn body(&self) -> EndBody<'_> {
        EndBody {
            extension: self.extension.as_deref(),
            number: self.number.as_deref(),
            ..EndBody::default()
        }
    }
}
