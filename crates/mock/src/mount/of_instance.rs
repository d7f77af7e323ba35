//! An instance as a mount: everything goes to its engine.

mod change;
mod part;

use std::sync::Arc;
use std::time::Duration as RealTime;

use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use ringback_engine::{
    Advanced, Clock, ClockCommand, EngineError, LogStatus, Machine as _, OffsetDateTime,
    ordered::Position,
};
use ringback_exchange::{CallId, audio::Sound};
use serde_json::Value;

use super::{
    AccountChange, AccountTime, CallFilter, CallKey, CallPage, DeliveryFilter, DeliveryPage,
    HeldInstance, Hold, Levels, Mark, Mount, View, delivery, select,
};
use crate::{
    AccountEvent, AccountId, Accounts, CallShown, ChangeClock, ClockChange, ControlError,
    ControlRefused, Endpoint, Examined, Instance, Ladder, Outbox, OutboxCommand, Vendor, World,
    bench::{self, Bench, Item, Meter, Origin},
    router::{Router, Table},
    view::Owner,
    webhook::{DeliveryBench, DeliveryId, DeliveryState, SentWebhook, Signature},
};

pub(super) use part::show;

/// Returns whose calls an account's are.
pub(super) fn owner<'a, W: World>(
    name: &'a str,
    accounts: &'a Accounts<W>,
    account: AccountId,
) -> Owner<'a> {
    Owner { vendor: name, account, credential: accounts.credential(account) }
}

impl<V: Vendor> Mount for Arc<Instance<V>> {
    fn name(&self) -> &str {
        Instance::name(self)
    }

    fn vendor(&self) -> &'static str {
        V::NAME
    }

    fn title(&self) -> &'static str {
        V::TITLE
    }

    fn openapi(&self) -> &'static str {
        V::OPENAPI
    }

    fn seed(&self) -> u64 {
        self.options().seed
    }

    fn address(&self) -> Option<String> {
        let options = self.options();
        let found = || self.listens_at.get().or(options.address.as_ref()).cloned();
        options.public_url.clone().or_else(found)
    }

    fn socket(&self) -> Option<String> {
        self.listens_at.get().cloned()
    }

    fn listens_at(&self, address: String) {
        // Whoever says it again says nothing new.
        drop(self.listens_at.set(address));
    }

    fn came_by(&self, request: &HttpRequest) -> String {
        self.base_url(request)
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        V::ENDPOINTS
    }

    fn notes(&self) -> String {
        V::notes(self)
    }

    fn examples(&self, url: &str) -> Vec<String> {
        V::examples(self, url)
    }

    fn has_webhooks(&self) -> bool {
        V::WEBHOOKS
    }

    fn table(&self) -> Table {
        Table::new(V::ENDPOINTS, V::respell).naming_accounts(V::NAMES_ACCOUNTS)
    }

    fn mount(&self, config: &mut web::ServiceConfig, router: &Arc<Router>, place: usize) {
        self.begin();
        self.mount_on(config, Arc::clone(router), place);
    }

    fn clock(&self) -> &Clock {
        self.engine().clock()
    }

    fn clock_users(&self) -> usize {
        self.options().clock_users
    }

    fn set_clock(
        &self,
        command: ClockCommand,
    ) -> LocalBoxFuture<'_, Result<Advanced<AccountEvent>, EngineError>> {
        Box::pin(self.engine().set_clock(command))
    }

    fn set_clock_blocking(
        &self,
        command: ClockCommand,
    ) -> Result<Advanced<AccountEvent>, EngineError> {
        self.engine().set_clock_blocking(command)
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        self.engine().read(|accounts| accounts.next_due())
    }

    fn has_log(&self) -> bool {
        self.engine().has_log()
    }

    fn log_status(&self) -> LocalBoxFuture<'_, Option<LogStatus>> {
        Box::pin(Instance::log_status(self))
    }

    fn log_state(&self) -> Option<(Position, Bytes)> {
        self.engine().state()
    }

    fn export_log(&self) -> LocalBoxFuture<'_, Result<Option<Bytes>, EngineError>> {
        Box::pin(self.engine().export_log())
    }

    fn stopped(&self) -> Option<String> {
        self.engine().stopped()
    }

    fn catch_up(&self) -> LocalBoxFuture<'_, Result<(), EngineError>> {
        Box::pin(Instance::catch_up(self))
    }

    fn close(&self) -> LocalBoxFuture<'_, Result<(), EngineError>> {
        Box::pin(self.engine().close())
    }

    fn hold(&self) -> Box<dyn Hold + '_> {
        Box::new(HeldInstance::new(self))
    }

    fn reset(&self, rewind: bool) -> LocalBoxFuture<'_, Result<(), EngineError>> {
        Box::pin(async move {
            match rewind {
                true => self.engine().reset().await,
                false => self.engine().reset_now().await,
            }
        })
    }

    fn accounts(&self) -> Vec<(AccountId, Option<String>)> {
        self.engine().read(|accounts| {
            let ids = accounts.iter().map(|(id, _)| id);
            ids.map(|id| (id, accounts.credential(id).map(str::to_owned))).collect()
        })
    }

    fn account(&self, credential: Option<&str>) -> Option<AccountId> {
        match credential {
            None => Some(AccountId::DEMO),
            Some(name) => self.engine().read(|accounts| accounts.find(name)),
        }
    }

    fn change(
        &self,
        change: AccountChange,
    ) -> LocalBoxFuture<'_, Result<Option<AccountId>, ControlError>> {
        Box::pin(change::change(self, change))
    }

    fn account_clock(&self, account: AccountId) -> Option<AccountTime> {
        self.engine().read_at(|accounts, now| {
            let (_, at) = accounts.world_at(account, now)?;
            let is_frozen = accounts.is_frozen(account);
            Some(AccountTime { now: at, offset: at - now, is_frozen })
        })
    }

    fn account_due(&self, account: AccountId) -> Option<OffsetDateTime> {
        self.read(account, |world| world.next_due()).flatten()
    }

    fn change_clock(
        &self,
        account: AccountId,
        change: ClockChange,
    ) -> LocalBoxFuture<'_, Result<Option<Advanced<AccountEvent>>, EngineError>> {
        Box::pin(self.engine().execute(ChangeClock(account, change)))
    }

    fn view(&self, account: AccountId, view: View<'_>) -> Option<Value> {
        part::part(self, account, view)
    }

    fn views(&self, account: AccountId, call: CallId) -> Option<Vec<CallShown>> {
        self.read(account, |world| {
            let exchange = world.exchange();
            let is_there = exchange.call(call).is_some() || exchange.history().get(call).is_some();
            is_there.then(|| world.views(call))
        })?
    }

    fn call_ids(
        &self,
        account: AccountId,
        since: Option<OffsetDateTime>,
        until: Option<OffsetDateTime>,
        most: usize,
    ) -> Option<(Vec<CallId>, u64)> {
        let fits = |at: OffsetDateTime| {
            since.is_none_or(|since| at >= since) && until.is_none_or(|until| at <= until)
        };
        self.read(account, |world| {
            let exchange = world.exchange();
            let live = exchange.calls().rev().map(|call| (call.created_at, call.id));
            let over = exchange.history().iter().rev().map(|cdr| (cdr.created_at(), cdr.id));
            let mut wanted = live.chain(over).filter(|(at, _)| fits(*at)).map(|(_, id)| id);
            let ids = wanted.by_ref().take(most).collect();
            (ids, u64::try_from(wanted.count()).unwrap_or(u64::MAX))
        })
    }

    fn examine(&self, account: AccountId, calls: &[CallId]) -> Vec<Examined> {
        self.engine().read(|accounts| {
            let Some(world) = accounts.world(account) else { return Vec::new() };
            let owner = owner(Instance::name(self), accounts, account);
            calls.iter().filter_map(|id| Examined::of(world, &owner, *id)).collect()
        })
    }

    fn ladder(&self, account: AccountId, call: CallId) -> Option<Ladder> {
        self.engine().read(|accounts| {
            let world = accounts.world(account)?;
            Ladder::of(world, &owner(Instance::name(self), accounts, account), call)
        })
    }

    fn bench(&self) -> &Arc<Bench> {
        Instance::bench(self)
    }

    fn meter(&self) -> &Meter {
        Instance::meter(self)
    }

    fn levels(&self) -> Levels {
        let size = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
        self.engine().read(|accounts| {
            accounts.iter().fold(Levels::default(), |sum, (_, world)| {
                let exchange = world.exchange();
                let legs = exchange.calls().map(|call| call.live_legs().count());
                let [pending, ..] = world.outbox().map(Outbox::counts).unwrap_or_default();
                Levels {
                    accounts: sum.accounts + 1,
                    live_calls: sum.live_calls + size(exchange.live()),
                    live_legs: sum.live_legs + size(legs.sum()),
                    records: sum.records + size(exchange.history().len()),
                    pending: sum.pending + pending,
                }
            })
        })
    }

    fn origin(&self) -> Origin {
        Instance::origin(self)
    }

    fn show_items(&self, items: &[Item], secrets: bool) -> Vec<Value> {
        self.engine().read(|accounts| {
            let shown = items.iter().map(|item| {
                let source = item.source;
                let account = source.account.unwrap_or_default();
                let is_there = source.account.is_some()
                    && (source.world == 0 || accounts.stamp(account) == Some(source.world));
                let world = accounts.world(account).filter(|_| is_there);
                let owner = owner(Instance::name(self), accounts, account);
                bench::show(&owner, world, item, secrets)
            });
            shown.collect()
        })
    }

    fn show_events(&self, events: &[AccountEvent]) -> Vec<Value> {
        self.engine().read(|accounts| show(Instance::name(self), accounts, events))
    }

    fn calls(
        &self,
        account: AccountId,
        filter: &CallFilter,
        after: Option<&CallKey>,
        limit: usize,
        oldest_first: bool,
    ) -> Option<CallPage> {
        self.engine().read(|accounts| {
            let world = accounts.world(account)?;
            let owner = owner(Instance::name(self), accounts, account);
            Some(select::calls(world, &owner, filter, after, limit, oldest_first))
        })
    }

    fn call_id(&self, account: AccountId, id: &str) -> Option<CallId> {
        self.read(account, |world| match id.parse() {
            Ok(number) => Some(CallId(number)),
            Err(_) => world.call_named(id),
        })?
    }

    fn sound(&self, account: AccountId, call: CallId) -> Option<Sound> {
        self.read(account, |world| {
            let length = world.exchange().history().get(call)?.recording_length()?;
            Some(Sound::new(ringback_engine::Duration::ZERO, length))
        })?
    }

    fn deliveries(
        &self,
        account: AccountId,
        filter: &DeliveryFilter,
        limit: usize,
    ) -> Option<DeliveryPage> {
        self.engine().read(|accounts| {
            let world = accounts.world(account)?;
            let owner = owner(Instance::name(self), accounts, account);
            Some(select::deliveries(world, &owner, filter, limit))
        })
    }

    fn mark(&self, account: Option<AccountId>) -> Mark {
        self.engine().read(|accounts| select::mark(accounts, account))
    }

    fn deliveries_since(&self, mark: &Mark) -> Vec<Value> {
        self.engine().read(|accounts| {
            let owner = |account| owner(Instance::name(self), accounts, account);
            select::deliveries_since(accounts, owner, mark)
        })
    }

    fn settled(&self, account: Option<AccountId>, at_most: RealTime) -> LocalBoxFuture<'_, bool> {
        let settled = move |accounts: &Accounts<V::World>, now| {
            select::ready(accounts, account, now).next().is_none().then_some(())
        };
        Box::pin(async move { self.engine().wait_for(at_most, settled).await.is_some() })
    }

    fn unsettled(&self, account: Option<AccountId>) -> Vec<Value> {
        self.engine().read_at(|accounts, now| {
            let ready = select::ready(accounts, account, now).take(1_000);
            let shown = |(account, world, delivery)| {
                owner(Instance::name(self), accounts, account).delivery(world, delivery)
            };
            ready.map(shown).collect()
        })
    }

    fn retarget(
        &self,
        account: AccountId,
        url: Option<String>,
    ) -> LocalBoxFuture<'_, Result<(), ControlError>> {
        Box::pin(async move {
            let targets = self.options().targets;
            let url = url.as_deref().map(|url| targets.accept(url)).transpose();
            let url = url.map_err(|error| ControlError::Malformed(error.to_string()))?;
            if !V::WEBHOOKS {
                let none = format!("{} has no webhooks", V::NAME);
                return Err(ControlRefused::NotFound(none).into());
            }
            self.execute(account, OutboxCommand::Retarget { url }).await??;
            Ok(())
        })
    }

    fn delivery_bench(&self) -> &Arc<DeliveryBench> {
        Instance::delivery_bench(self)
    }

    fn signature(
        &self,
        account: Option<AccountId>,
        webhook: &SentWebhook<'_>,
    ) -> Option<Signature> {
        self.engine().read(|accounts| delivery::signature(accounts, account, webhook))
    }

    fn change_outbox(
        &self,
        account: AccountId,
        change: OutboxCommand,
    ) -> LocalBoxFuture<'_, Result<Vec<DeliveryId>, ControlError>> {
        Box::pin(async move { Ok(self.execute(account, change).await??) })
    }

    fn attempted(
        &self,
        account: AccountId,
        id: DeliveryId,
        at_most: RealTime,
    ) -> LocalBoxFuture<'_, ()> {
        let is_over = move |accounts: &Accounts<V::World>, _| {
            let delivery = accounts.world(account)?.outbox()?.find(id)?;
            let waits = delivery.state == DeliveryState::Pending && delivery.attempts.is_empty();
            (!waits).then_some(())
        };
        Box::pin(async move {
            // Too late is told by the delivery itself.
            let _ = self.engine().wait_for(at_most, is_over).await;
        })
    }

    fn control(
        &self,
        account: AccountId,
        control: Value,
    ) -> LocalBoxFuture<'_, Result<Value, ControlError>> {
        Box::pin(self.told(account, control))
    }
}
