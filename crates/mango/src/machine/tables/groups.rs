//! Making, changing and dissolving groups of operators.

use super::{Group, Tables, take};

/// The first identifier of a group.
const FIRST: u64 = 410_000_201;

impl Tables {
    /// The most groups.
    pub(crate) const GROUPS: usize = 1_000;

    /// Returns a group by its identifier.
    pub(crate) fn group_by_id(&self, id: u64) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// Adds a group, whose identifier is filled in, and returns that.
    pub(crate) fn form_group(&mut self, mut group: Group) -> u64 {
        let taken = self.groups.iter().map(|group| group.id);
        group.id = take(&mut self.next.group, FIRST, taken);
        let id = group.id;
        self.groups.push(group);
        id
    }

    /// Replaces the group of the same identifier.
    pub(crate) fn replace_group(&mut self, group: Group) {
        if let Some(old) = self.groups.iter_mut().find(|old| old.id == group.id) {
            *old = group;
        }
    }

    /// Removes a group, and returns whether there was one.
    pub(crate) fn dissolve_group(&mut self, id: u64) -> bool {
        let before = self.groups.len();
        self.groups.retain(|group| group.id != id);
        self.groups.len() < before
    }
}
