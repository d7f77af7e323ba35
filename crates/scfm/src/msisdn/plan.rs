//! Numbering plans: which lengths a country has behind which digits. `plans.txt` says how it is
//! written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const TEXT: &str = include_str!("plans.txt");

static PLANS: LazyLock<BTreeMap<&str, Plan>> = LazyLock::new(|| read(TEXT));

/// What is dropped after the country code.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trunk {
    /// Nothing: what is dialled at home is part of the number, or means something else abroad.
    Kept,
    /// Every zero.
    Zeros,
    /// One prefix, the first of these that there is.
    Prefix(Vec<&'static str>),
}

/// The numbers of one country.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    trunk: Trunk,
    /// The lengths of numbers by their first digits, the longest known ones decide; a bit for each
    /// length.
    lengths: BTreeMap<Vec<u8>, u16>,
    /// How many first digits are ever looked at.
    depth: usize,
}

impl Plan {
    /// Drops what is only dialled at home.
    pub(super) fn without_trunk<'a>(&self, national: &'a str) -> &'a str {
        match &self.trunk {
            Trunk::Kept => national,
            Trunk::Zeros => national.trim_start_matches('0'),
            Trunk::Prefix(prefixes) => {
                let mut without = prefixes.iter().filter_map(|one| national.strip_prefix(one));
                without.next().unwrap_or(national)
            }
        }
    }

    /// Returns whether a number may be one of this country's.
    pub(super) fn has(&self, national: &str) -> bool {
        let digits = national.as_bytes();
        let known = (0..=self.depth.min(digits.len())).rev();
        let lengths = known.filter_map(|length| self.lengths.get(digits.get(..length)?)).next();
        lengths.is_some_and(|lengths| (1_u16 << digits.len().min(15)) & lengths != 0)
    }
}

/// Splits the country code off an international number.
pub(super) fn country(digits: &str) -> Option<(&str, &'static Plan, &str)> {
    // No code is the beginning of another one.
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        Some((code, PLANS.get(code)?, national))
    })
}

/// Reads the plans; a line that cannot be read is left out, which a test would notice.
fn read(text: &'static str) -> BTreeMap<&'static str, Plan> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(plan).collect()
}

fn plan(line: &'static str) -> Option<(&'static str, Plan)> {
    let mut words = line.split_ascii_whitespace();
    let (code, trunk) = (words.next()?, words.next()?);
    let trunk = match trunk {
        "=" => Trunk::Kept,
        "0+" => Trunk::Zeros,
        prefixes => Trunk::Prefix(prefixes.split('|').collect()),
    };
    let mut lengths = BTreeMap::new();
    for word in words {
        let (of, patterns) = word.split_once(':')?;
        let of = bits(of)?;
        for pattern in patterns.split('|') {
            lengths.extend(beginnings(pattern)?.into_iter().map(|digits| (digits, of)));
        }
    }
    let depth = lengths.keys().map(Vec::len).max().unwrap_or(0);
    Some((code, Plan { trunk, lengths, depth }))
}

/// Reads lengths such as `7,9-11`; `-` is none.
fn bits(text: &str) -> Option<u16> {
    if text == "-" {
        return Some(0);
    }
    text.split(',').try_fold(0, |bits, range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        (first..=last).try_fold(bits, |bits, length| Some(bits | 1_u16.checked_shl(length)?))
    })
}

/// Writes out the beginnings that a pattern such as `6[1-3]0` stands for; `*` is any.
fn beginnings(pattern: &str) -> Option<BTreeSet<Vec<u8>>> {
    let mut all = BTreeSet::from([Vec::new()]);
    if pattern == "*" {
        return Some(all);
    }
    let mut rest = pattern;
    while let Some(first) = rest.bytes().next() {
        let (digits, after) = match rest.strip_prefix('[') {
            Some(class) => {
                let (class, after) = class.split_once(']')?;
                (class_of(class)?, after)
            }
            None => (vec![first], rest.get(1..)?),
        };
        let longer = all.iter().flat_map(|begun| {
            digits.iter().map(|digit| begun.iter().copied().chain([*digit]).collect())
        });
        all = longer.collect();
        rest = after;
    }
    let is_digits = all.iter().all(|digits| digits.iter().all(u8::is_ascii_digit));
    is_digits.then_some(all)
}

fn class_of(class: &str) -> Option<Vec<u8>> {
    let mut digits = Vec::new();
    let mut bytes = class.bytes().peekable();
    while let Some(first) = bytes.next() {
        let mut last = first;
        if bytes.next_if_eq(&b'-').is_some() {
            last = bytes.next()?;
        }
        digits.extend(first..=last);
    }
    Some(digits)
}

#[cfg(test)]
mod tests;
