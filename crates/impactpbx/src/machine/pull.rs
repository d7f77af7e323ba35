//! `/get_cdr`: the list grows by five generated records whenever it is read.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Direction, HangupCause};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    Page, Pbx, Stage,
    invent::{Invented, answered, second},
};
use crate::settings::Generation;

/// How many records one pull adds.
const BATCH: usize = 5;

/// No generated record lasts longer.
const LONGEST: Duration = Duration::minutes(10);

/// How far back an anchored past begins.
const PAST: Duration = Duration::days(30);

/// Appends five finished calls and returns everything there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull;

impl Command<Pbx> for Pull {
    type Outcome = Page;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Page {
        let room =
            pbx.settings.max_listed.map_or(BATCH, |most| most.saturating_sub(pbx.listing.len()));
        for _ in 0..room.min(BATCH) {
            pbx.generate(now);
        }
        pbx.page()
    }
}

impl Pbx {
    fn generate(&mut self, now: OffsetDateTime) {
        let direction = match self.settings.generation {
            Generation::Ringback | Generation::Of2020 => Direction::Outbound,
            Generation::Of2021 => match self.exchange.random().chance(0.5) {
                true => Direction::Outbound,
                false => Direction::Inbound,
            },
        };
        let (caller, destination) = self.draw_numbers();
        let start = match self.settings.history_in_the_past {
            false => {
                let base = self.listing.latest().unwrap_or(now);
                second(base).saturating_add(Duration::HOUR)
            }
            true => self.next_of_the_past(now),
        };
        let times = answered(self.exchange.random(), start);
        let cause = HangupCause::NormalClearing;
        let tag = self.identify_made_up(caller, start, Stage::Hangup, true);
        self.record(Invented { direction, caller, destination, times, cause }, tag);
    }

    /// Hours follow each other from 30 days ago, and again from there when they reach the present.
    fn next_of_the_past(&mut self, now: OffsetDateTime) -> OffsetDateTime {
        let next = self.series.map(|last| last.saturating_add(Duration::HOUR));
        let next = next.filter(|next| next.saturating_add(LONGEST) <= now);
        let next = next.unwrap_or_else(|| second(now.saturating_sub(PAST)));
        self.series = Some(next);
        next
    }
}
