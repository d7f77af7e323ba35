//! The tables of this vendor, compared with what they were: what a checkpoint is asked.

use ringback_mock::Changes;

use super::Pbx;

impl Pbx {
    pub(crate) fn compare_tables(&self, before: &Self, changes: &mut Changes) {
        let key = |subscription: &super::Subscription| subscription.url.clone();
        changes.list("subscriptions", &before.subscriptions, &self.subscriptions, key);
    }
}
