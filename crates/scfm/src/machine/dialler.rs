//! The dialler: makes calls for the participations of running callouts, within the limits.
//! vendors/scfm.md, 19.

use ringback_engine::OffsetDateTime;
use time::Duration;

use super::{
    CallStatus, CalloutStatus, Platform, Timer,
    index::{Field, Key},
    participations::Rest,
    phone_call::PhoneCall,
    table::{Condition, Selection},
};
use crate::{Micros, Strategy, json::Document};

impl Platform {
    /// Has the dialler look again as soon as it may: something has changed that lets it call.
    pub(crate) fn wake(&mut self, now: OffsetDateTime) {
        let running = Key::number(Field::Status, CalloutStatus::Running as u64);
        let dialling = &self.settings.dialling;
        if !dialling.enabled || self.next_run.is_some() || self.callouts.count(running) == 0 {
            return;
        }
        let interval = dialling.interval();
        let due = self.last_run.map_or(now, |last| last.plus(interval).moment().max(now));
        self.next_run = Some(self.agenda.enter(due, Timer::Dial));
    }

    /// One run: calls as many participations as the limits leave.
    pub(crate) fn dial(&mut self, now: OffsetDateTime) {
        self.next_run = None;
        self.last_run = Some(now.into());
        let mut budget = self.budget(now);
        let running: Vec<u32> =
            self.callouts.ids(Key::number(Field::Status, CalloutStatus::Running as u64)).collect();
        // Each run begins behind the callout that was served last, so that none starves.
        let from = running.partition_point(|id| *id <= self.served);
        let (first, then) = running.split_at(from);
        let mut left_over = false;
        for callout in then.iter().chain(first).copied() {
            if budget == 0 {
                left_over = true;
                break;
            }
            let limits = self.limits(callout);
            let capacity = limits.capacity.map_or(u64::MAX, |capacity| {
                let key = Key::number(Field::InFlight, u64::from(callout) + 1);
                capacity.saturating_sub(self.phone_calls.count(key))
            });
            let chosen = self.candidates(callout, budget.min(capacity));
            budget = budget.saturating_sub(u64::try_from(chosen.len()).unwrap_or(budget));
            if !chosen.is_empty() {
                self.served = callout;
            }
            for participation in chosen {
                self.call(now, participation);
            }
            left_over |= budget == 0;
        }
        if left_over {
            match self.budget_regained(now) {
                Some(at) => {
                    let next = now.saturating_add(self.settings.dialling.interval());
                    self.next_run = Some(self.agenda.enter(at.max(next), Timer::Dial));
                }
                // The end of a call wakes the dialler.
                None => self.next_run = None,
            }
        }
    }

    /// How many calls one run may make.
    fn budget(&self, now: OffsetDateTime) -> u64 {
        let dialling = &self.settings.dialling;
        let most = u64::from(dialling.max_calls_to_enqueue);
        let by_strategy = match dialling.strategy {
            Strategy::Optimistic => most,
            Strategy::Pessimistic => {
                let waiting = [CallStatus::RemotelyQueued, CallStatus::InProgress].map(|status| {
                    self.phone_calls.count(Key::number(Field::Status, status.code()))
                });
                let waiting: u64 = waiting.iter().sum();
                most.saturating_sub(waiting)
                    .max(u64::from(dialling.pessimistic_min_calls_to_enqueue))
            }
        };
        let capacity = u64::from(self.capacity).saturating_sub(self.in_flight());
        let period = dialling
            .max_calls_per_period
            .map_or(u64::MAX, |most| u64::from(most).saturating_sub(self.period(now).total()));
        by_strategy.min(capacity).min(period)
    }

    /// How many of the dialler's calls are under way; those held back by a pause are not.
    fn in_flight(&self) -> u64 {
        let held = u64::try_from(self.held.len()).unwrap_or(0);
        self.phone_calls.count(Key::number(Field::InFlight, 0)).saturating_sub(held)
    }

    /// The calls made within the period; those that came in were not made.
    fn period(&self, now: OffsetDateTime) -> Selection<'_> {
        let hours = Duration::hours(self.settings.dialling.period_hours.into());
        let begins = Micros::from(now).plus(-hours).next();
        self.phone_calls.select(&[
            Condition::Created(begins..Micros::LAST),
            Condition::Lacks(Key::word(Field::RemoteDirection, "inbound")),
        ])
    }

    /// When there may be something to do again without the end of any call.
    fn budget_regained(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        if self.in_flight() >= u64::from(self.capacity) {
            return None;
        }
        let dialling = &self.settings.dialling;
        let Some(most) = dialling.max_calls_per_period else { return Some(now) };
        let made = self.period(now);
        let Some(over) = made.total().checked_sub(most.into()) else { return Some(now) };
        // When enough calls of the period have become too old to count.
        let leaves = made.page(over, 1).first().map(|id| self.phone_calls.created_at(*id))?;
        Some(leaves.plus(Duration::hours(dialling.period_hours.into())).moment())
    }

    /// The next participations to call, in ascending order.
    fn candidates(&self, callout: u32, most: u64) -> Vec<u32> {
        let conditions = [
            Condition::Has(Key::id(Field::Callout, callout)),
            Condition::Any(self.remaining_keys()),
            Condition::Lacks(Key::number(Field::Resting, 1)),
        ];
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let found = self.participations.select(&conditions).into_ids();
        found.iter().filter(|id| !self.is_called(*id)).take(most).collect()
    }

    /// Whether a call to a participation is not over, whoever made it. Its newest call may be another
    /// one: somebody may have made, queued and lost one by the API meanwhile.
    fn is_called(&self, participation: u32) -> bool {
        let mut calls = self.phone_calls.ids(Key::id(Field::Participation, participation));
        calls.any(|id| self.phone_calls.get(id).is_some_and(|call| !call.status.is_final()))
    }

    fn call(&mut self, now: OffsetDateTime, participation: u32) {
        let Some(row) = self.participations.get(participation) else { return };
        let call = PhoneCall {
            remote_request_params: Document::from(&self.settings.request_params()),
            by_dialler: true,
            ..PhoneCall::new(now.into(), row.contact, row.msisdn)
        };
        let id = self.add_phone_call(now, participation, call);
        self.soon(now, 0.1, 1.0, Timer::Queue(id));
    }

    /// Returns whether a call may go on: one of the dialler's only while its callout runs.
    pub(crate) fn may_go_on(&self, call: &PhoneCall) -> bool {
        let callout = call.callout.and_then(|id| self.callouts.get(id));
        !call.by_dialler || callout.is_some_and(|callout| callout.status == CalloutStatus::Running)
    }

    /// The dialler's own call is queued.
    pub(crate) fn queue_own(&mut self, now: OffsetDateTime, id: u32) {
        let Some(call) = self.phone_calls.get(id) else { return };
        if call.status != CallStatus::Created || !call.by_dialler {
            return;
        }
        if !self.may_go_on(call) {
            self.held.insert(id);
            return;
        }
        self.phone_calls.touch(id, |call| {
            call.status = CallStatus::Queued;
            call.updated_at = now.into();
        });
        self.follow(now, id);
        self.soon(now, 0.1, 2.0, Timer::HandOver(id));
    }

    /// Lets the calls go on that a pause had held back.
    pub(crate) fn release(&mut self, now: OffsetDateTime, callout: u32) {
        let is_of =
            |id: &u32| self.phone_calls.get(*id).is_some_and(|call| call.callout == Some(callout));
        let released: Vec<u32> = self.held.iter().copied().filter(is_of).collect();
        for id in released {
            self.held.remove(&id);
            match self.phone_calls.get(id).map(|call| call.status) {
                Some(CallStatus::Created) => self.soon(now, 0.1, 1.0, Timer::Queue(id)),
                Some(CallStatus::Queued) => self.soon(now, 0.1, 2.0, Timer::HandOver(id)),
                _ => {}
            }
        }
    }

    /// Lets a call's participation follow what has become of it.
    pub(crate) fn follow(&mut self, now: OffsetDateTime, id: u32) {
        let Some(call) = self.phone_calls.get(id) else { return };
        let (status, participation) = (call.status, call.participation);
        if let Some(participation) = participation {
            let is_newest = self.participations.get(participation).map(|row| row.newest);
            if is_newest == Some(Some(id)) {
                self.participations.touch(participation, |row| row.last = Some(status));
                if status.is_final() {
                    self.rest(now, participation);
                }
            }
        }
        if status.is_final() {
            self.wake(now);
        }
    }

    /// Lets a participation rest before it is called again, or for good; counted from the end of its
    /// newest call, however late it is asked.
    pub(crate) fn rest(&mut self, now: OffsetDateTime, participation: u32) {
        let Some(row) = self.participations.get(participation) else { return };
        let again = &self.settings.callout_participation_retry_statuses;
        if !row.last.is_some_and(|last| again.contains(&last)) {
            return;
        }
        let newest = row.newest.and_then(|id| self.phone_calls.get(id));
        let Some(ended_at) = newest.and_then(|call| call.ended_at) else { return };
        let limits = self.limits(row.callout);
        let retry = &self.settings.dialling.retry;
        let most = match limits.max_calls.unwrap_or(retry.max_calls.into()) {
            0 => u64::MAX,
            most => most,
        };
        let delay = limits.retry_delay_seconds.unwrap_or(retry.delay_seconds).clamp(0.0, 3.0e7);
        let until = ended_at.plus(Duration::seconds_f64(delay));
        let calls = self.phone_calls.count(Key::id(Field::Participation, participation));
        let rest = if calls >= most {
            Rest::Exhausted
        } else if until > now.into() {
            self.agenda.enter(until.moment(), Timer::Rested(participation));
            Rest::Until(until)
        } else {
            Rest::No
        };
        self.participations.touch(participation, |row| row.rest = rest);
    }

    /// Lets the resting participations of a callout rest as its limits are now.
    pub(crate) fn rest_again(&mut self, now: OffsetDateTime, callout: u32) {
        let conditions = [
            Condition::Has(Key::id(Field::Callout, callout)),
            Condition::Any(self.remaining_keys()),
        ];
        for participation in self.participations.select(&conditions).into_ids() {
            self.rest(now, participation);
        }
    }

    /// A participation has rested, unless it has been called meanwhile.
    pub(crate) fn rested(&mut self, now: OffsetDateTime, participation: u32) {
        let is_over = |rest| matches!(rest, Rest::Until(until) if until <= Micros::from(now));
        if self.participations.get(participation).is_some_and(|row| is_over(row.rest)) {
            self.participations.touch(participation, |row| row.rest = Rest::No);
            self.wake(now);
        }
    }
}
