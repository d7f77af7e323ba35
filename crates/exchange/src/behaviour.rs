//! What a dialled party does: user rules, magic numbers, and the vendor's own mix.

mod hours;
mod press;
mod rule;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::{Direction, Distribution, HangupCause, Number, Party, Random};
pub use hours::{Day, Hours};
pub(crate) use hours::{OFFSET, offset};
pub(crate) use press::{KEYS, are_keys};
pub use press::{KeyPress, Presser};
pub use rule::{Rule, is_like};
pub(crate) use rule::{is_number, is_zero, share};

/// What comes of ringing a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It picks up.
    Answer,
    /// It is in another call; nothing rings.
    Busy,
    /// It rings until the exchange gives up.
    NoAnswer,
    /// It rings, then declines.
    Reject,
    /// It rings, then the caller gives up.
    Cancel,
    /// It rings until somebody answers, rejects or hangs up by command.
    Manual,
    /// It cannot be reached, for the given cause; nothing rings.
    Fail(HangupCause),
}

/// What a party does when it is rung, and how long that takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// What comes of it.
    pub outcome: Outcome,
    /// From dialling to the first ring, in seconds.
    #[serde(default = "zero")]
    pub setup: Distribution,
    /// From the first ring to the outcome, in seconds; a call that rings out ignores it.
    #[serde(default = "zero")]
    pub ring: Distribution,
    /// From the answer to the hang-up, in seconds; only for [`Outcome::Answer`]. When not given, as
    /// long as the vendor's calls usually last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<Distribution>,
    /// Who hangs up after the talk; drawn when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hangs_up: Option<Side>,
}

fn zero() -> Distribution {
    Distribution::ZERO
}

impl Behaviour {
    /// A party that picks up after `ring` and talks for `talk`.
    pub const fn answers(ring: Distribution, talk: Distribution) -> Self {
        let (setup, talk) = (Distribution::ZERO, Some(talk));
        Self { outcome: Outcome::Answer, setup, ring, talk, hangs_up: None }
    }

    /// A party that rings for `ring`, if its outcome rings at all, and never talks.
    pub const fn fails(outcome: Outcome, ring: Distribution) -> Self {
        Self { outcome, setup: Distribution::ZERO, ring, talk: None, hangs_up: None }
    }
}

/// One of the two sides of a call: A placed it, B received it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The party that placed the call.
    A,
    /// The party that received the call.
    B,
}

impl Side {
    /// Returns the opposite side.
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// The parts of behaviour that a vendor chooses for its own world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// What an extension does when it is rung and nothing else says so.
    pub extension: Behaviour,
    /// What outside numbers do, by weight, when nothing else says so.
    pub outside: Vec<(u32, Behaviour)>,
    /// How long the exchange lets a phone ring before it gives up, in seconds.
    pub ring_timeout: Distribution,
    /// Where the vendor's customers are.
    #[serde(default)]
    pub home: Home,
}

/// Where a vendor's customers are: what background traffic looks like there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Patterns of outside numbers, in which each `#` is a digit.
    pub outside: Vec<String>,
    /// Whose working day it is.
    pub utc_offset: UtcOffset,
}

impl Home {
    /// A place with such numbers and such a time.
    pub fn new(outside: &[&str], utc_offset: UtcOffset) -> Self {
        Self { outside: outside.iter().map(|&pattern| pattern.to_owned()).collect(), utc_offset }
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new(&["##########"], UtcOffset::UTC)
    }
}

impl Default for Profile {
    /// Extensions pick up after 1 s, outside numbers after 2 s and talk for 5 s, and a phone that
    /// nobody answers rings for 30 s.
    fn default() -> Self {
        let seconds = Distribution::Fixed;
        Self {
            extension: Behaviour::answers(seconds(1.0), seconds(5.0)),
            outside: vec![(1, Behaviour::answers(seconds(2.0), seconds(5.0)))],
            ring_timeout: seconds(30.0),
            home: Home::default(),
        }
    }
}

/// Returns what a number ending in `99` and a SIP status does, whatever stands before.
///
/// `…99486` is busy, `…99480` rings out, `…99404` is unallocated, `…99503` meets congestion, on
/// `…99487` the caller gives up after 5 s of ringing, `…99603` declines after 2 s, `…99200` picks
/// up after 1 s and talks for 10 s; any other final status of the cause table fails with its cause.
/// An ending that is no such status is an ordinary number.
pub fn magic(number: &Number) -> Option<Behaviour> {
    let mut digits = number.digits().rev();
    let mut tail = [0; 5];
    for place in tail.iter_mut().rev() {
        *place = digits.next()?;
    }
    let [9, 9, hundreds, tens, ones] = tail else { return None };
    let status = u16::try_from(hundreds * 100 + tens * 10 + ones).ok()?;
    let seconds = Distribution::Fixed;
    Some(match status {
        200 => Behaviour::answers(seconds(1.0), seconds(10.0)),
        480 | 408 => Behaviour::fails(Outcome::NoAnswer, Distribution::ZERO),
        486 | 600 => Behaviour::fails(Outcome::Busy, Distribution::ZERO),
        487 => Behaviour::fails(Outcome::Cancel, seconds(5.0)),
        603 => Behaviour::fails(Outcome::Reject, seconds(2.0)),
        other => {
            let cause = HangupCause::from_sip(other)?;
            Behaviour::fails(Outcome::Fail(cause), Distribution::ZERO)
        }
    })
}

/// Everything that decides what rung parties do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Behaviours {
    /// The user's rules, first match wins.
    pub rules: Vec<Rule>,
    /// The number of the last rule there was.
    #[serde(default)]
    pub(crate) last_rule: u64,
    /// The vendor's own world.
    pub profile: Profile,
}

/// A behaviour with its lengths drawn: what one rung phone will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What comes of it.
    pub outcome: Outcome,
    /// From dialling to the first ring.
    pub setup: Duration,
    /// From the first ring to the outcome.
    pub ring: Duration,
    /// From the answer to the hang-up; `None` leaves the talk to a command.
    pub talk: Option<Duration>,
    /// Who hangs up after the talk.
    pub hangs_up: Side,
}

impl Plan {
    /// What the exchange's own services do: answer at once, and stay until they are left.
    pub(crate) const SERVICE: Self = Self {
        outcome: Outcome::Answer,
        setup: Duration::ZERO,
        ring: Duration::ZERO,
        talk: None,
        hangs_up: Side::A,
    };
}

/// A party that is rung, and for whom.
pub(crate) struct Ringing<'a> {
    pub(crate) now: OffsetDateTime,
    pub(crate) from: &'a Number,
    pub(crate) party: &'a Party,
    pub(crate) direction: Direction,
    /// What the party does unless something else says otherwise.
    pub(crate) habit: Option<Behaviour>,
}

impl Behaviours {
    /// Decides what a party does when it is rung, and which keys are pressed once it has answered:
    /// rules, magic numbers, then its own habit or the profile's mix. A service answers unless a rule
    /// says otherwise.
    pub(crate) fn plan(
        &mut self,
        random: &mut Random,
        ringing: &Ringing<'_>,
    ) -> (Plan, Vec<KeyPress>) {
        let Ringing { party, habit, .. } = ringing;
        let (ruled, keys) = match self.rule(random, ringing) {
            Some((behaviour, keys)) => (Some(behaviour), keys),
            None => (None, Vec::new()),
        };
        let behaviour = match (ruled, party) {
            (Some(ruled), _) => ruled,
            (None, Party::Service(_)) => return (Plan::SERVICE, keys),
            (None, Party::Extension(_)) => habit.unwrap_or_else(|| self.default_of(random, party)),
            (None, Party::Outside(number)) => {
                magic(number).unwrap_or_else(|| self.default_of(random, party))
            }
        };
        (self.draw(random, party, &behaviour), keys)
    }

    /// Draws the lengths of what a party does.
    pub(crate) fn draw(&self, random: &mut Random, party: &Party, behaviour: &Behaviour) -> Plan {
        let setup = behaviour.setup.draw(random);
        let ring = match behaviour.outcome {
            Outcome::NoAnswer => self.profile.ring_timeout.draw(random),
            Outcome::Answer
            | Outcome::Busy
            | Outcome::Reject
            | Outcome::Cancel
            | Outcome::Manual
            | Outcome::Fail(_) => behaviour.ring.draw(random),
        };
        let talk = match behaviour.outcome {
            Outcome::Manual => None,
            Outcome::Answer => {
                let talk = behaviour.talk.unwrap_or_else(|| self.usual_talk(random, party));
                Some(talk.draw(random))
            }
            Outcome::Busy
            | Outcome::NoAnswer
            | Outcome::Reject
            | Outcome::Cancel
            | Outcome::Fail(_) => Some(Duration::ZERO),
        };
        let hangs_up = behaviour
            .hangs_up
            .unwrap_or_else(|| if random.chance(0.5) { Side::A } else { Side::B });
        Plan { outcome: behaviour.outcome, setup, ring, talk, hangs_up }
    }

    fn rule(
        &mut self,
        random: &mut Random,
        ringing: &Ringing<'_>,
    ) -> Option<(Behaviour, Vec<KeyPress>)> {
        let rule = self.rules.iter_mut().find(|rule| rule.applies(random, ringing))?;
        rule.times = rule.times.map(|times| times.saturating_sub(1));
        rule.hits = rule.hits.saturating_add(1);
        Some((rule.behaviour(), rule.keys.clone()))
    }

    /// Returns how long a party of the vendor's own mix talks once it has picked up.
    // field report, T10
    fn usual_talk(&self, random: &mut Random, party: &Party) -> Distribution {
        let talk =
            |behaviour: &Behaviour| behaviour.talk.filter(|_| behaviour.outcome == Outcome::Answer);
        let outside = self.profile.outside.iter().filter(|_| !party.is_extension());
        let talks: Vec<(u32, Distribution)> =
            outside.filter_map(|(weight, behaviour)| Some((*weight, talk(behaviour)?))).collect();
        let drawn = match talks.as_slice() {
            [] | [_] => 0,
            several => random.weighted(several.iter().map(|(weight, _)| *weight)).unwrap_or(0),
        };
        let own = || talk(&self.profile.extension).unwrap_or(Distribution::ZERO);
        talks.get(drawn).map_or_else(own, |(_, talk)| *talk)
    }

    fn default_of(&self, random: &mut Random, party: &Party) -> Behaviour {
        if party.is_extension() {
            return self.profile.extension;
        }
        let outside = &self.profile.outside;
        let drawn = match outside.as_slice() {
            [(_, only)] => Some(only),
            several => random
                .weighted(several.iter().map(|(weight, _)| *weight))
                .and_then(|index| several.get(index))
                .map(|(_, behaviour)| behaviour),
        };
        drawn.copied().unwrap_or(self.profile.extension)
    }
}

#[cfg(test)]
mod tests;
