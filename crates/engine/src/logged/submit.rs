//! Changes on their way into the log, and who waits for them.

use std::collections::BTreeMap;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use std::task::{Context, Waker};

use futures_util::{FutureExt, future::BoxFuture};
use parking_lot::Mutex;
use time::OffsetDateTime;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use super::{entry::Change, entry::Entry, open::Replica};
use crate::{
    Advanced, Command, EngineError, Machine,
    ordered::{EntryId, LogError, Position, Stamp},
};

/// How many submissions are on their way at once; others wait for their turn.
pub(crate) const MOST_ON_THE_WAY: usize = 1_024;

/// Hands an outcome to whoever waits for it, once the machine is unlocked.
pub(crate) type Deliver = Box<dyn FnOnce() + Send>;

/// The machine, its time, and the command that came round with its number; `None` where the machine is
/// another one.
pub(crate) type Occasion<'a, M> = Option<(&'a mut M, OffsetDateTime, <M as Machine>::Logged, u64)>;

/// What a command answered and its number; `None` where the machine was another one.
pub(crate) type Outcome<C, M> = Option<(<C as Command<M>>::Outcome, u64)>;

/// Executes the command that came round; `None` if it is not the one that was sent.
pub(crate) type Run<M> = Box<dyn FnOnce(Occasion<'_, M>) -> Option<Deliver> + Send>;

/// Who waits for a change.
pub(crate) enum Waiting<M: Machine> {
    /// A command: what came round is executed, not what was sent.
    Command(Run<M>),
    /// A change of the clock.
    Clock(oneshot::Sender<Advanced<M::Event>>),
    /// Anything else.
    Done(oneshot::Sender<()>),
}

impl<M: Machine> Waiting<M> {
    /// Makes what executes a command and keeps its outcome for `answer`.
    pub(crate) fn command<C: Command<M>>(answer: oneshot::Sender<Outcome<C, M>>) -> Self {
        Self::Command(Box::new(move |occasion| {
            let outcome = match occasion {
                Some((machine, at, logged, number)) => {
                    Some((C::from_logged(logged)?.execute(machine, at), number))
                }
                None => None,
            };
            // Nobody may be waiting any more.
            Some(Box::new(move || drop(answer.send(outcome))))
        }))
    }
}

/// Something that was submitted and has not come round.
pub(crate) struct Pending<M: Machine> {
    /// What the log's clock showed here when it was submitted.
    pub(crate) sent_at: Stamp,
    pub(crate) waiting: Waiting<M>,
}

/// All that is on its way.
pub(crate) struct Submissions<M: Machine> {
    serials: AtomicU64,
    /// By serial; `None` once nothing is executed any more.
    pending: Mutex<Option<BTreeMap<u64, Pending<M>>>>,
    permits: Arc<Semaphore>,
    /// Submissions whose senders have gone away.
    abandoned: Mutex<Vec<Abandoned>>,
    /// Nothing new is taken; changed and looked at while `pending` is locked.
    is_closing: AtomicBool,
    /// Told, while it closes, of each that is on its way no more.
    left: Notify,
}

type Submission = BoxFuture<'static, Result<Position, LogError>>;
type Abandoned = (Submission, OwnedSemaphorePermit);

impl<M: Machine> Submissions<M> {
    pub(crate) fn new() -> Self {
        Self {
            serials: AtomicU64::new(0),
            pending: Mutex::new(Some(BTreeMap::new())),
            permits: Arc::new(Semaphore::new(MOST_ON_THE_WAY)),
            abandoned: Mutex::default(),
            is_closing: AtomicBool::new(false),
            left: Notify::new(),
        }
    }

    /// Takes nothing new from now on. What is on its way comes round yet.
    pub(crate) fn close(&self) {
        let _pending = self.pending.lock();
        self.is_closing.store(true, Ordering::Relaxed);
    }

    /// Waits, while it closes, until one more is on its way no more. One that went before is not missed.
    pub(crate) async fn one_less(&self) {
        self.left.notified().await;
    }

    pub(crate) fn next_serial(&self) -> u64 {
        self.serials.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes who waits for a record.
    pub(crate) fn take(&self, serial: u64) -> Option<Pending<M>> {
        let taken = self.pending.lock().as_mut()?.remove(&serial);
        if self.is_closing.load(Ordering::Relaxed) {
            self.left.notify_one();
        }
        taken
    }

    /// Lets everybody go who waits: what became of their changes is not known here.
    pub(crate) fn give_up(&self, for_good: bool) {
        let next = (!for_good).then(BTreeMap::new);
        drop(std::mem::replace(&mut *self.pending.lock(), next));
    }

    /// Lets go of the places of those submissions that are over though nobody waits for them.
    pub(crate) fn sweep(&self) {
        let mut abandoned = self.abandoned.lock();
        let mut context = Context::from_waker(Waker::noop());
        abandoned.retain_mut(|(submission, _)| submission.poll_unpin(&mut context).is_pending());
    }

    pub(crate) fn on_the_way(&self) -> usize {
        self.pending.lock().as_ref().map_or(0, BTreeMap::len)
    }
}

/// A submission and its place. Where its sender goes away, the submission goes on.
struct Sent<'a, M: Machine> {
    submissions: &'a Submissions<M>,
    serial: u64,
    under_way: Option<Abandoned>,
}

impl<M: Machine> Sent<'_, M> {
    /// Waits for the log's answer, and for ever after it.
    async fn refused(&mut self) -> LogError {
        if let Some((submission, _)) = &mut self.under_way {
            let answer = submission.await;
            self.under_way = None;
            if let Err(error) = answer {
                return error;
            }
        }
        std::future::pending().await
    }
}

impl<M: Machine> Drop for Sent<'_, M> {
    fn drop(&mut self) {
        if let Some(abandoned) = self.under_way.take() {
            self.submissions.abandoned.lock().push(abandoned);
        }
        // What comes round is executed all the same, for nobody.
        drop(self.submissions.take(self.serial));
    }
}

impl<M: Machine> Replica<M> {
    /// Executes a command by way of the log, with its number; `None` in another epoch than the one given.
    pub(crate) async fn execute<C: Command<M>>(
        &self,
        epoch: Option<u64>,
        command: C,
    ) -> Result<Outcome<C, M>, EngineError> {
        self.submit(Change::Command(command.into()), epoch, Waiting::command::<C>).await
    }

    /// Submits a change and waits until it has come round and what `waiting` says is done.
    pub(crate) async fn submit<R>(
        &self,
        change: Change<M::Logged>,
        epoch: Option<u64>,
        waiting: impl FnOnce(oneshot::Sender<R>) -> Waiting<M>,
    ) -> Result<R, EngineError> {
        let submissions = &self.submissions;
        let permits = Arc::clone(&submissions.permits);
        if permits.available_permits() == 0 {
            submissions.sweep();
        }
        let permit = permits.acquire_owned().await.map_err(|_| self.unknown())?;
        let (answer, mut answered) = oneshot::channel();
        let bytes = self.encode(epoch, change)?;
        let serial = submissions.next_serial();
        {
            let mut pending = submissions.pending.lock();
            let is_closing = submissions.is_closing.load(Ordering::Relaxed);
            let Some(pending) = pending.as_mut().filter(|_| !is_closing) else {
                return Err(self.refusal());
            };
            pending.insert(serial, Pending { sent_at: self.log.now(), waiting: waiting(answer) });
        }
        let id = EntryId { origin: self.options.origin, serial };
        let submission = self.log.submit(id, bytes);
        let under_way = Some((submission, permit));
        let mut sent = Sent { submissions, serial, under_way };
        let refused = tokio::select! {
            biased;
            outcome = &mut answered => return outcome.map_err(|_| self.unknown()),
            refused = sent.refused() => refused,
        };
        // It may be coming round at this very moment, whatever the log says.
        match submissions.take(serial) {
            Some(_) => {
                self.note_refused(&refused);
                Err(refused.into())
            }
            None => answered.await.map_err(|_| self.unknown()),
        }
    }

    pub(crate) fn encode(
        &self,
        epoch: Option<u64>,
        change: Change<M::Logged>,
    ) -> Result<bytes::Bytes, EngineError> {
        let entry = Entry { epoch, known: self.latest(), change };
        entry.encode().map_err(|error| crate::SnapshotError::from(error).into())
    }

    /// Why nothing is taken any more.
    pub(crate) fn refusal(&self) -> EngineError {
        let why = self.stopped().unwrap_or_else(|| "it was closed".to_owned());
        LogError::Stopped(why).into()
    }

    /// What is to be said to those whose changes have not come round.
    pub(crate) fn unknown(&self) -> EngineError {
        let why = self.stopped().unwrap_or_else(|| "a later state was taken over".to_owned());
        LogError::Unknown(why).into()
    }
}
