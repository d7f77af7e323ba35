//! Several engines over one simulated log, all of them in one thread and driven by one seed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Waker};

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use parking_lot::Mutex;
use time::OffsetDateTime;

use super::{Faults, Member, Random, Simulated};
use crate::{
    Engine, EngineError, Identity, LogOptions, Machine, SnapshotEvery, Start, ordered::Position,
};

/// How a change that was submitted has ended.
#[derive(Debug)]
pub enum Submitted<R> {
    /// It was answered.
    Answered(R),
    /// It was surely not executed, or that is not known.
    Failed(EngineError),
}

type Genesis<M> = Arc<dyn Fn(OffsetDateTime) -> M + Send + Sync>;
type Opening<M> = BoxFuture<'static, Result<(Engine<M>, BoxFuture<'static, ()>), EngineError>>;

struct Replica<M: Machine> {
    member: Member,
    /// Each start has another origin.
    starts: u64,
    opening: Option<Opening<M>>,
    engine: Option<Engine<M>>,
    follower: Option<BoxFuture<'static, ()>>,
    /// What was submitted here and is not answered.
    tasks: Vec<BoxFuture<'static, ()>>,
    /// The epoch and the time of the last look.
    last: (u64, i64),
    /// The last record after which it was compared.
    compared: Position,
}

/// Several engines over one simulated log: they start, are paused, crash and start again.
pub struct Replicas<M: Machine> {
    log: Simulated,
    random: Random,
    genesis: Genesis<M>,
    start: Start,
    snapshots: SnapshotEvery,
    logic: u32,
    replicas: Vec<Replica<M>>,
    /// What a replica was like after a record; all others have to be like that.
    states: BTreeMap<Position, Bytes>,
    compares: bool,
}

impl<M: Machine> std::fmt::Debug for Replicas<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replicas").field("random", &self.random).finish_non_exhaustive()
    }
}

impl<M: Machine> Replicas<M> {
    /// Makes replicas with clocks that are off by so many microseconds; none of them has started.
    pub fn new(
        seed: u64,
        faults: Faults,
        skews: &[i64],
        genesis: impl Fn(OffsetDateTime) -> M + Send + Sync + 'static,
    ) -> Self {
        let log = Simulated::shared(seed, faults);
        let replicas = skews.iter().map(|skew| Replica {
            member: log.member(*skew),
            starts: 0,
            opening: None,
            engine: None,
            follower: None,
            tasks: Vec::new(),
            last: (0, i64::MIN),
            compared: 0,
        });
        let replicas = replicas.collect();
        let at = OffsetDateTime::UNIX_EPOCH;
        Self {
            log,
            random: Random::new(seed ^ 0x5eed),
            genesis: Arc::new(genesis),
            start: Start::Frozen(at + time::Duration::seconds(1_767_603_600)),
            snapshots: SnapshotEvery { entries: 25, bytes: u64::MAX },
            logic: 1,
            replicas,
            states: BTreeMap::new(),
            compares: true,
        }
    }

    /// Sets after how many records a snapshot is due.
    pub fn snapshots_every(&mut self, entries: u64) {
        self.snapshots.entries = entries;
    }

    /// Sets whether replicas are compared after every record; an engine does so by itself.
    pub fn compares(&mut self, compares: bool) {
        self.compares = compares;
    }

    /// Returns the log.
    pub fn log(&self) -> &Simulated {
        &self.log
    }

    /// Returns the numbers drawn from the seed.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Returns an engine that runs.
    pub fn engine(&self, replica: usize) -> Option<&Engine<M>> {
        self.replicas.get(replica)?.engine.as_ref()
    }

    /// Hands nothing on to a replica until it goes on.
    pub fn pause(&self, replica: usize, is_paused: bool) {
        if let Some(replica) = self.replicas.get(replica) {
            replica.member.pause(is_paused);
        }
    }

    /// Ends a replica at once: what it has not been answered it never learns.
    pub fn crash(&mut self, replica: usize) {
        if let Some(replica) = self.replicas.get_mut(replica) {
            replica.tasks.clear();
            (replica.opening, replica.follower, replica.engine) = (None, None, None);
            replica.member.end();
            replica.last = (0, i64::MIN);
        }
    }

    /// Does something at a replica that runs, and goes on with it as everything goes on.
    pub fn submit<R: Send + 'static, F>(
        &mut self,
        replica: usize,
        change: impl FnOnce(Engine<M>) -> F,
    ) -> Arc<Mutex<Option<Submitted<R>>>>
    where
        F: Future<Output = Result<R, EngineError>> + Send + 'static,
    {
        let result = Arc::new(Mutex::new(None));
        let Some(replica) = self.replicas.get_mut(replica) else { return result };
        let Some(engine) = replica.engine.clone() else { return result };
        let (change, kept) = (change(engine), Arc::clone(&result));
        let task = async move {
            let ended = match change.await {
                Ok(answer) => Submitted::Answered(answer),
                Err(error) => Submitted::Failed(error),
            };
            *kept.lock() = Some(ended);
        };
        replica.tasks.push(task.boxed());
        result
    }

    /// Goes away from what was submitted at a replica last and is not answered.
    pub fn abandon(&mut self, replica: usize) {
        if let Some(replica) = self.replicas.get_mut(replica) {
            replica.tasks.pop();
        }
    }

    /// Lets one thing happen.
    ///
    /// # Errors
    /// When replicas are not alike, a replica has stopped, or time has gone back at one of them.
    pub fn step(&mut self) -> Result<(), String> {
        match self.random.below(4) {
            0 => self.log.pass(self.random.between(0, 400_000)),
            1 | 2 => drop(self.log.step()),
            _ => {
                let replica = self.random.below(self.replicas.len());
                self.run(replica)?;
            }
        }
        Ok(())
    }

    /// Lets a replica go on as far as it can.
    ///
    /// # Errors
    /// As [`Replicas::step`].
    pub fn run(&mut self, place: usize) -> Result<(), String> {
        let mut context = Context::from_waker(Waker::noop());
        let Some(replica) = self.replicas.get_mut(place) else { return Ok(()) };
        if replica.engine.is_none() && replica.opening.is_none() {
            replica.starts += 1;
            let identity =
                Identity { instance: "test".into(), logic: self.logic, settings: "same".into() };
            let origin = u64::try_from(place).unwrap_or(0) + 4 * replica.starts;
            let options = LogOptions { identity, origin, snapshots: self.snapshots };
            let (genesis, log) = (Arc::clone(&self.genesis), Arc::new(replica.member.clone()));
            let opening = Engine::open(self.start, move |at| genesis(at), log, options);
            let run = |opened: Result<(Engine<M>, crate::Follower<M>), EngineError>| {
                opened.map(|(engine, follower)| (engine, follower.run().boxed()))
            };
            replica.opening = Some(opening.map(run).boxed());
        }
        if let Some(opening) = &mut replica.opening
            && let std::task::Poll::Ready(opened) = opening.poll_unpin(&mut context)
        {
            replica.opening = None;
            match opened {
                Ok((engine, follower)) => {
                    (replica.engine, replica.follower) = (Some(engine), Some(follower));
                }
                // What the log has lost is tried again.
                Err(EngineError::Log(_)) => {}
                Err(error) => return Err(format!("replica {place} does not start: {error}")),
            }
        }
        let Some(engine) = replica.engine.clone() else { return Ok(()) };
        if let Some(follower) = &mut replica.follower
            && follower.poll_unpin(&mut context).is_ready()
        {
            replica.follower = None;
        }
        replica.tasks.retain_mut(|task| task.poll_unpin(&mut context).is_pending());
        if replica.follower.is_none() {
            let why = engine.stopped().unwrap_or_default();
            return Err(format!("replica {place} has stopped: {why}"));
        }
        if replica.tasks.len() < 16 && self.random.chance(150) {
            let timer = engine.clone();
            replica.tasks.push(async move { timer.due_passed().map(|_| ()).await }.boxed());
        }
        if let Some((epoch, at)) = engine.time() {
            if epoch == replica.last.0 && at < replica.last.1 {
                return Err(format!("time goes back at replica {place}"));
            }
            replica.last = (epoch, at);
        }
        self.compare(place, &engine)
    }

    /// Compares a replica with what others were like after the same record.
    fn compare(&mut self, place: usize, engine: &Engine<M>) -> Result<(), String> {
        let Some(replica) = self.replicas.get_mut(place) else { return Ok(()) };
        let position = engine.applied();
        if !self.compares || std::mem::replace(&mut replica.compared, position) == position {
            return Ok(());
        }
        let Some((position, bytes)) = engine.state() else { return Ok(()) };
        let known = self.states.entry(position).or_insert_with(|| bytes.clone());
        if *known != bytes {
            let (known, bytes) = (String::from_utf8_lossy(known), String::from_utf8_lossy(&bytes));
            return Err(format!(
                "replica {place} is another one after {position}:\n{bytes}\n{known}"
            ));
        }
        while self.states.len() > 400 {
            self.states.pop_first();
        }
        Ok(())
    }

    /// Ends all faults, starts all replicas, and lets everything happen that is under way.
    ///
    /// # Errors
    /// As [`Replicas::step`], and when the replicas do not come to rest.
    pub fn settle(&mut self) -> Result<(), String> {
        self.log.heal();
        for _ in 0..20_000 {
            let mut moved = self.log.step();
            for place in 0..self.replicas.len() {
                self.run(place)?;
                moved |= self
                    .replicas
                    .get(place)
                    .is_some_and(|replica| replica.engine.is_none() || !replica.tasks.is_empty());
            }
            if !moved && self.are_level() {
                return Ok(());
            }
        }
        Err("the replicas do not come to rest".to_owned())
    }

    fn are_level(&self) -> bool {
        let positions =
            self.replicas.iter().map(|replica| replica.engine.as_ref().map(Engine::applied));
        let tip = self.log.0.lock().tip();
        positions.into_iter().all(|position| position == Some(tip))
    }
}
