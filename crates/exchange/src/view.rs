//! How a call looks to a person or a test, live or over.

use serde::Serialize;
use time::OffsetDateTime;

use crate::{
    Call, CallId, CallState, Cdr, Direction, Event, EventKind, Exchange, HangupCause, Leg, LegId,
    LegState, Number, Party, Role,
};

/// A call as a person or a test sees it, live or over.
#[derive(Debug, Clone, Serialize)]
pub struct CallView {
    /// Its identity in the exchange.
    pub id: CallId,
    /// Where it stands.
    pub state: CallState,
    /// Which way it goes.
    pub direction: Direction,
    /// Who called.
    pub from: Number,
    /// Who was called.
    pub to: Number,
    /// The exchange's own number.
    pub line: Option<Number>,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When both sides first talked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub answered_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// Why it ended.
    pub cause: Option<HangupCause>,
    /// Its legs, while the exchange still keeps them.
    pub legs: Vec<LegView>,
    /// What happened, while the exchange still keeps it.
    pub timeline: Vec<Event>,
}

/// A leg as a person or a test sees it.
#[derive(Debug, Clone, Serialize)]
pub struct LegView {
    /// Its number within the call.
    pub leg: LegId,
    /// Who is at its end.
    pub party: Party,
    /// What it is for.
    pub role: Role,
    /// Where it stands.
    pub state: LegState,
    /// Why it ended.
    pub cause: Option<HangupCause>,
    /// Whose voices reach it: a leg that waits hears nobody, a supervisor both sides.
    pub hears: Vec<LegId>,
}

impl LegView {
    fn of<T>(call: &Call<T>, id: LegId, leg: &Leg) -> Self {
        let hears = |(other, speaker): &(LegId, &Leg)| *other != id && call.reaches(speaker, leg);
        let heard = call.live_legs().filter(hears).map(|(other, _)| other).collect();
        Self { hears: heard, ..Self::bare(id, leg) }
    }

    fn bare(leg: LegId, of: &Leg) -> Self {
        let Leg { party, role, state, cause, .. } = of.clone();
        Self { leg, party, role, state, cause, hears: Vec::new() }
    }
}

impl<T> From<&Call<T>> for CallView {
    fn from(call: &Call<T>) -> Self {
        let ended = call.timeline.iter().rev().find_map(|event| {
            let EventKind::CallEnded { cause } = event.kind else { return None };
            Some((event.at, cause))
        });
        Self {
            id: call.id,
            state: call.state(),
            direction: call.direction,
            from: call.from.number().clone(),
            to: call.to.number().clone(),
            line: call.line.clone(),
            created_at: call.created_at,
            answered_at: call.answered_at,
            ended_at: ended.map(|(at, _)| at),
            cause: ended.map(|(_, cause)| cause),
            legs: (0..)
                .map(LegId)
                .zip(&call.legs)
                .map(|(id, leg)| LegView::of(call, id, leg))
                .collect(),
            timeline: call.timeline.clone(),
        }
    }
}

impl<T> From<&Cdr<T>> for CallView {
    fn from(cdr: &Cdr<T>) -> Self {
        Self {
            id: cdr.id,
            state: CallState::Ended,
            direction: cdr.direction,
            from: cdr.from.clone(),
            to: cdr.to.clone(),
            line: cdr.line.clone(),
            created_at: cdr.created_at(),
            answered_at: cdr.answered_at(),
            ended_at: Some(cdr.ended_at()),
            cause: Some(cdr.cause),
            legs: Vec::new(),
            timeline: Vec::new(),
        }
    }
}

impl<T: Clone> Exchange<T> {
    /// Shows one call, live or over.
    pub fn show(&self, id: CallId) -> Option<CallView> {
        let recent = || self.recent().find(|call| call.id == id);
        if let Some(call) = self.call(id).or_else(recent) {
            return Some(CallView::from(call));
        }
        self.history().get(id).map(CallView::from)
    }

    /// Shows the live calls, oldest first, then the finished ones, newest first; `limit` at most.
    pub fn show_all(&self, limit: usize) -> Vec<CallView> {
        let live = self.calls().map(CallView::from);
        let over = self.history().iter().rev().filter_map(|cdr| self.show(cdr.id));
        live.chain(over).take(limit).collect()
    }
}
