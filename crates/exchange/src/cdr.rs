//! A finished call, packed: a million of them fit in a few hundred megabytes.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{CallId, Direction, Disposition, HangupCause, Number, Side, call::Span};

/// A call detail record: what remains of a call when it is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cdr<T> {
    /// The call's identity in its exchange.
    pub id: CallId,
    /// Which way it went.
    pub direction: Direction,
    /// Why it ended.
    pub cause: HangupCause,
    /// Which side hung up, if one did.
    pub hung_up_by: Option<Side>,
    /// Who called.
    pub from: Number,
    /// Who was called.
    pub to: Number,
    /// The last extension that talked, or else the one that placed or should have taken the call.
    pub extension: Option<Number>,
    /// The exchange's own number that was used or dialled.
    pub line: Option<Number>,
    created_at: Moment,
    ringing_at: Moment,
    answered_at: Moment,
    ended_at: Moment,
    recorded: Box<[(Moment, Moment)]>,
    /// What the vendor keeps with the call.
    pub tag: T,
}

/// Microseconds since 1970, and the least value for "never": half the size of an optional moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(i64);

impl Moment {
    const NEVER: Self = Self(i64::MIN);
    pub(crate) const LAST: Self = Self(i64::MAX);

    pub(crate) fn get(self) -> Option<OffsetDateTime> {
        // Lists have several of them in each record: adding to an epoch takes three times as long.
        let second = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000_000)).ok();
        let rest = u32::try_from(self.0.rem_euclid(1_000_000)).ok();
        let at = second.zip(rest).and_then(|(at, rest)| at.replace_microsecond(rest).ok());
        let off_the_calendar =
            || OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::microseconds(self.0));
        (self != Self::NEVER).then(|| at.unwrap_or_else(off_the_calendar))
    }

    fn since(self, earlier: Self) -> Duration {
        Duration::microseconds(self.0.saturating_sub(earlier.0))
    }
}

impl From<OffsetDateTime> for Moment {
    fn from(at: OffsetDateTime) -> Self {
        Self(i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).unwrap_or(i64::MAX))
    }
}

impl From<Option<OffsetDateTime>> for Moment {
    fn from(at: Option<OffsetDateTime>) -> Self {
        at.map_or(Self::NEVER, Self::from)
    }
}

/// The moments of a finished call, in the order in which they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When the call was created.
    pub created_at: OffsetDateTime,
    /// When the far side began to ring.
    pub ringing_at: Option<OffsetDateTime>,
    /// When both sides first talked.
    pub answered_at: Option<OffsetDateTime>,
    /// When the last leg ended.
    pub ended_at: OffsetDateTime,
}

/// Who took part in a finished call, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// As [`Cdr::direction`].
    pub direction: Direction,
    /// As [`Cdr::cause`].
    pub cause: HangupCause,
    /// As [`Cdr::hung_up_by`].
    pub hung_up_by: Option<Side>,
    /// As [`Cdr::from`].
    pub from: Number,
    /// As [`Cdr::to`].
    pub to: Number,
    /// As [`Cdr::extension`].
    pub extension: Option<Number>,
    /// As [`Cdr::line`].
    pub line: Option<Number>,
}

impl<T> Cdr<T> {
    /// Makes a record; `recorded` holds the stretches of the call that were recorded.
    pub fn new(id: CallId, facts: Facts, times: Times, recorded: &[Span], tag: T) -> Self {
        let Facts { direction, cause, hung_up_by, from, to, extension, line } = facts;
        Self {
            id,
            direction,
            cause,
            hung_up_by,
            from,
            to,
            extension,
            line,
            created_at: times.created_at.into(),
            ringing_at: times.ringing_at.into(),
            answered_at: times.answered_at.into(),
            ended_at: times.ended_at.into(),
            recorded: recorded.iter().map(|span| (span.from.into(), span.to.into())).collect(),
            tag,
        }
    }

    /// Returns the record with another end.
    pub(crate) fn until(&self, ended_at: OffsetDateTime) -> Self
    where
        T: Clone,
    {
        Self { ended_at: ended_at.into(), ..self.clone() }
    }

    pub(crate) fn moment(&self) -> Moment {
        self.created_at
    }

    /// Returns when the call was created.
    pub fn created_at(&self) -> OffsetDateTime {
        self.created_at.get().unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns when the far side began to ring, if it did.
    pub fn ringing_at(&self) -> Option<OffsetDateTime> {
        self.ringing_at.get()
    }

    /// Returns when both sides first talked, if they did.
    pub fn answered_at(&self) -> Option<OffsetDateTime> {
        self.answered_at.get()
    }

    /// Returns whether both sides talked.
    pub fn is_answered(&self) -> bool {
        self.answered_at != Moment::NEVER
    }

    /// Returns when the last leg ended.
    pub fn ended_at(&self) -> OffsetDateTime {
        self.ended_at.get().unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns the length of the whole call, ringing included.
    pub fn duration(&self) -> Duration {
        self.ended_at.since(self.created_at)
    }

    /// Returns how long both sides talked; zero if they never did.
    pub fn talk_time(&self) -> Duration {
        if self.is_answered() { self.ended_at.since(self.answered_at) } else { Duration::ZERO }
    }

    /// Returns Asterisk's word for how the call went.
    pub fn disposition(&self) -> Disposition {
        if self.is_answered() { Disposition::Answered } else { self.cause.disposition() }
    }

    /// Returns the recorded stretches of the call.
    pub fn recorded(&self) -> impl Iterator<Item = Span> {
        self.recorded
            .iter()
            .filter_map(|(from, to)| Some(Span { from: from.get()?, to: to.get()? }))
    }

    /// Returns the total length of what was recorded, or `None` if nothing was.
    pub fn recording_length(&self) -> Option<Duration> {
        let spans = self.recorded().map(|span| span.to - span.from);
        (!self.recorded.is_empty()).then(|| spans.fold(Duration::ZERO, Duration::saturating_add))
    }
}
