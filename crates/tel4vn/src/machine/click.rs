//! Click-to-call: an extension is rung first, and when it picks up, the phone.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Dial, Direction, Number, Party};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{App, Pbx, Tag};
use crate::{Code, Refused, render::is_inside};

/// Orders a call from an extension to a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClickToCall {
    /// Who places the call, and is rung first.
    pub ext: String,
    /// Who is called: digits with an optional `+` in front.
    pub phone: String,
    /// The outgoing number; the tenant's unless given.
    pub hotline: Option<String>,
    /// Whether the extension's phone picks up by itself.
    pub auto_answer: bool,
    /// Whom the client calls, in its own words.
    pub customer: Option<String>,
    /// What the client knows the call by, if by anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl ClickToCall {
    /// An order without extras.
    pub fn new(ext: impl Into<String>, phone: impl Into<String>) -> Self {
        let (ext, phone) = (ext.into(), phone.into());
        Self { ext, phone, hotline: None, auto_answer: false, customer: None, reference: None }
    }
}

impl Command<Pbx> for ClickToCall {
    /// The call's id.
    type Outcome = Result<Uuid, Refused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let available = pbx.exchange.available(&self.ext, None);
        available.map_err(|unavailable| pbx.refused(Code::from(unavailable)))?;
        let to = pbx.exchange.party(&pbx.leads_to(self.phone.into()));
        let direction = if is_inside(&to) { Direction::Local } else { Direction::Outbound };
        let line = match direction {
            Direction::Outbound => {
                let given = self.hotline.map(Number::from);
                Some(given.unwrap_or_else(|| pbx.tenant.hotline.clone()))
            }
            Direction::Local | Direction::Inbound => None,
        };
        let uuid = pbx.draw_id();
        let mut tag = Tag::new(uuid, direction, App::ClickToCall);
        tag.auto_answer = self.auto_answer;
        if self.customer.is_some() || self.reference.is_some() {
            let more = tag.more_mut();
            (more.customer, more.reference) = (self.customer, self.reference);
        }
        let from = Party::Extension(self.ext.into());
        pbx.dial(now, Dial { line, ..Dial::click(from, to, tag) });
        Ok(uuid)
    }
}

/// How far an ordered call has come, for those who wait for the extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The extension has not decided yet.
    Rings,
    /// It has picked up.
    PickedUp,
    /// It did not take the call.
    Refused(Refused),
}

impl Pbx {
    /// Places a call under its own id.
    pub(super) fn dial(
        &mut self,
        now: OffsetDateTime,
        dial: Dial<Tag>,
    ) -> ringback_exchange::CallId {
        let tag = dial.tag.clone();
        let id = self.exchange.dial(now, dial);
        self.ledger.note(&tag, id);
        id
    }

    /// Returns how far an ordered call has come; `None` if there is no such call.
    pub fn progress(&self, uuid: Uuid) -> Option<Progress> {
        let id = self.ledger.find(uuid)?;
        if let Some(call) = self.exchange.call(id) {
            return Some(if call.tag.picked_up { Progress::PickedUp } else { Progress::Rings });
        }
        let cdr = self.exchange.history().get(id)?;
        Some(match cdr.tag.picked_up {
            true => Progress::PickedUp,
            false => Progress::Refused(self.refused(Code::from(cdr.cause))),
        })
    }
}
