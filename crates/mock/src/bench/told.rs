//! The latest messages of the stream of events, as they are sent: many who watch the same cost one.

use std::collections::BTreeMap;

use bytes::Bytes;
use parking_lot::Mutex;

/// How many messages are kept, and how many bytes of them.
const MESSAGES: usize = 4_096;
const BYTES: usize = 4 << 20;

/// The latest messages, by their cursors.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    messages: BTreeMap<u64, Bytes>,
    bytes: usize,
}

impl Told {
    /// Returns the messages of some cursors, where they are kept.
    pub(crate) fn find(&self, cursors: impl Iterator<Item = u64>) -> Vec<Option<Bytes>> {
        let kept = self.0.lock();
        cursors.map(|cursor| kept.messages.get(&cursor).cloned()).collect()
    }

    /// Keeps some messages; the oldest make room.
    pub(crate) fn keep(&self, messages: impl IntoIterator<Item = (u64, Bytes)>) {
        let mut kept = self.0.lock();
        for (cursor, message) in messages {
            kept.bytes += message.len();
            if let Some(before) = kept.messages.insert(cursor, message) {
                kept.bytes = kept.bytes.saturating_sub(before.len());
            }
        }
        while kept.messages.len() > MESSAGES || kept.bytes > BYTES {
            let Some((_, oldest)) = kept.messages.pop_first() else { return };
            kept.bytes = kept.bytes.saturating_sub(oldest.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room_for_the_latest() {
        let told = Told::default();
        let message = |cursor: u64| (cursor, Bytes::from(cursor.to_string()));
        told.keep((0..5_000).map(message));
        told.keep([message(4_999)]);
        assert_eq!(
            told.find([0, 903, 904, 4_999].into_iter()),
            [None, None, Some(Bytes::from("904")), Some(Bytes::from("4999")),]
        );
        let long = Bytes::from(vec![b'x'; BYTES]);
        told.keep([(5_000, long.clone())]);
        assert_eq!(told.find([4_999, 5_000].into_iter()), [None, Some(long)]);
    }
}
