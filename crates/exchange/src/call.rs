//! A live call: its legs, its timeline, its recording.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    Direction, HangupCause, KeyPress, Number, Party, Plan, Side,
    agenda::Due,
    exchange::Serving,
    heard::{self, Ear},
};

/// Identifies a call within one exchange; numbers grow in the order of creation.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Default,
    JsonSchema,
)]
#[serde(transparent)]
pub struct CallId(pub u64);

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Identifies a leg within its call: its place in [`Call::legs`], which never changes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct LegId(pub u16);

/// Who placed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Side A dialled on its own phone, so its leg is up from the start.
    Phone,
    /// Somebody ordered the call by the API: side A is rung first, then side B.
    Click,
}

/// What a leg is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// One of the two sides of the call, or a candidate for it.
    Talks(Side),
    /// A queue or a menu, in place of that side.
    Serves(Side),
    /// A third party that side asks while the other one waits.
    Consults(Side),
    /// A third party that joined the call.
    Supervises(Supervision),
}

/// What a supervisor hears, and who hears the supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Supervision {
    /// Hears both sides; nobody hears the supervisor.
    Listen,
    /// Hears both sides; only the extension side hears the supervisor.
    Whisper,
    /// A three-party call.
    Barge,
}

/// Where a leg stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    /// The number was dialled; the phone does not ring yet.
    Dialling,
    /// The phone rings.
    Ringing,
    /// The phone was picked up.
    Up,
    /// Picked up, and put on hold by the other side.
    Held,
    /// Picked up, and waiting alone after the other side was cut.
    Parked,
    /// Over.
    Ended,
}

/// One phone's part in a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// Who is at its end.
    pub party: Party,
    /// What it is for.
    pub role: Role,
    /// Where it stands.
    pub state: LegState,
    /// When its number was dialled.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub created_at: OffsetDateTime,
    /// When it began to ring.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub ringing_at: Option<OffsetDateTime>,
    /// When it was picked up.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub answered_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// Why it ended.
    pub cause: Option<HangupCause>,
    /// The leg it took over from, or was dialled because of: for the far side of an ordered call the
    /// near side's, for a member the queue's, after a transfer the released one's.
    pub via: Option<LegId>,
    /// What it was for when it was dialled, if that has changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_role: Option<Role>,
    pub(crate) plan: Plan,
    pub(crate) timer: Option<Due>,
    /// What a rule has pressed once it is up.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub(crate) presses: VecDeque<KeyPress>,
    /// When the next of them are pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) presses_due: Option<Due>,
}

impl Leg {
    /// Returns what its phone means to do, or did.
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// Returns what it was for when it was dialled.
    pub fn first_role(&self) -> Role {
        self.first_role.unwrap_or(self.role)
    }

    /// Returns whether the leg is not over.
    pub fn is_live(&self) -> bool {
        self.state != LegState::Ended
    }

    /// Returns whether the leg was picked up and is not over.
    pub fn is_up(&self) -> bool {
        matches!(self.state, LegState::Up | LegState::Held | LegState::Parked)
    }
}

/// Where a whole call stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// It exists; the far side does not ring yet.
    Created,
    /// It is in a menu or a queue, and nobody is rung.
    Waiting,
    /// The far side rings.
    Ringing,
    /// Both sides talk.
    Answered,
    /// One side was cut; the other waits.
    Parked,
    /// It is over.
    Ended,
}

/// Something that happened in an exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// In which call.
    pub call: CallId,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened to a call or to one of its legs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// The call exists.
    CallCreated,
    /// A number was dialled for it.
    LegCreated {
        /// The new leg.
        leg: LegId,
    },
    /// A phone began to ring.
    LegRinging {
        /// Its leg.
        leg: LegId,
    },
    /// A phone was picked up.
    LegAnswered {
        /// Its leg.
        leg: LegId,
    },
    /// A leg was put on hold.
    LegHeld {
        /// The waiting leg.
        leg: LegId,
    },
    /// A leg came back from hold.
    LegResumed {
        /// The leg that waited.
        leg: LegId,
    },
    /// The other side was cut and this leg waits.
    #[serde(rename = "call_parked")]
    LegParked {
        /// The waiting leg.
        leg: LegId,
    },
    /// A leg was moved to a new party.
    #[serde(rename = "call_transferred")]
    LegTransferred {
        /// The leg that stays in the call.
        leg: LegId,
        /// The leg in place of the released one; none if it went to a service, whose legs follow.
        to: Option<LegId>,
    },
    /// A transfer failed, and who had transferred is rung again.
    LegReturned {
        /// The leg that stays in the call.
        leg: LegId,
        /// The leg of the party that had been released.
        to: LegId,
    },
    /// A supervisor's part changed.
    SupervisionChanged {
        /// The supervisor's leg.
        leg: LegId,
        /// What it does now.
        supervision: Supervision,
    },
    /// Somebody pressed keys.
    #[serde(rename = "dtmf")]
    DigitsPressed {
        /// Whose leg.
        leg: LegId,
        /// The keys, out of `0-9`, `*`, `#`, `A-D`.
        digits: String,
    },
    /// The recording began or went on.
    RecordingStarted,
    /// The recording was stopped.
    RecordingStopped,
    /// A leg is over.
    LegEnded {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: HangupCause,
    },
    /// The whole call is over; from now on it is in the history.
    CallEnded {
        /// Why.
        cause: HangupCause,
    },
    /// What the vendor shows of a finished call has changed: its record has appeared late, is no
    /// longer doubled, wrong or out of its place, or its recording is ready.
    RecordChanged,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its beginning.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub from: OffsetDateTime,
    /// Its end.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub to: OffsetDateTime,
}

/// A call that is not over yet.
///
/// `T` is what the vendor keeps with each of its calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call<T> {
    /// Its identity in this exchange.
    pub id: CallId,
    /// Which way it goes; a transfer does not change it.
    pub direction: Direction,
    /// Who placed it.
    pub origin: Origin,
    /// Who called, as at the beginning.
    pub from: Party,
    /// Who was called, as at the beginning.
    pub to: Party,
    /// The exchange's own number that the call uses or came in on.
    pub line: Option<Number>,
    /// When it was created.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub created_at: OffsetDateTime,
    /// When both sides first talked.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub answered_at: Option<OffsetDateTime>,
    /// Its legs, in the order in which they were dialled.
    pub legs: Vec<Leg>,
    /// Everything that happened to it.
    pub timeline: Vec<Event>,
    /// The stretches recorded and finished.
    pub recorded: Vec<Span>,
    /// Since when it is being recorded, if it is.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub recording_since: Option<OffsetDateTime>,
    /// What the vendor keeps with it.
    pub tag: T,
    /// Whether recording starts by itself when both sides talk.
    pub(crate) record: bool,
    pub(crate) given: Option<crate::Behaviour>,
    pub(crate) sides: [Option<LegId>; 2],
    /// The service at work for one of the sides.
    pub(crate) serving: Option<Serving>,
    /// What the caller will press in menus.
    pub(crate) keys: VecDeque<String>,
    /// Who is rung again if a transfer fails, and on which side.
    pub(crate) recall: Option<(Side, Party)>,
    /// What is left of the talk during a consultation, and who hangs up then.
    pub(crate) paused: Option<(Duration, Side)>,
    pub(crate) last_extension: Option<Number>,
    pub(crate) timer: Option<Due>,
}

impl<T> Call<T> {
    /// Returns a leg by its identity.
    pub fn leg(&self, id: LegId) -> Option<&Leg> {
        self.legs.get(usize::from(id.0))
    }

    pub(crate) fn leg_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs.get_mut(usize::from(id.0))
    }

    /// Returns the service that looks for somebody to take a side of the call, if one does.
    pub fn service(&self) -> Option<&Number> {
        self.serving.as_ref().map(Serving::service)
    }

    /// Returns the service that looks for somebody to take that side of the call, if one does.
    pub fn service_of(&self, side: Side) -> Option<&Number> {
        self.serving.as_ref().filter(|serving| serving.side() == side).map(Serving::service)
    }

    /// Returns the leg that plays a side now, if that side is there. While a service looks for
    /// somebody it is not, though its candidates ring.
    pub fn side(&self, side: Side) -> Option<(LegId, &Leg)> {
        let id = match (side, self.sides) {
            (Side::A, [a, _]) => a?,
            (Side::B, [_, b]) => b?,
        };
        Some((id, self.leg(id)?))
    }

    pub(crate) fn set_side(&mut self, side: Side, leg: Option<LegId>) {
        let [a, b] = &mut self.sides;
        match side {
            Side::A => *a = leg,
            Side::B => *b = leg,
        }
    }

    /// Returns the supervisors' legs that are not over.
    pub fn supervisors(&self) -> impl Iterator<Item = (LegId, &Leg)> {
        self.live_legs().filter(|(_, leg)| matches!(leg.role, Role::Supervises(_)))
    }

    /// Returns the legs that are not over.
    pub fn live_legs(&self) -> impl Iterator<Item = (LegId, &Leg)> {
        (0..).map(LegId).zip(&self.legs).filter(|(_, leg)| leg.is_live())
    }

    /// Returns whether both sides talk.
    pub fn is_bridged(&self) -> bool {
        [Side::A, Side::B]
            .into_iter()
            .all(|side| self.side(side).is_some_and(|(_, leg)| leg.is_up()))
    }

    /// Returns where the call stands.
    pub fn state(&self) -> CallState {
        if self.is_bridged() {
            return CallState::Answered;
        }
        if self.live_legs().any(|(_, leg)| leg.state == LegState::Parked) {
            return CallState::Parked;
        }
        if let Some(serving) = &self.serving {
            let rings = |leg: &Leg| leg.role == Role::Talks(serving.side()) && leg.is_live();
            return match self.legs.iter().any(rings) {
                true => CallState::Ringing,
                false => CallState::Waiting,
            };
        }
        let far_side_rings = self.side(Side::B).is_some_and(|(_, leg)| leg.ringing_at.is_some());
        if self.live_legs().next().is_none() {
            CallState::Ended
        } else if far_side_rings {
            CallState::Ringing
        } else {
            CallState::Created
        }
    }

    /// Returns whether one leg's voice reaches another.
    pub(crate) fn reaches(&self, speaker: &Leg, listener: &Leg) -> bool {
        let ear = |leg: &Leg| Ear { state: leg.state, role: leg.role };
        let consults = self.consultation().map(|(by, _, _)| by);
        heard::reaches(ear(speaker), ear(listener), consults, self.extension_side())
    }

    /// Returns whether a live party of the call hears a supervisor.
    ///
    /// In a whisper only the extension side does; in a local call that is side A.
    pub fn hears(&self, side: Side, supervision: Supervision) -> bool {
        heard::hears(side, supervision, self.extension_side())
    }

    /// Returns the side that hears a whisper.
    fn extension_side(&self) -> Side {
        match self.side(Side::A) {
            Some((_, leg)) if leg.party.is_extension() => Side::A,
            _ => Side::B,
        }
    }
}
