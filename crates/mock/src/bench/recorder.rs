//! How what happens in the machine of an instance gets into the feed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ringback_engine::{Clock, ClockState, OffsetDateTime};
use ringback_exchange::{Change, Event};

use super::{Bench, DeliveryNote, Draft, Meter, Origin, Source, What};
use crate::AccountId;

/// Puts what happens in the machine of one instance into the feed.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    bench: Arc<Bench>,
    origin: Origin,
    clock: Clock,
    meter: Arc<Meter>,
    /// Whether an account has or had a time of its own.
    has_faces: Arc<AtomicBool>,
}

/// What happened in a world, and when by its own clock.
#[derive(Debug)]
pub(crate) enum Happened {
    Event(Event),
    Clock(ClockState),
    Delivery(OffsetDateTime, Arc<DeliveryNote>),
    World(OffsetDateTime, Change),
}

impl Happened {
    fn at(&self) -> OffsetDateTime {
        match self {
            Self::Event(event) => event.at,
            Self::Clock(state) => state.now,
            Self::Delivery(at, _) | Self::World(at, _) => *at,
        }
    }
}

/// Tells the world that an account has now from those it had before: a copy, or what comes out of a
/// snapshot, is another world.
#[derive(Debug)]
pub(crate) struct Stamp(u64);

impl Default for Stamp {
    fn default() -> Self {
        static STAMPS: AtomicU64 = AtomicU64::new(1);
        Self(STAMPS.fetch_add(1, Ordering::Relaxed))
    }
}

impl Stamp {
    pub(crate) fn number(&self) -> u64 {
        self.0
    }
}

/// What happened since the feed was last told, with the account and the stamp of its world.
pub(crate) type Batch = Vec<(AccountId, u64, Happened)>;

impl Recorder {
    pub(super) fn new(bench: Arc<Bench>, origin: Origin, clock: Clock, meter: Meter) -> Self {
        Self { bench, origin, clock, meter: Arc::new(meter), has_faces: Arc::default() }
    }

    /// Returns what is counted of the instance.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Notes that an account has a time of its own.
    pub(crate) fn note_face(&self) {
        self.has_faces.store(true, Ordering::Relaxed);
    }

    /// Returns whether an account has or had a time of its own.
    pub(crate) fn has_faces(&self) -> bool {
        self.has_faces.load(Ordering::Relaxed)
    }

    /// Returns what the clock of the instance shows.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(crate) fn bench(&self) -> &Arc<Bench> {
        &self.bench
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Puts a batch into the feed; `command` caused it.
    pub(crate) fn publish(&self, command: Option<u64>, batch: &mut Batch) {
        if batch.is_empty() {
            return;
        }
        let origin = Some(self.origin);
        self.bench.feed.push(batch.drain(..).map(|(account, world, happened)| {
            let at = happened.at();
            let source = Source { origin, account: Some(account), world };
            let what = match happened {
                Happened::Event(event) => What::Event(event),
                Happened::Clock(state) => What::Clock(state),
                Happened::Delivery(_, note) => What::Delivery(note),
                Happened::World(_, change) => What::World(change),
            };
            self.meter.count(&what);
            Draft { at, source, command, what }
        }));
    }
}
