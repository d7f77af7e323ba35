//! In which order deliveries came to the heads of their lanes: what a dispatcher has not seen yet is
//! found without a walk over what waits. No state: it follows from nothing and decides nothing.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Head;

/// How many heads beyond those that wait are remembered.
const SLACK: usize = 1_024;

#[derive(Debug)]
pub(super) struct Feed {
    stamp: u64,
    /// How many heads have been forgotten.
    forgotten: u64,
    heads: VecDeque<Head>,
}

impl Default for Feed {
    fn default() -> Self {
        static STAMPS: AtomicU64 = AtomicU64::new(0);
        let stamp = STAMPS.fetch_add(1, Ordering::Relaxed);
        Self { stamp, forgotten: 0, heads: VecDeque::new() }
    }
}

/// A copy of an outbox is another outbox, and whoever reads it begins anew.
impl Clone for Feed {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Two outboxes are the same if their states are.
impl PartialEq for Feed {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Feed {}

impl Feed {
    /// Returns what tells this outbox from every other one of this process, copies included.
    pub(super) fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Returns the place of the next head.
    pub(super) fn end(&self) -> u64 {
        self.forgotten.saturating_add(self.heads.len().try_into().unwrap_or(u64::MAX))
    }

    /// Returns the heads from a place on; `None` if some of them have been forgotten.
    pub(super) fn since(&self, place: u64) -> Option<impl Iterator<Item = Head>> {
        let skip = usize::try_from(place.checked_sub(self.forgotten)?).ok()?;
        // Not one by one: most readers are near the end.
        Some(self.heads.range(skip.min(self.heads.len())..).copied())
    }

    /// Adds a head where so many wait.
    pub(super) fn add(&mut self, head: Head, waiting: usize) {
        self.heads.push_back(head);
        while self.heads.len() > waiting.saturating_add(SLACK) {
            self.heads.pop_front();
            self.forgotten = self.forgotten.saturating_add(1);
        }
    }
}
