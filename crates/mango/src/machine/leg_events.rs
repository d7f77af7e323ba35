//! A leg appears: who is at its ends, what it was taken from, and what it is for.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Call, CallId, LegId, Origin, Party, Role, ServiceKind, Side};

use super::{
    Pbx, Tag,
    live_call::{End, Leg, LiveCall, State, Transfer},
};
use crate::{identity::Location, machine::Way, render};

/// What a phone or a service that was dialled is for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dialled {
    of: LegId,
    party: Party,
    /// Who is at the calling end, and on which side of the call.
    far_party: Party,
    far: Side,
    /// The leg it was dialled because of, and whether that is over.
    via: Option<LegId>,
    via_is_over: bool,
    location: Location,
    /// The group it is rung for.
    group: Option<String>,
    /// Whether it is asked while the other side waits.
    consults: bool,
    /// Whether it is the first party of an ordered call, before there is another one.
    is_first_half: bool,
    /// Whether the far party is who the call was placed by.
    far_placed: bool,
}

impl Pbx {
    /// Describes a party as one end of a leg.
    pub(super) fn end_of(&self, party: &Party) -> End {
        let text = party.number().as_str().to_owned();
        match party {
            Party::Extension(number) => {
                let employee = self.tables.employee(number.as_str());
                let main = employee.and_then(|employee| employee.main_number());
                End { extension: Some(text), number: main.map(str::to_owned) }
            }
            Party::Service(number) if self.tables.group(number.as_str()).is_some() => {
                End { extension: Some(text), number: None }
            }
            Party::Service(_) | Party::Outside(_) => End { extension: None, number: Some(text) },
        }
    }

    /// Finds out what a leg of the exchange is for; `None` if clients do not hear of it.
    fn dialled_leg(&self, call: &Call<Tag>, of: LegId) -> Option<Dialled> {
        let leg = call.leg(of)?;
        let dialled_itself = call.origin == Origin::Phone && of == LegId(0);
        let (side, consults, serves) = match leg.role {
            Role::Supervises(_) => return None,
            Role::Talks(_) if dialled_itself => return None,
            Role::Talks(side) => (side, false, false),
            Role::Serves(side) => (side, false, true),
            // The consultant is rung for the side that asks.
            Role::Consults(by) => (by.other(), true, false),
        };
        let far = side.other();
        let far_party = match call.side(far) {
            Some((_, leg)) => leg.party.clone(),
            None if far == Side::A => call.from.clone(),
            None => call.to.clone(),
        };
        let service = call.service().map(|number| number.as_str());
        let is_menu = service.is_some_and(|number| {
            matches!(self.exchange.service(number), Some(ServiceKind::Menu(_)))
        });
        let location = match (serves, is_menu) {
            (true, true) => Location::Ivr,
            (true, false) => Location::Queue,
            (false, _) => Location::Subscriber,
        };
        let second = call.legs.iter().any(|leg| leg.role == Role::Talks(Side::B));
        let via_leg = leg.via.and_then(|via| call.leg(via));
        Some(Dialled {
            of,
            party: leg.party.clone(),
            far_placed: far == Side::A && far_party == call.from,
            far_party,
            far,
            via: leg.via,
            via_is_over: via_leg.is_none_or(|leg| !leg.is_live()),
            location,
            group: service.filter(|number| self.tables.group(number).is_some()).map(str::to_owned),
            consults,
            is_first_half: call.origin == Origin::Click && side == Side::A && !second,
        })
    }

    /// A number was dialled: a leg appears.
    pub(super) fn leg_appears(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        of: LegId,
    ) {
        let call = self.find_call(id);
        let Some(dialled) = call.and_then(|call| self.dialled_leg(call, of)) else { return };
        let leg = self.make_leg(now, entry, &dialled);
        self.legs.insert(leg.no, id);
        self.next_leg = leg.no.next();
        let Dialled { location, consults, is_first_half, group, .. } = dialled;
        if location != Location::Ivr {
            entry.forwarded_at.get_or_insert(now);
        }
        let is_subscriber = location == Location::Subscriber && !is_first_half && !consults;
        match group {
            // A group that was missed is named, none of its members.
            Some(group) if is_subscriber || location == Location::Queue => {
                entry.reached.get_or_insert(End { extension: Some(group), number: None });
            }
            None if is_subscriber => drop(entry.reached.get_or_insert_with(|| leg.to.clone())),
            Some(_) | None => {}
        }
        entry.is_routed = false;
        entry.legs.push(leg);
        let place = entry.legs.len() - 1;
        match entry.leaving {
            Some(leaving) => self.replaces(now, id, entry, place, leaving),
            None => self.notify_leg(now, id, entry, place, State::Appeared),
        }
        if is_subscriber && entry.current.is_none() {
            entry.current = Some(place);
        }
    }

    fn make_leg(&self, now: OffsetDateTime, entry: &LiveCall, dialled: &Dialled) -> Leg {
        let Dialled { via_is_over, location, consults, is_first_half, .. } = *dialled;
        // Whoever transfers was on a leg of its own, or on the one that both sides share.
        let previous = match entry.leaving.is_some() || consults {
            true => entry.current,
            false => dialled.via.and_then(|via| entry.place_of(via)),
        };
        let previous = previous.and_then(|place| entry.legs.get(place));
        let was_not_taken = previous.is_some_and(|leg| {
            leg.transfer == Some(Transfer::Blind) && leg.answer.is_none() && via_is_over
        });
        let returns = was_not_taken && !entry.is_routed && location == Location::Subscriber;
        let transfer = match (consults, entry.leaving.is_some(), returns) {
            (true, ..) => Some(Transfer::Consultative),
            (_, true, _) => Some(Transfer::Blind),
            (.., true) => Some(Transfer::ReturnBlind),
            // Members of a group that a call was transferred to.
            (false, false, false) => previous.and_then(|leg| leg.transfer).filter(|_| !via_is_over),
        };
        let mut from = self.end_of(&dialled.far_party);
        let mut to = match location {
            // The group stands in acd_group; nobody in particular is called yet.
            Location::Queue => {
                let line = entry.line.as_ref().filter(|_| entry.way == Way::In);
                End { extension: None, number: line.map(ToString::to_string) }
            }
            Location::Ivr | Location::Subscriber => self.end_of(&dialled.party),
        };
        if let Some(number) = &entry.first_number {
            if is_first_half {
                to.number = Some(number.clone());
            } else if dialled.far_placed {
                from.number = Some(number.clone());
            }
        }
        Leg {
            no: self.next_leg,
            of: dialled.of,
            from_side: dialled.far,
            location,
            state: State::Appeared,
            seq: 0,
            from,
            to,
            taken_from: previous.map(|leg| (leg.no, leg.location)),
            acd_group: dialled.group.clone(),
            transfer,
            consulted: consults,
            joined: None,
            command_id: entry.command_id.clone(),
            is_first_half,
            by_command: false,
            start: now,
            answer: None,
            finish: None,
            held_since: None,
            held_seconds: 0,
            reason: 0,
            recordings: Vec::new(),
            packets: 0,
        }
    }

    /// The new leg of a blind transfer: it appears as the initiator's, the old one ends, and it
    /// appears again as the one of whoever was transferred.
    fn replaces(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        place: usize,
        leaving: Side,
    ) {
        let old = entry.current.and_then(|current| entry.legs.get(current));
        let initiator = old.map(|old| old.end(leaving).clone());
        let moved = old.map(|old| old.end(leaving.other()).clone());
        let reason = old.map_or(0, |old| render::hung_up(leaving, old.from_side));
        let Some(leg) = entry.legs.get_mut(place) else { return };
        let taken_from = leg.taken_from.take();
        leg.from = initiator.unwrap_or_default();
        self.notify_leg(now, id, entry, place, State::Appeared);
        if let Some(old) = entry.talking() {
            self.disconnect(now, id, entry, old, reason);
        }
        (entry.leaving, entry.holder) = (None, None);
        if let Some(leg) = entry.legs.get_mut(place) {
            leg.from = moved.unwrap_or_default();
            leg.taken_from = taken_from;
        }
        self.notify_leg(now, id, entry, place, State::Appeared);
        entry.current = Some(place);
    }
}
