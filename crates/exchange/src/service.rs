//! Numbers of the exchange itself, behind which no single phone stands.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Distribution, Number};

/// A number of the exchange itself: a ring group, a queue or a menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The number that reaches it.
    pub number: Number,
    /// What it does with a call.
    pub kind: ServiceKind,
}

/// What a service does with a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Rings its free members once, without answering itself. If none of them picks up, the call
    /// ends.
    RingGroup(Group),
    /// Answers with a leg of its own, plays music, and rings free members again and again until one
    /// picks up or the caller has waited too long.
    Queue(Queue),
    /// Answers with a leg of its own and sends the call on.
    Menu(Menu),
}

/// The extensions that a ring group or a queue tries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The extensions; those unknown, logged out or busy are passed over.
    pub members: Vec<Number>,
    /// In which order they ring.
    #[serde(default)]
    pub strategy: RingStrategy,
    /// How long one of them rings at most.
    #[serde(default = "Group::usual_ring")]
    pub ring: Distribution,
}

/// In which order the members of a group ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RingStrategy {
    /// All at once; the first to pick up has the call.
    #[default]
    AtOnce,
    /// One after the other, in the order of the list.
    InTurn,
}

/// A group whose callers wait for a free member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Who serves it.
    pub group: Group,
    /// How long a caller waits at most.
    #[serde(default = "Queue::usual_wait")]
    pub wait: Distribution,
}

/// An interactive voice menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    /// How long it waits for keys.
    pub greeting: Distribution,
    /// Where the keys lead.
    #[serde(default)]
    pub keys: BTreeMap<String, Number>,
    /// Where a call goes whose caller presses nothing; it ends if nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Number>,
}

impl Group {
    fn usual_ring() -> Distribution {
        Distribution::Fixed(30.0)
    }

    /// A group of these members, who ring all at once for 30 s at most.
    pub fn of(members: impl IntoIterator<Item = Number>) -> Self {
        let members = members.into_iter().collect();
        Self { members, strategy: RingStrategy::default(), ring: Self::usual_ring() }
    }
}

impl Queue {
    fn usual_wait() -> Distribution {
        Distribution::Fixed(60.0)
    }

    /// A queue served by a group, in which nobody waits longer than 60 s.
    pub fn of(group: Group) -> Self {
        Self { group, wait: Self::usual_wait() }
    }
}

impl ServiceKind {
    /// Returns the group that serves the callers, if one does.
    pub fn group(&self) -> Option<&Group> {
        match self {
            Self::RingGroup(group) | Self::Queue(Queue { group, .. }) => Some(group),
            Self::Menu(_) => None,
        }
    }
}
