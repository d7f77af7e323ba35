//! The black and the white list of inbound callers.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    in_order,
    number::{self, digits},
};

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ListKind {
    /// Whoever is on it is refused.
    Black,
    /// Whoever is not on it is refused.
    White,
}

impl ListKind {
    /// Both lists.
    pub(crate) const ALL: [Self; 2] = [Self::Black, Self::White];
}

/// What kind of number an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NumberType {
    /// A telephone number, a mask or a range of them.
    Tel,
    /// A SIP address.
    Sip,
}

/// One entry of a list, as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Identifies the entry, in both lists together.
    pub(crate) number_id: u64,
    /// The number as it was given.
    pub(crate) number: String,
    /// What somebody noted about it.
    #[serde(default)]
    pub(crate) comment: String,
    /// What kind of number it is.
    pub(crate) number_type: NumberType,
}

/// What one entry stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    /// One telephone number, by its digits.
    Exactly(String),
    /// One SIP address, without scheme and in small letters.
    Address(String),
    /// Digits with `*` for any of them and `#` for one.
    Mask(String),
    /// All numbers of one length between two.
    Range(String, String),
}

impl Meaning {
    /// Returns what a number given by a client stands for; `None` if it is malformed.
    fn of(number: &str, number_type: NumberType) -> Option<Self> {
        let number = number.trim();
        match number_type {
            NumberType::Sip => {
                let address = address(number);
                let odd = |c: char| c.is_whitespace() || c.is_control();
                (!address.is_empty() && !address.contains(odd)).then_some(Self::Address(address))
            }
            NumberType::Tel => Self::of_telephone(number),
        }
    }

    fn of_telephone(number: &str) -> Option<Self> {
        if let Some((low, high)) = number.split_once('-') {
            let bound = |text: &str| {
                let text = text.trim();
                let text = text.strip_prefix('+').unwrap_or(text);
                let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| digits(text))
            };
            // Ends of different lengths are a number written with a dash, such as 495-1234567.
            if let (Some(low), Some(high)) = (bound(low), bound(high))
                && low.len() == high.len()
            {
                return (low <= high).then_some(Self::Range(low, high));
            }
        }
        if number.contains(['*', '#']) {
            let mask = number.strip_prefix('+').unwrap_or(number);
            let fits = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
            return mask.chars().all(fits).then(|| Self::Mask(mask.to_owned()));
        }
        number::is_telephone(number).then(|| Self::Exactly(digits(number)))
    }

    /// Returns whether a caller is meant by a mask or a range.
    fn takes_in(&self, caller: &str) -> bool {
        match self {
            Self::Exactly(number) | Self::Address(number) => number == caller,
            Self::Mask(mask) => fits(mask.as_bytes(), caller.as_bytes()),
            Self::Range(low, high) => {
                caller.len() == low.len() && (low.as_str()..=high.as_str()).contains(&caller)
            }
        }
    }
}

/// Returns whether a text of digits fits a mask, going back to the last `*` where it does not.
fn fits(mask: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(read) {
        match mask.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, read));
            }
            Some(expected) if expected == byte || *expected == b'#' => {
                at += 1;
                read += 1;
            }
            Some(_) | None => match &mut star {
                Some((after, from)) => {
                    *from += 1;
                    (at, read) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    mask.iter().skip(at).all(|byte| *byte == b'*')
}

/// Returns a SIP address without its scheme, in small letters.
fn address(text: &str) -> String {
    let text = text.trim().to_lowercase();
    text.strip_prefix("sip:").map_or(text.clone(), str::to_owned)
}

/// One list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
struct List {
    allow_unknown_number: bool,
    #[serde(serialize_with = "in_order")]
    numbers: BTreeMap<u64, Entry>,
    /// Finds entries by what they stand for.
    #[serde(skip)]
    meanings: BTreeSet<Meaning>,
    /// The masks and ranges among them, which have to be tried one by one.
    #[serde(skip)]
    patterns: BTreeSet<Meaning>,
}

/// The serialised form, without what follows from the rest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    allow_unknown_number: bool,
    #[serde(default)]
    numbers: Vec<Entry>,
}

impl From<Kept> for List {
    fn from(kept: Kept) -> Self {
        let Kept { allow_unknown_number, numbers } = kept;
        let mut list = Self { allow_unknown_number, ..Self::default() };
        for entry in numbers {
            if let Some(meaning) = Meaning::of(&entry.number, entry.number_type) {
                list.insert(entry, meaning);
            }
        }
        list
    }
}

impl List {
    fn insert(&mut self, entry: Entry, meaning: Meaning) {
        if matches!(meaning, Meaning::Mask(_) | Meaning::Range(..)) {
            self.patterns.insert(meaning.clone());
        }
        self.meanings.insert(meaning);
        self.numbers.insert(entry.number_id, entry);
    }

    fn last(&self) -> Option<u64> {
        self.numbers.keys().next_back().copied()
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.numbers.remove(&id)?;
        if let Some(meaning) = Meaning::of(&entry.number, entry.number_type) {
            self.patterns.remove(&meaning);
            self.meanings.remove(&meaning);
        }
        Some(entry)
    }

    fn holds(&self, caller: &str) -> bool {
        if self.meanings.contains(&Meaning::Address(address(caller))) {
            return true;
        }
        let number = digits(caller);
        number::count_digits(caller).is_some_and(|count| count > 0)
            && (self.patterns.iter().any(|pattern| pattern.takes_in(&number))
                || self.meanings.contains(&Meaning::Exactly(number)))
    }
}

/// A list as clients see it.
#[derive(Debug, Serialize)]
pub(crate) struct ShownList<'a> {
    allow_unknown_number: bool,
    numbers: Vec<&'a Entry>,
}

/// Both lists as clients see them.
#[derive(Debug, Serialize)]
pub(crate) struct Shown<'a> {
    active: ListKind,
    black: ShownList<'a>,
    white: ShownList<'a>,
}

/// Why a number is not put on a list. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryRefused {
    /// It is longer than any number.
    TooLong,
    /// It is not a number of its type, a mask or a range.
    Malformed,
    /// The list has it already.
    Taken,
    /// The list has as many as it may.
    Full,
}

/// The first identifier of an entry.
const FIRST: u64 = 450_000_001;

/// Both lists, one of which is asked about every inbound caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BwLists {
    active: ListKind,
    black: List,
    white: List,
    /// Identifiers are taken in turn and never again.
    #[serde(default)]
    next_id: u64,
}

impl Default for BwLists {
    fn default() -> Self {
        let black = List { allow_unknown_number: true, ..List::default() };
        Self { active: ListKind::Black, black, white: List::default(), next_id: FIRST }
    }
}

impl BwLists {
    /// The most entries of one list.
    pub(crate) const MOST: usize = 20_000;

    /// The most bytes of a number.
    const NUMBER: usize = 128;

    /// The most characters of a comment.
    pub(crate) const COMMENT: usize = 255;

    /// Returns which list is asked.
    pub(crate) fn active(&self) -> ListKind {
        self.active
    }

    /// Asks the other list from now on.
    pub(crate) fn activate(&mut self, shade: ListKind) {
        self.active = shade;
    }

    /// Sets whether a list lets callers through who hide their number.
    pub(crate) fn allow_unknown(&mut self, shade: ListKind, allow: bool) {
        self.list_mut(shade).allow_unknown_number = allow;
    }

    /// Returns the entries of a list by their identifiers.
    pub(crate) fn by_id(&self, shade: ListKind) -> &BTreeMap<u64, Entry> {
        &self.list(shade).numbers
    }

    fn list(&self, shade: ListKind) -> &List {
        match shade {
            ListKind::Black => &self.black,
            ListKind::White => &self.white,
        }
    }

    fn list_mut(&mut self, shade: ListKind) -> &mut List {
        match shade {
            ListKind::Black => &mut self.black,
            ListKind::White => &mut self.white,
        }
    }

    /// Shows both lists.
    pub(crate) fn show(&self) -> Shown<'_> {
        let show = |shade| {
            let list = self.list(shade);
            ShownList {
                allow_unknown_number: list.allow_unknown_number,
                numbers: list.numbers.values().collect(),
            }
        };
        Shown { active: self.active, black: show(ListKind::Black), white: show(ListKind::White) }
    }

    /// Puts a number on a list and returns the id of its entry.
    ///
    /// # Errors
    /// When it is malformed, there already, or one too many.
    pub(crate) fn add(
        &mut self,
        shade: ListKind,
        number: &str,
        number_type: NumberType,
        comment: &str,
    ) -> Result<u64, EntryRefused> {
        if number.len() > Self::NUMBER {
            return Err(EntryRefused::TooLong);
        }
        let meaning = Meaning::of(number, number_type).ok_or(EntryRefused::Malformed)?;
        let last = ListKind::ALL.map(|shade| self.list(shade).last());
        let number_id = last.into_iter().flatten().map(|last| last.saturating_add(1));
        let number_id = number_id.fold(self.next_id.max(FIRST), u64::max);
        let list = self.list_mut(shade);
        if list.meanings.contains(&meaning) {
            return Err(EntryRefused::Taken);
        }
        if list.numbers.len() >= Self::MOST {
            return Err(EntryRefused::Full);
        }
        let (number, comment) = (number.trim().to_owned(), comment.to_owned());
        list.insert(Entry { number_id, number, comment, number_type }, meaning);
        self.next_id = number_id.saturating_add(1);
        Ok(number_id)
    }

    /// Takes an entry from the list it is on, and returns whether there was one.
    pub(crate) fn delete(&mut self, number_id: u64) -> bool {
        let from = |list: &mut List| list.remove(number_id).is_some();
        from(&mut self.black) || from(&mut self.white)
    }

    /// Returns whether an inbound caller is let through; an empty number is a hidden one.
    pub(crate) fn admits(&self, caller: &str) -> bool {
        let list = self.list(self.active);
        let caller = caller.trim();
        if caller.is_empty() || caller.eq_ignore_ascii_case("anonymous") {
            return list.allow_unknown_number;
        }
        match self.active {
            ListKind::Black => !list.holds(caller),
            ListKind::White => list.holds(caller),
        }
    }
}

#[cfg(test)]
mod tests;
