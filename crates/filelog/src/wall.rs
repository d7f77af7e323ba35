//! The computer's clock, from which the stamps of records are made.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ringback_engine::ordered::Stamp;

/// Returns microseconds since 1970. It may go back, and the log does not go with it.
pub type Wall = Arc<dyn Fn() -> Stamp + Send + Sync>;

/// Returns the clock of this computer.
pub(crate) fn computer() -> Wall {
    Arc::new(|| {
        #[expect(clippy::disallowed_methods, reason = "stamps are where real time comes in")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Stamp::try_from(since.as_micros()).unwrap_or(Stamp::MAX)
    })
}
