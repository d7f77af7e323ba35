//! An engine on a log in a file, by their public faces alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod counters;
mod restarted;
