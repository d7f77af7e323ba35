//! Orders to live calls: transfer, listen, whisper, barge, park.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{
    Call, CallId, CallRefused, Leg, LegId, LegState, Origin, Party, Role, Side, Supervision,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{Pbx, Tag};
use crate::{Code, Refused};

/// Moves one leg of a call to another extension; the opposite leg is hung up at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The call's id.
    pub call: String,
    /// The extension that is rung.
    pub ext: String,
    /// The leg that stays in the call.
    pub moved: Side,
}

/// Lets an extension join a call as a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervise {
    /// The call's id.
    pub call: String,
    /// The supervisor.
    pub ext: String,
    /// What the supervisor may do.
    pub supervision: Supervision,
}

/// Cuts one leg of a call; the other waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Park {
    /// The call's id.
    pub call: String,
    /// The leg that leaves.
    pub cut: Side,
}

/// Returns whether a leg was answered. One that dialled itself is up from its beginning, but to the
/// vendor it is answered only when somebody has answered it: the other side, or a queue or a menu.
fn is_answered(call: &Call<Tag>, id: LegId, leg: &Leg) -> bool {
    let dialled_itself = call.origin == Origin::Phone && id.0 == 0;
    let served = |leg: &Leg| matches!(leg.role, Role::Serves(_)) && leg.answered_at.is_some();
    leg.is_up() && (!dialled_itself || call.answered_at.is_some() || call.legs.iter().any(served))
}

/// Returns whether a call is parked.
fn is_parked(call: &Call<Tag>) -> bool {
    call.live_legs().any(|(_, leg)| leg.state == LegState::Parked)
}

impl Pbx {
    /// Checks that an extension can be brought to a call in which a leg is answered: who is asked for
    /// first, then what there is to act upon.
    fn admit(
        &self,
        id: CallId,
        ext: &str,
        is_ready: impl FnOnce(&Call<Tag>) -> bool,
    ) -> Result<(), CallRefused> {
        let call = self.exchange.call(id).ok_or(CallRefused::CallNotFound)?;
        self.exchange.available(ext, Some(id))?;
        if is_ready(call) { Ok(()) } else { Err(CallRefused::NotAnswered) }
    }

    /// Does something to a live call, or refuses it as the tenant's settings say.
    fn order(
        &mut self,
        call: &str,
        order: impl FnOnce(&mut Self, CallId) -> Result<(), CallRefused>,
    ) -> Result<(), Refused> {
        let id = self.live(call).map(|call| call.id).ok_or(Code::CallNotFound);
        let done = id.and_then(|id| order(self, id).map_err(Code::from));
        done.map_err(|code| self.refused(code))
    }

    /// A refusal with the status that the tenant's settings give it.
    pub(crate) fn refused(&self, code: Code) -> Refused {
        Refused { code, status: self.settings.refusal_status }
    }
}

impl Command<Pbx> for Transfer {
    type Outcome = Result<(), Refused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let Self { call, ext, moved } = self;
        // Of a parked call it is the waiting leg that is moved, whichever is named.
        let is_ready = |call: &Call<Tag>| {
            let side = call.side(moved);
            is_parked(call) || side.is_some_and(|(id, leg)| is_answered(call, id, leg))
        };
        pbx.order(&call, |pbx, id| {
            pbx.admit(id, &ext, is_ready)?;
            pbx.exchange.transfer(now, id, moved, Party::Extension(ext.into()))
        })
    }
}

impl Command<Pbx> for Supervise {
    type Outcome = Result<(), Refused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let Self { call, ext, supervision } = self;
        // Nobody talks in a parked call.
        let is_ready = |call: &Call<Tag>| {
            let answered = |(id, leg): (LegId, &Leg)| {
                matches!(leg.role, Role::Talks(_)) && is_answered(call, id, leg)
            };
            !is_parked(call) && call.live_legs().any(answered)
        };
        pbx.order(&call, |pbx, id| {
            pbx.admit(id, &ext, is_ready)?;
            pbx.exchange.supervise(now, id, &ext, supervision).map(|_| ())
        })
    }
}

impl Command<Pbx> for Park {
    type Outcome = Result<(), Refused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let Self { call, cut } = self;
        let length = Duration::seconds(pbx.settings.park_seconds.into());
        pbx.order(&call, |pbx, id| pbx.exchange.park(now, id, cut, length))
    }
}
