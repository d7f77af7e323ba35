//! What the feed holds: small items, from which the control API's form is made when they are read.

use std::fmt::Debug;
use std::mem::size_of;
use std::sync::Arc;
use std::time::Duration;

use ringback_engine::{ClockState, OffsetDateTime};
use ringback_exchange::{CallId, Change, Event};
use serde_json::{Map, Value};

use crate::{
    AccountId,
    webhook::{Attempt, DeliveryId, DeliveryMethod},
};

/// Identifies an instance within its bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin(pub(crate) u16);

/// Where something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// In which instance; `None` for what concerns several, such as a clock that they share.
    pub origin: Option<Origin>,
    /// In which account; `None` for what concerns none, or none that is known.
    pub account: Option<AccountId>,
    /// What tells the account's world from those that it has had before or will have: their calls
    /// have the same numbers. 0 where it is no matter.
    pub world: u64,
}

/// Something that happened, as the feed has it.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its place in the order of everything in the process, counted from 1.
    pub cursor: u64,
    /// When, by the computer's clock.
    pub real_at: OffsetDateTime,
    /// When, by the simulated clock of its account or instance.
    pub at: OffsetDateTime,
    /// Where.
    pub source: Source,
    /// The number of the command that caused it at once, within its instance.
    pub command: Option<u64>,
    /// What.
    pub what: What,
}

impl Item {
    /// Returns when it began, by the computer's clock.
    pub fn real_began(&self) -> OffsetDateTime {
        match &self.what {
            What::Request(note) => self.real_at - note.took(),
            What::Event(_)
            | What::Delivery(_)
            | What::Message(_)
            | What::Clock(_)
            | What::World(_) => self.real_at,
        }
    }
}

/// Something that is about to enter the feed.
#[derive(Debug, Clone)]
pub struct Draft {
    /// When, by the simulated clock of its account or instance.
    pub at: OffsetDateTime,
    /// Where.
    pub source: Source,
    /// The number of the command that caused it at once, within its instance.
    pub command: Option<u64>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum What {
    /// A vendor answered a request: an entry of the journal.
    Request(Arc<dyn Note>),
    /// Something happened to a call.
    Event(Event),
    /// Something happened to a webhook delivery.
    Delivery(Arc<DeliveryNote>),
    /// An inbox received a message.
    Message(Arc<dyn Note>),
    /// A clock was changed by hand: this is what it shows since.
    Clock(ClockState),
    /// What surrounds the calls changed.
    World(Change),
}

impl What {
    /// Returns of which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Request(_) => Kind::Request,
            Self::Event(_) => Kind::Event,
            Self::Delivery(_) => Kind::Delivery,
            Self::Message(_) => Kind::Message,
            Self::Clock(_) => Kind::Clock,
            Self::World(_) => Kind::World,
        }
    }

    /// Returns what has a form of its own.
    pub fn note(&self) -> Option<&dyn Note> {
        match self {
            Self::Request(note) | Self::Message(note) => Some(note.as_ref()),
            Self::Event(_) | Self::Delivery(_) | Self::Clock(_) | Self::World(_) => None,
        }
    }

    /// Returns the event of a call.
    pub fn event(&self) -> Option<&Event> {
        match self {
            Self::Event(event) => Some(event),
            Self::Request(_)
            | Self::Delivery(_)
            | Self::Message(_)
            | Self::Clock(_)
            | Self::World(_) => None,
        }
    }

    /// Returns about how many bytes of memory it takes.
    pub(super) fn size(&self) -> usize {
        size_of::<Item>()
            + match self {
                Self::Request(note) | Self::Message(note) => note.size(),
                Self::Delivery(note) => note.size(),
                Self::Event(_) | Self::Clock(_) | Self::World(_) => 0,
            }
    }
}

/// Something with a form of its own in the control API.
pub trait Note: Debug + Send + Sync + 'static {
    /// Returns its fields, beside those that every item has; secrets are masked unless they are to be
    /// shown.
    fn show(&self, secrets: bool) -> Map<String, Value>;

    /// Returns the last part of its id, such as `r17`.
    fn id(&self) -> String;

    /// Returns the call it belongs to, if that is known.
    fn call(&self) -> Option<CallId> {
        None
    }

    /// Returns how long it took, in the computer's time; it is in the feed from its end on.
    fn took(&self) -> Duration {
        Duration::ZERO
    }

    /// Returns a field by the matcher's name for it, where that costs next to nothing.
    fn quick(&self, _name: &str) -> Option<Value> {
        None
    }

    /// Returns about how many bytes of memory it takes.
    fn size(&self) -> usize;

    /// Returns itself, for those who know what it is.
    fn as_any(&self) -> &dyn std::any::Any;
}

/// Of which kind something in the feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Requests of vendors' clients.
    Request,
    /// Events of calls.
    Event,
    /// Webhook deliveries.
    Delivery,
    /// Messages to inboxes.
    Message,
    /// Changes of clocks.
    Clock,
    /// Changes of accounts, rules, extensions, services, contacts, campaigns.
    World,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Request, Self::Event, Self::Delivery, Self::Message, Self::Clock, Self::World];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Event => "event",
            Self::Delivery => "delivery",
            Self::Message => "message",
            Self::Clock => "clock",
            Self::World => "world",
        }
    }

    /// Finds the kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Some of the kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// All of them.
    pub const ALL: Self = Self(u8::MAX);

    /// None of them.
    pub const NONE: Self = Self(0);

    /// Adds a kind.
    #[must_use]
    pub fn and(self, kind: Kind) -> Self {
        Self(self.0 | bit(kind))
    }

    /// Returns whether a kind is among them.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & bit(kind) != 0
    }
}

impl From<Kind> for Kinds {
    fn from(kind: Kind) -> Self {
        Self::NONE.and(kind)
    }
}

fn bit(kind: Kind) -> u8 {
    1 << (kind as u8)
}

/// What a delivery sends: shared by all that is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it tells.
    pub event: String,
    /// By which method.
    pub method: DeliveryMethod,
    /// Where it goes.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

/// What happened to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryStage {
    /// It waits for its first attempt.
    Pending,
    /// An attempt was made that was not the last.
    Attempt,
    /// The receiver has acknowledged it.
    Delivered,
    /// The last attempt has failed.
    Failed,
    /// It was not taken: too many wait.
    Dropped,
}

impl DeliveryStage {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Pending, Self::Attempt, Self::Delivered, Self::Failed, Self::Dropped];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Attempt => "attempt",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// Something that happened to a delivery.
#[derive(Debug, Clone)]
pub struct DeliveryNote {
    /// Its number; `None` if it was dropped before it got one.
    pub id: Option<DeliveryId>,
    /// When the event happened that it tells of.
    pub created_at: OffsetDateTime,
    /// The call it tells of, if it is about one.
    pub call: Option<CallId>,
    /// What happened.
    pub stage: DeliveryStage,
    /// How many attempts have been made.
    pub attempts: usize,
    /// How the last of them went.
    pub attempt: Option<Attempt>,
    /// What it sends.
    pub sent: Arc<Sent>,
}

impl DeliveryNote {
    fn size(&self) -> usize {
        let Sent { event, url, headers, body, .. } = self.sent.as_ref();
        let headers = headers.iter().map(|(name, value)| name.len() + value.len() + 48);
        let sent = event.len() + url.len() + body.len() + headers.sum::<usize>();
        size_of::<Self>()
            + size_of::<Sent>()
            + sent
            + self.attempt.as_ref().map_or(0, |attempt| attempt.response.len())
    }
}
