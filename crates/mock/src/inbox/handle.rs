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
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// assert_eq!(mock.inbox("crm").name(), "crm");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the address by which webhooks are sent to it: `inbox:NAME`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// let inbox = mock.inbox("crm");
    /// assert_eq!(inbox.url(), "inbox:crm");
    /// mock.demo().send_webhooks_to(&inbox.url())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn url(&self) -> String {
        format!("inbox:{}", self.name)
    }

    /// Answers the next requests one by one, and everything after them with the last argument.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// use ringback_mock::inbox::InboxAnswer;
    ///
    /// // Two failures, then all is well.
    /// let fails = InboxAnswer::status(500);
    /// mock.inbox("crm").answer([fails.clone(), fails], InboxAnswer::status(200))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// assert!(mock.inbox("crm").messages().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn messages(&self) -> Vec<Arc<InboxMessage>> {
        self.inboxes.messages(&self.name).unwrap_or_default()
    }

    /// Waits until it has received so many messages and returns them; `None` if they do not come in the
    /// computer's time given. Nobody polls.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # use ringback_mock::engine::Duration;
    /// # const FIVE_SECONDS: std::time::Duration = std::time::Duration::from_secs(5);
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// # let (account, inbox) = (mock.demo(), mock.inbox("crm"));
    /// account.send_webhooks_to(&inbox.url())?;
    /// let call = account.dial("0912345678", "101")?;
    /// mock.advance(Duration::minutes(5));
    /// let messages = inbox.wait_for(1, FIVE_SECONDS).ok_or("none came")?;
    /// assert!(!messages[0].body.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_for(&self, count: u64, at_most: RealTime) -> Option<Vec<Arc<InboxMessage>>> {
        self.inboxes.wait_for(&self.name, count, at_most)
    }

    /// Forgets what it has received; its plan stays.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// mock.inbox("crm").clear();
    /// assert!(mock.inbox("crm").messages().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clear(&self) {
        self.inboxes.forget(&self.name);
    }
}
