//! The shared HTTP side, tried with a vendor made for the purpose.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod accounts;
mod advance;
mod bell;
mod chaos;
mod checkpoints;
mod connections;
mod control;
mod delivery;
mod embedding;
mod feed;
mod front;
mod guard;
mod inbox;
mod logged;
mod own_time;
mod ports;
mod receivers;
mod relay;
mod rules;
mod snapshots;
mod stubs;
mod wire;
mod wiremock_keys;
