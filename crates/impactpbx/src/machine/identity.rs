//! Which starts are taken: one client takes caller and `call_start` for a call's identity, so the
//! pair is unique over the whole list, calls in progress included.

use std::collections::BTreeMap;

use time::OffsetDateTime;

/// Taken starts of each caller, in milliseconds, as stretches without a gap: a thousand calls
/// triggered at one moment are one entry, and the next free start is found at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Taken(BTreeMap<(u64, i64), i64>);

impl Taken {
    pub(super) fn take(&mut self, caller: u64, start: OffsetDateTime) {
        let start = millis(start);
        if self.stretch(caller, start).is_some() {
            return;
        }
        let before = self.stretch(caller, start.saturating_sub(1));
        let after = self.0.remove(&(caller, start.saturating_add(1)));
        self.0.insert((caller, before.map_or(start, |(first, _)| first)), after.unwrap_or(start));
    }

    pub(super) fn is_taken(&self, caller: u64, start: OffsetDateTime) -> bool {
        self.stretch(caller, millis(start)).is_some()
    }

    /// Returns by how many milliseconds a start has to be shown later to be free.
    pub(super) fn shift(&self, caller: u64, start: OffsetDateTime) -> u32 {
        let wanted = millis(start);
        let free = self.stretch(caller, wanted).map_or(wanted, |(_, last)| last.saturating_add(1));
        u32::try_from(free - wanted).unwrap_or(u32::MAX)
    }

    /// Returns by how many milliseconds a start has to be shown later to be free and on a whole
    /// second still, as those of records that were made up are.
    pub(super) fn shift_by_seconds(&self, caller: u64, start: OffsetDateTime) -> u32 {
        let wanted = millis(start);
        let mut free = wanted;
        while let Some((_, last)) = self.stretch(caller, free) {
            let behind = last.saturating_add(1).saturating_sub(wanted);
            free = wanted.saturating_add(behind.saturating_add(999) / 1_000 * 1_000);
        }
        u32::try_from(free - wanted).unwrap_or(u32::MAX)
    }

    fn stretch(&self, caller: u64, start: i64) -> Option<(i64, i64)> {
        let ((_, first), last) = self.0.range((caller, i64::MIN)..=(caller, start)).next_back()?;
        (start <= *last).then_some((*first, *last))
    }
}

fn millis(at: OffsetDateTime) -> i64 {
    at.unix_timestamp().saturating_mul(1_000).saturating_add(at.millisecond().into())
}

#[cfg(test)]
mod tests;
