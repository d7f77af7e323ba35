//! A disk that loses what was not synced, sector by sector, that fails, and that is full.

use std::io;

use redb::StorageBackend;

use super::*;
use crate::overlay::Overlay;

const SECTOR: usize = 512;

#[derive(Debug, Clone, Default)]
pub(super) struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
pub(super) struct State {
    /// What is read.
    now: Vec<u8>,
    /// What is there after a loss of power, come what may.
    durable: Vec<u8>,
    /// What was written since the last sync.
    since: Vec<Write>,
    pub(super) syncs: u64,
    /// The sync that fails.
    pub(super) fails: Option<u64>,
    /// How long the file can be.
    pub(super) room: Option<usize>,
    /// What looks on before every write and sync.
    pub(super) look: Option<Look>,
}

type Look = Box<dyn FnMut(&Contents<'_>) + Send>;

enum Write {
    Data(usize, Vec<u8>),
    Length(usize),
}

/// What a disk holds, and may lose.
pub(super) struct Contents<'a> {
    durable: &'a [u8],
    since: &'a [Write],
}

impl Contents<'_> {
    /// Returns what may be there after a loss of power: of the sectors written since the last sync
    /// each is there or not.
    pub(super) fn image(&self, dice: &mut Dice) -> Vec<u8> {
        let share = [0, 10, 50, 90, 100][dice.below(5) as usize];
        let mut image = self.durable.to_vec();
        for write in self.since {
            match write {
                Write::Length(length) if dice.below(100) < share => image.resize(*length, 0),
                Write::Length(_) => {}
                Write::Data(at, data) => {
                    let mut at = *at;
                    let mut data = data.as_slice();
                    while !data.is_empty() {
                        let (sector, rest) = data.split_at(data.len().min(SECTOR - at % SECTOR));
                        if dice.below(100) < share {
                            image.resize(image.len().max(at + sector.len()), 0);
                            image[at..at + sector.len()].copy_from_slice(sector);
                        }
                        (at, data) = (at + sector.len(), rest);
                    }
                }
            }
        }
        image
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a disk with {} bytes", self.now.len())
    }
}

impl State {
    fn looked(&mut self) {
        if let Some(look) = &mut self.look {
            look(&Contents { durable: &self.durable, since: &self.since });
        }
    }
}

impl Disk {
    /// Returns a disk that holds something, all of it safe.
    pub(super) fn holding(image: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(State { now: image.clone(), durable: image, ..State::default() })))
    }

    /// Returns a disk with a log that holds nothing yet.
    pub(super) fn with_log() -> Self {
        let disk = Self::default();
        let header = Header::new(&expected(), 1);
        Store::open(disk.clone(), 1 << 20).unwrap().begin(&header.seal()).unwrap();
        disk
    }

    pub(super) fn state(&self) -> parking_lot::MutexGuard<'_, State> {
        self.0.lock()
    }

    pub(super) fn now(&self) -> Vec<u8> {
        self.0.lock().now.clone()
    }

    /// Opens the log on this disk, with snapshots in a folder.
    pub(super) fn open(&self, folder: &Path) -> Result<FileLog, OpenError> {
        let (medium, lock) = (self.clone(), Lock::writing(folder)?);
        let view = move || Store::open(Overlay::new(medium.clone()).unwrap(), 1 << 20);
        let opening = Opening { cache: 1 << 20, ..Opening::default() };
        open::on_medium(folder, lock, &expected(), opening, self.clone(), Box::new(view))
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.0.lock();
        let from = state.now.get(offset as usize..offset as usize + out.len());
        out.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut state = self.0.lock();
        state.looked();
        // As files do: room is taken when something is written.
        state.now.resize(length as usize, 0);
        state.since.push(Write::Length(length as usize));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.0.lock();
        state.looked();
        state.syncs += 1;
        if state.fails.is_some_and(|fails| state.syncs >= fails) {
            // The second sync after one that failed succeeds, and has written nothing.
            let lost = std::mem::take(&mut state.since);
            assert_eq!(
                Some(state.syncs),
                state.fails,
                "a failed sync is tried again: {}",
                lost.len()
            );
            return Err(io::Error::other("the disk is broken"));
        }
        for write in std::mem::take(&mut state.since) {
            match write {
                Write::Length(length) => state.durable.resize(length, 0),
                Write::Data(at, data) => {
                    let end = at + data.len();
                    let length = state.durable.len().max(end);
                    state.durable.resize(length, 0);
                    state.durable[at..end].copy_from_slice(&data);
                }
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        state.looked();
        let (at, end) = (offset as usize, offset as usize + data.len());
        if state.room.is_some_and(|room| end > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.now.get_mut(at..end).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        state.since.push(Write::Data(at, data.to_vec()));
        Ok(())
    }
}
