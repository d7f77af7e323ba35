//! Hiring, changing and dismissing employees.

use super::{ContactNumber, Employee, Tables, take};

/// The first identifier of an employee.
const FIRST: u64 = 400_000_101;

/// What a request says about an employee. What is absent keeps its value.
#[derive(Debug, Default)]
pub(crate) struct EmployeeFields {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) position: Option<String>,
    pub(crate) mobile: Option<String>,
    pub(crate) login: Option<String>,
    pub(crate) access_role_id: Option<u64>,
    pub(crate) use_status: Option<bool>,
    pub(crate) use_cc_numbers: Option<bool>,
    pub(crate) extension: Option<String>,
    pub(crate) line_id: Option<u64>,
    pub(crate) trunk_number_id: Option<u64>,
    pub(crate) dial_alg: Option<u8>,
    pub(crate) numbers: Option<Vec<ContactNumber>>,
}

/// Overwrites a value if there is a new one.
pub(super) fn set<T>(value: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *value = new;
    }
}

/// Overwrites a value that may be absent, if there is a new one.
pub(super) fn set_some<T>(value: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *value = new;
    }
}

impl EmployeeFields {
    fn apply(self, employee: &mut Employee) {
        set(&mut employee.name, self.name);
        set_some(&mut employee.email, self.email);
        set_some(&mut employee.department, self.department);
        set_some(&mut employee.position, self.position);
        set_some(&mut employee.mobile, self.mobile);
        set_some(&mut employee.login, self.login);
        set(&mut employee.access_role_id, self.access_role_id);
        set(&mut employee.use_status, self.use_status);
        set(&mut employee.use_cc_numbers, self.use_cc_numbers);
        set(&mut employee.extension, self.extension);
        set_some(&mut employee.line_id, self.line_id);
        set_some(&mut employee.trunk_number_id, self.trunk_number_id);
        set(&mut employee.dial_alg, self.dial_alg);
        set(&mut employee.numbers, self.numbers);
    }
}

impl Tables {
    /// The most employees.
    pub(crate) const EMPLOYEES: usize = 1_000;

    /// Adds an employee and returns the identifier.
    pub(crate) fn hire(&mut self, fields: EmployeeFields) -> u64 {
        let taken = self.employees.iter().map(|employee| employee.user_id);
        let user_id = take(&mut self.next.user, FIRST, taken);
        let mut employee = Employee {
            user_id,
            name: String::new(),
            email: None,
            department: None,
            position: None,
            mobile: None,
            login: None,
            access_role_id: 0,
            use_status: false,
            use_cc_numbers: false,
            extension: String::new(),
            line_id: None,
            trunk_number_id: None,
            dial_alg: 0,
            numbers: Vec::new(),
        };
        fields.apply(&mut employee);
        self.employees.push(employee);
        user_id
    }

    /// Changes an employee.
    pub(crate) fn change_employee(&mut self, user_id: u64, fields: EmployeeFields) {
        let found = self.employees.iter_mut().find(|employee| employee.user_id == user_id);
        if let Some(employee) = found {
            fields.apply(employee);
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
