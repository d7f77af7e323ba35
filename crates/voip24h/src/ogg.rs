//! Recordings as an Ogg stream: FLAC without compression, so that nothing has to be encoded and every
//! byte follows from the sound. RFC 9639, 9 and 10; RFC 3533, 6

use ringback_exchange::audio::{Format, Sound};

/// The media type with which it is served.
pub(crate) const MEDIA_TYPE: &str = "audio/ogg";

/// How many samples a frame has; the last one has what is left.
const BLOCK: u64 = 4_096;

/// What stands in front of the samples of a WAV file.
const WAV_HEAD: u64 = 44;

/// Identifies the stream within its file, where it is alone.
const SERIAL: u32 = 0x5242_3234;

/// What made the stream.
const MAKER: &[u8] = b"Ringback";

const FIRST: u8 = 2;
const LAST: u8 = 4;

/// The numbers from which on a frame's own number takes one byte more, and how many it takes up to
/// there: that of a day's last frame takes four.
const WIDTHS: [(u64, u64); 4] = [(0, 1), (0x80, 2), (0x800, 3), (0x1_0000, 4)];

fn samples(sound: &Sound) -> u64 {
    sound.size(Format::Wav).saturating_sub(WAV_HEAD) / 2
}

fn frames(sound: &Sound) -> u64 {
    samples(sound).div_ceil(BLOCK)
}

/// Returns the exact number of bytes of the whole file.
pub(crate) fn size(sound: &Sound) -> u64 {
    let count = frames(sound);
    let Some(last) = count.checked_sub(1) else { return heads(sound).len() as u64 };
    let left = samples(sound) - last * BLOCK;
    offset(sound, last) + page_size(frame_size(last, left))
}

/// Fills the buffer with the bytes of the file from `offset` on, and returns how many there are.
pub(crate) fn read(sound: &Sound, offset_in_file: u64, buffer: &mut [u8]) -> usize {
    let heads = heads(sound);
    let count = frames(sound);
    let mut filled = 0;
    let mut place = offset_in_file;
    while filled < buffer.len() {
        let (piece, begin) = if place < heads.len() as u64 {
            (heads.clone(), 0)
        } else {
            let number = frame_at(sound, place);
            if number >= count {
                break;
            }
            (page_of(sound, number), offset(sound, number))
        };
        let skip = usize::try_from(place - begin).unwrap_or(usize::MAX);
        let piece = piece.get(skip..).unwrap_or_default();
        let room = buffer.get_mut(filled..).unwrap_or_default();
        let length = piece.len().min(room.len());
        if length == 0 {
            break;
        }
        room.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        filled += length;
        place += length as u64;
    }
    filled
}

/// How many bytes a frame's own number takes.
fn width(number: u64) -> u64 {
    let widths = WIDTHS.into_iter().take_while(|(from, _)| *from <= number);
    widths.last().map_or(1, |(_, width)| width)
}

fn frame_size(number: u64, samples: u64) -> u64 {
    let short = if samples < BLOCK { 2 } else { 0 };
    4 + width(number) + short + 1 + 1 + 2 * samples + 2
}

fn page_size(packet: u64) -> u64 {
    27 + packet / 255 + 1 + packet
}

/// Returns where the page of a frame begins.
fn offset(sound: &Sound, number: u64) -> u64 {
    let ends = WIDTHS.into_iter().skip(1).map(|(from, _)| from).chain([u64::MAX]);
    let full = WIDTHS.into_iter().zip(ends).map(|((from, _), to)| {
        number.min(to).saturating_sub(from) * page_size(frame_size(from, BLOCK))
    });
    heads(sound).len() as u64 + full.sum::<u64>()
}

/// Returns the frame in whose page a place of the file is.
fn frame_at(sound: &Sound, place: u64) -> u64 {
    // Pages differ by three bytes at the most, so this is hardly ever more than one too few.
    let longest = page_size(frame_size(0x1_0000, BLOCK));
    let mut number = place.saturating_sub(heads(sound).len() as u64) / longest;
    while offset(sound, number + 1) <= place {
        number += 1;
    }
    number
}

/// The two pages in front of the sound: what it is, and who made it.
fn heads(sound: &Sound) -> Vec<u8> {
    let total = samples(sound);
    // A stream of FLAC in Ogg 1.0 with one more head.
    let mut first = b"\x7fFLAC\x01\x00\x00\x01fLaC\x00\x00\x00\x22".to_vec();
    for _ in 0..2 {
        first.extend_from_slice(&u16::try_from(BLOCK).unwrap_or_default().to_be_bytes());
    }
    // The sizes of its frames are not said.
    first.extend_from_slice(&[0; 6]);
    // 8000 samples a second in 20 bits, channels less one in 3, bits less one in 5, samples in 36.
    let packed = 8_000 << 44 | 15 << 36 | total & 0xf_ffff_ffff;
    first.extend_from_slice(&packed.to_be_bytes());
    // Nor is their checksum.
    first.extend_from_slice(&[0; 16]);
    let mut second = vec![0x84, 0, 0];
    second.push(u8::try_from(8 + MAKER.len()).unwrap_or_default());
    second.extend_from_slice(&u32::try_from(MAKER.len()).unwrap_or_default().to_le_bytes());
    second.extend_from_slice(MAKER);
    second.extend_from_slice(&[0; 4]);
    let mut pages = page(FIRST, 0, 0, &first);
    pages.extend(page(if total == 0 { LAST } else { 0 }, 0, 1, &second));
    pages
}

fn page_of(sound: &Sound, number: u64) -> Vec<u8> {
    let total = samples(sound);
    let begin = number * BLOCK;
    let end = total.min(begin + BLOCK);
    let flags = if end == total { LAST } else { 0 };
    // Two pages come first; there are far fewer than 2³² of them.
    let sequence = u32::try_from(number + 2).unwrap_or_default();
    page(flags, end, sequence, &frame(sound, number, end - begin))
}

fn page(flags: u8, samples: u64, sequence: u32, packet: &[u8]) -> Vec<u8> {
    let mut page = Vec::with_capacity(packet.len() + 64);
    page.extend_from_slice(&[b'O', b'g', b'g', b'S', 0, flags]);
    page.extend_from_slice(&samples.to_le_bytes());
    page.extend_from_slice(&SERIAL.to_le_bytes());
    page.extend_from_slice(&sequence.to_le_bytes());
    page.extend_from_slice(&[0; 4]);
    let full = packet.len() / 255;
    page.push(u8::try_from(full + 1).unwrap_or_default());
    page.resize(page.len() + full, 255);
    page.push(u8::try_from(packet.len() % 255).unwrap_or_default());
    page.extend_from_slice(packet);
    let sum = sum(&PAGES, &page).to_le_bytes();
    page.iter_mut().skip(22).zip(sum).for_each(|(to, from)| *to = from);
    page
}

fn frame(sound: &Sound, number: u64, samples: u64) -> Vec<u8> {
    let is_short = samples < BLOCK;
    // Frames of a fixed length at 8 kHz, one channel, 16 bits.
    let mut frame = vec![0xff, 0xf8, if is_short { 0x74 } else { 0xc4 }, 0x08];
    push_number(&mut frame, number);
    if is_short {
        let less_one = u16::try_from(samples.saturating_sub(1)).unwrap_or_default();
        frame.extend_from_slice(&less_one.to_be_bytes());
    }
    let [checksum, ..] = sum(&HEADS, &frame).to_be_bytes();
    // Samples as they are.
    frame.extend_from_slice(&[checksum, 0x02]);
    let mut wav = vec![0; usize::try_from(2 * samples).unwrap_or_default()];
    sound.read(Format::Wav, WAV_HEAD + 2 * BLOCK * number, &mut wav);
    wav.chunks_exact_mut(2).for_each(<[u8]>::reverse);
    frame.extend(wav);
    let [high, low, ..] = sum(&FRAMES, &frame).to_be_bytes();
    frame.extend_from_slice(&[high, low]);
    frame
}

/// Writes a number as UTF-8 writes a character, those that no character has too.
fn push_number(frame: &mut Vec<u8>, number: u64) {
    let [.., a, b, c, d] = [18, 12, 6, 0].map(|shift| (number >> shift).to_le_bytes()[0] & 0x3f);
    let rest = |byte: u8| byte | 0x80;
    match width(number) {
        1 => frame.push(number.to_le_bytes()[0]),
        2 => frame.extend_from_slice(&[c | 0xc0, rest(d)]),
        3 => frame.extend_from_slice(&[b | 0xe0, rest(c), rest(d)]),
        _ => frame.extend_from_slice(&[a | 0xf0, rest(b), rest(c), rest(d)]),
    }
}

/// The sums of single bytes by one polynomial, whose highest bit is the highest of the number.
type Sums = [u32; 256];

static PAGES: Sums = sums(0x04c1_1db7);
static FRAMES: Sums = sums(0x8005_0000);
static HEADS: Sums = sums(0x0700_0000);

#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it, and would refuse it")]
const fn sums(polynomial: u32) -> Sums {
    let mut sums = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum >> 31 == 1 { sum << 1 ^ polynomial } else { sum << 1 };
            bit += 1;
        }
        sums[byte] = sum;
        byte += 1;
    }
    sums
}

/// Returns the checksum of bytes; one that is shorter stands in its highest bits.
fn sum(sums: &Sums, bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        let [highest, ..] = sum.to_be_bytes();
        sum << 8 ^ sums.get(usize::from(highest ^ byte)).copied().unwrap_or_default()
    })
}

#[cfg(test)]
mod tests;
