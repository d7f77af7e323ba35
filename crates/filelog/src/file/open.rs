//! Opening: whose log it is, and whether it can be trusted.

use std::fs::File;
use std::io;
use std::ops::RangeInclusive;

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::*;
use crate::files::{PART, make_folder, remove_parts, sync_folder};
use crate::overlay::Overlay;
use crate::store::Found;

/// The name of the database.
pub(crate) const FILE: &str = "log.redb";

/// Opens the log in a folder.
pub(super) fn in_folder(
    folder: &Path,
    expected: &Expected,
    opening: Opening,
) -> Result<FileLog, OpenError> {
    let failed = |source| OpenError::Folder { path: folder.into(), source };
    make_folder(folder).map_err(failed)?;
    let lock = Lock::writing(folder)?;
    remove_parts(folder).map_err(failed)?;
    let path = folder.join(FILE);
    if !path.try_exists().map_err(failed)? {
        if !Snapshots::list(folder).map_err(failed)?.is_empty() {
            let what = format!("there are snapshots, and no {FILE}");
            return Err(OpenError::Damaged { path: folder.into(), what });
        }
        make(folder, &path, expected, &opening)?;
    }
    let medium = File::options()
        .read(true)
        .write(true)
        .open(&path)
        .and_then(|file| FileBackend::new(file).map_err(io::Error::other))
        .map_err(|source| OpenError::Folder { path: path.clone(), source })?;
    let cache = opening.cache;
    let view = move || view(&path, cache);
    on_medium(folder, lock, expected, opening, medium, Box::new(view))
}

/// Opens the database in a file without ever writing into it.
pub(crate) fn view(path: &Path, cache: usize) -> Result<Store, StoreError> {
    let file = File::open(path).map_err(redb::Error::Io)?;
    let file = FileBackend::new(file).map_err(redb::Error::from)?;
    Store::open(Overlay::new(file).map_err(redb::Error::Io)?, cache)
}

/// Makes a new log under another name and gives it its own when it has a header: so a file of this
/// name without a header is a damaged one, and not one that was begun.
fn make(
    folder: &Path,
    path: &Path,
    expected: &Expected,
    opening: &Opening,
) -> Result<(), OpenError> {
    let part = path.with_extension(PART);
    let header = Header::new(expected, (opening.wall)());
    let made = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&part)
        .map_err(redb::Error::Io)
        .and_then(|file| FileBackend::new(file).map_err(redb::Error::from))
        .map_err(StoreError::Failed)
        .and_then(|medium| Store::open(medium, opening.cache)?.begin(&header.seal()))
        .map_err(|error| error.into_io().unwrap_or_else(io::Error::other))
        .and_then(|()| File::open(&part)?.sync_all())
        .and_then(|()| std::fs::rename(&part, path))
        .and_then(|()| sync_folder(folder));
    made.map_err(|source| OpenError::Folder { path: path.into(), source })
}

/// Opens a log whose database is on some medium.
pub(super) fn on_medium(
    folder: &Path,
    lock: Lock,
    expected: &Expected,
    opening: Opening,
    medium: impl StorageBackend,
    view: View,
) -> Result<FileLog, OpenError> {
    let path = folder.join(FILE);
    let cache = opening.cache;
    let (store, found) = trusted(&path, move || {
        let store = Store::open(medium, cache)?;
        let found = store.recover()?;
        Ok((store, found))
    })?;
    let mut header = Header::read(&path, &found.header)?;
    header.check(folder, expected)?;
    let mut snapshots = Snapshots::open(folder, &header)
        .map_err(|source| OpenError::Folder { path: folder.into(), source })?;
    for (position, why) in snapshots.spoiled() {
        log::warn!("{}: {why}", snapshots.path(*position).display());
    }
    let kept = whole(folder, &header, &found, &snapshots)?;
    let tip = kept.end().saturating_sub(1);
    if adopt(folder, &mut header, expected, &snapshots, tip, opening.accept_new_rules)? {
        let set = store.set_header(&header.seal());
        set.map_err(|error| refusal(&path, error))?;
        snapshots = Snapshots::open(folder, &header)
            .map_err(|source| OpenError::Folder { path: folder.into(), source })?;
    }
    let witness = Witness::open(folder);
    let witness = witness.map_err(|source| OpenError::Folder { path: folder.into(), source })?;
    let inner = Arc::new(Inner {
        folder: folder.into(),
        header,
        queue: Queue::new(*kept.start(), *kept.end(), found.stamp, opening.wall),
        store: RwLock::new(Some(store)),
        older: AtomicU64::new(snapshots.older()),
        snapshots: Mutex::new(snapshots),
        view,
        lock: Mutex::new(Some(lock)),
    });
    let writing = Arc::clone(&inner);
    let writer =
        thread::Builder::new().name("ringback-log".into()).spawn(move || writing.write(witness));
    let writer = writer.map_err(|source| OpenError::Folder { path: folder.into(), source })?;
    Ok(FileLog { inner, writer: Mutex::new(Some(writer)) })
}

/// Does what a damaged file might make redb panic at, and says so instead.
pub(crate) fn trusted<T: Send + 'static>(
    path: &Path,
    what: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, OpenError> {
    let thread = thread::Builder::new().name("ringback-recovery".into()).spawn(what);
    match thread.map(JoinHandle::join) {
        Ok(Ok(Ok(done))) => Ok(done),
        Ok(Ok(Err(error))) => Err(refusal(path, error)),
        Ok(Err(_)) => {
            let what = "it cannot be read".to_owned();
            Err(OpenError::Damaged { path: path.into(), what })
        }
        Err(source) => Err(OpenError::Folder { path: path.into(), source }),
    }
}

/// Returns what to say of a database that does not open.
fn refusal(path: &Path, error: StoreError) -> OpenError {
    let path = path.to_owned();
    if error.is_not_a_database() {
        return OpenError::NotALog { path, what: error.to_string() };
    }
    if let StoreError::Failed(redb::Error::DatabaseAlreadyOpen) = error {
        return OpenError::InUse { path };
    }
    if let StoreError::Damaged(what) = error {
        return OpenError::Damaged { path, what };
    }
    match error.into_io() {
        // A file that ends before its pages do was cut.
        Ok(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            OpenError::Damaged { path, what: "it is too short".into() }
        }
        Ok(source) => OpenError::Folder { path, source },
        Err(other) => OpenError::Damaged { path, what: other.to_string() },
    }
}

/// Checks that snapshots and records make one history, and returns the records that are kept: from
/// the first to before the next.
pub(crate) fn whole(
    folder: &Path,
    header: &Header,
    found: &Found,
    snapshots: &Snapshots,
) -> Result<RangeInclusive<Position>, OpenError> {
    let damaged = |what: String| Err(OpenError::Damaged { path: folder.into(), what });
    let newest = snapshots.whole().last().copied();
    let (first, last) = match &found.records {
        Some(range) => (*range.start(), *range.end()),
        None => (1, 0),
    };
    let from = match newest {
        Some(newest) if newest > last => {
            return damaged(format!(
                "its last record is {last}, and there is a snapshot at {newest}"
            ));
        }
        Some(newest) => newest,
        None => 0,
    };
    if first > from.saturating_add(1) || from < header.since {
        let spoiled = snapshots.spoiled().first();
        let why = spoiled.map_or_else(String::new, |(at, why)| format!(" (at {at}: {why})"));
        return damaged(format!(
            "its records begin at {first}, and no snapshot before them can be read{why}"
        ));
    }
    let acknowledged = Witness::read(folder)
        .map_err(|source| OpenError::Folder { path: folder.into(), source })?;
    if acknowledged > last {
        return damaged(format!("its last record is {last}, and {acknowledged} was acknowledged"));
    }
    Ok(first..=last.saturating_add(1))
}

/// Makes the header this release's, if it may go on with what is there. Returns whether it changed.
fn adopt(
    folder: &Path,
    header: &mut Header,
    expected: &Expected,
    snapshots: &Snapshots,
    tip: Position,
    accept: bool,
) -> Result<bool, OpenError> {
    if header.logic != expected.logic {
        let newest = snapshots.whole().last().copied().unwrap_or(0);
        if newest < tip && !accept {
            let found = header.release.clone();
            return Err(OpenError::Rules { path: folder.into(), found });
        }
        (header.logic, header.since) = (expected.logic, newest);
    } else if header.release == expected.release {
        return Ok(false);
    }
    header.release.clone_from(&expected.release);
    Ok(true)
}
