//! Who is told of finished calls: feed A. vendors/voip24h-v3.md, 7.1

use ringback_engine::{Command, OffsetDateTime};
use ringback_mock::webhook::DeliveryMethod;
use serde::{Deserialize, Serialize};

use super::Pbx;
use crate::render::{Kind, Row, Status};

/// Somebody who is told of finished calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where call logs go; there is one subscription of each address.
    pub url: String,
    /// By which method.
    pub method: DeliveryMethod,
    /// Whether anything is sent.
    pub active: bool,
    /// The token by which the receiver knows who tells it; empty for none.
    pub auth: String,
    /// Which ways calls have to go; empty for any.
    pub kinds: Vec<Kind>,
    /// How they have to have gone; empty for any.
    pub dispositions: Vec<Status>,
    /// The address for recordings: that by which the client came that subscribed.
    pub base: String,
}

impl Subscription {
    /// Returns whether it is told of a call.
    pub(crate) fn takes(&self, row: &Row<'_>) -> bool {
        let (kinds, dispositions) = (&self.kinds, &self.dispositions);
        self.active
            && (kinds.is_empty() || kinds.contains(&row.kind()))
            && (dispositions.is_empty() || dispositions.contains(&row.status()))
    }
}

/// Subscribes an address to call logs, or changes its subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribe(pub Subscription);

/// Ends the subscription of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsubscribe {
    /// The address.
    pub url: String,
}

/// Why subscriptions are not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionRefused {
    /// There are as many as there may be.
    #[error("Too many webhooks")]
    TooMany,
    /// The address has none.
    #[error("Webhook not found")]
    Unknown,
}

/// The most subscriptions of one account.
const MOST: usize = 20;

impl Command<Pbx> for Subscribe {
    type Outcome = Result<(), SubscriptionRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let Self(subscription) = self;
        let count = pbx.subscriptions.len();
        let known = pbx.subscriptions.iter_mut().find(|known| known.url == subscription.url);
        match known {
            Some(known) => *known = subscription,
            None if count >= MOST => return Err(SubscriptionRefused::TooMany),
            None => pbx.subscriptions.push(subscription),
        }
        Ok(())
    }
}

impl Command<Pbx> for Unsubscribe {
    type Outcome = Result<(), SubscriptionRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let place = pbx.subscriptions.iter().position(|known| known.url == self.url);
        pbx.subscriptions.remove(place.ok_or(SubscriptionRefused::Unknown)?);
        Ok(())
    }
}
