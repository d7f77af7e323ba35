//! What is wrong with the records that a vendor shows of finished calls: late, twice, with another
//! duration first, out of their places, or without their recordings.
//!
//! The truth is in the history and is never changed.

use std::collections::{BTreeMap, VecDeque};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use time::{Duration, OffsetDateTime};

use crate::{
    CallId, Cdr, Direction, Distribution, Due, Random,
    behaviour::{is_number, is_zero, share},
};

/// The rules about records; the first one that is about a call decides.
pub type RecordFaults = Vec<RecordFault>;

/// A rule: which finished calls it is about, and what is wrong with their records.
///
/// Every fault is over at some time, except a recording that is never ready. Lengths are seconds
/// from the end of the call; of what is shown wrongly, from when the record is there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecordFault {
    /// How many records it has been about.
    #[serde(skip_serializing_if = "is_zero")]
    pub hits: u64,
    /// A pattern of the calling number; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// A pattern of the called number; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Which way the call went; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// For how many calls the rule holds; for ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The share of the calls it is about, from 0 to 1; all of them when absent.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "share")]
    #[schemars(range(min = 0, max = 1))]
    pub probability: Option<f64>,
    /// How long the record is missing, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<Distribution>,
    /// How long it is there twice, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubled: Option<Distribution>,
    /// By how much its duration is wrong, and how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong_duration: Option<WrongDuration>,
    /// How many places too far back it is listed, and how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_of_order: Option<Displaced>,
    /// When its recording can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingFault>,
}

/// A duration that is corrected later.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrongDuration {
    /// By how many whole seconds it is too long, or too short if negative; no talk is shorter than 0.
    #[serde(deserialize_with = "off")]
    #[schemars(range(min = -86_400, max = 86_400), extend("not" = {"const": 0}))]
    pub by: i32,
    /// How long that is shown, in seconds; an hour unless given.
    #[serde(default = "hour", rename = "for")]
    pub lasting: Distribution,
}

/// A record that is listed behind others that are older.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Displaced {
    /// Behind how many, 1 to 1,000.
    #[serde(deserialize_with = "places")]
    #[schemars(range(min = 1, max = 1_000))]
    pub places: u16,
    /// How long it is listed there, in seconds; an hour unless given.
    #[serde(default = "hour", rename = "for")]
    pub lasting: Distribution,
}

/// When a recording can be had.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingFault {
    /// So many seconds after the end of the call.
    After(Distribution),
    /// Never.
    Never,
}

fn hour() -> Distribution {
    Distribution::Fixed(3_600.0)
}

fn off<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let by = i32::deserialize(deserializer)?;
    match by != 0 && by.unsigned_abs() <= 86_400 {
        true => Ok(by),
        false => Err(D::Error::custom("has to be whole seconds other than 0, at most a day")),
    }
}

fn places<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let places = u16::deserialize(deserializer)?;
    match (1..=1_000).contains(&places) {
        true => Ok(places),
        false => Err(D::Error::custom("has to be from 1 to 1000")),
    }
}

impl RecordFault {
    fn is_about<T>(&self, cdr: &Cdr<T>, random: &mut Random) -> bool {
        self.times != Some(0)
            && self.direction.is_none_or(|wanted| wanted == cdr.direction)
            && is_number(self.from.as_deref(), &cdr.from)
            && is_number(self.to.as_deref(), &cdr.to)
            && self.probability.is_none_or(|share| random.chance(share))
    }
}

/// What is wrong with one record, or was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultyRecord<T> {
    /// When it appears.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub late_until: Option<OffsetDateTime>,
    /// Until when it is there twice.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub doubled_until: Option<OffsetDateTime>,
    /// Until when its duration is wrong.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub wrong_until: Option<OffsetDateTime>,
    /// Until when it is out of its place.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub displaced_until: Option<OffsetDateTime>,
    /// When its recording is ready.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub recording_at: Option<OffsetDateTime>,
    /// Whether its recording is never ready.
    pub never_recorded: bool,
    /// Up to when all of it is seen to.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) seen_to: OffsetDateTime,
    /// The record with its wrong duration.
    pub(crate) shown: Option<Box<Cdr<T>>>,
    pub(crate) places: u16,
    pub(crate) due: Option<Due>,
}

impl<T: Clone> FaultyRecord<T> {
    /// Draws what is wrong with the record of a call that has just ended.
    fn draw(rule: &RecordFault, cdr: &Cdr<T>, now: OffsetDateTime, random: &mut Random) -> Self {
        let mut after = |from: OffsetDateTime, length: Distribution| {
            from.saturating_add(length.draw(random).max(Duration::MILLISECOND))
        };
        let late_until = rule.late.map(|late| after(now, late));
        let there = late_until.unwrap_or(now);
        let recording_at = match rule.recording {
            Some(RecordingFault::After(length)) => Some(after(now, length)),
            Some(RecordingFault::Never) | None => None,
        };
        let shown = rule.wrong_duration.map(|wrong| {
            let least = cdr.answered_at().unwrap_or(cdr.created_at());
            let by = Duration::seconds(wrong.by.into());
            let end = cdr.ended_at().saturating_add(by).max(least);
            // One that is too short already is too long instead.
            let end = match end == cdr.ended_at() {
                true => end.saturating_add(by.abs()),
                false => end,
            };
            Box::new(cdr.until(end))
        });
        Self {
            late_until,
            doubled_until: rule.doubled.map(|doubled| after(there, doubled)),
            wrong_until: rule.wrong_duration.map(|wrong| after(there, wrong.lasting)),
            displaced_until: rule.out_of_order.map(|displaced| after(there, displaced.lasting)),
            recording_at,
            never_recorded: rule.recording == Some(RecordingFault::Never),
            seen_to: now,
            shown,
            places: rule.out_of_order.map_or(0, |displaced| displaced.places),
            due: None,
        }
    }
}

impl<T> FaultyRecord<T> {
    fn holds(&self, until: Option<OffsetDateTime>) -> bool {
        until.is_some_and(|until| until > self.seen_to)
    }

    /// Returns whether the record is missing.
    pub fn is_hidden(&self) -> bool {
        self.holds(self.late_until)
    }

    /// Returns whether the record is there twice.
    pub fn is_doubled(&self) -> bool {
        self.holds(self.doubled_until) && !self.is_hidden()
    }

    /// Returns the record with its wrong duration, while it is wrong.
    pub fn wrong(&self) -> Option<&Cdr<T>> {
        self.shown.as_deref().filter(|_| self.holds(self.wrong_until))
    }

    /// Returns behind how many older records it is listed.
    pub fn displaced(&self) -> Option<u16> {
        self.holds(self.displaced_until).then_some(self.places)
    }

    /// Returns whether the recording cannot be had yet, or never.
    pub fn is_without_recording(&self) -> bool {
        self.never_recorded || self.holds(self.recording_at)
    }

    /// Returns whether nothing is wrong with it any more.
    pub fn is_over(&self) -> bool {
        self.turns_next().is_none() && !self.never_recorded
    }

    fn all(&self) -> [Option<OffsetDateTime>; 5] {
        let Self { late_until, doubled_until, wrong_until, displaced_until, recording_at, .. } =
            self;
        [*late_until, *doubled_until, *wrong_until, *displaced_until, *recording_at]
    }

    /// Returns when the next of its faults is over.
    pub(crate) fn turns_next(&self) -> Option<OffsetDateTime> {
        self.all().into_iter().flatten().filter(|until| *until > self.seen_to).min()
    }
}

/// What is wrong with the records of an exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Faulty<T> {
    pub(crate) rules: RecordFaults,
    pub(crate) records: BTreeMap<CallId, FaultyRecord<T>>,
    /// Those with which nothing is wrong any more, the oldest first.
    over: VecDeque<CallId>,
    /// How many there are with which something is.
    pub(crate) active: usize,
}

impl<T> Default for Faulty<T> {
    fn default() -> Self {
        Self { rules: Vec::new(), records: BTreeMap::new(), over: VecDeque::new(), active: 0 }
    }
}

impl<T> Faulty<T> {
    /// The most records that something is or was wrong with.
    pub(crate) const RECORDS: usize = 100_000;

    pub(crate) fn is_fresh(&self) -> bool {
        self.rules.is_empty() && self.records.is_empty()
    }

    pub(crate) fn turns_at(&self, call: CallId) -> Option<Due> {
        self.records.get(&call)?.due
    }

    /// Notes that nothing is wrong with a record any more.
    pub(crate) fn is_over(&mut self, call: CallId) {
        self.active = self.active.saturating_sub(1);
        self.over.push_back(call);
    }
}

impl<T: Clone> Faulty<T> {
    /// Draws what is wrong with the record of a call, and keeps it; returns whether anything is.
    pub(crate) fn afflict(&mut self, now: OffsetDateTime, cdr: &Cdr<T>, random: &Random) -> bool {
        if self.rules.is_empty() {
            return false;
        }
        // Of the call alone, so that nothing else that is drawn is different for it.
        let random = &mut random.apart(cdr.id.0);
        let Some(rule) = self.rules.iter_mut().find(|rule| rule.is_about(cdr, random)) else {
            return false;
        };
        let record = FaultyRecord::draw(rule, cdr, now, random);
        if record.is_over() {
            return false;
        }
        if self.records.len() >= Self::RECORDS {
            let Some(oldest) = self.over.pop_front() else { return false };
            self.records.remove(&oldest);
        }
        rule.times = rule.times.map(|times| times.saturating_sub(1));
        rule.hits = rule.hits.saturating_add(1);
        self.records.insert(cdr.id, record);
        self.active += 1;
        true
    }
}
