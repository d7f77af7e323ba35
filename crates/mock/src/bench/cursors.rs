//! What clients are given to go on with: cursors of the feed with a mark of the process, and the places of
//! checkpoints in the feed.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};

use parking_lot::Mutex;

use super::{Bench, Origin};
use crate::AccountId;

/// The most checkpoints whose places are known; more than vendors of one process keep.
const CHECKPOINTS: usize = 8_192;

/// A cursor that a client has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// A place in this process's feed, or behind its end.
    Here(u64),
    /// A place in the feed of another process.
    Elsewhere(u64),
}

/// Tells the cursors of one process from those of another, and knows where checkpoints stand.
#[derive(Debug)]
pub(super) struct Cursors {
    /// Eight hexadecimal digits.
    mark: String,
    checkpoints: Mutex<BTreeMap<(u16, AccountId, String), u64>>,
}

impl Default for Cursors {
    fn default() -> Self {
        // Drawn by the computer: two processes that begin alike are two all the same.
        let drawn = RandomState::new().hash_one(std::process::id());
        Self { mark: format!("{:08x}", drawn >> 32), checkpoints: Mutex::default() }
    }
}

impl Bench {
    /// Writes a cursor as clients are given it: with a mark of the process, drawn at its start.
    pub(crate) fn cursor(&self, cursor: u64) -> String {
        format!("{cursor}-{}", self.cursors.mark)
    }

    /// Reads a cursor as [`Bench::cursor`] writes it, or a bare number, which is one of this process;
    /// `None` if a text is neither.
    pub(crate) fn read_cursor(&self, text: &str) -> Option<Cursor> {
        let Some((number, mark)) = text.split_once('-') else {
            return text.parse().ok().map(Cursor::Here);
        };
        let is_mark = mark.len() == 8 && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = number.parse().ok().filter(|_| is_mark)?;
        Some(match mark == self.cursors.mark {
            true => Cursor::Here(number),
            false => Cursor::Elsewhere(number),
        })
    }

    /// Notes that an account is at a checkpoint: it was saved now, or gone back to.
    pub(crate) fn mark_checkpoint(
        &self,
        origin: Origin,
        account: AccountId,
        name: &str,
        cursor: u64,
    ) {
        let mut known = self.cursors.checkpoints.lock();
        known.insert((origin.0, account, name.to_owned()), cursor);
        while known.len() > CHECKPOINTS {
            let Some(oldest) = known.iter().min_by_key(|(_, cursor)| **cursor) else { return };
            let oldest = oldest.0.clone();
            known.remove(&oldest);
        }
    }

    /// Forgets where a checkpoint stands.
    pub(crate) fn unmark_checkpoint(&self, origin: Origin, account: AccountId, name: &str) {
        self.cursors.checkpoints.lock().remove(&(origin.0, account, name.to_owned()));
    }

    /// Returns where the feed stood when an account was last at a checkpoint; 0, before everything, if
    /// that was before this process began.
    pub(crate) fn checkpoint(&self, origin: Origin, account: AccountId, name: &str) -> u64 {
        let known = self.cursors.checkpoints.lock();
        known.get(&(origin.0, account, name.to_owned())).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_says_of_which_process_it_is() {
        let (bench, other) = (Bench::default(), Bench::default());
        let cursor = bench.cursor(41);
        assert_eq!(bench.read_cursor(&cursor), Some(Cursor::Here(41)));
        assert_eq!(other.read_cursor(&cursor), Some(Cursor::Elsewhere(41)), "drawn alike");
        assert_eq!(bench.read_cursor("41"), Some(Cursor::Here(41)));
        for none in ["", "-", "x", "41-", "41-xyz", "41-0000000g", "-1", "41-0a", "before-0a0a0a0a"]
        {
            assert_eq!(bench.read_cursor(none), None, "{none}");
        }
    }

    #[test]
    fn the_oldest_places_make_room() {
        let bench = Bench::default();
        let (origin, account) = (Origin(0), AccountId::DEMO);
        for place in 1..=CHECKPOINTS as u64 + 1 {
            bench.mark_checkpoint(origin, account, &place.to_string(), place);
        }
        assert_eq!(bench.checkpoint(origin, account, "1"), 0);
        assert_eq!(bench.checkpoint(origin, account, "2"), 2);
        bench.unmark_checkpoint(origin, account, "2");
        assert_eq!(bench.checkpoint(origin, account, "2"), 0);
    }
}
