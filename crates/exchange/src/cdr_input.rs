//! A finished call as a user adds it to the history.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{CdrDraft, Direction, Exchange, Facts, HangupCause, Number, Party, Times};

/// A finished call as a user adds it to the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CdrInput {
    /// Who called.
    pub from: Number,
    /// Who was called.
    pub to: Number,
    /// When, such as `2026-03-04T09:15:20Z`.
    #[serde(with = "time::serde::rfc3339")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created_at: OffsetDateTime,
    /// How long it rang, in seconds.
    #[serde(default)]
    pub ring: u32,
    /// How long both sides talked, in seconds; they did not if it is 0.
    #[serde(default)]
    pub talk: u32,
    /// Why it ended; normally after a talk, and because nobody answered without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<HangupCause>,
}

impl CdrInput {
    /// Works out who took part and when everything happened.
    pub fn draft<T: Clone>(&self, exchange: &Exchange<T>, line: Option<Number>) -> CdrDraft {
        let (from, to) = (exchange.party(&self.from), exchange.party(&self.to));
        let direction = Direction::between(&from, &to);
        let extension = [from, to].into_iter().find(Party::is_extension);
        let created_at = self.created_at;
        // A local time on the calendar's last day may be off it in UTC.
        let created_at = created_at.checked_to_offset(time::UtcOffset::UTC).unwrap_or(created_at);
        let picked_up_at = created_at.saturating_add(Duration::seconds(self.ring.into()));
        let ended_at = picked_up_at.saturating_add(Duration::seconds(self.talk.into()));
        let talked = self.talk > 0;
        let usual = if talked { HangupCause::NormalClearing } else { HangupCause::NoAnswer };
        CdrDraft {
            facts: Facts {
                direction,
                cause: self.cause.unwrap_or(usual),
                hung_up_by: None,
                from: self.from.clone(),
                to: self.to.clone(),
                extension: extension.map(|party| party.number().clone()),
                line,
            },
            times: Times {
                created_at,
                ringing_at: (self.ring > 0 || talked).then_some(created_at),
                answered_at: talked.then_some(picked_up_at),
                ended_at,
            },
        }
    }
}
