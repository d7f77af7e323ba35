//! Telling the customer's server.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, Number};
use ringback_mock::webhook::Post;
use serde::Serialize;

use super::{
    Pbx,
    live_call::{Initiator, LiveCall, State, Transfer, Way},
};
use crate::{
    ApiVersion,
    webhook::{self, CallEvent, CommandResult, Dct, EndBody},
};

/// Lanes of what belongs to no call, one each.
const ALONE: u64 = 1 << 63;

impl Pbx {
    /// Returns a moment as it goes out: unix seconds, shifted where that is set.
    pub(crate) fn unix(&self, at: OffsetDateTime) -> i64 {
        at.unix_timestamp().saturating_add(self.settings.time_shift_seconds.into())
    }

    /// Posts a notification: in order with the others of its call, or by itself.
    pub(crate) fn notify(
        &mut self,
        now: OffsetDateTime,
        about: Option<CallId>,
        path: &str,
        what: &impl Serialize,
    ) {
        if self.settings.silent.contains(path) {
            return;
        }
        let Some(base) = self.outbox.target() else { return };
        // Nothing that is told has a map with keys that are no texts.
        let json = serde_json::to_string(what).unwrap_or_default();
        let lane = about.map_or(ALONE | self.told, |call| call.0);
        let post = webhook::post(base, path, &json, &self.identity, lane);
        self.outbox.post(now, Post { call: about, ..post });
        self.told = self.told.wrapping_add(1) & !ALONE;
    }

    /// Acknowledges a command.
    pub(crate) fn acknowledge(
        &mut self,
        now: OffsetDateTime,
        operation: &str,
        command_id: Option<&str>,
        result: u16,
    ) {
        let path = operation.strip_prefix("commands/").unwrap_or(operation);
        self.notify(now, None, &format!("result/{path}"), &CommandResult { command_id, result });
    }

    /// Tells what became of a leg.
    pub(super) fn notify_leg(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        entry: &mut LiveCall,
        place: usize,
        state: State,
    ) {
        let (way, task_id, initiator) = (entry.way, entry.task_id, entry.initiator);
        let (holder, leaving, from_softphone) = (entry.holder, entry.leaving, entry.from_softphone);
        let line = entry.line.as_ref().map(Number::as_str).filter(|_| way == Way::In);
        let Some(leg) = entry.legs.get_mut(place) else { return };
        leg.seq += 1;
        leg.state = state;
        let leg = &*leg;
        let versioned = self.settings.api_version >= ApiVersion::Two;
        let marks = |wanted: State, initiator, side| {
            (versioned && state == wanted && initiator == Some(side)).then_some(true)
        };
        let to_side = leg.from_side.other();
        let from = EndBody {
            extension: leg.from.extension.as_deref(),
            number: leg.from.number.as_deref(),
            taken_from_call_id: leg.taken_from.map(|(no, at)| self.identity.call_id(no, at)),
            was_transferred: marks(State::Disconnected, leaving, leg.from_side),
            hold_initiator: marks(State::OnHold, holder, leg.from_side),
            ..EndBody::default()
        };
        let to = EndBody {
            extension: leg.to.extension.as_deref(),
            number: leg.to.number.as_deref(),
            taken_from_call_id: None,
            line_number: line,
            acd_group: leg.acd_group.as_deref(),
            was_transferred: marks(State::Disconnected, leaving, to_side),
            hold_initiator: marks(State::OnHold, holder, to_side),
        };
        let transfer = leg.transfer.filter(|_| versioned).map(|transfer| match transfer {
            Transfer::Consultative => "consultative",
            Transfer::Blind => "blind",
            Transfer::ReturnBlind => "return_blind",
        });
        let event = CallEvent {
            entry_id: self.identity.entry_id(id, way == Way::In),
            call_id: self.identity.call_id(leg.no, leg.location),
            timestamp: self.unix(now),
            seq: leg.seq,
            call_state: match state {
                State::Appeared => "Appeared",
                State::Connected => "Connected",
                State::OnHold => "OnHold",
                State::Disconnected => "Disconnected",
            },
            location: leg.location.as_str(),
            from,
            to,
            disconnect_reason: (state == State::Disconnected).then_some(leg.reason),
            dct: Dct::NONE,
            transfer,
            sip_call_id: from_softphone.then(|| self.identity.sip_call_id(id)),
            command_id: leg.command_id.as_deref(),
            task_id,
            callback_initiator: match initiator {
                Initiator::Nobody => None,
                Initiator::Api => Some("API"),
                Initiator::Campaign => Some("ObDial"),
            },
        };
        self.notify(now, Some(id), "events/call", &event);
    }
}
