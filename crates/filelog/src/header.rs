//! The header of a log: whose it is, and which release wrote it by which rules.

use std::path::Path;

use ringback_engine::ordered::{Position, Stamp};
use serde::{Deserialize, Serialize};

use crate::OpenError;

/// The form of a log folder that this release writes, and the newest that it reads: names and tables
/// of the database, the stored form of a record, and that of a snapshot file. What submissions and
/// states consist of has forms of its own, which are the engine's.
pub(crate) const FORM: u32 = 1;

/// What a log has to be, so that this process may go on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The vendor that is imitated: `voip24h`.
    pub vendor: String,
    /// The name of the instance: `voip24h`, `main`.
    pub instance: String,
    /// This release, for messages: `0.1.0`.
    pub release: String,
    /// The number of the rules: another one makes another state of the same commands.
    pub logic: u32,
    /// The settings that make other answers to the same commands, as a digest or in words.
    pub settings: String,
}

/// The header of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Header {
    /// The form of the folder.
    pub form: u32,
    /// The vendor that is imitated.
    pub vendor: String,
    /// The name of the instance.
    pub instance: String,
    /// The last release that had it open.
    pub release: String,
    /// The number of the rules.
    pub logic: u32,
    /// The position from which these rules hold. Snapshots before it are of others.
    pub since: Position,
    /// The settings.
    pub settings: String,
    /// When it was made, in microseconds since 1970.
    pub began: Stamp,
}

/// The one part of a header that is read before all others: what else there is depends on it.
#[derive(Deserialize)]
struct Form {
    form: u32,
    #[serde(default)]
    release: String,
}

impl Header {
    /// Makes the header of a new log.
    pub(crate) fn new(expected: &Expected, began: Stamp) -> Self {
        Self {
            form: FORM,
            vendor: expected.vendor.clone(),
            instance: expected.instance.clone(),
            release: expected.release.clone(),
            logic: expected.logic,
            since: 0,
            settings: expected.settings.clone(),
            began,
        }
    }

    /// Reads a header in its stored form.
    ///
    /// # Errors
    /// When it is damaged, or of a form that this release does not know.
    pub(crate) fn read(folder: &Path, sealed: &[u8]) -> Result<Self, OpenError> {
        let damaged = |what: String| OpenError::Damaged { path: folder.into(), what };
        let Some(json) = sealed
            .split_first_chunk()
            .filter(|(sum, json)| crc32c::crc32c(json) == u32::from_le_bytes(**sum))
            .map(|(_, json)| json)
        else {
            return Err(damaged("its header is not as it was written".into()));
        };
        let unclear = |error: serde_json::Error| damaged(format!("its header: {error}"));
        let Form { form, release } = serde_json::from_slice(json).map_err(unclear)?;
        if form > FORM {
            return Err(OpenError::Newer { path: folder.into(), what: "form", found: release });
        }
        serde_json::from_slice(json).map_err(unclear)
    }

    /// Returns the stored form of the header.
    pub(crate) fn seal(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        [crc32c::crc32c(&json).to_le_bytes().as_slice(), &json].concat()
    }

    /// Checks that the log is what is expected, but for rules that have changed since.
    pub(crate) fn check(&self, folder: &Path, expected: &Expected) -> Result<(), OpenError> {
        let pairs = [
            ("vendor", &self.vendor, &expected.vendor),
            ("instance", &self.instance, &expected.instance),
            ("settings", &self.settings, &expected.settings),
        ];
        for (what, found, wanted) in pairs {
            if found != wanted {
                let (found, wanted) = (found.clone(), wanted.clone());
                return Err(OpenError::Foreign { path: folder.into(), what, found, wanted });
            }
        }
        if self.logic > expected.logic {
            let found = self.release.clone();
            return Err(OpenError::Newer { path: folder.into(), what: "rules", found });
        }
        Ok(())
    }
}
