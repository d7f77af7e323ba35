//! Snapshots: worlds as bytes that a client may keep, and the shelf on which an instance keeps some.
//! They stand beside the machines: neither a log nor a reset is about them.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};

use crate::RawState;

/// The form of a snapshot's bytes; one of a newer form is refused.
const FORM: u32 = 1;

/// The most bytes of a snapshot that is uploaded: 64 MiB, some 200,000 finished calls.
pub const SNAPSHOT_LIMIT: usize = 64 << 20;

/// The most snapshots that one instance keeps, and the most bytes of all of them: 256 MiB.
const MOST: usize = 32;
const MOST_BYTES: usize = 256 << 20;

/// The worlds of one or several instances at one moment each. Its bytes are JSON: equal worlds at
/// equal moments give equal bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The form of these bytes.
    ringback_snapshot: u32,
    /// The release that wrote them.
    release: String,
    /// What of each instance it holds.
    pub(crate) parts: Vec<SnapshotPart>,
}

/// What a snapshot holds of one instance: one account's world, or all accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotPart {
    /// What the instance is called.
    pub(crate) instance: String,
    /// The name of its vendor.
    pub(crate) vendor: String,
    /// Whether it is one account or all of them.
    pub(crate) scope: SnapshotScope,
    /// The credential of that account, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    /// What the clock showed: that account's own, or that of the instance.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
    /// Whether that account's own clock stood still by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) frozen: bool,
    /// The world or the accounts.
    pub(crate) state: RawState,
}

/// What a snapshot is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotScope {
    /// One account's world.
    Account,
    /// All accounts of an instance.
    Instance,
}

impl SnapshotScope {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Instance, Self::Account];

    /// Returns its word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Instance => "instance",
        }
    }
}

impl SnapshotPart {
    /// Returns what the clock showed: that of the account it is of, or that of the instance.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.snapshot()?.parts()[0].at(), mock.clock().now());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// Returns whether it is one account or all of them.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_mock::SnapshotScope;
    ///
    /// assert_eq!(mock.snapshot()?.parts()[0].scope(), SnapshotScope::Instance);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scope(&self) -> SnapshotScope {
        self.scope
    }

    /// Returns how many bytes its state has.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(mock.snapshot()?.parts()[0].bytes() > 100);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bytes(&self) -> usize {
        self.state.0.get().len()
    }
}

/// Why a snapshot is not taken, kept or read. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotRefused {
    /// Its bytes are of a form that this release does not know.
    #[error(
        "a snapshot of form {form}, which another release has written{}{release}; this is {} and reads form {FORM}",
        if .release.is_empty() { "" } else { ": " },
        env!("CARGO_PKG_VERSION")
    )]
    Form {
        /// The form.
        form: u64,
        /// Who wrote it.
        release: String,
    },
    /// Its bytes are no snapshot.
    #[error("not a snapshot: {0}")]
    Unreadable(String),
    /// It is of another vendor, or of one account where all are asked for, or the other way round.
    #[error("{0}")]
    Foreign(String),
    /// There is one of that name.
    #[error("there is a snapshot of that name; delete it first")]
    Taken,
    /// There are as many as there may be, or their bytes are too many.
    #[error("an instance keeps 32 snapshots and 256 MiB of them at most; delete one first")]
    TooMany,
}

#[derive(Deserialize)]
struct Version {
    ringback_snapshot: u64,
    #[serde(default)]
    release: String,
}

impl Snapshot {
    /// Makes a snapshot of its parts.
    pub(crate) fn new(parts: Vec<SnapshotPart>) -> Self {
        let release = env!("CARGO_PKG_VERSION").to_owned();
        Self { ringback_snapshot: FORM, release, parts }
    }

    /// Returns its parts: one, or on a hub one of each vendor.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert_eq!(mock.snapshot()?.parts().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parts(&self) -> &[SnapshotPart] {
        &self.parts
    }

    /// Writes it as bytes.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let bytes = mock.snapshot()?.to_bytes()?; // JSON, for a file or another process
    /// assert!(bytes.starts_with(b"{"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Never in practice: everything in it is text already.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SnapshotRefused> {
        let written = serde_json::to_vec(self);
        written.map_err(|error| SnapshotRefused::Unreadable(error.to_string()))
    }

    /// Reads it from bytes; whether the worlds in it can be read shows when they are restored.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use ringback_mock::Snapshot;
    ///
    /// let snapshot = mock.snapshot()?;
    /// assert_eq!(Snapshot::from_bytes(&snapshot.to_bytes()?)?, snapshot);
    /// assert!(Snapshot::from_bytes(b"{}").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When they are no snapshot, or one of a newer form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotRefused> {
        let unreadable = |error: serde_json::Error| SnapshotRefused::Unreadable(error.to_string());
        // The version first: another one may be of another shape.
        let Version { ringback_snapshot: form, release } =
            serde_json::from_slice(bytes).map_err(unreadable)?;
        if form != u64::from(FORM) {
            return Err(SnapshotRefused::Form { form, release });
        }
        serde_json::from_slice(bytes).map_err(unreadable)
    }

    /// Returns its one part of an instance: that of its name, or else of its vendor.
    ///
    /// # Errors
    /// When it has none, saying of whom it is.
    pub(crate) fn part(&self, name: &str, vendor: &str) -> Result<&SnapshotPart, SnapshotRefused> {
        let named = self.parts.iter().find(|part| part.instance == name && part.vendor == vendor);
        let found = named.or_else(|| self.parts.iter().find(|part| part.vendor == vendor));
        found.ok_or_else(|| {
            let of: Vec<&str> = self.parts.iter().map(|part| part.vendor.as_str()).collect();
            SnapshotRefused::Foreign(format!("a snapshot of {}, not of {vendor}", of.join(", ")))
        })
    }
}

/// The snapshots that an instance keeps, by name. In memory, and bounded.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<BTreeMap<String, SnapshotPart>>);

impl Shelf {
    /// Returns the part of a snapshot.
    pub fn get(&self, name: &str) -> Option<SnapshotPart> {
        self.0.lock().get(name).cloned()
    }

    /// Returns all names, each with its part less the state.
    pub fn list(&self) -> Vec<(String, ShelvedInfo)> {
        let shelf = self.0.lock();
        shelf.iter().map(|(name, part)| (name.clone(), ShelvedInfo::of(part))).collect()
    }

    /// Returns why a part cannot be kept under a name, if it cannot.
    ///
    /// # Errors
    /// When the name is taken, or there is no room.
    pub fn check(&self, name: &str, bytes: usize) -> Result<(), SnapshotRefused> {
        check(&self.0.lock(), name, bytes)
    }

    /// Keeps a part under a name.
    ///
    /// # Errors
    /// When the name is taken, or there is no room.
    pub fn put(&self, name: &str, part: SnapshotPart) -> Result<(), SnapshotRefused> {
        let mut shelf = self.0.lock();
        check(&shelf, name, part.bytes())?;
        shelf.insert(name.to_owned(), part);
        Ok(())
    }

    /// Forgets a snapshot; returns whether there was one.
    pub fn remove(&self, name: &str) -> bool {
        self.0.lock().remove(name).is_some()
    }
}

fn check(
    shelf: &BTreeMap<String, SnapshotPart>,
    name: &str,
    bytes: usize,
) -> Result<(), SnapshotRefused> {
    if shelf.contains_key(name) {
        return Err(SnapshotRefused::Taken);
    }
    let kept: usize = shelf.values().map(SnapshotPart::bytes).sum();
    if shelf.len() >= MOST || kept.saturating_add(bytes) > MOST_BYTES {
        return Err(SnapshotRefused::TooMany);
    }
    Ok(())
}

/// What is told of a part that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelvedInfo {
    /// What the instance is called of which it is.
    pub instance: String,
    /// Whether it is one account or all of them.
    pub scope: SnapshotScope,
    /// The credential of that account.
    pub account: Option<String>,
    /// What the clock showed.
    pub at: OffsetDateTime,
    /// How many bytes its state has.
    pub bytes: usize,
}

impl ShelvedInfo {
    /// Returns what is told of a part.
    pub fn of(part: &SnapshotPart) -> Self {
        let SnapshotPart { instance, scope, account, at, .. } = part;
        let (instance, account) = (instance.clone(), account.clone());
        Self { instance, scope: *scope, account, at: *at, bytes: part.bytes() }
    }
}
