//! A call as clients hear of it while it lives: its legs, each one pair of parties.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{LegId, Number, Side};
use serde::{Deserialize, Serialize};

use crate::identity::{LegNo, Location};

/// Who ordered a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Initiator {
    /// Somebody dialled.
    #[default]
    #[serde(rename = "")]
    Nobody,
    /// The external system, by a command.
    #[serde(rename = "API")]
    Api,
    /// An outbound campaign.
    #[serde(rename = "ObDial")]
    Campaign,
}

/// Which way a call goes, as the summary counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Way {
    /// Between employees.
    #[default]
    Internal,
    /// From outside.
    In,
    /// To the outside.
    Out,
}

impl From<Way> for u8 {
    fn from(way: Way) -> Self {
        match way {
            Way::Internal => 0,
            Way::In => 1,
            Way::Out => 2,
        }
    }
}

impl TryFrom<u8> for Way {
    type Error = &'static str;

    fn try_from(way: u8) -> Result<Self, Self::Error> {
        match way {
            0 => Ok(Self::Internal),
            1 => Ok(Self::In),
            2 => Ok(Self::Out),
            _ => Err("a call goes 0, 1 or 2"),
        }
    }
}

/// Where a leg stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Appeared,
    Connected,
    OnHold,
    Disconnected,
}

/// One end of a leg.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) extension: Option<String>,
    pub(crate) number: Option<String>,
}

/// How a leg came about by a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Transfer {
    Consultative,
    Blind,
    ReturnBlind,
}

/// One pair of parties within a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Leg {
    pub(crate) no: LegNo,
    /// The exchange's leg at the called end.
    pub(crate) of: LegId,
    /// The side of the exchange's call at the calling end.
    pub(crate) from_side: Side,
    pub(crate) location: Location,
    pub(crate) state: State,
    pub(crate) seq: u32,
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) taken_from: Option<(LegNo, Location)>,
    pub(crate) acd_group: Option<String>,
    pub(crate) transfer: Option<Transfer>,
    /// Whether somebody was consulted in it first, whatever it is called since.
    pub(crate) consulted: bool,
    /// Since when whoever was consulted talks to the party that had been on hold.
    #[serde(default, with = "time::serde::timestamp::microseconds::option")]
    pub(crate) joined: Option<OffsetDateTime>,
    pub(crate) command_id: Option<String>,
    /// Whether it rings the first party of an ordered call, before there is another one.
    pub(crate) is_first_half: bool,
    /// Whether the external system's command ends it.
    pub(crate) by_command: bool,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) start: OffsetDateTime,
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) answer: Option<OffsetDateTime>,
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) finish: Option<OffsetDateTime>,
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) held_since: Option<OffsetDateTime>,
    pub(crate) held_seconds: u32,
    pub(crate) reason: u16,
    /// The recordings made in it, by their place among those of the call.
    pub(crate) recordings: Vec<u32>,
    /// How many packets of keys were heard in it.
    pub(crate) packets: u32,
}

impl Leg {
    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Disconnected
    }

    /// Returns how statistics say it came about: a completed consultation remains one.
    pub(crate) fn counted_transfer(&self) -> Option<Transfer> {
        if self.consulted { Some(Transfer::Consultative) } else { self.transfer }
    }

    /// Returns the end at a side of the exchange's call.
    pub(crate) fn end(&self, side: Side) -> &End {
        if side == self.from_side { &self.from } else { &self.to }
    }
}

/// The recording of a live call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tape {
    /// Its place among the recordings of the call.
    pub(crate) index: u32,
    pub(crate) seq: u32,
    /// The leg it was last told with.
    pub(crate) leg: usize,
    pub(crate) command_id: Option<String>,
}

/// A live call as clients hear of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct LiveCall {
    /// Copied into the events of every leg that begins from now on.
    pub(crate) command_id: Option<String>,
    pub(crate) initiator: Initiator,
    pub(crate) task_id: Option<u64>,
    pub(crate) way: Way,
    /// The exchange's own number the call uses or came in on.
    pub(crate) line: Option<Number>,
    /// Whether an employee dialled it on a SIP telephone, and not to get into a menu.
    #[serde(default)]
    pub(crate) from_softphone: bool,
    /// The number by which the first party is rung, instead of the usual one.
    pub(crate) first_number: Option<String>,
    pub(crate) legs: Vec<Leg>,
    /// The leg in which the two sides talk, or talked last.
    pub(crate) current: Option<usize>,
    /// Which side put the other one on hold.
    pub(crate) holder: Option<Side>,
    /// Which side leaves by a transfer that is under way.
    pub(crate) leaving: Option<Side>,
    /// Whether the next leg appears because somebody routed the call.
    pub(crate) is_routed: bool,
    pub(crate) tape: Option<Tape>,
    pub(crate) recordings: u32,
    /// By whose command recording is about to start.
    pub(crate) tape_command: Option<String>,
    /// When it first left the voice menu.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) forwarded_at: Option<OffsetDateTime>,
    /// When two people first talked.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) talked_at: Option<OffsetDateTime>,
    /// Who the summary names as called.
    pub(crate) reached: Option<End>,
}

impl LiveCall {
    /// Returns the place of the newest leg whose called end is a leg of the exchange.
    pub(crate) fn place_of(&self, of: LegId) -> Option<usize> {
        self.legs.iter().rposition(|leg| leg.of == of)
    }

    /// Returns how clients were told of a number, if they were.
    pub(crate) fn end_of(&self, number: &Number) -> Option<End> {
        let is_it = |end: &&End| {
            let named = end.extension.as_deref().or(end.number.as_deref());
            named == Some(number.as_str())
        };
        self.legs.iter().flat_map(|leg| [&leg.from, &leg.to]).find(is_it).cloned()
    }

    /// Returns the leg in which the two sides talk, if they do.
    pub(crate) fn talking(&self) -> Option<usize> {
        let current = self.current?;
        let leg = self.legs.get(current)?;
        (!leg.is_over()).then_some(current)
    }

    /// Returns the place of a leg that is not over.
    pub(crate) fn live(&self, no: LegNo) -> Option<usize> {
        self.legs.iter().position(|leg| leg.no == no && !leg.is_over())
    }
}
