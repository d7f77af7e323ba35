//! Placing a call: what `/trigger_webhooks` does.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Behaviour, CallId, Dial, Direction, HangupCause, Number, Outcome, Party};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    Pbx, Stage, Tag,
    invent::{Invented, answered, second, unanswered},
};
use crate::{render, render::CallOrCdr, settings::Generation};

/// Starts one call between numbers out of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger;

impl Command<Pbx> for Trigger {
    type Outcome = ();

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) {
        let (caller, destination) = pbx.draw_numbers();
        let heard = pbx.draw_last_event();
        let listed = heard == Stage::Hangup || {
            let share = pbx.settings.unfinished_listed();
            pbx.exchange.random().chance(share.into())
        };
        let (line, behaviour) = (None, None);
        pbx.place_order(now, Order { caller, destination, line, behaviour, heard, listed });
    }
}

/// A call to place.
pub(super) struct Order {
    pub(super) caller: u64,
    pub(super) destination: u64,
    pub(super) line: Option<Number>,
    pub(super) behaviour: Option<Behaviour>,
    pub(super) heard: Stage,
    pub(super) listed: bool,
}

impl Pbx {
    pub(super) fn place_order(&mut self, now: OffsetDateTime, order: Order) -> CallId {
        match self.settings.generation {
            Generation::Ringback | Generation::Of2021 => self.dial(now, order),
            Generation::Of2020 => self.make_up(now, order),
        }
    }

    /// Lets the exchange carry the call: rules and magic numbers decide as in any other one.
    fn dial(&mut self, now: OffsetDateTime, order: Order) -> CallId {
        let Order { caller, destination, line, behaviour, heard, listed } = order;
        let tag = self.identify(caller, now, heard, listed);
        let [from, to] =
            [caller, destination].map(|number| Party::Outside(Number::from(number.to_string())));
        let dial = Dial { line, behaviour, record: false, ..Dial::phone(from, to, tag) };
        self.exchange.dial(now, dial)
    }

    /// Makes the whole call up and sends its events back to back, as in 2020.
    fn make_up(&mut self, now: OffsetDateTime, order: Order) -> CallId {
        let Order { caller, destination, behaviour, heard, listed, .. } = order;
        let after_listed = self.listing.latest().map(|at| at.saturating_add(Duration::HOUR));
        let start = after_listed.map_or(self.free_from, |at| at.max(self.free_from));
        let start = second(start);
        let share = self.settings.answered();
        let random = self.exchange.random();
        let mut times = answered(random, start);
        let is_answered = match behaviour {
            Some(behaviour) => behaviour.outcome == Outcome::Answer,
            None => random.chance(share.into()),
        };
        let cause = if is_answered {
            HangupCause::NormalClearing
        } else {
            unanswered(&mut times);
            HangupCause::NoAnswer
        };
        self.free_from = times.ended_at;
        let tag = self.identify_made_up(caller, start, heard, listed);
        let direction = Direction::Outbound;
        let id = self.record(Invented { direction, caller, destination, times, cause }, tag);
        let Some(story) = self.exchange.history().get(id).map(CallOrCdr::from) else { return id };
        for stage in [Stage::Originate, Stage::Ring, Stage::Answered, Stage::Hangup] {
            if stage != Stage::Answered || is_answered {
                self.notify(now, &story, stage);
            }
        }
        id
    }

    /// Draws the last event that is sent of a call.
    fn draw_last_event(&mut self) -> Stage {
        let unfinished = self.settings.unfinished();
        let [originate, ring, answered] =
            [unfinished.originate, unfinished.ring, unfinished.answered]
                .map(|share| share.millionths());
        let rest =
            1_000_000_u32.saturating_sub(originate.saturating_add(ring).saturating_add(answered));
        let weights = [
            (originate, Stage::Originate),
            (ring, Stage::Ring),
            (answered, Stage::Answered),
            (rest, Stage::Hangup),
        ];
        let drawn = self.exchange.random().weighted(weights.iter().map(|(weight, _)| *weight));
        let drawn = drawn.and_then(|index| weights.get(index));
        drawn.map_or(Stage::Hangup, |(_, stage)| *stage)
    }

    /// Draws what identifies a call, and takes its start: the first one free for the caller.
    /// Gives a call its identity; one that shares its start is shown a little later.
    fn identify(&mut self, caller: u64, start: OffsetDateTime, heard: Stage, listed: bool) -> Tag {
        let shift_ms = self.taken.shift(caller, start);
        self.tag(caller, start, shift_ms, heard, listed)
    }

    /// Gives a record that was made up its identity; its moments stay on whole seconds.
    pub(super) fn identify_made_up(
        &mut self,
        caller: u64,
        start: OffsetDateTime,
        heard: Stage,
        listed: bool,
    ) -> Tag {
        let shift_ms = self.taken.shift_by_seconds(caller, start);
        self.tag(caller, start, shift_ms, heard, listed)
    }

    fn tag(
        &mut self,
        caller: u64,
        start: OffsetDateTime,
        shift_ms: u32,
        heard: Stage,
        listed: bool,
    ) -> Tag {
        let random = self.exchange.random();
        let tag = Tag { uuid: random.uuid(), recording: random.uuid(), shift_ms, heard, listed };
        self.taken.take(caller, render::shown(start, &tag));
        tag
    }
}
