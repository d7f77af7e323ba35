//! The engine: one machine behind one lock, its clock and its log.

mod held;
mod pace;
mod replaced;
mod timed;
mod waiting;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::{Condvar, Mutex, RwLock, RwLockUpgradableReadGuard, RwLockWriteGuard};
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::{
    Clock, Command, EventPage, Machine, Snapshot, SnapshotError,
    blocking::block_on,
    events::Ring,
    logged::{open::Replica, state::Replicated},
    ordered::LogError,
};
pub use held::{Advanced, Held};
pub(crate) use pace::PATIENCE;

/// Runs a machine: executes commands at simulated time, in one order, and through a log if it has
/// one.
///
/// Without a log a command is executed at once. With one ([`Engine::open`]) it is committed first,
/// executed when it comes round, and then answered, so that nothing is seen that may be lost.
///
/// Clones share the same machine. The lock is held for the length of one command, one read or one
/// advance, and never across an `.await`.
pub struct Engine<M: Machine>(pub(crate) Arc<Inner<M>>);

/// A machine and what it has in common with its other replicas, if it has a log.
pub(crate) struct Core<M> {
    pub(crate) machine: M,
    pub(crate) replicated: Option<Box<Replicated>>,
}

pub(crate) type Genesis<M> = Box<dyn Fn(OffsetDateTime) -> M + Send + Sync>;

pub(crate) struct Inner<M: Machine> {
    pub(crate) core: RwLock<Core<M>>,
    pub(crate) clock: Clock,
    pub(crate) replica: Option<Replica<M>>,
    genesis: Genesis<M>,
    pub(crate) events: Mutex<Ring<M::Event>>,
    /// How many commands were executed. Written under the machine's write lock alone.
    commands: AtomicU64,
    changed: watch::Sender<u64>,
    /// Wakes threads that wait; the number is how often something changed.
    woken: (Mutex<u64>, Condvar),
    /// How often the machine was replaced. Written under its write lock alone.
    epoch: AtomicU64,
    /// The machine's next due moment, so that the timer wakes only when that one changes.
    due: watch::Sender<Option<OffsetDateTime>>,
}

impl<M: Machine> Clone for Engine<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Machine> std::fmt::Debug for Engine<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("clock", &self.0.clock.state()).finish_non_exhaustive()
    }
}

/// The engine itself failed; the machine's own refusals are outcomes, not errors.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The log did not take the change. It was not executed, or that is not known.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A snapshot could not be taken or read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The log is not one to go on with.
    #[error("{0}")]
    Refused(String),
    /// Others go by older rules in the same log; they were asked to stop, and to leave a snapshot from
    /// which this version can go on.
    #[error("the log still goes by the rules of an older version: start and stop that one once")]
    Standby,
}

impl<M: Machine> Inner<M> {
    pub(crate) fn new(
        core: Core<M>,
        clock: Clock,
        genesis: Genesis<M>,
        epoch: AtomicU64,
        commands: AtomicU64,
        replica: Option<Replica<M>>,
    ) -> Self {
        Self {
            core: RwLock::new(core),
            clock,
            replica,
            genesis,
            events: Mutex::new(Ring::new()),
            commands,
            changed: watch::Sender::new(0),
            woken: (Mutex::new(0), Condvar::new()),
            epoch,
            due: watch::Sender::new(None),
        }
    }

    /// Puts the events of a change into the ring and returns them; called while the machine is
    /// locked, so that they keep their order.
    pub(crate) fn publish(&self, machine: &mut M, command: Option<u64>) -> Vec<M::Event> {
        let mut events = Vec::new();
        machine.drain_events(&mut events);
        if !events.is_empty() {
            let mut ring = self.events.lock();
            events.iter().for_each(|event| ring.push(command, event.clone()));
        }
        machine.published(command);
        events
    }

    /// Wakes those who wait for changes; called while the machine is still locked, so that the
    /// next due moment they see is never an older one.
    pub(crate) fn announce(&self, machine: &M) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
        let due = machine.next_due();
        self.due.send_if_modified(|known| std::mem::replace(known, due) != due);
        let (changes, woken) = &self.woken;
        *changes.lock() += 1;
        woken.notify_all();
    }

    pub(crate) fn set_epoch(&self, epoch: u64) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }
}

impl<M: Machine> Engine<M> {
    /// Makes an engine without a log. `genesis` makes the machine, now and at every reset.
    pub fn new(
        clock: Clock,
        genesis: impl Fn(OffsetDateTime) -> M + Send + Sync + 'static,
    ) -> Self {
        let core = Core { machine: genesis(clock.started_at()), replicated: None };
        let (epoch, commands) = (AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Inner::new(core, clock, Box::new(genesis), epoch, commands, None)))
    }

    /// Returns the simulated clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Executes a command now and returns its outcome, once the command is in the log if there is
    /// one. Where this future is dropped the command may be executed all the same.
    ///
    /// # Errors
    /// When the log cannot take the command, or it is not known whether it has. Refusals of the
    /// machine are outcomes.
    pub async fn execute<C: Command<M>>(&self, command: C) -> Result<C::Outcome, EngineError> {
        Ok(self.execute_numbered(command).await?.0)
    }

    /// Executes a command as [`Engine::execute`] does, and returns its number as well: that which
    /// the events it caused at once carry.
    ///
    /// # Errors
    /// As [`Engine::execute`].
    pub async fn execute_numbered<C: Command<M>>(
        &self,
        command: C,
    ) -> Result<(C::Outcome, u64), EngineError> {
        match &self.0.replica {
            None => Ok(self.apply(self.0.core.write(), command)),
            Some(replica) => {
                let outcome = replica.execute(None, command).await?;
                outcome.ok_or_else(|| replica.unknown())
            }
        }
    }

    /// Executes a command as [`Engine::execute`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::execute`].
    pub fn execute_blocking<C: Command<M>>(&self, command: C) -> Result<C::Outcome, EngineError> {
        match &self.0.replica {
            None => Ok(self.apply(self.0.core.write(), command).0),
            Some(_) => block_on(self.execute(command)),
        }
    }

    /// Returns how often the machine was replaced by a reset or a restored snapshot.
    ///
    /// Inside a read it belongs to the machine that is read.
    pub fn epoch(&self) -> u64 {
        self.0.epoch.load(Ordering::Relaxed)
    }

    /// Executes a command as [`Engine::execute`] does, but only in the machine of an epoch.
    ///
    /// `None` if the machine has been replaced meanwhile: what the command is about, such as a
    /// webhook under way, may be something else there.
    ///
    /// # Errors
    /// As [`Engine::execute`].
    pub async fn execute_in<C: Command<M>>(
        &self,
        epoch: u64,
        command: C,
    ) -> Result<Option<C::Outcome>, EngineError> {
        if let Some(replica) = &self.0.replica {
            let outcome = replica.execute(Some(epoch), command).await?;
            return Ok(outcome.map(|(outcome, _)| outcome));
        }
        let core = self.0.core.write();
        Ok((self.epoch() == epoch).then(|| self.apply(core, command).0))
    }

    /// Executes a command at once, and returns its outcome and number.
    fn apply<C: Command<M>>(
        &self,
        mut core: RwLockWriteGuard<'_, Core<M>>,
        command: C,
    ) -> (C::Outcome, u64) {
        let machine = &mut core.machine;
        let now = self.0.follow_clock(machine, self.0.clock.now(), PATIENCE);
        self.0.publish(machine, None);
        let outcome = command.execute(machine, now);
        machine.advance(now);
        let number = self.0.commands.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.publish(machine, Some(number));
        self.0.announce(machine);
        drop(core);
        (outcome, number)
    }

    /// Reads the machine as it is now, shared with other readers and without a copy.
    pub fn read<R>(&self, read: impl FnOnce(&M) -> R) -> R {
        self.read_at(|machine, _now| read(machine))
    }

    /// Reads the machine together with the simulated time it stands at.
    pub fn read_at<R>(&self, read: impl FnOnce(&M, OffsetDateTime) -> R) -> R {
        {
            let core = self.0.core.read();
            let reach = self.0.reach(&core);
            if core.machine.next_due().is_none_or(|due| due > reach) {
                return read(&core.machine, self.0.shown(&core, reach));
            }
        }
        // Something is due that the timer has not reached yet: let it happen before anybody looks.
        let mut core = RwLockUpgradableReadGuard::upgrade(self.0.core.upgradable_read());
        let reach = self.0.reach(&core);
        let reached = self.0.advance_by_itself(&mut core, reach);
        let core = RwLockWriteGuard::downgrade(core);
        read(&core.machine, self.0.shown(&core, reached))
    }

    /// Returns the events after a cursor, `limit` at most; 0 stands before the first.
    pub fn events_since(&self, cursor: u64, limit: usize) -> EventPage<M::Event> {
        self.0.events.lock().since(cursor, limit)
    }

    /// Returns the cursor of the last event, after which new ones come.
    pub fn last_event(&self) -> u64 {
        self.0.events.lock().last()
    }

    /// Takes a snapshot of the machine as it is now.
    ///
    /// # Errors
    /// When the machine cannot be serialised.
    pub fn snapshot(&self) -> Result<Snapshot, EngineError> {
        self.read_at(|machine, now| Ok(Snapshot::of(machine, now)?))
    }
}

#[cfg(test)]
mod tests;
