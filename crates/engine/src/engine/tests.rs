//! The engine with a kitchen as its machine; this file holds what the topics share.

mod committed;
mod open;
mod pace;
mod replicas;
mod restored;
mod timed;
mod timer;
mod tips;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::macros::datetime;

use super::*;
use crate::{
    ClockCommand, Duration, Rate, Replay, Start,
    clock::{micros, moment},
};

const START: OffsetDateTime = datetime!(2026-03-04 09:15:20 UTC);

/// A kitchen with any number of egg timers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kitchen {
    #[serde(with = "time::serde::timestamp::microseconds")]
    opened_at: OffsetDateTime,
    /// Microseconds since 1970 at which a timer rings, and its number.
    timers: BTreeSet<(i64, u32)>,
    set: u32,
    rung: Vec<(i64, u32)>,
    /// The lengths of all timers, in the order in which they were set.
    lengths: Vec<Duration>,
    /// The numbers of those that rang since the engine last asked.
    #[serde(skip)]
    events: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SetTimer {
    after: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TooLong;

impl Kitchen {
    fn open(at: OffsetDateTime) -> Self {
        Self {
            opened_at: at,
            timers: BTreeSet::new(),
            set: 0,
            rung: Vec::new(),
            lengths: Vec::new(),
            events: Vec::new(),
        }
    }

    fn numbers(&self) -> Vec<u32> {
        self.rung.iter().map(|(_, number)| *number).collect()
    }
}

impl Machine for Kitchen {
    type Logged = SetTimer;
    type Event = u32;

    fn advance(&mut self, to: OffsetDateTime) {
        while let Some(first) = self.timers.first().copied()
            && first.0 <= micros(to)
        {
            self.timers.remove(&first);
            self.rung.push(first);
            self.events.push(first.1);
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        self.timers.first().map(|(at, _)| moment(*at))
    }

    fn drain_events(&mut self, into: &mut Vec<u32>) {
        into.append(&mut self.events);
    }

    fn fingerprint(&self) -> u64 {
        u64::from(self.set)
    }
}

impl Command<Kitchen> for SetTimer {
    type Outcome = Result<u32, TooLong>;

    fn execute(self, kitchen: &mut Kitchen, now: OffsetDateTime) -> Self::Outcome {
        if self.after > Duration::DAY {
            return Err(TooLong);
        }
        kitchen.set += 1;
        kitchen.lengths.push(self.after);
        kitchen.timers.insert((micros(now + self.after), kitchen.set));
        Ok(kitchen.set)
    }
}

impl Replay<Kitchen> for SetTimer {
    fn replay(self, kitchen: &mut Kitchen, now: OffsetDateTime) {
        // The outcome went to whoever asked, the first time.
        let _ = self.execute(kitchen, now);
    }
}

/// An engine whose clock stands still.
fn frozen() -> Engine<Kitchen> {
    Engine::new(Start::Frozen(START).clock(), Kitchen::open)
}

/// Sets a timer, from code that is not async.
fn set(engine: &Engine<Kitchen>, after: Duration) -> u32 {
    engine.execute_blocking(SetTimer { after }).unwrap().unwrap()
}

fn advance(engine: &Engine<Kitchen>, by: Duration) -> Advanced<u32> {
    engine.advance_blocking(by).unwrap()
}

/// Sets the clock forward, and leaves it to others what becomes due by that.
fn jump(engine: &Engine<Kitchen>, by: Duration) {
    engine.hold().jump_to(engine.clock().now() + by);
}

fn bytes(engine: &Engine<Kitchen>) -> Vec<u8> {
    engine.snapshot().unwrap().to_bytes().unwrap()
}

fn seconds(seconds: i64) -> Duration {
    Duration::seconds(seconds)
}
