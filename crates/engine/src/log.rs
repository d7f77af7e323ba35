//! The command log: what was executed, in which order, at which simulated time.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::oneshot;

use crate::{Machine, Replay, Snapshot, SnapshotError};

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry<L> {
    /// The simulated time of the change.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub at: OffsetDateTime,
    /// What changed.
    pub change: Change<L>,
}

/// What one log entry did to the machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change<L> {
    /// A command was executed.
    Command(L),
    /// The machine was made anew, as at the start.
    Reset,
    /// The machine was replaced by a snapshot.
    Restored(Snapshot),
}

/// Where an entry stands once [`Log::append`] has returned.
#[derive(Debug)]
pub enum Receipt {
    /// It is as safe as this log makes it.
    Kept,
    /// It is in order, and will be safe when the message arrives.
    Pending(oneshot::Receiver<Result<(), LogError>>),
}

impl Receipt {
    /// Waits until the entry is safe.
    pub(crate) async fn safe(self) -> Result<(), LogError> {
        match self {
            Self::Kept => Ok(()),
            Self::Pending(safe) => safe.await.unwrap_or_else(|_| Err(LogError::stopped())),
        }
    }

    /// Waits as [`Receipt::safe`] does, from code that is not async.
    pub(crate) fn safe_blocking(self) -> Result<(), LogError> {
        match self {
            Self::Kept => Ok(()),
            Self::Pending(safe) => {
                safe.blocking_recv().unwrap_or_else(|_| Err(LogError::stopped()))
            }
        }
    }
}

/// The log cannot take an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the command log cannot be written: {0}")]
pub struct LogError(pub String);

impl LogError {
    fn stopped() -> Self {
        Self("the log has stopped".into())
    }
}

/// A place that keeps commands in the order of their execution.
pub trait Log<L>: Send + Sync + 'static {
    /// Appends an entry. Called under the machine's lock, so it sets the order and must not block.
    ///
    /// # Errors
    /// When the entry cannot be kept; the engine then leaves the machine as it was.
    fn append(&self, entry: Entry<L>) -> Result<Receipt, LogError>;

    /// Returns whether entries are kept at all; if not, none are made.
    fn keeps(&self) -> bool {
        true
    }
}

/// The log that keeps nothing: the state lives and dies with the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLog;

impl<L: 'static> Log<L> for NoLog {
    fn append(&self, _entry: Entry<L>) -> Result<Receipt, LogError> {
        Ok(Receipt::Kept)
    }

    fn keeps(&self) -> bool {
        false
    }
}

/// A log in memory, for tests and for exporting a session.
///
/// Clones share the same entries.
#[derive(Debug)]
pub struct MemoryLog<L>(Arc<Mutex<Vec<Entry<L>>>>);

impl<L> Default for MemoryLog<L> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<L> Clone for MemoryLog<L> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<L: Clone> MemoryLog<L> {
    /// Returns a copy of everything kept so far.
    pub fn entries(&self) -> Vec<Entry<L>> {
        self.0.lock().clone()
    }
}

impl<L: Send + 'static> Log<L> for MemoryLog<L> {
    fn append(&self, entry: Entry<L>) -> Result<Receipt, LogError> {
        self.0.lock().push(entry);
        Ok(Receipt::Kept)
    }
}

/// Applies log entries to a machine, in order, each at its own time.
///
/// `genesis` makes the machine that a reset begins from.
///
/// # Errors
/// When an entry holds a snapshot that this machine cannot read; the machine is then as it was
/// before that entry.
pub fn replay<M: Machine>(
    machine: &mut M,
    entries: impl IntoIterator<Item = Entry<M::Logged>>,
    genesis: impl Fn(OffsetDateTime) -> M,
) -> Result<(), SnapshotError> {
    for Entry { at, change } in entries {
        match change {
            Change::Command(command) => {
                machine.advance(at);
                command.replay(machine, at);
                machine.advance(at);
            }
            Change::Reset => *machine = genesis(at),
            Change::Restored(snapshot) => *machine = snapshot.machine()?,
        }
    }
    Ok(())
}
