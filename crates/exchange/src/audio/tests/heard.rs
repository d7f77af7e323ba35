//! What is heard when, in the samples and in the frames.

use std::f64::consts::TAU;

use super::super::Format;
use super::{samples, sound, whole};

/// Returns the amplitude of one pitch in a stretch of samples.
fn amplitude(samples: &[i16], pitch: f64) -> f64 {
    let turn = 2.0 * (TAU * pitch / 8000.0).cos();
    let (last, before) = samples.iter().fold((0.0, 0.0), |(last, before), sample| {
        (f64::from(*sample) + turn * last - before, last)
    });
    let power = last * last + before * before - turn * last * before;
    2.0 * power.max(0.0).sqrt() / samples.len() as f64
}

/// Returns the one pitch heard in the 100 ms from a moment on, or none in silence.
fn pitch(samples: &[i16], from_ms: usize) -> Option<u32> {
    let heard = &samples[from_ms * 8..][..800];
    let loud: Vec<u32> = [400, 500, 800]
        .into_iter()
        .filter(|pitch| amplitude(heard, f64::from(*pitch)) > 4000.0)
        .collect();
    assert!(loud.len() < 2, "{loud:?} are heard at once");
    if loud.is_empty() {
        assert!(heard.iter().all(|sample| *sample == 0), "it is not silent at {from_ms} ms");
    }
    loud.first().copied()
}

/// Returns a number coded in a frame, from its first bit and how many there are.
fn number(frame: &[u8], from: usize, bits: usize) -> u32 {
    (from..from + bits)
        .fold(0, |number, bit| number << 1 | u32::from(frame[bit / 8] >> (7 - bit % 8) & 1))
}

/// Says whether a frame codes nothing, or next to it.
fn is_silent(frame: &[u8], format: Format) -> bool {
    match format {
        Format::Wav => frame.iter().all(|byte| *byte == 0),
        // Each quarter of a frame says how strongly the sound goes on, and how loud the rest is.
        Format::Gsm => (0..4).map(|quarter| quarter * 56).all(|quarter| {
            number(frame, 47 + quarter, 2) == 0 && number(frame, 51 + quarter, 6) < 2
        }),
        // A frame says how many bits of sound it holds.
        Format::Mp3 => number(frame, 41, 12) == 0,
    }
}

#[test]
fn a_call_rings_a_second_in_three() {
    let samples = samples(&sound(7000, 0));
    for cycle in [0, 3000, 6000] {
        for from in [100, 500, 900] {
            assert_eq!(pitch(&samples, cycle + from), Some(400));
        }
    }
    for cycle in [0, 3000] {
        for from in [1100, 2000, 2900] {
            assert_eq!(pitch(&samples, cycle + from), None);
        }
    }
}

#[test]
fn a_conversation_begins_with_ringback_and_goes_on_in_turns() {
    for ringing in [0, 4321] {
        let samples = samples(&sound(ringing, 9000));
        let talk = usize::try_from(ringing).unwrap();
        assert_eq!(pitch(&samples, talk + 100), Some(400));
        assert_eq!(pitch(&samples, talk + 420), Some(400));
        assert_eq!(pitch(&samples, talk + 700), None);
        for turn in [talk + 960, talk + 960 + 3000] {
            for first in [80, 300, 560, 780, 1040, 1260] {
                assert_eq!(pitch(&samples, turn + first), Some(500));
            }
            for second in [1570, 1810, 2050, 2290, 2530, 2770] {
                assert_eq!(pitch(&samples, turn + second), Some(800));
            }
            for between in [430, 1420, 1690, 2890] {
                assert_eq!(pitch(&samples, turn + between), None);
            }
        }
    }
}

#[test]
fn a_short_conversation_goes_without_ringback() {
    assert_eq!(pitch(&samples(&sound(0, 1999)), 200), Some(500));
    assert_eq!(pitch(&samples(&sound(0, 2000)), 200), Some(400));
}

#[test]
fn ringing_cut_short_fades_instead_of_clicking() {
    let samples = samples(&sound(503, 0));
    let steps = samples.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
    assert!(steps.max() < Some(2600));
    assert!(samples.last().unwrap().abs() < 200);
}

#[test]
fn the_formats_are_heard_at_the_same_times() {
    let sound = sound(7100, 9980);
    let samples = samples(&sound);
    for (format, bytes, length) in [(Format::Gsm, 33, 160), (Format::Mp3, 72, 192)] {
        for (index, frame) in whole(&sound, format).chunks(bytes).enumerate() {
            // A sound is coded a little before it is heard, and dies away a little after.
            let silent = is_silent(frame, format);
            let middle = index * length + length / 2;
            let reach = if silent { 10 } else { length / 2 + 240 };
            let around = middle.saturating_sub(reach)..(middle + reach).min(samples.len());
            let peak = samples[around].iter().map(|sample| sample.abs()).max();
            assert_eq!(silent, peak < Some(500), "{format:?} frame {index} beside {peak:?}");
        }
    }
}
