//! The servers' clock as seen from here, and the only place that looks at the computer's.
//!
//! It is learnt from what the servers say and carried on by the computer's steady clock, so that a
//! computer whose own clock is wrong wakes at the right moment all the same.

use std::time::Duration;

use parking_lot::Mutex;
use ringback_engine::ordered::Stamp;
use tokio::time::Instant;

/// Returns the computer's steady clock.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// What a server said its time was, while `asked..heard` passed here.
#[derive(Debug, Clone, Copy)]
struct Reading {
    stamp: Stamp,
    /// When that was here, give or take `error`.
    at: Instant,
    error: Duration,
}

/// The servers' clock.
#[derive(Debug)]
pub(crate) struct ServerClock {
    best: Mutex<Reading>,
}

impl ServerClock {
    pub(crate) fn new(stamp: Stamp, asked: Instant, heard: Instant) -> Self {
        Self { best: Mutex::new(Reading::new(stamp, asked, heard)) }
    }

    /// Learns from an answer. One that took long says little, but an old one says less every second.
    pub(crate) fn learn(&self, stamp: Stamp, asked: Instant, heard: Instant) {
        let reading = Reading::new(stamp, asked, heard);
        let mut best = self.best.lock();
        let age = heard.saturating_duration_since(best.at);
        if reading.error <= best.error + age / 100 {
            *best = reading;
        }
    }

    /// Returns the servers' time.
    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp_at(now())
    }

    fn stamp_at(&self, at: Instant) -> Stamp {
        let best = *self.best.lock();
        best.stamp.saturating_add(micros(at.saturating_duration_since(best.at)))
    }
}

impl Reading {
    fn new(stamp: Stamp, asked: Instant, heard: Instant) -> Self {
        let error = heard.saturating_duration_since(asked) / 2;
        Self { stamp, at: asked + error, error }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_clock_goes_on_between_readings_and_prefers_quick_answers() {
        let start = now();
        let clock = ServerClock::new(1_000_000, start, start + 2 * MS);
        assert_eq!(clock.stamp_at(start + MS), 1_000_000);
        assert_eq!(clock.stamp_at(start + 11 * MS), 1_010_000);
        // An answer that took 400 ms may be wrong by 200.
        clock.learn(5_000_000, start + 10 * MS, start + 410 * MS);
        assert_eq!(clock.stamp_at(start + 501 * MS), 1_500_000);
        // One that took 4 ms is believed, though it contradicts: a leader with another clock.
        clock.learn(9_000_000, start + 500 * MS, start + 504 * MS);
        assert_eq!(clock.stamp_at(start + 503 * MS), 9_001_000);
    }
}
