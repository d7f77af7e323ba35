//! Runs a deterministic machine: commands, simulated time, a command log, snapshots. No telephony, no HTTP.
//!
//! A [`Machine`] is one in-memory value. It changes only by executing [`Command`]s and by time
//! passing, and both are deterministic: the same state, command and simulated time give the same
//! result on every computer. [`Engine`] owns the machine, stamps each command with the time of its
//! [`Clock`] and hands back the typed outcome. With an [ordered log](ordered::Log) it is log first:
//! a command is committed, executed when it comes round, and then answered.
//!
//! ```
//! use ringback_engine::{Command, Engine, EngineError, Machine, Replay, Start};
//! use serde::{Deserialize, Serialize};
//! use time::OffsetDateTime;
//!
//! #[derive(Serialize, Deserialize)]
//! struct Counter(u64);
//!
//! #[derive(Clone, Serialize, Deserialize)]
//! struct Add(u64);
//!
//! impl Machine for Counter {
//!     type Logged = Add;
//!     type Event = ();
//!     fn advance(&mut self, _to: OffsetDateTime) {}
//!     fn next_due(&self) -> Option<OffsetDateTime> {
//!         None
//!     }
//!     fn drain_events(&mut self, _into: &mut Vec<()>) {}
//! }
//!
//! impl Command<Counter> for Add {
//!     type Outcome = u64;
//!     fn execute(self, counter: &mut Counter, _now: OffsetDateTime) -> u64 {
//!         counter.0 += self.0;
//!         counter.0
//!     }
//! }
//!
//! impl Replay<Counter> for Add {
//!     fn replay(self, counter: &mut Counter, now: OffsetDateTime) {
//!         self.execute(counter, now);
//!     }
//! }
//!
//! let engine = Engine::new(Start::Now.clock(), |_at| Counter(40));
//! assert_eq!(engine.execute_blocking(Add(2))?, 42);
//! assert_eq!(engine.read(|counter| counter.0), 42);
//! # Ok::<(), EngineError>(())
//! ```

mod blocking;
mod clock;
mod engine;
mod events;
#[cfg(test)]
mod fuzz;
mod logged;
mod machine;
pub mod ordered;
mod rate;
mod snapshot;

pub use clock::{Clock, ClockCommand, ClockState, Start};
pub use engine::{Advanced, Engine, EngineError, Held};
pub use events::{EventPage, Published};
pub use logged::{
    follower::Follower,
    open::{LogOptions, SnapshotEvery},
    state::Identity,
    status::LogStatus,
    turns::Turn,
};
pub use machine::{Command, Machine, Replay, same};
pub use rate::Rate;
pub use snapshot::{Snapshot, SnapshotError};
pub use time::{Duration, OffsetDateTime};
