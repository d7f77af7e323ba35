//! Webhooks: an outbox that is part of a world's state, and the dispatcher that empties it.

mod board;
mod client;
mod complaints;
pub(crate) mod descriptors;
mod dispatcher;
mod outbox;
mod target;

pub(crate) use dispatcher::dispatch;
pub use outbox::{
    Attempt, Delivery, DeliveryId, DeliveryMethod, DeliveryState, Outbox, OutboxCommand, Policy,
    Post,
};
pub use target::{TargetRefused, Targets, normalise};
