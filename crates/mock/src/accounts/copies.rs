//! Worlds that come from elsewhere: out of another account, or out of a snapshot.

use ringback_engine::{Command, Machine as _, OffsetDateTime};
use ringback_exchange::ChangeKind;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{AccountId, Accounts, Face, Logged};
use crate::{World, bench::Stamp, stable_hash};

/// A state as JSON text, read when it is needed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawState(pub Box<RawValue>);

impl PartialEq for RawState {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

/// Makes an account whose world is a copy of another's, live calls and all, at its own time. Webhooks
/// that wait stay with the other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// Whose world.
    pub of: AccountId,
    /// The credential of the new account, which names none yet.
    pub to: String,
}

/// Why an account is not forked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForkRefused {
    /// The account is not there.
    #[error("no such account")]
    NoAccount,
    /// The credential names an account.
    #[error("there is an account of that credential; delete it first")]
    Taken,
    /// There are as many accounts as there may be.
    #[error("too many accounts")]
    TooMany,
}

impl<W: World> Command<Accounts<W>> for Fork {
    type Outcome = Result<AccountId, ForkRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self { of, to } = self;
        if accounts.find(&to).is_some() {
            return Err(ForkRefused::Taken);
        }
        let source = accounts.account(of).ok_or(ForkRefused::NoAccount)?;
        if accounts.worlds.iter().flatten().count() >= Accounts::<W>::MOST {
            return Err(ForkRefused::TooMany);
        }
        let (mut world, face) = (source.world.clone(), source.face);
        world.forked_for(&to);
        if let Some(outbox) = world.outbox_mut() {
            outbox.forget_waiting();
        }
        // What a reset makes of it is what any account of that credential begins with.
        let seed = stable_hash(accounts.seed, to.as_bytes());
        let id = accounts.add(seed, Some(to.clone()), world, face);
        accounts.credentials.insert(to, id);
        accounts.note(id, now, ChangeKind::Added);
        Ok(id)
    }
}

/// Puts a world out of a snapshot into an account, and brings its own time to that of the snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreAccount {
    /// Which account.
    pub account: AccountId,
    /// What the clock of the account showed when the snapshot was taken.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub at: OffsetDateTime,
    /// Whether that clock stood still by itself.
    pub frozen: bool,
    /// The world.
    pub world: RawState,
}

/// Puts all accounts out of a snapshot in place of those there are. The clock of the instance goes on:
/// each account gets the time that it had by a clock of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreAll {
    /// What the clock of the instance showed when the snapshot was taken.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub at: OffsetDateTime,
    /// All accounts.
    pub accounts: RawState,
}

/// Why a snapshot is not restored. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestoreRefused {
    /// The account is not there.
    #[error("no such account")]
    NoAccount,
    /// It cannot be read.
    #[error("not a state of this vendor in this release: {0}")]
    Unreadable(String),
    /// It contradicts itself.
    #[error("a state that cannot be: {0}")]
    Impossible(String),
}

impl RawState {
    /// Reads one account's world.
    pub(crate) fn world<W: World>(&self) -> Result<W, RestoreRefused> {
        let world: W = self.read()?;
        world.exchange().verify().map_err(RestoreRefused::Impossible)?;
        Ok(world)
    }

    /// Reads all accounts of an instance.
    pub(crate) fn accounts<W: World>(&self) -> Result<Accounts<W>, RestoreRefused> {
        let accounts: Accounts<W> = self.read()?;
        accounts.verify().map_err(RestoreRefused::Impossible)?;
        Ok(accounts)
    }

    fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, RestoreRefused> {
        // As bytes, like all that is read: reading text as well would be a second reader of every world.
        let read = serde_json::from_slice(self.0.get().as_bytes());
        read.map_err(|error| RestoreRefused::Unreadable(error.to_string()))
    }
}

impl<W: World> Command<Accounts<W>> for RestoreAccount {
    type Outcome = Result<(), RestoreRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self { account: id, at, frozen, world } = self;
        let account = accounts.account(id).ok_or(RestoreRefused::NoAccount)?;
        let mut world: W = world.world()?;
        // It may have been another account's.
        if let Some(credential) = account.credential.as_deref().filter(|_| id != AccountId::DEMO) {
            world.opened_by(credential);
        }
        accounts.replace(id, world, Face::of(now, at, frozen));
        accounts.note(id, now, ChangeKind::Reset);
        Ok(())
    }
}

impl<W: World> Command<Accounts<W>> for RestoreAll {
    type Outcome = Result<(), RestoreRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let mut restored: Accounts<W> = self.accounts.accounts()?;
        let all = [&*accounts, &restored].into_iter().flat_map(|of| of.worlds.iter().flatten());
        let epoch = all.map(|account| account.epoch).max().unwrap_or(0).saturating_add(1);
        for account in restored.worlds.iter_mut().flatten() {
            let frozen = account.face.is_some_and(|face| face.frozen);
            account.face = Face::of(now, account.local(self.at), frozen);
            for checkpoint in account.checkpoints.values_mut() {
                checkpoint.follow(account.epoch, epoch);
            }
            account.epoch = epoch;
        }
        // By the clock of this instance they are due at other moments.
        restored.derived.agenda.clear();
        let count = u32::try_from(restored.worlds.len()).unwrap_or(u32::MAX);
        (0..count).map(AccountId).for_each(|id| restored.enter(id));
        // It notes that all worlds are others now.
        restored.inherit(accounts);
        restored.derived.events.append(&mut accounts.derived.events);
        restored.derived.happened.append(&mut accounts.derived.happened);
        *accounts = restored;
        Ok(())
    }
}

impl<W: World> Accounts<W> {
    /// Checks what a state from outside could contradict itself in.
    fn verify(&self) -> Result<(), String> {
        if self.account(AccountId::DEMO).is_none() {
            return Err("it has no demo account".to_owned());
        }
        if self.iter().count() > Self::MOST {
            return Err("it has too many accounts".to_owned());
        }
        if let Some((name, _)) =
            self.credentials.iter().find(|(_, id)| self.account(**id).is_none())
        {
            return Err(format!("the credential {name:?} names no account"));
        }
        self.iter().try_for_each(|(_, world)| world.exchange().verify())
    }

    /// Puts another world, which has nothing in common with it, in the place of an account's.
    pub(super) fn replace(&mut self, id: AccountId, world: W, face: Option<Face>) {
        if let Some(account) = self.worlds.get_mut(id.place()).and_then(Option::as_mut) {
            account.detach(0);
        }
        self.put(id, world, face);
    }

    /// Puts another world in the place of an account's, whose checkpoints know already what they have
    /// in common with it.
    pub(super) fn put(&mut self, id: AccountId, world: W, face: Option<Face>) {
        let Some(account) = self.worlds.get_mut(id.place()).and_then(Option::as_mut) else {
            return;
        };
        let before = super::due(account);
        // What it begins with is no change.
        let mut world = world;
        world.drain_changes(&mut Vec::new());
        // What is under way is not to be taken for something of the new world.
        let epoch = account.epoch.saturating_add(1);
        (account.world, account.face, account.epoch) = (world, face, epoch);
        account.stamp = Stamp::default();
        self.move_due(id, before, None);
        self.enter(id);
    }
}

impl<L> From<Fork> for Logged<L> {
    fn from(fork: Fork) -> Self {
        Self::Fork(fork)
    }
}

impl<L> From<RestoreAccount> for Logged<L> {
    fn from(restore: RestoreAccount) -> Self {
        Self::RestoreAccount(restore)
    }
}

impl<L> From<RestoreAll> for Logged<L> {
    fn from(restore: RestoreAll) -> Self {
        Self::RestoreAll(restore)
    }
}
