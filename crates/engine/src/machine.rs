//! What a machine and a command are. Nothing here runs anything.

use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

/// The whole state of something simulated, and the only way it changes.
///
/// A machine never reads a clock, draws operating-system randomness, does I/O or lets the order of
/// a hash map reach an outcome. Everything it holds is part of its serialised form.
pub trait Machine: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every command of this machine, as the log stores it.
    type Logged: Replay<Self> + Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// What the machine tells about things that happened while time passed.
    type Event: Serialize + Send + 'static;

    /// Makes everything happen that is due up to and including `to`, in time order.
    ///
    /// Two advances in a row give the same state as one to the later moment; a moment that has
    /// already passed changes nothing. Each happening is handed to `seen`.
    fn advance(&mut self, to: OffsetDateTime, seen: &mut dyn FnMut(Self::Event));

    /// Returns the moment of the next happening, if anything is due at all.
    fn next_due(&self) -> Option<OffsetDateTime>;
}

/// One change of a machine, with an outcome of its own type.
///
/// A refusal ("the extension is busy") is part of the outcome: it is deterministic and comes out
/// the same on every replay.
pub trait Command<M: Machine>: Into<M::Logged> + Clone + Send {
    /// What the command answers.
    type Outcome: Send;

    /// Changes the machine at `now`; the engine has already advanced it to that moment.
    fn execute(self, machine: &mut M, now: OffsetDateTime) -> Self::Outcome;
}

/// A logged command that can be executed again, its outcome thrown away.
pub trait Replay<M: Machine> {
    /// Executes the command again at the moment it was logged with.
    fn replay(self, machine: &mut M, now: OffsetDateTime);
}
