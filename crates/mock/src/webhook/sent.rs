//! What went over the wire: the bytes of each attempt, and what was answered. Bounded, and no state of
//! a world.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;
use ringback_engine::OffsetDateTime;

use super::DeliveryId;
use crate::AccountId;

/// How many bytes of a request are remembered.
pub(super) const REQUEST: usize = 64 * 1024;

/// How many bytes of requests and answers are remembered in all.
const BYTES: usize = 32 << 20;

/// How many attempts are remembered.
const ATTEMPTS: usize = 20_000;

/// One attempt as it was made.
#[derive(Debug, Clone)]
pub(crate) struct SentAttempt {
    /// Whether it is one more copy of an attempt that was answered.
    pub(crate) is_copy: bool,
    /// The simulated moment.
    pub(crate) at: OffsetDateTime,
    /// The computer's moment.
    pub(crate) real_at: OffsetDateTime,
    /// The beginning of what was sent: request line, headers and body.
    pub(crate) request: Vec<u8>,
    /// The status and the headers of the answer, if there was one.
    pub(crate) status: Option<u16>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) took_ms: u32,
    /// What was done to it on purpose.
    pub(crate) chaos: Vec<&'static str>,
}

impl SentAttempt {
    fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len());
        self.request.len() + headers.sum::<usize>()
    }
}

/// Names a delivery: its account, the stamp of its outbox, its number there.
pub(crate) type SentKey = (AccountId, u64, DeliveryId);

/// The latest attempts of an instance.
#[derive(Debug, Default)]
pub(crate) struct SentLog(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    of: BTreeMap<SentKey, Vec<SentAttempt>>,
    /// Whose attempts they are, in their order.
    order: VecDeque<SentKey>,
    bytes: usize,
}

impl SentLog {
    pub(super) fn push(&self, key: SentKey, attempt: SentAttempt) {
        let mut inner = self.0.lock();
        inner.bytes += attempt.size();
        inner.order.push_back(key);
        inner.of.entry(key).or_default().push(attempt);
        while inner.order.len() > ATTEMPTS || inner.bytes > BYTES {
            let Some(oldest) = inner.order.pop_front() else { return };
            let Some(attempts) = inner.of.get_mut(&oldest) else { continue };
            let size = if attempts.is_empty() { 0 } else { attempts.remove(0).size() };
            let is_empty = attempts.is_empty();
            inner.bytes = inner.bytes.saturating_sub(size);
            if is_empty {
                inner.of.remove(&oldest);
            }
        }
    }

    /// Returns the attempts of a delivery that are remembered, in their order.
    pub(crate) fn of(&self, key: SentKey) -> Vec<SentAttempt> {
        self.0.lock().of.get(&key).cloned().unwrap_or_default()
    }

    pub(crate) fn clear(&self) {
        *self.0.lock() = Inner::default();
    }
}
