//! The tables of this vendor, compared with what they were: what a checkpoint is asked.

use ringback_mock::Changes;

use super::Pbx;

impl Pbx {
    pub(crate) fn compare_tables(&self, before: &Self, changes: &mut Changes) {
        changes.list("contacts", &before.contacts, &self.contacts, |contact| contact.number);
    }
}
