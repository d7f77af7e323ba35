//! What changes accounts, and the logged form of it.

use std::any::Any;

use ringback_engine::{Advanced, ClockState, Command, OffsetDateTime, Rate, Replay, same};
use ringback_exchange::ChangeKind;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    AccountEvent, AccountId, Accounts, ClockChange, Derived, DropCheckpoint, Face, Fork, Make,
    RestoreAccount, RestoreAll, Rewind, SaveCheckpoint, collect, due,
};
use crate::{
    World,
    bench::{Happened, Recorder, Stamp},
    stable_hash,
};

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

/// Writes how commands become their logged form.
macro_rules! logged_as {
    ($($variant:ident($command:ty);)+) => {$(
        impl<L> From<$command> for Logged<L> {
            fn from(command: $command) -> Self {
                Self::$variant(command)
            }
        }
    )+};
}

logged_as! {
    Open(Open);
    Remove(Remove);
    Reset(ResetAccount);
    Clock(ChangeClock);
}

impl<W: World, C: Command<W>> Command<Accounts<W>> for ForAccount<C> {
    /// `None` if there is no such account.
    type Outcome = Option<C::Outcome>;

    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever it is, it is another one")]
    fn from_logged(logged: Logged<W::Logged>) -> Option<Self> {
        match logged {
            Logged::ForAccount(account, command) => Some(Self(account, C::from_logged(command)?)),
            _ => None,
        }
    }

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

    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever it is, it is another one")]
    fn from_logged(logged: Logged<W::Logged>) -> Option<Self> {
        match logged {
            Logged::ForEpoch(account, epoch, command) => {
                Some(Self(account, epoch, C::from_logged(command)?))
            }
            _ => None,
        }
    }

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let ForEpoch(account, epoch, command) = self;
        if accounts.epoch(account) != epoch {
            return None;
        }
        accounts.change(account, now, |world, at| command.execute(world, at))
    }
}

/// Opens an account for a credential that names none yet.
///
/// Where the command is logged it carries the world that was made for it, so that all who read the log
/// come to the same, whatever their options are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The credential, as the vendor's clients send it.
    pub credential: String,
    /// Whether somebody asks for it by the control API, and not by merely using the credential.
    #[serde(default)]
    pub by_control: bool,
    /// Its world, if that has been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<MadeWorld>,
}

/// A world that was made where a command was given, as text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MadeWorld(Box<RawValue>);

impl PartialEq for MadeWorld {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for MadeWorld {}

impl MadeWorld {
    /// # Errors
    /// When the world has no serialised form.
    pub(crate) fn of<W: World>(world: &W) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(world).map(Self)
    }

    fn world<W: World>(&self) -> Option<W> {
        // As bytes, like all that is read: reading text as well would be a second reader of every world.
        let world = serde_json::from_slice(self.0.get().as_bytes());
        // Every reader of the log fails alike: nothing is changed.
        world.inspect_err(|error| log::error!("the world of an account: {error}")).ok()
    }
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

impl<W: World> Command<Accounts<W>> for Open {
    type Outcome = Result<AccountId, OpenRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        if let Some(known) = accounts.find(&self.credential) {
            return Ok(known);
        }
        if !accounts.open && !self.by_control {
            return Err(OpenRefused::Fixed);
        }
        if accounts.worlds.iter().flatten().count() >= Accounts::<W>::MOST {
            return Err(OpenRefused::TooMany);
        }
        // It follows from the credential, so the order in which accounts open does not matter.
        let seed = stable_hash(accounts.seed, self.credential.as_bytes());
        let world = match &self.world {
            Some(made) => made.world(),
            None => accounts
                .derived
                .make
                .as_ref()
                .map(|make| made_for(make, seed, now, &self.credential)),
        };
        let world = world.ok_or(OpenRefused::Fixed)?;
        let id = accounts.add(seed, Some(self.credential.clone()), world, None);
        accounts.credentials.insert(self.credential, id);
        accounts.note(id, now, ChangeKind::Added);
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

impl<W: World> Command<Accounts<W>> for Remove {
    type Outcome = Result<(), RemoveRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self(id) = self;
        if id == AccountId::DEMO {
            return Err(RemoveRefused::Demo);
        }
        accounts.note(id, now, ChangeKind::Removed);
        let account = accounts.worlds.get_mut(id.place()).and_then(Option::take);
        let due = due(&account.ok_or(RemoveRefused::Unknown)?);
        accounts.move_due(id, due, None);
        accounts.note_posts(id, false);
        accounts.credentials.retain(|_, of| *of != id);
        Ok(())
    }
}

/// Makes an account's world anew, at the time of the instance.
///
/// Where the command is logged it carries the world that was made for it, as [`Open`] does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetAccount {
    /// Which account.
    pub account: AccountId,
    /// Its world, if that has been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<MadeWorld>,
}

impl<W: World> Command<Accounts<W>> for ResetAccount {
    /// `None` if there is no such account.
    type Outcome = Option<()>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self { account: id, world } = self;
        accounts.derived.touched = Some(id);
        let make = accounts.derived.make.clone();
        let account = accounts.worlds.get_mut(id.place())?.as_mut()?;
        let before = due(account);
        let mut world: W = match world {
            Some(made) => made.world()?,
            None => {
                let credential = account.credential.as_deref().filter(|_| id != AccountId::DEMO);
                made_for(&make?, account.seed, now, credential.unwrap_or_default())
            }
        };
        // What is under way is not to be taken for something of the new world.
        if let (Some(old), Some(new)) = (account.world.outbox(), world.outbox_mut()) {
            new.follow(old);
        }
        account.detach(0);
        // What it begins with is no change.
        world.drain_changes(&mut Vec::new());
        account.world = world;
        account.face = None;
        account.stamp = Stamp::default();
        account.epoch = account.epoch.saturating_add(1);
        accounts.move_due(id, before, None);
        accounts.enter(id);
        accounts.note(id, now, ChangeKind::Reset);
        Some(())
    }
}

/// Changes an account's own clock: it alone stands, runs or jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeClock(pub AccountId, pub ClockChange);

impl<W: World> Command<Accounts<W>> for ChangeClock {
    /// What happened by that; `None` if there is no such account.
    type Outcome = Option<Advanced<AccountEvent>>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self(id, change) = self;
        accounts.derived.touched = Some(id);
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
        accounts.derived.recorder.get().into_iter().for_each(Recorder::note_face);
        let already = accounts.derived.events.len();
        let rate = ClockState { now: to, rate: Rate::ONE, frozen };
        accounts.derived.happened.push((id, account.stamp.number(), Happened::Clock(rate)));
        account.world.advance(to);
        let Derived { events, happened, .. } = &mut accounts.derived;
        collect(account, id, to, events, happened);
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

/// Makes the world of an account that a credential opens; an empty one opens none.
pub(crate) fn made_for<W: World>(
    make: &Make<W>,
    seed: u64,
    at: OffsetDateTime,
    credential: &str,
) -> W {
    let mut world = make(seed, at);
    if !credential.is_empty() {
        world.opened_by(credential);
    }
    world
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

    fn into_command<C: Any>(self) -> Option<C> {
        match self {
            Self::Open(open) => same(open),
            Self::Remove(remove) => same(remove),
            Self::Reset(reset) => same(reset),
            Self::Clock(change) => same(change),
            Self::SaveCheckpoint(save) => same(save),
            Self::DropCheckpoint(dropped) => same(dropped),
            Self::Rewind(rewind) => same(rewind),
            Self::Fork(fork) => same(fork),
            Self::RestoreAccount(restore) => same(restore),
            Self::RestoreAll(restore) => same(restore),
            // Whose command it is say [`ForAccount`] and [`ForEpoch`].
            Self::ForAccount(..) | Self::ForEpoch(..) => None,
        }
    }
}
