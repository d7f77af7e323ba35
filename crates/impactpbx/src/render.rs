//! The exchange's calls in the vendor's words. Pure functions.

use std::fmt::Write as _;

use ringback_exchange::{Call, CallId, Cdr, Direction, LegId, Number, Role, Side};
use time::{Duration, OffsetDateTime};

use crate::{
    Contact, Stage, Tag,
    settings::Generation,
    wire::{Field, Record, Stamp},
};

/// How a payload tells that something is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// 2020: the field is left out until the `HANGUP`, with which `recording` comes too.
    LeftOut,
    /// 2021: the field is null, and `recording` is there from the `ORIGINATE` on.
    Null,
}

impl From<Generation> for Form {
    fn from(generation: Generation) -> Self {
        match generation {
            Generation::Ringback | Generation::Of2020 => Self::LeftOut,
            Generation::Of2021 => Self::Null,
        }
    }
}

impl Form {
    fn field<T>(self, value: Option<T>) -> Field<T> {
        match (value, self) {
            (Some(value), _) => Field::Known(value),
            (None, Self::LeftOut) => Field::LeftOut,
            (None, Self::Null) => Field::Null,
        }
    }
}

/// What is known of a call, with the moments as clients see them: whole milliseconds, shifted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallOrCdr {
    pub(crate) id: CallId,
    pub(crate) tag: Tag,
    pub(crate) caller: u64,
    destination: u64,
    direction: &'static str,
    pub(crate) start: OffsetDateTime,
    ring: Option<OffsetDateTime>,
    answer: Option<OffsetDateTime>,
    end: Option<OffsetDateTime>,
}

impl From<&Call<Tag>> for CallOrCdr {
    fn from(call: &Call<Tag>) -> Self {
        let shown = |at| shown(at, &call.tag);
        // As in the record: a later transfer rings again, and the call began to ring only once.
        let mut called = call.legs.iter().filter(|leg| leg.role == Role::Talks(Side::B));
        Self {
            id: call.id,
            tag: call.tag,
            caller: integer(call.from.number()),
            destination: integer(call.to.number()),
            direction: direction(call.direction),
            start: shown(call.created_at),
            ring: called.find_map(|leg| leg.ringing_at).map(shown),
            answer: call.answered_at.map(shown),
            end: None,
        }
    }
}

impl From<&Cdr<Tag>> for CallOrCdr {
    fn from(cdr: &Cdr<Tag>) -> Self {
        let shown = |at| shown(at, &cdr.tag);
        Self {
            id: cdr.id,
            tag: cdr.tag,
            caller: integer(&cdr.from),
            destination: integer(&cdr.to),
            direction: direction(cdr.direction),
            start: shown(cdr.created_at()),
            // In the list only `answer_start` is ever null: what never rang, rang at once.
            ring: Some(shown(cdr.ringing_at().unwrap_or(cdr.created_at()))),
            answer: cdr.answered_at().map(shown),
            end: Some(shown(cdr.ended_at())),
        }
    }
}

impl CallOrCdr {
    /// Writes the call as it stands at one of its events, as JSON.
    ///
    /// At the `HANGUP` nothing is unknown any more: whatever the generation, the record is complete
    /// and equals its row of `/get_cdr` (field report, P1).
    pub(crate) fn at(&self, stage: Stage, form: Form, domain: &str) -> String {
        let is_over = stage == Stage::Hangup;
        let form = if is_over { Form::Null } else { form };
        let end = self.end.filter(|_| is_over);
        let recording = is_over || form == Form::Null;
        let record = Record {
            uuid: self.tag.uuid,
            domain_name: domain,
            caller_name: "",
            caller_number: self.caller,
            destination_number: self.destination,
            direction: self.direction,
            call_start: Stamp(self.start),
            ring_start: form.field(self.ring.filter(|_| stage >= Stage::Ring).map(Stamp)),
            answer_start: form.field(self.answer.filter(|_| stage >= Stage::Answered).map(Stamp)),
            call_end: form.field(end.map(Stamp)),
            duration: form.field(end.map(|end| (end - self.start).whole_seconds())),
            recording: form.field(recording.then_some(self.tag.recording)),
            click_to_call: false,
            click_to_call_data: "",
            action: stage,
        };
        // A struct of texts and numbers always has a text.
        serde_json::to_string(&record).unwrap_or_default()
    }

    /// Writes the finished call as the list has it.
    pub(crate) fn listed(&self, domain: &str) -> String {
        self.at(Stage::Hangup, Form::Null, domain)
    }
}

/// Returns whether a leg is the first on the called side that did something.
pub(crate) fn is_first(
    call: &Call<Tag>,
    leg: LegId,
    did: impl Fn(&ringback_exchange::Leg) -> bool,
) -> bool {
    let called = (0..).map(LegId).zip(&call.legs);
    let mut called = called.filter(|(_, leg)| leg.role == Role::Talks(Side::B));
    called.find(|(_, leg)| did(leg)).is_some_and(|(first, _)| first == leg)
}

/// Returns a moment as clients see it.
pub(crate) fn shown(at: OffsetDateTime, tag: &Tag) -> OffsetDateTime {
    let whole = at.replace_millisecond(at.millisecond()).unwrap_or(at);
    whole.saturating_add(Duration::milliseconds(tag.shift_ms.into()))
}

/// The exchange holds no other numbers than those this vendor has put in.
fn integer(number: &Number) -> u64 {
    number.as_str().parse().unwrap_or_default()
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        // Clients know two words only.
        Direction::Outbound | Direction::Local => "outbound",
    }
}

/// Writes the directory with its header line.
pub(crate) fn csv(contacts: &[Contact]) -> String {
    const LINE: usize = 64;
    let mut csv = String::with_capacity(LINE * (contacts.len() + 1));
    csv.push_str("name,email,number\n");
    for Contact { name, email, number } in contacts {
        for text in [name, email] {
            push_field(&mut csv, text);
            csv.push(',');
        }
        // Memory takes every text.
        let _ = writeln!(csv, "{number}");
    }
    csv
}

fn push_field(csv: &mut String, text: &str) {
    if !text.contains(['"', ',', '\n', '\r']) {
        csv.push_str(text);
        return;
    }
    csv.push('"');
    for (place, part) in text.split('"').enumerate() {
        csv.push_str(if place > 0 { "\"\"" } else { "" });
        csv.push_str(part);
    }
    csv.push('"');
}

#[cfg(test)]
mod tests;
