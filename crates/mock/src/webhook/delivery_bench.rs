//! What stands beside the outboxes of an instance: chaos, what went over the wire, inboxes.

use std::sync::Arc;

use super::{Chaos, chaos::ChaosSettings, sent::SentLog};
use crate::{
    AccountId,
    bench::{self, Recorder},
    inbox::Inboxes,
    stable_hash,
};

/// What stands beside the outboxes of an instance: no state of a world, and gone with the process.
#[derive(Debug)]
pub struct DeliveryBench {
    /// What the instance is called.
    pub(super) name: String,
    pub(crate) chaos: ChaosSettings,
    pub(crate) sent: SentLog,
    pub(crate) inboxes: Arc<Inboxes>,
    /// The seed of what chaos draws, where it has none of its own.
    seed: u64,
    /// Which instance it is.
    pub(super) origin: bench::Origin,
}

impl DeliveryBench {
    pub(crate) fn new(name: &str, seed: u64, recorder: &Recorder) -> Self {
        let (inboxes, origin) = (Arc::clone(recorder.bench().inboxes()), recorder.origin());
        let (chaos, sent) = (ChaosSettings::default(), SentLog::default());
        // Apart from what the worlds draw.
        let seed = stable_hash(seed, b"chaos");
        Self { name: name.to_owned(), chaos, sent, inboxes, seed, origin }
    }

    /// Returns the chaos of an account, or of all accounts that have none of their own.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_mock::webhook::Chaos;
    ///
    /// let drops = Chaos { drop: 0.1, ..Chaos::default() };
    /// mock.demo().set_chaos(Some(drops.clone()))?;
    /// assert_eq!(mock.delivery_bench().chaos(Some(mock.demo().id())), drops);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn chaos(&self, account: Option<AccountId>) -> Chaos {
        self.chaos.of(account).map_or_else(Chaos::default, |chaos| chaos.as_ref().clone())
    }

    pub(super) fn seed_of(&self, chaos: &Chaos) -> u64 {
        chaos.seed.unwrap_or(self.seed)
    }

    /// Forgets chaos and what went over the wire.
    pub(crate) fn clear(&self) {
        self.chaos.clear();
        self.sent.clear();
    }
}
