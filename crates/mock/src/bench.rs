//! The bench: what stands beside the machines of a process and watches them. Nothing here is state of
//! a world: it is not logged, not replayed, and gone with the process.

pub(crate) mod aside;
mod cursors;
mod feed;
mod item;
pub(crate) mod journal;
mod meter;
mod note;
mod recorder;
mod show;
mod told;
pub mod verify;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{Mutex, RwLock};
use ringback_engine::{Clock, OffsetDateTime};

use crate::{AccountId, inbox::Inboxes};

pub(crate) use cursors::Cursor;
pub use feed::{Feed, Limits, Page};
pub use item::{
    DeliveryNote, DeliveryStage, Draft, Item, Kind, Kinds, Note, Origin, Sent, Source, What,
};
pub use meter::Meter;
pub(crate) use meter::{Counted, LATENCIES};
pub use note::Refusal;
pub(crate) use note::STEPS;
pub(crate) use note::{Noting, RequestNote, admitted, executed, touched};
pub(crate) use recorder::{Batch, Happened, Recorder, Stamp};
pub(crate) use show::show;
pub use show::show_items;

/// What stands beside the machines of a process: one feed of everything that happens in them.
///
/// The instances of a process share one, as they share a clock; an instance that is given none makes
/// its own.
#[derive(Debug, Default)]
pub struct Bench {
    feed: Feed,
    /// The names of the instances, in the order in which they joined.
    names: RwLock<Vec<Arc<str>>>,
    /// The clocks whose changes are in the feed.
    clocks: Mutex<Vec<Clock>>,
    inboxes: Arc<Inboxes>,
    has_no_journal: bool,
    /// What streams of events say.
    told: told::Told,
    /// How many streams of events are open.
    subscribers: Arc<AtomicUsize>,
    cursors: cursors::Cursors,
    aside: aside::Mark,
}

/// An open stream of events; it is counted until it is dropped.
#[derive(Debug)]
#[must_use = "it is counted until this is dropped"]
pub struct Subscription(Arc<AtomicUsize>);

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Bench {
    /// Makes an empty one.
    ///
    /// ```
    /// use ringback_mock::bench::Bench;
    ///
    /// assert_eq!(Bench::new().feed().last(), 0);
    /// ```
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Makes one whose journal keeps so many requests; none keeps no journal.
    ///
    /// ```
    /// use ringback_mock::bench::Bench;
    ///
    /// assert!(!Bench::with_journal(0).keeps_journal());
    /// ```
    pub fn with_journal(entries: usize) -> Arc<Self> {
        let bench = Self { has_no_journal: entries == 0, ..Self::default() };
        bench.feed.limit(Kind::Request, Limits { entries, ..Limits::of(Kind::Request) });
        Arc::new(bench)
    }

    /// Returns whether requests are put into the journal.
    ///
    /// ```
    /// use ringback_mock::bench::Bench;
    ///
    /// assert!(Bench::new().keeps_journal());
    /// ```
    pub fn keeps_journal(&self) -> bool {
        !self.has_no_journal
    }

    /// The most streams of events that may be open.
    pub const SUBSCRIBERS: usize = 1_000;

    /// Counts one more stream of events; `None` if too many are open.
    ///
    /// ```
    /// use ringback_mock::bench::Bench;
    ///
    /// let bench = Bench::new();
    /// let subscription = bench.subscribe();
    /// assert!(subscription.is_some());
    /// assert_eq!(bench.subscribers(), 1);
    /// ```
    pub fn subscribe(&self) -> Option<Subscription> {
        let subscription = Subscription(Arc::clone(&self.subscribers));
        let before = self.subscribers.fetch_add(1, Ordering::Relaxed);
        (before < Self::SUBSCRIBERS).then_some(subscription)
    }

    /// Returns the latest messages of the streams of events.
    pub(crate) fn told(&self) -> &told::Told {
        &self.told
    }

    /// Returns how many streams of events are open.
    ///
    /// ```
    /// use ringback_mock::bench::Bench;
    ///
    /// let bench = Bench::new();
    /// drop(bench.subscribe());
    /// assert_eq!(bench.subscribers(), 0);
    /// ```
    pub fn subscribers(&self) -> usize {
        self.subscribers.load(Ordering::Relaxed)
    }

    /// Returns the feed of everything that happens.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_mock::bench::Kinds;
    ///
    /// mock.dial("101", "102")?;
    /// let page = mock.bench().feed().since(0, Kinds::ALL, 1);
    /// assert_eq!(page.items.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Returns the receivers of webhooks inside the process.
    pub(crate) fn inboxes(&self) -> &Arc<Inboxes> {
        &self.inboxes
    }

    /// Returns the name of an instance.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.bench().name(mock.origin()).as_deref(), Some("voip24h"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn name(&self, origin: Origin) -> Option<Arc<str>> {
        self.names.read().get(usize::from(origin.0)).cloned()
    }

    /// Returns how many instances share it.
    pub(crate) fn instances(&self) -> usize {
        self.names.read().len()
    }

    /// Removes everything that is kept of an instance, or of one of its accounts.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.dial("101", "102")?;
    /// mock.bench().clear(mock.origin(), None);
    /// let page = mock.bench().feed().since(0, ringback_mock::bench::Kinds::ALL, 10);
    /// assert!(page.items.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clear(&self, origin: Origin, account: Option<AccountId>) {
        self.inboxes.forget_of(origin, account);
        self.feed.clear(Kinds::ALL, |item| {
            item.source.origin == Some(origin)
                && (account.is_none() || item.source.account == account)
        });
    }

    /// Takes an instance in, and lets changes of its clock into the feed, once however many instances
    /// go by it. They are the instance's own where no other goes by that clock.
    pub(crate) fn join(
        self: &Arc<Self>,
        name: &str,
        clock: &Clock,
        is_shared: bool,
        endpoints: usize,
    ) -> Recorder {
        let origin = {
            let mut names = self.names.write();
            let origin = Origin(u16::try_from(names.len()).unwrap_or(u16::MAX));
            names.push(name.into());
            origin
        };
        let mut clocks = self.clocks.lock();
        if !clocks.iter().any(|known| known.is(clock)) {
            clocks.push(clock.clone());
            let (bench, origin) = (Arc::downgrade(self), (!is_shared).then_some(origin));
            clock.observe(move |state| {
                let Some(bench) = bench.upgrade() else { return false };
                let source = Source { origin, account: None, world: 0 };
                let what = What::Clock(state);
                bench.feed.push([Draft { at: state.now, source, command: None, what }]);
                true
            });
        }
        Recorder::new(Arc::clone(self), origin, clock.clone(), Meter::new(endpoints))
    }
}

/// Returns the computer's time.
#[expect(clippy::disallowed_methods, reason = "people compare it with the clocks of their clients")]
pub(crate) fn computer_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
