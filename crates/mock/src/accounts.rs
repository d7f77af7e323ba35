//! Several worlds in one machine, each named by its credentials.

use std::collections::{BTreeMap, BTreeSet};

use ringback_engine::{Command, Machine, OffsetDateTime, Replay};
use ringback_exchange::Event;
use serde::{Deserialize, Serialize};

use crate::World;

/// Identifies an account within one instance; the demo account is number 0.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct AccountId(pub u32);

impl AccountId {
    /// The demo account, which every instance has.
    pub const DEMO: Self = Self(0);
}

/// The machine of a whole instance: one world for each account.
///
/// Worlds never see each other. Next dues and waiting webhooks are indexed, so a thousand idle
/// accounts cost nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(from = "Kept<W>")]
#[serde(bound(serialize = "W: Serialize", deserialize = "W: Deserialize<'de>"))]
pub struct Accounts<W> {
    worlds: Vec<W>,
    credentials: BTreeMap<String, AccountId>,
    /// What a new account begins with; absent where the accounts are fixed.
    template: Option<Box<W>>,
    seed: u64,
    demo: Option<String>,
    #[serde(skip)]
    agenda: BTreeSet<(OffsetDateTime, AccountId)>,
    /// The accounts with webhooks that wait to be delivered, and maybe some without.
    #[serde(skip)]
    posting: BTreeSet<AccountId>,
    /// What happened since the engine last asked.
    #[serde(skip)]
    events: Vec<AccountEvent>,
}

/// The serialised form, without the index.
#[derive(Deserialize)]
#[serde(bound(deserialize = "W: Deserialize<'de>"))]
struct Kept<W> {
    worlds: Vec<W>,
    credentials: BTreeMap<String, AccountId>,
    template: Option<Box<W>>,
    seed: u64,
    demo: Option<String>,
}

impl<W> From<Kept<W>> for Accounts<W> {
    fn from(kept: Kept<W>) -> Self {
        let Kept { worlds, credentials, template, seed, demo } = kept;
        // The indexes are filled by the first look: every world is entered as due at once.
        let agenda = ids(worlds.len()).map(|id| (OffsetDateTime::UNIX_EPOCH, id)).collect();
        let posting = ids(worlds.len()).collect();
        let events = Vec::new();
        Self { worlds, credentials, template, seed, demo, agenda, posting, events }
    }
}

fn ids(count: usize) -> impl Iterator<Item = AccountId> {
    (0..u32::try_from(count).unwrap_or(u32::MAX)).map(AccountId)
}

impl<W: World> Accounts<W> {
    /// The most accounts one instance opens.
    pub const MOST: usize = 10_000;

    /// Makes the machine from its first worlds, each with its credentials.
    pub(crate) fn new(
        seed: u64,
        worlds: impl IntoIterator<Item = (Vec<String>, W)>,
        open: bool,
    ) -> Self {
        let mut accounts = Self {
            worlds: Vec::new(),
            credentials: BTreeMap::new(),
            template: None,
            seed,
            demo: None,
            agenda: BTreeSet::new(),
            posting: BTreeSet::new(),
            events: Vec::new(),
        };
        for (id, (credentials, world)) in (0..).map(AccountId).zip(worlds) {
            if open && accounts.template.is_none() {
                accounts.template = Some(Box::new(world.clone()));
            }
            if id == AccountId::default() {
                accounts.demo = credentials.first().cloned();
            }
            accounts.credentials.extend(credentials.into_iter().map(|name| (name, id)));
            accounts.worlds.push(world);
            accounts.enter(id);
        }
        accounts
    }

    /// Returns the account a credential names.
    pub fn find(&self, credential: &str) -> Option<AccountId> {
        self.credentials.get(credential).copied()
    }

    /// Returns an account's world.
    pub fn world(&self, id: AccountId) -> Option<&W> {
        self.worlds.get(usize::try_from(id.0).ok()?)
    }

    /// Returns the accounts with their worlds, the demo account first.
    pub fn iter(&self) -> impl Iterator<Item = (AccountId, &W)> {
        ids(self.worlds.len()).zip(&self.worlds)
    }

    /// Returns the accounts whose webhooks wait to be delivered, with their worlds.
    pub(crate) fn posting(&self) -> impl Iterator<Item = (AccountId, &W)> {
        self.posting.iter().filter_map(|id| Some((*id, self.world(*id)?)))
    }

    /// Returns the credential to show for the demo account: the first it was given, if any.
    pub fn demo_credential(&self) -> Option<&str> {
        self.demo.as_deref()
    }

    /// Changes a world and lets everything happen that is due then.
    fn change<R>(
        &mut self,
        id: AccountId,
        now: OffsetDateTime,
        change: impl FnOnce(&mut W) -> R,
    ) -> Option<R> {
        let world = self.worlds.get_mut(usize::try_from(id.0).ok()?)?;
        let before = world.next_due();
        let result = change(world);
        world.advance(now);
        collect(world, id, &mut self.events);
        let after = world.next_due();
        let posts = posts(world);
        if before != after {
            if let Some(due) = before {
                self.agenda.remove(&(due, id));
            }
            if let Some(due) = after {
                self.agenda.insert((due, id));
            }
        }
        self.note_posts(id, posts);
        Some(result)
    }

    fn enter(&mut self, id: AccountId) {
        let Some(world) = self.world(id) else { return };
        let (due, posts) = (world.next_due(), posts(world));
        if let Some(due) = due {
            self.agenda.insert((due, id));
        }
        self.note_posts(id, posts);
    }

    fn note_posts(&mut self, id: AccountId, posts: bool) {
        match posts {
            true => self.posting.insert(id),
            false => self.posting.remove(&id),
        };
    }
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
        while let Some((due, account)) = self.agenda.first().copied() {
            if due > to {
                break;
            }
            // A world is brought up to the next moment at which another one is due, so that
            // events of all worlds come out in time order.
            self.agenda.pop_first();
            let next = self.agenda.first().map_or(to, |(next, _)| (*next).min(to));
            let until = next.max(due);
            if let Some(world) = self.worlds.get_mut(usize::try_from(account.0).unwrap_or(0)) {
                world.advance(until);
                collect(world, account, &mut self.events);
            }
            self.enter(account);
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        self.agenda.first().map(|(due, _)| *due)
    }

    fn drain_events(&mut self, into: &mut Vec<AccountEvent>) {
        into.append(&mut self.events);
    }
}

/// The logged form of every command of an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logged<L> {
    /// A credential opened an account.
    Open(Open),
    /// A command for one account's world.
    To(AccountId, L),
}

/// A command for one account's world.
#[derive(Debug, Clone)]
pub struct To<C>(pub AccountId, pub C);

impl<C: Into<L>, L> From<To<C>> for Logged<L> {
    fn from(To(account, command): To<C>) -> Self {
        Self::To(account, command.into())
    }
}

impl<W: World, C: Command<W>> Command<Accounts<W>> for To<C> {
    /// `None` if there is no such account.
    type Outcome = Option<C::Outcome>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let To(account, command) = self;
        accounts.change(account, now, |world| command.execute(world, now))
    }
}

/// Opens an account for a credential that names none yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The credential, as the vendor's clients send it.
    pub credential: String,
}

/// Why an account is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefused {
    /// This instance has fixed accounts.
    #[error("accounts are fixed")]
    Fixed,
    /// It has as many as it may.
    #[error("too many accounts")]
    TooMany,
}

impl<L> From<Open> for Logged<L> {
    fn from(open: Open) -> Self {
        Self::Open(open)
    }
}

impl<W: World> Command<Accounts<W>> for Open {
    type Outcome = Result<AccountId, OpenRefused>;

    fn execute(self, accounts: &mut Accounts<W>, _now: OffsetDateTime) -> Self::Outcome {
        if let Some(known) = accounts.find(&self.credential) {
            return Ok(known);
        }
        let mut world = accounts.template.as_deref().ok_or(OpenRefused::Fixed)?.clone();
        if accounts.worlds.len() >= Accounts::<W>::MOST {
            return Err(OpenRefused::TooMany);
        }
        let id = AccountId(u32::try_from(accounts.worlds.len()).unwrap_or(u32::MAX));
        world.reseed(seed_of(accounts.seed, &self.credential));
        accounts.worlds.push(world);
        accounts.credentials.insert(self.credential, id);
        accounts.enter(id);
        Ok(id)
    }
}

/// A world's seed follows from its credential, so the order in which accounts open does not matter.
fn seed_of(seed: u64, credential: &str) -> u64 {
    // FNV-1a, which is stable across versions and computers, unlike the standard hasher.
    credential.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl<W: World> Replay<Accounts<W>> for Logged<W::Logged> {
    fn replay(self, accounts: &mut Accounts<W>, now: OffsetDateTime) {
        match self {
            Self::Open(open) => drop(open.execute(accounts, now)),
            Self::To(account, command) => {
                accounts.change(account, now, |world| command.replay(world, now));
            }
        }
    }
}
