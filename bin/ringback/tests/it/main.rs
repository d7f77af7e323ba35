//! The binary as a user starts it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod contacts;
mod coverage;
mod launch;
mod limits;
mod readme;
mod shared_port;
mod started;
