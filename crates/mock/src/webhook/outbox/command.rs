//! What changes an outbox, as the log stores it.

use ringback_engine::{Command, Duration, OffsetDateTime};
use ringback_exchange::CallId;
use serde::{Deserialize, Serialize};

use super::{Attempt, Delivery, DeliveryId, DeliveryState, Hold, Outbox};
use crate::{ControlRefused, World};

/// A change of an outbox, as the log stores it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxCommand {
    /// An attempt was made.
    Tried {
        /// Of which delivery.
        id: DeliveryId,
        /// How it went.
        attempt: Attempt,
        /// Whether the clock stood still meanwhile, or has jumped over the moment at which the attempt
        /// was due: what follows then counts from that moment, however far the clock has jumped.
        #[serde(default)]
        stands: bool,
    },
    /// The first attempt of a delivery is held back; others go first.
    Hold {
        /// Of which delivery.
        id: DeliveryId,
        /// For how long.
        hold: Hold,
    },
    /// A delivery is dropped instead of being sent.
    Drop {
        /// Which.
        id: DeliveryId,
        /// Why.
        reason: String,
    },
    /// A delivery is sent once more, as a new one with the same bytes.
    Resend {
        /// Which.
        id: DeliveryId,
    },
    /// Everything that was told of a call is sent once more.
    ResendCall {
        /// Of which call.
        call: CallId,
        /// How many times as quickly as at first; 0 for all of it at once.
        speed: f64,
    },
    /// A delivery that waits for a moment is tried now.
    SkipWait {
        /// Which.
        id: DeliveryId,
    },
    /// Something is sent that tells of nothing, to try the address.
    Test {},
    /// Events that name no address of their own go elsewhere from now on, or nowhere.
    Retarget {
        /// The new address.
        url: Option<String>,
    },
}

impl<W: World> Command<W> for OutboxCommand {
    /// The deliveries that were made by it.
    type Outcome = Result<Vec<DeliveryId>, ControlRefused>;

    fn execute(self, world: &mut W, now: OffsetDateTime) -> Self::Outcome {
        let none = || ControlRefused::NotFound("this vendor has no webhooks".to_owned());
        if matches!(self, Self::Test {}) {
            if world.outbox().ok_or_else(none)?.target().is_none() {
                let nowhere = "webhooks go nowhere: PUT /__admin/webhook says where to";
                return Err(ControlRefused::Conflict(nowhere.to_owned()));
            }
            return Ok(world.test_webhook(now).into_iter().collect());
        }
        let outbox = world.outbox_mut().ok_or_else(none)?;
        match self {
            Self::Tried { id, attempt, stands } => {
                let took = Duration::milliseconds(attempt.took_ms.into());
                let due = outbox.head(id).filter(|_| stands).map(|(_, from)| from);
                let at = due.map_or(now, |from| from.saturating_add(took).min(now));
                outbox.note(at, id, attempt);
            }
            Self::Hold { id, hold } => outbox.hold(id, hold),
            Self::Drop { id, reason } => outbox.discard(id, reason),
            Self::Resend { id } => return outbox.resend(now, id),
            Self::ResendCall { call, speed } => return outbox.resend_call(now, call, speed),
            Self::SkipWait { id } => match outbox.find(id) {
                Some(_) => outbox.skip_wait(now, id).map_err(ControlRefused::Conflict)?,
                None => return Err(ControlRefused::NotFound("no such delivery".to_owned())),
            },
            Self::Test {} => {}
            Self::Retarget { url } => outbox.target = url,
        }
        Ok(Vec::new())
    }
}

impl Outbox {
    /// Makes a copy of a delivery that is to be sent from a moment on.
    fn copy(&self, of: &Delivery, lane: u64, created_at: OffsetDateTime) -> Delivery {
        Delivery {
            id: DeliveryId(self.next),
            lane,
            created_at,
            state: DeliveryState::Pending,
            attempts: Vec::new(),
            hold: None,
            reason: None,
            resend_of: Some(of.resend_of.unwrap_or(of.id)),
            ..of.clone()
        }
    }

    fn resend(
        &mut self,
        now: OffsetDateTime,
        id: DeliveryId,
    ) -> Result<Vec<DeliveryId>, ControlRefused> {
        let none = || ControlRefused::NotFound("no such delivery".to_owned());
        let copy = self.copy(self.find(id).ok_or_else(none)?, self.own_lane(), now);
        Ok(vec![self.add(now, copy).ok_or_else(full)?])
    }

    fn resend_call(
        &mut self,
        now: OffsetDateTime,
        call: CallId,
        speed: f64,
    ) -> Result<Vec<DeliveryId>, ControlRefused> {
        let is_of = |one: &&Delivery| one.call == Some(call) && one.resend_of.is_none();
        let mut told: Vec<Delivery> = self.deliveries().filter(is_of).cloned().collect();
        told.sort_by_key(|delivery| delivery.id);
        let Some(began) = told.iter().map(|delivery| delivery.created_at).min() else {
            let why = "no webhook of this call is remembered";
            return Err(ControlRefused::NotFound(why.to_owned()));
        };
        if self.pending.len() + told.len() > Self::PENDING {
            return Err(full());
        }
        let lane = self.own_lane();
        let again = told.into_iter().filter_map(|delivery| {
            let micros = (delivery.created_at - began).whole_microseconds() as f64;
            let later = if speed > 0.0 { (micros / speed).round() as i64 } else { 0 };
            let at = now.saturating_add(Duration::microseconds(later));
            let copy = self.copy(&delivery, lane, at);
            self.add(now, copy)
        });
        Ok(again.collect())
    }
}

fn full() -> ControlRefused {
    ControlRefused::Conflict("too many webhooks are waiting".to_owned())
}
