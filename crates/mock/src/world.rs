//! One account's world: a machine around an exchange, and everything that follows from owning one.

use ringback_engine::{Machine, OffsetDateTime};
use ringback_exchange::{
    Behaviour, CallId, CallRefused, CdrInput, Change, Control, Event, Exchange, Number, Random,
};
use serde_json::{Value, json};

use crate::{
    CallShown, Outbox, OutboxCommand, stable_hash,
    view::{self, moment},
    webhook::{DeliveryId, Post, SentWebhook, Signature},
};

pub(crate) mod changes;
mod control;
mod patch;
pub(crate) mod spelling;

pub use changes::{ChangeCounts, Changes, RowChange, TableChanges};
pub use control::{ControlAnswer, ControlCommand, ControlVerbs, NoControl, OwnControl};
pub use patch::Patch;
pub use spelling::ToldNumber;

/// One account's world: a machine that owns an exchange.
///
/// A vendor says what its exchange is, what it does about events, what is due beside them, and how
/// a call is placed; the rest is given. [`world!`](crate::world) writes its [`Machine`] and the
/// logged form of its commands.
pub trait World:
    Machine<Event = Event, Logged: From<OutboxCommand> + From<ControlCommand<Self::Own>>> + Clone
{
    /// What the vendor keeps with each call.
    type Tag: Clone + PartialEq;

    /// What the control API can do to this world beyond what it can do to any exchange;
    /// [`NoControl`] for nothing.
    type Own: OwnControl<Self>;

    /// Returns the exchange.
    fn exchange(&self) -> &Exchange<Self::Tag>;

    /// Returns the exchange, to change it.
    fn exchange_mut(&mut self) -> &mut Exchange<Self::Tag>;

    /// Returns the webhook outbox, where the vendor has webhooks.
    fn outbox(&self) -> Option<&Outbox> {
        None
    }

    /// Returns the webhook outbox, to change it.
    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        None
    }

    /// Posts something that tells of nothing, to try the address of webhooks.
    fn test_webhook(&mut self, now: OffsetDateTime) -> Option<DeliveryId> {
        let outbox = self.outbox_mut()?;
        let post = Post {
            lane: outbox.own_lane(),
            call: None,
            event: "test".to_owned(),
            url: None,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: json!({ "event": "test", "sent_at": moment(now) }).to_string(),
        };
        outbox.post(now, post)
    }

    /// Says how a webhook is signed for this account, as its receiver has to verify it; `None` where
    /// the vendor does not sign.
    fn signature(&self, _webhook: &SentWebhook<'_>) -> Option<Signature> {
        None
    }

    /// Reacts to an event of the exchange, before anything later happens.
    fn react(&mut self, _event: &Event) {}

    /// Returns when something of the world's own agenda is due next.
    fn own_due(&self) -> Option<OffsetDateTime> {
        None
    }

    /// Does the next thing of the world's own agenda that is due up to a moment; returns whether
    /// there was one.
    fn run_due(&mut self, _to: OffsetDateTime) -> bool {
        false
    }

    /// Returns a number that follows from what has been done in this world, for the comparison of
    /// replicas: see [`Machine::fingerprint`].
    fn trace(&self) -> u64 {
        let waiting = self.outbox().map(|outbox| outbox.counts()).unwrap_or_default();
        let counters = self.exchange().counters().into_iter().chain(waiting);
        counters.fold(0, |trace, counter| stable_hash(trace, &counter.to_le_bytes()))
    }

    /// Places a call as the control API or a scenario orders it.
    ///
    /// # Errors
    /// When the vendor knows no such call; nothing has changed then.
    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused>;

    /// Returns a number outside, or the beginning of some, as the calls of this vendor have it, where it is
    /// told in another usual spelling; `None` to leave it as it was told. A vendor whose calls have numbers
    /// as its clients dial them takes out what no number has.
    fn spell(&self, told: ToldNumber<'_>) -> Option<String> {
        Some(told.bare())
    }

    /// Refuses a finished call that cannot be one of this vendor's.
    ///
    /// # Errors
    /// Why it cannot.
    fn check_record(&self, record: &CdrInput) -> Result<(), ControlRefused>;

    /// Adds a finished call that has been checked.
    fn add_record(&mut self, record: &CdrInput);

    /// Does what follows from finished calls, after the last of several has been added.
    fn records_added(&mut self) {}

    /// Does what a control says to the exchange, where the vendor has something to add.
    ///
    /// # Errors
    /// Why it cannot be done; nothing has changed then.
    fn control(
        &mut self,
        now: OffsetDateTime,
        control: Control,
    ) -> Result<Option<CallId>, ControlRefused> {
        Ok(self.exchange_mut().control(now, control)?)
    }

    /// Draws a call that comes by itself, between parties as this vendor has them; `None` if there is
    /// nobody to call now.
    fn background_call(&self, random: &mut Random, is_inbound: bool) -> Option<PhoneCall> {
        let (from, to) = self.exchange().draw_parties(random, is_inbound)?;
        Some(PhoneCall::between(from, to))
    }

    /// Finds a call, live or over, by one of the vendor's own ids.
    fn call_named(&self, _id: &str) -> Option<CallId> {
        None
    }

    /// Adds to the view of a call what the vendor's clients know it by.
    fn describe_call(&self, _id: CallId, _view: &mut serde_json::Map<String, Value>) {}

    /// Learns the credential that opened this world's account.
    fn opened_by(&mut self, _credential: &str) {}

    /// Learns that it is a copy of another account's world, and that this is its own credential:
    /// what names an account to the outside must not name two.
    fn forked_for(&mut self, credential: &str) {
        self.opened_by(credential);
    }

    /// Compares the tables that only this vendor has with what they were in an earlier state.
    fn compare(&self, _before: &Self, _changes: &mut Changes) {}

    /// Returns everything a client needs to know to use this world's account, by the names that the
    /// vendor's documents have for it.
    fn credentials(&self, credential: Option<&str>) -> Value {
        json!({ "credential": credential })
    }

    /// Shows a call as each of the vendor's own views does: lists, records, statistics, what clients
    /// were told, the recording. Without a view that does not show it.
    fn views(&self, _id: CallId) -> Vec<CallShown> {
        Vec::new()
    }

    /// Returns the ids by which the vendor's clients know a call, by their names there.
    fn vendor_ids(&self, _id: CallId) -> serde_json::Map<String, Value> {
        serde_json::Map::new()
    }

    /// Moves the changes of what surrounds the calls since the last call into `into`: those of the
    /// exchange, and what the vendor adds, such as contacts and campaigns.
    fn drain_changes(&mut self, into: &mut Vec<Change>) {
        self.exchange_mut().drain_changes(into);
    }

    /// Lets everything happen that is due, in time order; where the exchange, the world's own agenda and
    /// background traffic have something to do at the same moment, they go in this order.
    fn settle(&mut self, to: OffsetDateTime) {
        loop {
            let (own, traffic) = (self.own_due(), self.exchange().traffic_due());
            let until = [own, traffic].into_iter().flatten().fold(to, OffsetDateTime::min);
            if let Some(event) = self.exchange_mut().step(until) {
                // What follows may be due before the exchange's next step.
                if let Some(outbox) = self.outbox_mut() {
                    outbox.tells_of(Some(&event.kind));
                }
                self.react(&event);
                if let Some(outbox) = self.outbox_mut() {
                    outbox.tells_of(None);
                }
                continue;
            }
            let is_first = |at: &OffsetDateTime| *at <= to && own.is_none_or(|own| *at < own);
            match traffic.filter(is_first) {
                Some(at) => self.call_by_itself(at),
                None if self.run_due(to) => {}
                None => return,
            }
        }
    }

    /// Places the call that is due by itself, if one comes.
    fn call_by_itself(&mut self, at: OffsetDateTime) {
        let Some((is_inbound, mut random)) = self.exchange_mut().next_traffic() else { return };
        let call = self.background_call(&mut random, is_inbound);
        let placed = call.is_some_and(|call| self.place(at, call).is_ok());
        self.exchange_mut().note_traffic(placed);
    }

    /// Returns the moment of the next thing that is due.
    fn due(&self) -> Option<OffsetDateTime> {
        let (exchange, traffic) = (self.exchange().next_due(), self.exchange().traffic_due());
        [exchange, self.own_due(), traffic].into_iter().flatten().min()
    }

    /// Shows one call, live or over.
    fn view_call(&self, id: CallId) -> Option<Value> {
        let mut view = json!(self.exchange().show(id)?);
        if let Some(fields) = view.as_object_mut() {
            self.describe_call(id, fields);
        }
        Some(view)
    }

    /// Shows the live calls, oldest first, then finished ones, newest first; `limit` at most.
    fn calls(&self, limit: usize) -> Value {
        let live = self.exchange().calls().map(|call| call.id);
        let over = self.exchange().history().iter().rev().map(|cdr| cdr.id);
        live.chain(over).take(limit).filter_map(|id| self.view_call(id)).collect()
    }

    /// Shows one call by the exchange's number of it, or by the vendor's own id.
    fn call(&self, id: &str) -> Option<Value> {
        let id = id.parse().map(CallId).ok().or_else(|| self.call_named(id))?;
        self.view_call(id)
    }

    /// Shows the extensions.
    fn extensions(&self) -> Value {
        self.exchange().extensions().map(|extension| json!(extension)).collect()
    }

    /// Shows the rules of behaviour, without those that have expired.
    fn behaviours(&self, now: OffsetDateTime) -> Value {
        self.exchange()
            .rules()
            .iter()
            .filter(|rule| !rule.has_expired(now))
            .map(view::rule)
            .collect()
    }
}

/// A call as the control API or a scenario orders it.
#[derive(Debug, Clone, PartialEq)]
pub struct PhoneCall {
    /// The calling number.
    pub from: Number,
    /// The called number.
    pub to: Number,
    /// The exchange's own number the call comes in on or goes out by.
    pub line: Option<Number>,
    /// What the caller presses, one second apart, once a menu has answered.
    pub keys: Vec<String>,
    /// Whether a call from outside reaches the extension without the exchange's own number.
    pub direct: bool,
    /// What the called party does, instead of rules, magic numbers and habits.
    pub behaviour: Option<Behaviour>,
}

impl PhoneCall {
    /// A call of which nothing but the parties is said.
    pub const fn between(from: Number, to: Number) -> Self {
        Self { from, to, line: None, keys: Vec::new(), direct: false, behaviour: None }
    }
}

/// Why the control API does not do something. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlRefused {
    /// What it is about does not exist.
    #[error("{0}")]
    NotFound(String),
    /// It exists, and is not in a state for this.
    #[error("{0}")]
    Conflict(String),
}

impl From<CallRefused> for ControlRefused {
    fn from(refused: CallRefused) -> Self {
        match refused.is_not_found() {
            true => Self::NotFound(refused.to_string()),
            false => Self::Conflict(refused.to_string()),
        }
    }
}

/// Writes the seams of a world: its [`Machine`] by way of [`World`], and the logged form of its
/// commands, to which those of the control API and of the outbox belong.
///
/// ```
/// use ringback_mock::engine::OffsetDateTime;
/// use ringback_mock::exchange::{CallId, CdrInput, Dial, Exchange};
/// use ringback_mock::{ControlRefused, NoControl, PhoneCall, World};
///
/// #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
/// pub struct Pbx {
///     exchange: Exchange<()>,
/// }
///
/// ringback_mock::world! {
///     /// Every command of this vendor, as the log stores it; those of every vendor are added.
///     pub enum Logged of Pbx {}
/// }
///
/// impl World for Pbx {
///     type Tag = ();
///     type Own = NoControl;
///
///     fn exchange(&self) -> &Exchange<()> {
///         &self.exchange
///     }
///
///     fn exchange_mut(&mut self) -> &mut Exchange<()> {
///         &mut self.exchange
///     }
///
///     fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
///         let (from, to) = (self.exchange.party(&call.from), self.exchange.party(&call.to));
///         Ok(self.exchange.dial(now, Dial::phone(from, to, ())))
///     }
///
///     fn check_record(&self, _record: &CdrInput) -> Result<(), ControlRefused> {
///         Ok(())
///     }
///
///     fn add_record(&mut self, record: &CdrInput) {
///         let draft = record.draft(&self.exchange, None);
///         self.exchange.record(|id| draft.cdr(id, true, ()));
///     }
/// }
/// ```
#[macro_export]
macro_rules! world {
    (
        $(#[$meta:meta])*
        $vis:vis enum $logged:ident of $world:ty {
            $($variant:ident($command:ty)),* $(,)?
        }
    ) => {
        $crate::engine::logged! {
            $(#[$meta])*
            $vis enum $logged of $world {
                $(#[doc = concat!("See [`", stringify!($variant), "`].")] $variant($command),)*
                /// See [`ControlCommand`]($crate::ControlCommand).
                Control($crate::ControlCommand<<$world as $crate::World>::Own>),
                /// See [`OutboxCommand`]($crate::OutboxCommand).
                Outbox($crate::OutboxCommand),
            }
        }

        impl $crate::engine::Machine for $world {
            type Logged = $logged;
            type Event = $crate::exchange::Event;

            fn advance(&mut self, to: $crate::engine::OffsetDateTime) {
                $crate::World::settle(self, to);
            }

            fn next_due(&self) -> Option<$crate::engine::OffsetDateTime> {
                $crate::World::due(self)
            }

            fn drain_events(&mut self, into: &mut Vec<Self::Event>) {
                $crate::World::exchange_mut(self).drain_events(into);
            }

            fn fingerprint(&self) -> u64 {
                $crate::World::trace(self)
            }
        }
    };
}
