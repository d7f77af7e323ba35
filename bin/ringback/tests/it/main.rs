//! The binary as a user starts it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod client;
mod configuration;
mod connections;
mod contacts;
mod control_document;
mod coverage;
mod doctors;
mod ending;
mod examples;
mod front;
mod help;
mod in_process;
mod journal;
mod kept;
mod kills;
mod ladders;
mod launch;
mod limits;
mod mcp;
mod metrics;
mod parallel;
mod parameters;
mod ports;
mod readme;
mod ready;
mod requests;
mod scenarios;
mod shared_port;
mod since;
mod started;
mod streams;
mod tidy;
mod traffic;
mod verify;
mod waits;
