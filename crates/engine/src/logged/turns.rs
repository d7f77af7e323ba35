//! How far time may pass here, who ticks, and who acts for all.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration as RealTime;

use time::{Duration, OffsetDateTime};

use super::{apply::LEASE, entry::Change, open::Replica, submit::Waiting};
use crate::{
    Engine, EngineError, Machine,
    clock::moment,
    engine::{Core, Inner, PATIENCE},
    ordered::{Log, Stamp},
};

/// How much later the next replica ticks where the one before it does not.
const LATER: RealTime = RealTime::from_millis(150);

/// How close together ticks come.
const COALESCED: RealTime = RealTime::from_millis(5);

/// The log's clock as it looks from here, put right by the stamps of own records.
pub(crate) struct LogClock {
    log: Arc<dyn Log>,
    /// By how many microseconds the log's clock seems to be ahead here of what it stamps.
    ahead: AtomicI64,
}

impl LogClock {
    pub(crate) fn new(log: Arc<dyn Log>) -> Self {
        Self { log, ahead: AtomicI64::new(0) }
    }

    pub(crate) fn now(&self) -> Stamp {
        self.log.now().saturating_sub(self.ahead.load(Ordering::Relaxed))
    }

    /// Learns from a record that was sent at a moment here, stamped, and is back now.
    pub(crate) fn learn(&self, sent_at: Stamp, stamp: Stamp) {
        let (least, most) = (sent_at.saturating_sub(stamp), self.log.now().saturating_sub(stamp));
        let ahead = self.ahead.load(Ordering::Relaxed);
        self.ahead.store(ahead.clamp(least, most.max(least)), Ordering::Relaxed);
    }
}

/// Until when this replica acts for all, by the uncorrected clock here.
pub(crate) struct HeldLease(AtomicI64);

impl Default for HeldLease {
    fn default() -> Self {
        Self(AtomicI64::new(Stamp::MIN))
    }
}

impl HeldLease {
    pub(crate) fn lost(&self) {
        self.0.store(Stamp::MIN, Ordering::Relaxed);
    }

    pub(crate) fn held_until(&self, until: Stamp) {
        self.0.fetch_max(until, Ordering::Relaxed);
    }

    fn until(&self) -> Stamp {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who acts for all replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// This one does.
    Mine,
    /// Another one does; it is worth asking again after so long.
    Others(RealTime),
}

impl<M: Machine> Replica<M> {
    /// Whether others write this log too.
    pub(crate) fn is_shared(&self) -> bool {
        self.log.horizon(*self.applied.borrow()) == Stamp::MIN
    }
}

impl<M: Machine> Inner<M> {
    /// Returns how far the machine may be advanced though no entry says so: never beyond what a
    /// later entry may be stamped with, or replicas would go different ways.
    pub(crate) fn reach(&self, core: &Core<M>) -> OffsetDateTime {
        let (Some(replica), Some(state)) = (&self.replica, core.replicated.as_deref()) else {
            return self.clock.now();
        };
        match replica.stopped().is_some() {
            true => moment(state.at),
            false => moment(state.time_at(replica.log.horizon(state.position))),
        }
    }

    /// Returns the time to be shown with the machine as it is. Where time passes by entries alone it
    /// goes on in between as the clock here does, as long as nothing is overdue by that: no call
    /// stands still because nobody does anything.
    pub(crate) fn shown(&self, core: &Core<M>, reach: OffsetDateTime) -> OffsetDateTime {
        let shared = self.replica.as_ref().filter(|replica| replica.is_shared());
        if shared.is_none_or(|replica| replica.stopped().is_some()) {
            return reach;
        }
        let next = core.machine.next_due().map(|due| due - Duration::MICROSECOND);
        let now = self.clock.now();
        reach.max(next.map_or(now, |next| next.min(now)))
    }

    /// Lets the machine reach a moment by itself; returns which one it has come to.
    pub(crate) fn advance_by_itself(
        &self,
        core: &mut Core<M>,
        to: OffsetDateTime,
    ) -> OffsetDateTime {
        if self.replica.is_none() {
            let reached = self.follow_clock(&mut core.machine, to, PATIENCE);
            self.announce(&core.machine);
            return reached;
        }
        core.machine.advance(to);
        if let (Some(replica), Some(state)) = (&self.replica, core.replicated.as_deref_mut()) {
            // As the next entry would find: a snapshot in between is to say so too.
            state.stamp = state.stamp.max(replica.log.horizon(state.position));
            state.at = state.at.max(crate::clock::micros(to));
        }
        self.publish(&mut core.machine, None);
        self.announce(&core.machine);
        to
    }
}

impl<M: Machine> Engine<M> {
    /// Returns whether other processes write the same log.
    pub fn is_shared(&self) -> bool {
        self.0.replica.as_ref().is_some_and(Replica::is_shared)
    }

    /// Returns whether there is a log at all.
    pub fn has_log(&self) -> bool {
        self.0.replica.is_some()
    }

    /// Returns how much later than its moment this replica makes something happen that is due: who
    /// wrote last is first, so that all others wait.
    pub(crate) fn tick_after(&self) -> RealTime {
        let Some(replica) = self.0.replica.as_ref().filter(|replica| replica.is_shared()) else {
            return RealTime::ZERO;
        };
        let core = self.0.core.read();
        let writer = core.replicated.as_ref().map(|state| state.writer);
        match writer == Some(replica.options.origin) {
            true => RealTime::ZERO,
            // Neighbours among random numbers are rare.
            false => LATER * (1 + u32::try_from(replica.options.origin % 4).unwrap_or(0)),
        }
    }

    /// Makes what is due happen: by itself, or where the log is shared by an entry in it. Returns how
    /// long to wait at least before that is asked for again.
    pub(crate) async fn due_passed(&self) -> RealTime {
        let Some(replica) = self.0.replica.as_ref() else {
            self.timer_passes();
            return RealTime::ZERO;
        };
        if !replica.is_shared() {
            // Where nothing was, an entry that is on its way comes before it.
            return if self.timer_passes_with_log().await { RealTime::ZERO } else { COALESCED };
        }
        let due = self.0.core.read().machine.next_due();
        if due.is_some_and(|due| due <= self.0.clock.now()) {
            // Where it fails, the next one is tried.
            drop(replica.submit(Change::Tick, None, Waiting::Done).await);
        }
        COALESCED
    }

    /// Returns whether this replica acts for all others at this moment, such as sending what is sent
    /// once. Without a log, and with one that nobody else writes, it does.
    pub fn may_send(&self) -> bool {
        match &self.0.replica {
            None => true,
            Some(replica) if replica.stopped().is_some() => false,
            Some(replica) => !replica.is_shared() || replica.log.now() < replica.lease.until(),
        }
    }

    /// Returns whose turn it is to act for all, asking for it where nobody has it and going on asking
    /// while this replica has it.
    ///
    /// # Errors
    /// When the log does not take that.
    pub async fn turn(&self) -> Result<Turn, EngineError> {
        let Some(replica) = &self.0.replica else { return Ok(Turn::Mine) };
        if replica.stopped().is_some() {
            return Err(replica.refusal());
        }
        let remains = replica.lease.until().saturating_sub(replica.log.now());
        if !replica.is_shared() || remains > LEASE / 4 {
            return Ok(Turn::Mine);
        }
        let others = {
            let core = self.0.core.read();
            let lease = core.replicated.as_ref().map(|state| state.lease).unwrap_or_default();
            let is_mine = lease.holder == replica.options.origin;
            if is_mine { 0 } else { lease.until.saturating_sub(replica.clock.now()) }
        };
        if others > 0 {
            return Ok(Turn::Others(real(others)));
        }
        replica.submit(Change::Claim, None, Waiting::Done).await?;
        match self.may_send() {
            true => Ok(Turn::Mine),
            false => Ok(Turn::Others(real(LEASE / 8))),
        }
    }
}

fn real(micros: i64) -> RealTime {
    RealTime::from_micros(u64::try_from(micros).unwrap_or(0).saturating_add(1_000))
}
