//! The vendor over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod backend;
mod callback;
mod calls;
mod captured;
mod checkpoints;
mod desk;
mod directory;
mod extended;
mod generated;
mod golden;
mod inbox;
mod knobs;
mod openapi;
mod property;
mod record_faults;
mod spelling;
mod story;
mod tables;
mod transport;
mod waiting;
mod walkthrough;
