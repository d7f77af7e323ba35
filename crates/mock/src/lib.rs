//! What the HTTP side of every vendor shares: the [`Vendor`] trait, mounting from one table of
//! endpoints, the embeddable server, webhook delivery, and the control API under `/__admin`.
//!
//! A vendor crate implements [`Vendor`] for an empty type and gets [`Builder`], [`Instance`] and
//! [`Running`] for it. Its world owns an exchange, from which calls, extensions, rules and the control API
//! follow. Nothing here knows a vendor.

mod accounts;
pub mod admin;
pub mod bench;
mod builder;
mod dispatch;
mod endpoint;
mod instance;
pub mod media;
mod mount;
mod param;
mod received;
pub mod request_log;
mod router;
mod running;
pub mod serve;
mod vendor;
mod view;
pub mod webhook;
mod world;

pub use accounts::{
    AccountEvent, AccountId, Accounts, ChangeClock, ClockChange, ForAccount, Logged, MadeWorld,
    Open, OpenRefused, Remove, RemoveRefused, ResetAccount,
};
pub use builder::{BuildError, Builder, FROZEN_AT, InstanceLog, Options, Reads};
pub use endpoint::{BODY_LIMIT, Endpoint, HttpRefusal, URL_LIMIT};
pub use instance::{
    Account, Call, ControlError, ExecuteError, Instance, Party, ScopedRule, Told, When,
};
pub use mount::{
    AccountChange, AccountTime, CallFilter, CallKey, CallPage, DeliveryFilter, DeliveryPage, Hold,
    Mark, Mount, View,
};
pub use param::{Kind, Param, Place, Variant};
pub use received::Received;
pub use router::{Router, Table};
pub use running::{Running, Server};
pub use serve::Forwarded;
pub use vendor::{Genesis, Vendor};
pub use webhook::{Outbox, OutboxCommand};

pub use world::{
    ControlAnswer, ControlCommand, ControlRefused, ControlVerbs, NoControl, OwnControl, Patch,
    PhoneCall, World,
};

/// Returns a number that follows from a seed and a text, on every computer and in every version.
pub fn stable_hash(seed: u64, text: &[u8]) -> u64 {
    // FNV-1a: the standard hasher promises neither.
    text.iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Writes a text so that a shell takes it for one word, as it is.
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub use ringback_engine as engine;
pub use ringback_exchange as exchange;
