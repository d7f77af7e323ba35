//! Which starts are taken: one client takes caller and `call_start` for a call's identity, so the
//! pair is unique over the whole list, calls in progress included.

use std::collections::BTreeMap;

use time::OffsetDateTime;

/// Taken starts of each caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// In milliseconds: a thousand calls triggered at one moment are one stretch.
    millis: Stretches,
    /// Those on a whole second, in seconds: a busy day of records that were made up is one stretch,
    /// where the milliseconds between them would make each a stretch of its own.
    seconds: Stretches,
}

impl Taken {
    pub(super) fn take(&mut self, caller: u64, start: OffsetDateTime) {
        self.millis.take(caller, millis(start));
        if let Some(second) = whole_second(start) {
            self.seconds.take(caller, second);
        }
    }

    pub(super) fn is_taken(&self, caller: u64, start: OffsetDateTime) -> bool {
        self.millis.around(caller, millis(start)).is_some()
    }

    /// Returns by how many milliseconds a start has to be shown later to be free.
    pub(super) fn shift(&self, caller: u64, start: OffsetDateTime) -> u32 {
        let wanted = millis(start);
        u32::try_from(self.millis.free_from(caller, wanted) - wanted).unwrap_or(u32::MAX)
    }

    /// Returns by how many milliseconds the start of a record that was made up has to be shown later
    /// to be free. Such starts are whole seconds, and stay so.
    pub(super) fn shift_by_seconds(&self, caller: u64, start: OffsetDateTime) -> u32 {
        let Some(wanted) = whole_second(start) else { return self.shift(caller, start) };
        let behind = self.seconds.free_from(caller, wanted) - wanted;
        u32::try_from(behind.saturating_mul(1_000)).unwrap_or(u32::MAX)
    }

    /// Returns the last whole second before a start, or at it, that is free.
    pub(super) fn free_before(&self, caller: u64, start: OffsetDateTime) -> OffsetDateTime {
        let wanted = start.unix_timestamp();
        let taken = self.seconds.around(caller, wanted);
        let free = taken.map_or(wanted, |(first, _)| first.saturating_sub(1));
        OffsetDateTime::from_unix_timestamp(free).unwrap_or(start)
    }
}

/// Taken units of time of each caller, as stretches without a gap: the first unit of a stretch
/// leads to its last, so that the next free one is found at once, however many are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stretches(BTreeMap<(u64, i64), i64>);

impl Stretches {
    fn take(&mut self, caller: u64, unit: i64) {
        if self.around(caller, unit).is_some() {
            return;
        }
        let before = self.around(caller, unit.saturating_sub(1));
        let after = self.0.remove(&(caller, unit.saturating_add(1)));
        self.0.insert((caller, before.map_or(unit, |(first, _)| first)), after.unwrap_or(unit));
    }

    /// Returns the first unit that is free, from the wanted one on.
    fn free_from(&self, caller: u64, wanted: i64) -> i64 {
        self.around(caller, wanted).map_or(wanted, |(_, last)| last.saturating_add(1))
    }

    /// Returns the first and the last unit of the stretch that a unit belongs to.
    fn around(&self, caller: u64, unit: i64) -> Option<(i64, i64)> {
        let ((_, first), last) = self.0.range((caller, i64::MIN)..=(caller, unit)).next_back()?;
        (unit <= *last).then_some((*first, *last))
    }
}

/// Returns a moment's second, if it is shown on a whole one.
fn whole_second(at: OffsetDateTime) -> Option<i64> {
    (at.millisecond() == 0).then(|| at.unix_timestamp())
}

fn millis(at: OffsetDateTime) -> i64 {
    at.unix_timestamp().saturating_mul(1_000).saturating_add(at.millisecond().into())
}

#[cfg(test)]
mod tests;
