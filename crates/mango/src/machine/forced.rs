//! Results that are answered instead of doing what was asked.

use serde::{Deserialize, Serialize};

use super::Pbx;

/// A result that is answered instead of doing what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forced {
    /// The operation; any command when absent.
    pub(crate) operation: Option<String>,
    pub(crate) code: u16,
    /// How many more times.
    pub(crate) times: u32,
}

impl Pbx {
    fn forced(&self, operation: &str) -> Option<usize> {
        let is_command = operation.starts_with("commands/");
        self.forced.iter().position(|forced| match &forced.operation {
            Some(only) => only == operation,
            None => is_command,
        })
    }

    /// Returns whether an operation is not performed but answered with a forced result.
    pub(crate) fn forces(&self, operation: &str) -> bool {
        self.forced(operation).is_some()
    }

    /// Uses up a forced result of an operation, and returns its code.
    pub(crate) fn take_forced(&mut self, operation: &str) -> Option<u16> {
        let place = self.forced(operation)?;
        let forced = self.forced.get_mut(place)?;
        let code = forced.code;
        forced.times = forced.times.saturating_sub(1);
        if forced.times == 0 {
            self.forced.remove(place);
        }
        Some(code)
    }
}
