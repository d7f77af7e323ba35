//! An inbox as a test holds it.

use std::sync::Arc;
use std::time::Duration as RealTime;

use super::{InboxAnswer, InboxMessage, InboxPlan, Inboxes, TooManyInboxes};

/// An inbox as a test holds it: a receiver of webhooks inside Ringback.
///
/// It is there as soon as it is named, and goes with the process.
#[derive(Debug, Clone)]
pub struct Inbox {
    inboxes: Arc<Inboxes>,
    name: String,
}

impl Inbox {
    pub(crate) fn new(inboxes: Arc<Inboxes>, name: String) -> Self {
        Self { inboxes, name }
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the address by which webhooks are sent to it: `inbox:NAME`.
    pub fn url(&self) -> String {
        format!("inbox:{}", self.name)
    }

    /// Answers the next requests one by one, and everything after them with the last argument.
    ///
    /// # Errors
    /// When there are too many inboxes.
    pub fn answer(
        &self,
        plan: impl IntoIterator<Item = InboxAnswer>,
        then: InboxAnswer,
    ) -> Result<(), TooManyInboxes> {
        let plan = InboxPlan { plan: plan.into_iter().collect(), then };
        self.inboxes.set(&self.name, plan).map(drop)
    }

    /// Returns what it has received, the oldest first.
    pub fn messages(&self) -> Vec<Arc<InboxMessage>> {
        self.inboxes.messages(&self.name).unwrap_or_default()
    }

    /// Waits until it has received so many messages and returns them; `None` if they do not come in the
    /// computer's time given. Nobody polls.
    pub fn wait_for(&self, count: u64, at_most: RealTime) -> Option<Vec<Arc<InboxMessage>>> {
        self.inboxes.wait_for(&self.name, count, at_most)
    }

    /// Forgets what it has received; its plan stays.
    pub fn clear(&self) {
        self.inboxes.forget(&self.name);
    }
}
