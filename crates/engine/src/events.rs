//! What happened lately: a bounded ring of events with a cursor, for those who watch a machine.

use std::collections::VecDeque;

use serde::Serialize;

/// An event of a machine, as the engine published it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Published<E> {
    /// Its place in the order of all events of the engine, counted from 1.
    pub cursor: u64,
    /// The number of the command that caused it at once; absent where time passing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub event: E,
}

/// Some events in their order, and where the next ones begin.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPage<E> {
    /// The events.
    pub events: Vec<Published<E>>,
    /// The cursor to ask with for what comes after them.
    pub next: u64,
    /// How many events after the cursor asked with are no longer kept.
    pub missed: u64,
}

/// The latest events.
#[derive(Debug)]
pub(crate) struct Ring<E> {
    events: VecDeque<Published<E>>,
    /// The cursor of the last event there was.
    last: u64,
}

impl<E: Clone> Ring<E> {
    /// How many events are kept.
    pub(crate) const KEPT: usize = 32_768;

    pub(crate) fn new() -> Self {
        Self { events: VecDeque::new(), last: 0 }
    }

    pub(crate) fn push(&mut self, command: Option<u64>, event: E) {
        self.last += 1;
        if self.events.len() >= Self::KEPT {
            self.events.pop_front();
        }
        self.events.push_back(Published { cursor: self.last, command, event });
    }

    /// Counts an event that is not known: whoever reads on learns that something was missed.
    pub(crate) fn skip(&mut self) {
        self.events.clear();
        self.last += 1;
    }

    /// Returns the cursor of the last event.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Returns the events after a cursor, `limit` at most.
    pub(crate) fn since(&self, cursor: u64, limit: usize) -> EventPage<E> {
        let first = self.events.front().map_or(self.last + 1, |event| event.cursor);
        let missed = first.saturating_sub(cursor.saturating_add(1));
        let skip = usize::try_from(cursor.saturating_add(1).saturating_sub(first));
        let events = self.events.iter().skip(skip.unwrap_or(usize::MAX)).take(limit);
        let events: Vec<_> = events.cloned().collect();
        let next = events.last().map_or(cursor.max(first - 1), |event| event.cursor);
        EventPage { events, next: next.min(self.last), missed }
    }
}

#[cfg(test)]
mod tests;
