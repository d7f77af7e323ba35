//! Named moments of an account to which it can be brought back. They are part of the machine, so a
//! log holds their names and not the worlds.

use std::collections::BTreeMap;

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{ChangeKind, History};
use serde::{Deserialize, Serialize, Serializer};

use super::{Account, AccountId, Accounts, Face, Logged};
use crate::World;

/// A world as it was.
///
/// Finished calls are what an account has most of, and none of them ever changes. So a checkpoint
/// leaves those to the account's world that both have in common, and holds the others alone. Its
/// serialised form has them all.
#[derive(Deserialize)]
#[serde(bound(deserialize = "W: World"))]
pub(super) struct Checkpoint<W> {
    /// What the account's own clock showed.
    #[serde(with = "time::serde::timestamp::microseconds")]
    at: OffsetDateTime,
    /// Whether that clock stood still by itself.
    frozen: bool,
    /// The epoch of the account in whose past it is.
    epoch: u32,
    /// With the finished calls behind those that are shared.
    world: W,
    /// How many finished calls it has in common with the account's world, from the first on.
    #[serde(skip)]
    shared: usize,
}

/// The form in which an account is serialised.
#[derive(Serialize)]
#[serde(bound(serialize = "W: World"))]
struct Whole<'a, W> {
    world: &'a W,
    seed: u64,
    credential: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    face: Option<Face>,
    #[serde(skip_serializing_if = "is_zero")]
    epoch: u32,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checkpoints: BTreeMap<&'a String, WholeCheckpoint<W>>,
}

#[derive(Serialize)]
#[serde(bound(serialize = "W: World"))]
struct WholeCheckpoint<W> {
    #[serde(with = "time::serde::timestamp::microseconds")]
    at: OffsetDateTime,
    frozen: bool,
    epoch: u32,
    world: W,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl<W: World> Serialize for Account<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { world, seed, credential, face, epoch, checkpoints, stamp: _ } = self;
        let whole = |checkpoint: &Checkpoint<W>| {
            let Checkpoint { at, frozen, epoch, world, shared } = checkpoint;
            let mut world = world.clone();
            let rest = world.exchange_mut().take_history();
            let common = self.world.exchange().history().iter().take(*shared);
            let all = common.chain(rest.iter()).cloned().collect::<Vec<_>>();
            world.exchange_mut().put_history(History::from(all));
            WholeCheckpoint { at: *at, frozen: *frozen, epoch: *epoch, world }
        };
        let checkpoints = checkpoints.iter().map(|(name, one)| (name, whole(one))).collect();
        let (seed, face, epoch) = (*seed, *face, *epoch);
        Whole { world, seed, credential, face, epoch, checkpoints }.serialize(serializer)
    }
}

impl<W: World> Account<W> {
    /// Gives the checkpoints the finished calls behind so many, which the account's world loses.
    pub(super) fn detach(&mut self, common: usize) {
        let history = self.world.exchange().history();
        for checkpoint in self.checkpoints.values_mut().filter(|one| one.shared > common) {
            let rest = checkpoint.world.exchange_mut().take_history();
            let lost = history.iter().take(checkpoint.shared).skip(common);
            let all = lost.chain(rest.iter()).cloned().collect::<Vec<_>>();
            checkpoint.world.exchange_mut().put_history(History::from(all));
            checkpoint.shared = common;
        }
    }
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
        let Self { account: id, name } = self;
        let of_all = accounts.worlds.iter().flatten().map(|account| account.checkpoints.len());
        let too_many = of_all.sum::<usize>() >= MOST_OF_ALL;
        let account = accounts.worlds.get_mut(id.place()).and_then(Option::as_mut);
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
        let history = account.world.exchange_mut().take_history();
        let world = account.world.clone();
        let (shared, epoch) = (history.len(), account.epoch);
        account.world.exchange_mut().put_history(history);
        let checkpoint = Checkpoint { at, frozen, epoch, world, shared };
        account.checkpoints.insert(name.clone(), checkpoint);
        accounts.is_at(id, &name);
        Ok(CheckpointInfo { name, at })
    }
}

impl<W: World> Command<Accounts<W>> for DropCheckpoint {
    type Outcome = Result<(), CheckpointRefused>;

    fn execute(self, accounts: &mut Accounts<W>, _now: OffsetDateTime) -> Self::Outcome {
        let account = accounts.worlds.get_mut(self.account.place()).and_then(Option::as_mut);
        let account = account.ok_or(CheckpointRefused::NoAccount)?;
        let dropped = account.checkpoints.remove(&self.name);
        if let Some(recorder) = accounts.derived.recorder.get() {
            recorder.bench().unmark_checkpoint(recorder.origin(), self.account, &self.name);
        }
        dropped.map(drop).ok_or(CheckpointRefused::Unknown)
    }
}

impl<W: World> Command<Accounts<W>> for Rewind {
    type Outcome = Result<CheckpointInfo, CheckpointRefused>;

    fn execute(self, accounts: &mut Accounts<W>, now: OffsetDateTime) -> Self::Outcome {
        let Self { account: id, name } = self;
        let account = accounts.worlds.get_mut(id.place()).and_then(Option::as_mut);
        let account = account.ok_or(CheckpointRefused::NoAccount)?;
        let checkpoint = account.checkpoints.get(&name).ok_or(CheckpointRefused::Unknown)?;
        let (at, frozen, shared) = (checkpoint.at, checkpoint.frozen, checkpoint.shared);
        account.detach(shared);
        let mut history = account.world.exchange_mut().take_history();
        drop(history.split_off(shared));
        let Some(checkpoint) = account.checkpoints.get_mut(&name) else {
            return Err(CheckpointRefused::Unknown);
        };
        for cdr in checkpoint.world.exchange_mut().take_history().into_records() {
            history.add(cdr);
        }
        let mut world = checkpoint.world.clone();
        // From now on this one is in the account's past, and no other that it had.
        checkpoint.shared = history.len();
        checkpoint.epoch = account.epoch.saturating_add(1);
        world.exchange_mut().put_history(history);
        accounts.put(id, world, Face::of(now, at, frozen));
        accounts.note(id, now, ChangeKind::Reset);
        accounts.is_at(id, &name);
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

    /// Tells whoever watches that an account is at a checkpoint: what comes behind it in the feed has
    /// happened since.
    fn is_at(&self, id: AccountId, name: &str) {
        let Some(recorder) = self.derived.recorder.get() else { return };
        let (bench, origin) = (recorder.bench(), recorder.origin());
        // What happened before this command, and is told with what it does.
        let before = u64::try_from(self.derived.happened.len()).unwrap_or(0);
        bench.mark_checkpoint(origin, id, name, bench.feed().last().saturating_add(before));
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
            shared: checkpoint.shared,
            now: &account.world,
            is_past: checkpoint.epoch == account.epoch,
        })
    }
}

/// Two states of one account's world.
pub(crate) struct Since<'a, W> {
    /// The earlier one, with the finished calls behind those that are shared.
    pub(crate) before: &'a W,
    /// How many finished calls both begin with.
    pub(crate) shared: usize,
    pub(crate) now: &'a W,
    pub(crate) is_past: bool,
}
