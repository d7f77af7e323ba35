//! Snapshots, forks and checkpoints, as a test holds them.

use std::sync::Arc;

use super::{Account, ControlError, ExecuteError, Instance};
use crate::{
    Changes, DropCheckpoint, Fork, Rewind, SaveCheckpoint, Snapshot, SnapshotRefused, Vendor,
};

impl<V: Vendor> Instance<V> {
    /// Takes a snapshot of all accounts.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.dial("101", "102")?;
    /// let snapshot = mock.snapshot()?;
    /// assert_eq!(snapshot.parts().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When something in them has no serialised form.
    pub fn snapshot(&self) -> Result<Snapshot, ControlError> {
        Ok(Snapshot::new(vec![self.take_snapshot(None)?]))
    }

    /// Puts all accounts of a snapshot in place of those there are. The clock goes back to that moment,
    /// unless other instances go by it too: then each account gets that time as its own.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let before = mock.snapshot()?;
    /// mock.dial("101", "102")?;
    /// mock.restore(&before)?;
    /// assert!(mock.demo().live_calls().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it is not one of all accounts of this vendor, cannot be read, or cannot be logged; nothing
    /// changes then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), ControlError> {
        let part = snapshot.part(self.name(), V::NAME)?.clone();
        if part.scope() == crate::SnapshotScope::Account {
            let why = "a snapshot of one account, not of all: restore it into an account";
            return Err(SnapshotRefused::Foreign(why.to_owned()).into());
        }
        self.restore_blocking(part, None, self.options.clock_users <= 1)
    }
}

impl<V: Vendor> Account<V> {
    /// Takes a snapshot of the account's world.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_mock::SnapshotScope;
    ///
    /// let snapshot = mock.demo().snapshot()?;
    /// assert_eq!(snapshot.parts()[0].scope(), SnapshotScope::Account);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the account is gone.
    pub fn snapshot(&self) -> Result<Snapshot, ControlError> {
        Ok(Snapshot::new(vec![self.instance.take_snapshot(Some(self.id))?]))
    }

    /// Puts the world of a snapshot of one account, this or another, in place of the account's, and
    /// brings the account's own time to that moment.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let loaded = mock.demo().snapshot()?;
    /// let other = mock.open_account("other")?;
    /// other.dial("101", "102")?;
    /// other.restore(&loaded)?;
    /// assert!(other.live_calls().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it is not one of an account of this vendor, cannot be read, or cannot be logged; nothing
    /// changes then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), ControlError> {
        let part = snapshot.part(self.instance.name(), V::NAME)?.clone();
        self.instance.restore_blocking(part, Some(self.id), false)
    }

    /// Makes an account of another credential whose world is a copy of this one, live calls and all. It
    /// goes on at this account's own time, draws what this one would draw, and leaves the webhooks
    /// that wait to this one.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.dial("101", "102")?;
    /// let what_if = mock.demo().fork_to("what-if")?;
    /// what_if.live_calls()[0].hang_up()?;
    /// assert_eq!(mock.demo().live_calls().len(), 1); // there it rings on
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the credential names an account, there are too many, or it cannot be logged.
    pub fn fork_to(&self, credential: impl Into<String>) -> Result<Self, ControlError> {
        let fork = Fork { of: self.id, to: credential.into() };
        let forked = self.instance.engine.execute_blocking(fork).map_err(ExecuteError::from)??;
        Ok(Self { instance: Arc::clone(&self.instance), id: forked })
    }

    /// Remembers the account's world under a name.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().checkpoint("fresh")?;
    /// assert!(mock.demo().checkpoint("fresh").is_err(), "the name is taken");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the name is taken or is none, there are too many, or it cannot be logged.
    pub fn checkpoint(&self, name: impl Into<String>) -> Result<(), ControlError> {
        let save = SaveCheckpoint { account: self.id, name: name.into() };
        self.instance.engine.execute_blocking(save).map_err(ExecuteError::from)??;
        Ok(())
    }

    /// Forgets a checkpoint.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().checkpoint("fresh")?;
    /// mock.demo().drop_checkpoint("fresh")?;
    /// assert!(mock.demo().rewind("fresh").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be logged.
    pub fn drop_checkpoint(&self, name: impl Into<String>) -> Result<(), ControlError> {
        let dropped = DropCheckpoint { account: self.id, name: name.into() };
        Ok(self.instance.engine.execute_blocking(dropped).map_err(ExecuteError::from)??)
    }

    /// Brings the account's world and its own time back to a checkpoint, which stays, as all others
    /// do. Nobody else's time moves.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().checkpoint("fresh")?;
    /// mock.dial("101", "102")?;
    /// mock.demo().rewind("fresh")?;
    /// assert!(mock.demo().live_calls().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be logged.
    pub fn rewind(&self, name: impl Into<String>) -> Result<(), ControlError> {
        let rewind = Rewind { account: self.id, name: name.into() };
        self.instance.engine.execute_blocking(rewind).map_err(ExecuteError::from)??;
        Ok(())
    }

    /// Returns what came, went and changed in the account's world since a checkpoint; at most
    /// [`Changes::LISTED`] rows of each kind, and how many there are.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().checkpoint("fresh")?;
    /// mock.dial("101", "102")?;
    /// let changes = mock.demo().changes_since("fresh")?;
    /// assert_eq!(changes.of("calls").map(|calls| calls.counts.added), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn changes_since(&self, name: &str) -> Result<Changes, ControlError> {
        self.instance.compare_since(self.id, name, Changes::LISTED)
    }
}
