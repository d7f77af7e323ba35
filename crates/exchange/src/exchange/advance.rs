//! Time passing, and the end of legs and calls.

use time::OffsetDateTime;

use super::{Exchange, Timer};
use crate::{
    CallId, Cdr, Event, EventKind, Facts, HangupCause, Leg, LegId, LegState, Role, Side, Span,
    Times,
};

impl<T: Clone> Exchange<T> {
    /// Returns the next event up to and including `to`, letting what is due happen.
    ///
    /// The owner calls it until it returns `None`, after every change and whenever time passes; so
    /// it can react to an event before anything later happens.
    pub fn step(&mut self, to: OffsetDateTime) -> Option<Event> {
        loop {
            if let Some(event) = self.happened.pop_front() {
                let watched = &mut self.watched.0;
                if watched.len() >= Self::WATCHED {
                    watched.pop_front();
                }
                watched.push_back(event.clone());
                return Some(event);
            }
            let (at, task) = self.agenda.pop(to)?;
            match task {
                Timer::SetUp { call, leg } => self.set_up(at, call, leg),
                Timer::Decide { call, leg } => self.decide(at, call, leg),
                Timer::TalkEnds { call, by } => {
                    self.end_call(at, call, HangupCause::NormalClearing, Some(by));
                }
                Timer::ParkEnds { call } => {
                    self.end_call(at, call, HangupCause::NormalClearing, None);
                }
                Timer::ConsultEnds { call, leg } => self.consult_ends(at, call, leg),
                Timer::LooksAgain { call } => self.look_for_members(at, call),
                Timer::ServingEnds { call } => self.serving_ends(at, call),
                Timer::Presses { call } => self.presses(at, call),
                Timer::RuledKeys { call, leg } => self.ruled_keys(at, call, leg),
                Timer::RecordTurns { call } => self.record_turns(at, call),
            }
        }
    }

    pub(super) fn leg_mut(&mut self, id: CallId, leg: LegId) -> Option<&mut Leg> {
        self.calls.get_mut(&id)?.leg_mut(leg)
    }

    /// Ends one leg; the call goes on.
    pub(super) fn end_leg(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg_id: LegId,
        cause: HangupCause,
    ) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(leg) = call.leg_mut(leg_id).filter(|leg| leg.is_live()) else { return };
        leg.state = LegState::Ended;
        leg.ended_at = Some(now);
        leg.cause = Some(cause);
        leg.presses.clear();
        for due in [leg.timer.take(), leg.presses_due.take()].into_iter().flatten() {
            self.agenda.strike(due);
        }
        let (role, number) = (leg.role, leg.party.number().clone());
        if let Role::Talks(side) = role
            && call.side(side).is_some_and(|(current, _)| current == leg_id)
        {
            call.set_side(side, None);
        }
        if !call.live_legs().any(|(_, leg)| *leg.party.number() == number) {
            self.parties.remove(&(number, id));
        }
        self.emit(now, id, EventKind::LegEnded { leg: leg_id, cause });
    }

    /// Ends a call with all its legs and moves it into the history.
    pub(super) fn end_call(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        cause: HangupCause,
        by: Option<Side>,
    ) {
        let Some(call) = self.calls.get(&id) else { return };
        let live: Vec<LegId> = call.live_legs().map(|(leg, _)| leg).collect();
        for leg in live {
            self.end_leg(now, id, leg, cause);
        }
        self.stop_call_timer(id);
        self.stop_serving(id);
        self.stop_recording(now, id);
        self.emit(now, id, EventKind::CallEnded { cause });

        let Some(mut call) = self.calls.remove(&id) else { return };
        let rang = |leg: &Leg| leg.ringing_at.filter(|_| leg.role == Role::Talks(Side::B));
        let facts = Facts {
            direction: call.direction,
            cause,
            hung_up_by: by,
            from: call.from.number().clone(),
            to: call.to.number().clone(),
            extension: call.last_extension.clone(),
            line: call.line.clone(),
        };
        let times = Times {
            created_at: call.created_at,
            ringing_at: call.legs.iter().find_map(rang),
            answered_at: call.answered_at,
            ended_at: now,
        };
        self.history.add(Cdr::new(id, facts, times, &call.recorded, call.tag.clone()));
        self.afflict(now, id);
        call.timeline.shrink_to_fit();
        if self.recent.len() >= Self::RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(call);
    }

    pub(super) fn stop_call_timer(&mut self, id: CallId) {
        if let Some(due) = self.calls.get_mut(&id).and_then(|call| call.timer.take()) {
            self.agenda.strike(due);
        }
    }

    pub(super) fn stop_recording(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if let Some(from) = call.recording_since.take() {
            call.recorded.push(Span { from, to: now });
            self.emit(now, id, EventKind::RecordingStopped);
        }
    }
}
