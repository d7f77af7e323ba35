//! How handlers reach the worlds of an instance: by whose they are, to read them or to change them.

use ringback_engine::{Command, EngineError, OffsetDateTime};

use super::{ExecuteError, Instance};
use crate::{AccountId, Accounts, ForAccount, OpenRefused, Vendor, World, bench};

impl<V: Vendor> Instance<V> {
    /// Returns the account a credential names, opening one where accounts are open.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # actix_web::rt::System::new().block_on(async {
    /// assert_eq!(mock.admit("nobody's").await?, None); // accounts are fixed
    /// assert!(mock.admit("rdn7mllWMqND7S5DnZF8").await?.is_some());
    /// # Ok::<(), ringback_mock::engine::EngineError>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the engine cannot log the opening.
    pub async fn admit(&self, credential: &str) -> Result<Option<AccountId>, EngineError> {
        if let Some(known) = self.engine.read(|accounts| accounts.find(credential)) {
            bench::admitted(known);
            return Ok(Some(known));
        }
        if !self.options.open_accounts {
            return Ok(None);
        }
        let open = self.opening(credential.to_owned(), false);
        let (opened, number) = self.engine.execute_numbered(open).await?;
        match opened {
            Ok(account) => {
                bench::admitted(account);
                bench::executed(account, number);
                Ok(Some(account))
            }
            Err(refused @ (OpenRefused::Fixed | OpenRefused::TooMany)) => {
                log::warn!("{}: no new account: {refused}", V::NAME);
                Ok(None)
            }
        }
    }

    /// Notes whose the request is whose handler runs, where that follows from something other than a
    /// credential that [`Instance::admit`] takes.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.admitted(mock.demo().id()); // in a handler
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn admitted(&self, account: AccountId) {
        bench::admitted(account);
    }

    /// Executes a command in an account's world.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # actix_web::rt::System::new().block_on(async {
    /// let dial = ringback_voip24h::MakeDial { extension: "101".into(), phone: "0912345678".into() };
    /// let dialled = mock.execute(mock.demo().id(), dial).await?;
    /// assert!(dialled.is_ok());
    /// # Ok::<(), ringback_mock::ExecuteError>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the engine cannot log it, or the account is gone. Refusals are outcomes.
    pub async fn execute<C: Command<V::World>>(
        &self,
        account: AccountId,
        command: C,
    ) -> Result<C::Outcome, ExecuteError> {
        let executed = self.engine.execute_numbered(ForAccount(account, command)).await;
        let (outcome, number) = executed?;
        bench::executed(account, number);
        outcome.ok_or(ExecuteError::AccountGone)
    }

    /// Reads an account's world; `None` if the account is gone.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let live = mock.read(mock.demo().id(), |world| world.exchange().live());
    /// assert_eq!(live, Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read<R>(&self, account: AccountId, read: impl FnOnce(&V::World) -> R) -> Option<R> {
        bench::touched(account);
        self.engine.read(|accounts| accounts.world(account).map(read))
    }

    /// Reads an account's world together with what its own clock shows; `None` if the account is
    /// gone.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let now = mock.read_at(mock.demo().id(), |_, now| now);
    /// assert_eq!(now, Some(mock.clock().now()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_at<R>(
        &self,
        account: AccountId,
        read: impl FnOnce(&V::World, OffsetDateTime) -> R,
    ) -> Option<R> {
        bench::touched(account);
        self.engine.read_at(|accounts, now| {
            let (world, at) = accounts.world_at(account, now)?;
            Some(read(world, at))
        })
    }

    /// Returns when no webhook waits for its first or next attempt at the present time, and whether
    /// that was so within the computer's time given.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # actix_web::rt::System::new().block_on(async {
    /// assert!(mock.webhooks_settled(std::time::Duration::from_secs(5)).await);
    /// # });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn webhooks_settled(&self, at_most: std::time::Duration) -> bool {
        self.engine.wait_for(at_most, settled).await.is_some()
    }

    /// Waits as [`Instance::webhooks_settled`] does, from code that is not async.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(mock.wait_for_webhooks(std::time::Duration::from_secs(5)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_for_webhooks(&self, at_most: std::time::Duration) -> bool {
        self.engine.wait_for_blocking(at_most, settled).is_some()
    }
}

/// Whether no webhook waits for an attempt now.
fn settled<W: World>(accounts: &Accounts<W>, now: OffsetDateTime) -> Option<()> {
    let mut posting = accounts.posting(now);
    let waits = |(_, world, at): (AccountId, &W, OffsetDateTime)| {
        world.outbox().is_some_and(|outbox| outbox.ready(at).next().is_some())
    };
    (!posting.any(waits)).then_some(())
}
