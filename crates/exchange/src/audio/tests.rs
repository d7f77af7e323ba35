mod heard;

use time::Duration;

use super::{Format, Sound};

const FORMATS: [Format; 3] = [Format::Wav, Format::Gsm, Format::Mp3];

fn sound(ringing_ms: i64, talking_ms: i64) -> Sound {
    Sound::new(Duration::milliseconds(ringing_ms), Duration::milliseconds(talking_ms))
}

fn whole(sound: &Sound, format: Format) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(sound.size(format)).unwrap() + 1];
    let read = sound.read(format, 0, &mut bytes);
    assert_eq!(read + 1, bytes.len());
    bytes.truncate(read);
    bytes
}

fn samples(sound: &Sound) -> Vec<i16> {
    let bytes = whole(sound, Format::Wav);
    bytes[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

#[test]
fn a_recording_of_five_seconds_has_40_000_samples() {
    assert_eq!(sound(0, 5000).size(Format::Wav), 44 + 80_000);
}

#[test]
fn a_recording_of_five_seconds_has_250_gsm_frames() {
    assert_eq!(sound(2000, 3000).size(Format::Gsm), 250 * 33);
}

#[test]
fn a_recording_of_five_seconds_has_208_mp3_frames() {
    assert_eq!(sound(1000, 4000).size(Format::Mp3), 208 * 72);
}

#[test]
fn a_length_is_rounded_to_the_nearest_sample_pair_of_frames_or_frame() {
    let odd = sound(0, 12_345);
    assert_eq!(odd.size(Format::Wav), 44 + 2 * 98_760);
    assert_eq!(odd.size(Format::Gsm), 618 * 33);
    assert_eq!(odd.size(Format::Mp3), 514 * 72);
    assert_eq!(sound(0, 19).size(Format::Gsm), 0);
    assert_eq!(sound(0, 20).size(Format::Gsm), 66);
    assert_eq!(sound(5, 15).size(Format::Gsm), 66);
    assert_eq!(sound(0, 11).size(Format::Mp3), 0);
    assert_eq!(sound(0, 12).size(Format::Mp3), 72);
    let instant = Sound::new(Duration::nanoseconds(62_500), Duration::ZERO);
    assert_eq!(instant.size(Format::Wav), 44 + 2);
}

#[test]
fn a_recording_without_length_has_no_sound() {
    for nothing in [sound(0, 0), sound(-1000, -1), sound(i64::MIN, i64::MIN)] {
        assert_eq!(nothing.length(), Duration::ZERO);
        assert_eq!(whole(&nothing, Format::Wav)[40..], [0, 0, 0, 0]);
        assert_eq!(whole(&nothing, Format::Gsm), [0_u8; 0]);
        assert_eq!(whole(&nothing, Format::Mp3), [0_u8; 0]);
    }
}

#[test]
fn a_negative_stretch_takes_nothing_from_the_other() {
    assert_eq!(sound(-4000, 3000), sound(0, 3000));
    assert_eq!(sound(4000, -3000), sound(4000, 0));
}

#[test]
fn a_recording_is_cut_after_a_day() {
    for endless in [
        Sound::new(Duration::MAX, Duration::MAX),
        Sound::new(Duration::ZERO, Duration::MAX),
        Sound::new(Duration::hours(23), Duration::hours(2)),
    ] {
        assert_eq!(endless.length(), Duration::days(1));
        assert_eq!(endless.size(Format::Wav), 44 + 86_400 * 16_000);
        for format in FORMATS {
            let mut buffer = [0; 100];
            assert_eq!(endless.read(format, endless.size(format) - 7, &mut buffer), 7);
        }
    }
}

#[test]
fn a_wav_header_says_what_follows() {
    let bytes = whole(&sound(1500, 2500), Format::Wav);
    let number = |from: usize| u32::from_le_bytes(bytes[from..from + 4].try_into().unwrap());
    let short = |from: usize| u16::from_le_bytes(bytes[from..from + 2].try_into().unwrap());
    assert_eq!(bytes[0..4], *b"RIFF");
    assert_eq!(number(4) as usize, bytes.len() - 8);
    assert_eq!(bytes[8..16], *b"WAVEfmt ");
    assert_eq!((number(16), short(20), short(22)), (16, 1, 1));
    assert_eq!((number(24), number(28), short(32), short(34)), (8000, 16_000, 2, 16));
    assert_eq!(bytes[36..40], *b"data");
    assert_eq!(number(40) as usize, bytes.len() - 44);
}

#[test]
fn each_gsm_frame_begins_with_its_signature() {
    let bytes = whole(&sound(4567, 12_345), Format::Gsm);
    assert!(bytes.chunks(33).all(|frame| frame.len() == 33 && frame[0] >> 4 == 0xD));
}

#[test]
fn each_mp3_frame_begins_with_a_header_and_stands_alone() {
    let bytes = whole(&sound(4567, 12_345), Format::Mp3);
    for frame in bytes.chunks(72) {
        assert_eq!(frame.len(), 72);
        assert_eq!(frame[..4], [0xFF, 0xF3, 0x34, 0xC4]);
        assert_eq!(frame[4], 0, "the data of the frame begins before it");
    }
}

#[test]
fn reading_from_any_place_gives_the_bytes_of_the_whole() {
    for sound in [sound(0, 300), sound(700, 0), sound(1234, 2567), sound(333, 1999)] {
        for format in FORMATS {
            let whole = whole(&sound, format);
            for size in [1, 2, 7, 32, 33, 44, 72, 100, 4096] {
                let mut joined = Vec::new();
                let mut buffer = vec![0; size];
                loop {
                    let read = sound.read(format, joined.len() as u64, &mut buffer);
                    joined.extend_from_slice(&buffer[..read]);
                    if read < size {
                        break;
                    }
                }
                assert!(joined == whole, "{format:?} in pieces of {size}");
            }
            for offset in (0..whole.len()).step_by(13) {
                let mut buffer = [0; 50];
                let read = sound.read(format, offset as u64, &mut buffer);
                assert_eq!(read, (whole.len() - offset).min(50));
                assert_eq!(buffer[..read], whole[offset..offset + read]);
            }
        }
    }
}

#[test]
fn there_is_nothing_at_the_end_or_past_it() {
    let sound = sound(1000, 3000);
    for format in FORMATS {
        let size = sound.size(format);
        for offset in [size, size + 1, u64::MAX - 1, u64::MAX] {
            let mut buffer = [7; 40];
            assert_eq!(sound.read(format, offset, &mut buffer), 0);
            assert_eq!(buffer, [7; 40]);
        }
    }
}

#[test]
fn an_empty_buffer_is_left_empty() {
    for format in FORMATS {
        assert_eq!(sound(1000, 3000).read(format, 10, &mut []), 0);
    }
}

#[test]
fn a_format_has_a_media_type_and_an_extension() {
    let named = FORMATS.map(|format| (format.media_type(), format.extension()));
    assert_eq!(named, [("audio/wav", "wav"), ("audio/x-gsm", "gsm"), ("audio/mpeg", "mp3")]);
}
