//! A believable past: finished calls over the last days, drawn from a seed.

use std::collections::BTreeMap;

use time::{Date, Duration, OffsetDateTime, UtcOffset, Weekday};

use crate::{
    Cdr, Direction, Distribution, Exchange, Facts, HangupCause, Number, Random, Shape, Side, Span,
    Times,
};

/// What the generated past looks like.
#[derive(Debug, Clone)]
pub struct HistoryProfile<'a> {
    /// How many calls.
    pub calls: usize,
    /// Over how many days before `until`.
    pub days: u16,
    /// The moment before which all of them are over.
    pub until: OffsetDateTime,
    /// Whose working day the calls follow.
    pub offset: UtcOffset,
    /// Patterns of outside numbers, in which each `#` is a digit.
    pub outside: &'a [&'a str],
    /// The exchange's own number.
    pub line: Option<Number>,
    /// The share of calls that come in, from 0 to 1.
    pub inbound: f64,
    /// The share of calls between two extensions, from 0 to 1.
    pub local: f64,
    /// Whether answered calls were recorded.
    pub record: bool,
}

/// One generated call, before the vendor has given it its tag.
#[derive(Debug, Clone)]
pub struct CdrDraft {
    /// Who took part and how it ended.
    pub facts: Facts,
    /// When everything happened.
    pub times: Times,
}

/// How many calls begin in each hour of a working day, relative to each other.
pub(crate) const HOURS: [u32; 24] =
    [1, 1, 0, 0, 0, 1, 3, 8, 35, 70, 90, 80, 40, 55, 80, 75, 65, 45, 20, 10, 7, 5, 3, 2];

/// How far a generated call gets.
#[derive(Clone, Copy)]
enum CallProgress {
    /// Both sides talk; either hangs up.
    Talk,
    /// The phone rings until the exchange gives up.
    RingOut,
    /// The phone rings until that side has enough of it.
    Ring(Side, HangupCause),
    /// Nothing rings.
    Nowhere(HangupCause),
}

impl CallProgress {
    /// Returns whether a call to an extension gets so far: its number exists, and no line outside
    /// is needed to reach it.
    const fn is_of_extensions(self) -> bool {
        !matches!(
            self,
            Self::Nowhere(HangupCause::UnallocatedNumber | HangupCause::NormalCircuitCongestion)
        )
    }
}

/// The extensions of a call that was made up.
#[derive(Clone, Copy)]
struct Participants<'a> {
    /// Who places or takes it.
    extension: &'a Number,
    /// Whether that one is in another call then.
    taken: bool,
    /// Whom it calls, if the call stays within.
    callee: Option<&'a Number>,
}

/// How calls go, relative to each other.
const REACHES: [(u32, CallProgress); 7] = [
    (680, CallProgress::Talk),
    (160, CallProgress::RingOut),
    (75, CallProgress::Nowhere(HangupCause::UserBusy)),
    (40, CallProgress::Ring(Side::A, HangupCause::OriginatorCancel)),
    (20, CallProgress::Ring(Side::B, HangupCause::CallRejected)),
    (15, CallProgress::Nowhere(HangupCause::UnallocatedNumber)),
    (10, CallProgress::Nowhere(HangupCause::NormalCircuitCongestion)),
];

impl<T: Clone> Exchange<T> {
    /// Fills the history with a believable past: working days are busier than Sundays and mornings
    /// than nights, and no extension is in two calls at once. Only those take part that are logged in
    /// and want to be disturbed. The same seed gives the same past; an exchange without such
    /// extensions has none.
    ///
    /// Whoever makes the tag may change who took part; the times stay.
    pub fn generate(
        &mut self,
        past: &HistoryProfile<'_>,
        mut tag: impl FnMut(&mut Random, &mut CdrDraft) -> T,
    ) {
        let mut random = Random::new(self.random().seed());
        let available =
            self.extensions().filter(|extension| extension.registered && !extension.do_not_disturb);
        let extensions: Vec<Number> = available.map(|extension| extension.number.clone()).collect();
        let (last, days) = past.calendar();
        let mut starts: Vec<OffsetDateTime> = (0..past.calls)
            .filter_map(|_| HistoryProfile::start(&mut random, last, &days))
            .collect();
        starts.sort_unstable();

        let mut free_from: BTreeMap<Number, OffsetDateTime> = BTreeMap::new();
        for start in starts {
            let Some(extension) = random.pick(&extensions).cloned() else { return };
            let is_taken =
                |number: &Number| free_from.get(number).is_some_and(|free| *free > start);
            let taken = is_taken(&extension);
            // Not even drawn where no call stays within, so that such a past is what it was.
            let stays_within = !taken && past.local > 0.0 && random.chance(past.local);
            let callee = stays_within.then(|| random.pick(&extensions).cloned()).flatten();
            let callee = callee.filter(|callee| *callee != extension && !is_taken(callee));
            let cast = Participants { extension: &extension, taken, callee: callee.as_ref() };
            let mut draft = past.draft(&mut random, start, cast);
            let ended_at = draft.times.ended_at;
            if !taken {
                free_from.extend([extension].into_iter().chain(callee).map(|who| (who, ended_at)));
            }
            let tag = tag(&mut random, &mut draft);
            self.record(|id| draft.cdr(id, past.record, tag));
        }
    }
}

impl HistoryProfile<'_> {
    /// Returns the weight of each day, from the last one back, and the last moment a call begins: an
    /// hour before the end, for no call is longer.
    fn calendar(&self) -> (OffsetDateTime, Vec<u32>) {
        let until = self.until.checked_to_offset(self.offset).unwrap_or(self.until);
        let last = until.saturating_sub(Duration::HOUR);
        let weight = |days_ago: u16| {
            let date = last.date().saturating_sub(Duration::days(days_ago.into()));
            match date.weekday() {
                Weekday::Saturday => 5,
                Weekday::Sunday => 2,
                Weekday::Monday
                | Weekday::Tuesday
                | Weekday::Wednesday
                | Weekday::Thursday
                | Weekday::Friday => 20,
            }
        };
        (last, (0..self.days.max(1)).map(weight).collect())
    }

    /// Draws the beginning of a call, on a whole second.
    fn start(random: &mut Random, last: OffsetDateTime, days: &[u32]) -> Option<OffsetDateTime> {
        // Today is drawn like any other day and cut off at the present.
        for _ in 0..64 {
            let days_ago = random.weighted(days.iter().copied())?;
            let days_ago = Duration::days(i64::try_from(days_ago).ok()?);
            let date: Date = last.date().saturating_sub(days_ago);
            let hour = i64::try_from(random.weighted(HOURS.into_iter())?).ok()?;
            let into_hour = Duration::seconds(random.between(0, 3_599));
            let midnight = date.midnight().assume_offset(last.offset());
            let start = midnight.saturating_add(Duration::hours(hour) + into_hour);
            if start <= last {
                return start.checked_to_offset(UtcOffset::UTC);
            }
        }
        None
    }

    fn draft(
        &self,
        random: &mut Random,
        start: OffsetDateTime,
        cast: Participants<'_>,
    ) -> CdrDraft {
        let Participants { extension, taken, callee } = cast;
        let pattern = random.pick(self.outside).copied().unwrap_or("##########");
        let outside = Number::from(random.number(pattern));
        let comes_in = random.chance(self.inbound) || taken;
        let (direction, from, to) = match (callee, comes_in) {
            (Some(callee), _) => (Direction::Local, extension.clone(), callee.clone()),
            (None, true) => (Direction::Inbound, outside, extension.clone()),
            (None, false) => (Direction::Outbound, extension.clone(), outside),
        };
        let goes_out = direction == Direction::Outbound;
        let weights = REACHES.iter().map(|(weight, reach)| match reach.is_of_extensions() {
            false if !goes_out => 0,
            true | false => *weight,
        });
        let drawn = random.weighted(weights).unwrap_or(0);
        let reach = match REACHES.get(drawn) {
            Some((_, reach)) if !taken => *reach,
            _ => CallProgress::Nowhere(HangupCause::UserBusy),
        };

        let ring = Distribution::from(Shape::Lognormal(7.0, 0.5)).draw(random);
        let talk = Distribution::from(Shape::Lognormal(75.0, 1.0)).draw(random);
        let whole =
            |length: Duration, most| Duration::seconds(length.whole_seconds().clamp(1, most));
        let (ring, talk) = (whole(ring, 28), whole(talk, 2_400));
        let last_to_talk = if random.chance(0.5) { Side::A } else { Side::B };

        let created_at = start;
        let rings_at = start.saturating_add(Duration::SECOND);
        let silent = Times { created_at, ringing_at: None, answered_at: None, ended_at: rings_at };
        let rung =
            Times { ringing_at: Some(rings_at), ended_at: rings_at.saturating_add(ring), ..silent };
        let (times, cause, hung_up_by) = match reach {
            CallProgress::Talk => {
                let answered_at = rings_at.saturating_add(ring);
                let ended_at = answered_at.saturating_add(talk);
                let talked = Times { answered_at: Some(answered_at), ended_at, ..rung };
                (talked, HangupCause::NormalClearing, Some(last_to_talk))
            }
            CallProgress::RingOut => {
                let ended_at = rings_at.saturating_add(Duration::seconds(30));
                let rung_out = Times { ended_at, ..rung };
                (rung_out, HangupCause::NoAnswer, None)
            }
            CallProgress::Ring(side, cause) => (rung, cause, Some(side)),
            CallProgress::Nowhere(cause) => (silent, cause, None),
        };
        let extension = Some(extension.clone());
        let line = self.line.clone().filter(|_| direction != Direction::Local);
        let facts = Facts { direction, cause, hung_up_by, from, to, extension, line };
        CdrDraft { facts, times }
    }
}

impl CdrDraft {
    /// Makes the record of the call; a talk was recorded from end to end, or not at all.
    pub fn cdr<T>(self, id: crate::CallId, record: bool, tag: T) -> Cdr<T> {
        let Self { facts, times } = self;
        let talk = times.answered_at.filter(|_| record);
        let recorded = talk.map(|from| Span { from, to: times.ended_at });
        Cdr::new(id, facts, times, recorded.as_slice(), tag)
    }
}
