//! A machine that takes the place of another: resets and restored snapshots.

use std::sync::atomic::Ordering;

use parking_lot::RwLockWriteGuard;
use time::OffsetDateTime;

use super::{Core, Engine, EngineError};
use crate::{
    ClockState, Machine, Snapshot,
    blocking::block_on,
    logged::{
        entry::{Change, Restored},
        submit::Waiting,
    },
};

impl<M: Machine> Engine<M> {
    /// Replaces the machine by a snapshot and sets the clock to the snapshot's moment.
    ///
    /// # Errors
    /// When the snapshot is not one of this machine, or the log does not take it.
    pub async fn restore(&self, snapshot: &Snapshot) -> Result<(), EngineError> {
        let restored: M = snapshot.machine()?;
        match &self.0.replica {
            None => {
                let core = self.0.core.write();
                self.replace(core, snapshot.at(), |_| restored);
                Ok(())
            }
            Some(_) => {
                // It has been looked at: what comes round is what is taken.
                drop(restored);
                self.replace_logged(Restored { machine: snapshot.clone(), shows: true }).await
            }
        }
    }

    /// Restores a snapshot as [`Engine::restore`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::restore`].
    pub fn restore_blocking(&self, snapshot: &Snapshot) -> Result<(), EngineError> {
        block_on(self.restore(snapshot))
    }

    /// Makes the machine anew. A standing clock goes back to where it began, a running one runs on.
    /// With a log the machine that is made here becomes that of all replicas.
    ///
    /// # Errors
    /// When the log does not take it.
    pub async fn reset(&self) -> Result<(), EngineError> {
        self.begin_anew(true).await
    }

    /// Makes the machine anew as [`Engine::reset`] does, at the time that the clock shows: others
    /// may go by it.
    ///
    /// # Errors
    /// As [`Engine::reset`].
    pub async fn reset_now(&self) -> Result<(), EngineError> {
        self.begin_anew(false).await
    }

    /// Resets the machine as [`Engine::reset`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::reset`].
    pub fn reset_blocking(&self) -> Result<(), EngineError> {
        block_on(self.begin_anew(true))
    }

    async fn begin_anew(&self, rewind: bool) -> Result<(), EngineError> {
        let clock = &self.0.clock;
        let begins = |ClockState { now, frozen, .. }| match frozen && rewind {
            true => clock.started_at(),
            false => now,
        };
        if self.0.replica.is_none() {
            // Under the lock, so that no command of a later moment comes before it.
            let core = self.0.core.write();
            self.replace(core, begins(clock.state()), &*self.0.genesis);
            return Ok(());
        }
        let state = clock.state();
        let at = begins(state);
        let machine = Snapshot::of(&(self.0.genesis)(at), at)?;
        self.replace_logged(Restored { machine, shows: state.frozen }).await
    }

    async fn replace_logged(&self, restored: Restored) -> Result<(), EngineError> {
        match &self.0.replica {
            None => Ok(()),
            Some(replica) => replica.submit(Change::Restored(restored), None, Waiting::Done).await,
        }
    }

    fn replace(
        &self,
        mut core: RwLockWriteGuard<'_, Core<M>>,
        at: OffsetDateTime,
        make: impl FnOnce(OffsetDateTime) -> M,
    ) {
        let machine = &mut core.machine;
        let mut made = make(at);
        made.inherit(machine);
        *machine = made;
        self.0.publish(machine, None);
        self.0.epoch.fetch_add(1, Ordering::Relaxed);
        self.0.clock.show(at);
        self.0.announce(machine);
    }
}
