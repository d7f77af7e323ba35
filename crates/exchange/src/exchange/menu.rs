//! Keys pressed in a menu, and where they lead.

use time::{Duration, OffsetDateTime};

use super::{Exchange, Timer};
use crate::{CallId, EventKind, HangupCause, LegId, Number, Presser, Role, ServiceKind};

/// How long a caller whose keys are given waits before each of them.
const BETWEEN_KEYS: Duration = Duration::SECOND;

impl<T: Clone> Exchange<T> {
    /// Sends a call on from a menu; one that leads nowhere ends it.
    pub(super) fn send_on(&mut self, now: OffsetDateTime, id: CallId, number: &Number) {
        let Some(serving) = self.serving_mut(id) else { return };
        let (side, via) = (serving.side, serving.leg);
        let party = self.party(number);
        if self.room_for_a_leg(id).is_err() {
            return self.end_call(now, id, HangupCause::SwitchCongestion, None);
        }
        self.clear_side(now, id, side);
        self.call_up(now, id, party, side, via);
    }

    /// A menu hears what the other side presses.
    pub(super) fn menu_hears(&mut self, now: OffsetDateTime, id: CallId, leg: LegId, keys: &str) {
        let by = self.call(id).and_then(|call| call.leg(leg)).map(|leg| leg.role);
        let Some(serving) = self.serving_mut(id) else { return };
        if by != Some(Role::Talks(serving.side.other())) {
            return;
        }
        let leads_to = match self.kind_serving(id) {
            Some(ServiceKind::Menu(menu)) => menu.keys.get(keys).cloned(),
            Some(ServiceKind::RingGroup(_) | ServiceKind::Queue(_)) | None => None,
        };
        if let Some(number) = leads_to {
            self.send_on(now, id, &number);
        }
    }

    pub(super) fn press_next(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.keys.is_empty() {
            return;
        }
        let due = self.agenda.enter_after(now, BETWEEN_KEYS, Timer::Presses { call: id });
        if let Some(serving) = self.serving_mut(id) {
            serving.presses = Some(due);
        }
    }

    /// The caller of a menu presses the next of the keys given with the call.
    pub(super) fn presses(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(serving) = &mut call.serving else { return };
        serving.presses = None;
        let by = serving.side.other();
        let (Some(keys), Some((leg, _))) = (call.keys.pop_front(), call.side(by)) else { return };
        self.emit(now, id, EventKind::DigitsPressed { leg, digits: keys.clone() });
        self.menu_hears(now, id, leg, &keys);
        let is_menu = matches!(self.kind_serving(id), Some(ServiceKind::Menu(_)));
        let answered = |call: &crate::Call<T>| {
            call.serving.as_ref()?.leg.and_then(|leg| call.leg(leg)).map(crate::Leg::is_up)
        };
        if is_menu && self.call(id).and_then(answered) == Some(true) {
            self.press_next(now, id);
        }
    }

    /// Enters when the next keys that a rule has pressed at a leg are due.
    pub(super) fn press_later(&mut self, now: OffsetDateTime, id: CallId, leg: LegId) {
        let Some(of) = self.leg_mut(id, leg) else { return };
        let Some(after) = of.presses.front().map(|press| press.after) else { return };
        let after = after.draw(&mut self.random);
        let due = self.agenda.enter_after(now, after, Timer::RuledKeys { call: id, leg });
        if let Some(of) = self.leg_mut(id, leg) {
            of.presses_due = Some(due);
        }
    }

    /// The keys of a rule are pressed. A presser who is not there, or not up, presses nothing.
    pub(super) fn ruled_keys(&mut self, now: OffsetDateTime, id: CallId, leg: LegId) {
        let Some(of) = self.leg_mut(id, leg) else { return };
        of.presses_due = None;
        let Some(press) = of.presses.pop_front() else { return };
        let role = of.role;
        let presser = match (press.by, press.by.other_side(role)) {
            (Presser::Callee, _) => Some(leg),
            (Presser::Caller, side) => {
                let other = |side| Some(self.call(id)?.side(side)?.0);
                side.and_then(other)
            }
        };
        let is_up = |leg: &LegId| {
            let call = self.call(id).and_then(|call| call.leg(*leg));
            call.is_some_and(crate::Leg::is_up)
        };
        if let Some(presser) = presser.filter(is_up) {
            let digits = press.digits;
            self.emit(now, id, EventKind::DigitsPressed { leg: presser, digits: digits.clone() });
            self.menu_hears(now, id, presser, &digits);
        }
        if self.call(id).and_then(|call| call.leg(leg)).is_some_and(crate::Leg::is_live) {
            self.press_later(now, id, leg);
        }
    }
}
