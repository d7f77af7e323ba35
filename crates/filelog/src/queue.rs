//! What waits for the disk, and what time it is: positions and stamps are given out here.

use std::collections::VecDeque;

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use ringback_engine::ordered::{EntryId, LogError, Position, Record, Stamp};
use tokio::sync::{mpsc, oneshot};

use crate::Wall;
use crate::store::CUT;

/// The most submissions that wait. An engine has fewer under way.
const WAITING: usize = 8_192;

/// The most bytes that wait, unless it is one submission alone.
const WAITING_BYTES: usize = 256 << 20;

/// The longest record.
const LONGEST: usize = 1 << 30;

/// The most records, and bytes unless it is one record alone, of one transaction.
const BATCH: (usize, usize) = (4_096, 16 << 20);

/// How many stamps of committed records are remembered, for those who have not applied them yet.
const STAMPS: usize = 16_384;

/// No stamp is from before 1970. Said where the stamp of a record is no longer in memory: it is less
/// than could be said, and yet not that nothing is known.
const EARLIEST: Stamp = 0;

/// The answer to a submission.
pub(crate) type Answer = Result<Position, LogError>;

/// Where a follower gets records from.
pub(crate) type Follower = mpsc::Sender<Result<Vec<Record>, LogError>>;

/// A record that is not committed yet.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) position: Position,
    pub(crate) stamp: Stamp,
    pub(crate) id: EntryId,
    pub(crate) bytes: Bytes,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// What the next transaction has to do.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) records: Vec<Submission>,
    pub(crate) cut: Option<std::ops::RangeInclusive<Position>>,
}

/// Why a follower is to be looked after by a thread of its own again.
#[derive(Debug)]
pub(crate) struct Behind {
    pub(crate) follower: Follower,
    pub(crate) next: Position,
}

/// What a follower gets that has all records which are committed.
pub(crate) enum Joined {
    /// It gets further records as they are committed.
    Live,
    /// There are more to read first, up to this position.
    Behind(Follower, Position),
    /// Nothing more will be committed.
    Stopped(Follower, String),
}

pub(crate) struct Queue {
    inner: Mutex<Inner>,
    work: Condvar,
    wall: Wall,
}

#[derive(Debug)]
struct Inner {
    waiting: VecDeque<Submission>,
    bytes: usize,
    /// The position of the next submission.
    next: Position,
    /// The latest stamp that was given out, or said to have passed.
    last: Stamp,
    /// The stamps of the positions before `next`.
    stamps: VecDeque<Stamp>,
    committed: Position,
    /// The first record that is kept.
    first: Position,
    /// Through which position records are to be removed, and who waits for it.
    cut: Position,
    cutting: Vec<(Position, oneshot::Sender<Result<(), LogError>>)>,
    followers: Vec<Follower>,
    stopped: Option<String>,
    closing: bool,
}

impl Queue {
    /// Makes the queue of a log that keeps the records from `first` to before `next`, the last of
    /// which has the stamp `last`.
    pub(crate) fn new(first: Position, next: Position, last: Stamp, wall: Wall) -> Self {
        let inner = Inner {
            waiting: VecDeque::new(),
            bytes: 0,
            next,
            last: last.max(EARLIEST),
            stamps: VecDeque::new(),
            committed: next.saturating_sub(1),
            first,
            cut: 0,
            cutting: Vec::new(),
            followers: Vec::new(),
            stopped: None,
            closing: false,
        };
        Self { inner: Mutex::new(inner), work: Condvar::new(), wall }
    }

    /// Gives a submission its position and stamp, and lets it wait for the disk.
    pub(crate) fn submit(
        &self,
        id: EntryId,
        bytes: Bytes,
    ) -> Result<oneshot::Receiver<Answer>, LogError> {
        let mut inner = self.inner.lock();
        inner.check()?;
        let bytes_then = inner.bytes.saturating_add(bytes.len());
        if bytes.len() > LONGEST {
            return Err(LogError::Stopped("a record is at most 1 GiB long".into()));
        }
        if inner.waiting.len() >= WAITING || bytes_then > WAITING_BYTES && !inner.waiting.is_empty()
        {
            return Err(LogError::Stopped("too much waits for the disk".into()));
        }
        let stamp = inner.tell(&self.wall);
        let (answer, answered) = oneshot::channel();
        let position = inner.next;
        inner.waiting.push_back(Submission { position, stamp, id, bytes, answer });
        inner.bytes = bytes_then;
        inner.next = position.saturating_add(1);
        inner.stamps.push_back(stamp);
        self.work.notify_one();
        Ok(answered)
    }

    /// Waits for something to do. Nothing when the log is closing and everything is done.
    pub(crate) fn next_work(&self) -> Option<Work> {
        let mut inner = self.inner.lock();
        loop {
            let work = inner.take();
            if !work.records.is_empty() || work.cut.is_some() {
                return Some(work);
            }
            if inner.closing {
                return None;
            }
            self.work.wait(&mut inner);
        }
    }

    /// Hands committed records to the followers, and answers those who wait for what was removed.
    ///
    /// Returns the followers that have not taken what they got before.
    #[must_use]
    pub(crate) fn committed(&self, records: Vec<Record>, cut: Option<Position>) -> Vec<Behind> {
        let mut inner = self.inner.lock();
        if let Some(through) = cut {
            inner.first = through.saturating_add(1);
            for (_, done) in inner.cutting.extract_if(.., |(wanted, _)| *wanted <= through) {
                // Nobody may wait any longer.
                let _ = done.send(Ok(()));
            }
        }
        let (Some(first), Some(last)) = (records.first(), records.last()) else {
            return Vec::new();
        };
        let next = first.position;
        inner.committed = last.position;
        inner.forget_stamps();
        inner.hand_on(next, || Ok(records.clone()))
    }

    /// Refuses everything from now on.
    ///
    /// Returns the followers that have not taken what they got before.
    #[must_use]
    pub(crate) fn stop(&self, why: &str) -> Vec<Behind> {
        let mut inner = self.inner.lock();
        inner.stopped = Some(why.to_owned());
        inner.cutting.clear();
        inner.bytes = 0;
        for submission in inner.waiting.drain(..) {
            let _ = submission.answer.send(Err(LogError::Stopped(why.to_owned())));
        }
        let next = inner.committed.saturating_add(1);
        let behind = inner.hand_on(next, || Err(LogError::Stopped(why.to_owned())));
        inner.followers.clear();
        behind
    }

    /// Takes no more submissions; those that wait are still committed.
    pub(crate) fn close(&self) {
        self.inner.lock().closing = true;
        self.work.notify_all();
    }

    /// Lets go of the followers and of those who wait, once nothing more will come.
    pub(crate) fn end(&self) {
        let mut inner = self.inner.lock();
        inner.followers.clear();
        inner.cutting.clear();
    }

    /// Lets a follower that has everything before `next` wait for more.
    pub(crate) fn join(&self, follower: Follower, next: Position) -> Joined {
        let mut inner = self.inner.lock();
        if next <= inner.committed {
            return Joined::Behind(follower, inner.committed);
        }
        if let Some(why) = &inner.stopped {
            return Joined::Stopped(follower, why.clone());
        }
        if !inner.closing {
            inner.followers.push(follower);
        }
        Joined::Live
    }

    /// Removes the records through a position, of which there has to be a snapshot.
    pub(crate) fn cut(
        &self,
        through: Position,
    ) -> Result<Option<oneshot::Receiver<Result<(), LogError>>>, LogError> {
        let mut inner = self.inner.lock();
        inner.check()?;
        let through = through.min(inner.committed);
        if through < inner.first {
            return Ok(None);
        }
        let (done, wait) = oneshot::channel();
        inner.cutting.push((through, done));
        inner.cut = inner.cut.max(through);
        self.work.notify_one();
        Ok(Some(wait))
    }

    pub(crate) fn tip(&self) -> Position {
        self.inner.lock().committed
    }

    /// Returns why nothing more is taken.
    pub(crate) fn stopped(&self) -> Option<String> {
        self.inner.lock().stopped.clone()
    }

    /// Returns the first record that is kept.
    pub(crate) fn first(&self) -> Position {
        self.inner.lock().first
    }

    pub(crate) fn now(&self) -> Stamp {
        let last = self.inner.lock().last;
        last.max((self.wall)())
    }

    /// Returns the moment before which no record after a position will be.
    pub(crate) fn horizon(&self, applied: Position) -> Stamp {
        let mut inner = self.inner.lock();
        let after = inner.next.saturating_sub(applied.saturating_add(1));
        if after == 0 {
            // Said once, it holds for the records to come: should the computer's clock go back, they
            // are stamped with this moment.
            return inner.tell(&self.wall);
        }
        let at =
            usize::try_from(after).ok().and_then(|after| inner.stamps.len().checked_sub(after));
        at.and_then(|at| inner.stamps.get(at)).copied().unwrap_or(EARLIEST)
    }
}

impl Inner {
    fn check(&self) -> Result<(), LogError> {
        match &self.stopped {
            Some(why) => Err(LogError::Stopped(why.clone())),
            None if self.closing => Err(LogError::Stopped("it is closed".into())),
            None => Ok(()),
        }
    }

    /// Returns the log's time, which never goes back.
    fn tell(&mut self, wall: &Wall) -> Stamp {
        self.last = self.last.max(wall());
        self.last
    }

    fn take(&mut self) -> Work {
        let (mut count, mut bytes) = (0, 0);
        for submission in self.waiting.iter().take(BATCH.0) {
            bytes += submission.bytes.len();
            if count > 0 && bytes > BATCH.1 {
                bytes -= submission.bytes.len();
                break;
            }
            count += 1;
        }
        self.bytes = self.bytes.saturating_sub(bytes);
        let records = self.waiting.drain(..count).collect();
        let through = self.cut.min(self.first.saturating_add(CUT - 1));
        let cut = (self.first <= through).then_some(self.first..=through);
        Work { records, cut }
    }

    fn forget_stamps(&mut self) {
        let uncommitted = self.next.saturating_sub(self.committed.saturating_add(1));
        let kept = STAMPS.saturating_add(usize::try_from(uncommitted).unwrap_or(usize::MAX));
        let surplus = self.stamps.len().saturating_sub(kept);
        self.stamps.drain(..surplus);
    }

    /// Gives something to all followers; returns those that have no room for it.
    fn hand_on(
        &mut self,
        next: Position,
        what: impl Fn() -> Result<Vec<Record>, LogError>,
    ) -> Vec<Behind> {
        let mut behind = Vec::new();
        let followers = std::mem::take(&mut self.followers);
        for follower in followers {
            match follower.try_send(what()) {
                Ok(()) => self.followers.push(follower),
                Err(mpsc::error::TrySendError::Full(_)) => behind.push(Behind { follower, next }),
                Err(mpsc::error::TrySendError::Closed(_)) => {}
            }
        }
        behind
    }
}
