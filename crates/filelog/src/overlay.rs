//! A medium that is only read: what the database writes stays in memory.
//!
//! redb cannot read a file that was not closed without repairing it first. A tool that is asked whether
//! a log is whole has to leave it as it is, and so the repair goes here.

use std::collections::BTreeMap;
use std::io;

use parking_lot::Mutex;
use redb::StorageBackend;

/// The size of the pieces that are kept in memory once something is written into them.
const PIECE: usize = 4096;

/// Reads what is below, and keeps what is written.
#[derive(Debug)]
pub(crate) struct Overlay<B> {
    below: B,
    above: Mutex<Above>,
}

#[derive(Debug)]
struct Above {
    /// The length as it seems.
    len: u64,
    /// How much of what is below can still be seen: what was cut off and grown again is zero.
    seen: u64,
    pieces: BTreeMap<u64, Vec<u8>>,
}

impl<B: StorageBackend> Overlay<B> {
    pub(crate) fn new(below: B) -> io::Result<Self> {
        let len = below.len()?;
        Ok(Self { below, above: Mutex::new(Above { len, seen: len, pieces: BTreeMap::new() }) })
    }
}

impl Above {
    /// Returns a piece as it seems now.
    fn piece(&self, below: &impl StorageBackend, number: u64) -> io::Result<Vec<u8>> {
        if let Some(piece) = self.pieces.get(&number) {
            return Ok(piece.clone());
        }
        let (mut piece, begin) = (vec![0; PIECE], number * PIECE as u64);
        let there = usize::try_from(self.seen.saturating_sub(begin)).unwrap_or(PIECE).min(PIECE);
        if let Some(there) = piece.get_mut(..there).filter(|there| !there.is_empty()) {
            below.read(begin, there)?;
        }
        Ok(piece)
    }
}

/// Returns the pieces that a range lies in: number, where in the piece, and how many bytes.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let (mut offset, mut left) = (offset, len);
    std::iter::from_fn(move || {
        let within = (offset % PIECE as u64) as usize;
        let (number, size) = (offset / PIECE as u64, left.min(PIECE - within));
        (offset, left) = (offset + size as u64, left - size);
        (size > 0).then_some((number, within, size))
    })
}

impl<B: StorageBackend> StorageBackend for Overlay<B> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.above.lock().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let above = self.above.lock();
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > above.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut rest = out;
        for (number, within, size) in pieces(offset, rest.len()) {
            let Some((part, left)) = rest.split_at_mut_checked(size) else { break };
            let piece = above.piece(&self.below, number)?;
            if let Some(from) = piece.get(within..within + size) {
                part.copy_from_slice(from);
            }
            rest = left;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut above = self.above.lock();
        if len < above.len {
            let (last, within) = (len / PIECE as u64, (len % PIECE as u64) as usize);
            let kept = above.piece(&self.below, last)?;
            above.pieces.retain(|number, _| *number < last);
            let mut kept = kept;
            kept.truncate(within);
            kept.resize(PIECE, 0);
            above.pieces.insert(last, kept);
            above.seen = above.seen.min(len);
        }
        above.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut above = self.above.lock();
        let mut rest = data;
        for (number, within, size) in pieces(offset, rest.len()) {
            let Some((part, left)) = rest.split_at_checked(size) else { break };
            let mut piece = above.piece(&self.below, number)?;
            if let Some(into) = piece.get_mut(within..within + size) {
                into.copy_from_slice(part);
            }
            above.pieces.insert(number, piece);
            rest = left;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;

    use super::*;

    fn bytes(medium: &impl StorageBackend) -> Vec<u8> {
        let mut all = vec![0; medium.len().unwrap() as usize];
        medium.read(0, &mut all).unwrap();
        all
    }

    #[test]
    fn an_overlay_looks_like_a_medium_that_is_written() {
        let (below, alike) = (InMemoryBackend::new(), InMemoryBackend::new());
        let original: Vec<u8> = (0..20_000_u32).map(|at| at as u8).collect();
        for medium in [&below, &alike] {
            medium.set_len(20_000).unwrap();
            medium.write(0, &original).unwrap();
        }
        let over = Overlay::new(below).unwrap();
        let steps: [(u64, u64, usize); 7] = [
            (20_000, 100, 50),
            (20_000, 4_090, 9_000),
            (30_000, 19_990, 5_000),
            (5_000, 0, 1),
            (16_000, 9_000, 10),
            (8_192, 8_191, 1),
            (12_000, 4_095, 2),
        ];
        for (len, at, size) in steps {
            for medium in [&over as &dyn StorageBackend, &alike] {
                medium.set_len(len).unwrap();
                medium.write(at, &vec![0xee; size]).unwrap();
            }
            assert_eq!(bytes(&over), bytes(&alike), "{len} {at} {size}");
        }
        assert!(over.read(11_999, &mut [0; 2]).is_err());
        assert_eq!(bytes(&over.below), original, "what is below stays as it is");
    }
}
