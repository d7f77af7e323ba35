//! How an engine's log is doing.

use bytes::Bytes;

use super::state::encode;
use crate::{Engine, Machine, ordered::Position};

/// How an engine's log is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStatus {
    /// What kind of log it is: `file`, `jetstream`.
    pub kind: &'static str,
    /// Whether other processes write it too.
    pub is_shared: bool,
    /// The last record that is committed anywhere, if that can be known now.
    pub position: Option<Position>,
    /// The last record that was applied here.
    pub applied: Position,
    /// How many changes of this process are on their way.
    pub on_the_way: usize,
    /// The position of the newest snapshot that is known here.
    pub snapshot: Option<Position>,
    /// How many snapshots this process has saved.
    pub snapshots_saved: u64,
    /// Why the last snapshot could not be saved, if it could not.
    pub snapshot_failed: Option<String>,
    /// Whether this process acts for all others.
    pub has_lease: bool,
    /// Why the log did not take the last change that it did not take.
    pub refused: Option<String>,
    /// Why nothing is executed any more, if that is so.
    pub stopped: Option<String>,
}

impl LogStatus {
    /// Returns how many records are still to be applied here, if that can be known now.
    pub fn lag(&self) -> Option<u64> {
        self.position.map(|position| position.saturating_sub(self.applied))
    }
}

impl<M: Machine> Engine<M> {
    /// Returns how the log is doing; `None` without one. It asks the log where it ends, and goes without
    /// that when `enough` is over: a log that nobody reaches is patient.
    pub async fn log_status(&self, enough: impl Future<Output = ()>) -> Option<LogStatus> {
        let replica = self.0.replica.as_ref()?;
        let position = tokio::select! {
            biased;
            tip = replica.log.tip() => tip.ok(),
            () = enough => None,
        };
        let saves = replica.saves.lock().clone();
        Some(LogStatus {
            kind: replica.log.kind(),
            is_shared: replica.is_shared(),
            position,
            applied: *replica.applied.borrow(),
            on_the_way: replica.submissions.on_the_way(),
            snapshot: saves.newest,
            snapshots_saved: saves.saved,
            snapshot_failed: saves.failed,
            has_lease: self.may_send(),
            refused: replica.refused(),
            stopped: replica.stopped(),
        })
    }

    /// Returns all that the log keeps, written as `ringback replay` reads it; `None` without a log, and
    /// for a kind of log that is not exported.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn export_log(&self) -> Result<Option<bytes::Bytes>, crate::EngineError> {
        match &self.0.replica {
            Some(replica) => Ok(replica.log.export().await?),
            None => Ok(None),
        }
    }

    /// Returns whether the machine was made here: always without a log, and with one if it began with
    /// this engine. What is added to a new machine belongs into that one alone.
    pub fn began_here(&self) -> bool {
        self.0.replica.as_ref().is_none_or(|replica| replica.began_here)
    }

    /// Returns why nothing is executed any more, if that is so.
    pub fn stopped(&self) -> Option<String> {
        self.0.replica.as_ref()?.stopped()
    }

    /// Returns the position of the last record that was applied; 0 without a log.
    pub fn applied(&self) -> Position {
        self.0.replica.as_ref().map_or(0, |replica| *replica.applied.borrow())
    }

    /// Returns epoch and time, in microseconds since 1970, of the last change.
    pub(crate) fn time(&self) -> Option<(u64, i64)> {
        let core = self.0.core.read();
        core.replicated.as_deref().map(|state| (state.epoch, state.at))
    }

    /// Returns the position of the last record that was applied, and the state after it as a snapshot
    /// keeps it; `None` without a log.
    pub fn state(&self) -> Option<(Position, Bytes)> {
        let core = self.0.core.read();
        let state = core.replicated.as_deref()?;
        Some((state.position, encode(state, &core.machine).ok()?))
    }
}
