//! Inputs that differ a little from those of a corpus.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::MAX_LENGTH;

/// What parsers are likely to stumble over.
const AWKWARD: &[&[u8]] = &[
    b"",
    b"\0",
    b"\r\n",
    b"%",
    b"%zz",
    b"%00",
    b"+",
    b"-",
    b"-0",
    b"-1",
    b"0",
    b"1e308",
    b"1e-400",
    b"NaN",
    b"2147483648",
    b"4294967296",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"9223372036854775808",
    b"18446744073709551616",
    b"99999999999999999999999999",
    b"0000-00-00",
    b"9999-12-31",
    b"-9999-01-01",
    b"24:00:00",
    b"23:59:60",
    b"+23:59",
    b"P9999999999D",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"[",
    b"}",
    b"]",
    b"null",
    b"{}",
    b"[]",
    b"[[[[[[[[",
    "é".as_bytes(),
    "İ".as_bytes(),
    "٣".as_bytes(),
    "\u{1f4de}".as_bytes(),
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"{{",
    b"}}",
    b"(",
    b"*",
    b"..",
    b"/",
    b"&",
    b"=",
    b";",
    b",",
    b"'",
];

/// A change to an input.
#[derive(Clone, Debug)]
enum Change {
    /// Puts another byte there.
    Set(Index, u8),
    /// Takes so many bytes out.
    Remove(Index, usize),
    /// Puts something awkward in, in place of so many bytes.
    Awkward(Index, Index, usize),
    /// Says a part again, so many times.
    Repeat(Index, usize, usize),
    /// Goes on with the rest of another input.
    Splice(Index, Index, Index),
    /// Ends there.
    Cut(Index),
}

fn changes() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place(), 1..8_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (place(), place(), 0..6_usize)
            .prop_map(|(at, which, length)| Change::Awkward(at, which, length)),
        (place(), 1..16_usize, 1..64_usize)
            .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (place(), place(), place()).prop_map(|(at, which, from)| Change::Splice(at, which, from)),
        place().prop_map(Change::Cut),
    ]
}

/// Returns inputs of a corpus, each changed a few times or not at all.
pub(crate) fn inputs(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), proptest::collection::vec(changes(), 0..6)).prop_map(
        move |(which, changes)| {
            let mut input = which.get(&corpus).clone();
            for change in changes {
                apply(&mut input, &change, &corpus);
                input.truncate(MAX_LENGTH);
            }
            input
        },
    )
}

fn apply(input: &mut Vec<u8>, change: &Change, corpus: &[Vec<u8>]) {
    let place = |at: &Index, input: &[u8]| at.index(input.len() + 1);
    match change {
        Change::Set(at, byte) => {
            let at = place(at, input);
            if let Some(old) = input.get_mut(at) {
                *old = *byte;
            }
        }
        Change::Remove(at, length) => {
            let at = place(at, input);
            input.drain(at..input.len().min(at + length));
        }
        Change::Awkward(at, which, length) => {
            let at = place(at, input);
            let end = input.len().min(at + length);
            input.splice(at..end, which.get(AWKWARD).iter().copied());
        }
        Change::Repeat(at, length, times) => {
            let at = place(at, input);
            let part = input[at..input.len().min(at + length)].repeat(*times);
            input.splice(at..at, part);
        }
        Change::Splice(at, which, from) => {
            let at = place(at, input);
            let other = which.get(corpus);
            input.truncate(at);
            input.extend_from_slice(&other[place(from, other)..]);
        }
        Change::Cut(at) => input.truncate(place(at, input)),
    }
}
