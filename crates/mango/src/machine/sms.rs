//! Text messages.

use ringback_engine::{Duration, OffsetDateTime};
use serde::{Deserialize, Serialize};

use super::{Pbx, Timer};
use crate::{Refused, webhook::SmsEvent};

/// How long a message takes.
const TRAVELS: Duration = Duration::SECOND;

/// The longest messages: in letters that fit into seven bits, and in any.
const LATIN: usize = 612;
const CYRILLIC: usize = 268;

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sms {
    command_id: Option<String>,
}

impl Pbx {
    /// Sends a text message. Whose name it bears does not matter: one that cannot be used falls back
    /// to the default. vendors/mango.md, 6.3
    pub(crate) fn send_sms(
        &mut self,
        now: OffsetDateTime,
        from_extension: &str,
        to: &str,
        text: &str,
        command_id: Option<String>,
    ) -> Result<(), Refused> {
        if self.exchange.extension(from_extension).is_none() {
            return Err(Refused::unusable("from_extension", 3330));
        }
        let is_inside = self.exchange.extension(to).is_some() || self.tables.group(to).is_some();
        if is_inside {
            return Err(Refused::unusable("to_number", 3200));
        }
        let most = if text.is_ascii() { LATIN } else { CYRILLIC };
        if text.chars().count() > most {
            return Err(Refused::unusable("text", 3109));
        }
        self.agenda.enter_after(now, TRAVELS, Timer::SmsArrives(Sms { command_id }));
        Ok(())
    }

    pub(super) fn sms_arrives(&mut self, now: OffsetDateTime, sms: &Sms) {
        let event = SmsEvent {
            command_id: sms.command_id.as_deref(),
            timestamp: self.unix(now),
            reason: self.settings.sms_outcome,
        };
        self.notify(now, None, "events/sms", &event);
    }
}
