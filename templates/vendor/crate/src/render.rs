//! The exchange's words in the vendor's.

use ringback_exchange::Disposition;

/// Returns the word for how a call went; chosen until a document says otherwise.
pub(crate) const fn status(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Answered => "answered",
        Disposition::NoAnswer => "no-answer",
        Disposition::Busy => "busy",
        Disposition::Failed => "failed",
    }
}
