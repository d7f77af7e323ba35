//! Jumps: of whole instances together, and of one account.

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

/// Where an advance stops.
pub(super) enum Until {
    /// At a moment.
    Moment(OffsetDateTime),
    /// At the first event like this, or at a moment.
    Event(Box<Match>, OffsetDateTime),
    /// When nothing is due any more, or at a moment.
    Idle(OffsetDateTime),
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

/// Jumps whole instances, all of them held meanwhile: nobody sees one ahead of another. Those with a log
/// jump one after the other, each to the very same moment.
pub(super) fn jump(mounts: &[Arc<dyn Mount>], until: &Until) -> Result<Jump, EngineError> {
    let mut held: Vec<_> = mounts.iter().map(|mount| (mount, Jumping::new(mount))).collect();
    let now = |mounts: &[Arc<dyn Mount>]| {
        mounts.iter().map(|mount| mount.clock().now()).max().unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    let mut jump = Jump::new(now(mounts));
    let (last, wanted) = match until {
        Until::Moment(last) | Until::Idle(last) => (*last, None),
        Until::Event(wanted, last) => (*last, Some(wanted.as_ref())),
    };
    let steps = !matches!(until, Until::Moment(_));
    loop {
        let due = held.iter().filter_map(|(_, held)| held.next_due()).min();
        let due = due.filter(|due| *due <= last);
        let to = match (steps, due) {
            (false, _) => last,
            (true, Some(due)) => due,
            (true, None) if matches!(until, Until::Idle(_)) => {
                jump.matched = Some(held.iter().all(|(_, held)| held.next_due().is_none()));
                break;
            }
            (true, None) => last,
        };
        held.iter().for_each(|(_, held)| held.jump_to(to));
        let mut found = false;
        for (mount, held) in &mut held {
            let advanced = held.advance(to)?;
            let show = |_: &dyn Mount, events: &[AccountEvent]| held.show(events);
            found |= jump.add(mount.as_ref(), show, &advanced, wanted);
        }
        if wanted.is_some() && (found || due.is_none()) {
            jump.matched = Some(found);
        }
        if !steps || found || (wanted.is_some() && due.is_none()) {
            break;
        }
    }
    jump.to = jump.to.max(now(mounts));
    jump.sort();
    Ok(jump)
}

/// Jumps one account, while the clock of its instance goes on as it does.
pub(super) async fn jump_account(
    mount: &Arc<dyn Mount>,
    account: AccountId,
    until: &Until,
) -> Result<Jump, Problem> {
    let gone = || Problem::no_such("account");
    let now = mount.account_clock(account).ok_or_else(gone)?.now;
    let mut jump = Jump::new(now);
    let (last, wanted) = match until {
        Until::Moment(last) | Until::Idle(last) => (*last, None),
        Until::Event(wanted, last) => (*last, Some(wanted.as_ref())),
    };
    let steps = !matches!(until, Until::Moment(_));
    loop {
        let next = mount.account_due(account);
        let due = next.filter(|due| steps && *due <= last);
        if due.is_none() && matches!(until, Until::Idle(_)) {
            jump.matched = Some(next.is_none());
            break;
        }
        let change = ClockChange::JumpTo(due.unwrap_or(last));
        let advanced = mount.change_clock(account, change).await?.ok_or_else(gone)?;
        let show = |mount: &dyn Mount, events: &[AccountEvent]| mount.show_events(events);
        let found = jump.add(mount.as_ref(), show, &advanced, wanted);
        if wanted.is_some() && (found || due.is_none()) {
            jump.matched = Some(found);
        }
        if found || due.is_none() {
            break;
        }
    }
    Ok(jump)
}
