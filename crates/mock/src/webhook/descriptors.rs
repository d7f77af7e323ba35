//! How many of the process's descriptors webhooks may hold, so that the API always has some left.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Kept for everything that is there before the first connection: listeners, workers, logs.
const OWN: usize = 64;

/// Webhooks hold no fewer than these, however few there are.
const LEAST: usize = 16;

/// Held by all dispatchers of this process: descriptors are the process's, not an instance's.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// The right to one descriptor, from before a name is resolved until the connection is closed.
#[derive(Debug)]
pub(super) struct Descriptor(());

impl Descriptor {
    /// Takes the right to a descriptor, if webhooks do not hold their share yet.
    pub(super) fn take() -> Option<Self> {
        let more = |held: usize| (held < share()).then_some(held + 1);
        HELD.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then_some(Self(()))
    }

    /// Returns how many are left.
    pub(super) fn left() -> usize {
        share().saturating_sub(HELD.load(Ordering::Relaxed))
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns how many connections of clients there may be: what webhooks leave.
pub(crate) fn for_clients() -> usize {
    limit().saturating_sub(share() + OWN).max(LEAST)
}

/// The share of webhooks: half of what the process may open, which the other half may need as well.
fn share() -> usize {
    static SHARE: OnceLock<usize> = OnceLock::new();
    *SHARE.get_or_init(|| (limit() / 2).saturating_sub(OWN).max(LEAST))
}

#[cfg(unix)]
fn limit() -> usize {
    let soft = rlimit::Resource::NOFILE.get_soft().unwrap_or(256);
    usize::try_from(soft).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn limit() -> usize {
    // Sockets are no files there, and their number is bounded by memory.
    16_384
}

/// Returns whether an operation failed for want of a descriptor: later it may not.
pub(super) fn is_short(error: &io::Error) -> bool {
    // ENFILE, EMFILE and WSAEMFILE.
    matches!(error.raw_os_error(), Some(23 | 24 | 10_024))
}

/// Returns whether there is none at all. A resolver that could not open its files says only that a
/// name has no address.
pub(super) fn are_exhausted() -> bool {
    std::net::UdpSocket::bind("127.0.0.1:0").is_err_and(|error| is_short(&error))
}
