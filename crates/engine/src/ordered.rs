//! An ordered log: what every kind of command log is to the engine, whether it lives in a file, on
//! several computers, or in a test.
//!
//! A log keeps *records* in one order. Whoever wants a change submits its bytes; once they are
//! committed they come round to everybody who follows the log, in the same order, with the same
//! position and stamp. Nothing is executed before it has come round.

pub mod simulated;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::sync::mpsc;

/// The place of a record in its log: the first has 1, and there are no gaps. 0 stands before all.
pub type Position = u64;

/// A moment of the log's own clock, in microseconds since 1970. It is the same for everybody who
/// reads the record, and the only real time that a machine may learn of.
pub type Stamp = i64;

/// Names a submission, so that it can be told again however often it is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// Drawn by each process when it starts.
    pub origin: u64,
    /// Counted from 1 by the process.
    pub serial: u64,
}

/// What a log hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place.
    pub position: Position,
    /// When the log took it.
    pub stamp: Stamp,
    /// Who submitted it.
    pub id: EntryId,
    /// What was submitted.
    pub bytes: Bytes,
}

/// A snapshot and the position it was taken at: the state after that record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The last record that it contains.
    pub position: Position,
    /// The state.
    pub bytes: Bytes,
}

/// A log cannot do what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The record was surely not committed.
    #[error("the command log has stopped: {0}")]
    Stopped(String),
    /// The record may have been committed, or may still be.
    #[error("it is not known whether the command log has taken it: {0}")]
    Unknown(String),
    /// The records that are wanted are no longer kept: the newest snapshot has to be taken.
    #[error("the command log no longer has the records after {0}")]
    Gap(Position),
    /// What is kept cannot be trusted.
    #[error("the command log is damaged: {0}")]
    Damaged(String),
}

/// An ordered log with commit notifications.
///
/// Methods that answer with a future begin their work when they are called, so that the order of
/// calls is the order that is tried; a submission goes on where its future is dropped. Futures are
/// polled in any thread, inside a runtime or not.
pub trait Log: Send + Sync + 'static {
    /// Submits a record. The answer says where it was committed; the same record comes round to
    /// those who [follow](Log::follow), before or after that.
    fn submit(&self, id: EntryId, bytes: Bytes) -> BoxFuture<'static, Result<Position, LogError>>;

    /// Hands on the committed records after a position: in order, without a gap, for as long as the
    /// receiver lives. After an error nothing more comes.
    fn follow(&self, after: Position) -> mpsc::Receiver<Result<Vec<Record>, LogError>>;

    /// Returns how far time may pass for somebody who has applied the records up to a position,
    /// though no further record has come: no record after it will have an earlier stamp.
    /// [`Stamp::MIN`] where that cannot be known.
    fn horizon(&self, applied: Position) -> Stamp;

    /// Returns the log's clock as it looks from here. It says when to wake, and decides no outcome.
    fn now(&self) -> Stamp;

    /// Returns the position of the last record that is committed anywhere.
    fn tip(&self) -> BoxFuture<'static, Result<Position, LogError>>;

    /// Keeps a snapshot of the state after a position. An older one than the newest is ignored.
    fn save(&self, position: Position, snapshot: Bytes)
    -> BoxFuture<'static, Result<(), LogError>>;

    /// Returns the newest snapshot that can be read, if there is any.
    fn newest(&self) -> BoxFuture<'static, Result<Option<Saved>, LogError>>;

    /// Forgets the records up to and including a position; a snapshot has to hold them.
    fn compact(&self, through: Position) -> BoxFuture<'static, Result<(), LogError>>;

    /// Returns all that is kept, written as `ringback replay` reads it; `None` for a kind of log that
    /// is not exported.
    fn export(&self) -> BoxFuture<'static, Result<Option<Bytes>, LogError>> {
        std::future::ready(Ok(None)).boxed()
    }

    /// Returns what this log is called: `file`, `jetstream`, `simulated`.
    fn kind(&self) -> &'static str;
}

impl<L: Log + ?Sized> Log for Arc<L> {
    fn submit(&self, id: EntryId, bytes: Bytes) -> BoxFuture<'static, Result<Position, LogError>> {
        (**self).submit(id, bytes)
    }

    fn follow(&self, after: Position) -> mpsc::Receiver<Result<Vec<Record>, LogError>> {
        (**self).follow(after)
    }

    fn horizon(&self, applied: Position) -> Stamp {
        (**self).horizon(applied)
    }

    fn now(&self) -> Stamp {
        (**self).now()
    }

    fn tip(&self) -> BoxFuture<'static, Result<Position, LogError>> {
        (**self).tip()
    }

    fn save(
        &self,
        position: Position,
        snapshot: Bytes,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        (**self).save(position, snapshot)
    }

    fn newest(&self) -> BoxFuture<'static, Result<Option<Saved>, LogError>> {
        (**self).newest()
    }

    fn export(&self) -> BoxFuture<'static, Result<Option<Bytes>, LogError>> {
        (**self).export()
    }

    fn compact(&self, through: Position) -> BoxFuture<'static, Result<(), LogError>> {
        (**self).compact(through)
    }

    fn kind(&self) -> &'static str {
        (**self).kind()
    }
}
