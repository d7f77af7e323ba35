//! What changes accounts, and the logged form of it.

use ringback_engine::{Advanced, Command, OffsetDateTime, Replay};
use serde::{Deserialize, Serialize};

use super::{
    AccountEvent, AccountId, Accounts, ClockChange, DropCheckpoint, Face, Fork, RestoreAccount,
    RestoreAll, Rewind, SaveCheckpoint, collect, due,
};
use crate::{World, stable_hash};

/// The logged form of every command of an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logged<L> {
    /// A credential opened an account.
    Open(Open),
    /// An account was removed.
    Remove(Remove),
    /// An account's world was made anew.
    Reset(ResetAccount),
    /// An account's own clock was changed.
    Clock(ChangeClock),
    /// A command for one account's world.
    ForAccount(AccountId, L),
    /// A command for one account's world, unless that has been replaced meanwhile.
    ForEpoch(AccountId, u32, L),
    /// An account's world is remembered under a name.
    SaveCheckpoint(SaveCheckpoint),
    /// A checkpoint was forgotten.
    DropCheckpoint(DropCheckpoint),
    /// An account was brought back to a checkpoint.
    Rewind(Rewind),
    /// An account was made as a copy of another one.
    Fork(Fork),
    /// A world came out of a snapshot.
    RestoreAccount(RestoreAccount),
    /// All accounts came out of a snapshot.
    RestoreAll(RestoreAll),
}

/// A command for one account's world.
#[derive(Debug, Clone)]
pub struct ForAccount<C>(pub AccountId, pub C);

impl<C: Into<L>, L> From<ForAccount<C>> for Logged<L> {
    fn from(ForAccount(account, command): ForAccount<C>) -> Self {
        Self::ForAccount(account, command.into())
    }
}

impl<W: World, C: Command<W>> Command<Accounts<W>> for ForAccount<C> {
    /// `None` if there is no such account.
    type Outcome = Option<C::Outcome>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let ForAccount(account, command) = self;
        accounts.change(account, now, |world, at| command.execute(world, at))
    }
}

/// A command for one account's world as it is in an epoch: what it is about, such as a webhook under
/// way, may be something else in a world that has replaced that one.
#[derive(Debug, Clone)]
pub struct ForEpoch<C>(pub AccountId, pub u32, pub C);

impl<C: Into<L>, L> From<ForEpoch<C>> for Logged<L> {
    fn from(ForEpoch(account, epoch, command): ForEpoch<C>) -> Self {
        Self::ForEpoch(account, epoch, command.into())
    }
}

impl<W: World, C: Command<W>> Command<Accounts<W>> for ForEpoch<C> {
    /// `None` if there is no such account, or its world has been replaced.
    type Outcome = Option<C::Outcome>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let ForEpoch(account, epoch, command) = self;
        if accounts.epoch(account) != epoch {
            return None;
        }
        accounts.change(account, now, |world, at| command.execute(world, at))
    }
}

/// Opens an account for a credential that names none yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The credential, as the vendor's clients send it.
    pub credential: String,
    /// Whether somebody asks for it by the control API, and not by merely using the credential.
    #[serde(default)]
    pub by_control: bool,
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

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        if let Some(known) = accounts.find(&self.credential) {
            return Ok(known);
        }
        if !accounts.open && !self.by_control {
            return Err(OpenRefused::Fixed);
        }
        let make = accounts.derived.make.clone().ok_or(OpenRefused::Fixed)?;
        if accounts.worlds.iter().flatten().count() >= Accounts::<W>::MOST {
            return Err(OpenRefused::TooMany);
        }
        // It follows from the credential, so the order in which accounts open does not matter.
        let seed = stable_hash(accounts.seed, self.credential.as_bytes());
        let mut world = make(seed, now);
        world.opened_by(&self.credential);
        let id = accounts.add(seed, Some(self.credential.clone()), world, None);
        accounts.credentials.insert(self.credential, id);
        Ok(id)
    }
}

/// Removes an account with its world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remove(pub AccountId);

/// Why an account is not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RemoveRefused {
    /// There is none.
    #[error("no such account")]
    Unknown,
    /// The demo account stays.
    #[error("the demo account cannot be removed; reset it instead")]
    Demo,
}

impl<L> From<Remove> for Logged<L> {
    fn from(remove: Remove) -> Self {
        Self::Remove(remove)
    }
}

impl<W: World> Command<Accounts<W>> for Remove {
    type Outcome = Result<(), RemoveRefused>;

    fn execute(self, accounts: &mut Accounts<W>, _now: OffsetDateTime) -> Self::Outcome {
        let Self(id) = self;
        if id == AccountId::DEMO {
            return Err(RemoveRefused::Demo);
        }
        accounts.fill();
        let account = accounts.worlds.get_mut(id.place()).and_then(Option::take);
        let due = due(&account.ok_or(RemoveRefused::Unknown)?);
        accounts.move_due(id, due, None);
        accounts.note_posts(id, false);
        accounts.credentials.retain(|_, of| *of != id);
        Ok(())
    }
}

/// Makes an account's world anew, at the time of the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetAccount(pub AccountId);

impl<L> From<ResetAccount> for Logged<L> {
    fn from(reset: ResetAccount) -> Self {
        Self::Reset(reset)
    }
}

impl<W: World> Command<Accounts<W>> for ResetAccount {
    /// `None` if there is no such account.
    type Outcome = Option<()>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self(id) = self;
        accounts.fill();
        let make = accounts.derived.make.clone()?;
        let account = accounts.worlds.get_mut(id.place())?.as_mut()?;
        let before = due(account);
        let mut world = make(account.seed, now);
        if let Some(credential) = account.credential.as_deref().filter(|_| id != AccountId::DEMO) {
            world.opened_by(credential);
        }
        // What is under way is not to be taken for something of the new world.
        if let (Some(old), Some(new)) = (account.world.outbox(), world.outbox_mut()) {
            new.follow(old);
        }
        account.detach(0);
        account.world = world;
        account.face = None;
        account.epoch = account.epoch.saturating_add(1);
        accounts.move_due(id, before, None);
        accounts.enter(id);
        Some(())
    }
}

/// Changes an account's own clock: it alone stands, runs or jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeClock(pub AccountId, pub ClockChange);

impl<L> From<ChangeClock> for Logged<L> {
    fn from(change: ChangeClock) -> Self {
        Self::Clock(change)
    }
}

impl<W: World> Command<Accounts<W>> for ChangeClock {
    /// What happened by that; `None` if there is no such account.
    type Outcome = Option<Advanced<AccountEvent>>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self(id, change) = self;
        accounts.fill();
        let account = accounts.worlds.get_mut(id.place())?.as_mut()?;
        let before = due(account);
        let from = account.local(now);
        let frozen = account.face.is_some_and(|face| face.frozen);
        let (to, frozen) = match change {
            ClockChange::Freeze => (from, true),
            ClockChange::Release => (from, false),
            ClockChange::JumpTo(at) => (from.max(at), frozen),
        };
        account.face = Some(Face::new(now, to, frozen));
        let already = accounts.derived.events.len();
        account.world.advance(to);
        collect(&mut account.world, id, &mut accounts.derived.events);
        let happened = accounts.derived.events.get(already..).unwrap_or_default();
        let advanced = Advanced {
            from,
            to,
            event_count: u64::try_from(happened.len()).unwrap_or(u64::MAX),
            events: happened.iter().take(Advanced::<AccountEvent>::LISTED).cloned().collect(),
        };
        accounts.move_due(id, before, None);
        accounts.enter(id);
        Some(advanced)
    }
}

impl<W: World> Replay<Accounts<W>> for Logged<W::Logged> {
    fn replay(self, accounts: &mut Accounts<W>, now: OffsetDateTime) {
        match self {
            Self::Open(open) => drop(open.execute(accounts, now)),
            Self::Remove(remove) => drop(remove.execute(accounts, now)),
            Self::Reset(reset) => drop(reset.execute(accounts, now)),
            Self::Clock(change) => drop(change.execute(accounts, now)),
            Self::ForAccount(account, command) => {
                accounts.change(account, now, |world, at| command.replay(world, at));
            }
            Self::ForEpoch(account, epoch, command) if accounts.epoch(account) == epoch => {
                accounts.change(account, now, |world, at| command.replay(world, at));
            }
            Self::ForEpoch(..) => {}
            Self::SaveCheckpoint(save) => drop(save.execute(accounts, now)),
            Self::DropCheckpoint(dropped) => drop(dropped.execute(accounts, now)),
            Self::Rewind(rewind) => drop(rewind.execute(accounts, now)),
            Self::Fork(fork) => drop(fork.execute(accounts, now)),
            Self::RestoreAccount(restore) => drop(restore.execute(accounts, now)),
            Self::RestoreAll(restore) => drop(restore.execute(accounts, now)),
        }
    }
}
