//! Whether what happened is what was expected, and waiting until it is.

mod expected;
mod nearest;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Feed, Item, Kind, Kinds, Origin, What, journal::Entry, show_items};
use crate::{
    AccountId, CallFilter, Mount,
    matching::{Match, Shown},
};
pub(crate) use expected::KEYS;
pub use expected::{Expected, Order, Times};
pub use nearest::{Candidate, explain};

/// Whose happenings are looked at: some instances, and all or one of their accounts.
#[derive(Clone)]
pub struct Scope {
    mounts: Vec<Arc<dyn Mount>>,
    /// For each instance which account; `None` for all. An instance that is not here is left out.
    accounts: Vec<(Origin, Option<AccountId>)>,
    /// Whether what belongs to no account, such as a request with an unknown credential, is in it.
    with_nobodys: bool,
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("accounts", &self.accounts).finish_non_exhaustive()
    }
}

impl Scope {
    /// Looks at all accounts of some instances.
    pub fn all(mounts: Vec<Arc<dyn Mount>>) -> Self {
        let accounts = mounts.iter().map(|mount| (mount.origin(), None)).collect();
        Self { mounts, accounts, with_nobodys: true }
    }

    /// Looks at one account of each of some instances, and at what belongs to no account if that is
    /// wanted.
    pub fn accounts(one_each: Vec<(Arc<dyn Mount>, AccountId)>, with_nobodys: bool) -> Self {
        let accounts = one_each.iter().map(|(mount, id)| (mount.origin(), Some(*id))).collect();
        let mounts = one_each.into_iter().map(|(mount, _)| mount).collect();
        Self { mounts, accounts, with_nobodys }
    }

    /// Returns whether an item is in it.
    pub fn has(&self, item: &Item) -> bool {
        let Some(origin) = item.source.origin else { return true };
        let Some((_, wanted)) = self.accounts.iter().find(|(known, _)| *known == origin) else {
            return false;
        };
        match (wanted, item.source.account) {
            (None, _) => true,
            (Some(_), None) => self.with_nobodys,
            (Some(wanted), Some(account)) => *wanted == account,
        }
    }

    /// Returns the instances.
    pub fn mounts(&self) -> &[Arc<dyn Mount>] {
        &self.mounts
    }

    /// Returns the operations of the vendors in it.
    pub fn operations(&self) -> Vec<&'static str> {
        let endpoints = self.mounts.iter().flat_map(|mount| mount.endpoints());
        let mut operations: Vec<&str> = endpoints.map(|endpoint| endpoint.operation).collect();
        operations.sort_unstable();
        operations.dedup();
        operations
    }

    fn show(&self, item: &Item) -> Option<Value> {
        show_items(&self.mounts, std::slice::from_ref(item), true).pop()
    }

    /// Returns the clock that stands still, if one does: nothing that takes time happens then.
    fn standing(&self) -> Option<String> {
        let own = |mount: &Arc<dyn Mount>| {
            let own = self.accounts.iter().find(|(origin, _)| *origin == mount.origin());
            own.and_then(|(_, account)| mount.account_clock((*account)?))
        };
        let stands = |mount: &&Arc<dyn Mount>| {
            mount.clock().state().frozen || own(mount).is_some_and(|own| own.is_frozen)
        };
        let mount = self.mounts.iter().find(stands)?;
        let now = own(mount).map_or_else(|| mount.clock().now(), |own| own.now);
        Some(crate::view::moment(now))
    }
}

/// Something that happened, with its form in the control API.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its place in the order of what happened. A request stands where it came, although it is known
    /// only from its answer on.
    pub place: (u64, bool),
    /// The cursor of its item; 0 for a finished call.
    pub cursor: u64,
    /// What it is, secrets and all.
    pub shown: Value,
}

impl Found {
    /// Returns its id.
    pub fn id(&self) -> Value {
        self.shown.get("id").cloned().unwrap_or_default()
    }
}

fn place(item: &Item) -> (u64, bool) {
    if let What::Request(note) = &item.what
        && let Some(entry) = note.as_any().downcast_ref::<Entry>()
    {
        return (entry.after(), true);
    }
    (item.cursor, false)
}

/// Finds what holds a match among what happened after a cursor, in its order.
pub fn find(feed: &Feed, scope: &Scope, wanted: &Match, since: u64) -> Vec<Found> {
    if wanted.is_of_records() {
        return records(scope)
            .into_iter()
            .filter(|it| wanted.holds(&Shown::new(&it.shown)))
            .collect();
    }
    let page = feed.since(since, wanted.kinds(), usize::MAX);
    let mut found = hold(scope, wanted, &page.items);
    found.sort_by_key(|found| found.place);
    found
}

fn hold(scope: &Scope, wanted: &Match, items: &[Item]) -> Vec<Found> {
    let could = items.iter().filter(|item| scope.has(item) && !wanted.excludes(item));
    let shown = could.filter_map(|item| {
        let found = Found { place: place(item), cursor: item.cursor, shown: scope.show(item)? };
        wanted.holds(&Shown::new(&found.shown)).then_some(found)
    });
    shown.collect()
}

/// The finished calls of a scope, oldest first.
fn records(scope: &Scope) -> Vec<Found> {
    const MOST: usize = 100_000;
    let filter = CallFilter { state: Some("ended".to_owned()), ..CallFilter::default() };
    let mut found = Vec::new();
    for mount in &scope.mounts {
        let own = scope.accounts.iter().find(|(origin, _)| *origin == mount.origin());
        let accounts: Vec<AccountId> = match own.and_then(|(_, account)| *account) {
            Some(account) => vec![account],
            None => mount.accounts().into_iter().map(|(id, _)| id).collect(),
        };
        for account in accounts {
            let page = mount.calls(account, &filter, None, MOST, true);
            found.extend(page.into_iter().flat_map(|page| page.calls).map(|(_, shown)| Found {
                place: (0, false),
                cursor: 0,
                shown,
            }));
        }
    }
    found
}

/// That what was expected happened.
#[derive(Debug, Clone)]
pub struct Verified {
    /// What holds the match, or the matches of an order.
    pub found: Vec<Found>,
}

/// That it did not.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", explain(self))]
pub struct Unverified {
    /// What was expected, in words.
    pub expected: String,
    /// How many held the match; of an order, how many of its matches were found.
    pub count: usize,
    /// What was found all the same.
    pub found: Vec<Found>,
    /// What came nearest.
    pub nearest: Vec<Candidate>,
    /// How to go on.
    pub hint: Option<String>,
}

impl Unverified {
    /// Returns it as the control API shows it.
    pub fn show(&self) -> Value {
        json!({
            "passed": false,
            "expected": self.expected,
            "count": self.count,
            "found": self.found.iter().map(Found::id).collect::<Value>(),
            "nearest": self.nearest.iter().map(Candidate::show).collect::<Value>(),
        })
    }
}

/// Verifies what is expected of what happened after a cursor.
///
/// # Errors
/// When it did not happen: with what came nearest.
pub fn verify(
    feed: &Feed,
    scope: &Scope,
    expected: &Expected,
    since: u64,
) -> Result<Verified, Box<Unverified>> {
    match expected {
        Expected::Times(wanted, times) => {
            let found = find(feed, scope, wanted, since);
            if times.holds(found.len()) {
                return Ok(Verified { found });
            }
            let is_short = found.len() < times.at_least;
            let nearest = match is_short {
                true => nearest::of(feed, scope, wanted, since, &found),
                // There are too many, and these are they.
                false => Vec::new(),
            };
            let hint = scope.standing().filter(|_| is_short).map(standing_hint);
            let (expected, count) = (times.words(), found.len());
            Err(Box::new(Unverified { expected, count, found, nearest, hint }))
        }
        Expected::Order(order) => in_order(feed, scope, order, since),
    }
}

fn standing_hint(at: String) -> String {
    format!("the clock stands at {at}: POST /__admin/clock/advance lets time pass")
}

fn in_order(
    feed: &Feed,
    scope: &Scope,
    order: &Order,
    since: u64,
) -> Result<Verified, Box<Unverified>> {
    let mut kinds = Kinds::NONE;
    for wanted in &order.matches {
        for kind in Kind::ALL.into_iter().filter(|kind| wanted.kinds().has(*kind)) {
            kinds = kinds.and(kind);
        }
    }
    let page = feed.since(since, kinds, usize::MAX);
    let visible = page.items.iter().filter(|item| scope.has(item));
    let mut all: Vec<Found> = visible
        .filter_map(|item| {
            Some(Found { place: place(item), cursor: item.cursor, shown: scope.show(item)? })
        })
        .collect();
    all.sort_by_key(|found| found.place);
    let holds = |wanted: &Match, found: &Found| wanted.holds(&Shown::new(&found.shown));
    // The longest part of the order that is there, from its beginning.
    let mut best: Vec<&Found> = Vec::new();
    let starts = if order.strict { 0..all.len().max(1) } else { 0..1 };
    for start in starts {
        let mut rest = all.get(start..).unwrap_or_default().iter();
        let mut found = Vec::new();
        for wanted in &order.matches {
            let next = match order.strict {
                true => rest.next().filter(|next| holds(wanted, next)),
                false => rest.find(|next| holds(wanted, next)),
            };
            match next {
                Some(next) => found.push(next),
                None => break,
            }
        }
        if found.len() > best.len() {
            best = found;
        }
        if best.len() == order.matches.len() {
            break;
        }
    }
    let found: Vec<Found> = best.into_iter().cloned().collect();
    let Some(wanted) = order.matches.get(found.len()) else { return Ok(Verified { found }) };
    let last = found.last().map_or((0, false), |last| last.place);
    let behind: Vec<&Found> = all.iter().filter(|one| one.place > last).collect();
    let nearest = nearest::among(wanted, &behind);
    let count = found.len();
    let strictly = if order.strict { " with nothing between" } else { "" };
    let (number, all) = (count + 1, order.matches.len());
    let expected = format!("{all} in this order{strictly}; number {number} is not there");
    let hint = scope.standing().map(standing_hint);
    Err(Box::new(Unverified { expected, count, found, nearest, hint }))
}

/// What somebody waits for.
#[derive(Debug, Clone)]
pub struct Wait {
    /// What it has to hold.
    pub wanted: Match,
    /// How many there have to be.
    pub times: usize,
    /// The cursor after which they count.
    pub since: u64,
    /// How long to wait at most, in the computer's time.
    pub timeout: Duration,
}

/// A wait under way: what has been found, and how far was looked.
struct Waiting<'a> {
    feed: &'a Feed,
    scope: &'a Scope,
    wait: &'a Wait,
    found: Vec<Found>,
    next: u64,
}

impl<'a> Waiting<'a> {
    fn new(feed: &'a Feed, scope: &'a Scope, wait: &'a Wait) -> Self {
        Self { feed, scope, wait, found: Vec::new(), next: wait.since }
    }

    /// Looks at what is new; returns whether all has been found.
    fn look(&mut self) -> bool {
        const AT_ONCE: usize = 4_096;
        let Wait { wanted, times, since, .. } = self.wait;
        if wanted.is_of_records() {
            self.next = self.feed.last();
            self.found = find(self.feed, self.scope, wanted, *since);
            return self.found.len() >= *times;
        }
        loop {
            let page = self.feed.since(self.next, wanted.kinds(), AT_ONCE);
            let is_last = page.items.len() < AT_ONCE;
            for item in &page.items {
                self.next = item.cursor;
                self.found.extend(hold(self.scope, wanted, std::slice::from_ref(item)));
                if self.found.len() >= *times {
                    return true;
                }
            }
            self.next = page.next;
            if is_last {
                return false;
            }
        }
    }

    fn over(self) -> Box<Unverified> {
        let Wait { wanted, times, since, timeout } = self.wait;
        let nearest = nearest::of(self.feed, self.scope, wanted, *since, &self.found);
        let earlier = || {
            let before = find(self.feed, self.scope, wanted, 0);
            let before = before.iter().rev().find(|one| one.cursor <= *since)?;
            let (id, cursor) = (before.id(), before.cursor.saturating_sub(1));
            let id = id.as_str().unwrap_or_default().to_owned();
            Some(format!("{id} came before the wait began: ask with \"since\": \"{cursor}\""))
        };
        let hint = earlier().or_else(|| self.scope.standing().map(standing_hint));
        let (words, seconds) = (Times::at_least(*times).words(), timeout.as_secs_f64());
        let expected = format!("{words} within {seconds} s");
        let count = self.found.len();
        Box::new(Unverified { expected, count, found: self.found, nearest, hint })
    }
}

/// Waits until what is waited for has happened; returns it, and the cursor behind it. Looks again
/// whenever something has happened, and only then.
///
/// # Errors
/// When it does not happen in time.
pub async fn wait(
    feed: &Feed,
    scope: &Scope,
    wait: &Wait,
) -> Result<(Vec<Found>, u64), Box<Unverified>> {
    let mut changes = feed.changes();
    let mut waiting = Waiting::new(feed, scope, wait);
    let until = tokio::time::sleep(wait.timeout);
    tokio::pin!(until);
    loop {
        changes.borrow_and_update();
        if waiting.look() {
            return Ok((waiting.found, waiting.next));
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return Err(waiting.over()) },
            () = &mut until => return Err(waiting.over()),
        }
    }
}

/// Waits as [`wait`] does, from code that is not async.
///
/// # Errors
/// As [`wait`].
pub fn wait_blocking(
    feed: &Feed,
    scope: &Scope,
    wait: &Wait,
) -> Result<(Vec<Found>, u64), Box<Unverified>> {
    let until = Instant::now() + wait.timeout;
    let mut waiting = Waiting::new(feed, scope, wait);
    loop {
        let last = feed.last();
        if waiting.look() {
            return Ok((waiting.found, waiting.next));
        }
        if !feed.wait_blocking(last, until) {
            return Err(waiting.over());
        }
    }
}
