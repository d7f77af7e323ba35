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
mod doctor;
mod endpoint;
pub mod fault;
#[cfg(test)]
mod fuzz;
pub mod inbox;
mod instance;
mod ladder;
pub mod matching;
pub mod media;
mod mount;
mod param;
mod received;
pub mod request_log;
mod router;
mod running;
pub mod serve;
mod shown;
pub mod snapshots;
pub mod stubs;
mod vendor;
mod view;
pub mod webhook;
mod world;

pub use accounts::{
    AccountEvent, AccountId, Accounts, ChangeClock, CheckpointInfo, CheckpointRefused, ClockChange,
    DropCheckpoint, ForAccount, ForEpoch, Fork, ForkRefused, Logged, MadeWorld, Open, OpenRefused,
    RawState, Remove, RemoveRefused, ResetAccount, RestoreAccount, RestoreAll, RestoreRefused,
    Rewind, SaveCheckpoint,
};
pub use bench::Refusal;
pub use builder::{BuildError, Builder, FROZEN_AT, InstanceLog, Options, Reads};
pub use doctor::Examined;
pub use endpoint::{BODY_LIMIT, Endpoint, HttpRefusal, URL_LIMIT};
pub use instance::{
    Account, Call, ControlError, ExecuteError, Instance, Party, ScopedRule, Told, VerifyError, When,
};
pub use ladder::{Ladder, LadderRequest};
pub use matching::{Unmet, unmet};
pub use mount::{
    AccountChange, AccountTime, CallFilter, CallKey, CallPage, CheckpointChange, DeliveryFilter,
    DeliveryPage, Hold, Levels, Mark, Mount, Saves, Stubbed, View,
};
pub use param::{Kind, Param, Place, Variant};
pub use received::Received;
pub use router::{Router, Table};
pub use running::{Running, Server};
pub use serve::Forwarded;
pub(crate) use shown::read_offset;
pub use shown::{CallShown, Says, ShownKind, read_moment};
pub use snapshots::{Snapshot, SnapshotPart, SnapshotRefused, SnapshotScope};
pub use stubs::StubRefused;
pub use vendor::{Genesis, Vendor};
pub use webhook::{Outbox, OutboxCommand};

pub use world::{
    ChangeCounts, Changes, ControlAnswer, ControlCommand, ControlRefused, ControlVerbs, NoControl,
    OwnControl, Patch, PhoneCall, RowChange, TableChanges, ToldNumber, World,
};

/// Returns a number that follows from a seed and a text, on every computer and in every version.
pub fn stable_hash(seed: u64, text: &[u8]) -> u64 {
    // FNV-1a: the standard hasher promises neither.
    text.iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Returns the known name that a misspelt one was most likely meant for.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|known| (strsim::jaro_winkler(name, known), *known));
    let near = near.filter(|(likeness, _)| *likeness > 0.75);
    near.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, known)| known)
}

/// Writes a text so that a shell takes it for one word, as it is.
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub use ringback_engine as engine;
pub use ringback_exchange as exchange;
