//! Requests that wait until a person or a test answers them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use ringback_engine::OffsetDateTime;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Reply;

/// The most requests that wait at once; further ones are answered as if nothing held them.
const MOST: usize = 10_000;

/// What becomes of a request that waits; without a response the mapping's own is given.
pub(crate) type Release = Option<Arc<Reply>>;

/// A request that waits.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// The id of its mapping.
    pub(crate) stub: String,
    /// When it came, by the simulated clock and by the computer's.
    pub(crate) at: OffsetDateTime,
    pub(crate) real_at: OffsetDateTime,
    /// The request in WireMock's form.
    pub(crate) request: Value,
}

#[derive(Debug)]
struct Waiting {
    held: Held,
    release: oneshot::Sender<Release>,
}

/// The requests that wait, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Holds(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    last: u64,
    waiting: BTreeMap<u64, Waiting>,
}

/// Takes a request out of the list whatever becomes of it: its client may go.
struct Place {
    holds: Arc<Mutex<Inner>>,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.holds.lock().waiting.remove(&self.number);
    }
}

impl Holds {
    /// Waits until a request is released, or its time is over.
    pub(crate) async fn wait(&self, held: Held, at_most: Duration) -> Release {
        let (release, released) = oneshot::channel();
        let place = {
            let mut inner = self.0.lock();
            if inner.waiting.len() >= MOST {
                return None;
            }
            inner.last += 1;
            let number = inner.last;
            inner.waiting.insert(number, Waiting { held, release });
            Place { holds: Arc::clone(&self.0), number }
        };
        let released = timeout(at_most, released).await;
        drop(place);
        released.ok().and_then(Result::ok).flatten()
    }

    /// Returns the requests that wait, with their numbers, in their order.
    pub(crate) fn list(&self) -> Vec<(u64, Held)> {
        let inner = self.0.lock();
        inner.waiting.iter().map(|(number, waiting)| (*number, waiting.held.clone())).collect()
    }

    /// Releases a request; returns whether it waited.
    pub(crate) fn release(&self, number: u64, with: Release) -> bool {
        let waiting = self.0.lock().waiting.remove(&number);
        // Its client may be gone.
        waiting.is_some_and(|waiting| waiting.release.send(with).is_ok())
    }

    /// Releases all that a mapping holds, or all there are, with the mapping's own answer.
    pub(super) fn let_go(&self, of: Option<&str>) {
        let mut inner = self.0.lock();
        let goes = |waiting: &Waiting| of.is_none_or(|of| of == waiting.held.stub);
        let going: Vec<u64> = inner
            .waiting
            .iter()
            .filter_map(|(number, waiting)| goes(waiting).then_some(*number))
            .collect();
        for number in going {
            if let Some(waiting) = inner.waiting.remove(&number) {
                // Its client may be gone.
                let _ = waiting.release.send(None);
            }
        }
    }
}
