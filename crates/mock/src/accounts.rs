//! Several worlds in one machine, each named by its credentials, each with a time of its own.

mod checkpoints;
mod commands;
mod copies;
mod face;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use ringback_engine::{Duration, Machine, OffsetDateTime};
use ringback_exchange::{Change, ChangeKind, ChangedPart, Event};
use serde::{Deserialize, Serialize};

use crate::{
    World,
    bench::{Batch, Happened, Recorder, Stamp},
    stable_hash,
};
use checkpoints::Checkpoint;
pub(crate) use checkpoints::is_name;
pub use checkpoints::{CheckpointInfo, CheckpointRefused, DropCheckpoint, Rewind, SaveCheckpoint};
pub(crate) use commands::made_for;
pub use commands::{
    ChangeClock, ForAccount, ForEpoch, Logged, MadeWorld, Open, OpenRefused, Remove, RemoveRefused,
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
#[serde(from = "Kept<W>", bound(serialize = "W: Serialize", deserialize = "W: World"))]
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

/// What a snapshot keeps; the rest follows from it.
#[derive(Deserialize)]
#[serde(bound = "W: Deserialize<'de>")]
struct Kept<W> {
    worlds: Vec<Option<Account<W>>>,
    credentials: BTreeMap<String, AccountId>,
    open: bool,
    seed: u64,
}

impl<W: World> From<Kept<W>> for Accounts<W> {
    fn from(kept: Kept<W>) -> Self {
        let Kept { worlds, credentials, open, seed } = kept;
        let mut accounts = Self { worlds, credentials, open, seed, derived: Derived::default() };
        let count = u32::try_from(accounts.worlds.len()).unwrap_or(u32::MAX);
        (0..count).map(AccountId).for_each(|id| accounts.enter(id));
        accounts
    }
}

#[derive(Serialize, Deserialize)]
struct Account<W> {
    world: W,
    /// What its world is made from.
    seed: u64,
    /// Its first credential.
    credential: Option<String>,
    /// Its own time, where it differs from that of the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    face: Option<Face>,
    /// Tells its world from others that it had.
    #[serde(skip)]
    stamp: Stamp,
    /// How often its world was replaced by another one.
    #[serde(default, skip_serializing_if = "is_zero")]
    epoch: u32,
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    checkpoints: BTreeMap<String, Checkpoint<W>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What follows from the rest, or is no state.
struct Derived<W> {
    /// Absent until a machine out of a snapshot has replaced one that has it.
    make: Option<Make<W>>,
    /// When each account is due, by the clock of the instance.
    agenda: BTreeSet<(OffsetDateTime, AccountId)>,
    /// The accounts with webhooks that wait to be delivered.
    posting: BTreeSet<AccountId>,
    /// What happened since the engine last asked.
    events: Vec<AccountEvent>,
    /// Who is shown what happens, once there is anybody, and what has not been shown yet.
    recorder: Arc<OnceLock<Recorder>>,
    happened: Batch,
    /// When its worlds were made; absent in what came out of a snapshot.
    made_at: Option<OffsetDateTime>,
    /// The account that the last command was about.
    touched: Option<AccountId>,
}

impl<W> Default for Derived<W> {
    fn default() -> Self {
        let (agenda, posting) = (BTreeSet::new(), BTreeSet::new());
        let (events, happened) = (Vec::new(), Vec::new());
        let (make, recorder, made_at, touched) = (None, Arc::default(), None, None);
        Self { make, agenda, posting, events, recorder, happened, made_at, touched }
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
        let derived = Derived { made_at: Some(at), ..Derived::default() };
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
        let mut world = world;
        // What it begins with is no change.
        world.drain_changes(&mut Vec::new());
        let (epoch, checkpoints, stamp) = (0, BTreeMap::new(), Stamp::default());
        let account = Account { world, seed, credential, face, stamp, epoch, checkpoints };
        self.worlds.push(Some(account));
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

    /// Shows a recorder what happens from the moment on at which there is one.
    pub(crate) fn record(&mut self, recorder: Arc<OnceLock<Recorder>>) {
        self.derived.recorder = recorder;
    }

    /// Returns whether an account has a time of its own.
    pub(crate) fn has_faces(&self) -> bool {
        self.worlds.iter().flatten().any(|account| account.face.is_some())
    }

    /// Returns the seed from which those of its accounts follow.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns what the world of an account is made from.
    pub(crate) fn seed_of(&self, id: AccountId) -> Option<u64> {
        self.account(id).map(|account| account.seed)
    }

    /// Notes a change of an account itself.
    fn note(&mut self, id: AccountId, at: OffsetDateTime, change: ChangeKind) {
        let Some(account) = self.account(id) else { return };
        let key = account.credential.clone().unwrap_or_default();
        let change = Change { what: ChangedPart::Account, change, key };
        let happened = Happened::World(at, change);
        let stamp = account.stamp.number();
        self.derived.happened.push((id, stamp, happened));
    }

    /// Returns what tells the world of an account from others that it had or will have; `None` if the
    /// account is gone.
    pub(crate) fn stamp(&self, id: AccountId) -> Option<u64> {
        self.account(id).map(|account| account.stamp.number())
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
        self.derived.touched = Some(id);
        let account = self.worlds.get_mut(id.place())?.as_mut()?;
        let before = due(account);
        let at = account.local(now);
        let result = change(&mut account.world, at);
        account.world.advance(at);
        collect(account, id, at, &mut self.derived.events, &mut self.derived.happened);
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

/// Moves what happened in a world to what happened in the others. Changes have no moment of their own.
fn collect<W: World>(
    account: &mut Account<W>,
    id: AccountId,
    now: OffsetDateTime,
    events: &mut Vec<AccountEvent>,
    batch: &mut Batch,
) {
    let (world, stamp) = (&mut account.world, account.stamp.number());
    let mut changes: Vec<Change> = Vec::new();
    world.drain_changes(&mut changes);
    batch.extend(changes.into_iter().map(|change| (id, stamp, Happened::World(now, change))));
    let mut happened = Vec::new();
    world.drain_events(&mut happened);
    let already = events.len();
    events.extend(happened.into_iter().map(|event| AccountEvent { account: id, event }));
    let happened = events.get(already..).unwrap_or_default();
    let mut notes = Vec::new();
    if let Some(outbox) = world.outbox_mut().filter(|outbox| outbox.has_notes()) {
        notes.extend(outbox.drain_notes());
    }
    let mut notes = notes.into_iter().peekable();
    for AccountEvent { event, .. } in happened {
        // What is said of an event comes behind it.
        while let Some((at, note)) = notes.next_if(|(at, _)| *at < event.at) {
            batch.push((id, stamp, Happened::Delivery(at, note)));
        }
        batch.push((id, stamp, Happened::Event(event.clone())));
    }
    batch.extend(notes.map(|(at, note)| (id, stamp, Happened::Delivery(at, note))));
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
                let Derived { events, happened, .. } = &mut self.derived;
                collect(account, id, until, events, happened);
            }
            self.enter(id);
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        self.derived.agenda.first().map(|(due, _)| *due)
    }

    fn drain_events(&mut self, into: &mut Vec<AccountEvent>) {
        into.append(&mut self.derived.events);
    }

    fn published(&mut self, command: Option<u64>) {
        if command.is_none() {
            // What comes next is about another one, or about none.
            self.derived.touched = None;
        }
        let Derived { recorder, happened, .. } = &mut self.derived;
        match recorder.get() {
            Some(recorder) => recorder.publish(command, happened),
            None => happened.clear(),
        }
    }

    fn fingerprint(&self) -> u64 {
        let count = u64::try_from(self.worlds.len()).unwrap_or(u64::MAX);
        let touched = self.derived.touched.and_then(|id| Some((id, self.world(id)?)));
        let (id, trace) = touched.map_or((u32::MAX, 0), |(id, world)| (id.0, world.fingerprint()));
        stable_hash(count ^ trace, &id.to_le_bytes())
    }

    fn inherit(&mut self, replaced: &Self) {
        if self.derived.recorder.get().is_none() {
            self.derived.recorder.clone_from(&replaced.derived.recorder);
        }
        if let Some(recorder) = self.derived.recorder.get() {
            if self.has_faces() {
                recorder.note_face();
            }
            let at = self.derived.made_at.unwrap_or_else(|| recorder.now());
            let ids: Vec<AccountId> = self.iter().map(|(id, _)| id).collect();
            ids.into_iter().for_each(|id| self.note(id, at, ChangeKind::Reset));
        }
        if self.derived.make.is_none() {
            self.derived.make.clone_from(&replaced.derived.make);
        }
    }
}
