//! What ends the launcher early, and the exit status that says so.

use std::fmt::Display;

/// Something the user got wrong or the computer refuses: one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub(crate) struct Fault {
    what: String,
    pub(crate) status: Status,
}

/// Exit statuses, as `--help` and the README list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// A check failed: `config check`, `log verify`, `wait`, or the server itself.
    Failed = 1,
    /// A flag, a variable, a file or a log is wrong.
    Usage = 2,
    /// An address cannot be listened on.
    CannotBind = 3,
}

impl Fault {
    /// A mistake of the user's.
    pub(crate) fn new(what: impl Display) -> Self {
        Self { what: what.to_string(), status: Status::Usage }
    }

    /// The same with another status.
    pub(crate) fn with(self, status: Status) -> Self {
        Self { status, ..self }
    }
}
