//! Snapshots: one file each, written beside its name and renamed once the disk has it.
//!
//! A file is a line of JSON, the state, and a checksum of both. The two newest are kept, and the log
//! keeps the records behind the older one: one damaged snapshot loses nothing.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ringback_engine::ordered::{Position, Saved};
use serde::{Deserialize, Serialize};

use crate::files::{PART, sync_folder};
use crate::header::{FORM, Header};

/// How many are kept.
const KEPT: usize = 2;

const NAME: &str = "snapshot-";

/// The last bytes of a file: `\ncrc32c 0a1b2c3d\n`.
const END: u64 = 17;

/// The longest first line.
const LINE: u64 = 4_096;

/// The first line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    form: u32,
    vendor: String,
    instance: String,
    release: String,
    logic: u32,
    position: Position,
}

/// The snapshots of one log.
#[derive(Debug)]
pub(crate) struct Snapshots {
    folder: PathBuf,
    head: Head,
    /// Where those stand that can be read, oldest first.
    whole: Vec<Position>,
    /// Which cannot, and why.
    spoiled: Vec<(Position, String)>,
}

impl Snapshots {
    /// Finds the snapshots of a log and reads each of them whole.
    pub(crate) fn open(folder: &Path, header: &Header) -> io::Result<Self> {
        let head = Head {
            form: FORM,
            vendor: header.vendor.clone(),
            instance: header.instance.clone(),
            release: header.release.clone(),
            logic: header.logic,
            position: 0,
        };
        let (folder, whole, spoiled) = (folder.to_owned(), Vec::new(), Vec::new());
        let mut snapshots = Self { folder, head, whole, spoiled };
        for position in Self::list(&snapshots.folder)? {
            if position < header.since {
                // By other rules: what follows it in the log would not give the state it gave then.
                continue;
            }
            match snapshots.read(position, None) {
                Ok(()) => snapshots.whole.push(position),
                Err(why) => snapshots.spoiled.push((position, why.to_string())),
            }
        }
        Ok(snapshots)
    }

    /// Returns the positions that files are named after, in order.
    pub(crate) fn list(folder: &Path) -> io::Result<Vec<Position>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(NAME));
            found.extend(number.and_then(|number| number.parse::<Position>().ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Returns the positions of those that can be read, oldest first.
    pub(crate) fn whole(&self) -> &[Position] {
        &self.whole
    }

    /// Returns those that cannot be read, and why.
    pub(crate) fn spoiled(&self) -> &[(Position, String)] {
        &self.spoiled
    }

    /// Returns the position through which records are no longer needed: the older snapshot's.
    pub(crate) fn older(&self) -> Position {
        match self.whole.as_slice() {
            [.., older, _] => *older,
            _ => 0,
        }
    }

    /// Keeps a snapshot. One that is not newer than the newest is ignored.
    pub(crate) fn save(&mut self, position: Position, state: &[u8]) -> io::Result<()> {
        if self.whole.last().is_some_and(|newest| position <= *newest) {
            return Ok(());
        }
        let path = self.path(position);
        let part = path.with_extension(PART);
        let written = self.write(&part, position, state).and_then(|()| {
            fs::rename(&part, &path)?;
            sync_folder(&self.folder)
        });
        if let Err(error) = written {
            // What does not fit should not fill the disk for those that write the log.
            if let Err(error) = fs::remove_file(&part) {
                log::debug!("{}: {error}", part.display());
            }
            return Err(error);
        }
        self.whole.push(position);
        self.prune();
        Ok(())
    }

    fn write(&self, path: &Path, position: Position, state: &[u8]) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Head { position, ..self.head.clone() })?;
        line.push(b'\n');
        let sum = crc32c::crc32c_append(crc32c::crc32c(&line), state);
        let mut file = File::create(path)?;
        file.write_all(&line)?;
        file.write_all(state)?;
        file.write_all(format!("\ncrc32c {sum:08x}\n").as_bytes())?;
        file.sync_all()
    }

    /// Removes all but the newest.
    fn prune(&mut self) {
        let surplus = self.whole.len().saturating_sub(KEPT);
        self.whole.drain(..surplus);
        self.spoiled.clear();
        for position in Self::list(&self.folder).unwrap_or_default() {
            if self.whole.contains(&position) {
                continue;
            }
            if let Err(error) = fs::remove_file(self.path(position)) {
                log::warn!("an old snapshot stays: {}: {error}", self.path(position).display());
            }
        }
    }

    /// Reads the newest that can be read.
    pub(crate) fn newest(&mut self) -> Option<Saved> {
        while let Some(position) = self.whole.last().copied() {
            match self.load(position) {
                Ok(saved) => return Some(saved),
                Err(why) => {
                    log::warn!(
                        "{}: {why}; the one before it is taken",
                        self.path(position).display()
                    );
                    self.spoiled.push((position, why.to_string()));
                    self.whole.pop();
                }
            }
        }
        None
    }

    /// Reads a snapshot.
    pub(crate) fn load(&self, position: Position) -> io::Result<Saved> {
        let mut state = Vec::new();
        self.read(position, Some(&mut state))?;
        Ok(Saved { position, bytes: Bytes::from(state) })
    }

    /// Reads a file whole, into a buffer if one is given.
    fn read(&self, position: Position, mut into: Option<&mut Vec<u8>>) -> io::Result<()> {
        let file = File::open(self.path(position))?;
        let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why);
        let mut left = file.metadata()?.len().checked_sub(END).ok_or_else(|| bad("too short"))?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let mut line = Vec::new();
        file.by_ref().take(LINE.min(left)).read_until(b'\n', &mut line)?;
        left = left.saturating_sub(line.len() as u64);
        let mut sum = crc32c::crc32c(&line);
        if let Some(into) = &mut into {
            into.reserve_exact(usize::try_from(left).unwrap_or(0));
        }
        while left > 0 {
            let piece = file.fill_buf()?;
            let size = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            let piece = piece.get(..size).filter(|piece| !piece.is_empty());
            let piece = piece.ok_or(io::ErrorKind::UnexpectedEof)?;
            sum = crc32c::crc32c_append(sum, piece);
            if let Some(into) = &mut into {
                into.extend_from_slice(piece);
            }
            file.consume(size);
            left -= size as u64;
        }
        let mut end = Vec::new();
        file.take(END + 1).read_to_end(&mut end)?;
        if end != format!("\ncrc32c {sum:08x}\n").as_bytes() {
            return Err(bad("not as it was written"));
        }
        let head: Head = serde_json::from_slice(&line)?;
        let wanted = Head { position, ..self.head.clone() };
        if head.form > FORM {
            return Err(bad("of a form that this release does not know"));
        }
        if (&head.vendor, &head.instance, head.position)
            != (&wanted.vendor, &wanted.instance, wanted.position)
        {
            return Err(bad("of another log"));
        }
        Ok(())
    }

    pub(crate) fn path(&self, position: Position) -> PathBuf {
        self.folder.join(format!("{NAME}{position:020}"))
    }
}
