//! Finished calls as the vendor shows them: the one place in which records are late or wrong.

use std::collections::VecDeque;

use time::OffsetDateTime;

use super::{Exchange, Timer};
use crate::{
    CallId, Cdr, EventKind, FaultyRecord, RecordFault, RecordFaults, record_fault::Faulty,
};

impl<T> Exchange<T> {
    /// Returns records as the vendor shows them, out of those of the history, newest first: without
    /// those that are late, twice what is doubled, with their wrong durations and out of order.
    pub fn published<'a, I: Iterator<Item = &'a Cdr<T>>>(
        &'a self,
        records: I,
    ) -> impl Iterator<Item = &'a Cdr<T>> + use<'a, T, I> {
        let shown = |cdr: &'a Cdr<T>| {
            let faulty = self.faulty_record(cdr.id).filter(|_| !self.publishes_the_truth());
            faulty.and_then(FaultyRecord::wrong).unwrap_or(cdr)
        };
        self.published_items(records, |cdr| cdr.id).map(shown)
    }

    /// Returns what a vendor makes of finished calls, newest first, as [`Exchange::published`] does, but
    /// for durations.
    pub fn published_items<I: Iterator<Item: Clone>, F: Fn(&I::Item) -> CallId>(
        &self,
        items: I,
        call: F,
    ) -> Published<'_, T, I, F> {
        let faulty = (self.faulty.active > 0).then_some(&self.faulty);
        Published { items, call, faulty, again: None, held: VecDeque::new() }
    }

    /// Returns the record of a finished call as the vendor shows it, if it does yet.
    pub fn published_record(&self, id: CallId) -> Option<&Cdr<T>> {
        let cdr = self.history.get(id)?;
        match self.faulty_record(id) {
            Some(faulty) if faulty.is_hidden() => None,
            Some(faulty) => Some(faulty.wrong().unwrap_or(cdr)),
            None => Some(cdr),
        }
    }

    /// Returns whether the recording of a call can be had, if it has one.
    pub fn has_recording_ready(&self, id: CallId) -> bool {
        !self.faulty_record(id).is_some_and(FaultyRecord::is_without_recording)
    }

    /// Returns whether records are shown as they are, all of them.
    pub fn publishes_the_truth(&self) -> bool {
        self.faulty.active == 0
    }

    /// Returns what is wrong with the record of a call, or was, while that is known.
    pub fn faulty_record(&self, id: CallId) -> Option<&FaultyRecord<T>> {
        self.faulty.records.get(&id)
    }

    /// Returns the rules about records.
    pub fn record_faults(&self) -> &[RecordFault] {
        &self.faulty.rules
    }

    /// Returns the number of records with which something is wrong now.
    pub fn faulty_records(&self) -> usize {
        self.faulty.active
    }
}

impl<T: Clone> Exchange<T> {
    /// The most rules about records.
    pub const RECORD_FAULTS: usize = 100;

    /// Says what is wrong with the records of calls that end from now on. Without rules everything is
    /// put right at once.
    pub fn set_record_faults(&mut self, now: OffsetDateTime, rules: RecordFaults) {
        let heals = rules.is_empty();
        self.faulty.rules = rules.into_iter().map(|rule| RecordFault { hits: 0, ..rule }).collect();
        if !heals || self.faulty.active == 0 {
            return;
        }
        let faulty = std::mem::take(&mut self.faulty);
        for (id, record) in faulty.records {
            if let Some(due) = record.due {
                self.agenda.strike(due);
            }
            if !record.is_over() {
                self.emit(now, id, EventKind::RecordChanged);
            }
        }
    }

    /// Draws what is wrong with the record of a call that has just ended.
    pub(super) fn afflict(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(cdr) = self.history.get(id) else { return };
        if self.faulty.afflict(now, cdr, &self.random) {
            self.turn_later(id);
        }
    }

    fn turn_later(&mut self, id: CallId) {
        let Some(record) = self.faulty.records.get_mut(&id) else { return };
        let next = record.turns_next();
        record.due = next.map(|at| self.agenda.enter(at, Timer::RecordTurns { call: id }));
    }

    /// One of a record's faults is over.
    pub(super) fn record_turns(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(record) = self.faulty.records.get_mut(&id) else { return };
        record.due = None;
        record.seen_to = now;
        if record.is_over() {
            record.shown = None;
            self.faulty.is_over(id);
        }
        self.turn_later(id);
        self.emit(now, id, EventKind::RecordChanged);
    }

    pub(super) fn verify_faults(&self) -> Result<(), String> {
        let Faulty { records, active, .. } = &self.faulty;
        if records.values().filter(|record| !record.is_over()).count() != *active {
            return Err("the faulty records are miscounted".to_owned());
        }
        for (id, record) in records {
            if self.history.get(*id).is_none() {
                return Err(format!("the record of call {id} is faulty and not there"));
            }
            let due = record.due;
            if due.is_some() != record.turns_next().is_some()
                || due.is_some_and(|due| !self.agenda.has(due))
            {
                return Err(format!("the record of call {id} is never put right"));
            }
        }
        Ok(())
    }
}

/// Records as the vendor shows them. See [`Exchange::published_items`].
#[derive(Debug, Clone)]
pub struct Published<'a, T, I: Iterator, F> {
    items: I,
    call: F,
    /// Absent where nothing is wrong.
    faulty: Option<&'a Faulty<T>>,
    /// One that is there twice.
    again: Option<I::Item>,
    /// Those out of their places, with how many come before them.
    held: VecDeque<(u16, I::Item)>,
}

impl<T, I: Iterator<Item: Clone>, F: Fn(&I::Item) -> CallId> Published<'_, T, I, F> {
    fn in_place(&mut self) -> Option<I::Item> {
        if let Some(again) = self.again.take() {
            return Some(again);
        }
        loop {
            let item = self.items.next()?;
            let call = (self.call)(&item);
            let Some(record) = self.faulty.and_then(|faulty| faulty.records.get(&call)) else {
                return Some(item);
            };
            match (record.displaced(), record.is_doubled()) {
                _ if record.is_hidden() => {}
                (None, false) => return Some(item),
                (None, true) => {
                    self.again = Some(item.clone());
                    return Some(item);
                }
                (Some(places), false) => self.held.push_back((places, item)),
                // There twice: once where it belongs, once where it does not.
                (Some(places), true) => {
                    self.held.push_back((places.saturating_add(1), item.clone()));
                    return Some(item);
                }
            }
        }
    }
}

impl<T, I: Iterator<Item: Clone>, F: Fn(&I::Item) -> CallId> Iterator for Published<'_, T, I, F> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        if self.faulty.is_none() {
            return self.items.next();
        }
        let ripe = self.held.iter().position(|(before, _)| *before == 0);
        if let Some((_, item)) = ripe.and_then(|place| self.held.remove(place)) {
            return Some(item);
        }
        match self.in_place() {
            Some(item) => {
                for (before, _) in &mut self.held {
                    *before = before.saturating_sub(1);
                }
                Some(item)
            }
            // At the end there are no more to come before them.
            None => self.held.pop_front().map(|(_, item)| item),
        }
    }
}
