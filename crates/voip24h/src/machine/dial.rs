//! A call that the API orders.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{CallId, Dial, Party, Unavailable};
use serde::{Deserialize, Serialize};

use super::{CallTag, CallType, Pbx};
use crate::DialRefused;

/// Orders a call: rings an extension, and when it picks up, the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeDial {
    /// Who places the call.
    pub extension: String,
    /// Who is called: 3–15 digits with an optional leading `+`.
    pub phone: String,
}

impl Command<Pbx> for MakeDial {
    type Outcome = Result<CallId, DialRefused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let digits = self.phone.strip_prefix('+').unwrap_or(&self.phone);
        let is_phone =
            (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_phone {
            return Err(DialRefused::InvalidPhone);
        }
        match pbx.exchange.available(&self.extension, None) {
            // Busy is not an error of the request: the record will say so. vendors/voip24h.md, 4.7
            Ok(()) | Err(Unavailable::Busy) => {}
            Err(Unavailable::Unknown) => return Err(DialRefused::UnknownExtension),
            Err(Unavailable::NotRegistered) => return Err(DialRefused::NotRegistered),
        }
        let tag = CallTag::new(pbx.channels(), CallType::Outbound);
        let from = Party::Extension(self.extension.into());
        let to = pbx.exchange.party(&self.phone.into());
        let line = Some(pbx.company_number.clone());
        Ok(pbx.dial(now, Dial { line, ..Dial::click(from, to, tag) }))
    }
}
