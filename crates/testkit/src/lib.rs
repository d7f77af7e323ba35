//! What the tests of the vendors share: a client for an instance of its own, golden cases, random
//! steps of a machine, generated requests, and webhook receivers of every temper. A dev-dependency
//! only.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says why"
)]

mod api;
pub mod controlled;
pub mod fuzzed;
pub mod generated;
pub mod golden;
mod logged;
pub mod openapi;
pub mod params;
pub mod property;
mod receiver;
pub mod recorded;
mod story;
mod wire;

pub use api::{Api, Reply};
pub use logged::errors_logged;
pub use receiver::{Received, Receiver, Temper};
pub use story::in_a_second;
