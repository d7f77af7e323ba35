//! An account's own time: an offset to the clock of the instance, or a standstill.

use ringback_engine::{Duration, OffsetDateTime};
use serde::{Deserialize, Serialize};

/// What an account's clock shows, where it differs from that of the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Face {
    /// What the instance's clock showed when this was set.
    #[serde(with = "time::serde::timestamp::microseconds")]
    set_at: OffsetDateTime,
    /// What the account's clock showed then.
    #[serde(with = "time::serde::timestamp::microseconds")]
    shown: OffsetDateTime,
    pub(super) frozen: bool,
}

impl Face {
    pub(super) fn new(now: OffsetDateTime, shown: OffsetDateTime, frozen: bool) -> Self {
        Self { set_at: now, shown, frozen }
    }

    /// Makes the face of an account that shows another moment than the instance's clock, or stands
    /// still; `None` where it shows the same.
    pub(super) fn of(now: OffsetDateTime, shown: OffsetDateTime, frozen: bool) -> Option<Self> {
        (frozen || now != shown).then(|| Self::new(now, shown, frozen))
    }

    /// Returns the account's time when the instance's clock shows `now`.
    pub(super) fn local(&self, now: OffsetDateTime) -> OffsetDateTime {
        match self.frozen {
            true => self.shown,
            false => self.shown.saturating_add((now - self.set_at).max(Duration::ZERO)),
        }
    }

    /// Returns what the instance's clock shows at a moment of the account; `None` if it never gets
    /// there.
    pub(super) fn global(&self, local: OffsetDateTime) -> Option<OffsetDateTime> {
        let ahead = (local - self.shown).max(Duration::ZERO);
        match self.frozen {
            // What is due by now happens whatever the clock does.
            true => (local <= self.shown).then_some(self.set_at),
            false => Some(self.set_at.saturating_add(ahead)),
        }
    }
}

/// What a test does to an account's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockChange {
    /// It stands still from now on.
    Freeze,
    /// It runs on from what it shows, as the clock of the instance does.
    Release,
    /// It jumps forward to a moment; one that has passed changes nothing.
    JumpTo(#[serde(with = "time::serde::timestamp::microseconds")] OffsetDateTime),
}
