//! What the tests of the vendors share: a client for an instance of its own, golden cases, and
//! webhook receivers of every temper. A dev-dependency only.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says why"
)]

mod api;
pub mod golden;
pub mod params;
mod receiver;

pub use api::{Api, Reply};
pub use receiver::{Received, Receiver, Temper};
