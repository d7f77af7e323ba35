//! An exported log to go on from: in memory, and its clock stands where the log ends.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use parking_lot::Mutex;
use ringback_engine::ordered::{EntryId, Log, LogError, Position, Record, Saved, Stamp};
use tokio::sync::mpsc;

use crate::Exported;

/// How many submissions a follower may be behind. An engine has fewer under way.
const FOLLOWING: usize = 4_096;

/// A log in memory that begins with an exported one. What is added to it is as old as its end: no time
/// passes, so that the same requests find the same state whenever they come.
#[derive(Debug)]
pub struct Replayed(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    snapshot: Option<Saved>,
    records: VecDeque<Record>,
    tip: Position,
    /// What the clock shows.
    stamp: Stamp,
    followers: Vec<mpsc::Sender<Result<Vec<Record>, LogError>>>,
}

impl From<Exported> for Replayed {
    fn from(exported: Exported) -> Self {
        let Exported { header, snapshot, records } = exported;
        let saved = snapshot.as_ref().map_or(0, |saved| saved.position);
        let (tip, stamp) =
            records.last().map_or((saved, header.began), |last| (last.position, last.stamp));
        let (records, followers) = (records.into(), Vec::new());
        Self(Mutex::new(Inner { snapshot, records, tip, stamp, followers }))
    }
}

impl Log for Replayed {
    fn submit(&self, id: EntryId, bytes: Bytes) -> BoxFuture<'static, Result<Position, LogError>> {
        let mut inner = self.0.lock();
        let Some(tip) = inner.tip.checked_add(1) else {
            return ready(Err(LogError::Stopped("there is no position left".to_owned()))).boxed();
        };
        inner.tip = tip;
        let record = Record { position: inner.tip, stamp: inner.stamp, id, bytes };
        inner.records.push_back(record.clone());
        // One that is gone, or stands still, is left to itself.
        inner.followers.retain(|follower| follower.try_send(Ok(vec![record.clone()])).is_ok());
        ready(Ok(inner.tip)).boxed()
    }

    fn follow(&self, after: Position) -> mpsc::Receiver<Result<Vec<Record>, LogError>> {
        let (follower, records) = mpsc::channel(FOLLOWING);
        let mut inner = self.0.lock();
        let first = inner.records.front().map_or(inner.tip.saturating_add(1), |r| r.position);
        let what = if after.saturating_add(1) < first {
            Err(LogError::Gap(after))
        } else {
            Ok(inner.records.iter().filter(|record| record.position > after).cloned().collect())
        };
        let goes_on = what.is_ok();
        // There is room: nothing else was sent.
        if follower.try_send(what).is_ok() && goes_on {
            inner.followers.push(follower);
        }
        records
    }

    fn horizon(&self, _applied: Position) -> Stamp {
        self.0.lock().stamp
    }

    fn now(&self) -> Stamp {
        self.0.lock().stamp
    }

    fn tip(&self) -> BoxFuture<'static, Result<Position, LogError>> {
        ready(Ok(self.0.lock().tip)).boxed()
    }

    fn save(
        &self,
        position: Position,
        snapshot: Bytes,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        let mut inner = self.0.lock();
        if inner.snapshot.as_ref().is_none_or(|newest| newest.position < position) {
            inner.snapshot = Some(Saved { position, bytes: snapshot });
        }
        ready(Ok(())).boxed()
    }

    fn newest(&self) -> BoxFuture<'static, Result<Option<Saved>, LogError>> {
        ready(Ok(self.0.lock().snapshot.clone())).boxed()
    }

    fn compact(&self, through: Position) -> BoxFuture<'static, Result<(), LogError>> {
        let mut inner = self.0.lock();
        let saved = inner.snapshot.as_ref().map_or(0, |saved| saved.position);
        while inner.records.front().is_some_and(|first| first.position <= through.min(saved)) {
            inner.records.pop_front();
        }
        ready(Ok(())).boxed()
    }

    fn kind(&self) -> &'static str {
        "replayed"
    }
}
