//! The engine: one machine behind one lock, its clock and its log.

mod held;
mod waiting;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::{Condvar, Mutex, RwLock, RwLockUpgradableReadGuard, RwLockWriteGuard};
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

use crate::{
    Clock, ClockState, Command, EventPage, Machine, Snapshot, SnapshotError,
    events::Ring,
    log::{Change, Entry, Log, LogError, NoLog, Receipt},
};
pub use held::{Advanced, Held};

/// Runs a machine: executes commands at simulated time, in one order, through a log.
///
/// Clones share the same machine. The lock is held for the length of one command, one read or one
/// advance, and never across an `.await`.
pub struct Engine<M: Machine>(Arc<Inner<M>>);

struct Inner<M: Machine> {
    machine: RwLock<M>,
    clock: Clock,
    log: Box<dyn Log<M::Logged>>,
    genesis: Box<dyn Fn(OffsetDateTime) -> M + Send + Sync>,
    events: Mutex<Ring<M::Event>>,
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
    /// The log did not take the command. It was not executed, or its safety is unknown.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A snapshot could not be taken or read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl<M: Machine> Engine<M> {
    /// Makes an engine without a log. `genesis` makes the machine, now and at every reset.
    pub fn new(
        clock: Clock,
        genesis: impl Fn(OffsetDateTime) -> M + Send + Sync + 'static,
    ) -> Self {
        Self::with_log(clock, genesis, NoLog)
    }

    /// Makes an engine that keeps its commands in `log`.
    pub fn with_log(
        clock: Clock,
        genesis: impl Fn(OffsetDateTime) -> M + Send + Sync + 'static,
        log: impl Log<M::Logged>,
    ) -> Self {
        // Not the time the clock shows by now: a replay knows only when the clock was made.
        let machine = RwLock::new(genesis(clock.started_at()));
        let (log, genesis) = (Box::new(log), Box::new(genesis));
        let (changed, due) = (watch::Sender::new(0), watch::Sender::new(None));
        Self(Arc::new(Inner {
            machine,
            clock,
            log,
            genesis,
            events: Mutex::new(Ring::new()),
            commands: AtomicU64::new(0),
            changed,
            woken: (Mutex::new(0), Condvar::new()),
            epoch: AtomicU64::new(0),
            due,
        }))
    }

    /// Returns the simulated clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Executes a command now and returns its outcome once the command is in the log.
    ///
    /// # Errors
    /// When the log cannot take the command. Refusals of the machine are outcomes.
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
        let (outcome, number, receipt) = self.apply(command)?;
        receipt.safe().await?;
        Ok((outcome, number))
    }

    /// Executes a command as [`Engine::execute`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::execute`].
    pub fn execute_blocking<C: Command<M>>(&self, command: C) -> Result<C::Outcome, EngineError> {
        let (outcome, _, receipt) = self.apply(command)?;
        receipt.safe_blocking()?;
        Ok(outcome)
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
        let applied = {
            let machine = self.0.machine.write();
            if self.epoch() != epoch {
                return Ok(None);
            }
            self.apply_to(machine, command)?
        };
        let (outcome, _, receipt) = applied;
        receipt.safe().await?;
        Ok(Some(outcome))
    }

    fn apply<C: Command<M>>(&self, command: C) -> Result<(C::Outcome, u64, Receipt), EngineError> {
        self.apply_to(self.0.machine.write(), command)
    }

    fn apply_to<C: Command<M>>(
        &self,
        mut machine: RwLockWriteGuard<'_, M>,
        command: C,
    ) -> Result<(C::Outcome, u64, Receipt), EngineError> {
        let now = self.0.clock.now();
        machine.advance(now);
        self.publish(&mut machine, None);
        let receipt = if self.0.log.keeps() {
            let change = Change::Command(command.clone().into());
            // Refused or not, time has passed: whoever waits for what was due is told.
            let appended = self.0.log.append(Entry { at: now, change });
            appended.inspect_err(|_| self.announce(&machine))?
        } else {
            Receipt::Kept
        };
        let outcome = command.execute(&mut machine, now);
        machine.advance(now);
        let number = self.0.commands.fetch_add(1, Ordering::Relaxed) + 1;
        self.publish(&mut machine, Some(number));
        self.announce(&machine);
        drop(machine);
        Ok((outcome, number, receipt))
    }

    /// Reads the machine as it is now, shared with other readers and without a copy.
    pub fn read<R>(&self, read: impl FnOnce(&M) -> R) -> R {
        self.read_at(|machine, _now| read(machine))
    }

    /// Reads the machine together with the simulated time it stands at.
    pub fn read_at<R>(&self, read: impl FnOnce(&M, OffsetDateTime) -> R) -> R {
        {
            let machine = self.0.machine.read();
            let now = self.0.clock.now();
            if machine.next_due().is_none_or(|due| due > now) {
                return read(&machine, now);
            }
        }
        // Something is due that the timer has not reached yet: let it happen before anybody looks.
        let mut machine = RwLockUpgradableReadGuard::upgrade(self.0.machine.upgradable_read());
        let now = self.0.clock.now();
        machine.advance(now);
        self.publish(&mut machine, None);
        self.announce(&machine);
        read(&RwLockWriteGuard::downgrade(machine), now)
    }

    /// Jumps the clock forward and returns when everything due has happened, saying what did.
    ///
    /// A negative length counts as zero.
    pub fn advance(&self, by: Duration) -> Advanced<M::Event> {
        let mut held = self.hold();
        let from = self.0.clock.now();
        self.0.clock.jump(by);
        held.advance_to(from, self.0.clock.now())
    }

    /// Holds the machine as it is until the returned guard is dropped, so that several engines can
    /// be advanced together.
    pub fn hold(&self) -> Held<'_, M> {
        Held { engine: self, machine: self.0.machine.write() }
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

    /// Replaces the machine by a snapshot and sets the clock to the snapshot's moment; returns once
    /// that is in the log.
    ///
    /// # Errors
    /// When the snapshot is not one of this machine, or the log does not take it; nothing changes
    /// then.
    pub async fn restore(&self, snapshot: &Snapshot) -> Result<(), EngineError> {
        Ok(self.put_back(snapshot)?.safe().await?)
    }

    /// Restores a snapshot as [`Engine::restore`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::restore`].
    pub fn restore_blocking(&self, snapshot: &Snapshot) -> Result<(), EngineError> {
        Ok(self.put_back(snapshot)?.safe_blocking()?)
    }

    /// Makes the machine anew and returns once that is in the log. A standing clock goes back to
    /// where it began, a running one runs on.
    ///
    /// # Errors
    /// When the log does not take it; nothing changes then.
    pub async fn reset(&self) -> Result<(), EngineError> {
        Ok(self.begin_anew(true)?.safe().await?)
    }

    /// Makes the machine anew as [`Engine::reset`] does, at the time that the clock shows: others
    /// may go by it.
    ///
    /// # Errors
    /// As [`Engine::reset`].
    pub async fn reset_now(&self) -> Result<(), EngineError> {
        Ok(self.begin_anew(false)?.safe().await?)
    }

    /// Resets the machine as [`Engine::reset`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::reset`].
    pub fn reset_blocking(&self) -> Result<(), EngineError> {
        Ok(self.begin_anew(true)?.safe_blocking()?)
    }

    fn put_back(&self, snapshot: &Snapshot) -> Result<Receipt, EngineError> {
        let restored = snapshot.machine()?;
        let machine = self.0.machine.write();
        self.replace(machine, snapshot.at(), Change::Restored(snapshot.clone()), |_| restored)
    }

    fn begin_anew(&self, rewind: bool) -> Result<Receipt, EngineError> {
        // Under the lock, so that no command of a later moment comes before it in the log.
        let machine = self.0.machine.write();
        let clock = &self.0.clock;
        let ClockState { now, frozen, .. } = clock.state();
        let at = if frozen && rewind { clock.started_at() } else { now };
        self.replace(machine, at, Change::Reset, &*self.0.genesis)
    }

    fn replace(
        &self,
        mut machine: RwLockWriteGuard<'_, M>,
        at: OffsetDateTime,
        change: Change<M::Logged>,
        make: impl FnOnce(OffsetDateTime) -> M,
    ) -> Result<Receipt, EngineError> {
        let receipt = if self.0.log.keeps() {
            self.0.log.append(Entry { at, change })?
        } else {
            Receipt::Kept
        };
        let mut made = make(at);
        made.inherit(&machine);
        *machine = made;
        self.publish(&mut machine, None);
        self.0.epoch.fetch_add(1, Ordering::Relaxed);
        self.0.clock.show(at);
        self.announce(&machine);
        drop(machine);
        Ok(receipt)
    }

    /// Puts the events of a change into the ring and returns them; called while the machine is
    /// locked, so that they keep their order.
    fn publish(&self, machine: &mut M, command: Option<u64>) -> Vec<M::Event> {
        let mut events = Vec::new();
        machine.drain_events(&mut events);
        if !events.is_empty() {
            let mut ring = self.0.events.lock();
            events.iter().for_each(|event| ring.push(command, event.clone()));
        }
        machine.published(command);
        events
    }

    /// Wakes those who wait for changes; called while the machine is still locked, so that the
    /// next due moment they see is never an older one.
    fn announce(&self, machine: &M) {
        self.0.changed.send_modify(|version| *version = version.wrapping_add(1));
        let due = machine.next_due();
        self.0.due.send_if_modified(|known| std::mem::replace(known, due) != due);
        let (changes, woken) = &self.0.woken;
        *changes.lock() += 1;
        woken.notify_all();
    }
}

#[cfg(test)]
mod tests;
