//! One account of an instance, as a test holds it.

use std::sync::Arc;
use std::time::Duration as RealTime;

use ringback_engine::{Advanced, Command, Duration, OffsetDateTime};
use ringback_exchange::CallId;
use serde_json::Value;

use super::{
    ControlError, ExecuteError, Instance,
    happened::{VerifyError, requests, verify, wait_for},
};
use crate::{
    AccountEvent, AccountId, Accounts, ChangeClock, ClockChange, ControlCommand, ControlRefused,
    ForAccount, Mount, OpenRefused, OutboxCommand, Vendor, World,
    bench::verify::Scope,
    webhook::{Chaos, DeliveryId},
};

impl<V: Vendor> Instance<V> {
    /// Returns the demo account, with which a test has its world to itself.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let call = mock.demo().dial("101", "102")?;
    /// assert!(!call.is_over());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn demo(self: &Arc<Self>) -> Account<V> {
        Account { instance: Arc::clone(self), id: AccountId::DEMO }
    }

    /// Returns the account of a credential, opening it unless there is one, be accounts open or fixed.
    ///
    /// With an account each, tests share an instance and see nothing of each other.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let (mine, theirs) = (mock.open_account("mine")?, mock.open_account("theirs")?);
    /// mine.dial("101", "102")?;
    /// assert!(theirs.live_calls().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there are too many, or it cannot be logged.
    pub fn open_account(
        self: &Arc<Self>,
        credential: impl Into<String>,
    ) -> Result<Account<V>, ControlError> {
        let open = self.opening(credential.into(), true);
        let opened = self.engine.execute_blocking(open).map_err(ExecuteError::from)?;
        let refused = |refused: OpenRefused| ControlRefused::Conflict(refused.to_string());
        Ok(Account { instance: Arc::clone(self), id: opened.map_err(refused)? })
    }
}

/// One account of an instance, as a test holds it: with a world and a time of its own.
#[derive(Debug)]
pub struct Account<V: Vendor> {
    pub(super) instance: Arc<Instance<V>>,
    pub(super) id: AccountId,
}

impl<V: Vendor> Clone for Account<V> {
    fn clone(&self) -> Self {
        Self { instance: Arc::clone(&self.instance), id: self.id }
    }
}

impl<V: Vendor> Account<V> {
    /// Returns its number within the instance.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_ne!(mock.open_account("mine")?.id(), mock.demo().id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// Executes a command in the account's world, from code that is not async.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let dial = ringback_voip24h::MakeDial { extension: "101".into(), phone: "0912345678".into() };
    /// mock.demo().execute(dial)??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the engine cannot log it, or the account is gone. Refusals are outcomes.
    pub fn execute<C: Command<V::World>>(&self, command: C) -> Result<C::Outcome, ExecuteError> {
        let outcome = self.instance.engine.execute_blocking(ForAccount(self.id, command))?;
        outcome.ok_or(ExecuteError::AccountGone)
    }

    /// Does what the control API could do, given in its form.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    ///
    /// let dial = json!({ "do": "dial", "from": "101", "to": "102" });
    /// assert!(mock.demo().control(dial)?["call"]["id"].is_u64());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the control is malformed, is refused, or cannot be logged.
    pub fn control(&self, control: Value) -> Result<Value, ControlError> {
        let control: ControlCommand<<V::World as World>::Own> = serde_json::from_value(control)
            .map_err(|error| ControlError::Malformed(error.to_string()))?;
        self.control_with(control)
    }

    /// Reads the account's world; `None` if the account is gone.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|world| world.exchange().live()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read<R>(&self, read: impl FnOnce(&V::World) -> R) -> Option<R> {
        self.instance.read(self.id, read)
    }

    /// Returns what the account's own clock shows; `None` if the account is gone.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().now(), Some(mock.clock().now()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn now(&self) -> Option<OffsetDateTime> {
        self.instance.read_at(self.id, |_, now| now)
    }

    /// Jumps the account's own clock forward, and returns what happened when all of it has. Nobody
    /// else's time moves.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    ///
    /// let account = mock.open_account("tomorrow")?;
    /// account.advance(Duration::days(1))?;
    /// assert_eq!(account.now(), Some(mock.clock().now() + Duration::days(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the engine cannot log it, or the account is gone.
    pub fn advance(&self, by: Duration) -> Result<Advanced<AccountEvent>, ExecuteError> {
        let now = self.now().ok_or(ExecuteError::AccountGone)?;
        let change = ClockChange::JumpTo(now.saturating_add(by.max(Duration::ZERO)));
        let advanced = self.instance.engine.execute_blocking(ChangeClock(self.id, change))?;
        advanced.ok_or(ExecuteError::AccountGone)
    }

    /// Makes the account's world anew, at the time of the instance.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let account = mock.demo();
    /// account.dial("101", "102")?;
    /// account.reset()?;
    /// assert!(account.live_calls().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the engine cannot log it, or the account is gone.
    pub fn reset(&self) -> Result<(), ExecuteError> {
        let reset = self.instance.engine.execute_blocking(self.instance.resetting(self.id))?;
        reset.ok_or(ExecuteError::AccountGone)
    }

    /// Sends the account's webhooks to an address; one without a scheme is taken as `http://`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().send_webhooks_to(&mock.inbox("crm").url())?;
    /// assert!(mock.demo().send_webhooks_to("ftp://crm.example").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When webhooks may not go there, or it cannot be logged.
    pub fn send_webhooks_to(&self, url: &str) -> Result<(), ControlError> {
        let url = self.instance.options.targets.accept(url);
        let url = url.map_err(|error| ControlError::Malformed(error.to_string()))?;
        self.execute(OutboxCommand::Retarget { url: Some(url) })??;
        Ok(())
    }

    /// Sends a webhook once more, with the same bytes, and returns the number of the new delivery.
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
    /// use ringback_mock::World as _;
    ///
    /// let told = |world: &ringback_voip24h::Pbx| world.outbox()?.deliveries().next().map(|it| it.id);
    /// account.resend(account.read(told).flatten().ok_or("nothing was told")?)?;
    /// assert!(inbox.wait_for(2, FIVE_SECONDS).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it is not remembered, or it cannot be logged.
    pub fn resend(&self, id: DeliveryId) -> Result<DeliveryId, ControlError> {
        let made = self.execute(OutboxCommand::Resend { id })??;
        made.first().copied().ok_or(ExecuteError::AccountGone.into())
    }

    /// Sends everything that was told of a call once more, that many times as quickly as at first; 0
    /// sends all of it at once.
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
    /// let again = account.resend_call(call.number(), 0.0)?; // all of it at once
    /// assert!(!again.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When nothing of it is remembered, or it cannot be logged.
    pub fn resend_call(&self, call: CallId, speed: f64) -> Result<Vec<DeliveryId>, ControlError> {
        Ok(self.execute(OutboxCommand::ResendCall { call, speed })??)
    }

    /// Lets a webhook be tried now that waits for its next attempt, or is held back by chaos.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    ///
    /// use ringback_mock::webhook::DeliveryId;
    ///
    /// // Nothing waits here.
    /// assert!(mock.demo().skip_wait(DeliveryId(1)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it waits for nothing, or it cannot be logged.
    pub fn skip_wait(&self, id: DeliveryId) -> Result<(), ControlError> {
        self.execute(OutboxCommand::SkipWait { id })??;
        Ok(())
    }

    /// Lets things go wrong with the account's webhooks from now on; `None` ends it.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_mock::webhook::Chaos;
    ///
    /// mock.demo().set_chaos(Some(Chaos { duplicate: 0.5, ..Chaos::default() }))?;
    /// assert!(mock.demo().set_chaos(Some(Chaos { duplicate: 1.5, ..Chaos::default() })).is_err());
    /// mock.demo().set_chaos(None)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a share or a length is none.
    pub fn set_chaos(&self, chaos: Option<Chaos>) -> Result<(), ControlError> {
        let wrong = |(name, why)| ControlError::Malformed(format!("{name} {why}"));
        chaos.as_ref().map(Chaos::check).transpose().map_err(wrong)?;
        self.instance.deliveries.chaos.set(Some(self.id), chaos);
        Ok(())
    }

    /// Returns whose happenings the account's are.
    fn scope(&self) -> Scope {
        let mount: Arc<dyn Mount> = Arc::new(Arc::clone(&self.instance));
        Scope::accounts(vec![(mount, self.id)], false)
    }

    /// Returns the requests of the account that the journal keeps, oldest first, as the control API
    /// shows them with their secrets.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(mock.demo().requests().is_empty()); // nothing has been asked by HTTP
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn requests(&self) -> Vec<Value> {
        requests(&self.instance, &self.scope())
    }

    /// Verifies what has happened in the account, in the form of the control API:
    /// `json!({ "match": { "kind": "request", "operation": "makeDial" }, "times": 1 })`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    ///
    /// mock.demo().dial("101", "102")?;
    /// mock.demo().verify(&json!({ "match": { "event": "call_created", "from": "101" }, "times": 1 }))?;
    /// let why = mock.demo().verify(&json!({ "match": { "event": "call_created", "from": "103" } }));
    /// assert!(why.is_err_and(|why| why.to_string().contains("101")), "it says what came nearest");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it has not happened, or what is expected cannot be read; the error says what came nearest.
    pub fn verify(&self, expected: &Value) -> Result<Vec<Value>, VerifyError> {
        verify(&self.instance, &self.scope(), expected)
    }

    /// Waits until something has happened in the account that holds a match, and returns it as the
    /// control API shows it. What happened before counts, since the bench was last reset.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    /// use std::time::Duration;
    ///
    /// mock.demo().dial("101", "102")?;
    /// let created = mock.demo().wait_for(&json!({ "event": "call_created" }), Duration::from_secs(5))?;
    /// assert_eq!(created["from"], "101");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it does not happen within the computer's time given, or the match cannot be read; the
    /// error says what came nearest.
    pub fn wait_for(&self, wanted: &Value, at_most: RealTime) -> Result<Value, VerifyError> {
        wait_for(&self.instance, &self.scope(), wanted, at_most)
    }

    /// Waits until none of the account's webhooks waits for its first or next attempt at its present
    /// time; returns whether that was so within the computer's time given.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(mock.demo().wait_for_webhooks(std::time::Duration::from_secs(5)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_for_webhooks(&self, at_most: RealTime) -> bool {
        let settled = |accounts: &Accounts<V::World>, now| {
            let (world, at) = accounts.world_at(self.id, now)?;
            let waits = world.outbox().is_some_and(|outbox| outbox.ready(at).next().is_some());
            (!waits).then_some(())
        };
        self.instance.engine.wait_for_blocking(at_most, settled).is_some()
    }
}
