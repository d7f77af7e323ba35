//! Why a log is not opened: each reason is one line that says what is wrong and what to do.

use std::io;
use std::path::PathBuf;

/// A log is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder or a file in it cannot be read or written.
    #[error("{}: {source}; give a folder that can be read and written", .path.display())]
    Folder {
        /// What was tried.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has it open.
    #[error("{}: in use by another process; stop that one, or give another folder", .path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// There is no log in the folder.
    #[error("{}: there is no command log here; give the folder of one instance", .path.display())]
    Absent {
        /// The folder.
        path: PathBuf,
    },
    /// A file of this name is there, but none that a log is made of.
    #[error("{}: not a command log ({what}); move it away, or give another folder", .path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
        /// Why not.
        what: String,
    },
    /// It is the log of something else.
    #[error("{}: has the {what} {found:?} and not {wanted:?}; give another folder", .path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// What differs.
        what: &'static str,
        /// What the log has.
        found: String,
        /// What was expected.
        wanted: String,
    },
    /// A later release has written it.
    #[error(
        "{}: written by release {found}, whose {what} this one does not know; start release {found} \
         or a later one", .path.display()
    )]
    Newer {
        /// The folder.
        path: PathBuf,
        /// What is newer: form or rules.
        what: &'static str,
        /// The release that wrote it.
        found: String,
    },
    /// An earlier release whose rules were others has left commands in it.
    #[error(
        "{}: has commands of release {found}, and the rules have changed since; start release {found} \
         once and stop it, or accept the new rules for them", .path.display()
    )]
    Rules {
        /// The folder.
        path: PathBuf,
        /// The release that wrote it.
        found: String,
    },
    /// It cannot be trusted.
    #[error(
        "{}: damaged: {what}; restore the folder from a backup, or move it away to begin anew",
        .path.display()
    )]
    Damaged {
        /// The folder or file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
}
