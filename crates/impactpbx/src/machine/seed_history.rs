//! A believable past for `--history`: listed, finished calls of the last 30 days.

use ringback_exchange::{Cdr, Direction, Exchange, Extension, HistoryProfile, Profile, Times};
use time::{Duration, OffsetDateTime, UtcOffset};

use super::{Pbx, Stage, invent::Invented};
use crate::settings::Generation;

/// So many lines that few calls of a busy hour find theirs taken.
const LINES: u16 = 50;

impl Pbx {
    /// Lists finished calls of the past, oldest first.
    pub(super) fn remember(&mut self, until: OffsetDateTime, calls: usize) {
        if calls == 0 {
            return;
        }
        // The days of an ordinary exchange, from which the times are taken; this one has no
        // extensions whose calls could be generated.
        let mut model: Exchange<()> =
            Exchange::new(self.exchange.random().seed(), Profile::default());
        for line in 0..LINES {
            model.set_extension(Extension::new((100 + line).to_string()));
        }
        let past = HistoryProfile {
            calls,
            days: 30,
            until,
            offset: UtcOffset::UTC,
            outside: &["3579#######"],
            line: None,
            inbound: 0.0,
            local: 0.0,
            record: false,
        };
        model.generate(&past, |_, _| ());
        for cdr in model.history().iter() {
            self.remember_one(cdr, until);
        }
    }

    fn remember_one(&mut self, model: &Cdr<()>, until: OffsetDateTime) {
        let (caller, destination) = self.draw_numbers();
        let created_at = model.created_at();
        // Every record of this vendor has rung.
        let rings_at = model.ringing_at().unwrap_or(created_at.saturating_add(Duration::SECOND));
        let (ringing_at, answered_at) = (Some(rings_at), model.answered_at());
        let ended_at = model.ended_at().max(rings_at);
        let mut times = Times { created_at, ringing_at, answered_at, ended_at };
        let inbound = match self.settings.generation {
            Generation::Ringback => false,
            Generation::Of2020 => {
                // Nobody ever failed to answer in 2020.
                let talked = Duration::MINUTE;
                times.answered_at.get_or_insert(ended_at);
                times.ended_at = ended_at.max(rings_at.saturating_add(talked));
                false
            }
            Generation::Of2021 => self.exchange.random().chance(0.5),
        };
        let direction = if inbound { Direction::Inbound } else { Direction::Outbound };
        let shift = Duration::milliseconds(self.taken.shift_by_seconds(caller, created_at).into());
        if times.ended_at.saturating_add(shift) > until {
            // A past so full that the next free second is yet to come takes an earlier one.
            let earlier = created_at - self.taken.free_before(caller, created_at);
            times = moved_back(times, earlier);
        }
        let tag = self.identify_made_up(caller, times.created_at, Stage::Hangup, true);
        let cause = model.cause;
        self.record(Invented { direction, caller, destination, times, cause }, tag);
    }
}

fn moved_back(times: Times, by: Duration) -> Times {
    let earlier = |at: OffsetDateTime| at.saturating_sub(by);
    Times {
        created_at: earlier(times.created_at),
        ringing_at: times.ringing_at.map(earlier),
        answered_at: times.answered_at.map(earlier),
        ended_at: earlier(times.ended_at),
    }
}

#[cfg(test)]
mod tests;
