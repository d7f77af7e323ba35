//! Webhooks: an outbox that is part of a world's state, the dispatcher that empties it, and what stands
//! beside them: chaos, signatures, what went over the wire.

mod board;
mod chaos;
mod client;
mod complaints;
mod courier;
mod delivery_bench;
pub(crate) mod descriptors;
mod dispatcher;
mod outbox;
mod sent;
mod signature;
mod target;

pub use chaos::{Chaos, NaturalOrder, Order};
pub(crate) use courier::as_sent;
pub use delivery_bench::DeliveryBench;
pub(crate) use dispatcher::dispatch;
pub use outbox::{
    Attempt, Delivery, DeliveryId, DeliveryMethod, DeliveryState, Hold, Outbox, OutboxCommand,
    Policy, Post,
};
pub(crate) use sent::SentAttempt;
pub use signature::{Mistake, SentWebhook, Signature};
pub(crate) use target::is_inbox_name;
pub use target::{TargetRefused, Targets, normalise, shorten, whole};
