//! A log that is only looked at: nothing in its folder is changed.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use ringback_engine::ordered::{Position, Record, Saved, Stamp};

use crate::file::{FILE, trusted, view, whole};
use crate::files::Lock;
use crate::snapshots::Snapshots;
use crate::store::{Found, Store};
use crate::{Header, OpenError};

/// What a log in a folder holds.
///
/// No process may have it open, and no log can be opened there meanwhile.
#[derive(Debug)]
pub struct Archive {
    header: Header,
    found: Found,
    snapshots: Snapshots,
    store: Store,
    folder: PathBuf,
    _lock: Option<Lock>,
}

/// The records of a log from some position on.
#[derive(Debug)]
pub struct Tail<'a> {
    store: &'a Store,
    folder: &'a Path,
    after: Position,
    last: Position,
    read: std::vec::IntoIter<Record>,
}

impl Archive {
    /// Returns whether there is a log in a folder, whatever it is worth.
    pub fn is_at(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// Reads everything that is in a folder.
    ///
    /// # Errors
    /// When there is no log, when it is in use, and when it cannot be trusted.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, OpenError> {
        let folder = folder.as_ref();
        let path = folder.join(FILE);
        if !Self::is_at(folder) {
            return Err(OpenError::Absent { path: folder.into() });
        }
        let lock = Lock::reading(folder)?;
        let file = path.clone();
        let (store, found) = trusted(&path, move || {
            let store = view(&file, 8 << 20)?;
            let found = store.recover()?;
            Ok((store, found))
        })?;
        let header = Header::read(&path, &found.header)?;
        let snapshots = Snapshots::open(folder, &header)
            .map_err(|source| OpenError::Folder { path: folder.into(), source })?;
        whole(folder, &header, &found, &snapshots)?;
        Ok(Self { header, found, snapshots, store, folder: folder.into(), _lock: lock })
    }

    /// Returns the header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the positions of the records that are kept, if there are any.
    pub fn records(&self) -> Option<RangeInclusive<Position>> {
        self.found.records.clone()
    }

    /// Returns the stamp of the last record.
    pub fn stamp(&self) -> Option<Stamp> {
        self.found.records.as_ref().map(|_| self.found.stamp)
    }

    /// Returns the positions of the snapshots, oldest first.
    pub fn snapshots(&self) -> &[Position] {
        self.snapshots.whole()
    }

    /// Returns the snapshots that are damaged, and why. The log does without them.
    pub fn spoiled(&self) -> &[(Position, String)] {
        self.snapshots.spoiled()
    }

    /// Reads the newest snapshot, if there is any.
    pub fn newest(&mut self) -> Option<Saved> {
        self.snapshots.newest()
    }

    /// Reads the oldest snapshot, if there is any.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn oldest(&self) -> Result<Option<Saved>, OpenError> {
        let oldest = self.snapshots.whole().first().map(|oldest| self.snapshots.load(*oldest));
        let failed = |source| OpenError::Folder { path: self.folder.clone(), source };
        oldest.transpose().map_err(failed)
    }

    /// Hands out the records after a position, in order.
    pub fn after(&self, after: Position) -> Tail<'_> {
        let last = self.found.records.as_ref().map_or(0, |records| *records.end());
        Tail { store: &self.store, folder: &self.folder, after, last, read: Vec::new().into_iter() }
    }
}

impl Iterator for Tail<'_> {
    type Item = Result<Record, OpenError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(record) = self.read.next() {
            self.after = record.position;
            return Some(Ok(record));
        }
        if self.after >= self.last {
            return None;
        }
        match self.store.read(self.after, self.last) {
            Ok(records) => {
                self.read = records.into_iter();
                let record = self.read.next()?;
                self.after = record.position;
                Some(Ok(record))
            }
            Err(error) => {
                self.after = self.last;
                Some(Err(OpenError::Damaged { path: self.folder.into(), what: error.to_string() }))
            }
        }
    }
}
