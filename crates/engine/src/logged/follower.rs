//! Following a log: records are applied as they come, snapshots are kept, gaps are bridged.

use std::sync::{Arc, Weak};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::{mpsc, oneshot};

use super::{
    apply::Stop,
    entry::{Change, Entry},
    state::{State, encode, restore},
};
use crate::{
    Engine, EngineError, Machine,
    clock::moment,
    engine::Inner,
    ordered::{EntryId, Log, LogError, Position, Record, Stamp},
};

/// What a follower is asked to do.
pub(crate) enum Ask {
    /// To keep a snapshot and end.
    Close(oneshot::Sender<Result<(), LogError>>),
}

/// The snapshots that this replica knows of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Saves {
    /// The position of the newest.
    pub(crate) newest: Option<Position>,
    /// How many were saved by this replica.
    pub(crate) saved: u64,
    /// How many bytes the last one had.
    pub(crate) size: u64,
    /// Why the last one could not be saved.
    pub(crate) failed: Option<String>,
}

impl Saves {
    pub(crate) fn begin(newest: Option<Position>) -> Self {
        Self { newest, ..Self::default() }
    }
}

type Saving = BoxFuture<'static, (Position, Result<(), LogError>)>;

/// Follows the log of an engine and applies what comes.
#[must_use = "nothing is executed unless the log is followed"]
pub struct Follower<M: Machine> {
    inner: Weak<Inner<M>>,
    log: Arc<dyn Log>,
    records: mpsc::Receiver<Result<Vec<Record>, LogError>>,
    asked: mpsc::UnboundedReceiver<Ask>,
    saving: Option<Saving>,
    /// How many bytes have come since this replica saved a snapshot.
    bytes: u64,
}

impl<M: Machine> std::fmt::Debug for Follower<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").field("log", &self.log.kind()).finish_non_exhaustive()
    }
}

enum Event {
    Asked(Option<Ask>),
    Saved(Position, Result<(), LogError>),
    Records(Result<Vec<Record>, LogError>),
}

impl<M: Machine> Follower<M> {
    pub(crate) fn new(
        engine: &Engine<M>,
        log: Arc<dyn Log>,
        records: mpsc::Receiver<Result<Vec<Record>, LogError>>,
        asked: mpsc::UnboundedReceiver<Ask>,
    ) -> Self {
        let inner = Arc::downgrade(&engine.0);
        Self { inner, log, records, asked, saving: None, bytes: 0 }
    }

    /// Applies records for as long as the engine lives and the log can be followed.
    pub async fn run(mut self) {
        self.save_what_was_left();
        loop {
            let saving = async {
                match &mut self.saving {
                    Some(saving) => saving.await,
                    None => std::future::pending().await,
                }
            };
            let event = tokio::select! {
                biased;
                asked = self.asked.recv() => Event::Asked(asked),
                (position, saved) = saving => Event::Saved(position, saved),
                records = self.records.recv() => Event::Records(records.unwrap_or_else(|| {
                    Err(LogError::Stopped("it has ended".to_owned()))
                })),
            };
            match event {
                Event::Asked(None) => return,
                Event::Asked(Some(Ask::Close(closed))) => {
                    let saved = self.finish().await;
                    // Who asked may have gone.
                    drop(closed.send(saved));
                    return;
                }
                Event::Saved(position, saved) => self.note_saved(position, saved),
                Event::Records(records) => {
                    // Why it ends has been said.
                    if self.take(records).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Applies what came.
    ///
    /// # Errors
    /// When the replica goes no further.
    pub(crate) async fn take(
        &mut self,
        records: Result<Vec<Record>, LogError>,
    ) -> Result<(), LogError> {
        let records = match records {
            Ok(records) => records,
            Err(LogError::Gap(after)) => return self.bridge(after).await,
            Err(error) => return Err(self.halt(&error.to_string())),
        };
        let stopped = {
            let Some(inner) = self.inner.upgrade() else { return Ok(()) };
            let mut stopped = None;
            for record in &records {
                self.bytes += u64::try_from(record.bytes.len()).unwrap_or(0);
                let Some(replica) = &inner.replica else { return Ok(()) };
                match inner.apply(replica, record) {
                    Ok(true) => self.save(&inner, false),
                    Ok(false) => {}
                    Err(stop) => {
                        stopped = Some(stop);
                        break;
                    }
                }
            }
            if let Some(replica) = &inner.replica {
                replica.submissions.sweep();
            }
            stopped
        };
        match stopped {
            None => Ok(()),
            Some(stop) => Err(self.stop(stop).await),
        }
    }

    /// Applies what comes until a position is reached.
    pub(crate) async fn catch_up_to(&mut self, position: Position) -> Result<(), LogError> {
        while self.position() < position {
            let ended = || Err(LogError::Stopped("it has ended".to_owned()));
            let records = self.records.recv().await.unwrap_or_else(ended);
            self.take(records).await?;
        }
        Ok(())
    }

    fn position(&self) -> Position {
        let inner = self.inner.upgrade();
        inner.map_or(Position::MAX, |inner| {
            let core = inner.core.read();
            core.replicated.as_ref().map_or(Position::MAX, |state| state.position)
        })
    }

    /// Goes no further, and says why.
    fn halt(&self, why: &str) -> LogError {
        if let Some(inner) = self.inner.upgrade()
            && let Some(replica) = &inner.replica
        {
            log::error!("{}: stopped: {why}", replica.options.identity.instance);
            replica.stop(why);
            let machine = inner.core.read();
            inner.announce(&machine.machine);
        }
        LogError::Stopped(why.to_owned())
    }

    async fn stop(&mut self, stop: Stop) -> LogError {
        let error = self.halt(stop.why());
        match stop {
            Stop::Failed(_) => {}
            Stop::Diverged(known, _) => {
                // So that the others learn of it too; one that cannot be told will tell itself.
                let objection = self.inner.upgrade().and_then(|inner| {
                    let replica = inner.replica.as_ref()?;
                    let change = Change::<M::Logged>::Objection;
                    let entry = Entry { epoch: None, known: Some(known), change };
                    let bytes = entry.encode().ok()?;
                    let serial = replica.submissions.next_serial();
                    let id = EntryId { origin: replica.options.origin, serial };
                    Some(self.log.submit(id, bytes))
                });
                if let Some(objection) = objection {
                    drop(objection.await);
                }
            }
            Stop::Succeeded(_) => {
                if let Some(inner) = self.inner.upgrade() {
                    self.save(&inner, true);
                }
                self.finish_saving().await;
            }
        }
        error
    }

    /// Takes over the newest snapshot, because the records after a position are no longer kept.
    async fn bridge(&mut self, after: Position) -> Result<(), LogError> {
        let saved = match self.log.newest().await {
            Ok(saved) => saved.filter(|saved| saved.position > after),
            Err(error) => return Err(self.halt(&error.to_string())),
        };
        let Some(saved) = saved else {
            let why = format!("the records after {after} are gone, and no snapshot has them");
            return Err(self.halt(&why));
        };
        let state = match restore::<M>(&saved) {
            Ok(state) => state,
            Err(error) => return Err(self.halt(&format!("the newest snapshot: {error}"))),
        };
        if let Some(inner) = self.inner.upgrade()
            && let Some(replica) = &inner.replica
        {
            let instance = &replica.options.identity.instance;
            log::warn!("{instance}: records after {after} are gone: took over {}", saved.position);
            inner.take_over(state);
            replica.forget();
            replica.saves.lock().newest = Some(saved.position);
            replica.applied.send_replace(saved.position);
        }
        self.records = self.log.follow(saved.position);
        Ok(())
    }

    /// Saves a snapshot where an earlier run has left many records without one.
    fn save_what_was_left(&mut self) {
        let Some(inner) = self.inner.upgrade() else { return };
        let Some(replica) = &inner.replica else { return };
        let position = self.position();
        let newest = replica.saves.lock().newest.unwrap_or(0);
        let is_local = self.log.horizon(position) != Stamp::MIN;
        if is_local && position - newest >= replica.options.snapshots.entries {
            self.save(&inner, true);
        }
    }

    /// Begins to save a snapshot, unless one is being saved or, where it need not be, there is too
    /// little to be gained.
    fn save(&mut self, inner: &Inner<M>, needs_be: bool) {
        let Some(replica) = &inner.replica else { return };
        let mut saves = replica.saves.lock();
        // A large state is worth writing only once as much has come as loading it saves.
        if self.saving.is_some() || (!needs_be && self.bytes < saves.size / 4) {
            return;
        }
        let encoded = {
            let core = inner.core.read();
            let Some(state) = &core.replicated else { return };
            encode(state, &core.machine).map(|bytes| (state.position, bytes))
        };
        match encoded {
            Ok((position, bytes)) => {
                saves.size = u64::try_from(bytes.len()).unwrap_or(0);
                self.bytes = 0;
                let (log, previous) = (Arc::clone(&self.log), saves.newest);
                let saving = async move {
                    let saved = log.save(position, bytes).await;
                    // The records after the older one stay, should the newest be damaged.
                    match (saved, previous) {
                        (Ok(()), Some(previous)) => log.compact(previous).await,
                        (saved, _) => saved,
                    }
                };
                self.saving = Some(saving.map(move |saved| (position, saved)).boxed());
            }
            Err(error) => saves.failed = Some(error.to_string()),
        }
    }

    fn note_saved(&mut self, position: Position, saved: Result<(), LogError>) {
        self.saving = None;
        let Some(inner) = self.inner.upgrade() else { return };
        let Some(replica) = &inner.replica else { return };
        let mut saves = replica.saves.lock();
        match saved {
            Ok(()) => {
                saves.newest = saves.newest.max(Some(position));
                saves.saved += 1;
                saves.failed = None;
            }
            Err(error) => {
                let instance = &replica.options.identity.instance;
                log::warn!("{instance}: no snapshot after record {position}: {error}");
                saves.failed = Some(error.to_string());
            }
        }
    }

    async fn finish_saving(&mut self) {
        if let Some(saving) = &mut self.saving {
            let (position, saved) = saving.await;
            self.note_saved(position, saved);
        }
    }

    /// Takes no new changes, and applies those that are on their way: none of them is to come behind the
    /// snapshot.
    async fn finish_submissions(&mut self) -> Result<(), LogError> {
        let Some(inner) = self.inner.upgrade() else { return Ok(()) };
        let Some(replica) = &inner.replica else { return Ok(()) };
        replica.submissions.close();
        while replica.submissions.on_the_way() > 0 {
            let records = tokio::select! {
                biased;
                records = self.records.recv() => records,
                () = replica.submissions.one_less() => continue,
            };
            let ended = || Err(LogError::Stopped("it has ended".to_owned()));
            self.take(records.unwrap_or_else(ended)).await?;
        }
        Ok(())
    }

    /// Applies what is left of a local log, keeps a snapshot and stops.
    async fn finish(&mut self) -> Result<(), LogError> {
        if self.log.horizon(self.position()) != Stamp::MIN {
            self.finish_submissions().await?;
            if let Ok(tip) = self.log.tip().await {
                self.catch_up_to(tip).await?;
            }
        }
        self.finish_saving().await;
        let position = self.position();
        let newest = match self.inner.upgrade().as_ref().and_then(|inner| inner.replica.as_ref()) {
            Some(replica) => replica.saves.lock().newest,
            None => return Ok(()),
        };
        if newest.is_none_or(|newest| newest < position) {
            if let Some(inner) = self.inner.upgrade() {
                self.save(&inner, true);
            }
            self.finish_saving().await;
        }
        let Some(inner) = self.inner.upgrade() else { return Ok(()) };
        let Some(replica) = &inner.replica else { return Ok(()) };
        replica.stop("it was closed");
        let failed = replica.saves.lock().failed.clone();
        failed.map_or(Ok(()), |why| Err(LogError::Stopped(why)))
    }
}

impl<M: Machine> Drop for Follower<M> {
    fn drop(&mut self) {
        let Some(inner) = self.inner.upgrade() else { return };
        let Some(replica) = &inner.replica else { return };
        if replica.stopped().is_none() {
            replica.stop("the log is no longer followed");
        }
    }
}

impl<M: Machine> Inner<M> {
    /// Takes over a later state of all replicas.
    fn take_over(&self, state: State<M>) {
        let mut core = self.core.write();
        let State { replicated, mut machine } = state;
        machine.inherit(&core.machine);
        core.machine = machine;
        self.clock.follow(replicated.face.hands, replicated.face.anchor);
        self.set_epoch(replicated.epoch);
        core.machine.advance(moment(replicated.at));
        core.replicated = Some(Box::new(replicated));
        // What happened in between is not known.
        self.events.lock().skip();
        self.publish(&mut core.machine, None);
        self.announce(&core.machine);
    }
}

impl<M: Machine> Engine<M> {
    /// Stops: keeps a snapshot, so that the next start has nothing to replay, and executes nothing
    /// more. Without a log nothing happens.
    ///
    /// # Errors
    /// When the snapshot cannot be kept; the records are safe all the same.
    pub async fn close(&self) -> Result<(), EngineError> {
        let Some(replica) = &self.0.replica else { return Ok(()) };
        let (done, closed) = oneshot::channel();
        match replica.asks.send(Ask::Close(done)) {
            Ok(()) => Ok(closed.await.unwrap_or(Ok(()))?),
            // It has stopped already.
            Err(_) => Ok(()),
        }
    }

    /// Stops as [`Engine::close`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::close`].
    pub fn close_blocking(&self) -> Result<(), EngineError> {
        crate::blocking::block_on(self.close())
    }
}
