//! A clock that is faster than what it makes happen: who asks meanwhile, and how fast it goes on.
//!
//! What is due is let happen for a while at a time. In between others ask, and find the machine at the
//! moment it has come to. The clock then goes only as fast as the machine can follow, so that the
//! two meet again.

use std::time::{Duration as RealTime, Instant};

use time::{Duration, OffsetDateTime};

use super::{Engine, Inner};
use crate::{ClockCommand, Machine, Rate};

/// How long the timer keeps others waiting.
const TURN: RealTime = RealTime::from_millis(50);

/// How long one who asks waits for what is due by then. Longer than any of it takes unless the clock is
/// too fast: who reads after a jump of the clock finds what it made happen.
pub(crate) const PATIENCE: RealTime = RealTime::from_secs(1);

impl<M: Machine> Inner<M> {
    /// Lets what is due until a moment happen, for so long at most; returns how far it came. Without a
    /// log alone: in one, time passes as the log says.
    pub(crate) fn follow_clock(
        &self,
        machine: &mut M,
        to: OffsetDateTime,
        at_most: RealTime,
    ) -> OffsetDateTime {
        let Some(first) = machine.next_due().filter(|due| *due <= to) else {
            machine.advance(to);
            return to;
        };
        let began = Instant::now();
        let mut reached = None;
        while let Some(due) = machine.next_due().filter(|due| *due <= to && reached < Some(*due)) {
            if let Some(reached) = reached.filter(|_| began.elapsed() >= at_most) {
                if let Some(rate) = self.slower(reached - first, began.elapsed()) {
                    self.clock.change(ClockCommand::SetRate(rate));
                }
                return reached;
            }
            machine.advance(due);
            self.publish(machine, None);
            reached = Some(due);
        }
        machine.advance(to);
        self.publish(machine, None);
        to
    }

    /// Returns half of the rate at which the machine has followed a running clock, and says so, if that goes
    /// much faster.
    fn slower(&self, followed: Duration, took: RealTime) -> Option<Rate> {
        let state = self.clock.state();
        let millionths = followed.whole_microseconds().saturating_mul(1_000_000);
        let millionths = millionths / i128::try_from(took.as_micros()).unwrap_or(1).max(1) / 2;
        let rate = Rate::from_millionths(u64::try_from(millionths).unwrap_or(0)).max(Rate::ONE);
        let is_faster = rate.millionths() + rate.millionths() / 4 < state.rate.millionths();
        (!state.frozen && is_faster).then(|| {
            let (was, slower) = (state.rate.as_f64(), rate.as_f64());
            log::warn!(
                "more is due than can be simulated at rate {was}: the clock goes on at rate {slower}"
            );
            rate
        })
    }
}

impl<M: Machine> Engine<M> {
    /// Lets what is due happen by the timer, for a short while at most.
    pub(crate) fn timer_passes(&self) {
        let mut core = self.0.core.write();
        let machine = &mut core.machine;
        let now = self.0.clock.now();
        if machine.next_due().is_some_and(|due| due <= now) {
            self.0.follow_clock(machine, now, TURN);
            self.0.announce(machine);
        }
        parking_lot::RwLockWriteGuard::unlock_fair(core);
    }

    /// Lets what is due by a log of this process alone happen, all of it, and the clock go slower where that
    /// takes long. Returns whether anything was due.
    pub(crate) async fn timer_passes_with_log(&self) -> bool {
        let (followed, took) = {
            let mut core = self.0.core.write();
            let reach = self.0.reach(&core);
            let Some(due) = core.machine.next_due().filter(|due| *due <= reach) else {
                return false;
            };
            let began = Instant::now();
            self.0.advance_by_itself(&mut core, reach);
            (reach - due, began.elapsed())
        };
        if took >= TURN
            && let Some(rate) = self.0.slower(followed, took)
        {
            // Where the log does not take it, nothing else is due by it either.
            drop(self.set_clock(ClockCommand::SetRate(rate)).await);
        }
        true
    }
}
