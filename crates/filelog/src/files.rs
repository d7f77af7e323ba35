//! What the folder of a log needs of the file system.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::OpenError;

/// The ending of files that are not finished.
pub(crate) const PART: &str = "part";

/// Makes what was renamed, made or removed in a folder survive a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file, and renames are kept by the system itself.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder with those above it, so that it is there after a loss of power.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    match folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        Some(above) => {
            make_folder(above)?;
            make_one(folder)?;
            sync_folder(above)
        }
        None => make_one(folder),
    }
}

fn make_one(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Removes what was not finished when an earlier process ended.
pub(crate) fn remove_parts(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == PART) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The lock of a folder, held as long as the value lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _held: File,
}

impl Lock {
    /// Takes the lock for the one process that may write.
    pub(crate) fn writing(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        Self::held(folder, path, file, File::try_lock)
    }

    /// Takes the lock for one of several that read. None where nobody has ever taken it, as in a copy
    /// that was made without it: nothing is to be written there.
    pub(crate) fn reading(folder: &Path) -> Result<Option<Self>, OpenError> {
        let path = folder.join("lock");
        match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            file => Self::held(folder, path, file, File::try_lock_shared).map(Some),
        }
    }

    fn held(
        folder: &Path,
        path: PathBuf,
        file: io::Result<File>,
        lock: fn(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder { path: path.clone(), source };
        let file = file.map_err(failed)?;
        match lock(&file) {
            Ok(()) => Ok(Self { _held: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: folder.into() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
