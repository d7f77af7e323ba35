//! What is counted of an instance: requests by operation and status, calls, webhooks. Counting takes no
//! lock and no memory.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use ringback_exchange::{EventKind, HangupCause};

use super::{DeliveryStage, What};

/// The upper ends of the latency histogram, in microseconds: what takes longer is in none of them.
pub(crate) const LATENCIES: [u32; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    10_000_000,
];

/// How many statuses of one operation are told apart; further ones are counted together.
const STATUSES: usize = 12;

/// What is counted of one operation.
#[derive(Debug, Default)]
struct Operation {
    /// The statuses seen so far, and how often each.
    statuses: [(AtomicU16, AtomicU64); STATUSES],
    others: AtomicU64,
    latencies: [AtomicU64; LATENCIES.len()],
    micros: AtomicU64,
}

/// What is counted of an instance, since it was made.
#[derive(Debug, Default)]
pub struct Meter {
    /// In the order of the vendor's endpoints, and one for what reaches none of them.
    operations: Box<[Operation]>,
    calls: AtomicU64,
    legs: AtomicU64,
    /// In the order of [`HangupCause::ALL`].
    ended: Box<[AtomicU64]>,
    attempts: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

/// What was counted of one operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    /// How often each status was answered; 0 stands for all that are not told apart.
    pub(crate) statuses: Vec<(u16, u64)>,
    /// How many answers took so long and no longer, in the order of [`LATENCIES`].
    pub(crate) latencies: [u64; LATENCIES.len()],
    pub(crate) seconds: f64,
}

impl Counted {
    pub(crate) fn count(&self) -> u64 {
        self.statuses.iter().map(|(_, count)| count).sum()
    }

    /// Adds what was counted of another endpoint of the same operation.
    pub(crate) fn add(&mut self, other: &Self) {
        for (status, count) in &other.statuses {
            match self.statuses.iter_mut().find(|(known, _)| known == status) {
                Some((_, sum)) => *sum += count,
                None => self.statuses.push((*status, *count)),
            }
        }
        self.latencies.iter_mut().zip(other.latencies).for_each(|(sum, count)| *sum += count);
        self.seconds += other.seconds;
    }
}

impl Meter {
    /// Makes one for so many endpoints.
    pub(crate) fn new(endpoints: usize) -> Self {
        Self {
            operations: (0..=endpoints).map(|_| Operation::default()).collect(),
            ended: HangupCause::ALL.iter().map(|_| AtomicU64::new(0)).collect(),
            ..Self::default()
        }
    }

    /// Counts an answer of the endpoint at a place, or of none.
    pub(crate) fn answered(&self, place: Option<usize>, status: u16, took: Duration) {
        let place = place.unwrap_or(usize::MAX).min(self.operations.len().saturating_sub(1));
        if let Some(operation) = self.operations.get(place) {
            operation.add(status, took);
        }
    }

    /// Counts what is about to enter the feed.
    pub(super) fn count(&self, what: &What) {
        match what {
            What::Event(event) => match event.kind {
                EventKind::CallCreated => add(&self.calls),
                EventKind::LegCreated { .. } => add(&self.legs),
                EventKind::CallEnded { cause } => {
                    // The causes are numbered in their order.
                    if let Some(count) = self.ended.get(cause as usize) {
                        add(count);
                    }
                }
                EventKind::LegRinging { .. }
                | EventKind::LegAnswered { .. }
                | EventKind::LegHeld { .. }
                | EventKind::LegResumed { .. }
                | EventKind::LegParked { .. }
                | EventKind::LegTransferred { .. }
                | EventKind::LegReturned { .. }
                | EventKind::SupervisionChanged { .. }
                | EventKind::DigitsPressed { .. }
                | EventKind::RecordingStarted
                | EventKind::RecordingStopped
                | EventKind::LegEnded { .. }
                | EventKind::RecordChanged => {}
            },
            What::Delivery(note) => {
                if note.attempt.is_some() {
                    add(&self.attempts);
                }
                match note.stage {
                    DeliveryStage::Delivered => add(&self.delivered),
                    DeliveryStage::Failed => add(&self.failed),
                    DeliveryStage::Dropped => add(&self.dropped),
                    DeliveryStage::Pending | DeliveryStage::Attempt => {}
                }
            }
            What::Request(_) | What::Message(_) | What::Clock(_) | What::World(_) => {}
        }
    }

    /// Returns what was counted of each endpoint, and of what reaches none.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Counted> + '_ {
        self.operations.iter().map(Operation::counted)
    }

    /// Returns how many calls and how many legs there were.
    pub(crate) fn begun(&self) -> (u64, u64) {
        (self.calls.load(Ordering::Relaxed), self.legs.load(Ordering::Relaxed))
    }

    /// Returns how many calls ended for each cause that there was.
    pub(crate) fn ended(&self) -> impl Iterator<Item = (HangupCause, u64)> + '_ {
        let counts = self.ended.iter().map(|count| count.load(Ordering::Relaxed));
        HangupCause::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0)
    }

    /// Returns how many attempts to deliver there were, and how many deliveries came to each end.
    pub(crate) fn deliveries(&self) -> (u64, [(&'static str, u64); 3]) {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let ends = [
            ("delivered", count(&self.delivered)),
            ("failed", count(&self.failed)),
            ("dropped", count(&self.dropped)),
        ];
        (count(&self.attempts), ends)
    }
}

impl Operation {
    fn add(&self, status: u16, took: Duration) {
        add(self.place(status));
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        let bucket = LATENCIES.partition_point(|end| u64::from(*end) < micros);
        if let Some(bucket) = self.latencies.get(bucket) {
            add(bucket);
        }
    }

    /// Returns where a status is counted.
    fn place(&self, status: u16) -> &AtomicU64 {
        for (known, count) in &self.statuses {
            let seen = known.load(Ordering::Relaxed);
            if seen == status {
                return count;
            }
            // Another thread may have taken the place meanwhile, for this status or another one.
            if seen == 0 {
                let taken = known.compare_exchange(0, status, Ordering::Relaxed, Ordering::Relaxed);
                if taken.is_ok() || taken == Err(status) {
                    return count;
                }
            }
        }
        &self.others
    }

    fn counted(&self) -> Counted {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let known = self
            .statuses
            .iter()
            .map(|(status, count)| (status.load(Ordering::Relaxed), read(count)));
        let statuses = known.chain([(0, read(&self.others))]).filter(|(_, count)| *count > 0);
        let mut counted = Counted {
            statuses: statuses.collect(),
            seconds: Duration::from_micros(read(&self.micros)).as_secs_f64(),
            ..Counted::default()
        };
        let latencies = counted.latencies.iter_mut().zip(&self.latencies);
        latencies.for_each(|(to, from)| *to = read(from));
        counted
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_endpoint_status_and_time() {
        let meter = Meter::new(2);
        let millis = Duration::from_millis;
        for (place, status, took) in [
            (Some(0), 200, millis(1)),
            (Some(0), 404, millis(2)),
            (Some(0), 200, Duration::from_secs(60)),
            (None, 404, millis(0)),
            (Some(99), 404, millis(0)),
        ] {
            meter.answered(place, status, took);
        }
        let counted: Vec<Counted> = meter.operations().collect();
        assert_eq!(counted[0].statuses, [(200, 2), (404, 1)]);
        assert_eq!(counted[0].latencies.iter().sum::<u64>(), 2, "a minute is in no bucket");
        assert_eq!(counted[0].latencies[4..6], [1, 1]);
        assert!((counted[0].seconds - 60.003).abs() < 1e-9);
        assert_eq!((counted[1].count(), counted[2].statuses.as_slice()), (0, &[(404, 2)][..]));
    }

    #[test]
    fn statuses_without_a_place_of_their_own_are_counted_together() {
        let meter = Meter::new(0);
        for status in 200..230 {
            meter.answered(None, status, Duration::ZERO);
            meter.answered(None, status, Duration::ZERO);
        }
        let counted = meter.operations().next().unwrap();
        assert_eq!(counted.statuses.len(), STATUSES + 1);
        assert_eq!(counted.count(), 60);
        let others = (30 - u64::try_from(STATUSES).unwrap()) * 2;
        assert_eq!(counted.statuses.last(), Some(&(0, others)));
    }
}
