//! Ring groups, queues and menus: looking for somebody to take a side of a call.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{Exchange, Timer};
use crate::{
    CallId, CallRefused, ChangeKind, ChangedPart, Due, Group, HangupCause, LegId, LegState, Number,
    Outcome, Party, RingStrategy, Role, Service, ServiceKind, Side,
};

/// How long a queue waits before it looks for members again: after nobody was free, and after those
/// it rang did not pick up.
const NOBODY_FREE: Duration = Duration::SECOND;
const NOBODY_ANSWERED: Duration = Duration::seconds(5);

/// A service at work for one side of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Serving {
    /// The side that somebody is looked for to take.
    pub(super) side: Side,
    /// The service.
    pub(super) service: Number,
    /// Its own leg, where it answers itself.
    pub(super) leg: Option<LegId>,
    /// The leg that the first ones rung are dialled because of.
    pub(super) via: Option<LegId>,
    /// Which member rings next, where they ring in turn.
    next: usize,
    /// Whether any member has rung.
    rung: bool,
    /// When it gives up.
    pub(super) ends: Option<Due>,
    /// When it looks for members again.
    pub(super) again: Option<Due>,
    /// When the caller presses the next key.
    pub(super) presses: Option<Due>,
}

impl Serving {
    /// Returns the side that somebody is looked for to take.
    pub(crate) fn side(&self) -> Side {
        self.side
    }

    /// Returns the service's number.
    pub(crate) fn service(&self) -> &Number {
        &self.service
    }
}

impl<T: Clone> Exchange<T> {
    /// Adds a service, or replaces the one with its number; callers it serves notice at its next
    /// step.
    pub fn set_service(&mut self, service: Service) {
        let change = match self.services.get(&service.number) {
            None => Some(ChangeKind::Added),
            Some(known) => (*known != service.kind).then_some(ChangeKind::Changed),
        };
        if let Some(change) = change {
            self.changes.note(ChangedPart::Service, change, service.number.as_str());
        }
        self.services.insert(service.number, service.kind);
    }

    /// Removes a service; a call it serves ends at its next step.
    pub fn remove_service(&mut self, number: &str) -> Option<Service> {
        let number = Number::from(number);
        let kind = self.services.remove(&number)?;
        self.changes.note(ChangedPart::Service, ChangeKind::Removed, number.as_str());
        Some(Service { number, kind })
    }

    /// Returns what a service does, by its number.
    pub fn service(&self, number: &str) -> Option<&ServiceKind> {
        self.services.get(&Number::from(number))
    }

    /// Returns the services in the order of their numbers.
    pub fn services(&self) -> impl Iterator<Item = Service> + '_ {
        self.services
            .iter()
            .map(|(number, kind)| Service { number: number.clone(), kind: kind.clone() })
    }

    /// Redirects a call whose called side nobody has picked up yet: out of a menu or a queue, or
    /// away from the phones that ring. Those end as `PICKED_OFF`, a service's own leg as
    /// `BLIND_TRANSFER`.
    ///
    /// # Errors
    /// When the call is unknown, somebody has picked up, or the extension cannot take it.
    pub fn route(&mut self, now: OffsetDateTime, id: CallId, to: Party) -> Result<(), CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        if let Party::Extension(number) = &to {
            self.available(number.as_str(), Some(id))?;
        }
        let (side, via) = match &call.serving {
            Some(serving) => (serving.side, serving.leg.or(serving.via)),
            None => {
                let rings = |state| matches!(state, LegState::Dialling | LegState::Ringing);
                let rung = call.live_legs().find_map(|(leg, of)| match of.role {
                    Role::Talks(side) if rings(of.state) => Some((side, Some(leg))),
                    Role::Talks(_) | Role::Serves(_) | Role::Consults(_) | Role::Supervises(_) => {
                        None
                    }
                });
                rung.ok_or(CallRefused::NotRinging)?
            }
        };
        let stays = call.side(side.other()).filter(|(_, leg)| leg.party == to);
        if stays.is_some() {
            return Err(crate::Unavailable::Busy.into());
        }
        self.room_for_a_leg(id)?;
        self.clear_side(now, id, side);
        self.call_up(now, id, to, side, via);
        Ok(())
    }

    /// Ends whatever rings or serves in place of a side.
    pub(super) fn clear_side(&mut self, now: OffsetDateTime, id: CallId, side: Side) {
        let Some(call) = self.calls.get(&id) else { return };
        let ends: Vec<(LegId, HangupCause)> = call
            .live_legs()
            .filter_map(|(id, leg)| match leg.role {
                Role::Serves(served) if served == side => Some((id, HangupCause::BlindTransfer)),
                Role::Talks(rung) if rung == side && !leg.is_up() => {
                    Some((id, HangupCause::PickedOff))
                }
                Role::Talks(_) | Role::Serves(_) | Role::Consults(_) | Role::Supervises(_) => None,
            })
            .collect();
        self.stop_serving(id);
        for (leg, cause) in ends {
            self.end_leg(now, id, leg, cause);
        }
    }

    /// Brings a party to a side of a call: a phone rings, or a service goes to work. Returns the
    /// first leg this makes at once.
    pub(super) fn call_up(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        party: Party,
        side: Side,
        via: Option<LegId>,
    ) -> Option<LegId> {
        let service = match &party {
            Party::Service(number) => self.services.get(number).map(|kind| (number.clone(), kind)),
            Party::Extension(_) | Party::Outside(_) => None,
        };
        let Some((service, kind)) = service else {
            return self.ring(now, id, party, Role::Talks(side), via);
        };
        let answers_itself = !matches!(kind, ServiceKind::RingGroup(_));
        let serving = Serving {
            side,
            service,
            leg: None,
            via,
            next: 0,
            rung: false,
            ends: None,
            again: None,
            presses: None,
        };
        self.calls.get_mut(&id)?.serving = Some(serving);
        if answers_itself {
            let leg = self.ring(now, id, party, Role::Serves(side), via);
            self.serving_mut(id)?.leg = leg;
            return leg;
        }
        self.look_again(now, id, Duration::ZERO);
        None
    }

    /// Returns whether a service looks for somebody to take that side of the call.
    pub(super) fn serves(&self, id: CallId, side: Side) -> bool {
        let serving = self.call(id).and_then(|call| call.serving.as_ref());
        serving.is_some_and(|serving| serving.side == side)
    }

    pub(super) fn serving_mut(&mut self, id: CallId) -> Option<&mut Serving> {
        self.calls.get_mut(&id)?.serving.as_mut()
    }

    pub(super) fn kind_serving(&self, id: CallId) -> Option<&ServiceKind> {
        self.services.get(&self.call(id)?.serving.as_ref()?.service)
    }

    /// Takes a service off a call; its legs are left to the caller.
    pub(super) fn stop_serving(&mut self, id: CallId) {
        let Some(serving) = self.calls.get_mut(&id).and_then(|call| call.serving.take()) else {
            return;
        };
        for due in [serving.ends, serving.again, serving.presses].into_iter().flatten() {
            self.agenda.strike(due);
        }
    }

    /// A queue or a menu has answered.
    pub(super) fn begin_serving(&mut self, now: OffsetDateTime, id: CallId) {
        let (length, is_menu) = match self.kind_serving(id) {
            Some(ServiceKind::Menu(menu)) => (menu.greeting, true),
            Some(ServiceKind::Queue(queue)) => (queue.wait, false),
            Some(ServiceKind::RingGroup(_)) | None => {
                return self.nobody_serves(now, id, HangupCause::NoRouteDestination);
            }
        };
        let length = length.draw(&mut self.random);
        let ends = self.agenda.enter_after(now, length, Timer::ServingEnds { call: id });
        if let Some(serving) = self.serving_mut(id) {
            serving.ends = Some(ends);
        }
        match is_menu {
            true => self.press_next(now, id),
            false => self.look_for_members(now, id),
        }
    }

    fn look_again(&mut self, now: OffsetDateTime, id: CallId, pause: Duration) {
        let due = self.agenda.enter_after(now, pause, Timer::LooksAgain { call: id });
        if let Some(serving) = self.serving_mut(id) {
            serving.again = Some(due);
        }
    }

    /// Rings the members whose turn it is.
    pub(super) fn look_for_members(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(serving) = self.serving_mut(id) else { return };
        serving.again = None;
        let (side, next, via) = (serving.side, serving.next, serving.leg.or(serving.via));
        let Some(group) = self.kind_serving(id).and_then(ServiceKind::group) else {
            return self.nobody_serves(now, id, HangupCause::NoRouteDestination);
        };
        let Group { members, strategy, ring } = group;
        let free = members.iter().enumerate().skip(match strategy {
            RingStrategy::AtOnce => 0,
            RingStrategy::InTurn => next,
        });
        let free = free.filter(|(_, member)| self.available(member.as_str(), None).is_ok());
        let free = free.map(|(place, member)| (place, member.clone()));
        let (strategy, ring) = (*strategy, *ring);
        let rung: Vec<(usize, Number)> = match strategy {
            RingStrategy::AtOnce => free.collect(),
            RingStrategy::InTurn => free.take(1).collect(),
        };
        let is_queue = matches!(self.kind_serving(id), Some(ServiceKind::Queue(_)));
        let Some((last, _)) = rung.last() else {
            let tried = self.serving_mut(id).is_some_and(|serving| {
                serving.next = 0;
                serving.rung
            });
            return match (is_queue, tried) {
                // At the end of the list the queue pauses as it does after a round.
                (true, true) if next > 0 => self.look_again(now, id, NOBODY_ANSWERED),
                (true, _) => self.look_again(now, id, NOBODY_FREE),
                (false, true) => self.nobody_serves(now, id, HangupCause::NoAnswer),
                (false, false) => {
                    let cause = self.why_nobody(id);
                    self.nobody_serves(now, id, cause);
                }
            };
        };
        if let Some(serving) = self.serving_mut(id) {
            serving.next = last + 1;
            serving.rung = true;
        }
        for (_, member) in rung {
            if self.room_for_a_leg(id).is_err() {
                return self.nobody_serves(now, id, HangupCause::SwitchCongestion);
            }
            let most = ring.draw(&mut self.random);
            let leg = self.ring(now, id, Party::Extension(member), Role::Talks(side), via);
            if let Some(leg) = leg.and_then(|leg| self.leg_mut(id, leg)) {
                let plan = &mut leg.plan;
                let rings_out = plan.outcome == Outcome::NoAnswer || plan.ring > most;
                if rings_out && plan.outcome != Outcome::Manual {
                    (plan.outcome, plan.ring) = (Outcome::NoAnswer, most);
                }
            }
        }
    }

    /// Says why no member could even be rung.
    fn why_nobody(&self, id: CallId) -> HangupCause {
        let group = self.kind_serving(id).and_then(ServiceKind::group);
        let registered = |member: &Number| {
            self.extension(member.as_str()).is_some_and(|extension| extension.registered)
        };
        match group.is_some_and(|group| group.members.iter().any(registered)) {
            true => HangupCause::UserBusy,
            false => HangupCause::UserNotRegistered,
        }
    }

    /// A member that was rung did not take the call.
    pub(super) fn member_fails(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg: LegId,
        cause: HangupCause,
    ) {
        self.end_leg(now, id, leg, cause);
        let Some(call) = self.call(id) else { return };
        let Some(serving) = &call.serving else { return };
        if call.live_legs().any(|(_, leg)| leg.role == Role::Talks(serving.side)) {
            return;
        }
        match self.kind_serving(id) {
            Some(ServiceKind::RingGroup(Group { strategy: RingStrategy::InTurn, .. })) => {
                self.look_for_members(now, id);
            }
            Some(ServiceKind::Queue(queue)) => match queue.group.strategy {
                RingStrategy::InTurn => self.look_for_members(now, id),
                RingStrategy::AtOnce => self.look_again(now, id, NOBODY_ANSWERED),
            },
            Some(ServiceKind::RingGroup(_) | ServiceKind::Menu(_)) | None => {
                self.nobody_serves(now, id, cause);
            }
        }
    }

    /// A member has picked up: the others stop ringing, and the service leaves the call.
    pub(super) fn member_takes(&mut self, now: OffsetDateTime, id: CallId, taker: LegId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(serving) = &call.serving else { return };
        let (side, own) = (serving.side, serving.leg);
        call.set_side(side, Some(taker));
        let others: Vec<LegId> = call
            .live_legs()
            .filter(|(leg, of)| *leg != taker && of.role == Role::Talks(side))
            .map(|(leg, _)| leg)
            .collect();
        self.stop_serving(id);
        for leg in others {
            self.end_leg(now, id, leg, HangupCause::LoseRace);
        }
        if let Some(own) = own {
            self.end_leg(now, id, own, HangupCause::BlindTransfer);
        }
    }

    /// A service has waited long enough.
    pub(super) fn serving_ends(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(serving) = self.serving_mut(id) else { return };
        serving.ends = None;
        let rung = serving.rung;
        let otherwise = match self.kind_serving(id) {
            Some(ServiceKind::Menu(menu)) => Some(menu.otherwise.clone()),
            Some(ServiceKind::RingGroup(_) | ServiceKind::Queue(_)) | None => None,
        };
        match otherwise {
            Some(Some(number)) => self.send_on(now, id, &number),
            Some(None) => self.end_call(now, id, HangupCause::NormalClearing, None),
            None if rung => self.nobody_serves(now, id, HangupCause::NoAnswer),
            None => self.nobody_serves(now, id, HangupCause::UserNotRegistered),
        }
    }

    /// Nobody takes the call: it goes back to whoever transferred it, or ends.
    fn nobody_serves(&mut self, now: OffsetDateTime, id: CallId, cause: HangupCause) {
        let Some(serving) = self.serving_mut(id) else { return };
        let (side, via) = (serving.side, serving.leg.or(serving.via));
        if self.call(id).is_some_and(|call| call.recall.is_some()) {
            self.clear_side(now, id, side);
            self.give_back(now, id, side, via);
        } else {
            self.end_call(now, id, cause, None);
        }
    }
}
