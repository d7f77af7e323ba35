//! What a user's scenario file says: who is there, and how they behave.

use serde::{Deserialize, Serialize};

use time::OffsetDateTime;

use crate::{Exchange, Extension, RecordFaults, Rule, Service, TrafficSettings};

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
    /// What is wrong with the records of finished calls.
    pub record_faults: RecordFaults,
    /// The calls that come by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic: Option<TrafficSettings>,
}

impl Scenario {
    /// Puts extensions, services and rules into an exchange at a moment, before those it has.
    pub fn apply<T: Clone>(&self, exchange: &mut Exchange<T>, now: OffsetDateTime) {
        for extension in &self.extensions {
            exchange.set_extension(extension.clone());
        }
        for service in &self.services {
            exchange.set_service(service.clone());
        }
        exchange.add_rules(now, self.rules.iter().cloned());
        exchange.set_record_faults(now, self.record_faults.clone());
        if self.traffic.is_some() {
            exchange.set_traffic(now, self.traffic.clone());
        }
    }
}
