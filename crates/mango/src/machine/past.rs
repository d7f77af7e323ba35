//! Calls that were over before: generated, or added by hand.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Direction, Number, Past, PastCall};
use ringback_mock::ControlRefused;

use super::{
    Pbx, Tag,
    entry::{Initiator, Way},
};
use crate::render::MOSCOW;

impl Pbx {
    /// Fills the history with finished calls of the past days.
    pub(super) fn remember(&mut self, until: OffsetDateTime, calls: usize) {
        let line = self.tables.lines.first().map(|line| Number::from(&line.number));
        let past = Past {
            calls,
            days: 30,
            until,
            offset: MOSCOW,
            outside: &["79#########", "7495#######", "7812#######"],
            line,
            inbound: 0.6,
            local: 0.0,
            record: true,
        };
        let before = self.exchange.history().len();
        self.exchange.generate(&past, |_random, draft| tag(draft.facts.direction));
        self.keep_since(before);
    }

    /// Adds finished calls that somebody made up: all of them, or none.
    pub(super) fn add_records(&mut self, records: &[PastCall]) -> Result<(), ControlRefused> {
        let is_here = |number: &Number| self.exchange.extension(number.as_str()).is_some();
        let strange = records.iter().find(|past| !is_here(&past.from) && !is_here(&past.to));
        if let Some(PastCall { from, to, .. }) = strange {
            let why = format!("neither {from} nor {to} is an extension here");
            return Err(ControlRefused::Conflict(why));
        }
        // What begins at the end of the calendar leaves no room for what comes after it.
        let told = time::macros::datetime!(1970-01-01 00:00 UTC)
            ..time::macros::datetime!(9000-01-01 00:00 UTC);
        if !records.iter().all(|past| told.contains(&past.created_at)) {
            let why = "created_at has to be from 1970 to 8999";
            return Err(ControlRefused::Conflict(why.to_owned()));
        }
        let line = self.tables.lines.first().map(|line| Number::from(&line.number));
        let before = self.exchange.history().len();
        for past in records {
            let draft = past.draft(&self.exchange, line.clone());
            let tag = tag(draft.facts.direction);
            self.exchange.record(|id| draft.cdr(id, true, tag));
        }
        self.keep_since(before);
        Ok(())
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
