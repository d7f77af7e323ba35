//! How an attempt of a delivery went.

use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};

/// How one attempt went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was made, by the account's clock; absent where that was when it was due, which a clock that
    /// stands or has jumped makes so.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::timestamp::microseconds::option"
    )]
    pub at: Option<OffsetDateTime>,
    /// The receiver's status, if it answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The beginning of the receiver's answer.
    pub response: String,
    /// How long it took, in the computer's milliseconds.
    pub took_ms: u32,
}

impl Attempt {
    /// Returns whether the receiver acknowledged: any 2xx.
    pub fn acknowledged(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Returns whether another attempt may end better: after silence, a broken connection or a 5xx,
    /// not after the receiver has said no.
    pub fn may_be_repeated(&self) -> bool {
        self.status.is_none_or(|status| status >= 500)
    }
}
