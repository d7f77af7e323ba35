//! Named moments of an account to which it can be brought back. They are part of the machine, so a
//! log holds their names and not the worlds.

use std::sync::Arc;

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::ChangeKind;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{AccountId, Accounts, Face, Logged};
use crate::World;

/// A world as it was.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "W: Serialize", deserialize = "W: Deserialize<'de>"))]
pub(super) struct Checkpoint<W> {
    /// What the account's own clock showed.
    #[serde(with = "time::serde::timestamp::microseconds")]
    at: OffsetDateTime,
    /// Whether that clock stood still by itself.
    frozen: bool,
    /// The epoch of the account in whose past it is.
    epoch: u32,
    #[serde(serialize_with = "shared", deserialize_with = "sharing")]
    world: Arc<W>,
}

fn shared<W: Serialize, S: Serializer>(world: &Arc<W>, serializer: S) -> Result<S::Ok, S::Error> {
    world.serialize(serializer)
}

fn sharing<'de, W: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Arc<W>, D::Error> {
    W::deserialize(from).map(Arc::new)
}

impl<W> Checkpoint<W> {
    /// Learns that the epoch in whose past it may be has another number.
    pub(super) fn follow(&mut self, epoch: u32, now: u32) {
        // None that it could be taken for has the number of an epoch that is over.
        self.epoch = if self.epoch == epoch { now } else { 0 };
    }
}

/// What is told of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointInfo {
    /// Its name.
    pub name: String,
    /// What the account's own clock showed.
    pub at: OffsetDateTime,
}

/// Why there is no checkpoint. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointRefused {
    /// The account is not there.
    #[error("no such account")]
    NoAccount,
    /// There is none of that name.
    #[error("no such checkpoint")]
    Unknown,
    /// There is one of that name.
    #[error("there is a checkpoint of that name; delete it first")]
    Taken,
    /// It is no name.
    #[error("a name has 1 to 100 characters, and no slash or control character among them")]
    Misnamed,
    /// There are as many as there may be.
    #[error("there are 16 checkpoints in this account, or 1000 in all; delete one first")]
    TooMany,
}

/// The most checkpoints of one account, and of all of them.
const MOST: usize = 16;
const MOST_OF_ALL: usize = 1_000;

/// Returns whether a text may name a checkpoint or a snapshot.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |c: char| !c.is_control() && c != '/';
    (1..=100).contains(&name.chars().count()) && name.chars().all(is_part)
}

/// Remembers an account's world under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveCheckpoint {
    /// Whose world.
    pub account: AccountId,
    /// The name, which is free in that account.
    pub name: String,
}

/// Forgets a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropCheckpoint {
    /// Of which account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
}

/// Brings an account's world and its own time back to a checkpoint, which stays, as all others do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewind {
    /// Which account.
    pub account: AccountId,
    /// The name of the checkpoint.
    pub name: String,
}

impl<W: World> Command<Accounts<W>> for SaveCheckpoint {
    type Outcome = Result<CheckpointInfo, CheckpointRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self { account, name } = self;
        let of_all = accounts.worlds.iter().flatten().map(|account| account.checkpoints.len());
        let too_many = of_all.sum::<usize>() >= MOST_OF_ALL;
        let account = accounts.worlds.get_mut(account.place()).and_then(Option::as_mut);
        let account = account.ok_or(CheckpointRefused::NoAccount)?;
        if !is_name(&name) {
            return Err(CheckpointRefused::Misnamed);
        }
        if account.checkpoints.contains_key(&name) {
            return Err(CheckpointRefused::Taken);
        }
        if too_many || account.checkpoints.len() >= MOST {
            return Err(CheckpointRefused::TooMany);
        }
        let at = account.local(now);
        let frozen = account.face.is_some_and(|face| face.frozen);
        let (epoch, world) = (account.epoch, Arc::new(account.world.clone()));
        account.checkpoints.insert(name.clone(), Checkpoint { at, frozen, epoch, world });
        Ok(CheckpointInfo { name, at })
    }
}

impl<W: World> Command<Accounts<W>> for DropCheckpoint {
    type Outcome = Result<(), CheckpointRefused>;

    fn execute(self, accounts: &mut Accounts<W>, _now: OffsetDateTime) -> Self::Outcome {
        let account = accounts.worlds.get_mut(self.account.place()).and_then(Option::as_mut);
        let account = account.ok_or(CheckpointRefused::NoAccount)?;
        let dropped = account.checkpoints.remove(&self.name);
        dropped.map(drop).ok_or(CheckpointRefused::Unknown)
    }
}

impl<W: World> Command<Accounts<W>> for Rewind {
    type Outcome = Result<CheckpointInfo, CheckpointRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self { account: id, name } = self;
        let account = accounts.account(id).ok_or(CheckpointRefused::NoAccount)?;
        let checkpoint = account.checkpoints.get(&name).ok_or(CheckpointRefused::Unknown)?;
        let (world, at, frozen) = (W::clone(&checkpoint.world), checkpoint.at, checkpoint.frozen);
        accounts.replace(id, world, Face::of(now, at, frozen));
        accounts.note(id, now, ChangeKind::Reset);
        if let Some(account) = accounts.worlds.get_mut(id.place()).and_then(Option::as_mut) {
            let epoch = account.epoch;
            // From now on this one is in the account's past, and no other that it had.
            if let Some(checkpoint) = account.checkpoints.get_mut(&name) {
                checkpoint.epoch = epoch;
            }
        }
        Ok(CheckpointInfo { name, at })
    }
}

impl<L> From<SaveCheckpoint> for Logged<L> {
    fn from(save: SaveCheckpoint) -> Self {
        Self::SaveCheckpoint(save)
    }
}

impl<L> From<DropCheckpoint> for Logged<L> {
    fn from(dropped: DropCheckpoint) -> Self {
        Self::DropCheckpoint(dropped)
    }
}

impl<L> From<Rewind> for Logged<L> {
    fn from(rewind: Rewind) -> Self {
        Self::Rewind(rewind)
    }
}

impl<W: World> Accounts<W> {
    /// Returns the checkpoints of an account, the oldest moment first; none if it is not there.
    pub fn checkpoints(&self, id: AccountId) -> Vec<CheckpointInfo> {
        let all = self.account(id).into_iter().flat_map(|account| &account.checkpoints);
        let info = |(name, checkpoint): (&String, &Checkpoint<W>)| CheckpointInfo {
            name: name.clone(),
            at: checkpoint.at,
        };
        let mut all: Vec<CheckpointInfo> = all.map(info).collect();
        all.sort_by_key(|checkpoint| checkpoint.at);
        all
    }

    /// Returns the world of a checkpoint, the account's world now, and whether the one is in the
    /// past of the other; otherwise that was reset, rewound or restored meanwhile.
    pub(crate) fn since(
        &self,
        id: AccountId,
        name: &str,
    ) -> Result<Since<'_, W>, CheckpointRefused> {
        let account = self.account(id).ok_or(CheckpointRefused::NoAccount)?;
        let checkpoint = account.checkpoints.get(name).ok_or(CheckpointRefused::Unknown)?;
        Ok(Since {
            before: &checkpoint.world,
            now: &account.world,
            is_past: checkpoint.epoch == account.epoch,
        })
    }
}

/// Two states of one account's world.
pub(crate) struct Since<'a, W> {
    pub(crate) before: &'a W,
    pub(crate) now: &'a W,
    pub(crate) is_past: bool,
}
