//! Calls that were over before: generated, or added by hand.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CdrInput, Direction, HistoryProfile, Number};
use ringback_mock::ControlRefused;

use super::{
    Pbx, Tag,
    live_call::{Initiator, Way},
};
use crate::render::MOSCOW;

/// Patterns of numbers in Russia.
pub(super) const OUTSIDE: [&str; 3] = ["79#########", "7495#######", "7812#######"];

impl Pbx {
    /// Fills the history with finished calls of the past days.
    pub(super) fn seed_history(&mut self, until: OffsetDateTime, calls: usize) {
        let line = self.tables.lines.first().map(|line| Number::from(&line.number));
        let past = HistoryProfile {
            calls,
            days: 30,
            until,
            offset: MOSCOW,
            outside: &OUTSIDE,
            line,
            inbound: 0.6,
            local: 0.0,
            record: true,
        };
        let before = self.exchange.history().len();
        self.exchange.generate(&past, |_random, draft| tag(draft.facts.direction));
        self.keep_since(before);
    }

    /// Refuses a finished call that none of the account's extensions was part of.
    pub(crate) fn check_made_up(&self, past: &CdrInput) -> Result<(), ControlRefused> {
        let is_here = |number: &Number| self.exchange.extension(number.as_str()).is_some();
        let CdrInput { from, to, .. } = past;
        if is_here(from) || is_here(to) {
            return Ok(());
        }
        let why = format!("neither {from} nor {to} is an extension here");
        Err(ControlRefused::Conflict(why))
    }

    /// Adds a finished call that somebody made up.
    pub(crate) fn add_made_up(&mut self, past: &CdrInput) {
        let line = self.tables.lines.first().map(|line| Number::from(&line.number));
        let draft = past.draft(&self.exchange, line);
        let tag = tag(draft.facts.direction);
        let id = self.exchange.record(|id| draft.cdr(id, true, tag));
        self.keep_plain(id);
    }

    fn keep_since(&mut self, before: usize) {
        let added: Vec<_> = self.exchange.history().iter().skip(before).map(|cdr| cdr.id).collect();
        for id in added {
            self.keep_plain(id);
        }
    }
}

fn tag(direction: Direction) -> Tag {
    let way = match direction {
        Direction::Inbound => Way::In,
        Direction::Outbound => Way::Out,
        Direction::Local => Way::Internal,
    };
    Tag { way, initiator: Initiator::Nobody }
}
