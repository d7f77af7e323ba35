//! What always holds between two commands, for tests to ask after every step.

use std::collections::{BTreeMap, BTreeSet};

use super::{CallStatus, Platform, participations::Rest};

impl Platform {
    /// Checks everything that always holds between two commands.
    ///
    /// # Errors
    /// The first thing found not to hold, as a sentence.
    pub fn verify(&self) -> Result<(), String> {
        self.exchange.verify()?;
        self.contacts.verify().map_err(|why| format!("contacts: {why}"))?;
        self.callouts.verify().map_err(|why| format!("callouts: {why}"))?;
        self.batches.verify().map_err(|why| format!("batch operations: {why}"))?;
        self.participations.verify().map_err(|why| format!("participations: {why}"))?;
        self.phone_calls.verify().map_err(|why| format!("phone calls: {why}"))?;
        self.events.verify().map_err(|why| format!("events: {why}"))?;
        self.verify_participations()?;
        self.verify_calls()?;
        self.callouts.iter().try_for_each(|(id, _)| self.verify_statistics(id))
    }

    fn verify_participations(&self) -> Result<(), String> {
        let mut newest: BTreeMap<u32, (u32, CallStatus)> = BTreeMap::new();
        let mut calls: BTreeMap<u32, u32> = BTreeMap::new();
        for (id, call) in self.phone_calls.iter() {
            if let Some(participation) = call.participation {
                newest.insert(participation, (id, call.status));
                *calls.entry(participation).or_default() += 1;
            }
        }
        let (mut contacts, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for (id, row) in self.participations.iter() {
            let known = (row.newest, row.last);
            let is = newest.get(&id).map(|(call, status)| (*call, *status)).unzip();
            if known != is {
                return Err(format!("participation {id} has {known:?} and not {is:?}"));
            }
            if row.calls != calls.get(&id).copied().unwrap_or_default() {
                return Err(format!("participation {id} does not have {} calls", row.calls));
            }
            if self.contacts.get(row.contact).is_none() || self.callouts.get(row.callout).is_none()
            {
                return Err(format!("participation {id} is of nobody"));
            }
            if contacts.insert((row.callout, row.contact), id).is_some()
                || numbers.insert((row.callout, row.msisdn), id).is_some()
            {
                return Err(format!("participation {id} takes part twice"));
            }
        }
        Ok(())
    }

    fn verify_calls(&self) -> Result<(), String> {
        let mut dialled = BTreeSet::new();
        for id in &self.held {
            let waits = self.phone_calls.get(*id).is_some_and(|call| {
                matches!(call.status, CallStatus::Created | CallStatus::Queued)
                    && !self.may_go_on(call)
            });
            if !waits {
                return Err(format!("phone call {id} is held back for nothing"));
            }
        }
        for (id, call) in self.phone_calls.iter() {
            let live = call.live.and_then(|live| self.exchange.call(live));
            // One whose end is told late is still in progress for clients.
            let faulty = call.live.and_then(|live| self.exchange.faulty_record(live));
            let is_late = faulty.is_some_and(ringback_exchange::FaultyRecord::is_hidden);
            if call.live.is_some() != live.is_some() && !is_late {
                return Err(format!("phone call {id} has a call that is not live"));
            }
            if live.is_some_and(|live| live.tag.phone_call != id) {
                return Err(format!("phone call {id} has another one's call"));
            }
            if live.is_some() && call.status.is_final() {
                return Err(format!("phone call {id} is over and live"));
            }
            let is_open = call.by_dialler && !call.status.is_final();
            if is_open && !dialled.insert(call.participation) {
                return Err(format!("phone call {id} is the second to its participation at once"));
            }
            if call.duration.is_some() && call.status != CallStatus::Completed {
                return Err(format!("phone call {id} has a duration and was not completed"));
            }
        }
        for cdr in self.exchange.history().iter() {
            let Some(call) = self.phone_calls.get(cdr.tag.phone_call) else {
                return Err(format!("call {} is of no phone call", cdr.id));
            };
            let faulty = self.exchange.faulty_record(cdr.id);
            let is_late = faulty.is_some_and(ringback_exchange::FaultyRecord::is_hidden);
            if !call.status.is_final() && call.lost.is_none() && !is_late {
                return Err(format!("call {} is over and its phone call is not", cdr.id));
            }
        }
        Ok(())
    }

    /// Counts everything again, record by record.
    fn verify_statistics(&self, callout: u32) -> Result<(), String> {
        let Some(figures) = self.statistics(callout) else { return Ok(()) };
        let again = &self.settings.callout_participation_retry_statuses;
        let rows = self.participations.iter().filter(|(_, row)| row.callout == callout);
        let (mut participations, mut remaining) = (0, 0);
        for (_, row) in rows {
            participations += 1;
            let is_again = row.last.is_none_or(|last| again.contains(&last));
            remaining += u64::from(is_again && row.rest != Rest::Exhausted);
        }
        let mut calls = [0; CallStatus::ALL.len()];
        for (_, call) in self.phone_calls.iter().filter(|(_, call)| call.callout == Some(callout)) {
            if let Some(count) = calls.get_mut(call.status as usize) {
                *count += 1;
            }
        }
        let same = figures.participations == participations
            && figures.remaining == remaining
            && figures.calls == calls;
        if same {
            Ok(())
        } else {
            Err(format!("the statistics of callout {callout} do not add up"))
        }
    }
}
