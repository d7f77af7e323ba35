//! The state behind the API: deterministic, without HTTP and without a clock.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Exchange, Extension, History, Profile};
use ringback_mock::Genesis;
use serde::{Deserialize, Serialize};

use crate::NewVendor;

/// What a fresh instance contains.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fresh {
    /// The phones of the exchange.
    pub extensions: Vec<Extension>,
}

/// What a user may set for this vendor.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}

/// The world of this vendor: an exchange.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pbx {
    pub(crate) exchange: Exchange<()>,
}

impl Pbx {
    pub(crate) fn new(genesis: &Genesis<'_, NewVendor>, at: OffsetDateTime) -> Self {
        let mut exchange = Exchange::new(genesis.seed, Profile::default());
        genesis.fresh.extensions.iter().cloned().for_each(|phone| exchange.set_extension(phone));
        genesis.scenario.apply(&mut exchange, at);
        Self { exchange }
    }

    /// Returns the finished calls.
    pub fn history(&self) -> &History<()> {
        self.exchange.history()
    }
}
