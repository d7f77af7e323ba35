//! What was acknowledged, beside the log: a number that is written without waiting for the disk.
//!
//! redb keeps its last two commits and takes the older one where the newer is not whole: that is how
//! it gets over a commit that was not finished. A single changed bit in the newer one looks the same,
//! though what it held was acknowledged. The number here is never ahead of the log, and after the end
//! of a process it is up to date; after a loss of power it may be behind, and then shows less.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use ringback_engine::ordered::Position;

const NAME: &str = "acknowledged";

/// The position through which everything was acknowledged.
#[derive(Debug)]
pub(crate) struct Witness {
    file: File,
    is_synced: bool,
}

impl Witness {
    /// Opens the file in a folder, or makes it.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        options.open(folder.join(NAME)).map(|file| Self { file, is_synced: true })
    }

    /// Reads the position; 0 where none can be read.
    pub(crate) fn read(folder: &Path) -> io::Result<Position> {
        let mut text = Vec::new();
        match File::open(folder.join(NAME)) {
            Ok(file) => file.take(64).read_to_end(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&text);
        let parts = text.trim_end().split_once(' ');
        let sound = parts.filter(|(number, sum)| *sum == sum_of(number));
        Ok(sound.and_then(|(number, _)| number.parse().ok()).unwrap_or(0))
    }

    /// Notes a position.
    pub(crate) fn write(&mut self, position: Position) -> io::Result<()> {
        let number = format!("{position:020}");
        self.file.seek(SeekFrom::Start(0))?;
        self.is_synced = false;
        // One call, so that the end of a process leaves the one or the other.
        self.file.write_all(format!("{number} {}\n", sum_of(&number)).as_bytes())
    }

    /// Waits until the disk has it.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if self.is_synced { Ok(()) } else { self.file.sync_data() }
    }
}

fn sum_of(number: &str) -> String {
    format!("{:08x}", crc32c::crc32c(number.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_noted_is_read_back_and_a_damaged_note_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Witness::read(folder.path()).unwrap(), 0);
        let mut witness = Witness::open(folder.path()).unwrap();
        assert_eq!(Witness::read(folder.path()).unwrap(), 0);
        for position in [7, 123_456, 123_457] {
            witness.write(position).unwrap();
            assert_eq!(Witness::read(folder.path()).unwrap(), position);
        }
        let path = folder.path().join(NAME);
        let whole = fs::read(&path).unwrap();
        for bit in 0..(whole.len() - 1) * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, flipped).unwrap();
            assert_eq!(Witness::read(folder.path()).unwrap(), 0, "bit {bit}");
        }
    }
}
