use time::Duration;

use super::*;

fn whole(sound: &Sound) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(size(sound)).unwrap()];
    assert_eq!(read(sound, 0, &mut bytes), bytes.len());
    bytes
}

/// A page as a reader of the format sees it: its flags, its position, its number, its packet.
fn pages(mut bytes: &[u8]) -> Vec<(u8, u64, u32, Vec<u8>)> {
    let mut pages = Vec::new();
    while !bytes.is_empty() {
        assert_eq!(&bytes[..5], b"OggS\0");
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let count = usize::from(bytes[26]);
        let lacing = &bytes[27..27 + count];
        assert!(lacing[..count - 1].iter().all(|one| *one == 255) && lacing[count - 1] < 255);
        let length = lacing.iter().map(|one| usize::from(*one)).sum::<usize>();
        let end = 27 + count + length;
        let mut checked = bytes[..end].to_vec();
        checked[22..26].fill(0);
        // Bit by bit, apart from the tables.
        let crc = checked.iter().fold(0_u32, |sum, byte| {
            (0..8).rev().fold(sum, |sum, bit| {
                let carry = sum >> 31 ^ u32::from(*byte >> bit & 1);
                (sum << 1) ^ (carry * 0x04c1_1db7)
            })
        });
        assert_eq!(number(22), crc);
        let position = u64::from_le_bytes(bytes[6..14].try_into().unwrap());
        pages.push((bytes[5], position, number(18), bytes[27 + count..end].to_vec()));
        bytes = &bytes[end..];
    }
    pages
}

#[test]
fn a_stream_has_two_heads_and_the_samples_of_the_wav_file() {
    for millis in [0, 1, 511, 512, 513, 1_024, 5_000, 70_001] {
        let sound = Sound::new(Duration::ZERO, Duration::milliseconds(millis));
        let mut wav = vec![0; usize::try_from(sound.size(Format::Wav)).unwrap()];
        sound.read(Format::Wav, 0, &mut wav);
        let pages = pages(&whole(&sound));
        let count = u64::try_from(millis).unwrap() * 8;
        assert_eq!(pages[0].3.len(), 51);
        assert_eq!(&pages[0].3[..13], b"\x7fFLAC\x01\0\0\x01fLaC");
        assert_eq!(
            u32::from_be_bytes(pages[0].3[31..35].try_into().unwrap()),
            u32::try_from(count).unwrap()
        );
        assert_eq!(pages[1].3[0], 0x84);
        assert_eq!((pages[0].0, pages.last().unwrap().0), (FIRST, LAST));
        assert_eq!(pages.last().unwrap().1, count);
        let numbers: Vec<u32> = pages.iter().map(|page| page.2).collect();
        assert!(numbers.iter().copied().eq(0..u32::try_from(pages.len()).unwrap()));
        let mut samples = Vec::new();
        for (place, (_, _, _, frame)) in pages[2..].iter().enumerate() {
            let is_short = frame[2] == 0x74;
            let number = &frame[4..4 + usize::try_from(width(place as u64)).unwrap()];
            let character = char::from_u32(u32::try_from(place).unwrap()).unwrap();
            assert_eq!(number, character.encode_utf8(&mut [0; 4]).as_bytes());
            let begin = 4 + number.len() + if is_short { 2 } else { 0 } + 2;
            for sample in frame[begin..frame.len() - 2].chunks(2) {
                samples.extend([sample[1], sample[0]]);
            }
        }
        assert_eq!(samples, wav[44..]);
    }
}

#[test]
fn any_part_of_the_file_is_the_same_as_in_the_whole() {
    let sound = Sound::new(Duration::ZERO, Duration::milliseconds(1_400));
    let bytes = whole(&sound);
    for from in (0..=bytes.len()).step_by(53) {
        for length in [1, 40, 9_000] {
            let mut part = vec![9; length];
            let count = read(&sound, from as u64, &mut part);
            assert_eq!(part[..count], bytes[from..(from + length).min(bytes.len())]);
        }
    }
}

#[test]
fn pages_of_a_whole_day_are_where_they_should_be() {
    let sound = Sound::new(Duration::ZERO, Duration::hours(24));
    let count = frames(&sound);
    assert_eq!(count, 168_750);
    for number in [0, 127, 128, 2_047, 2_048, 55_296, 65_535, 65_536, count - 1] {
        let begin = offset(&sound, number);
        let mut page = [0; 5];
        assert_eq!(read(&sound, begin, &mut page), 5);
        assert_eq!(&page, b"OggS\0", "{number}");
        assert_eq!(frame_at(&sound, begin), number);
        assert_eq!(frame_at(&sound, begin + 8_000), number);
    }
    assert_eq!(read(&sound, size(&sound), &mut [0; 5]), 0);
}
