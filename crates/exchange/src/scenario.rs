//! What a user's scenario file says: who is there, and how they behave.

use serde::{Deserialize, Serialize};

use crate::{Exchange, Extension, Rule, Service};

/// Extensions, services and rules to begin with, besides those of a vendor's fresh instance.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// Rules of behaviour, first match wins.
    pub rules: Vec<Rule>,
    /// Extensions to add, or to replace by number.
    pub extensions: Vec<Extension>,
    /// Ring groups, queues and menus to add, or to replace by number.
    pub services: Vec<Service>,
}

impl Scenario {
    /// Puts extensions, services and rules into an exchange, before those it has.
    pub fn apply<T: Clone>(&self, exchange: &mut Exchange<T>) {
        for extension in &self.extensions {
            exchange.set_extension(extension.clone());
        }
        for service in &self.services {
            exchange.set_service(service.clone());
        }
        exchange.add_rules(self.rules.iter().cloned());
    }
}
