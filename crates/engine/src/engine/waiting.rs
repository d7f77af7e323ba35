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
            let due = self.0.core.read().machine.next_due();
            let goes_on = self.0.replica.as_ref().is_none_or(|log| log.stopped().is_none());
            let wait = due.filter(|_| goes_on).and_then(|due| self.0.clock.wait_until(due));
            let wait = wait.map(|wait| wait + self.tick_after());
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
                () = due_passes => {
                    let again = self.due_passed().await;
                    if !again.is_zero() {
                        tokio::time::sleep(again).await;
                    }
                }
                _ = due_changed.changed() => {}
                _ = clock_changed.changed() => {}
            }
        }
    }
}
