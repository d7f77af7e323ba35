//! What is told of a call when its last leg is over.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, Number};

use super::{
    Pbx,
    live_call::{End, LiveCall, Way},
};
use crate::{identity::Location, webhook::Summary};

impl Pbx {
    /// Tells the summary of a call, once.
    pub(super) fn summarise(&mut self, now: OffsetDateTime, id: CallId, entry: &LiveCall) {
        let Some(cdr) = self.exchange.history().get(id) else { return };
        // Whoever was here when the call began is named as then, even if dismissed meanwhile.
        let end_of = |number: &Number| {
            let told = entry.end_of(number);
            told.unwrap_or_else(|| self.end_of(&self.exchange.party(number)))
        };
        let from = end_of(&cdr.from);
        let number = entry.first_number.clone();
        let mut from = match (entry.way, number) {
            // The extension is for employees; a caller from outside has none.
            (Way::In, _) => End { extension: None, number: Some(cdr.from.to_string()) },
            (Way::Internal | Way::Out, Some(number)) => End { number: Some(number), ..from },
            (Way::Internal | Way::Out, None) => from,
        };
        let meant = || match entry.way {
            // It died in the menu.
            Way::In => End::default(),
            Way::Internal | Way::Out => end_of(&cdr.to),
        };
        let mut first_half = entry.legs.iter().filter(|leg| leg.is_first_half);
        let queue = first_half.clone().find(|leg| leg.location == Location::Queue);
        let group = queue.map(|leg| End { extension: leg.acd_group.clone(), number: None });
        // The queue of a group that calls is reached first, and is not who is called.
        let reached = entry.reached.clone().filter(|end| group.as_ref() != Some(end));
        let to = reached.unwrap_or_else(meant);
        if let Some(group) = group {
            // A group was rung first; whoever of it took the call is the one who calls.
            let taker = first_half.find(|leg| leg.answer.is_some());
            from = taker.map_or(group, |leg| leg.to.clone());
        }
        let created_at = cdr.created_at();
        let forwarded_at = match entry.way {
            Way::In => entry.forwarded_at,
            Way::Internal | Way::Out => Some(created_at),
        };
        let line = entry.line.as_ref().map(Number::as_str);
        let summary = Summary {
            entry_id: self.identity.entry_id(id, entry.way == Way::In),
            call_direction: entry.way.into(),
            from: from.body(),
            to: to.body(),
            line_number: line.filter(|_| entry.way != Way::Internal),
            create_time: self.unix(created_at),
            forward_time: forwarded_at.map_or(0, |at| self.unix(at)),
            talk_time: entry.talked_at.map_or(0, |at| self.unix(at)),
            end_time: self.unix(now),
            entry_result: entry.talked_at.is_some().into(),
            disconnect_reason: reason(entry),
            sip_call_id: entry.from_softphone.then(|| self.identity.sip_call_id(id)),
        };
        self.notify(now, Some(id), "events/summary", &summary);
    }
}

/// Returns why a call ended: as its conversation did, or else its queue, or else its last leg.
fn reason(entry: &LiveCall) -> u16 {
    let conversation = entry.current.filter(|_| entry.talked_at.is_some());
    let conversation = conversation.and_then(|place| entry.legs.get(place));
    let queue = || entry.legs.iter().rfind(|leg| leg.location == Location::Queue);
    let last = || entry.legs.last();
    conversation.or_else(queue).or_else(last).map_or(0, |leg| leg.reason)
}
