//! Third parties that listen, whisper or barge in.

use time::OffsetDateTime;

use super::Exchange;
use crate::{CallId, CallRefused, EventKind, LegId, Party, Role, Supervision};

impl<T: Clone> Exchange<T> {
    /// Rings an extension that joins the call as a supervisor when it picks up.
    ///
    /// One that supervises the call already changes its part, without a second leg. A party of the
    /// call itself is not busy for it.
    ///
    /// # Errors
    /// When the call is unknown, nobody has answered yet, or the extension cannot take part.
    pub fn supervise(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        extension: &str,
        supervision: Supervision,
    ) -> Result<LegId, CallRefused> {
        let call = self.call(id).ok_or(CallRefused::CallNotFound)?;
        self.available(extension, Some(id))?;
        if !call.live_legs().any(|(_, leg)| leg.is_up()) {
            return Err(CallRefused::NotAnswered);
        }
        let present = call.supervisors().find(|(_, leg)| leg.party.number().as_str() == extension);
        if let Some((leg_id, leg)) = present {
            if leg.role != Role::Supervises(supervision) {
                if let Some(leg) = self.leg_mut(id, leg_id) {
                    leg.first_role.get_or_insert(leg.role);
                    leg.role = Role::Supervises(supervision);
                }
                self.emit(now, id, EventKind::SupervisionChanged { leg: leg_id, supervision });
            }
            return Ok(leg_id);
        }
        self.room_for_a_leg(id)?;
        let party = Party::Extension(extension.into());
        self.ring(now, id, party, Role::Supervises(supervision), None)
            .ok_or(CallRefused::LegNotFound)
    }
}
