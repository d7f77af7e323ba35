use time::Duration;

use super::*;

fn whole(sound: &Sound) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(size(sound)).unwrap()];
    assert_eq!(read(sound, 0, &mut bytes), bytes.len());
    bytes
}

#[test]
fn the_head_is_that_of_the_files_the_vendor_delivers() {
    // 15 s are 375 blocks, so there is a byte of padding, and it counts.
    let bytes = whole(&Sound::new(Duration::ZERO, Duration::seconds(15)));
    let data: u32 = 375 * 65 + 1;
    let mut wanted = b"RIFF".to_vec();
    wanted.extend((data + 52).to_le_bytes());
    wanted
        .extend(b"WAVEfmt \x14\0\0\0\x31\0\x01\0\x40\x1f\0\0\x59\x06\0\0\x41\0\0\0\x02\0\x40\x01");
    wanted.extend(b"fact\x04\0\0\0");
    wanted.extend((375_u32 * 320).to_le_bytes());
    wanted.extend(b"data");
    wanted.extend(data.to_le_bytes());
    assert_eq!(bytes[..60], wanted);
    assert_eq!(bytes.len(), 60 + 375 * 65 + 1);
    assert_eq!(bytes.last(), Some(&0));
}

#[test]
fn every_frame_is_that_of_the_bare_file_with_its_bits_the_other_way_round() {
    let sound = Sound::new(Duration::ZERO, Duration::milliseconds(2_480));
    let mut bare = vec![0; usize::try_from(sound.size(Format::Gsm)).unwrap()];
    sound.read(Format::Gsm, 0, &mut bare);
    let widths: Vec<u32> =
        HEAD_WIDTHS.into_iter().chain([PART_WIDTHS; PARTS].into_iter().flatten()).collect();
    assert_eq!(widths.iter().sum::<u32>(), 260);
    let bytes = whole(&sound);
    for (frames, block) in bare.chunks(66).zip(bytes[60..].chunks(65)) {
        let mut at = 0;
        for frame in frames.chunks(33) {
            let mut from = Reader { bytes: frame, at: 4 };
            for width in &widths {
                let found = (0..*width).fold(0, |value, place| {
                    let bit = block[at / 8] >> (at % 8) & 1;
                    at += 1;
                    value | u32::from(bit) << place
                });
                assert_eq!(found, from.take(*width));
            }
        }
        assert_eq!(at, 520);
    }
}

#[test]
fn any_part_of_the_file_is_the_same_as_in_the_whole() {
    for millis in [0, 1, 40, 79, 81, 1_000] {
        let sound = Sound::new(Duration::ZERO, Duration::milliseconds(millis));
        let bytes = whole(&sound);
        assert!(bytes.len().is_multiple_of(2));
        for from in 0..=bytes.len() {
            for length in [1, 7, 64, 66, 131] {
                let mut part = vec![9; length];
                let count = read(&sound, from as u64, &mut part);
                assert_eq!(part[..count], bytes[from..(from + length).min(bytes.len())]);
            }
        }
    }
}
