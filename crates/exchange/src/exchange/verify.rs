//! What always holds in an exchange, for tests to ask after every step.

use std::collections::BTreeMap;

use super::{Exchange, Timer};
use crate::{Call, Due, Leg, LegId, LegState, Role, Side};

impl<T: Clone> Exchange<T> {
    /// Checks everything that always holds between two commands.
    ///
    /// # Errors
    /// The first thing found not to hold, as a sentence.
    pub fn verify(&self) -> Result<(), String> {
        if !self.happened.is_empty() {
            return Err("events were left behind".into());
        }
        for (id, call) in &self.calls {
            let fault = |what: &str| Err(format!("call {id} {what}"));
            if call.live_legs().next().is_none() && call.serving.is_none() {
                return fault("is live without a live leg");
            }
            if call
                .live_legs()
                .any(|(_, leg)| !self.parties.contains(&(leg.party.number().clone(), *id)))
            {
                return fault("has a party that is not indexed");
            }
            for side in [Side::A, Side::B] {
                if call
                    .side(side)
                    .is_some_and(|(_, leg)| !leg.is_live() || leg.role != Role::Talks(side))
                {
                    return fault("has a side played by a leg that does not");
                }
            }
            let known = |due: Option<Due>| due.is_none_or(|due| self.agenda.has(due));
            let served = call.serving.as_ref();
            let served = served.map(|serving| [serving.ends, serving.again, serving.presses]);
            if !served.into_iter().flatten().all(known) {
                return fault("is served by something that is not due");
            }
            if let Some(serving) = &call.serving
                && call.side(serving.side).is_some()
            {
                return fault("is served on a side that is taken");
            }
            let is_candidate = |(id, leg): (LegId, &Leg)| match leg.role {
                Role::Talks(side) => {
                    call.side(side).is_none_or(|(taken, _)| taken != id)
                        && call.serving.as_ref().is_none_or(|serving| serving.side != side)
                }
                Role::Serves(side) => {
                    call.serving.as_ref().is_none_or(|serving| serving.side != side)
                }
                Role::Consults(_) | Role::Supervises(_) => false,
            };
            if call.live_legs().any(is_candidate) {
                return fault("has a live leg that plays no part");
            }
            if call.live_legs().filter(|(_, leg)| matches!(leg.role, Role::Consults(_))).count() > 1
            {
                return fault("consults two at once");
            }
            if call.consultation().is_some_and(|_| !call.is_bridged()) {
                return fault("consults without two sides");
            }
            let is_due = |leg: &Leg| known(leg.timer) && known(leg.presses_due);
            if !known(call.timer) || !call.legs.iter().all(is_due) {
                return fault("waits for something that is not due");
            }
            let parked = call.live_legs().filter(|(_, leg)| leg.state == LegState::Parked).count();
            if parked > 1 || (parked == 1 && call.is_bridged()) {
                return fault("is parked and talking");
            }
            if call.is_bridged() && call.answered_at.is_none() {
                return fault("talks without having been answered");
            }
            let whole = call.timeline.len() < Self::TIMELINE && call.serving.is_none();
            let told = call.heard().pop().filter(|last| last.to.is_none());
            if whole && told.map(|last| last.voices).unwrap_or_default() != voices(call) {
                return fault("is not heard as its timeline tells");
            }
            if call.timeline.windows(2).any(|pair| match pair {
                [before, after] => before.at > after.at,
                _ => false,
            }) {
                return fault("has a timeline out of order");
            }
        }
        for (number, id) in &self.parties {
            let call = self.calls.get(id).ok_or_else(|| format!("{number} is in no live call"))?;
            if !call.live_legs().any(|(_, leg)| leg.party.number() == number) {
                return Err(format!("{number} is indexed for call {id} without a live leg"));
            }
        }
        let mut in_call = BTreeMap::new();
        for (call, (_, leg)) in
            self.calls.values().flat_map(|call| call.live_legs().map(move |leg| (call.id, leg)))
        {
            let picked_up = leg.is_up().then_some(&leg.party).filter(|party| party.is_extension());
            if let Some(party) = picked_up
                && *in_call.entry(party).or_insert(call) != call
            {
                return Err(format!("{} is in two calls at once", party.number()));
            }
        }
        self.verify_agenda()?;
        self.verify_faults()?;
        for cdr in self.history.iter() {
            let times =
                [Some(cdr.created_at()), cdr.ringing_at(), cdr.answered_at(), Some(cdr.ended_at())];
            // A click call's side A talks only after B rang, so the order holds for every call.
            if !times.iter().flatten().is_sorted() {
                return Err(format!("the record of call {} is out of order", cdr.id));
            }
            if cdr.recorded().any(|span| span.from < cdr.created_at() || span.to > cdr.ended_at()) {
                return Err(format!("call {} was recorded while it did not exist", cdr.id));
            }
            if self.calls.contains_key(&cdr.id) {
                return Err(format!("call {} is live and over", cdr.id));
            }
        }
        Ok(())
    }

    fn verify_agenda(&self) -> Result<(), String> {
        for (due, task) in self.agenda.iter() {
            let (call, entered) = match task {
                Timer::SetUp { call, leg }
                | Timer::Decide { call, leg }
                | Timer::ConsultEnds { call, leg } => {
                    (call, self.call(*call).and_then(|call| call.leg(*leg)?.timer))
                }
                Timer::LooksAgain { call } => {
                    (call, self.call(*call).and_then(|call| call.serving.as_ref()?.again))
                }
                Timer::ServingEnds { call } => {
                    (call, self.call(*call).and_then(|call| call.serving.as_ref()?.ends))
                }
                Timer::Presses { call } => {
                    (call, self.call(*call).and_then(|call| call.serving.as_ref()?.presses))
                }
                Timer::RuledKeys { call, leg } => {
                    (call, self.call(*call).and_then(|call| call.leg(*leg)?.presses_due))
                }
                Timer::RecordTurns { call } => (call, self.faulty.turns_at(*call)),
                Timer::TalkEnds { call, .. } | Timer::ParkEnds { call } => {
                    (call, self.call(*call).and_then(|call| call.timer))
                }
            };
            if entered != Some(due) {
                return Err(format!("{task:?} of call {call} is due and nobody knows"));
            }
        }
        Ok(())
    }
}

/// Returns whose voice reaches whom now.
fn voices<T>(call: &Call<T>) -> Vec<(LegId, LegId)> {
    let pairs = call.live_legs().flat_map(|(speaker, voice)| {
        let listeners = call.live_legs().filter(move |(listener, _)| *listener != speaker);
        listeners
            .filter(move |(_, ear)| call.reaches(voice, ear))
            .map(move |(listener, _)| (speaker, listener))
    });
    pairs.collect()
}
