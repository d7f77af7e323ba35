//! Placing a call, ringing its phones, and bridging the two sides.

use time::{Duration, OffsetDateTime};

use super::{Exchange, Timer};
use crate::{
    Behaviour, Call, CallId, Direction, EventKind, HangupCause, Leg, LegId, LegState, Number,
    Origin, Outcome, Party, Role, Side, Unavailable, behaviour::Ringing,
};

/// An order to place a call.
#[derive(Debug, Clone)]
pub struct Dial<T> {
    /// Who calls.
    pub from: Party,
    /// Who is called.
    pub to: Party,
    /// Whether `from` dialled on its phone or is rung first.
    pub origin: Origin,
    /// The exchange's own number that is used or was dialled.
    pub line: Option<Number>,
    /// Whether the talk is recorded from its beginning.
    pub record: bool,
    /// What the called party does, instead of what rules, magic numbers or the profile say.
    pub behaviour: Option<Behaviour>,
    /// What the caller presses, one second apart, once a menu has answered.
    pub keys: Vec<String>,
    /// What the vendor keeps with the call.
    pub tag: T,
}

impl<T> Dial<T> {
    /// A recorded call that `from` dials on its own phone.
    pub const fn phone(from: Party, to: Party, tag: T) -> Self {
        Self::new(from, to, Origin::Phone, tag)
    }

    /// A recorded call that is ordered: `from` is rung first, and `to` when it has picked up.
    pub const fn click(from: Party, to: Party, tag: T) -> Self {
        Self::new(from, to, Origin::Click, tag)
    }

    const fn new(from: Party, to: Party, origin: Origin, tag: T) -> Self {
        Self { from, to, origin, line: None, record: true, behaviour: None, keys: Vec::new(), tag }
    }
}

impl<T: Clone> Exchange<T> {
    /// Places a call. It exists from now on, whatever becomes of it.
    ///
    /// An extension that is unknown or logged out ends the call with `USER_NOT_REGISTERED`, a busy
    /// one with `USER_BUSY`; a vendor that refuses such orders asks [`Exchange::available`] first.
    /// That holds for the one that dials on its own phone too, though it may be in do-not-disturb.
    pub fn dial(&mut self, now: OffsetDateTime, dial: Dial<T>) -> CallId {
        let Dial { from, to, origin, line, record, behaviour, keys, tag } = dial;
        let id = self.new_id();
        let placed_by = [&from, &to].into_iter().find(|party| party.is_extension());
        let call = Call {
            id,
            direction: Direction::between(&from, &to),
            origin,
            last_extension: placed_by.map(|party| party.number().clone()),
            from: from.clone(),
            to,
            line,
            created_at: now,
            answered_at: None,
            legs: Vec::with_capacity(2),
            timeline: Vec::with_capacity(8),
            recorded: Vec::new(),
            recording_since: None,
            tag,
            record,
            given: behaviour,
            sides: [None, None],
            serving: None,
            keys: keys.into(),
            recall: None,
            paused: None,
            timer: None,
        };
        self.calls.insert(id, call);
        self.emit(now, id, EventKind::CallCreated);
        match origin {
            Origin::Phone => self.ring(now, id, from, Role::Talks(Side::A), None),
            Origin::Click => self.call_up(now, id, from, Side::A, None),
        };
        id
    }

    /// Dials a party for a call: decides what it will do, and lets it begin.
    pub(super) fn ring(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        party: Party,
        role: Role,
        via: Option<LegId>,
    ) -> Option<LegId> {
        let call = self.calls.get(&id)?;
        let leg = LegId(u16::try_from(call.legs.len()).ok()?);
        let dials_itself = call.origin == Origin::Phone && call.legs.is_empty();
        let from = match role {
            Role::Talks(Side::B) | Role::Serves(Side::B) | Role::Consults(Side::A) => {
                call.from.number().clone()
            }
            Role::Talks(Side::A)
            | Role::Serves(Side::A)
            | Role::Consults(Side::B)
            | Role::Supervises(_) => call.to.number().clone(),
        };
        // It was given for the party that the call was placed to, not for one it is moved to.
        let is_called = matches!(role, Role::Talks(Side::B) | Role::Serves(Side::B))
            && party == call.to
            && call.legs.iter().all(|leg| leg.role != role);
        let given = call.given.filter(|_| is_called);
        let direction = call.direction;

        // Whoever talks in the call already is busy for its other side; a supervisor is not one.
        let calls_itself = matches!(role, Role::Talks(_) | Role::Consults(_))
            && party.is_extension()
            && call
                .live_legs()
                .any(|(_, leg)| matches!(leg.role, Role::Talks(_)) && leg.party == party);
        let unable = match calls_itself {
            true => Some(Behaviour::fails(Outcome::Busy, crate::Distribution::ZERO)),
            false => self.unable(&party, id, dials_itself),
        };
        let picks_up = dials_itself && unable.is_none();
        let behaviour = match picks_up {
            true => Some(Behaviour::fails(Outcome::Manual, crate::Distribution::ZERO)),
            false => unable.or(given),
        };
        let habit = self.extension(party.number().as_str()).and_then(|extension| extension.habit);
        let (plan, presses) = match behaviour {
            Some(behaviour) => {
                (self.behaviours.draw(&mut self.random, &party, &behaviour), Vec::new())
            }
            None => {
                let ringing = Ringing { now, from: &from, party: &party, direction, habit };
                self.behaviours.plan(&mut self.random, &ringing)
            }
        };

        let call = self.calls.get_mut(&id)?;
        self.parties.insert((party.number().clone(), id));
        call.legs.push(Leg {
            party,
            role,
            state: LegState::Dialling,
            created_at: now,
            ringing_at: None,
            answered_at: None,
            ended_at: None,
            cause: None,
            via,
            first_role: None,
            plan,
            timer: None,
            presses: presses.into(),
            presses_due: None,
        });
        let is_served = |side| call.serving.as_ref().is_some_and(|serving| serving.side() == side);
        if let Role::Talks(side) = role
            && !is_served(side)
        {
            call.set_side(side, Some(leg));
        }
        self.emit(now, id, EventKind::LegCreated { leg });
        if picks_up {
            self.pick_up(now, id, leg);
        } else {
            // Through the agenda even when nothing delays it: a command only ever starts things.
            self.schedule(now, plan.setup, id, leg, Timer::SetUp { call: id, leg });
        }
        Some(leg)
    }

    /// What an extension that cannot take, or place, the call does instead of its habit.
    fn unable(&self, party: &Party, id: CallId, dials: bool) -> Option<Behaviour> {
        let Party::Extension(number) = party else { return None };
        let outcome = match self.available(number.as_str(), Some(id)).err()? {
            // Do-not-disturb is about being called.
            Unavailable::Busy if dials && !self.is_in_call(number, Some(id)) => return None,
            Unavailable::Busy => Outcome::Busy,
            Unavailable::Unknown | Unavailable::NotRegistered => {
                Outcome::Fail(HangupCause::UserNotRegistered)
            }
        };
        Some(Behaviour::fails(outcome, crate::Distribution::ZERO))
    }

    fn schedule(
        &mut self,
        now: OffsetDateTime,
        length: Duration,
        id: CallId,
        leg: LegId,
        task: Timer,
    ) {
        let due = self.agenda.enter_after(now, length, task);
        if let Some(leg) = self.calls.get_mut(&id).and_then(|call| call.leg_mut(leg)) {
            leg.timer = Some(due);
        }
    }

    /// The network has reached the phone: it rings, or cannot.
    pub(super) fn set_up(&mut self, now: OffsetDateTime, id: CallId, leg: LegId) {
        let Some(plan) = self.leg_mut(id, leg).map(|leg| leg.plan) else { return };
        match plan.outcome {
            Outcome::Busy => self.fail(now, id, leg, HangupCause::UserBusy),
            Outcome::Fail(cause) => self.fail(now, id, leg, cause),
            Outcome::Answer | Outcome::NoAnswer | Outcome::Reject | Outcome::Cancel => {
                self.begin_ringing(now, id, leg);
                self.schedule(now, plan.ring, id, leg, Timer::Decide { call: id, leg });
            }
            Outcome::Manual => self.begin_ringing(now, id, leg),
        }
    }

    fn begin_ringing(&mut self, now: OffsetDateTime, id: CallId, leg: LegId) {
        if let Some(leg) = self.leg_mut(id, leg) {
            leg.state = LegState::Ringing;
            leg.ringing_at = Some(now);
            leg.timer = None;
        }
        self.emit(now, id, EventKind::LegRinging { leg });
    }

    /// A ringing phone does what it planned.
    pub(super) fn decide(&mut self, now: OffsetDateTime, id: CallId, leg: LegId) {
        let Some(plan) = self.leg_mut(id, leg).map(|leg| leg.plan) else { return };
        match plan.outcome {
            Outcome::Answer => self.pick_up(now, id, leg),
            Outcome::NoAnswer => self.fail(now, id, leg, HangupCause::NoAnswer),
            Outcome::Reject => self.fail(now, id, leg, HangupCause::CallRejected),
            Outcome::Cancel => self.give_up(now, id, leg),
            Outcome::Busy => self.fail(now, id, leg, HangupCause::UserBusy),
            Outcome::Fail(cause) => self.fail(now, id, leg, cause),
            Outcome::Manual => {}
        }
    }

    /// Whoever waits for a ringing phone has enough of it.
    fn give_up(&mut self, now: OffsetDateTime, id: CallId, leg: LegId) {
        let Some(call) = self.calls.get(&id) else { return };
        let cause = HangupCause::OriginatorCancel;
        match call.leg(leg).map(|leg| leg.role) {
            Some(Role::Talks(side)) => {
                // Nobody waits yet for the one who is rung first: that is whoever ordered the call.
                let waits = call.side(side.other()).map(|_| side.other());
                self.end_call(now, id, cause, waits);
            }
            Some(Role::Serves(side)) => self.end_call(now, id, cause, Some(side.other())),
            Some(Role::Supervises(_)) => self.end_leg(now, id, leg, cause),
            Some(Role::Consults(_)) => self.consultant_leaves(now, id, leg, cause),
            None => {}
        }
    }

    /// A phone is picked up: the far side is dialled, or the two sides talk.
    pub(super) fn pick_up(&mut self, now: OffsetDateTime, id: CallId, leg_id: LegId) {
        let Some(leg) = self.leg_mut(id, leg_id) else { return };
        leg.state = LegState::Up;
        leg.answered_at = Some(now);
        let (role, plan) = (leg.role, leg.plan);
        if let Some(due) = leg.timer.take() {
            self.agenda.strike(due);
        }
        self.emit(now, id, EventKind::LegAnswered { leg: leg_id });
        self.press_later(now, id, leg_id);

        if let Role::Talks(side) = role
            && self.serves(id, side)
        {
            self.member_takes(now, id, leg_id);
        }
        let Some(call) = self.calls.get_mut(&id) else { return };
        match role {
            Role::Supervises(_) => {}
            Role::Consults(_) => self.consultant_answers(now, id, leg_id),
            Role::Serves(_) => self.begin_serving(now, id),
            Role::Talks(Side::A) if call.side(Side::B).is_none() => {
                let to = call.to.clone();
                self.call_up(now, id, to, Side::B, Some(leg_id));
            }
            Role::Talks(_) if call.is_bridged() => {
                self.bridge(now, id, leg_id);
                // The phone that completed the call decides how long they talk.
                if let (Outcome::Answer, Some(talk)) = (plan.outcome, plan.talk) {
                    self.talk_for(now, id, talk, plan.hangs_up);
                }
            }
            Role::Talks(_) => {}
        }
    }

    /// Lets the two sides talk for a while, until one of them hangs up.
    pub(super) fn talk_for(&mut self, now: OffsetDateTime, id: CallId, talk: Duration, by: Side) {
        let due = self.agenda.enter_after(now, talk, Timer::TalkEnds { call: id, by });
        if let Some(call) = self.calls.get_mut(&id) {
            call.timer = Some(due);
        }
    }

    pub(super) fn bridge(&mut self, now: OffsetDateTime, id: CallId, picked_up: LegId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        // Not those of a group who did not get the call.
        let gave_way = |leg: &Leg| {
            let moved = leg.cause.is_some_and(HangupCause::is_of_a_leg_that_gave_way);
            matches!(leg.role, Role::Talks(_)) && moved
        };
        let changes = call.last_extension.is_none() || call.legs.iter().any(gave_way);
        call.answered_at.get_or_insert(now);
        call.recall = None;
        // After a transfer the call belongs to the extension that talks now.
        let talking = [picked_up].into_iter().chain(call.sides.into_iter().flatten());
        let mut talking = talking.filter_map(|leg| call.leg(leg));
        let extension = talking.find(|leg| changes && leg.party.is_extension());
        if let Some(number) = extension.map(|leg| leg.party.number().clone()) {
            call.last_extension = Some(number);
        }
        if call.record && call.recorded.is_empty() && call.recording_since.is_none() {
            call.recording_since = Some(now);
            self.emit(now, id, EventKind::RecordingStarted);
        }
    }

    /// A phone did not take the call: a supervisor drops out, a side ends the call.
    pub(super) fn fail(&mut self, now: OffsetDateTime, id: CallId, leg: LegId, cause: HangupCause) {
        let Some(role) = self.leg_mut(id, leg).map(|leg| leg.role) else { return };
        match role {
            Role::Supervises(_) => self.end_leg(now, id, leg, cause),
            Role::Consults(_) => self.consultant_leaves(now, id, leg, cause),
            Role::Serves(_) => self.end_call(now, id, cause, None),
            Role::Talks(side) if self.serves(id, side) => self.member_fails(now, id, leg, cause),
            Role::Talks(side) if self.returns(id, side) => {
                self.end_leg(now, id, leg, cause);
                self.give_back(now, id, side, Some(leg));
            }
            Role::Talks(side) => {
                let declined = cause == HangupCause::CallRejected;
                self.end_call(now, id, cause, declined.then_some(side));
            }
        }
    }
}
