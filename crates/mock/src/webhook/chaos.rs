//! Chaos: what goes wrong between a vendor and its receivers, drawn from a seed of its own.
//!
//! No state of a world: it is set in the instance and not logged. What follows from it for the order of
//! deliveries is, as attempts are. What is drawn for a delivery follows from the seed and from which
//! delivery it is, so it does not matter when the dispatcher looks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use ringback_engine::Duration;
use ringback_exchange::{Distribution, Random};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Delivery, Hold};
use crate::{AccountId, received::spread, stable_hash};

/// What goes wrong, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Chaos {
    /// The seed of what is drawn; that of the instance unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The share of webhooks that are never sent.
    #[schemars(range(min = 0, max = 1))]
    pub drop: f64,
    /// The share that are sent twice, once they are answered.
    #[schemars(range(min = 0, max = 1))]
    pub duplicate: f64,
    /// By how many later ones of the same call each may be overtaken.
    #[schemars(range(max = 100))]
    pub reorder: u32,
    /// How much later they are sent, in simulated seconds.
    pub delay: Distribution,
    /// The share of signatures that do not match, where the vendor signs.
    #[schemars(range(min = 0, max = 1))]
    pub corrupt_signature: f64,
    /// The share that say to be plain text.
    #[schemars(range(min = 0, max = 1))]
    pub content_type: f64,
    /// In which order they are sent where nothing goes wrong.
    pub order: Order,
}

impl Default for Chaos {
    fn default() -> Self {
        Self {
            seed: None,
            drop: 0.0,
            duplicate: 0.0,
            reorder: 0,
            delay: Distribution::ZERO,
            corrupt_signature: 0.0,
            content_type: 0.0,
            order: Order::InOrder,
        }
    }
}

/// In which order the webhooks of a call are sent where nothing goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// In that of the events.
    #[default]
    InOrder,
    /// As the vendor's receivers see them: [`crate::Vendor::NATURAL_ORDER`].
    Natural,
}

/// In which order a vendor's receivers see the webhooks of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NaturalOrder {
    /// The share of webhooks that the next one overtakes.
    pub overtaken: f64,
    /// How close the two have to be, in milliseconds.
    pub within_ms: u32,
    /// What may be overtaken; everything if empty.
    pub events: &'static [&'static str],
}

impl NaturalOrder {
    /// That of the events.
    pub const IN_ORDER: Self = Self { overtaken: 0.0, within_ms: 0, events: &[] };
}

/// How long one that is to be overtaken waits for others, in simulated time.
const WINDOW: Duration = Duration::MINUTE;

/// The furthest that a webhook may be put back.
const FURTHEST: u32 = 100;

impl Chaos {
    /// Refuses what cannot be: shares below 0 or above 1, lengths that are none.
    ///
    /// ```
    /// use ringback_mock::webhook::Chaos;
    ///
    /// assert!(Chaos { drop: 0.1, ..Chaos::default() }.check().is_ok());
    /// assert_eq!(Chaos { drop: 2.0, ..Chaos::default() }.check().map_err(|(key, _)| key), Err("drop"));
    /// ```
    ///
    /// # Errors
    /// Which key is wrong, and how.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let shares = [
            ("drop", self.drop),
            ("duplicate", self.duplicate),
            ("corrupt_signature", self.corrupt_signature),
            ("content_type", self.content_type),
        ];
        if let Some((name, _)) = shares.into_iter().find(|(_, share)| !(0.0..=1.0).contains(share))
        {
            return Err((name, "has to be a share from 0 to 1".to_owned()));
        }
        if self.reorder > FURTHEST {
            return Err(("reorder", format!("has to be a number from 0 to {FURTHEST}")));
        }
        match self.delay.is_sound() {
            true => Ok(()),
            false => {
                Err(("delay", "has to be seconds from 0 to 86400, the lower first".to_owned()))
            }
        }
    }

    fn is_calm(&self) -> bool {
        Self { seed: None, ..self.clone() } == Self::default()
    }

    /// Draws what becomes of a delivery.
    pub(super) fn plan(&self, key: u64, delivery: &Delivery, natural: NaturalOrder) -> Plan {
        let draw = |what: &str| spread(stable_hash(key, what.as_bytes()));
        // The upper 53 bits: as many as a fraction has.
        let falls =
            |what: &str, share: f64| (draw(what) >> 11) as f64 / (1_u64 << 53) as f64 - share < 0.0;
        let late = self.delay.draw(&mut Random::new(draw("delay")));
        let back = draw("reorder") % (u64::from(self.reorder) + 1);
        let back = u32::try_from(back).unwrap_or(0);
        let may_be_overtaken =
            natural.events.is_empty() || natural.events.contains(&delivery.event.as_str());
        let is_overtaken =
            self.order == Order::Natural && may_be_overtaken && falls("order", natural.overtaken);
        let within = Duration::milliseconds(natural.within_ms.into());
        let hold = |after: Duration, overtaken_by| Hold {
            until: delivery.created_at.saturating_add(after),
            overtaken_by,
        };
        Plan {
            drop: falls("drop", self.drop),
            hold: if late > Duration::ZERO {
                Some(hold(late, None))
            } else if back > 0 {
                Some(hold(WINDOW, Some(back)))
            } else {
                is_overtaken.then(|| hold(within, Some(1)))
            },
            duplicate: falls("duplicate", self.duplicate),
            corrupt_signature: falls("corrupt_signature", self.corrupt_signature),
            content_type: falls("content_type", self.content_type),
        }
    }
}

/// What becomes of one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Plan {
    pub(super) drop: bool,
    pub(super) hold: Option<Hold>,
    pub(super) duplicate: bool,
    pub(super) corrupt_signature: bool,
    pub(super) content_type: bool,
}

/// The chaos of an instance: of all its accounts, and of single ones.
#[derive(Debug, Default)]
pub(crate) struct ChaosSettings {
    is_on: AtomicBool,
    set: Mutex<BTreeMap<Option<AccountId>, Arc<Chaos>>>,
}

impl ChaosSettings {
    /// Sets that of an account, or of all that have none of their own; `None` takes it away.
    pub(crate) fn set(&self, account: Option<AccountId>, chaos: Option<Chaos>) {
        let mut set = self.set.lock();
        match chaos {
            Some(chaos) => set.insert(account, Arc::new(chaos)),
            None => set.remove(&account),
        };
        self.is_on.store(!set.is_empty(), Ordering::Relaxed);
    }

    /// Forgets all of it.
    pub(crate) fn clear(&self) {
        self.set.lock().clear();
        self.is_on.store(false, Ordering::Relaxed);
    }

    /// Returns what holds for an account: its own, or else that of all.
    pub(crate) fn of(&self, account: Option<AccountId>) -> Option<Arc<Chaos>> {
        if !self.is_on.load(Ordering::Relaxed) {
            return None;
        }
        let set = self.set.lock();
        set.get(&account).or_else(|| set.get(&None)).cloned()
    }

    /// As [`ChaosSettings::of`], if anything goes wrong by it.
    pub(super) fn active(&self, account: AccountId) -> Option<Arc<Chaos>> {
        self.of(Some(account)).filter(|chaos| !chaos.is_calm())
    }
}

/// Changes one character of a signature, where it stands in a header or in the body.
pub(super) fn corrupt(delivery: &mut Delivery, signature: &str) -> bool {
    let Some(first) = signature.chars().next() else { return false };
    // Another letter or digit of the alphabet that it is written in.
    let other = if first == '0' { '1' } else { '0' };
    let rest = signature.get(first.len_utf8()..).unwrap_or_default();
    let wrong = format!("{other}{rest}");
    for (_, value) in &mut delivery.headers {
        if value.contains(signature) {
            *value = value.replacen(signature, &wrong, 1);
            return true;
        }
    }
    let is_there = delivery.body.contains(signature);
    if is_there {
        delivery.body = delivery.body.replacen(signature, &wrong, 1);
    }
    is_there
}

#[cfg(test)]
mod tests;
