//! Uncompressed sound, whose samples are worked out one by one.

use std::iter;

use time::Duration;

use super::pour;
use super::timeline::{Part, Place, Timeline};

/// The length of one sample.
pub(super) const SAMPLE: Duration = Duration::nanoseconds(1_000_000_000 / RATE as i64);

const RATE: u32 = 8000;
const SAMPLE_BYTES: u64 = 2;
const HEADER_BYTES: u64 = 44;

/// How many samples a tone takes to rise from silence, and to fall back to it.
const FADE: u64 = 80;

/// One period of each tone at a quarter of full scale.
///
/// The pitches divide the rate, so that tables of whole numbers are enough, and no computer rounds
/// a sample in its own way.
const TONE_400: [i32; 20] = [
    0, 2531, 4815, 6627, 7791, 8192, 7791, 6627, 4815, 2531, 0, -2531, -4815, -6627, -7791, -8192,
    -7791, -6627, -4815, -2531,
];
const TONE_500: [i32; 16] = [
    0, 3135, 5793, 7568, 8192, 7568, 5793, 3135, 0, -3135, -5793, -7568, -8192, -7568, -5793, -3135,
];
const TONE_800: [i32; 10] = [0, 4815, 7791, 7791, 4815, 0, -4815, -7791, -7791, -4815];

/// A stretch of one tone within a part, in samples.
struct Burst {
    start: u64,
    end: u64,
    tone: &'static [i32],
}

/// Makes a burst from its start and its length in milliseconds.
const fn burst(start: u64, length: u64, tone: &'static [i32]) -> Burst {
    let per_millisecond = RATE as u64 / 1000;
    Burst { start: start * per_millisecond, end: (start + length) * per_millisecond, tone }
}

// The frames of the other formats are made from the same bursts by `fixtures/audio/make.py`.
const RINGING: &[Burst] = &[burst(60, 1000, &TONE_400)];
const OPENING: &[Burst] = &[burst(60, 500, &TONE_400)];
const TALK: &[Burst] = &[
    burst(60, 360, &TONE_500),
    burst(540, 360, &TONE_500),
    burst(1020, 360, &TONE_500),
    burst(1560, 120, &TONE_800),
    burst(1800, 120, &TONE_800),
    burst(2040, 120, &TONE_800),
    burst(2280, 120, &TONE_800),
    burst(2520, 120, &TONE_800),
    burst(2760, 120, &TONE_800),
];

/// Returns the bytes of the whole file.
pub(super) fn size(timeline: &Timeline) -> u64 {
    HEADER_BYTES + data_size(timeline)
}

/// Fills the buffer with the bytes of the file from `offset` on.
pub(super) fn read(timeline: &Timeline, offset: u64, buffer: &mut [u8]) -> usize {
    let skip = usize::try_from(offset.min(HEADER_BYTES)).unwrap_or(0);
    let filled = pour(iter::once(header(timeline)), skip, buffer);
    let data = offset.saturating_sub(HEADER_BYTES);
    let samples = timeline.places(data / SAMPLE_BYTES).map(|place| sample(&place).to_le_bytes());
    let skip = usize::try_from(data % SAMPLE_BYTES).unwrap_or(0);
    filled + pour(samples, skip, buffer.get_mut(filled..).unwrap_or_default())
}

fn data_size(timeline: &Timeline) -> u64 {
    timeline.units() * SAMPLE_BYTES
}

fn header(timeline: &Timeline) -> Vec<u8> {
    let data = u32::try_from(data_size(timeline)).unwrap_or(u32::MAX);
    let rest = data.saturating_add(HEADER_BYTES as u32 - 8);
    let bytes_a_second = RATE * SAMPLE_BYTES as u32;
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &rest.to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &RATE.to_le_bytes(),
        &bytes_a_second.to_le_bytes(),
        &(SAMPLE_BYTES as u16).to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &data.to_le_bytes(),
    ];
    fields.concat()
}

fn sample(place: &Place) -> i16 {
    let bursts = match place.part {
        Part::Ringing => RINGING,
        Part::Opening => OPENING,
        Part::Talk => TALK,
    };
    let heard = bursts.iter().find(|burst| (burst.start..burst.end).contains(&place.index));
    heard.map_or(0, |burst| {
        let since = place.index - burst.start;
        let level = since.min(burst.end - place.index).min(place.left).min(FADE);
        let phase = since % burst.tone.len() as u64;
        let wave = burst.tone.get(phase as usize).copied().unwrap_or(0);
        i16::try_from(wave * level as i32 / FADE as i32).unwrap_or(0)
    })
}
