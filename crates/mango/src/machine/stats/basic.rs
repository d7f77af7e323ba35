//! Basic statistics: one line for each finished leg.

use std::fmt::Write as _;

use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};

use crate::{
    Pbx,
    identity::Location,
    machine::{Finished, Way, tables::number},
};

/// A field of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Field {
    Records,
    Start,
    Finish,
    Answer,
    FromExtension,
    FromNumber,
    ToExtension,
    ToNumber,
    DisconnectReason,
    LineNumber,
    Location,
    EntryId,
    Create,
}

impl Field {
    /// The fields of a line unless others are asked for.
    pub(crate) const USUAL: [Self; 11] = [
        Self::Records,
        Self::Start,
        Self::Finish,
        Self::Answer,
        Self::FromExtension,
        Self::FromNumber,
        Self::ToExtension,
        Self::ToNumber,
        Self::DisconnectReason,
        Self::LineNumber,
        Self::Location,
    ];

    /// Finds a field by its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "records" => Self::Records,
            "start" => Self::Start,
            "finish" => Self::Finish,
            "answer" => Self::Answer,
            "from_extension" => Self::FromExtension,
            "from_number" => Self::FromNumber,
            "to_extension" => Self::ToExtension,
            "to_number" => Self::ToNumber,
            "disconnect_reason" => Self::DisconnectReason,
            "line_number" => Self::LineNumber,
            "location" => Self::Location,
            "entry_id" => Self::EntryId,
            // The manual prints the first letter in Cyrillic. vendors/mango.md, 16
            "create" | "\u{441}reate" => Self::Create,
            _ => return None,
        })
    }
}

/// Whose legs are wanted: who has this extension and this number, as far as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Whose {
    pub(crate) extension: Option<String>,
    pub(crate) number: Option<String>,
}

impl Whose {
    fn is(&self, [extension, number]: [Option<&str>; 2]) -> bool {
        let same_number = |wanted: &str| {
            number.is_some_and(|number| {
                let both = [wanted, number].into_iter().all(number::is_telephone);
                number == wanted || (both && number::digits(number) == number::digits(wanted))
            })
        };
        self.extension.as_deref().is_none_or(|wanted| extension == Some(wanted))
            && self.number.as_deref().is_none_or(same_number)
    }
}

/// A request for the legs that began within a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Query {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) fields: Vec<Field>,
    pub(crate) calling: Option<Whose>,
    pub(crate) called: Option<Whose>,
    pub(crate) party: Option<Whose>,
}

impl Query {
    fn wants(&self, leg: &Finished<'_>) -> bool {
        let is = |whose: &Option<Whose>, end| whose.as_ref().is_none_or(|whose| whose.is(end));
        let party = self.party.as_ref();
        is(&self.calling, leg.from)
            && is(&self.called, leg.to)
            && party.is_none_or(|party| party.is(leg.from) || party.is(leg.to))
    }
}

impl Pbx {
    /// Writes the legs that were over at a moment.
    pub(crate) fn write_legs(&self, query: &Query, until: OffsetDateTime) -> String {
        let until = until.unix_timestamp();
        let legs = self.finished_within(query.from..=query.to);
        let mut lines = String::new();
        for leg in legs.filter(|leg| leg.finish <= until && query.wants(leg)) {
            self.write_line(&mut lines, &leg, &query.fields);
            lines.push_str("\r\n");
        }
        lines
    }

    /// Writes the fields of a leg, without an end of the line.
    pub(crate) fn write_line(&self, line: &mut String, leg: &Finished<'_>, fields: &[Field]) {
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                line.push(';');
            }
            self.write_field(line, leg, *field);
        }
    }

    fn write_field(&self, line: &mut String, leg: &Finished<'_>, field: Field) {
        let shift = i64::from(self.settings.time_shift_seconds);
        let mut text = |text: &str| line.push_str(text);
        let seconds = |at: i64| at.saturating_add(shift).to_string();
        let [from_extension, from_number] = leg.from.map(Option::unwrap_or_default);
        let [to_extension, to_number] = leg.to.map(Option::unwrap_or_default);
        match field {
            Field::Records => {
                let records: Vec<String> = self.recording_ids(leg).collect();
                // Writing to a string cannot fail.
                let _ = write!(line, "[{}]", records.join(","));
            }
            Field::Start => text(&seconds(leg.start)),
            Field::Finish => text(&seconds(leg.finish)),
            Field::Answer => text(&leg.answer.map_or("0".to_owned(), seconds)),
            Field::FromExtension => text(from_extension),
            Field::FromNumber => text(from_number),
            Field::ToExtension => text(to_extension),
            Field::ToNumber => text(to_number),
            Field::DisconnectReason => text(&leg.reason.to_string()),
            Field::LineNumber => text(leg.line.unwrap_or_default()),
            Field::Location => text(Location::as_str(leg.location)),
            Field::EntryId => text(&self.identity.entry_id(leg.call, leg.way == Way::In)),
            Field::Create => text(&seconds(leg.create)),
        }
    }

    /// Returns the names of the recordings of a leg that are stored.
    pub(super) fn recording_ids(&self, leg: &Finished<'_>) -> impl Iterator<Item = String> {
        let call = leg.call;
        let stored = leg.recordings.clone().filter(move |index| self.has_recording(call, *index));
        stored.map(move |index| self.identity.recording_id(call, index))
    }
}
