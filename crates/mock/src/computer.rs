//! The computer's own time, for what says when something really was.

use ringback_engine::OffsetDateTime;

/// Returns the computer's time.
#[expect(clippy::disallowed_methods, reason = "what is named real_at is the computer's time")]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
