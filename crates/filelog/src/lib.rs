//! The command log in a file: what is acknowledged survives the end of the process and of power.
//!
//! A [`FileLog`] lives in a folder of its own and implements [`ringback_engine::ordered::Log`]. The
//! records stand in a [redb] database, one transaction for all that wait, synced before any of
//! them is acknowledged; snapshots are files beside it.
//!
//! ```
//! use ringback_engine::ordered::{EntryId, Log as _};
//! use ringback_filelog::{Expected, FileLog, Opening};
//!
//! # let folder = tempfile::tempdir()?;
//! let expected = Expected {
//!     vendor: "voip24h".into(),
//!     instance: "voip24h".into(),
//!     release: "0.1.0".into(),
//!     logic: 1,
//!     settings: "accounts=open".into(),
//! };
//! let log = FileLog::open(folder.path(), &expected, Opening::default())?;
//! let committed = log.submit(EntryId { origin: 7, serial: 1 }, "a command".into());
//! assert_eq!(futures_util::FutureExt::now_or_never(log.tip()), Some(Ok(0)));
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! assert_eq!(runtime.block_on(committed)?, 1);
//! drop(log);
//!
//! let log = FileLog::open(folder.path(), &expected, Opening::default())?;
//! let mut records = log.follow(0);
//! let first = records.blocking_recv().ok_or("nothing came")??;
//! assert_eq!(first[0].bytes, "a command");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What stands in the folder
//!
//! | file | what |
//! | --- | --- |
//! | `log.redb` | the header and the records that no older snapshot holds |
//! | `snapshot-<position>` | a state; the two newest are kept |
//! | `acknowledged` | the position of the last record that was acknowledged |
//! | `lock` | held by the process that has the log open |
//! | `*.part` | a file that was not finished when the process ended; removed at the next start |
//!
//! # What is promised
//!
//! - A record is acknowledged after the disk has it. It is read back as it was written, or the log is
//!   refused: every record carries its position and a checksum, and everything is read before the log
//!   serves anything.
//! - A write or a sync that fails stops the log for good: it is not tried again, since what a failed
//!   sync has left behind is not known. What was committed can still be read.
//! - The records behind the *older* of two snapshots stay, so one damaged snapshot loses nothing.

mod archive;
mod error;
mod file;
mod files;
#[cfg(test)]
mod fuzz;
mod header;
mod jsonl;
mod overlay;
mod queue;
mod record;
mod replayed;
mod snapshots;
mod store;
mod wall;
mod witness;

pub use archive::{Archive, Tail};
pub use error::OpenError;
pub use file::{FileLog, Opening};
pub use header::{Expected, Header};
pub use jsonl::{ExportError, Exported, ImportError};
pub use replayed::Replayed;
pub use wall::Wall;
