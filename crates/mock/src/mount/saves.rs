//! What an instance remembers of its worlds, and how it brings them back: snapshots, forks,
//! checkpoints.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use ringback_engine::Snapshot as MachineSnapshot;
use serde_json::value::to_raw_value;

use super::of_instance::owner;
use crate::{
    AccountId, Accounts, Changes, CheckpointInfo, CheckpointRefused, ControlError, ControlRefused,
    DropCheckpoint, ExecuteError, Fork, ForkRefused, Instance, RawState, RestoreAccount,
    RestoreAll, RestoreRefused, Rewind, SaveCheckpoint, SnapshotPart, SnapshotRefused,
    SnapshotScope, Vendor, snapshots::Shelf, world::changes::compare,
};

/// What is done about a checkpoint of an account.
#[derive(Debug, Clone)]
pub enum CheckpointChange {
    /// The world is remembered under this name.
    Save(String),
    /// The checkpoint is forgotten.
    Drop(String),
    /// The world is brought back to it.
    Rewind(String),
}

/// What an instance remembers of its worlds, with its vendor's type forgotten.
pub trait Saves {
    /// Returns the snapshots that it keeps.
    fn shelf(&self) -> &Shelf;
    /// Takes a snapshot of one account, or of all.
    ///
    /// # Errors
    /// When the account is not there, or has no serialised form.
    fn take_part(&self, account: Option<AccountId>) -> Result<SnapshotPart, ControlError>;
    /// Reads a part of a snapshot to its end and says what is wrong with it, if anything is.
    ///
    /// # Errors
    /// Why it cannot be restored here.
    fn check_part(&self, part: &SnapshotPart) -> Result<(), ControlError>;
    /// Restores one account into the account given, or else into the one it was taken of; or all
    /// accounts, with the clock of the instance going back to that moment if it is to.
    fn restore_part(
        &self,
        part: SnapshotPart,
        into: Option<AccountId>,
        rewind: bool,
    ) -> LocalBoxFuture<'_, Result<(), ControlError>>;
    /// Copies an account for another credential.
    fn fork(
        &self,
        account: AccountId,
        to: String,
    ) -> LocalBoxFuture<'_, Result<AccountId, ControlError>>;
    /// Lists the checkpoints of an account.
    fn checkpoints(&self, account: AccountId) -> Vec<CheckpointInfo>;
    /// Saves, forgets or returns to a checkpoint; tells of it where it is still there.
    fn change_checkpoint(
        &self,
        account: AccountId,
        change: CheckpointChange,
    ) -> LocalBoxFuture<'_, Result<Option<CheckpointInfo>, ControlError>>;
    /// Compares an account's world with one of its checkpoints, listing so many rows of each kind.
    ///
    /// # Errors
    /// When there is no such account or checkpoint.
    fn changes(
        &self,
        account: AccountId,
        since: &str,
        limit: usize,
    ) -> Result<Changes, ControlError>;
}

impl From<CheckpointRefused> for ControlError {
    fn from(refused: CheckpointRefused) -> Self {
        let why = refused.to_string();
        match refused {
            CheckpointRefused::Misnamed => Self::Malformed(why),
            CheckpointRefused::NoAccount | CheckpointRefused::Unknown => {
                ControlRefused::NotFound(why).into()
            }
            CheckpointRefused::Taken | CheckpointRefused::TooMany => {
                ControlRefused::Conflict(why).into()
            }
        }
    }
}

impl From<ForkRefused> for ControlError {
    fn from(refused: ForkRefused) -> Self {
        let why = refused.to_string();
        match refused {
            ForkRefused::NoAccount => ControlRefused::NotFound(why).into(),
            ForkRefused::Taken | ForkRefused::TooMany => ControlRefused::Conflict(why).into(),
        }
    }
}

impl From<RestoreRefused> for ControlError {
    fn from(refused: RestoreRefused) -> Self {
        let why = refused.to_string();
        match refused {
            RestoreRefused::NoAccount => ControlRefused::NotFound(why).into(),
            RestoreRefused::Unreadable(_) | RestoreRefused::Impossible(_) => Self::Malformed(why),
        }
    }
}

impl From<SnapshotRefused> for ControlError {
    fn from(refused: SnapshotRefused) -> Self {
        let why = refused.to_string();
        match refused {
            SnapshotRefused::Form { .. }
            | SnapshotRefused::Unreadable(_)
            | SnapshotRefused::Foreign(_) => Self::Malformed(why),
            SnapshotRefused::Taken | SnapshotRefused::TooMany => {
                ControlRefused::Conflict(why).into()
            }
        }
    }
}

impl<V: Vendor> Instance<V> {
    /// Returns what an account was of which a part is: the one of its credential, or else the demo
    /// account.
    fn account_of(&self, part: &SnapshotPart) -> Option<AccountId> {
        match &part.account {
            Some(credential) => self.engine().read(|accounts| accounts.find(credential)),
            None => Some(AccountId::DEMO),
        }
    }

    /// Returns the commands or the machine that a part is restored by.
    fn prepare(
        &self,
        part: SnapshotPart,
        into: Option<AccountId>,
    ) -> Result<Prepared, ControlError> {
        let foreign = |why: String| ControlError::from(SnapshotRefused::Foreign(why));
        if part.vendor != V::NAME {
            return Err(foreign(format!("a snapshot of {}, not of {}", part.vendor, V::NAME)));
        }
        let (at, frozen) = (part.at, part.frozen);
        match (part.scope, into) {
            (SnapshotScope::Account, into) => {
                let account = into.or_else(|| self.account_of(&part)).ok_or_else(|| {
                    let whose = part.account.as_deref().unwrap_or_default();
                    ControlRefused::NotFound(format!("no such account: {whose:?}"))
                })?;
                let world = part.state;
                Ok(Prepared::One(RestoreAccount { account, at, frozen, world }))
            }
            (SnapshotScope::Instance, None) => {
                Ok(Prepared::All(RestoreAll { at, accounts: part.state }))
            }
            (SnapshotScope::Instance, Some(_)) => {
                Err(foreign("a snapshot of all accounts is not restored into one".to_owned()))
            }
        }
    }

    pub(crate) fn take_snapshot(
        &self,
        account: Option<AccountId>,
    ) -> Result<SnapshotPart, ControlError> {
        self.engine().read_at(|accounts, now| {
            let unreadable = |error: serde_json::Error| {
                ControlError::from(SnapshotRefused::Unreadable(error.to_string()))
            };
            let part = |scope, of: Option<&str>, at, frozen, state| SnapshotPart {
                instance: self.name().to_owned(),
                vendor: V::NAME.to_owned(),
                scope,
                account: of.map(str::to_owned),
                at,
                frozen,
                state: RawState(state),
            };
            match account {
                None => {
                    let state = to_raw_value(accounts).map_err(unreadable)?;
                    Ok(part(SnapshotScope::Instance, None, now, false, state))
                }
                Some(id) => {
                    let (world, at) =
                        accounts.world_at(id, now).ok_or(ExecuteError::AccountGone)?;
                    let state = to_raw_value(world).map_err(unreadable)?;
                    let (of, frozen) = (accounts.credential(id), accounts.is_frozen(id));
                    Ok(part(SnapshotScope::Account, of, at, frozen, state))
                }
            }
        })
    }

    pub(crate) fn compare_since(
        &self,
        account: AccountId,
        since: &str,
        limit: usize,
    ) -> Result<Changes, ControlError> {
        self.engine().read(|accounts: &Accounts<V::World>| {
            let states = accounts.since(account, since)?;
            let owner = owner(self.name(), accounts, account);
            Ok(compare(&owner, states.before, states.now, states.is_past, limit))
        })
    }

    pub(crate) fn restore_blocking(
        &self,
        part: SnapshotPart,
        into: Option<AccountId>,
        rewind: bool,
    ) -> Result<(), ControlError> {
        match self.prepare(part, into)? {
            Prepared::One(restore) => {
                Ok(self.engine().execute_blocking(restore).map_err(ExecuteError::from)??)
            }
            Prepared::All(restore) if rewind => {
                let snapshot = machine_snapshot::<V>(&restore)?;
                let restored = self.engine().restore_blocking(&snapshot);
                Ok(restored.map_err(ExecuteError::from)?)
            }
            Prepared::All(restore) => {
                Ok(self.engine().execute_blocking(restore).map_err(ExecuteError::from)??)
            }
        }
    }
}

/// What restores a part of a snapshot.
enum Prepared {
    One(RestoreAccount),
    All(RestoreAll),
}

/// Returns the machine that a part has, for the engine to put it back.
fn machine_snapshot<V: Vendor>(restore: &RestoreAll) -> Result<MachineSnapshot, ControlError> {
    let accounts: Accounts<V::World> = restore.accounts.accounts()?;
    let snapshot = MachineSnapshot::of(&accounts, restore.at);
    Ok(snapshot.map_err(|error| ExecuteError::Engine(error.into()))?)
}

impl<V: Vendor> Saves for Arc<Instance<V>> {
    fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    fn take_part(&self, account: Option<AccountId>) -> Result<SnapshotPart, ControlError> {
        self.take_snapshot(account)
    }

    fn check_part(&self, part: &SnapshotPart) -> Result<(), ControlError> {
        if part.vendor != V::NAME {
            let why = format!("a snapshot of {}, not of {}", part.vendor, V::NAME);
            return Err(SnapshotRefused::Foreign(why).into());
        }
        match part.scope {
            SnapshotScope::Account => drop(part.state.world::<V::World>()?),
            SnapshotScope::Instance => drop(part.state.accounts::<V::World>()?),
        }
        Ok(())
    }

    fn restore_part(
        &self,
        part: SnapshotPart,
        into: Option<AccountId>,
        rewind: bool,
    ) -> LocalBoxFuture<'_, Result<(), ControlError>> {
        Box::pin(async move {
            match self.prepare(part, into)? {
                Prepared::One(restore) => {
                    Ok(self.engine().execute(restore).await.map_err(ExecuteError::from)??)
                }
                Prepared::All(restore) if rewind => {
                    let snapshot = machine_snapshot::<V>(&restore)?;
                    let restored = self.engine().restore(&snapshot).await;
                    Ok(restored.map_err(ExecuteError::from)?)
                }
                Prepared::All(restore) => {
                    Ok(self.engine().execute(restore).await.map_err(ExecuteError::from)??)
                }
            }
        })
    }

    fn fork(
        &self,
        of: AccountId,
        to: String,
    ) -> LocalBoxFuture<'_, Result<AccountId, ControlError>> {
        Box::pin(async move {
            Ok(self.engine().execute(Fork { of, to }).await.map_err(ExecuteError::from)??)
        })
    }

    fn checkpoints(&self, account: AccountId) -> Vec<CheckpointInfo> {
        self.engine().read(|accounts| accounts.checkpoints(account))
    }

    fn change_checkpoint(
        &self,
        account: AccountId,
        change: CheckpointChange,
    ) -> LocalBoxFuture<'_, Result<Option<CheckpointInfo>, ControlError>> {
        Box::pin(async move {
            let engine = self.engine();
            let checkpoint = match change {
                CheckpointChange::Save(name) => {
                    let saved = engine.execute(SaveCheckpoint { account, name }).await;
                    Some(saved.map_err(ExecuteError::from)??)
                }
                CheckpointChange::Drop(name) => {
                    let dropped = engine.execute(DropCheckpoint { account, name }).await;
                    dropped.map_err(ExecuteError::from)??;
                    None
                }
                CheckpointChange::Rewind(name) => {
                    let rewound = engine.execute(Rewind { account, name }).await;
                    Some(rewound.map_err(ExecuteError::from)??)
                }
            };
            Ok(checkpoint)
        })
    }

    fn changes(
        &self,
        account: AccountId,
        since: &str,
        limit: usize,
    ) -> Result<Changes, ControlError> {
        self.compare_since(account, since, limit)
    }
}
