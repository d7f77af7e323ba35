//! RIFF files with GSM 06.10, as the vendor's installations deliver recordings: two frames of the
//! telephone network in a block of 65 bytes, their bits the other way round.
//! vendors/voip24h-v3.md, 5

use ringback_exchange::audio::{Format, Sound};

/// Everything in front of the sound.
const HEAD: u64 = 60;

/// One frame as [`Format::Gsm`] has it: four bits that mark it, then its parameters.
const FRAME: usize = 33;

/// Two frames.
const PAIR: u64 = 66;

/// A block: the parameters of two frames.
const BLOCK: usize = 65;

/// The widths in bits of a frame's parameters. GSM 06.10, table 1.1
const HEAD_WIDTHS: [u32; 8] = [6, 6, 5, 5, 4, 4, 3, 3];
const PART_WIDTHS: [u32; 17] = [7, 2, 2, 6, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3];
const PARTS: usize = 4;

fn blocks(sound: &Sound) -> u64 {
    sound.size(Format::Gsm) / PAIR
}

/// Returns the length of the sound in the file: blocks, and a byte that makes it even.
fn data(sound: &Sound) -> u64 {
    let bytes = blocks(sound) * BLOCK as u64;
    bytes + bytes % 2
}

/// Returns the exact number of bytes of the whole file.
pub(crate) fn size(sound: &Sound) -> u64 {
    HEAD + data(sound)
}

/// Fills the buffer with the bytes of the file from `offset` on, and returns how many there are.
pub(crate) fn read(sound: &Sound, offset: u64, buffer: &mut [u8]) -> usize {
    let end = size(sound);
    let head = head(sound);
    let mut place = offset;
    let mut filled = 0;
    while filled < buffer.len() && place < end {
        let (piece, skip) = match place.checked_sub(HEAD) {
            None => (head.clone(), place),
            Some(behind) => {
                let number = behind / BLOCK as u64;
                (block(sound, number), behind % BLOCK as u64)
            }
        };
        let piece = piece.get(usize::try_from(skip).unwrap_or(usize::MAX)..).unwrap_or_default();
        let left = usize::try_from(end - place).unwrap_or(usize::MAX);
        let room = buffer.get_mut(filled..).unwrap_or_default();
        let count = piece.len().min(room.len()).min(left);
        if count == 0 {
            break;
        }
        for (to, from) in room.iter_mut().zip(piece) {
            *to = *from;
        }
        filled += count;
        place += count as u64;
    }
    filled
}

fn head(sound: &Sound) -> Vec<u8> {
    // A sound lasts a day at most, which is far from the end of these numbers.
    let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes();
    let mut head = Vec::with_capacity(60);
    head.extend_from_slice(b"RIFF");
    head.extend_from_slice(&number(size(sound) - 8));
    head.extend_from_slice(b"WAVEfmt ");
    head.extend_from_slice(&number(20));
    // The format's tag, one channel, 8000 samples and 1625 bytes a second, the size of a block, no
    // bits of a sample, two bytes more: 320 samples of a block.
    head.extend_from_slice(&0x0031_u16.to_le_bytes());
    head.extend_from_slice(&1_u16.to_le_bytes());
    head.extend_from_slice(&number(8_000));
    head.extend_from_slice(&number(1_625));
    for half in [65_u16, 0, 2, 320] {
        head.extend_from_slice(&half.to_le_bytes());
    }
    head.extend_from_slice(b"fact");
    head.extend_from_slice(&number(4));
    head.extend_from_slice(&number(blocks(sound) * 320));
    head.extend_from_slice(b"data");
    head.extend_from_slice(&number(data(sound)));
    head
}

/// Returns a block; behind the last one, a byte of nothing.
fn block(sound: &Sound, number: u64) -> Vec<u8> {
    if number >= blocks(sound) {
        return vec![0];
    }
    let mut pair = [0; 2 * FRAME];
    sound.read(Format::Gsm, number * PAIR, &mut pair);
    let mut bits = Writer::default();
    for frame in pair.chunks(FRAME) {
        let mut from = Reader { bytes: frame, at: 4 };
        for width in HEAD_WIDTHS.into_iter().chain([PART_WIDTHS; PARTS].into_iter().flatten()) {
            bits.put(from.take(width), width);
        }
    }
    bits.bytes
}

/// Takes bits out of bytes, the highest of a byte first.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, width: u32) -> u32 {
        (0..width).fold(0, |value, _| {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or_default();
            let bit = byte >> (7 - self.at % 8) & 1;
            self.at += 1;
            value << 1 | u32::from(bit)
        })
    }
}

/// Puts bits into bytes, the lowest of a byte first, and of a value too.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    at: usize,
}

impl Writer {
    fn put(&mut self, value: u32, width: u32) {
        for place in 0..width {
            if self.at.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = u8::from(value >> place & 1 == 1);
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << (self.at % 8);
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests;
