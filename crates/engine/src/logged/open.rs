//! Opening a log: the newest snapshot, the records after it, or a new beginning.

use std::collections::VecDeque;
use std::sync::{Arc, atomic::AtomicU64};
use std::time::Duration as RealTime;

use futures_util::FutureExt;
use parking_lot::Mutex;
use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};

use super::{
    entry::{Began, Change, Entry, Known},
    follower::{Ask, Follower, Saves},
    state::{Identity, Replicated, Since, State, restore},
    submit::{Submissions, Waiting},
    tip::Tips,
    turns::{HeldLease, LogClock},
};
use crate::{
    Clock, Engine, EngineError, Machine, Rate, Snapshot, Start,
    blocking::block_on,
    clock::{computer_time, moment},
    engine::{Core, Inner},
    ordered::{EntryId, Log, LogError, Position, Record, Stamp},
};

/// How many tenths of a second those that go by older rules have to stop.
const STANDBY: u32 = 100;

/// How many records back replicas are compared.
const COMPARED: usize = 10_000;

/// When a snapshot is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotEvery {
    /// After so many records,
    pub entries: u64,
    /// or after records of so many bytes.
    pub bytes: u64,
}

impl Default for SnapshotEvery {
    fn default() -> Self {
        Self { entries: 20_000, bytes: 32 << 20 }
    }
}

impl SnapshotEvery {
    pub(super) fn are_due(&self, since: Since) -> bool {
        since.entries >= self.entries.max(1) || since.bytes >= self.bytes.max(1)
    }
}

/// What an engine with a log has to know beside its machine.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// What the log is the log of. One of other settings or of later rules is refused.
    pub identity: Identity,
    /// Tells this process's submissions from all others: drawn anew whenever a process starts.
    pub origin: u64,
    /// When snapshots are due.
    pub snapshots: SnapshotEvery,
}

impl LogOptions {
    /// Makes options with the usual snapshots.
    pub fn new(identity: Identity, origin: u64) -> Self {
        Self { identity, origin, snapshots: SnapshotEvery::default() }
    }
}

/// This process's part in a log.
pub(crate) struct Replica<M: Machine> {
    pub(crate) log: Arc<dyn Log>,
    pub(crate) options: LogOptions,
    /// Whether the log began with the machine that was made here.
    pub(crate) began_here: bool,
    pub(crate) submissions: Submissions<M>,
    pub(crate) clock: Arc<LogClock>,
    pub(crate) lease: HeldLease,
    pub(crate) tips: Tips,
    /// The last record that was applied.
    pub(crate) applied: watch::Sender<Position>,
    /// What this replica has come to after each of the last records.
    known: Mutex<VecDeque<Known>>,
    /// Why it goes no further.
    stopped: Mutex<Option<String>>,
    /// Why the log did not take the last change that it did not take.
    refused: Mutex<Option<String>>,
    pub(crate) saves: Mutex<Saves>,
    pub(crate) asks: mpsc::UnboundedSender<Ask>,
}

impl<M: Machine> Replica<M> {
    pub(crate) fn latest(&self) -> Option<Known> {
        self.known.lock().back().copied()
    }

    pub(crate) fn known_at(&self, position: Position) -> Option<Known> {
        let known = self.known.lock();
        let first = known.front()?.position;
        let place = usize::try_from(position.checked_sub(first)?).ok()?;
        known.get(place).copied()
    }

    pub(crate) fn keep(&self, latest: Known) {
        let mut known = self.known.lock();
        if known.len() >= COMPARED {
            known.pop_front();
        }
        known.push_back(latest);
    }

    /// Forgets what was before a state that was taken over.
    pub(crate) fn forget(&self) {
        self.known.lock().clear();
        self.lease.lost();
        self.submissions.give_up(false);
    }

    pub(crate) fn stopped(&self) -> Option<String> {
        self.stopped.lock().clone()
    }

    /// Goes no further: nothing is executed any more, and time stands still.
    pub(crate) fn stop(&self, why: &str) {
        self.stopped.lock().get_or_insert_with(|| why.to_owned());
        self.lease.lost();
        self.submissions.give_up(true);
        // Who waits for a position looks again.
        self.applied.send_modify(|_| ());
    }

    pub(crate) fn note_refused(&self, error: &LogError) {
        *self.refused.lock() = Some(error.to_string());
    }

    pub(crate) fn refused(&self) -> Option<String> {
        self.refused.lock().clone()
    }
}

impl<M: Machine> Engine<M> {
    /// Opens a log and catches up with it; an empty one begins with the machine that `genesis` makes
    /// at the moment of `start`, and goes on as that says. Where the log has begun already, it says
    /// what time it is.
    ///
    /// The engine executes nothing while [`Follower::run`] does not run.
    ///
    /// # Errors
    /// When the log cannot be read, is another one, or goes by later rules.
    pub async fn open(
        start: Start,
        genesis: impl Fn(OffsetDateTime) -> M + Send + Sync + 'static,
        log: Arc<dyn Log>,
        options: LogOptions,
    ) -> Result<(Self, Follower<M>), EngineError> {
        let clock = Arc::new(LogClock::new(Arc::clone(&log)));
        let (at, rate, frozen) = match start {
            Start::Now => (computer_time(), Rate::ONE, false),
            Start::Running(rate) => (computer_time(), rate, false),
            Start::Frozen(at) => (at, Rate::ONE, true),
        };
        let own = genesis(at);
        let opening = Opening { log: &log, options: &options };
        let saved = log.newest().await?;
        let saved_at = saved.as_ref().map(|saved| saved.position);
        let state = saved.map(|saved| restore::<M>(&saved)).transpose()?;
        let mut records = log.follow(saved_at.unwrap_or(0));
        let tip = log.tip().await?;
        let began = || -> Result<Began, EngineError> {
            let machine = Snapshot::of(&own, at)?;
            Ok(Began { identity: options.identity.clone(), machine, rate, frozen })
        };
        let (mut state, rest) = match state {
            Some(state) => (state, Vec::new()),
            None => opening.first::<M>(&mut records, tip, began).await?,
        };
        opening.check(&state.replicated)?;
        let began_here = saved_at.is_none() && state.replicated.writer == options.origin;
        let older = state.replicated.identity.logic < options.identity.logic;
        if older && tip > state.replicated.position && log.horizon(tip) == Stamp::MIN {
            opening.ask_for_handover::<M>().await?;
            return Err(EngineError::Standby);
        }
        state.machine.inherit(&own);

        let began_at = moment(state.replicated.began_at);
        let Replicated { face, epoch, commands, .. } = &state.replicated;
        let shown = Arc::clone(&clock);
        let face_clock = Clock::of_log(face.hands, face.anchor, began_at, move || shown.now());
        let (asks, asked) = mpsc::unbounded_channel();
        let position = state.replicated.position;
        let replica = Replica {
            log: Arc::clone(&log),
            began_here,
            submissions: Submissions::new(),
            clock,
            lease: HeldLease::default(),
            tips: Tips::default(),
            applied: watch::Sender::new(position),
            known: Mutex::default(),
            stopped: Mutex::default(),
            refused: Mutex::default(),
            saves: Mutex::new(Saves::begin(saved_at)),
            asks,
            options,
        };
        let (epoch, commands) = (AtomicU64::new(*epoch), AtomicU64::new(*commands));
        let core = Core { machine: state.machine, replicated: Some(Box::new(state.replicated)) };
        let genesis = Box::new(genesis);
        let inner = Inner::new(core, face_clock, genesis, epoch, commands, Some(replica));
        let engine = Self(Arc::new(inner));
        let mut follower = Follower::new(&engine, log, records, asked);
        follower.take(Ok(rest)).await?;
        follower.catch_up_to(tip).await?;
        Ok((engine, follower))
    }

    /// Opens a log as [`Engine::open`] does, and follows it in a thread of its own until the engine
    /// is closed or dropped.
    ///
    /// # Errors
    /// As [`Engine::open`], and when there can be no thread.
    pub fn open_blocking(
        start: Start,
        genesis: impl Fn(OffsetDateTime) -> M + Send + Sync + 'static,
        log: Arc<dyn Log>,
        options: LogOptions,
    ) -> Result<Self, EngineError> {
        let name = format!("{}-log", options.identity.instance);
        let genesis: Arc<dyn Fn(OffsetDateTime) -> M + Send + Sync> = Arc::new(genesis);
        let mut patience = STANDBY;
        let (engine, follower) = loop {
            let genesis = Arc::clone(&genesis);
            let opening =
                Self::open(start, move |at| genesis(at), Arc::clone(&log), options.clone());
            match block_on(opening) {
                // Those that still run have to leave their snapshot first.
                Err(EngineError::Standby) if patience > 0 => patience -= 1,
                opened => break opened?,
            }
            std::thread::sleep(RealTime::from_millis(100));
        };
        let run = move || block_on(follower.run());
        std::thread::Builder::new().name(name).spawn(run).map_err(|error| {
            EngineError::Log(LogError::Stopped(format!("no thread to follow it: {error}")))
        })?;
        let adopted = block_on(engine.adopt_rules());
        adopted.map(|()| engine)
    }
}

struct Opening<'a> {
    log: &'a Arc<dyn Log>,
    options: &'a LogOptions,
}

impl Opening<'_> {
    /// Begins with the first record of a log without a snapshot, writing one into an empty log.
    async fn first<M: Machine>(
        &self,
        records: &mut mpsc::Receiver<Result<Vec<Record>, LogError>>,
        tip: Position,
        began: impl FnOnce() -> Result<Began, EngineError>,
    ) -> Result<(State<M>, Vec<Record>), EngineError> {
        let ended = || LogError::Stopped("it has ended".to_owned());
        let mut refused = futures_util::future::pending().boxed();
        if tip == 0 {
            let change: Change<M::Logged> = Change::Began(Box::new(began()?));
            let entry = Entry { epoch: None, known: None, change };
            let bytes = entry.encode().map_err(crate::SnapshotError::from)?;
            // Not a serial of the engine's: those begin at 1.
            let id = EntryId { origin: self.options.origin, serial: 0 };
            let submitted = self.log.submit(id, bytes);
            refused = async move {
                match submitted.await {
                    Ok(_) => std::future::pending().await,
                    Err(error) => error,
                }
            }
            .boxed();
        }
        let batch = loop {
            let batch = tokio::select! {
                biased;
                batch = records.recv() => batch.unwrap_or_else(|| Err(ended()))?,
                error = &mut refused => return Err(error.into()),
            };
            if !batch.is_empty() {
                break batch;
            }
        };
        let mut rest = batch.into_iter();
        let first = rest.next().ok_or_else(ended)?;
        let strange = |why: &str| LogError::Damaged(format!("record {}: {why}", first.position));
        let entry = Entry::<M::Logged>::decode(&first.bytes)
            .map_err(|why| strange(&format!("it is not understood: {why}")))?;
        let Change::Began(began) = entry.change else {
            return Err(strange("the log does not begin with a machine").into());
        };
        let machine = began.machine.machine::<M>()?;
        Ok((State { replicated: Replicated::begin(&first, &began), machine }, rest.collect()))
    }

    /// Asks those that go by older rules to stop after leaving a snapshot.
    async fn ask_for_handover<M: Machine>(&self) -> Result<(), EngineError> {
        let rules = self.options.identity.logic;
        let entry = Entry { epoch: None, known: None, change: Change::<M::Logged>::Rules(rules) };
        let bytes = entry.encode().map_err(crate::SnapshotError::from)?;
        // Not a serial of the engine's, and another one than that of a beginning.
        let id = EntryId { origin: !self.options.origin, serial: 1 };
        Ok(self.log.submit(id, bytes).await.map(drop)?)
    }

    /// Refuses a log that is another one.
    fn check(&self, found: &Replicated) -> Result<(), EngineError> {
        let (theirs, ours) = (&found.identity, &self.options.identity);
        let refuse = |why: String| Err(EngineError::Refused(why));
        if theirs.instance != ours.instance {
            return refuse(format!(
                "the log is that of {:?}, not of {:?}",
                theirs.instance, ours.instance
            ));
        }
        if theirs.settings != ours.settings {
            return refuse(format!(
                "the log of {:?} was begun with other settings ({}; now {})",
                ours.instance, theirs.settings, ours.settings
            ));
        }
        if theirs.logic > ours.logic {
            return refuse(format!(
                "the log of {:?} was written by a newer version: it goes by rules {}, and this one \
                 by {}",
                ours.instance, theirs.logic, ours.logic
            ));
        }
        Ok(())
    }
}

impl<M: Machine> Engine<M> {
    /// Goes on by this version's rules where all there is was left by an older one as a snapshot.
    ///
    /// # Errors
    /// When the log does not take that.
    pub async fn adopt_rules(&self) -> Result<(), EngineError> {
        let Some(replica) = &self.0.replica else { return Ok(()) };
        let rules = replica.options.identity.logic;
        let older = {
            let core = self.0.core.read();
            core.replicated.as_ref().is_some_and(|state| state.identity.logic < rules)
        };
        match older {
            true => replica.submit(Change::Rules(rules), None, Waiting::Done).await,
            false => Ok(()),
        }
    }
}
