//! The database that records stand in. One thread writes; a failed write ends it for good.

use std::ops::RangeInclusive;

use redb::{
    Database, ReadableDatabase as _, ReadableTable as _, StorageBackend, TableDefinition,
    TableError,
};
use ringback_engine::ordered::{Position, Record, Stamp};

use crate::queue::Submission;
use crate::record::{seal, unseal};

const RECORDS: TableDefinition<'_, Position, &[u8]> = TableDefinition::new("records");
const ABOUT: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("about");
const HEADER: &str = "header";

/// The most records that are removed in one transaction, so that it delays others by little.
pub(crate) const CUT: u64 = 2_000;

/// How much one read hands out at most: records, and bytes unless one record alone has more.
const READ: (usize, usize) = (1_024, 1 << 20);

/// Why the database did not do something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// What is there cannot be trusted.
    #[error("{0}")]
    Damaged(String),
    /// Nothing of what was to be written can have reached the disk in a way that counts.
    #[error("{0}")]
    Failed(redb::Error),
    /// A commit failed: what it was to keep may be there when the log is opened again.
    #[error("{0}")]
    InDoubt(redb::Error),
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        let error = error.into();
        if let redb::Error::Corrupted(what) = error {
            return Self::Damaged(what);
        }
        Self::Failed(error)
    }
}

/// What reading everything has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The header in its stored form.
    pub(crate) header: Vec<u8>,
    /// The positions of the records that are kept, if any.
    pub(crate) records: Option<RangeInclusive<Position>>,
    /// The stamp of the last record.
    pub(crate) stamp: Stamp,
}

/// The database.
#[derive(Debug)]
pub(crate) struct Store {
    db: Database,
}

impl Store {
    /// Opens the database on a medium and checks every page of it.
    ///
    /// A medium of length 0 becomes an empty database.
    pub(crate) fn open(medium: impl StorageBackend, cache: usize) -> Result<Self, StoreError> {
        let mut builder = Database::builder();
        builder.set_cache_size(cache).set_check_integrity_on_open(true);
        Ok(Self { db: builder.create_with_backend(medium)? })
    }

    /// Writes the header and closes the database.
    pub(crate) fn begin(self, header: &[u8]) -> Result<(), StoreError> {
        self.set_header(header)?;
        self.close()
    }

    /// Replaces the header.
    pub(crate) fn set_header(&self, header: &[u8]) -> Result<(), StoreError> {
        let transaction = self.db.begin_write()?;
        transaction.open_table(ABOUT)?.insert(HEADER, header)?;
        transaction.open_table(RECORDS)?;
        Ok(transaction.commit()?)
    }

    /// Reads everything.
    pub(crate) fn recover(&self) -> Result<Found, StoreError> {
        let transaction = self.db.begin_read()?;
        let missing = |error: TableError| {
            if let TableError::Storage(error) = error {
                return error.into();
            }
            StoreError::Damaged(error.to_string())
        };
        let about = transaction.open_table(ABOUT).map_err(missing)?;
        let header = about.get(HEADER)?.map(|header| header.value().to_vec());
        let header = header.ok_or_else(|| StoreError::Damaged("it has no header".into()))?;
        let mut found = Found { header, records: None, stamp: Stamp::MIN };
        for record in transaction.open_table(RECORDS).map_err(missing)?.iter()? {
            let (position, sealed) = record?;
            let record = unseal(position.value(), sealed.value()).map_err(StoreError::Damaged)?;
            found.add(&record).map_err(StoreError::Damaged)?;
        }
        Ok(found)
    }

    /// Appends records, and removes others from the beginning, in one transaction.
    ///
    /// Returns when the disk has it. `sealed` is where records are put together.
    pub(crate) fn commit(
        &self,
        sealed: &mut Vec<u8>,
        records: &[Submission],
        cut: Option<RangeInclusive<Position>>,
    ) -> Result<(), StoreError> {
        let transaction = self.db.begin_write()?;
        {
            let mut table = transaction.open_table(RECORDS)?;
            for Submission { position, stamp, id, bytes, .. } in records {
                seal(sealed, *position, *stamp, *id, bytes);
                table.insert(position, sealed.as_slice())?;
            }
            if let Some(range) = cut {
                table.retain_in(range, |_, _| false)?;
            }
        }
        // One large record should not cost its memory for ever.
        if sealed.capacity() > READ.1 {
            *sealed = Vec::new();
        }
        transaction.commit().map_err(|error| StoreError::InDoubt(error.into()))
    }

    /// Reads records after a position and up to another: not all at once, but at least one if there
    /// is any.
    pub(crate) fn read(
        &self,
        after: Position,
        through: Position,
    ) -> Result<Vec<Record>, StoreError> {
        let transaction = self.db.begin_read()?;
        let table = transaction.open_table(RECORDS)?;
        let (mut records, mut bytes) = (Vec::new(), 0);
        for record in table.range(after.saturating_add(1)..=through)? {
            let (position, sealed) = record?;
            let record = unseal(position.value(), sealed.value()).map_err(StoreError::Damaged)?;
            bytes += record.bytes.len();
            records.push(record);
            if records.len() >= READ.0 || bytes >= READ.1 {
                break;
            }
        }
        Ok(records)
    }

    /// Closes the database, so that it need not be repaired at the next start.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close()?)
    }
}

impl Found {
    fn add(&mut self, record: &Record) -> Result<(), String> {
        let (first, last) = match &self.records {
            Some(range) => (*range.start(), *range.end()),
            None => (record.position, record.position.saturating_sub(1)),
        };
        if record.position != last.saturating_add(1) {
            return Err(format!("record {} comes after {last}", record.position));
        }
        if record.stamp < self.stamp {
            return Err(format!("record {} is from before record {last}", record.position));
        }
        (self.records, self.stamp) = (Some(first..=record.position), record.stamp);
        Ok(())
    }
}

impl StoreError {
    /// Whether the file is none that redb has made.
    pub(crate) fn is_not_a_database(&self) -> bool {
        matches!(self, Self::Failed(redb::Error::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData)
            || matches!(self, Self::Failed(redb::Error::UpgradeRequired(_)))
    }

    /// What the system said, where it did.
    pub(crate) fn into_io(self) -> Result<std::io::Error, Self> {
        if let Self::Failed(redb::Error::Io(error)) | Self::InDoubt(redb::Error::Io(error)) = self {
            return Ok(error);
        }
        Err(self)
    }
}
