//! The exchange follows the tables: phones of employees, queues of groups, menus of lines.

use std::collections::BTreeSet;

use ringback_exchange::{
    Distribution, Extension, Group as Members, Menu, Number, Queue, RingStrategy, Service,
    ServiceKind,
};

use super::{
    Pbx,
    tables::{Group, Routing},
};

/// How long an operator of a group is rung, and how long a caller waits for one, in seconds.
const OPERATOR_RINGS: f64 = 30.0;
const CALLER_WAITS: f64 = 60.0;

impl Pbx {
    /// Makes the exchange follow the tables. To be called after every change of employees, groups,
    /// lines or schemes.
    pub(crate) fn sync_exchange(&mut self) {
        let mut synced = BTreeSet::new();
        for employee in &self.tables.employees {
            let number = Number::from(&employee.extension);
            let phone = self.exchange.extension(number.as_str()).cloned();
            let mut phone = phone.unwrap_or_else(|| Extension::new(number.clone()));
            // Only a change counts: a control may have logged the phone in or out by hand since.
            match (employee.main_number(), self.switched_off.get(&number).copied()) {
                (None, None) => {
                    self.switched_off.insert(number.clone(), phone.registered);
                    phone.registered = false;
                }
                (Some(_), Some(before)) => {
                    self.switched_off.remove(&number);
                    phone.registered |= before;
                }
                (None, Some(_)) | (Some(_), None) => {}
            }
            self.exchange.set_extension(phone);
            synced.insert(number);
        }
        self.switched_off.retain(|number, _| synced.contains(number));
        // A group without an extension cannot be called.
        let groups = self.tables.groups.iter().filter(|group| !group.extension.is_empty());
        let groups = groups.map(|group| self.queue(group));
        let lines = self.tables.lines.iter().filter_map(|line| {
            let schema = self.tables.schema(line.schema_id)?;
            Some(Service { number: Number::from(&line.number), kind: menu(&schema.routing)? })
        });
        let services: Vec<Service> = groups.chain(lines).collect();
        for service in services {
            synced.insert(service.number.clone());
            self.exchange.set_service(service);
        }
        // Only what was wired before: a scenario may have added phones of its own.
        for gone in self.synced.difference(&synced) {
            self.exchange.remove_extension(gone.as_str());
            self.exchange.remove_service(gone.as_str());
        }
        self.synced = synced;
    }

    fn queue(&self, group: &Group) -> Service {
        let mut operators: Vec<_> = group.operators.iter().collect();
        operators.sort_by_key(|operator| operator.order);
        let members = operators.into_iter().filter_map(|operator| {
            self.tables.user(operator.id).map(|user| Number::from(&user.extension))
        });
        let strategy = match group.dial_alg_group {
            // Serial, random and by idleness ring one operator at a time.
            0 | 3 | 5 => RingStrategy::InTurn,
            _ => RingStrategy::AtOnce,
        };
        let ring = Distribution::Fixed(OPERATOR_RINGS);
        let group_of = Members { strategy, ring, ..Members::of(members) };
        let queue = Queue { wait: Distribution::Fixed(CALLER_WAITS), ..Queue::of(group_of) };
        Service { number: Number::from(&group.extension), kind: ServiceKind::Queue(queue) }
    }
}

fn menu(routing: &Routing) -> Option<ServiceKind> {
    match routing {
        Routing::Ivr { greeting_seconds, keys, otherwise } => {
            let key = |(key, to): (&String, &String)| (key.clone(), Number::from(to));
            Some(ServiceKind::Menu(Menu {
                greeting: Distribution::Fixed((*greeting_seconds).into()),
                keys: keys.iter().map(key).collect(),
                otherwise: otherwise.as_ref().map(Number::from),
            }))
        }
        Routing::Refuse(_) => None,
    }
}
