//! What the account's receivers are told of what happens in its exchange: states as they come
//! (feed B), and finished calls (feed A). vendors/voip24h-v3.md, 7

use ringback_exchange::{Call, CallId, Control, Event, EventKind, Leg, LegId, Origin, Role, Side};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{CallTag, Pbx};
use crate::{
    render::{Kind, channel},
    webhook::{self, PushState, Pushed},
};

/// What is known of the channels of a live call beyond its first two, whose numbers follow from its
/// id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Channels {
    /// The sequence numbers of further ones.
    numbers: Vec<(LegId, u32)>,
    /// Those of which it has been told that they talk.
    up: Vec<LegId>,
}

/// When a call is cut, in a trial account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Cut {
    #[serde(with = "time::serde::timestamp::microseconds")]
    at: OffsetDateTime,
    call: CallId,
}

/// Returns whether states of a leg are pushed: it is an extension's, and it has rung.
///
/// Whoever dials on its own phone does not ring; to Asterisk its channel is in the state `Ring`
/// while it dials.
fn is_told_of(call: &Call<CallTag>, id: LegId, leg: &Leg) -> bool {
    let dials = call.origin == Origin::Phone && id == LegId(0) && leg.answered_at.is_some();
    let supervises = matches!(leg.first_role(), Role::Supervises(_));
    leg.party.is_extension() && !supervises && (dials || leg.ringing_at.is_some())
}

impl Pbx {
    /// Returns a call, live or just over.
    fn story(&self, id: CallId) -> Option<&Call<CallTag>> {
        let recent = || self.exchange.recent().rev().find(|call| call.id == id);
        self.exchange.call(id).or_else(recent)
    }

    pub(crate) fn notify_of(&mut self, event: &Event) {
        let (at, id) = (event.at, event.call);
        match event.kind {
            EventKind::CallCreated => self.cut_later(at, id),
            EventKind::LegCreated { leg } => self.number_channel(id, leg),
            EventKind::LegRinging { leg } => self.push_of_leg(at, id, leg, PushState::Ring),
            EventKind::LegAnswered { leg } => {
                self.picked_up(at, id, leg);
                self.push_talking(at, id);
            }
            EventKind::LegTransferred { .. }
            | EventKind::LegReturned { .. }
            | EventKind::LegResumed { .. } => self.push_talking(at, id),
            EventKind::LegEnded { leg, .. } => self.push_of_leg(at, id, leg, PushState::Hangup),
            EventKind::CallEnded { .. } => self.ended(at, id),
            EventKind::RecordChanged => {
                if self.unannounced.contains(&id) {
                    self.announce(at, id);
                }
            }
            EventKind::LegHeld { .. }
            | EventKind::LegParked { .. }
            | EventKind::SupervisionChanged { .. }
            | EventKind::DigitsPressed { .. }
            | EventKind::RecordingStarted
            | EventKind::RecordingStopped => {}
        }
    }

    /// Gives a channel its number. The first two of a call have theirs already.
    fn number_channel(&mut self, id: CallId, leg: LegId) {
        if leg.0 < 2 {
            return;
        }
        let number = self.next_sequence;
        self.next_sequence = number.saturating_add(1);
        self.channels.entry(id).or_default().numbers.push((leg, number));
    }

    fn picked_up(&mut self, at: OffsetDateTime, id: CallId, leg: LegId) {
        let Some(call) = self.story(id) else { return };
        let is_first = leg == LegId(0);
        let (ordered, dials) = (call.origin == Origin::Click, call.origin == Origin::Phone);
        if let Some(tag) = self.exchange.tag_mut(id) {
            tag.picked_up |= ordered && is_first;
        }
        if dials && is_first {
            self.push_of_leg(at, id, leg, PushState::Ring);
        }
    }

    /// Tells of extensions that talk to the other party from now on.
    fn push_talking(&mut self, at: OffsetDateTime, id: CallId) {
        let Some(call) = self.exchange.call(id).filter(|call| call.is_bridged()) else { return };
        let told = self.channels.get(&id).map(|channels| channels.up.as_slice());
        let told = told.unwrap_or_default();
        let sides = [Side::A, Side::B].into_iter().filter_map(|side| call.side(side));
        let news = sides.filter(|(leg, _)| !told.contains(leg));
        let news = news.filter(|(id, leg)| is_told_of(call, *id, leg)).map(|(id, _)| id);
        for leg in news.collect::<Vec<LegId>>() {
            self.channels.entry(id).or_default().up.push(leg);
            self.push_of_leg(at, id, leg, PushState::Up);
        }
    }

    fn push_of_leg(&mut self, at: OffsetDateTime, id: CallId, leg_id: LegId, state: PushState) {
        if self.outbox.target().is_none() {
            return;
        }
        let Some(call) = self.story(id) else { return };
        let Some(leg) = call.leg(leg_id).filter(|leg| is_told_of(call, leg_id, leg)) else {
            return;
        };
        let call_id = call_id(call.created_at, call.tag.sequence);
        let (extension, number) = (leg.party.number().as_str(), self.channel_number(call, leg_id));
        let pushed = Pushed {
            uniqueid: call_id_of(leg_id, leg, &call_id, number),
            linkedid: call_id.clone(),
            callid: call_id,
            channel: channel(extension, number),
            extend: extension.to_owned(),
            state,
            phone: other(call, leg_id, leg),
            kind: Kind::from(call.direction),
            cdr: None,
        };
        self.push(at, id, &pushed);
    }

    fn push(&mut self, at: OffsetDateTime, id: CallId, pushed: &Pushed) {
        let Some(target) = self.outbox.target() else { return };
        let (method, post) = webhook::push(&self.settings, target, id, pushed);
        webhook::enter(&mut self.outbox, at, method, post);
    }

    fn channel_number(&self, call: &Call<CallTag>, leg: LegId) -> u32 {
        let own = self.channels.get(&call.id).into_iter().flat_map(|channels| &channels.numbers);
        let own = own.filter(|(of, _)| *of == leg).map(|(_, number)| *number).next();
        own.unwrap_or_else(|| call.tag.sequence.saturating_add(leg.0.into()))
    }

    fn ended(&mut self, at: OffsetDateTime, id: CallId) {
        self.channels.remove(&id);
        if let Some(trial) = self.settings.trial_seconds
            && let Some(call) = self.story(id)
        {
            let cut = Cut { at: cut_at(call.created_at, trial.get()), call: id };
            self.cuts.remove(&cut);
        }
        self.unannounced.insert(id);
        self.announce(at, id);
    }

    /// Tells of a finished call once its record is shown: whoever is told finds it.
    fn announce(&mut self, at: OffsetDateTime, id: CallId) {
        let Some(row) = self.row_of(id) else { return };
        let number = row.sequence();
        let pushed = self.outbox.target().map(|_| Pushed {
            uniqueid: row.call_id(),
            linkedid: row.call_id(),
            callid: row.call_id(),
            channel: channel(row.extension(), number),
            extend: row.extension().to_owned(),
            state: PushState::Cdr,
            phone: if row.kind() == Kind::Inbound { row.caller() } else { row.callee() }.to_owned(),
            kind: row.kind(),
            cdr: Some(webhook::PushedCdr::of(&row, self.settings.push_disposition)),
        });
        let takers = self.subscriptions.iter().filter(|subscription| subscription.takes(&row));
        let salt = self.keys.salt();
        let logs = takers.map(|taker| webhook::call_log(&self.settings, taker, &row, salt));
        let logs: Vec<_> = logs.collect();
        self.unannounced.remove(&id);
        if let Some(pushed) = pushed {
            self.push(at, id, &pushed);
        }
        for (method, post) in logs {
            webhook::enter(&mut self.outbox, at, method, post);
        }
    }

    fn cut_later(&mut self, at: OffsetDateTime, id: CallId) {
        if let Some(seconds) = self.settings.trial_seconds {
            self.cuts.insert(Cut { at: cut_at(at, seconds.get()), call: id });
        }
    }

    /// Returns when the next call is cut.
    pub(crate) fn next_cut(&self) -> Option<OffsetDateTime> {
        self.cuts.first().map(|cut| cut.at)
    }

    /// Cuts the next call that is to be by then; returns whether there was one.
    pub(crate) fn cut_due(&mut self, to: OffsetDateTime) -> bool {
        let Some(cut) = self.cuts.first().copied().filter(|cut| cut.at <= to) else { return false };
        self.cuts.remove(&cut);
        // It is live: whatever ends a call takes it out of here.
        let _ = self.exchange.control(cut.at, Control::HangUp { call: cut.call, leg: None });
        true
    }
}

fn cut_at(from: OffsetDateTime, seconds: u32) -> OffsetDateTime {
    from.saturating_add(Duration::seconds(seconds.into()))
}

fn call_id(at: OffsetDateTime, sequence: u32) -> String {
    format!("{}.{sequence}", at.unix_timestamp())
}

/// The id of a channel: the call's own for its first one.
fn call_id_of(id: LegId, leg: &Leg, call_id_of_call: &str, number: u32) -> String {
    if id == LegId(0) { call_id_of_call.to_owned() } else { call_id(leg.created_at, number) }
}

/// Returns the number that an extension's phone shows: whoever is at the other end, or is to be.
fn other(call: &Call<CallTag>, id: LegId, leg: &Leg) -> String {
    let side = match leg.role {
        Role::Talks(side) | Role::Serves(side) | Role::Consults(side) => side.other(),
        Role::Supervises(_) => Side::A,
    };
    let there = call.side(side).filter(|(other, _)| *other != id).map(|(_, leg)| &leg.party);
    let party = there.unwrap_or(if side == Side::A { &call.from } else { &call.to });
    party.number().to_string()
}
