//! What all replicas of an engine have in common beside the machine: all of it is in a snapshot.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::entry::Began;
use crate::{
    EngineError, Machine, SnapshotError,
    clock::{Hands, micros},
    ordered::{EntryId, LogError, Position, Record, Saved, Stamp},
};

/// The form of saved states, in their first byte.
const FORM: u8 = 1;

/// What a log is the log of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The instance.
    pub instance: String,
    /// The rules by which its commands are executed: raised whenever the same log gives another
    /// state.
    pub logic: u32,
    /// A digest of the settings that have to be the same for all that share the log.
    pub settings: String,
}

/// The clock as the log has set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Face {
    pub(crate) hands: Hands,
    /// The stamp at which the hands were set.
    pub(crate) anchor: Stamp,
}

impl Face {
    /// Returns what is shown at a stamp, in microseconds since 1970.
    pub(crate) fn at(&self, stamp: Stamp) -> i64 {
        self.hands.after((i128::from(stamp) - i128::from(self.anchor)) * 1_000)
    }
}

/// Who acts for all replicas, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Lease {
    pub(crate) holder: u64,
    pub(crate) until: Stamp,
}

/// Which entries there have been, so that one that comes twice is executed once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Seen(BTreeMap<u64, OfOrigin>);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct OfOrigin {
    /// The highest serial that has come.
    highest: u64,
    /// Those below it that may still come.
    missing: BTreeSet<u64>,
    /// Where the last one came.
    last: Position,
}

impl Seen {
    /// How many origins are remembered; those that have been silent longest are forgotten.
    const ORIGINS: usize = 256;
    /// How many of an origin's entries may be on the way at once. One that comes after so many
    /// later ones counts as seen: every replica skips it, and it is not answered.
    const MISSING: usize = 4_096;

    /// Notes an entry and returns whether it is new.
    pub(crate) fn note(&mut self, id: EntryId, position: Position) -> bool {
        if self.0.len() >= Self::ORIGINS && !self.0.contains_key(&id.origin) {
            let oldest = self.0.iter().min_by_key(|(_, of)| of.last).map(|(origin, _)| *origin);
            oldest.and_then(|oldest| self.0.remove(&oldest));
        }
        let of = self.0.entry(id.origin).or_default();
        of.last = position;
        if id.serial <= of.highest {
            return of.missing.remove(&id.serial);
        }
        let least = id.serial.saturating_sub(u64::try_from(Self::MISSING).unwrap_or(0));
        of.missing.extend((of.highest + 1).max(least)..id.serial);
        while of.missing.len() > Self::MISSING {
            of.missing.pop_first();
        }
        of.highest = id.serial;
        true
    }
}

/// How much has come since a snapshot was last due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Since {
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
}

/// What all replicas have in common beside the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replicated {
    pub(crate) identity: Identity,
    /// The simulated time at which the first machine was made, in microseconds since 1970.
    pub(crate) began_at: i64,
    /// The last record that was applied.
    pub(crate) position: Position,
    /// The latest stamp there was.
    pub(crate) stamp: Stamp,
    /// The simulated time of the last change, in microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) face: Face,
    pub(crate) lease: Lease,
    pub(crate) seen: Seen,
    /// How often the machine was replaced.
    pub(crate) epoch: u64,
    /// How many commands were executed.
    pub(crate) commands: u64,
    /// The hash of all records.
    pub(crate) chain: u64,
    /// Whose the last record was.
    pub(crate) writer: u64,
    pub(crate) since: Since,
}

impl Replicated {
    /// Begins with the first record.
    pub(crate) fn begin(record: &Record, began: &Began) -> Self {
        let made_at = micros(began.machine.at());
        // A running clock shows the real time, as the log's clock has it.
        let shown = if began.frozen { made_at } else { made_at.max(record.stamp) };
        let hands = Hands { shown, rate: began.rate, frozen: began.frozen };
        let mut begun = Self {
            identity: began.identity.clone(),
            began_at: made_at,
            position: 0,
            stamp: Stamp::MIN,
            at: shown,
            face: Face { hands, anchor: record.stamp },
            lease: Lease::default(),
            seen: Seen::default(),
            epoch: 0,
            commands: 0,
            chain: 0,
            writer: 0,
            since: Since::default(),
        };
        begun.take(record);
        begun.seen.note(record.id, record.position);
        begun
    }

    /// Takes note of a record, whatever it says.
    pub(crate) fn take(&mut self, record: &Record) {
        self.position = record.position;
        self.stamp = self.stamp.max(record.stamp);
        self.chain = chained(self.chain, record);
        self.writer = record.id.origin;
        self.since.entries += 1;
        self.since.bytes += u64::try_from(record.bytes.len()).unwrap_or(0);
    }

    /// Returns what the clock shows at a stamp; time does not go back.
    pub(crate) fn time_at(&self, stamp: Stamp) -> i64 {
        self.at.max(self.face.at(self.stamp.max(stamp)))
    }
}

/// Returns the hash of a record and all before it.
fn chained(before: u64, record: &Record) -> u64 {
    let mut hash = Sha256::new();
    hash.update(before.to_le_bytes());
    hash.update(record.stamp.to_le_bytes());
    hash.update(record.id.origin.to_le_bytes());
    hash.update(record.id.serial.to_le_bytes());
    hash.update(&record.bytes);
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |chain, byte| chain << 8 | u64::from(*byte))
}

#[derive(Serialize)]
struct SavedRef<'a, M> {
    replicated: &'a Replicated,
    machine: &'a M,
}

#[derive(Deserialize)]
pub(crate) struct State<M> {
    pub(crate) replicated: Replicated,
    pub(crate) machine: M,
}

/// Writes a state as bytes; equal states give equal bytes.
pub(crate) fn encode<M: Machine>(
    replicated: &Replicated,
    machine: &M,
) -> Result<Bytes, SnapshotError> {
    let mut bytes = vec![FORM];
    serde_json::to_writer(&mut bytes, &SavedRef { replicated, machine })?;
    Ok(bytes.into())
}

/// Reads a state from its bytes.
pub(crate) fn decode<M: Machine>(bytes: &[u8]) -> Result<State<M>, SnapshotError> {
    match bytes.split_first() {
        Some((&FORM, json)) => Ok(serde_json::from_slice(json)?),
        Some((form, _)) => Err(SnapshotError::Format(u32::from(*form))),
        None => Err(SnapshotError::Format(0)),
    }
}

/// Reads the state of a saved snapshot. One that is after another record than it says would be waited for
/// without end, or be taken for older than it is.
pub(crate) fn restore<M: Machine>(saved: &Saved) -> Result<State<M>, EngineError> {
    let state = decode::<M>(&saved.bytes)?;
    let (said, is) = (saved.position, state.replicated.position);
    if said != is {
        let why = format!("the snapshot at {said} is of the state after record {is}");
        return Err(LogError::Damaged(why).into());
    }
    Ok(state)
}
