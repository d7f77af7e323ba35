//! The simulated clock: the one place that reads the computer's.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

/// Where a simulated clock begins, and whether it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// At the computer's time, running at rate 1.
    Now,
    /// At the computer's time, running at the given rate.
    Running(f64),
    /// At the given moment, standing still until it is advanced or released.
    Frozen(OffsetDateTime),
}

impl Start {
    /// Makes the clock.
    pub fn clock(self) -> Clock {
        match self {
            Self::Now => Clock::new(computer_time(), 1.0, false),
            Self::Running(rate) => Clock::new(computer_time(), rate, false),
            Self::Frozen(at) => Clock::new(at, 1.0, true),
        }
    }
}

/// A clock for simulated time: it runs at any rate, stands still, and jumps forward.
///
/// Its moments are whole microseconds in UTC, so that a moment survives any log or snapshot. Clones
/// are the same clock, which several engines may share.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    face: Mutex<Face>,
    start: OffsetDateTime,
    set: watch::Sender<()>,
    observers: Mutex<Vec<Observer>>,
}

/// Learns what the clock shows after each change; returns whether it wants to learn of the next.
type Observer = Box<dyn FnMut(ClockState) -> bool + Send>;

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock").field("face", &self.face).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy)]
struct Face {
    /// The simulated time when the computer's monotonic clock showed `anchor`.
    shown: OffsetDateTime,
    anchor: Instant,
    rate: f64,
    frozen: bool,
}

/// What a clock shows at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClockState {
    /// The simulated time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
    /// Simulated seconds per second of the computer's time.
    pub rate: f64,
    /// Whether the clock stands still.
    pub frozen: bool,
}

impl Clock {
    /// The slowest and fastest rates a clock accepts.
    pub const RATES: std::ops::RangeInclusive<f64> = 0.000_001..=1_000_000.0;

    fn new(start: OffsetDateTime, rate: f64, frozen: bool) -> Self {
        let start = whole_micros(start);
        let rate = if rate.is_nan() { 1.0 } else { rate };
        let rate = rate.clamp(*Self::RATES.start(), *Self::RATES.end());
        let face = Face { shown: start, anchor: Instant::now(), rate, frozen };
        let (set, observers) = (watch::Sender::new(()), Mutex::default());
        Self(Arc::new(Inner { face: Mutex::new(face), start, set, observers }))
    }

    /// Returns the simulated time.
    pub fn now(&self) -> OffsetDateTime {
        self.0.face.lock().now()
    }

    /// Returns the simulated time at which this clock was made.
    pub fn started_at(&self) -> OffsetDateTime {
        self.0.start
    }

    /// Returns time, rate and whether the clock stands still, read together.
    pub fn state(&self) -> ClockState {
        let face = self.0.face.lock();
        ClockState { now: face.now(), rate: face.rate, frozen: face.frozen }
    }

    /// Returns what the clock showed when it was last made to jump, to stand still, or to run.
    pub fn set_at(&self) -> OffsetDateTime {
        self.0.face.lock().shown
    }

    /// Makes the clock stand still at the time it shows.
    pub fn freeze(&self) {
        self.change(|face| face.frozen = true);
    }

    /// Lets the clock run on from the time it shows.
    pub fn release(&self) {
        self.change(|face| face.frozen = false);
    }

    /// Sets how many simulated seconds pass in one second; out of [`Clock::RATES`] is clamped.
    pub fn set_rate(&self, rate: f64) {
        if rate.is_finite() {
            self.change(|face| face.rate = rate.clamp(*Self::RATES.start(), *Self::RATES.end()));
        }
    }

    /// Returns whether this and another are the same clock.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Jumps forward by a length, whether the clock runs or stands still. The engines that follow it
    /// catch up by themselves; [`Held::advance_to`](crate::Held::advance_to) says what happens.
    pub fn jump(&self, by: Duration) {
        self.change(|face| {
            face.shown = whole_micros(face.shown.saturating_add(by.max(Duration::ZERO)));
        });
    }

    /// Jumps forward to a moment; one that has passed changes nothing.
    pub fn jump_to(&self, at: OffsetDateTime) {
        self.change(|face| face.shown = face.shown.max(whole_micros(at)));
    }

    /// Shows another moment from now on, which may be an earlier one.
    pub(crate) fn show(&self, at: OffsetDateTime) {
        self.change(|face| face.shown = whole_micros(at));
    }

    /// Returns how long the computer has to wait until the clock shows `due`.
    ///
    /// `None` while the clock stands still: no wait is long enough.
    pub fn wait_until(&self, due: OffsetDateTime) -> Option<std::time::Duration> {
        let face = self.0.face.lock();
        if face.frozen {
            return None;
        }
        let ahead = (due - face.now()).as_seconds_f64().max(0.0);
        Some(std::time::Duration::from_secs_f64((ahead / face.rate).min(86_400.0)))
    }

    /// Subscribes to changes of rate, standstill and jumps.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.0.set.subscribe()
    }

    /// Calls an observer with what the clock shows after each change of rate, standstill or time
    /// by hand, before anything follows from that change, until it returns false.
    ///
    /// It must be quick, and must not change a clock.
    pub fn observe(&self, observer: impl FnMut(ClockState) -> bool + Send + 'static) {
        self.0.observers.lock().push(Box::new(observer));
    }

    fn change(&self, set: impl FnOnce(&mut Face)) {
        {
            let mut face = self.0.face.lock();
            face.shown = face.now();
            face.anchor = Instant::now();
            set(&mut face);
        }
        let state = self.state();
        self.0.observers.lock().retain_mut(|observer| observer(state));
        self.0.set.send_replace(());
    }
}

impl Face {
    fn now(&self) -> OffsetDateTime {
        if self.frozen {
            return self.shown;
        }
        let passed = Duration::seconds_f64(self.anchor.elapsed().as_secs_f64() * self.rate);
        whole_micros(self.shown.saturating_add(passed))
    }
}

/// Where time ends: the calendar has no later whole microsecond.
const LATEST: OffsetDateTime = time::macros::datetime!(9999-12-31 23:59:59.999_999 UTC);

#[expect(clippy::disallowed_methods, reason = "the simulated clock begins at the computer's time")]
fn computer_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn whole_micros(at: OffsetDateTime) -> OffsetDateTime {
    // A local time on the calendar's last or first day may be off it in UTC.
    let at = at.checked_to_offset(time::UtcOffset::UTC).unwrap_or(match at.year() {
        ..0 => OffsetDateTime::UNIX_EPOCH,
        0.. => LATEST,
    });
    // Years before 1 have no RFC 3339 form, and no telephone either.
    let at = at.max(EARLIEST);
    at.replace_nanosecond(at.microsecond() * 1_000).unwrap_or(at)
}

const EARLIEST: OffsetDateTime = time::macros::datetime!(0001-01-01 00:00:00 UTC);
