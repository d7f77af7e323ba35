//! What a user's scenario file says: who is there, and how they behave.

use serde::{Deserialize, Serialize};

use crate::{Exchange, Extension, Rule};

/// Extensions and rules to begin with, besides those of a vendor's fresh instance.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// Rules of behaviour, first match wins.
    pub rules: Vec<Rule>,
    /// Extensions to add, or to replace by number.
    pub extensions: Vec<Extension>,
}

impl Scenario {
    /// Puts extensions and rules into an exchange, before those it has.
    pub fn apply<T: Clone>(&self, exchange: &mut Exchange<T>) {
        for extension in &self.extensions {
            exchange.set_extension(extension.clone());
        }
        exchange.rules_mut().splice(0..0, self.rules.iter().cloned());
    }
}
