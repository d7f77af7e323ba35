//! An instance with its vendor's type forgotten: what ports and the control API need of it.

use std::sync::Arc;

use actix_web::web;
use futures_util::future::LocalBoxFuture;
use ringback_engine::{Clock, ClockState, Duration, EngineError};
use serde_json::{Value, json};

use crate::{
    AccountId, ControlCommand, ControlError, ControlRefused, Endpoint, Instance, OutboxCommand,
    Vendor, World,
    router::{Router, Table},
};

/// An instance with its vendor's type forgotten: what ports and the control API need of it.
pub trait Mount: Send + Sync + 'static {
    /// Returns what the instance is called: the vendor's name, unless there are several of it.
    fn name(&self) -> &str;
    /// Returns what it imitates.
    fn title(&self) -> &'static str;
    /// Returns its endpoints.
    fn endpoints(&self) -> &'static [Endpoint];
    /// Returns what a user of the demo account needs.
    fn notes(&self) -> String;
    /// Returns whether the vendor has webhooks.
    fn has_webhooks(&self) -> bool;
    /// Returns its endpoints, to be found by path and method.
    fn table(&self) -> Table;
    /// Starts its timer and dispatcher and mounts it as one of the vendors of a port, whose router
    /// knows it by its place.
    #[doc(hidden)]
    fn mount(&self, config: &mut web::ServiceConfig, router: &Arc<Router>, place: usize);
    /// Returns the simulated clock.
    fn clock(&self) -> &Clock;
    /// Jumps the clock forward and returns what happened.
    fn advance(&self, by: Duration) -> Result<Value, serde_json::Error>;
    /// Makes all worlds anew.
    fn reset(&self) -> LocalBoxFuture<'_, Result<ClockState, EngineError>>;
    /// Finds an account by its credential; the demo account if none is given.
    fn account(&self, credential: Option<&str>) -> Option<AccountId>;
    /// Shows an account's calls.
    fn calls(&self, account: AccountId, limit: usize) -> Option<Value>;
    /// Shows one call of an account.
    fn call(&self, account: AccountId, id: &str) -> Option<Value>;
    /// Shows an account's extensions.
    fn extensions(&self, account: AccountId) -> Option<Value>;
    /// Shows an account's rules of behaviour.
    fn behaviours(&self, account: AccountId) -> Option<Value>;
    /// Shows an account's webhook deliveries, newest first.
    fn deliveries(&self, account: AccountId, limit: usize) -> Option<Value>;
    /// Sends an account's webhooks elsewhere.
    fn retarget(
        &self,
        account: AccountId,
        url: Option<String>,
    ) -> LocalBoxFuture<'_, Result<Value, ControlError>>;
    /// Does something to an account's world.
    fn control(
        &self,
        account: AccountId,
        control: Value,
    ) -> LocalBoxFuture<'_, Result<Value, ControlError>>;
}

impl<V: Vendor> Mount for Arc<Instance<V>> {
    fn name(&self) -> &str {
        Instance::name(self)
    }

    fn title(&self) -> &'static str {
        V::TITLE
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        V::ENDPOINTS
    }

    fn notes(&self) -> String {
        V::notes(self)
    }

    fn has_webhooks(&self) -> bool {
        V::WEBHOOKS
    }

    fn table(&self) -> Table {
        Table::new(V::ENDPOINTS, V::respell)
    }

    fn mount(&self, config: &mut web::ServiceConfig, router: &Arc<Router>, place: usize) {
        self.begin();
        self.mount_on(config, Arc::clone(router), place);
    }

    fn clock(&self) -> &Clock {
        self.engine().clock()
    }

    fn advance(&self, by: Duration) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self.engine().advance(by))
    }

    fn reset(&self) -> LocalBoxFuture<'_, Result<ClockState, EngineError>> {
        Box::pin(async move {
            self.engine().reset().await?;
            Ok(self.engine().clock().state())
        })
    }

    fn account(&self, credential: Option<&str>) -> Option<AccountId> {
        match credential {
            None => Some(AccountId::DEMO),
            Some(name) => self.engine().read(|accounts| accounts.find(name)),
        }
    }

    fn calls(&self, account: AccountId, limit: usize) -> Option<Value> {
        self.read(account, |world| world.calls(limit))
    }

    fn call(&self, account: AccountId, id: &str) -> Option<Value> {
        self.read(account, |world| world.call(id))?
    }

    fn extensions(&self, account: AccountId) -> Option<Value> {
        self.read(account, World::extensions)
    }

    fn behaviours(&self, account: AccountId) -> Option<Value> {
        self.read(account, World::behaviours)
    }

    fn deliveries(&self, account: AccountId, limit: usize) -> Option<Value> {
        self.read(account, |world| {
            let Some(outbox) = world.outbox() else {
                return json!({ "target": null, "deliveries": [] });
            };
            let [pending, delivered, failed, dropped] = outbox.counts();
            let latest: Vec<_> = outbox.deliveries().rev().take(limit).collect();
            json!({
                "target": outbox.target(),
                "pending": pending,
                "delivered": delivered,
                "failed": failed,
                "dropped": dropped,
                "deliveries": latest,
            })
        })
    }

    fn retarget(
        &self,
        account: AccountId,
        url: Option<String>,
    ) -> LocalBoxFuture<'_, Result<Value, ControlError>> {
        Box::pin(async move {
            let targets = self.targets();
            let url = url.as_deref().map(|url| targets.accept(url)).transpose();
            let url = url.map_err(|error| ControlError::Malformed(error.to_string()))?;
            if !V::WEBHOOKS {
                let none = format!("{} has no webhooks", V::NAME);
                return Err(ControlRefused::NotFound(none).into());
            }
            let answer = json!({ "target": url });
            self.execute(account, OutboxCommand::Retarget { url }).await?;
            Ok(answer)
        })
    }

    fn control(
        &self,
        account: AccountId,
        control: Value,
    ) -> LocalBoxFuture<'_, Result<Value, ControlError>> {
        Box::pin(async move {
            let control: ControlCommand<<V::World as World>::Own> = serde_json::from_value(control)
                .map_err(|error| ControlError::Malformed(error.to_string()))?;
            Ok(self.execute(account, control).await??)
        })
    }
}
