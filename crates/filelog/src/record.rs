//! A record as it stands in the database: checksum, position, stamp, who submitted it, and its bytes.
//!
//! The position is part of what the checksum covers: a database whose pages were mixed up by a
//! damaged disk may hand out a record that is whole and yet another one.

use bytes::Bytes;
use ringback_engine::ordered::{EntryId, Position, Record, Stamp};

/// The bytes before those that were submitted.
const HEAD: usize = 4 + 8 * 4;

/// Writes a record in its stored form into an empty buffer.
pub(crate) fn seal(
    into: &mut Vec<u8>,
    position: Position,
    stamp: Stamp,
    id: EntryId,
    bytes: &[u8],
) {
    into.clear();
    into.reserve(HEAD + bytes.len());
    into.extend([0; 4]);
    into.extend(position.to_le_bytes());
    into.extend(stamp.to_le_bytes());
    into.extend(id.origin.to_le_bytes());
    into.extend(id.serial.to_le_bytes());
    into.extend(bytes);
    if let Some((sum, covered)) = into.split_first_chunk_mut() {
        *sum = crc32c::crc32c(covered).to_le_bytes();
    }
}

/// Reads a record back from its stored form.
///
/// # Errors
/// When it is not the one of that position, or not as it was written.
pub(crate) fn unseal(position: Position, sealed: &[u8]) -> Result<Record, String> {
    let short = || format!("record {position} is too short");
    let (sum, covered) = sealed.split_first_chunk().ok_or_else(short)?;
    if crc32c::crc32c(covered) != u32::from_le_bytes(*sum) {
        return Err(format!("record {position} is not as it was written"));
    }
    let (stands, rest) = covered.split_first_chunk().ok_or_else(short)?;
    let (stamp, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let (origin, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let (serial, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let stands = u64::from_le_bytes(*stands);
    if stands != position {
        return Err(format!("record {stands} stands in the place of {position}"));
    }
    let id = EntryId { origin: u64::from_le_bytes(*origin), serial: u64::from_le_bytes(*serial) };
    let stamp = Stamp::from_le_bytes(*stamp);
    Ok(Record { position, stamp, id, bytes: Bytes::copy_from_slice(rest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_bit_of_a_record_is_noticed() {
        let (mut sealed, id) = (Vec::new(), EntryId { origin: u64::MAX, serial: 3 });
        seal(&mut sealed, 42, -5, id, b"dial 101");
        let record = Record { position: 42, stamp: -5, id, bytes: "dial 101".into() };
        assert_eq!(unseal(42, &sealed), Ok(record));
        assert_eq!(unseal(43, &sealed), Err("record 42 stands in the place of 43".into()));
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal(42, &flipped).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(unseal(42, &sealed[..length]).is_err(), "cut to {length} bytes");
        }
    }
}
