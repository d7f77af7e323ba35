//! Changes of the clock, and jumps.

use time::{Duration, OffsetDateTime};

use super::{Advanced, Engine, EngineError, Held, Inner};
use crate::{
    ClockCommand, Machine, Rate,
    blocking::block_on,
    logged::{entry::Change, submit::Waiting},
};

impl<M: Machine> Engine<M> {
    /// Changes the clock and returns when everything that became due by that has happened, saying
    /// what did. Without a log every engine that shares the clock goes by it from then on.
    ///
    /// # Errors
    /// When the log does not take it.
    pub async fn set_clock(
        &self,
        command: ClockCommand,
    ) -> Result<Advanced<M::Event>, EngineError> {
        if let Some(replica) = &self.0.replica {
            return replica.submit(Change::Clock(command), None, Waiting::Clock).await;
        }
        let mut held = self.hold();
        let from = self.0.clock.now();
        self.0.clock.change(command);
        let now = self.0.clock.now();
        if !command.is_jump() {
            // A clock that is too fast can be stopped at once: the timer goes on with what is due.
            let to = self.0.advance_by_itself(&mut held.core, now);
            return Ok(Advanced { from, to, event_count: 0, events: Vec::new() });
        }
        Ok(held.advance_to(from, now))
    }

    /// Changes the clock as [`Engine::set_clock`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::set_clock`].
    pub fn set_clock_blocking(
        &self,
        command: ClockCommand,
    ) -> Result<Advanced<M::Event>, EngineError> {
        block_on(self.set_clock(command))
    }

    /// Makes the clock stand still at the time it shows.
    ///
    /// # Errors
    /// When the log does not take it.
    pub async fn freeze(&self) -> Result<(), EngineError> {
        self.set_clock(ClockCommand::Freeze).await.map(drop)
    }

    /// Lets the clock run on from the time it shows.
    ///
    /// # Errors
    /// When the log does not take it.
    pub async fn release(&self) -> Result<(), EngineError> {
        self.set_clock(ClockCommand::Release).await.map(drop)
    }

    /// Sets how many simulated seconds pass in one second.
    ///
    /// # Errors
    /// When the log does not take it.
    pub async fn set_rate(&self, rate: Rate) -> Result<(), EngineError> {
        self.set_clock(ClockCommand::SetRate(rate)).await.map(drop)
    }

    /// Jumps the clock forward and returns when everything due has happened, saying what did.
    ///
    /// A negative length counts as zero.
    ///
    /// # Errors
    /// When the log does not take it.
    pub async fn advance(&self, by: Duration) -> Result<Advanced<M::Event>, EngineError> {
        self.set_clock(ClockCommand::advance(by)).await
    }

    /// Jumps the clock forward as [`Engine::advance`] does, from code that is not async.
    ///
    /// # Errors
    /// As [`Engine::advance`].
    pub fn advance_blocking(&self, by: Duration) -> Result<Advanced<M::Event>, EngineError> {
        self.set_clock_blocking(ClockCommand::advance(by))
    }

    /// Holds the machine as it is until the returned guard is dropped, so that several engines
    /// without a log can be advanced together.
    pub fn hold(&self) -> Held<'_, M> {
        Held { engine: self, core: self.0.core.write() }
    }
}

impl<M: Machine> Inner<M> {
    /// Lets everything happen that is due up to a moment, from one due moment to the next, so that
    /// events are never many at once; says what did.
    pub(crate) fn advance_through(
        &self,
        machine: &mut M,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Advanced<M::Event> {
        let mut advanced = Advanced { from, to, event_count: 0, events: Vec::new() };
        let mut reached = None;
        loop {
            let due = machine.next_due().filter(|due| *due < to && reached < Some(*due));
            machine.advance(due.unwrap_or(to));
            for event in self.publish(machine, None) {
                advanced.event_count += 1;
                if advanced.events.len() < Advanced::<M::Event>::LISTED {
                    advanced.events.push(event);
                }
            }
            if due.is_none() {
                return advanced;
            }
            reached = due;
        }
    }
}
