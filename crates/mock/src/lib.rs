//! What the HTTP side of every vendor shares: the [`Vendor`] trait, mounting from one table of
//! endpoints, the embeddable server, webhook delivery, and the control API under `/__admin`.
//!
//! A vendor crate implements [`Vendor`] for an empty type and gets [`Builder`], [`Instance`] and
//! [`Running`] for it. Its world owns an exchange, from which calls, extensions, rules and the control API
//! follow. Nothing here knows a vendor.

mod accounts;
pub mod admin;
mod builder;
mod dispatch;
mod endpoint;
mod instance;
pub mod media;
mod mount;
mod received;
pub mod request_log;
mod router;
mod running;
pub mod serve;
mod vendor;
pub mod webhook;
mod world;

pub use accounts::{AccountEvent, AccountId, Accounts, Logged, Open, OpenRefused, To};
pub use builder::{BuildError, Builder, FROZEN_AT, Options};
pub use endpoint::{BODY_LIMIT, Endpoint, Refusal, URL_LIMIT};
pub use instance::{Account, ControlError, Instance, Unserved};
pub use mount::Mount;
pub use received::Received;
pub use router::{Router, Table};
pub use running::Running;
pub use serve::Forwarded;
pub use vendor::{Genesis, Vendor};
pub use webhook::{Outbox, OutboxCommand};

pub use world::{
    ControlAnswer, ControlCommand, ControlRefused, ControlVerbs, NoControl, OwnControl, Patch,
    PhoneCall, World,
};

pub use ringback_engine as engine;
pub use ringback_exchange as exchange;
