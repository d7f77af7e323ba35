//! SIP accounts of employees. An account is one of its employee's numbers, too.

use serde::{Deserialize, Serialize};

use super::{ContactNumber, Protocol, Tables, take};

/// The first identifier of an account.
const FIRST: u64 = 440_000_001;

/// How long a new account rings, in seconds.
const WAIT: u32 = 30;

/// A SIP account. Its password is not kept: nothing here registers with one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sip {
    pub(crate) id: u64,
    pub(crate) user_id: u64,
    pub(crate) login: String,
    pub(crate) domain: String,
    #[serde(default)]
    pub(crate) description: String,
}

impl Sip {
    /// Returns the account as a number of its employee.
    fn number(&self) -> String {
        format!("sip:{}@{}", self.login, self.domain)
    }
}

impl Tables {
    /// The most accounts of all employees.
    pub(crate) const SIPS: usize = 5_000;

    /// Returns an account.
    pub(crate) fn sip(&self, id: u64) -> Option<&Sip> {
        self.sips.iter().find(|sip| sip.id == id)
    }

    /// Returns an employee's accounts.
    pub(crate) fn sips_of(&self, user_id: u64) -> impl Iterator<Item = &Sip> + Clone {
        self.sips.iter().filter(move |sip| sip.user_id == user_id)
    }

    /// Returns the account of a login.
    pub(crate) fn sip_named(&self, login: &str, domain: &str) -> Option<&Sip> {
        self.sips.iter().find(|sip| sip.login == login && sip.domain == domain)
    }

    /// Adds an account and returns its identifier.
    pub(crate) fn add_sip(&mut self, mut sip: Sip) -> u64 {
        let taken = self.sips.iter().map(|sip| sip.id);
        sip.id = take(&mut self.next.sip, FIRST, taken);
        let id = sip.id;
        self.list_number(&sip);
        self.sips.push(sip);
        id
    }

    /// Replaces the account of the same identifier.
    pub(crate) fn replace_sip(&mut self, sip: Sip) {
        let Some(old) = self.sips.iter_mut().find(|old| old.id == sip.id) else { return };
        let old = std::mem::replace(old, sip.clone());
        let (from, to) = (old.number(), sip.number());
        if old.user_id == sip.user_id {
            for number in self.numbers_of(old.user_id) {
                if number.number == from {
                    number.number.clone_from(&to);
                }
            }
        } else {
            self.unlist_number(&old);
            self.list_number(&sip);
        }
    }

    /// Removes an account, and returns whether there was one.
    pub(crate) fn remove_sip(&mut self, id: u64) -> bool {
        let Some(sip) = self.sip(id).cloned() else { return false };
        self.sips.retain(|sip| sip.id != id);
        self.unlist_number(&sip);
        true
    }

    fn numbers_of(&mut self, user_id: u64) -> impl Iterator<Item = &mut ContactNumber> {
        let employees = self.employees.iter_mut();
        employees.filter(move |employee| employee.user_id == user_id).flat_map(|e| &mut e.numbers)
    }

    fn list_number(&mut self, sip: &Sip) {
        let number = sip.number();
        let employees = self.employees.iter_mut();
        for employee in employees.filter(|employee| employee.user_id == sip.user_id) {
            if employee.numbers.iter().all(|listed| listed.number != number) {
                employee.numbers.push(ContactNumber {
                    number: number.clone(),
                    protocol: Protocol::Sip,
                    wait_sec: WAIT,
                    on: true,
                    schedule: Vec::new(),
                });
            }
        }
    }

    fn unlist_number(&mut self, sip: &Sip) {
        let number = sip.number();
        let employees = self.employees.iter_mut();
        for employee in employees.filter(|employee| employee.user_id == sip.user_id) {
            employee.numbers.retain(|listed| listed.number != number);
        }
    }
}
