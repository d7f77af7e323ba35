//! Hiring, changing and dismissing employees.

use super::{Employee, Tables, take};

/// The first identifier of an employee.
const FIRST: u64 = 400_000_101;

impl Tables {
    /// The most employees.
    pub(crate) const EMPLOYEES: usize = 1_000;

    /// Adds an employee, whose identifier is filled in, and returns that.
    pub(crate) fn hire(&mut self, mut employee: Employee) -> u64 {
        let taken = self.employees.iter().map(|employee| employee.user_id);
        let user_id = take(&mut self.next.user, FIRST, taken);
        employee.user_id = user_id;
        self.employees.push(employee);
        user_id
    }

    /// Replaces the employee of the same identifier.
    pub(crate) fn replace_employee(&mut self, employee: Employee) {
        let mut employees = self.employees.iter_mut();
        if let Some(old) = employees.find(|old| old.user_id == employee.user_id) {
            *old = employee;
        }
    }

    /// Removes an employee from everywhere, and returns whether there was one.
    pub(crate) fn dismiss(&mut self, user_id: u64) -> bool {
        let before = self.employees.len();
        self.employees.retain(|employee| employee.user_id != user_id);
        if self.employees.len() == before {
            return false;
        }
        for group in &mut self.groups {
            group.operators.retain(|operator| operator.id != user_id);
        }
        self.sips.retain(|sip| sip.user_id != user_id);
        self.book.forget_user(user_id);
        true
    }
}
