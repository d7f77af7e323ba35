//! A log that is open: one thread writes, and answers when the disk has it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use parking_lot::{Mutex, RwLock};
use ringback_engine::ordered::{EntryId, Log, LogError, Position, Record, Saved, Stamp};
use tokio::sync::{mpsc, oneshot};

use crate::files::Lock;
use crate::queue::{Behind, Follower, Joined, Queue, Work};
use crate::snapshots::Snapshots;
use crate::store::{Store, StoreError};
use crate::witness::Witness;
use crate::{Expected, Header, OpenError, Wall, jsonl, wall};

mod open;
pub(crate) use open::{FILE, trusted, view, whole};
#[cfg(test)]
mod tests;

/// How many batches a follower may be behind before it is given the rest from the file.
const FOLLOWING: usize = 64;

/// How to open a log.
#[derive(Clone)]
pub struct Opening {
    /// How much of the database is kept in memory, in bytes.
    pub cache: usize,
    /// Whether commands that an earlier release has left may be executed by rules that have changed
    /// since.
    pub accept_new_rules: bool,
    /// The computer's clock.
    pub wall: Wall,
}

impl Default for Opening {
    fn default() -> Self {
        Self { cache: 8 << 20, accept_new_rules: false, wall: wall::computer() }
    }
}

/// The command log in a folder. Dropping the last handle closes it.
pub struct FileLog {
    inner: Arc<Inner>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// Opens the log for reading only, after it could not be written.
type View = Box<dyn Fn() -> Result<Store, StoreError> + Send + Sync>;

struct Inner {
    folder: PathBuf,
    header: Header,
    queue: Queue,
    /// Nothing once the log is closed.
    store: RwLock<Option<Store>>,
    snapshots: Mutex<Snapshots>,
    /// Through which position records may be removed: that of the older snapshot.
    older: AtomicU64,
    view: View,
    /// Held until everything else is closed.
    lock: Mutex<Option<Lock>>,
}

impl FileLog {
    /// Opens the log in a folder, and makes both if they are not there.
    ///
    /// Reads everything that is in it first: when it returns, what the log holds is what was written.
    ///
    /// # Errors
    /// When the folder cannot be used or is in use, when its log is another one than is expected, and
    /// when it cannot be trusted. See [`OpenError`].
    pub fn open(
        folder: impl AsRef<Path>,
        expected: &Expected,
        opening: Opening,
    ) -> Result<Self, OpenError> {
        open::in_folder(folder.as_ref(), expected, opening)
    }

    /// Commits what waits, refuses what comes, and lets go of the folder.
    pub fn close(&self) {
        let Some(writer) = self.writer.lock().take() else { return };
        self.inner.queue.close();
        if writer.join().is_err() {
            log::error!("{}: the thread of the log has panicked", self.inner.folder.display());
        }
        self.inner.queue.end();
        let store = self.inner.store.write().take();
        if let Some(Err(error)) = store.map(Store::close) {
            log::debug!("{}: closing: {error}", self.inner.folder.display());
        }
        // A snapshot that is being written is finished first.
        let _finished = self.inner.snapshots.lock();
        self.inner.lock.lock().take();
    }

    /// Returns the header of the log.
    pub fn header(&self) -> &Header {
        &self.inner.header
    }

    /// Returns the folder it is in.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Returns the first position whose record is kept.
    pub fn first(&self) -> Position {
        self.inner.queue.first()
    }

    /// Returns whether it holds anything.
    pub fn has_begun(&self) -> bool {
        self.inner.queue.tip() > 0
    }

    /// Returns the positions of the snapshots, oldest first.
    pub fn snapshots(&self) -> Vec<Position> {
        self.inner.snapshots.lock().whole().to_vec()
    }

    /// Returns why nothing more is taken, once that is so.
    pub fn stopped(&self) -> Option<String> {
        self.inner.queue.stopped()
    }
}

impl Drop for FileLog {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for FileLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileLog").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}

impl Inner {
    /// Writes until there is nothing more to write. Runs in a thread of its own.
    fn write(self: &Arc<Self>, mut witness: Witness) {
        let mut sealed = Vec::new();
        while let Some(work) = self.queue.next_work() {
            let outcome = match self.store.read().as_ref() {
                Some(store) => store.commit(&mut sealed, &work.records, work.cut.clone()),
                None => return,
            };
            match outcome {
                Ok(()) => {
                    self.note(work.records.last().map(|last| witness.write(last.position)));
                    self.committed(work);
                }
                Err(error) => return self.failed(work, error),
            }
        }
        self.note(Some(witness.sync()));
    }

    /// The log does without the note of what was acknowledged.
    fn note(&self, written: Option<io::Result<()>>) {
        if let Some(Err(error)) = written {
            log::debug!("{}: the note of what was acknowledged: {error}", self.folder.display());
        }
    }

    fn committed(self: &Arc<Self>, work: Work) {
        let (mut records, mut answers) = (Vec::new(), Vec::new());
        for submission in work.records {
            let crate::queue::Submission { position, stamp, id, bytes, answer } = submission;
            records.push(Record { position, stamp, id, bytes });
            answers.push((answer, position));
        }
        let behind = self.queue.committed(records, work.cut.map(|range| *range.end()));
        for (answer, position) in answers {
            // The caller may be gone; the record is there all the same.
            let _ = answer.send(Ok(position));
        }
        self.look_after(behind);
    }

    /// Stops for good: what a failed write or sync has left behind is not known, and a second sync
    /// may succeed without having written anything.
    fn failed(self: &Arc<Self>, work: Work, error: StoreError) {
        let why = error.to_string();
        log::error!("{}: {why}; nothing more is taken", self.folder.display());
        let in_doubt = matches!(error, StoreError::InDoubt(_));
        let behind = self.queue.stop(&why);
        for submission in work.records {
            let why = why.clone();
            let error = if in_doubt { LogError::Unknown(why) } else { LogError::Stopped(why) };
            let _ = submission.answer.send(Err(error));
        }
        // redb reads nothing more either after a failure. What was committed is read from the file.
        let mut store = self.store.write();
        drop(store.take());
        match (self.view)() {
            Ok(view) => *store = Some(view),
            Err(error) => log::error!("{}: cannot be read: {error}", self.folder.display()),
        }
        drop(store);
        self.look_after(behind);
    }

    fn look_after(self: &Arc<Self>, behind: Vec<Behind>) {
        for Behind { follower, next } in behind {
            self.catch_up(follower, next);
        }
    }

    /// Gives a follower the records from the file until it has all, from a thread of its own: it
    /// takes them at its own pace, and is not to hold up those who write.
    fn catch_up(self: &Arc<Self>, follower: Follower, next: Position) {
        let log = Arc::downgrade(self);
        let spawned = thread::Builder::new()
            .name("ringback-follow".into())
            .spawn(move || Self::hand_all(&log, follower, next));
        if let Err(error) = spawned {
            log::error!("{}: no thread for a follower: {error}", self.folder.display());
        }
    }

    fn hand_all(log: &Weak<Self>, mut follower: Follower, mut next: Position) {
        // Not held while the follower makes itself wait, so that the log can be closed meanwhile.
        while let Some(inner) = log.upgrade() {
            let (given, what) = match inner.queue.join(follower, next) {
                Joined::Live => return,
                Joined::Stopped(given, why) => (given, Err(LogError::Stopped(why))),
                Joined::Behind(given, through) => (given, inner.read(next, through)),
            };
            drop(inner);
            match what {
                Ok(records) => {
                    next = next.saturating_add(records.len() as u64);
                    if given.blocking_send(Ok(records)).is_err() {
                        return;
                    }
                }
                Err(error) => {
                    let _ = given.blocking_send(Err(error));
                    return;
                }
            }
            follower = given;
        }
    }

    /// Reads some records from a position on.
    fn read(&self, next: Position, through: Position) -> Result<Vec<Record>, LogError> {
        let store = self.store.read();
        let store = store.as_ref().ok_or_else(|| LogError::Stopped("it is closed".into()))?;
        let after = next.saturating_sub(1);
        let records = store.read(after, through).map_err(|error| match error {
            StoreError::Damaged(what) => LogError::Damaged(what),
            StoreError::Failed(error) | StoreError::InDoubt(error) => {
                LogError::Stopped(error.to_string())
            }
        })?;
        let mut expected = next;
        for record in &records {
            if record.position != expected {
                break;
            }
            expected = expected.saturating_add(1);
        }
        match records.first() {
            Some(first) if first.position > next => Err(LogError::Gap(after)),
            Some(_) if expected.saturating_sub(next) == records.len() as u64 => Ok(records),
            _ if next < self.queue.first() => Err(LogError::Gap(after)),
            _ => Err(LogError::Damaged(format!("record {expected} is not there"))),
        }
    }

    /// Writes what is kept as lines of JSON: from the first record on where that is kept, and from the
    /// older snapshot otherwise. Nothing behind that is removed while the snapshots are held.
    fn export(&self, snapshots: &Snapshots) -> Result<Vec<u8>, LogError> {
        let stopped = |error: io::Error| LogError::Stopped(error.to_string());
        let begins = self.queue.first() <= 1 && self.header.since == 0;
        let oldest = snapshots.whole().first().filter(|_| !begins);
        let snapshot = oldest.map(|oldest| snapshots.load(*oldest)).transpose().map_err(stopped)?;
        let from = snapshot.as_ref().map_or(0, |saved| saved.position);
        let tip = self.queue.tip();
        let mut lines = Vec::new();
        jsonl::begin(&mut lines, &self.header, snapshot.as_ref(), tip.saturating_sub(from))
            .map_err(stopped)?;
        let mut next = from.saturating_add(1);
        while next <= tip {
            for record in &self.read(next, tip)? {
                jsonl::write_record(&mut lines, record).map_err(stopped)?;
                next = record.position.saturating_add(1);
            }
        }
        Ok(lines)
    }

    /// Does something with the snapshots in a thread of its own: they may be large.
    fn with_snapshots<T: Send + 'static>(
        self: &Arc<Self>,
        what: impl FnOnce(&Self, &mut Snapshots) -> Result<T, LogError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let (done, wait) = oneshot::channel();
        let inner = Arc::clone(self);
        let spawned = thread::Builder::new().name("ringback-snapshot".into()).spawn(move || {
            let mut snapshots = inner.snapshots.lock();
            let outcome = if inner.lock.lock().is_none() {
                Err(LogError::Stopped("it is closed".into()))
            } else {
                what(&inner, &mut snapshots)
            };
            drop(snapshots);
            // The log may be closed as soon as the answer is there.
            drop(inner);
            let _ = done.send(outcome);
        });
        match spawned {
            Ok(_) => wait.map(|outcome| outcome.unwrap_or_else(|_| Err(ended()))).boxed(),
            Err(error) => ready(Err(LogError::Stopped(format!("no thread: {error}")))).boxed(),
        }
    }
}

fn ended() -> LogError {
    LogError::Unknown("the log ended meanwhile".into())
}

impl Log for FileLog {
    fn submit(&self, id: EntryId, bytes: Bytes) -> BoxFuture<'static, Result<Position, LogError>> {
        match self.inner.queue.submit(id, bytes) {
            Ok(answer) => answer.map(|answer| answer.unwrap_or_else(|_| Err(ended()))).boxed(),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn follow(&self, after: Position) -> mpsc::Receiver<Result<Vec<Record>, LogError>> {
        let (follower, records) = mpsc::channel(FOLLOWING);
        let tip = self.inner.queue.tip();
        if after > tip {
            let what = format!("it ends at {tip}, before {after}");
            // There is room: nothing else was sent.
            let _ = follower.try_send(Err(LogError::Damaged(what)));
        } else {
            self.inner.catch_up(follower, after.saturating_add(1));
        }
        records
    }

    fn horizon(&self, applied: Position) -> Stamp {
        self.inner.queue.horizon(applied)
    }

    fn now(&self) -> Stamp {
        self.inner.queue.now()
    }

    fn tip(&self) -> BoxFuture<'static, Result<Position, LogError>> {
        ready(Ok(self.inner.queue.tip())).boxed()
    }

    fn save(
        &self,
        position: Position,
        snapshot: Bytes,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        self.inner.with_snapshots(move |inner, snapshots| {
            let tip = inner.queue.tip();
            if position > tip {
                let what =
                    format!("a snapshot at {position} is not possible: {tip} is the last record");
                return Err(LogError::Stopped(what));
            }
            let saved = snapshots.save(position, &snapshot);
            inner.older.store(snapshots.older(), Ordering::Relaxed);
            saved.map_err(|error| LogError::Stopped(format!("no snapshot at {position}: {error}")))
        })
    }

    fn newest(&self) -> BoxFuture<'static, Result<Option<Saved>, LogError>> {
        self.inner.with_snapshots(|inner, snapshots| {
            let newest = snapshots.newest();
            let from = newest.as_ref().map_or(inner.header.since, |saved| saved.position);
            inner.older.store(snapshots.older(), Ordering::Relaxed);
            if newest.is_none() && (inner.header.since > 0 || inner.queue.first() > 1) {
                let what =
                    format!("no snapshot can be read, and the records from {from} on are not all");
                return Err(LogError::Damaged(what));
            }
            Ok(newest)
        })
    }

    fn compact(&self, through: Position) -> BoxFuture<'static, Result<(), LogError>> {
        let through = through.min(self.inner.older.load(Ordering::Relaxed));
        match self.inner.queue.cut(through) {
            Ok(Some(done)) => done.map(|done| done.unwrap_or_else(|_| Err(ended()))).boxed(),
            Ok(None) => ready(Ok(())).boxed(),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn export(&self) -> BoxFuture<'static, Result<Option<Bytes>, LogError>> {
        let lines = self.inner.with_snapshots(|inner, snapshots| inner.export(snapshots));
        lines.map(|lines| lines.map(|lines| Some(lines.into()))).boxed()
    }

    fn kind(&self) -> &'static str {
        "file"
    }
}
