//! An instance with its vendor's type forgotten: what ports and the control API need of it.

mod delivery;
mod hold;
mod of_instance;
mod saves;
mod select;
mod stubbed;

use std::sync::Arc;
use std::time::Duration as RealTime;

use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use ringback_engine::{
    Advanced, Clock, ClockCommand, Duration, EngineError, LogStatus, OffsetDateTime,
    ordered::Position,
};
use ringback_exchange::{CallId, audio::Sound};
use serde_json::Value;

use crate::{
    AccountEvent, AccountId, CallShown, ClockChange, ControlError, Endpoint, Examined, Ladder,
    OutboxCommand,
    bench::{Bench, Item, Meter, Origin},
    router::{Router, Table},
    webhook::{DeliveryBench, DeliveryId, SentWebhook, Signature},
};
use hold::HeldInstance;
pub use hold::Hold;
pub use saves::{CheckpointChange, Saves};
pub use select::{CallFilter, CallKey, CallPage, DeliveryFilter, DeliveryPage, Mark};
pub use stubbed::Stubbed;

/// What of an account's world is to be shown.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// One call.
    Call(CallId),
    /// All extensions.
    Extensions,
    /// One extension.
    Extension(&'a str),
    /// All ring groups, queues and menus.
    Services,
    /// One of them.
    Service(&'a str),
    /// All rules of behaviour but those that have expired.
    Behaviours,
    /// One of them, though it has expired.
    Behaviour(u64),
    /// The calls that come by themselves.
    Traffic,
    /// What is wrong with records.
    RecordFaults,
    /// Everything a client needs to use the account.
    Credentials,
    /// Where webhooks go.
    Webhook,
    /// One delivery.
    Delivery(u64),
}

/// What is done to the accounts of an instance.
#[derive(Debug, Clone)]
pub enum AccountChange {
    /// A credential gets an account.
    Open(String),
    /// An account is removed.
    Remove(AccountId),
    /// An account's world is made anew.
    Reset(AccountId),
}

/// What an account's own clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountTime {
    /// The account's time.
    pub now: OffsetDateTime,
    /// How far that is from the time of its instance.
    pub offset: Duration,
    /// Whether it stands still, whatever that of its instance does.
    pub is_frozen: bool,
}

/// How much there is of what comes and goes, in all accounts of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Levels {
    /// Accounts.
    pub accounts: u64,
    /// Calls that are not over.
    pub live_calls: u64,
    /// Legs that are not over.
    pub live_legs: u64,
    /// Finished calls that are kept.
    pub records: u64,
    /// Webhooks that wait for an attempt or an answer.
    pub pending: u64,
}

/// An instance with its vendor's type forgotten: what ports and the control API need of it.
pub trait Mount: Saves + Stubbed + Send + Sync + 'static {
    /// Returns what the instance is called: the vendor's name, unless there are several of it.
    fn name(&self) -> &str;
    /// Returns the name of the vendor, whatever the instance is called.
    fn vendor(&self) -> &'static str;
    /// Returns what it imitates.
    fn title(&self) -> &'static str;
    /// Returns the seed of everything drawn.
    fn seed(&self) -> u64;
    /// Returns where it listens, if that is known.
    fn address(&self) -> Option<String>;
    /// Returns where it listens on this computer, whatever links say.
    fn socket(&self) -> Option<String>;
    /// Learns where it listens, once a port has been found; the first one said counts.
    fn listens_at(&self, address: String);
    /// Returns where a client that came to its port reaches it.
    fn came_by(&self, request: &HttpRequest) -> String;
    /// Returns the OpenAPI document of its API; empty where there is none.
    fn openapi(&self) -> &'static str;
    /// Returns its endpoints.
    fn endpoints(&self) -> &'static [Endpoint];
    /// Returns what a user of the demo account needs.
    fn notes(&self) -> String;
    /// Returns lines of curl to begin with, for an instance at this address.
    fn examples(&self, url: &str) -> Vec<String>;
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
    /// Returns how many instances go by that clock.
    fn clock_users(&self) -> usize;
    /// Changes the clock and returns when everything that became due by that has happened, with what
    /// did. Without a log all who go by that clock go by it from then on.
    fn set_clock(
        &self,
        command: ClockCommand,
    ) -> LocalBoxFuture<'_, Result<Advanced<AccountEvent>, EngineError>>;
    /// Changes the clock as [`Mount::set_clock`] does, from code that is not async.
    ///
    /// # Errors
    /// When its log does not take it.
    fn set_clock_blocking(
        &self,
        command: ClockCommand,
    ) -> Result<Advanced<AccountEvent>, EngineError>;
    /// Returns when something is due next.
    fn next_due(&self) -> Option<OffsetDateTime>;
    /// Returns whether it keeps what happens in a log.
    fn has_log(&self) -> bool;
    /// Returns all that its log keeps, as lines of JSON; `None` without a log that is exported.
    fn export_log(&self) -> LocalBoxFuture<'_, Result<Option<Bytes>, EngineError>>;
    /// Returns how its log is doing, if it has one.
    fn log_status(&self) -> LocalBoxFuture<'_, Option<LogStatus>>;
    /// Returns the position of the last record of its log that was applied, and the state after it as a
    /// snapshot keeps it; `None` without a log.
    fn log_state(&self) -> Option<(Position, Bytes)>;
    /// Returns why nothing is executed any more, if that is so.
    fn stopped(&self) -> Option<String>;
    /// Waits until what other processes have written by now is seen here, where it is to be.
    fn catch_up(&self) -> LocalBoxFuture<'_, Result<(), EngineError>>;
    /// Stops: its log keeps a snapshot, and nothing is executed any more. Without a log nothing happens.
    fn close(&self) -> LocalBoxFuture<'_, Result<(), EngineError>>;
    /// Holds the machine until the guard is dropped. One with a log is moved by
    /// [`Mount::set_clock`] alone.
    fn hold(&self) -> Box<dyn Hold + '_>;
    /// Makes all worlds anew; a standing clock goes back to where it began if it is to.
    fn reset(&self, rewind: bool) -> LocalBoxFuture<'_, Result<(), EngineError>>;
    /// Returns the accounts, each with its first credential.
    fn accounts(&self) -> Vec<(AccountId, Option<String>)>;
    /// Finds an account by its credential; the demo account if none is given.
    fn account(&self, credential: Option<&str>) -> Option<AccountId>;
    /// Opens, removes or resets an account and returns which.
    fn change(
        &self,
        change: AccountChange,
    ) -> LocalBoxFuture<'_, Result<Option<AccountId>, ControlError>>;
    /// Returns what an account's own clock shows.
    fn account_clock(&self, account: AccountId) -> Option<AccountTime>;
    /// Returns when something is due in an account next, by its own clock.
    fn account_due(&self, account: AccountId) -> Option<OffsetDateTime>;
    /// Changes an account's own clock and returns what happened; `None` if the account is gone.
    fn change_clock(
        &self,
        account: AccountId,
        change: ClockChange,
    ) -> LocalBoxFuture<'_, Result<Option<Advanced<AccountEvent>>, EngineError>>;
    /// Shows something of an account's world; `None` if that or the account is not there.
    fn view(&self, account: AccountId, view: View<'_>) -> Option<Value>;
    /// Shows a call as each of the vendor's own views does; `None` if there is no such call.
    fn views(&self, account: AccountId, call: CallId) -> Option<Vec<CallShown>>;
    /// Returns the calls that began within a time, newest first, `most` at most, and how many more
    /// there are; `None` if there is no such account.
    fn call_ids(
        &self,
        account: AccountId,
        since: Option<OffsetDateTime>,
        until: Option<OffsetDateTime>,
        most: usize,
    ) -> Option<(Vec<CallId>, u64)>;
    /// Looks at calls in all views that show them.
    fn examine(&self, account: AccountId, calls: &[CallId]) -> Vec<Examined>;
    /// Draws a call as a ladder; `None` if there is no such call.
    fn ladder(&self, account: AccountId, call: CallId) -> Option<Ladder>;
    /// Returns what stands beside the machines of the process.
    fn bench(&self) -> &Arc<Bench>;
    /// Returns what is counted of it.
    fn meter(&self) -> &Meter;
    /// Returns how much there is of what comes and goes.
    fn levels(&self) -> Levels;
    /// Returns what identifies it within its bench.
    fn origin(&self) -> Origin;
    /// Shows items of the feed that are of this instance; secrets are masked unless they are to be
    /// shown.
    fn show_items(&self, items: &[Item], secrets: bool) -> Vec<Value>;
    /// Shows events.
    fn show_events(&self, events: &[AccountEvent]) -> Vec<Value>;
    /// Lists the calls of an account that come after a key, in their order.
    fn calls(
        &self,
        account: AccountId,
        filter: &CallFilter,
        after: Option<&CallKey>,
        limit: usize,
        oldest_first: bool,
    ) -> Option<CallPage>;
    /// Finds a call by the exchange's number of it, or by one of the vendor's own ids.
    fn call_id(&self, account: AccountId, id: &str) -> Option<CallId>;
    /// Returns the recording of a finished call, if it has one.
    fn sound(&self, account: AccountId, call: CallId) -> Option<Sound>;
    /// Lists an account's webhook deliveries, newest first.
    fn deliveries(
        &self,
        account: AccountId,
        filter: &DeliveryFilter,
        limit: usize,
    ) -> Option<DeliveryPage>;
    /// Returns what stands beside the outboxes.
    fn delivery_bench(&self) -> &Arc<DeliveryBench>;
    /// Says how a webhook is signed for an account, or for the one of all that fits best; `None` where the
    /// vendor does not sign.
    fn signature(&self, account: Option<AccountId>, webhook: &SentWebhook<'_>)
    -> Option<Signature>;
    /// Changes an account's outbox; returns the deliveries that were made by it.
    fn change_outbox(
        &self,
        account: AccountId,
        change: OutboxCommand,
    ) -> LocalBoxFuture<'_, Result<Vec<DeliveryId>, ControlError>>;
    /// Waits until a delivery has had an attempt, is over, or the computer's time given has passed.
    fn attempted(
        &self,
        account: AccountId,
        id: DeliveryId,
        at_most: RealTime,
    ) -> LocalBoxFuture<'_, ()>;
    /// Remembers which deliveries there are, of one account or of all.
    fn mark(&self, account: Option<AccountId>) -> Mark;
    /// Shows the deliveries that waited at a mark or came after it.
    fn deliveries_since(&self, mark: &Mark) -> Vec<Value>;
    /// Waits until no webhook is to be tried now; returns whether that was so in time.
    fn settled(&self, account: Option<AccountId>, at_most: RealTime) -> LocalBoxFuture<'_, bool>;
    /// Shows the deliveries that are to be tried now.
    fn unsettled(&self, account: Option<AccountId>) -> Vec<Value>;
    /// Sends an account's webhooks elsewhere.
    fn retarget(
        &self,
        account: AccountId,
        url: Option<String>,
    ) -> LocalBoxFuture<'_, Result<(), ControlError>>;
    /// Does something to an account's world.
    fn control(
        &self,
        account: AccountId,
        control: Value,
    ) -> LocalBoxFuture<'_, Result<Value, ControlError>>;
}
