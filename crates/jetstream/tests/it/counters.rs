//! A machine to run: counters, and an alarm that goes off when it is due.

use std::collections::BTreeSet;

use ringback_engine::{Command, Duration, Machine, OffsetDateTime, logged};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counters {
    pub(crate) counts: [u64; 17],
    pub(crate) rings: u64,
    pub(crate) alarms: BTreeSet<i64>,
    /// Makes a snapshot as large as is wanted.
    pub(crate) ballast: String,
}

/// Counts, and sets an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) which: usize,
    pub(crate) ring_in_millis: i64,
}

logged! {
    /// Every command.
    pub(crate) enum Logged of Counters {
        /// As [`Count`].
        Count(Count),
    }
}

impl Machine for Counters {
    type Logged = Logged;
    type Event = ();

    fn advance(&mut self, to: OffsetDateTime) {
        while self.next_due().is_some_and(|due| due <= to) {
            self.alarms.pop_first();
            self.rings += 1;
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        let micros = i128::from(*self.alarms.first()?);
        OffsetDateTime::from_unix_timestamp_nanos(micros * 1_000).ok()
    }

    fn drain_events(&mut self, _into: &mut Vec<()>) {}

    fn fingerprint(&self) -> u64 {
        self.counts.iter().sum::<u64>() << 32 | self.rings
    }
}

impl Command<Counters> for Count {
    type Outcome = u64;

    fn execute(self, counters: &mut Counters, now: OffsetDateTime) -> u64 {
        let due = now + Duration::milliseconds(self.ring_in_millis);
        counters.alarms.insert((due.unix_timestamp_nanos() / 1_000) as i64);
        counters.counts[self.which] += 1;
        counters.counts[self.which]
    }
}
