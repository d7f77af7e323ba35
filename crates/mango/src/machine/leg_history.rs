//! Finished legs, packed: what all statistics are made of.
//!
//! A row names the parties of its call where it can, and other texts by their place in a list, so
//! that a million calls fit in a few hundred megabytes. Rows are found by the moment at which they
//! began, whatever else is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ringback_exchange::{CallId, Cdr, FaultyRecord, Number};
use serde::{Deserialize, Serialize};

use super::{
    Pbx, Tag,
    live_call::{End, Leg, LiveCall, Transfer, Way},
};
use crate::identity::{LegNo, Location};

/// The finished legs of finished calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub(super) struct LegHistory {
    /// The rows of one call stand together.
    rows: Vec<Row>,
    names: Vec<Box<str>>,
    /// When whoever had been consulted in a leg was joined with the party on hold: a few legs only.
    joined: BTreeMap<LegNo, i64>,
    #[serde(skip)]
    places: BTreeMap<Box<str>, u32>,
    /// By the second in which they began, as far as that fits into half the room of the whole.
    #[serde(skip)]
    by_start: BTreeSet<(u32, u32)>,
    /// Where the rows of a call begin.
    #[serde(skip)]
    by_call: BTreeMap<u32, u32>,
}

/// The serialised form, without what follows from the rest.
#[derive(Deserialize)]
struct Kept {
    rows: Vec<Row>,
    names: Vec<Box<str>>,
    #[serde(default)]
    joined: BTreeMap<LegNo, i64>,
}

impl From<Kept> for LegHistory {
    fn from(Kept { rows, names, joined }: Kept) -> Self {
        let mut ledger = Self { joined, ..Self::default() };
        for name in &names {
            ledger.name(name);
        }
        for row in rows {
            ledger.push(row);
        }
        ledger
    }
}

/// A text: none, the call's own number, or one of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Name(u32);

impl Name {
    const NONE: Self = Self(0);
    const FROM: Self = Self(1);
    const TO: Self = Self(2);
    const LISTED: u32 = 3;
}

/// One finished leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    call: u32,
    leg: LegNo,
    start: i64,
    /// Seconds after the start; never answered if it is the greatest number.
    answer: u32,
    finish: u32,
    held: u32,
    /// Extension and number of the calling and the called end.
    ends: [Name; 4],
    /// The extension of the group it was rung for.
    group: Name,
    reason: u16,
    /// The places of the first recording made in it, and of the one after the last.
    recordings: [u16; 2],
    location: Location,
    transfer: Option<Transfer>,
}

const NEVER: u32 = u32::MAX;

/// A finished leg as statistics see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finished<'a> {
    pub(crate) call: CallId,
    pub(crate) no: LegNo,
    pub(crate) location: Location,
    pub(crate) start: i64,
    pub(crate) answer: Option<i64>,
    pub(crate) finish: i64,
    pub(crate) held: u32,
    pub(crate) from: [Option<&'a str>; 2],
    pub(crate) to: [Option<&'a str>; 2],
    pub(crate) group: Option<&'a str>,
    pub(crate) transfer: Option<Transfer>,
    /// When whoever was consulted in it began to talk to the party that had been on hold.
    pub(crate) joined: Option<i64>,
    pub(crate) reason: u16,
    pub(crate) recordings: std::ops::Range<u32>,
    /// When the call was created.
    pub(crate) create: i64,
    pub(crate) line: Option<&'a str>,
    pub(crate) way: Way,
}

impl LegHistory {
    fn name(&mut self, text: &str) -> Name {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(text.into()).or_insert(next);
        if place == next {
            self.names.push(text.into());
        }
        Name(place.saturating_add(Name::LISTED))
    }

    fn named(&mut self, text: Option<&str>, cdr: &Cdr<Tag>) -> Name {
        match text {
            None => Name::NONE,
            Some(text) if text == cdr.from.as_str() => Name::FROM,
            Some(text) if text == cdr.to.as_str() => Name::TO,
            Some(text) => self.name(text),
        }
    }

    fn text<'a>(&'a self, name: Name, cdr: &'a Cdr<Tag>) -> Option<&'a str> {
        match name {
            Name::NONE => None,
            Name::FROM => Some(cdr.from.as_str()),
            Name::TO => Some(cdr.to.as_str()),
            Name(listed) => {
                let place = usize::try_from(listed - Name::LISTED).ok()?;
                self.names.get(place).map(AsRef::as_ref)
            }
        }
    }

    fn push(&mut self, row: Row) {
        let Ok(place) = u32::try_from(self.rows.len()) else { return };
        self.by_start.insert((clamped(row.start), place));
        self.by_call.entry(row.call).or_insert(place);
        self.rows.push(row);
    }

    /// Returns the number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    fn finished<'a>(&'a self, row: &'a Row, cdr: &'a Cdr<Tag>) -> Finished<'a> {
        let [from_extension, from_number, to_extension, to_number] =
            row.ends.map(|name| self.text(name, cdr));
        let [first, end] = row.recordings.map(u32::from);
        Finished {
            call: cdr.id,
            no: row.leg,
            location: row.location,
            start: row.start,
            answer: (row.answer != NEVER).then(|| row.start + i64::from(row.answer)),
            finish: row.start + i64::from(row.finish),
            held: row.held,
            from: [from_extension, from_number],
            to: [to_extension, to_number],
            group: self.text(row.group, cdr),
            transfer: row.transfer,
            joined: self.joined.get(&row.leg).copied(),
            reason: row.reason,
            recordings: first..end,
            create: cdr.created_at().unix_timestamp(),
            line: used(cdr.line.as_ref(), cdr.tag.way),
            way: cdr.tag.way,
        }
    }
}

impl Pbx {
    /// Keeps the legs of a call that is over.
    pub(super) fn keep(&mut self, id: CallId, entry: &LiveCall) {
        let Some(cdr) = self.exchange.history().get(id) else { return };
        let ledger = &mut self.ledger;
        for leg in &entry.legs {
            let ends = [&leg.from.extension, &leg.from.number, &leg.to.extension, &leg.to.number];
            let ends = ends.map(|text| ledger.named(text.as_deref(), cdr));
            let group = ledger.named(leg.acd_group.as_deref(), cdr);
            let start = leg.start.unix_timestamp();
            let after = |at: time::OffsetDateTime| {
                u32::try_from(at.unix_timestamp() - start).unwrap_or(NEVER - 1)
            };
            let place = |place: &u32| u16::try_from(*place).unwrap_or(u16::MAX);
            let recordings = match (leg.recordings.first(), leg.recordings.last()) {
                (Some(first), Some(last)) => [place(first), place(last).saturating_add(1)],
                _ => [0, 0],
            };
            if let Some(joined) = leg.joined {
                ledger.joined.insert(leg.no, joined.unix_timestamp());
            }
            ledger.push(Row {
                call: short(id),
                leg: leg.no,
                start,
                answer: leg.answer.map_or(NEVER, after),
                finish: leg.finish.map_or(0, after),
                held: leg.held_seconds,
                ends,
                group,
                reason: leg.reason,
                recordings,
                location: leg.location,
                transfer: leg.counted_transfer(),
            });
        }
    }

    /// Keeps the one leg of a call that this exchange did not carry: generated, or added by hand.
    pub(super) fn keep_plain(&mut self, id: CallId) {
        let no = self.next_leg;
        let Some(cdr) = self.exchange.history().get(id) else { return };
        let party = |number: &Number| self.end_of(&self.exchange.party(number));
        let (from, mut to) = (party(&cdr.from), party(&cdr.to));
        if to == End::default() {
            to.number = Some(cdr.to.to_string());
        }
        let ended = crate::render::Ended {
            cause: cdr.cause,
            by: cdr.hung_up_by,
            from_side: ringback_exchange::Side::A,
            location: Location::Subscriber,
        };
        let start = cdr.created_at().unix_timestamp();
        let after = |at: time::OffsetDateTime| {
            u32::try_from(at.unix_timestamp() - start).unwrap_or(NEVER - 1)
        };
        let ledger = &mut self.ledger;
        let ends = [&from.extension, &from.number, &to.extension, &to.number];
        let ends = ends.map(|text| ledger.named(text.as_deref(), cdr));
        let kept = cdr.recorded().filter(super::recordings::is_kept).count().min(1);
        let row = Row {
            call: short(id),
            leg: no,
            start,
            answer: cdr.answered_at().map_or(NEVER, after),
            finish: after(cdr.ended_at()),
            held: 0,
            ends,
            group: Name::NONE,
            reason: crate::render::reason(&ended),
            recordings: [0, u16::try_from(kept).unwrap_or(0)],
            location: Location::Subscriber,
            transfer: None,
        };
        ledger.push(row);
        self.next_leg = no.next();
    }

    /// Returns the finished legs that began within some seconds, both included, oldest first.
    pub(crate) fn finished_within(
        &self,
        seconds: RangeInclusive<i64>,
    ) -> impl Iterator<Item = Finished<'_>> {
        let (from, to) = seconds.into_inner();
        // An inverted range would panic in the tree; what it finds is filtered out below.
        let until = clamped(to.max(from));
        let places = self.ledger.by_start.range((clamped(from), 0)..=(until, u32::MAX));
        let over = places.rev().filter_map(move |(_, place)| {
            let row = self.ledger.rows.get(usize::try_from(*place).ok()?)?;
            let row = Some(row).filter(|row| (from..=to).contains(&row.start))?;
            let cdr = self.exchange.history().get(CallId(row.call.into()))?;
            Some(self.ledger.finished(row, cdr))
        });
        let live = self.entries.iter().flat_map(|(id, entry)| {
            entry.legs.iter().filter_map(|leg| self.finished_live(*id, entry, leg))
        });
        let published = self.exchange.published_items(over, |leg: &Finished<'_>| leg.call);
        let mut over: Vec<_> = published.map(|leg| self.as_shown(leg)).collect();
        over.reverse();
        over.into_iter().chain(live.filter(move |leg| (from..=to).contains(&leg.start)))
    }

    /// Lets a leg that lasted to the end of its call last to the end that is shown.
    fn as_shown<'a>(&self, leg: Finished<'a>) -> Finished<'a> {
        let faulty = self.exchange.faulty_record(leg.call);
        let Some(wrong) = faulty.and_then(FaultyRecord::wrong) else { return leg };
        let ended = self.exchange.history().get(leg.call).map(Cdr::ended_at);
        if ended.map(time::OffsetDateTime::unix_timestamp) != Some(leg.finish) {
            return leg;
        }
        let least = leg.joined.or(leg.answer).unwrap_or(leg.start);
        Finished { finish: wrong.ended_at().unix_timestamp().max(least), ..leg }
    }

    fn finished_live<'a>(
        &'a self,
        id: CallId,
        entry: &'a LiveCall,
        leg: &'a Leg,
    ) -> Option<Finished<'a>> {
        let finish = leg.finish?.unix_timestamp();
        let end = |end: &'a End| [end.extension.as_deref(), end.number.as_deref()];
        let created_at = self.exchange.call(id)?.created_at;
        let first = leg.recordings.first().copied().unwrap_or(0);
        let after = leg.recordings.last().map_or(first, |last| last + 1);
        Some(Finished {
            call: id,
            no: leg.no,
            location: leg.location,
            start: leg.start.unix_timestamp(),
            answer: leg.answer.map(time::OffsetDateTime::unix_timestamp),
            finish,
            held: leg.held_seconds,
            from: end(&leg.from),
            to: end(&leg.to),
            group: leg.acd_group.as_deref(),
            transfer: leg.counted_transfer(),
            joined: leg.joined.map(time::OffsetDateTime::unix_timestamp),
            reason: leg.reason,
            recordings: first..after,
            create: created_at.unix_timestamp(),
            line: used(entry.line.as_ref(), entry.way),
            way: entry.way,
        })
    }

    /// Returns the legs of a finished call, in the order in which they appeared.
    pub(crate) fn legs_of(&self, cdr: &Cdr<Tag>) -> Vec<Finished<'_>> {
        let Some(cdr) = self.exchange.history().get(cdr.id) else { return Vec::new() };
        let id = short(cdr.id);
        let first = self.ledger.by_call.get(&id).and_then(|first| usize::try_from(*first).ok());
        let rows = first.and_then(|first| self.ledger.rows.get(first..)).unwrap_or_default();
        let rows = rows.iter().take_while(|row| row.call == id);
        rows.map(|row| self.as_shown(self.ledger.finished(row, cdr))).collect()
    }

    /// Returns how many finished legs are stored.
    pub fn stored_legs(&self) -> usize {
        self.ledger.len()
    }
}

/// Returns the line that a call used; one between employees uses none.
fn used(line: Option<&Number>, way: Way) -> Option<&str> {
    line.filter(|_| way != Way::Internal).map(Number::as_str)
}

/// Keeps a second within the years 1970 to 2106; those outside share the ends.
fn clamped(seconds: i64) -> u32 {
    u32::try_from(seconds.clamp(0, u32::MAX.into())).unwrap_or(u32::MAX)
}

/// Fewer than 2³² calls are kept.
fn short(id: CallId) -> u32 {
    u32::try_from(id.0).unwrap_or(u32::MAX)
}
