//! The simulated clock: the one place that reads the computer's.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

use crate::{Rate, ordered::Stamp};

/// Where a simulated clock begins, and whether it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// At the computer's time, running at rate 1.
    Now,
    /// At the computer's time, running at the given rate.
    Running(Rate),
    /// At the given moment, standing still until it is advanced or released.
    Frozen(OffsetDateTime),
}

impl Start {
    /// Makes the clock.
    pub fn clock(self) -> Clock {
        match self {
            Self::Now => Clock::new(computer_time(), Rate::ONE, false),
            Self::Running(rate) => Clock::new(computer_time(), rate, false),
            Self::Frozen(at) => Clock::new(at, Rate::ONE, true),
        }
    }
}

/// A change of a clock, as an engine makes it and as a log keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockCommand {
    /// It stands still at the time it shows.
    Freeze,
    /// It runs on from the time it shows.
    Release,
    /// It runs at another rate from the time it shows.
    SetRate(Rate),
    /// It jumps forward by so many microseconds, whether it runs or stands still.
    Advance(u64),
    /// It jumps forward to a moment; one that has passed changes nothing.
    AdvanceTo(#[serde(with = "time::serde::timestamp::microseconds")] OffsetDateTime),
}

impl ClockCommand {
    /// Jumps forward by a length; a negative one counts as zero.
    pub fn advance(by: Duration) -> Self {
        Self::Advance(u64::try_from(by.whole_microseconds().max(0)).unwrap_or(u64::MAX))
    }

    /// Whether it goes on to another moment at once.
    pub(crate) fn is_jump(self) -> bool {
        match self {
            Self::Advance(_) | Self::AdvanceTo(_) => true,
            Self::Freeze | Self::Release | Self::SetRate(_) => false,
        }
    }
}

/// What a clock shows, and how that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hands {
    /// The simulated time, in microseconds since 1970, when the hands were last set.
    pub(crate) shown: i64,
    pub(crate) rate: Rate,
    pub(crate) frozen: bool,
}

impl Hands {
    /// Returns what is shown so many nanoseconds after the hands were set, in microseconds since
    /// 1970: whole numbers throughout, so that every computer comes to the same.
    pub(crate) fn after(self, nanos: i128) -> i64 {
        if self.frozen {
            return self.shown;
        }
        let passed = nanos.max(0).saturating_mul(self.rate.millionths().into()) / 1_000_000_000;
        let at = i128::from(self.shown).saturating_add(passed);
        i64::try_from(at).unwrap_or(i64::MAX).min(LATEST_MICROS)
    }

    /// Changes hands that have been set to the present time.
    pub(crate) fn change(&mut self, command: ClockCommand) {
        match command {
            ClockCommand::Freeze => self.frozen = true,
            ClockCommand::Release => self.frozen = false,
            ClockCommand::SetRate(rate) => self.rate = rate,
            ClockCommand::Advance(by) => {
                let by = i64::try_from(by).unwrap_or(i64::MAX);
                self.shown = self.shown.saturating_add(by).min(LATEST_MICROS);
            }
            ClockCommand::AdvanceTo(at) => self.shown = self.shown.max(micros(at)),
        }
    }
}

/// A clock for simulated time: it runs at any rate, stands still, and jumps forward.
///
/// Its moments are whole microseconds in UTC, so that a moment survives any log or snapshot. Clones
/// are the same clock, which several engines without a log may share. It is read only: what changes
/// it is an operation of an [`Engine`](crate::Engine), and an entry of that one's log.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    face: Mutex<Face>,
    start: OffsetDateTime,
    set: watch::Sender<()>,
    observers: Mutex<Vec<Observer>>,
    source: Source,
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
    hands: Hands,
    /// What the source of time showed when the hands were set, in nanoseconds.
    anchor: i128,
    /// The latest time that was read off since then: a source that is set back does not show.
    latest: i64,
}

/// The real time that a clock goes by.
enum Source {
    /// The computer's monotonic clock, since a moment.
    Computer(Instant),
    /// The clock of a log, as it looks from here.
    Log(Box<dyn Fn() -> Stamp + Send + Sync>),
}

impl Source {
    fn nanos(&self) -> i128 {
        match self {
            Self::Computer(since) => i128::try_from(since.elapsed().as_nanos()).unwrap_or(0),
            Self::Log(stamp) => i128::from(stamp()) * 1_000,
        }
    }
}

/// What a clock shows at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockState {
    /// The simulated time.
    pub now: OffsetDateTime,
    /// Simulated seconds per second of the computer's time.
    pub rate: Rate,
    /// Whether the clock stands still.
    pub frozen: bool,
}

impl Clock {
    fn new(start: OffsetDateTime, rate: Rate, frozen: bool) -> Self {
        let shown = micros(start);
        let hands = Hands { shown, rate, frozen };
        Self::from_source(hands, 0, moment(shown), Source::Computer(Instant::now()))
    }

    /// Makes the clock of an engine with a log, by whose clock it goes.
    pub(crate) fn of_log(
        hands: Hands,
        anchor: Stamp,
        start: OffsetDateTime,
        now: impl Fn() -> Stamp + Send + Sync + 'static,
    ) -> Self {
        Self::from_source(hands, i128::from(anchor) * 1_000, start, Source::Log(Box::new(now)))
    }

    fn from_source(hands: Hands, anchor: i128, start: OffsetDateTime, source: Source) -> Self {
        let face = Mutex::new(Face { hands, anchor, latest: hands.shown });
        let (set, observers) = (watch::Sender::new(()), Mutex::default());
        Self(Arc::new(Inner { face, start, set, observers, source }))
    }

    /// Returns the simulated time.
    pub fn now(&self) -> OffsetDateTime {
        self.state().now
    }

    /// Returns the simulated time at which this clock was made.
    pub fn started_at(&self) -> OffsetDateTime {
        self.0.start
    }

    /// Returns time, rate and whether the clock stands still, read together.
    pub fn state(&self) -> ClockState {
        let mut face = self.0.face.lock();
        let now = moment(face.now(&self.0.source));
        ClockState { now, rate: face.hands.rate, frozen: face.hands.frozen }
    }

    /// Returns what the clock showed when it was last made to jump, to stand still, or to run.
    pub fn set_at(&self) -> OffsetDateTime {
        moment(self.0.face.lock().hands.shown)
    }

    /// Returns whether this and another are the same clock.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns how long the computer has to wait until the clock shows `due`.
    ///
    /// `None` while the clock stands still before that: no wait is long enough.
    pub fn wait_until(&self, due: OffsetDateTime) -> Option<std::time::Duration> {
        let mut face = self.0.face.lock();
        let ahead = i128::from(micros(due).saturating_sub(face.now(&self.0.source)).max(0));
        if face.hands.frozen {
            return (ahead == 0).then_some(std::time::Duration::ZERO);
        }
        let wait = ahead * 1_000_000 / i128::from(face.hands.rate.millionths());
        let most = std::time::Duration::from_secs(86_400);
        let wait = u64::try_from(wait).map_or(most, std::time::Duration::from_micros);
        Some(wait.min(most))
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

    /// Changes the clock from the time it shows, at once.
    pub(crate) fn change(&self, command: ClockCommand) {
        self.set(|hands| hands.change(command));
    }

    /// Shows another moment from now on, which may be an earlier one.
    pub(crate) fn show(&self, at: OffsetDateTime) {
        self.set(|hands| hands.shown = micros(at));
    }

    fn set(&self, set: impl FnOnce(&mut Hands)) {
        {
            let mut face = self.0.face.lock();
            face.hands.shown = face.now(&self.0.source);
            face.anchor = self.0.source.nanos();
            set(&mut face.hands);
            face.latest = face.hands.shown;
        }
        self.tell();
    }

    fn tell(&self) {
        let state = self.state();
        self.0.observers.lock().retain_mut(|observer| observer(state));
        self.0.set.send_replace(());
    }

    /// Takes over what a log has decided.
    pub(crate) fn follow(&self, hands: Hands, anchor: Stamp) {
        let face = Face { hands, anchor: i128::from(anchor) * 1_000, latest: hands.shown };
        *self.0.face.lock() = face;
        self.tell();
    }
}

impl Face {
    fn now(&mut self, source: &Source) -> i64 {
        if !self.hands.frozen {
            self.latest = self.latest.max(self.hands.after(source.nanos() - self.anchor));
        }
        self.latest
    }
}

/// Where time ends: the calendar has no later whole microsecond.
const LATEST: OffsetDateTime = time::macros::datetime!(9999-12-31 23:59:59.999_999 UTC);
const LATEST_MICROS: i64 = 253_402_300_799_999_999;

// Years before 1 have no RFC 3339 form, and nothing to be simulated either.
const EARLIEST_MICROS: i64 = -62_135_596_800_000_000;

#[expect(clippy::disallowed_methods, reason = "the simulated clock begins at the computer's time")]
pub(crate) fn computer_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Returns the microseconds from 1970 to a moment, within the calendar.
pub(crate) fn micros(at: OffsetDateTime) -> i64 {
    let micros = at.unix_timestamp_nanos().div_euclid(1_000);
    let bounds = (i128::from(EARLIEST_MICROS), i128::from(LATEST_MICROS));
    i64::try_from(micros.clamp(bounds.0, bounds.1)).unwrap_or(LATEST_MICROS)
}

/// Returns the moment so many microseconds after 1970, within the calendar.
pub(crate) fn moment(micros: i64) -> OffsetDateTime {
    let micros = micros.clamp(EARLIEST_MICROS, LATEST_MICROS);
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).unwrap_or(LATEST)
}
