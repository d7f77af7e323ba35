//! Fuzz targets: what an engine reads back from a log. What is not understood is an error.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    Command, Machine, Rate, Snapshot, logged,
    logged::{entry::Entry, state},
};

/// A counter that goes on by one with each command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Counter {
    count: u64,
    #[serde(default)]
    due: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Count {
    by: u64,
}

logged! {
    /// Every command.
    enum Logged of Counter {
        /// As [`Count`].
        Count(Count),
    }
}

impl Machine for Counter {
    type Logged = Logged;
    type Event = ();

    fn advance(&mut self, _: OffsetDateTime) {}

    fn next_due(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.due?).ok()
    }

    fn drain_events(&mut self, _: &mut Vec<()>) {}
}

impl Command<Counter> for Count {
    type Outcome = u64;

    fn execute(self, counter: &mut Counter, _: OffsetDateTime) -> u64 {
        counter.count = counter.count.wrapping_add(self.by);
        counter.count
    }
}

/// One entry of a log.
#[test]
fn entries() {
    ringback_fuzz::target!(|input| {
        match Entry::<Logged>::decode(input) {
            Ok(entry) => {
                let written = entry.encode().unwrap();
                let again = Entry::<Logged>::decode(&written).unwrap();
                assert_eq!(again.encode().unwrap(), written);
            }
            Err(why) => assert!(!why.is_empty()),
        }
    });
}

/// The state that a log is gone on with, as it stands in a snapshot of a log.
#[test]
fn states() {
    ringback_fuzz::target!(|input| {
        let Ok(state) = state::decode::<Counter>(input) else { return };
        let written = state::encode(&state.replicated, &state.machine).unwrap();
        let again = state::decode::<Counter>(&written).unwrap();
        assert_eq!((&again.replicated, &again.machine), (&state.replicated, &state.machine));
        for stamp in [i64::MIN, 0, state.replicated.stamp, i64::MAX] {
            state.replicated.time_at(stamp);
        }
    });
}

/// A machine with its moment, as clients keep it.
#[test]
fn snapshots() {
    ringback_fuzz::target!(|input| {
        let Ok(snapshot) = Snapshot::from_bytes(input) else { return };
        let written = snapshot.to_bytes().unwrap();
        assert_eq!(Snapshot::from_bytes(&written).unwrap(), snapshot);
        let Ok(machine) = snapshot.machine::<Counter>() else { return };
        machine.next_due();
        assert!(snapshot.at().checked_add(Duration::ZERO).is_some());
        let own = Snapshot::of(&machine, snapshot.at()).unwrap();
        assert_eq!(own.machine::<Counter>().unwrap(), machine);
    });
}

/// How fast a clock runs.
#[test]
fn rates() {
    ringback_fuzz::target!(|input| {
        let Ok(rate) = serde_json::from_slice::<f64>(input) else { return };
        if let Some(rate) = Rate::from_f64(rate) {
            assert_eq!(Rate::from_millionths(rate.millionths()), rate);
        }
    });
}
