//! Several worlds in one machine, each named by its credentials, each with a time of its own.

mod checkpoints;
mod commands;
mod copies;
mod face;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ringback_engine::{Duration, Machine, OffsetDateTime};
use ringback_exchange::Event;
use serde::{Deserialize, Serialize};

use crate::World;
use checkpoints::Checkpoint;
pub use checkpoints::{CheckpointInfo, CheckpointRefused, DropCheckpoint, Rewind, SaveCheckpoint};
pub(crate) use checkpoints::{Since, is_name};
pub use commands::{
    ChangeClock, ForAccount, ForEpoch, Logged, Open, OpenRefused, Remove, RemoveRefused,
    ResetAccount,
};
pub use copies::{Fork, ForkRefused, RawState, RestoreAccount, RestoreAll, RestoreRefused};
pub use face::ClockChange;
use face::Face;

/// Identifies an account within one instance; the demo account is number 0.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct AccountId(pub u32);

impl AccountId {
    /// The demo account, which every instance has.
    pub const DEMO: Self = Self(0);

    fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Makes a world from a seed at a moment.
pub(crate) type Make<W> = Arc<dyn Fn(u64, OffsetDateTime) -> W + Send + Sync>;

/// The machine of a whole instance: one world for each account.
///
/// Worlds never see each other. Next dues and waiting webhooks are indexed, so a thousand idle
/// accounts cost nothing.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "W: World", deserialize = "W: World"))]
pub struct Accounts<W> {
    /// By number; those that were removed leave a gap.
    worlds: Vec<Option<Account<W>>>,
    credentials: BTreeMap<String, AccountId>,
    /// Whether an unknown credential opens an account.
    open: bool,
    seed: u64,
    #[serde(skip)]
    derived: Derived<W>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "W: World"))]
struct Account<W> {
    world: W,
    /// What its world is made from.
    seed: u64,
    /// Its first credential.
    credential: Option<String>,
    /// Its own time, where it differs from that of the instance.
    #[serde(default)]
    face: Option<Face>,
    /// How often its world was replaced by another one.
    #[serde(default)]
    epoch: u32,
    #[serde(default = "BTreeMap::new")]
    checkpoints: BTreeMap<String, Checkpoint<W>>,
}

/// What follows from the rest, or is no state.
struct Derived<W> {
    /// Absent until a machine out of a snapshot has replaced one that has it.
    make: Option<Make<W>>,
    /// When each account is due, by the clock of the instance.
    agenda: BTreeSet<(OffsetDateTime, AccountId)>,
    /// Whether the agenda has been filled since this came out of a snapshot.
    is_filled: bool,
    /// The accounts with webhooks that wait to be delivered.
    posting: BTreeSet<AccountId>,
    /// What happened since the engine last asked.
    events: Vec<AccountEvent>,
}

impl<W> Default for Derived<W> {
    fn default() -> Self {
        let (agenda, posting) = (BTreeSet::new(), BTreeSet::new());
        Self { make: None, agenda, is_filled: false, posting, events: Vec::new() }
    }
}

impl<W> std::fmt::Debug for Accounts<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl<W> Account<W> {
    fn local(&self, now: OffsetDateTime) -> OffsetDateTime {
        self.face.map_or(now, |face| face.local(now))
    }

    fn global(&self, local: OffsetDateTime) -> Option<OffsetDateTime> {
        self.face.map_or(Some(local), |face| face.global(local))
    }
}

impl<W: World> Accounts<W> {
    /// The most accounts one instance opens.
    pub const MOST: usize = 10_000;

    /// Makes the machine and its first worlds, one for each list of credentials.
    pub(crate) fn new(
        seed: u64,
        at: OffsetDateTime,
        accounts: impl IntoIterator<Item = Vec<String>>,
        open: bool,
        make: Make<W>,
    ) -> Self {
        let derived = Derived { is_filled: true, ..Derived::default() };
        let credentials = BTreeMap::new();
        let mut made = Self { worlds: Vec::new(), credentials, open, seed, derived };
        for (place, names) in (0..).zip(accounts) {
            // The demo account has the seed itself, the others one apart from it.
            let seed = seed ^ u64::wrapping_mul(place, 0x9e37_79b9_7f4a_7c15);
            let id = made.add(seed, names.first().cloned(), make(seed, at), None);
            made.credentials.extend(names.into_iter().map(|name| (name, id)));
        }
        made.derived.make = Some(make);
        made
    }

    fn add(
        &mut self,
        seed: u64,
        credential: Option<String>,
        world: W,
        face: Option<Face>,
    ) -> AccountId {
        let id = AccountId(u32::try_from(self.worlds.len()).unwrap_or(u32::MAX));
        let (epoch, checkpoints) = (0, BTreeMap::new());
        self.worlds.push(Some(Account { world, seed, credential, face, epoch, checkpoints }));
        self.enter(id);
        id
    }

    fn account(&self, id: AccountId) -> Option<&Account<W>> {
        self.worlds.get(id.place())?.as_ref()
    }

    /// Returns the account a credential names.
    pub fn find(&self, credential: &str) -> Option<AccountId> {
        self.credentials.get(credential).copied()
    }

    /// Returns an account's world.
    pub fn world(&self, id: AccountId) -> Option<&W> {
        self.account(id).map(|account| &account.world)
    }

    /// Returns an account's world and what its own clock shows when that of the instance shows `now`.
    pub fn world_at(&self, id: AccountId, now: OffsetDateTime) -> Option<(&W, OffsetDateTime)> {
        self.account(id).map(|account| (&account.world, account.local(now)))
    }

    /// Returns the accounts with their worlds, the demo account first.
    pub fn iter(&self) -> impl Iterator<Item = (AccountId, &W)> {
        let accounts = (0..).map(AccountId).zip(&self.worlds);
        accounts.filter_map(|(id, account)| Some((id, &account.as_ref()?.world)))
    }

    /// Returns the accounts with their worlds and the moments that their clocks show.
    pub fn iter_at(
        &self,
        now: OffsetDateTime,
    ) -> impl Iterator<Item = (AccountId, &W, OffsetDateTime)> {
        self.iter().filter_map(move |(id, _)| {
            let (world, at) = self.world_at(id, now)?;
            Some((id, world, at))
        })
    }

    /// Returns the accounts whose webhooks wait to be delivered, with their worlds and the moments
    /// that their clocks show.
    pub(crate) fn posting(
        &self,
        now: OffsetDateTime,
    ) -> impl Iterator<Item = (AccountId, &W, OffsetDateTime)> {
        self.derived.posting.iter().filter_map(move |id| {
            let (world, at) = self.world_at(*id, now)?;
            Some((*id, world, at))
        })
    }

    /// Returns what the clock of the instance shows at a moment of an account; `None` if it never
    /// gets there.
    pub(crate) fn global(&self, id: AccountId, local: OffsetDateTime) -> Option<OffsetDateTime> {
        self.account(id)?.global(local)
    }

    /// Returns whether an account's own clock stands still, whatever that of the instance does.
    pub(crate) fn is_frozen(&self, id: AccountId) -> bool {
        self.account(id).and_then(|account| account.face).is_some_and(|face| face.frozen)
    }

    /// Returns how often the world of an account was replaced by another one.
    pub(crate) fn epoch(&self, id: AccountId) -> u32 {
        self.account(id).map_or(0, |account| account.epoch)
    }

    /// Returns the first credential of an account, if it has any.
    pub fn credential(&self, id: AccountId) -> Option<&str> {
        self.account(id)?.credential.as_deref()
    }

    /// Returns the credential to show for the demo account: the first it was given, if any.
    pub fn demo_credential(&self) -> Option<&str> {
        self.credential(AccountId::DEMO)
    }

    /// Changes a world at its own time and lets everything happen that is due then.
    fn change<R>(
        &mut self,
        id: AccountId,
        now: OffsetDateTime,
        change: impl FnOnce(&mut W, OffsetDateTime) -> R,
    ) -> Option<R> {
        self.fill();
        let account = self.worlds.get_mut(id.place())?.as_mut()?;
        let before = due(account);
        let at = account.local(now);
        let result = change(&mut account.world, at);
        account.world.advance(at);
        collect(&mut account.world, id, &mut self.derived.events);
        let (after, posts) = (due(account), posts(&account.world));
        self.move_due(id, before, after);
        self.note_posts(id, posts);
        Some(result)
    }

    fn move_due(
        &mut self,
        id: AccountId,
        before: Option<OffsetDateTime>,
        after: Option<OffsetDateTime>,
    ) {
        if before == after {
            return;
        }
        if let Some(due) = before {
            self.derived.agenda.remove(&(due, id));
        }
        if let Some(due) = after {
            self.derived.agenda.insert((due, id));
        }
    }

    fn enter(&mut self, id: AccountId) {
        let Some(account) = self.account(id) else { return };
        let (due, posts) = (due(account), posts(&account.world));
        if let Some(due) = due {
            self.derived.agenda.insert((due, id));
        }
        self.note_posts(id, posts);
    }

    /// Fills the indexes of a machine that came out of a snapshot.
    fn fill(&mut self) {
        if !std::mem::replace(&mut self.derived.is_filled, true) {
            let count = u32::try_from(self.worlds.len()).unwrap_or(u32::MAX);
            (0..count).map(AccountId).for_each(|id| self.enter(id));
        }
    }

    fn note_posts(&mut self, id: AccountId, posts: bool) {
        match posts {
            true => self.derived.posting.insert(id),
            false => self.derived.posting.remove(&id),
        };
    }
}

/// Returns when an account is due, by the clock of the instance.
fn due<W: World>(account: &Account<W>) -> Option<OffsetDateTime> {
    account.global(account.world.next_due()?)
}

/// Returns whether a world has webhooks that wait to be delivered.
fn posts<W: World>(world: &W) -> bool {
    world.outbox().is_some_and(|outbox| outbox.counts()[0] > 0)
}

/// Moves what happened in a world to the others' events.
fn collect<W: World>(world: &mut W, account: AccountId, events: &mut Vec<AccountEvent>) {
    let mut happened = Vec::new();
    world.drain_events(&mut happened);
    events.extend(happened.into_iter().map(|event| AccountEvent { account, event }));
}

/// What happened in one account's world.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountEvent {
    /// Which account.
    pub account: AccountId,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl<W: World> Machine for Accounts<W> {
    type Logged = Logged<W::Logged>;
    type Event = AccountEvent;

    fn advance(&mut self, to: OffsetDateTime) {
        self.fill();
        while let Some((due, id)) = self.derived.agenda.first().copied() {
            if due > to {
                break;
            }
            // A world is brought up to the next moment at which another one is due, so that
            // events of all worlds come out in time order.
            self.derived.agenda.pop_first();
            let next = self.derived.agenda.first().map_or(to, |(next, other)| {
                // At one moment the account that came first goes first, however long the jump is.
                let before = if *other < id { Duration::MICROSECOND } else { Duration::ZERO };
                next.saturating_sub(before).min(to)
            });
            if let Some(Some(account)) = self.worlds.get_mut(id.place()) {
                let until = account.local(next.max(due));
                account.world.advance(until);
                collect(&mut account.world, id, &mut self.derived.events);
            }
            self.enter(id);
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        match self.derived.is_filled {
            true => self.derived.agenda.first().map(|(due, _)| *due),
            // Every world is looked at as soon as anything is done.
            false => Some(OffsetDateTime::UNIX_EPOCH),
        }
    }

    fn drain_events(&mut self, into: &mut Vec<AccountEvent>) {
        into.append(&mut self.derived.events);
    }

    fn inherit(&mut self, replaced: &Self) {
        if self.derived.make.is_none() {
            self.derived.make.clone_from(&replaced.derived.make);
        }
    }
}
