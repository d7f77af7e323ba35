//! The tables of a platform, compared with what they were: what a checkpoint is asked.

use ringback_mock::Changes;
use serde_json::json;

use super::Platform;

impl Platform {
    pub(crate) fn compare_tables(&self, before: &Self, changes: &mut Changes) {
        changes.table("contacts", before.contacts.iter(), self.contacts.iter());
        changes.table("callouts", before.callouts.iter(), self.callouts.iter());
        changes.table("batch_operations", before.batches.iter(), self.batches.iter());
        changes.table(
            "callout_participations",
            before.participations.iter(),
            self.participations.iter(),
        );
        changes.table("phone_calls", before.phone_calls.iter(), self.phone_calls.iter());
        changes.table("remote_phone_call_events", before.events.iter(), self.events.iter());
        let account = |platform: &Self| json!({ "capacity": platform.capacity, "settings": platform.settings });
        changes.single("account", &account(before), &account(self));
    }
}
