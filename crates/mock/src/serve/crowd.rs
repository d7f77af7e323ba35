//! All connections of the process: where there are more than descriptors allow, those that have kept
//! it waiting longest make way for new ones.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Instant;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use crate::webhook::descriptors;

/// Those of the process: descriptors are the process's, not a server's.
static CROWD: LazyLock<Crowd> = LazyLock::new(|| Crowd::new(room() - room() / 4));

/// Returns how many connections may be open at all. Beyond that none is accepted.
pub(super) fn room() -> usize {
    descriptors::for_clients()
}

/// Returns how many connections are open.
pub(crate) fn connections() -> usize {
    CROWD.taken.lock().all.len()
}

/// What a seat says that waits for nobody.
const BUSY: u64 = 0;

struct Crowd {
    begun: Instant,
    /// How many may be open before one has to make way.
    seats: usize,
    /// How many are open and need not go, to be seen without the lock.
    staying: AtomicUsize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    all: BTreeMap<u64, Arc<Place>>,
}

/// What others may know of a connection.
#[derive(Debug, Default)]
struct Place {
    /// Since when it waits for its client, in microseconds; [`BUSY`] if the client waits for it.
    waits_since: AtomicU64,
    has_to_go: AtomicBool,
    waker: AtomicWaker,
}

/// The place of one connection among all of them.
pub(super) struct Seat {
    crowd: &'static Crowd,
    number: u64,
    place: Arc<Place>,
}

impl Crowd {
    fn new(seats: usize) -> Self {
        let staying = AtomicUsize::new(0);
        Self { begun: Instant::now(), seats, staying, taken: Mutex::default() }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    fn take(&'static self) -> Seat {
        let place = Arc::new(Place::default());
        place.waits_since.store(self.now(), Ordering::Relaxed);
        let mut taken = self.taken.lock();
        taken.next += 1;
        let number = taken.next;
        taken.all.insert(number, Arc::clone(&place));
        let staying = self.staying.fetch_add(1, Ordering::Relaxed) + 1;
        if staying > self.seats {
            self.make_room(&taken, number);
        }
        Seat { crowd: self, number, place }
    }

    /// Makes room where there were too many and none could go. Where no connection is accepted any more
    /// nobody else does: those there are would wait for each other.
    fn catch_up(&self) {
        if self.staying.load(Ordering::Relaxed) > self.seats {
            let taken = self.taken.lock();
            self.make_room(&taken, taken.next);
        }
    }

    /// Sends those away that wait longest, several at once: looking for them costs more than opening
    /// a connection does.
    fn make_room(&self, taken: &Taken, newest: u64) {
        let staying = self.staying.load(Ordering::Relaxed);
        if staying <= self.seats {
            return;
        }
        let waiting = taken.all.iter().filter(|(number, place)| {
            **number != newest && !place.has_to_go.load(Ordering::Relaxed)
        });
        let waiting = waiting
            .map(|(_, place)| (place.waits_since.load(Ordering::Relaxed), place))
            .filter(|(since, _)| *since != BUSY);
        let mut waiting: Vec<(u64, &Arc<Place>)> = waiting.collect();
        waiting.sort_unstable_by_key(|(since, _)| *since);
        for (_, place) in waiting.into_iter().take(staying - self.seats + self.seats / 32) {
            if !place.has_to_go.swap(true, Ordering::Relaxed) {
                self.staying.fetch_sub(1, Ordering::Relaxed);
            }
            place.waker.wake();
        }
    }
}

impl Seat {
    /// Takes a seat for a new connection; another may have to make way.
    pub(super) fn take() -> Self {
        CROWD.take()
    }

    /// Notes that a request has come, which the client wants answered.
    pub(super) fn is_asked(&self) {
        self.place.waits_since.store(BUSY, Ordering::Relaxed);
    }

    /// Notes that it waits for its client, to ask again or to take an answer. A client that takes
    /// little at a time keeps it waiting from the beginning.
    pub(super) fn waits(&self) {
        let began = self.place.waits_since.compare_exchange(
            BUSY,
            self.crowd.now(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        if began.is_ok() {
            self.crowd.catch_up();
        }
    }

    /// Notes that the client has taken all there is.
    pub(super) fn is_answered(&self) {
        self.place.waits_since.store(self.crowd.now(), Ordering::Relaxed);
        self.crowd.catch_up();
    }

    /// Notes that the client has sent something: a connection that is alive need not make way.
    pub(super) fn stays(&self) {
        if self.place.has_to_go.load(Ordering::Relaxed)
            && self.place.has_to_go.swap(false, Ordering::Relaxed)
        {
            self.crowd.staying.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Fails once the connection has to make way, and wakes the task then. To be asked when there is
    /// nothing to read, or no room to write.
    pub(super) fn check(&self, context: &Context<'_>) -> io::Result<()> {
        self.place.waker.register(context.waker());
        let has_to_go = self.place.has_to_go.load(Ordering::Relaxed);
        // A request may have come since it was chosen.
        match has_to_go && self.place.waits_since.load(Ordering::Relaxed) != BUSY {
            true => Err(io::ErrorKind::ConnectionAborted.into()),
            false => Ok(()),
        }
    }

    /// Returns when the connection has to make way.
    pub(super) async fn has_to_go(&self) {
        std::future::poll_fn(|context| match self.check(context) {
            Ok(()) => Poll::Pending,
            Err(_) => Poll::Ready(()),
        })
        .await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.crowd.taken.lock().all.remove(&self.number);
        // Out of the list nobody marks it any more.
        if !self.place.has_to_go.load(Ordering::Relaxed) {
            self.crowd.staying.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(seats: usize) -> &'static Crowd {
        Box::leak(Box::new(Crowd::new(seats)))
    }

    fn are_gone(seats: &[Seat]) -> Vec<bool> {
        seats.iter().map(|seat| seat.place.has_to_go.load(Ordering::Relaxed)).collect()
    }

    fn at(seat: &Seat, since: u64) {
        seat.place.waits_since.store(since, Ordering::Relaxed);
    }

    #[test]
    fn whoever_waits_longest_makes_way_and_nobody_who_is_being_served() {
        let crowd = crowd(3);
        let mut seats: Vec<Seat> = (0..3).map(|_| crowd.take()).collect();
        at(&seats[0], BUSY);
        at(&seats[1], 20);
        at(&seats[2], 10);
        seats.push(crowd.take());
        assert_eq!(are_gone(&seats), [false, false, true, false]);
        at(&seats[3], 30);
        // It has not left yet; one more is one too many all the same.
        seats.push(crowd.take());
        assert_eq!(are_gone(&seats), [false, true, true, false, false]);
        seats.retain(|seat| !seat.place.has_to_go.load(Ordering::Relaxed));
        seats.iter().for_each(Seat::is_asked);
        seats.push(crowd.take());
        assert_eq!(are_gone(&seats), [false; 4]);
        // Nobody comes any more where there is no room: the first that has been served makes some.
        seats[2].waits();
        assert_eq!(are_gone(&seats), [false, false, true, false]);
        seats[1].is_answered();
        assert_eq!(are_gone(&seats), [false, false, true, false]);
        seats[2].stays();
        drop(seats.remove(0));
        assert_eq!(crowd.staying.load(Ordering::Relaxed), 3);
        drop(seats);
        assert_eq!(crowd.staying.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_client_that_takes_little_at_a_time_waits_from_the_beginning() {
        let seat = crowd(1).take();
        let since = || seat.place.waits_since.load(Ordering::Relaxed);
        seat.is_asked();
        assert_eq!(since(), BUSY);
        seat.waits();
        assert_ne!(since(), BUSY);
        at(&seat, u64::MAX);
        seat.waits();
        assert_eq!(since(), u64::MAX);
        seat.is_answered();
        assert_ne!(since(), u64::MAX);
    }
}
