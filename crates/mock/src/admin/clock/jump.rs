//! Jumps: of whole instances together, and of one account.
//!
//! A jump goes leg by leg. Between two legs nothing is held, so that a jump over much that happens
//! lets others in, and one over more than can be simulated in reasonable time stops where it is.

mod pace;

use std::sync::Arc;

use ringback_engine::{Advanced, ClockCommand, EngineError, OffsetDateTime};
use serde_json::Value;

use super::super::Problem;
use crate::{
    AccountEvent, AccountId, ClockChange, Mount,
    bench::Kind,
    matching::{Match, Shown},
    mount::Hold,
};
pub(super) use pace::Pace;

/// Where an advance stops.
pub(super) enum Until {
    /// At a moment.
    Moment(OffsetDateTime),
    /// At the first event like this, or at a moment.
    Event(Box<Match>, OffsetDateTime),
    /// When nothing is due any more, or at a moment.
    Idle(OffsetDateTime),
}

impl Until {
    /// Returns the moment that it does not go beyond.
    fn last(&self) -> OffsetDateTime {
        match self {
            Self::Moment(last) | Self::Idle(last) | Self::Event(_, last) => *last,
        }
    }

    /// Returns the events that it stops at.
    fn wanted(&self) -> Option<&Match> {
        match self {
            Self::Event(wanted, _) => Some(wanted),
            Self::Moment(_) | Self::Idle(_) => None,
        }
    }
}

/// What a jump did.
pub(super) struct Jump {
    pub(super) from: OffsetDateTime,
    pub(super) to: OffsetDateTime,
    pub(super) count: u64,
    pub(super) events: Vec<Value>,
    /// Whether what it was made for has come.
    pub(super) matched: Option<bool>,
}

impl Jump {
    fn new(at: OffsetDateTime) -> Self {
        Self { from: at, to: at, count: 0, events: Vec::new(), matched: None }
    }

    /// Adds what happened in one instance; returns whether an event was like that.
    fn add(
        &mut self,
        mount: &dyn Mount,
        show: impl Fn(&dyn Mount, &[AccountEvent]) -> Vec<Value>,
        advanced: &Advanced<AccountEvent>,
        wanted: Option<&Match>,
    ) -> bool {
        self.count += advanced.event_count;
        self.to = self.to.max(advanced.to);
        let shown = show(mount, &advanced.events);
        let found = wanted.is_some_and(|wanted| {
            shown.iter().any(|event| wanted.holds(&Shown::of(event, Some(Kind::Event))))
        });
        let room = Advanced::<AccountEvent>::LISTED.saturating_sub(self.events.len());
        self.events.extend(shown.into_iter().take(room));
        found
    }

    fn sort(&mut self) {
        // Moments of one length sort as texts do.
        self.events.sort_by(|one, other| {
            let at = |event: &Value| event.get("at").and_then(Value::as_str).map(str::to_owned);
            at(one).cmp(&at(other))
        });
    }
}

/// An instance that is to jump: held meanwhile, or by way of its log.
enum Jumping<'a> {
    Held(Box<dyn Hold + 'a>),
    Logged(&'a Arc<dyn Mount>),
}

impl<'a> Jumping<'a> {
    fn new(mount: &'a Arc<dyn Mount>) -> Self {
        if mount.has_log() { Self::Logged(mount) } else { Self::Held(mount.hold()) }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Held(held) => held.next_due(),
            Self::Logged(mount) => mount.next_due(),
        }
    }

    /// Sets its clock, where that is not what makes things happen.
    fn jump_to(&self, at: OffsetDateTime) {
        if let Self::Held(held) = self {
            held.jump_to(at);
        }
    }

    fn advance(&mut self, to: OffsetDateTime) -> Result<Advanced<AccountEvent>, EngineError> {
        match self {
            Self::Held(held) => Ok(held.advance()),
            Self::Logged(mount) => mount.set_clock_blocking(ClockCommand::AdvanceTo(to)),
        }
    }

    fn show(&self, events: &[AccountEvent]) -> Vec<Value> {
        match self {
            Self::Held(held) => held.show(events),
            Self::Logged(mount) => mount.show_events(events),
        }
    }
}

/// Instances that jump together, and others that go by the same clock.
pub(super) struct Jumpers {
    mounts: Vec<Arc<dyn Mount>>,
    others: Vec<Arc<dyn Mount>>,
}

impl Jumpers {
    /// Takes those that jump, and all that there are in the process.
    pub(super) fn new(mounts: Vec<Arc<dyn Mount>>, all: &[Arc<dyn Mount>]) -> Self {
        let is_of = |other: &&Arc<dyn Mount>| {
            mounts.iter().any(|mount| mount.clock().is(other.clock()))
                && !mounts.iter().any(|mount| Arc::ptr_eq(mount, other))
        };
        let others = all.iter().filter(is_of).cloned().collect();
        Self { mounts, others }
    }

    fn now(&self) -> OffsetDateTime {
        let now = self.mounts.iter().map(|mount| mount.clock().now()).max();
        now.unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Lets the others do what is due by now, by asking what is due next.
    fn others_due(&self) -> Option<OffsetDateTime> {
        self.others.iter().filter_map(|mount| mount.next_due()).min()
    }

    /// Jumps, all of them held for each leg: nobody sees one ahead of another. Those with a log jump one
    /// after the other, each to the very same moment.
    pub(super) fn jump(&self, until: &Until, mut pace: Pace) -> Result<Jump, Problem> {
        let mut jump = Jump::new(self.now());
        let mut theirs = self.others_due();
        loop {
            let is_there = match until {
                Until::Moment(last) => self.leg(*last, theirs, &pace, &mut jump)?,
                Until::Event(..) | Until::Idle(_) => self.steps(until, theirs, &pace, &mut jump)?,
            };
            theirs = self.others_due();
            if is_there {
                break;
            }
            jump.to = jump.to.max(self.now());
            pace.goes_on(&jump)?;
        }
        jump.to = jump.to.max(self.now());
        jump.sort();
        Ok(jump)
    }

    fn held(&self) -> Vec<(&Arc<dyn Mount>, Jumping<'_>)> {
        self.mounts.iter().map(|mount| (mount, Jumping::new(mount))).collect()
    }

    /// Goes on towards a moment; returns whether it is there.
    fn leg(
        &self,
        last: OffsetDateTime,
        theirs: Option<OffsetDateTime>,
        pace: &Pace,
        jump: &mut Jump,
    ) -> Result<bool, EngineError> {
        let mut held = self.held();
        let due = held.iter().filter_map(|(_, held)| held.next_due()).chain(theirs).min();
        let to = pace.leg(self.now(), due, last);
        move_to(&mut held, to, None, jump)?;
        Ok(to == last)
    }

    /// Goes on from one due moment to the next, as long as others may wait; returns whether it is there.
    fn steps(
        &self,
        until: &Until,
        theirs: Option<OffsetDateTime>,
        pace: &Pace,
        jump: &mut Jump,
    ) -> Result<bool, EngineError> {
        let mut held = self.held();
        while !pace.is_slow() {
            let due = held.iter().filter_map(|(_, held)| held.next_due()).min();
            let due = due.filter(|due| *due <= until.last());
            if due.is_none() && matches!(until, Until::Idle(_)) {
                jump.matched = Some(held.iter().all(|(_, held)| held.next_due().is_none()));
                return Ok(true);
            }
            let next = due.unwrap_or(until.last());
            let to = pace.leg(self.now(), theirs, next);
            let found = move_to(&mut held, to, until.wanted(), jump)?;
            if to < next {
                return Ok(false);
            }
            if until.wanted().is_some() && (found || due.is_none()) {
                jump.matched = Some(found);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Moves all to a moment; returns whether what is wanted has happened.
fn move_to(
    held: &mut [(&Arc<dyn Mount>, Jumping<'_>)],
    to: OffsetDateTime,
    wanted: Option<&Match>,
    jump: &mut Jump,
) -> Result<bool, EngineError> {
    held.iter().for_each(|(_, held)| held.jump_to(to));
    let mut found = false;
    for (mount, held) in held {
        let advanced = held.advance(to)?;
        let show = |_: &dyn Mount, events: &[AccountEvent]| held.show(events);
        found |= jump.add(mount.as_ref(), show, &advanced, wanted);
    }
    Ok(found)
}

/// Jumps one account, while the clock of its instance goes on as it does.
pub(super) async fn jump_account(
    mount: &Arc<dyn Mount>,
    account: AccountId,
    until: &Until,
    mut pace: Pace,
) -> Result<Jump, Problem> {
    let gone = || Problem::no_such("account");
    let now = || mount.account_clock(account).map(|own| own.now).ok_or_else(gone);
    let mut jump = Jump::new(now()?);
    let last = until.last();
    loop {
        let next = mount.account_due(account);
        let due = next.filter(|due| *due <= last);
        let to = match until {
            Until::Moment(_) => pace.leg(now()?, due, last),
            Until::Idle(_) if due.is_none() => {
                jump.matched = Some(next.is_none());
                break;
            }
            Until::Event(..) | Until::Idle(_) => due.unwrap_or(last),
        };
        let change = ClockChange::JumpTo(to);
        let advanced = mount.change_clock(account, change).await?.ok_or_else(gone)?;
        let show = |mount: &dyn Mount, events: &[AccountEvent]| mount.show_events(events);
        let found = jump.add(mount.as_ref(), show, &advanced, until.wanted());
        match until {
            Until::Moment(_) if to == last => break,
            Until::Event(..) if found || due.is_none() => {
                jump.matched = Some(found);
                break;
            }
            Until::Moment(_) => pace.goes_on(&jump)?,
            Until::Event(..) | Until::Idle(_) if pace.is_slow() => pace.goes_on(&jump)?,
            Until::Event(..) | Until::Idle(_) => continue,
        }
        // This worker has others to serve.
        tokio::task::yield_now().await;
    }
    Ok(jump)
}
