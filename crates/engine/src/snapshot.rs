//! A machine as bytes, with the moment it was taken.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::Machine;

/// The version of the snapshot form; a snapshot of another version is refused.
const FORMAT: u32 = 1;

/// A machine's whole state at one moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    format: u32,
    #[serde(with = "time::serde::timestamp::microseconds")]
    at: OffsetDateTime,
    machine: Box<RawValue>,
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at && self.machine.get() == other.machine.get()
    }
}

/// A snapshot cannot be taken or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is of another version of this form.
    #[error("snapshot format {0} is not understood; this version reads format {FORMAT}")]
    Format(u32),
    /// Its bytes are not a snapshot of this machine.
    #[error("not a snapshot of this machine: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl Snapshot {
    /// Takes a snapshot of a machine.
    ///
    /// # Errors
    /// When the machine holds something that has no serialised form.
    pub fn of<M: Machine>(machine: &M, at: OffsetDateTime) -> Result<Self, SnapshotError> {
        Ok(Self { format: FORMAT, at, machine: serde_json::value::to_raw_value(machine)? })
    }

    /// Reads a snapshot from its bytes.
    ///
    /// # Errors
    /// When the bytes are not a snapshot, or one of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        // The version first: another one may be of another shape.
        let Version { format } = serde_json::from_slice(bytes)?;
        if format != FORMAT {
            return Err(SnapshotError::Format(format));
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Writes the snapshot as bytes; equal machines at equal moments give equal bytes.
    ///
    /// # Errors
    /// Never in practice: every part of a snapshot is already text.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SnapshotError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Returns the simulated moment at which the snapshot was taken.
    pub fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// Builds the machine again.
    ///
    /// # Errors
    /// When the snapshot is of another version or another kind of machine.
    pub fn machine<M: Machine>(&self) -> Result<M, SnapshotError> {
        if self.format != FORMAT {
            return Err(SnapshotError::Format(self.format));
        }
        // As bytes, like all that is read: reading text as well would be a second reader of every world.
        Ok(serde_json::from_slice(self.machine.get().as_bytes())?)
    }
}
