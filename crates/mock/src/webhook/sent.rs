//! What went over the wire: the bytes of each attempt, and what was answered. Bounded, and no state of
//! a world.

use std::collections::VecDeque;

use hyper::HeaderMap;
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
    pub(crate) headers: HeaderMap,
    pub(crate) took_ms: u32,
    /// What was done to it on purpose.
    pub(crate) chaos: Vec<&'static str>,
}

impl SentAttempt {
    fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        self.request.len() + headers.sum::<usize>()
    }
}

/// Names a delivery: its account, the stamp of its outbox, its number there.
pub(crate) type SentKey = (AccountId, u64, DeliveryId);

/// The latest attempts of an instance. Kept in their order alone: one is added with every attempt, and
/// they are looked through when somebody looks at a delivery.
#[derive(Debug, Default)]
pub(crate) struct SentLog(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    attempts: VecDeque<(SentKey, SentAttempt)>,
    bytes: usize,
}

impl SentLog {
    pub(super) fn push(&self, key: SentKey, attempt: SentAttempt) {
        let mut inner = self.0.lock();
        inner.bytes += attempt.size();
        inner.attempts.push_back((key, attempt));
        while inner.attempts.len() > ATTEMPTS || inner.bytes > BYTES {
            let Some((_, oldest)) = inner.attempts.pop_front() else { return };
            inner.bytes = inner.bytes.saturating_sub(oldest.size());
        }
    }

    /// Returns the attempts of a delivery that are remembered, in their order.
    pub(crate) fn of(&self, key: SentKey) -> Vec<SentAttempt> {
        let inner = self.0.lock();
        let found = inner.attempts.iter().filter(|(of, _)| *of == key);
        found.map(|(_, attempt)| attempt.clone()).collect()
    }

    pub(crate) fn clear(&self) {
        *self.0.lock() = Inner::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded_in_number_and_bytes() {
        let log = SentLog::default();
        let at = OffsetDateTime::UNIX_EPOCH;
        let attempt = |size: usize| SentAttempt {
            is_copy: false,
            at,
            real_at: at,
            request: vec![0; size],
            status: Some(200),
            headers: HeaderMap::new(),
            took_ms: 0,
            chaos: Vec::new(),
        };
        let key = |id: u64| (AccountId(0), 1, DeliveryId(id));
        for id in 0..=20_000 {
            log.push(key(id), attempt(1));
        }
        assert_eq!((log.of(key(0)).len(), log.of(key(1)).len()), (0, 1));
        for _ in 0..600 {
            log.push(key(30_000), attempt(REQUEST));
        }
        assert_eq!((log.of(key(20_000)).len(), log.of(key(30_000)).len()), (0, BYTES / REQUEST));
    }
}
