//! Waiting: of handlers for a change, of the timer for what is due.

use std::time::Duration as RealTime;

use time::OffsetDateTime;
use tokio::sync::watch;

use super::Engine;
use crate::Machine;

impl<M: Machine> Engine<M> {
    /// Waits until something holds in the machine, looking again after each of its changes, and
    /// returns what `ready` found; `None` when that takes longer than `at_most` of the computer's
    /// time.
    pub async fn wait_for<R>(
        &self,
        at_most: RealTime,
        ready: impl Fn(&M, OffsetDateTime) -> Option<R>,
    ) -> Option<R> {
        let mut changes = self.changes();
        let found = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = self.read_at(&ready) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        };
        tokio::time::timeout(at_most, found).await.ok().flatten()
    }

    /// Waits as [`Engine::wait_for`] does, from code that is not async.
    pub fn wait_for_blocking<R>(
        &self,
        at_most: RealTime,
        ready: impl Fn(&M, OffsetDateTime) -> Option<R>,
    ) -> Option<R> {
        let until = std::time::Instant::now() + at_most;
        let (changes, woken) = &self.0.woken;
        loop {
            let seen = *changes.lock();
            if let Some(found) = self.read_at(&ready) {
                return Some(found);
            }
            let mut changes = changes.lock();
            while *changes == seen {
                if woken.wait_until(&mut changes, until).timed_out() {
                    return None;
                }
            }
        }
    }

    /// Subscribes to changes of the machine; the number grows with every change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Lets things happen when they are due, as the clock runs. Runs for ever; nobody polls.
    pub async fn run(&self) {
        let mut due_changed = self.0.due.subscribe();
        let mut clock_changed = self.0.clock.changes();
        loop {
            due_changed.borrow_and_update();
            clock_changed.borrow_and_update();
            let due = self.0.machine.read().next_due();
            let wait = due.and_then(|due| self.0.clock.wait_until(due));
            let due_passes = async {
                match wait {
                    // A timer fires on whole milliseconds; rounding up saves a second round.
                    Some(wait) => {
                        tokio::time::sleep(wait + RealTime::from_micros(500)).await;
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due_passes => self.catch_up(),
                _ = due_changed.changed() => {}
                _ = clock_changed.changed() => {}
            }
        }
    }

    fn catch_up(&self) {
        let mut machine = self.0.machine.write();
        let now = self.0.clock.now();
        if machine.next_due().is_some_and(|due| due <= now) {
            machine.advance(now);
            self.publish(&mut machine, None);
            self.announce(&machine);
            drop(machine);
        }
    }
}
