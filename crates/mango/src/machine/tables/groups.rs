//! Making, changing and dissolving groups of operators.

use super::staff::{set, set_some};
use super::{Group, Operator, Tables, take};

/// The first identifier of a group.
const FIRST: u64 = 410_000_201;

/// What a request says about a group. What is absent keeps its value.
#[derive(Debug, Default)]
pub(crate) struct GroupFields {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) extension: Option<String>,
    pub(crate) dial_alg_group: Option<u8>,
    pub(crate) dial_alg_users: Option<u8>,
    pub(crate) auto_redirect: Option<u8>,
    pub(crate) auto_dial: Option<u8>,
    pub(crate) line_id: Option<u64>,
    pub(crate) use_dynamic_ivr: Option<u8>,
    pub(crate) use_dynamic_seq_num: Option<u8>,
    pub(crate) melody_id: Option<u64>,
    pub(crate) operators: Option<Vec<Operator>>,
}

impl GroupFields {
    fn apply(self, group: &mut Group) {
        set(&mut group.name, self.name);
        set(&mut group.description, self.description);
        set(&mut group.extension, self.extension);
        set(&mut group.dial_alg_group, self.dial_alg_group);
        set(&mut group.dial_alg_users, self.dial_alg_users);
        set(&mut group.auto_redirect, self.auto_redirect);
        set(&mut group.auto_dial, self.auto_dial);
        set_some(&mut group.line_id, self.line_id);
        set(&mut group.use_dynamic_ivr, self.use_dynamic_ivr);
        set(&mut group.use_dynamic_seq_num, self.use_dynamic_seq_num);
        set_some(&mut group.melody_id, self.melody_id);
        set(&mut group.operators, self.operators);
    }
}

impl Tables {
    /// The most groups.
    pub(crate) const GROUPS: usize = 1_000;

    /// Returns a group by its identifier.
    pub(crate) fn group_by_id(&self, id: u64) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// Adds a group and returns the identifier.
    pub(crate) fn form_group(&mut self, fields: GroupFields) -> u64 {
        let taken = self.groups.iter().map(|group| group.id);
        let id = take(&mut self.next.group, FIRST, taken);
        let mut group = Group {
            id,
            name: String::new(),
            description: String::new(),
            extension: String::new(),
            dial_alg_group: 0,
            dial_alg_users: 1,
            auto_redirect: 0,
            auto_dial: 0,
            line_id: None,
            use_dynamic_ivr: 0,
            use_dynamic_seq_num: 0,
            melody_id: None,
            operators: Vec::new(),
        };
        fields.apply(&mut group);
        self.groups.push(group);
        id
    }

    /// Changes a group.
    pub(crate) fn change_group(&mut self, id: u64, fields: GroupFields) {
        if let Some(group) = self.groups.iter_mut().find(|group| group.id == id) {
            fields.apply(group);
        }
    }

    /// Removes a group, and returns whether there was one.
    pub(crate) fn dissolve_group(&mut self, id: u64) -> bool {
        let before = self.groups.len();
        self.groups.retain(|group| group.id != id);
        self.groups.len() < before
    }
}
