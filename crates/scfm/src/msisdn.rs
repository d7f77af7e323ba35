//! Telephone numbers: what is taken for one, and how it is stored. vendors/scfm.md, 8 and A.

mod plan;

use std::fmt;

use serde::{Deserialize, Serialize};

/// A plausible international number, without its `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Msisdn(u64);

/// Why a text is not taken for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotANumber {
    /// It has no digit.
    #[error("can't be blank")]
    Blank,
    /// No country has such a number.
    #[error("is an invalid number")]
    Invalid,
}

impl Msisdn {
    /// Reads a number in any common spelling: with `+`, `00`, `0` or none of them, with blanks,
    /// dashes, parentheses and the country's own trunk prefix after the country code.
    ///
    /// There is no default country: a national number is read as an international one, and may well
    /// be one of another country.
    ///
    /// # Errors
    /// When there is no digit, or no country has such a number.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        match before_extension(text) {
            // With an extension it is no number of a contact's own.
            Some(before) if before.contains(|c: char| c.is_ascii_digit()) => {
                return Err(NotANumber::Invalid);
            }
            Some(_) => return Err(NotANumber::Blank),
            None => {}
        }
        if !text.contains(|c: char| c.is_ascii_digit()) {
            return Err(NotANumber::Blank);
        }
        let digits = international(text);
        let (code, plan, national) = plan::country(&digits).ok_or(NotANumber::Invalid)?;
        let national = plan.without_trunk(national);
        let length = code.len() + national.len();
        if !(4..=15).contains(&length) || !plan.has(national) {
            return Err(NotANumber::Invalid);
        }
        format!("{code}{national}").parse().map(Self).map_err(|_| NotANumber::Invalid)
    }

    /// Returns whether a trunk prefix still stands behind the country code: of two the original's library
    /// drops one, and of what it has kept the other.
    #[cfg(test)]
    pub(crate) fn begins_with_trunk(self) -> bool {
        let digits = self.0.to_string();
        let country = plan::country(&digits);
        country.is_some_and(|(_, plan, national)| plan.without_trunk(national) != national)
    }

    /// Returns the number as digits.
    pub fn digits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// Returns the digits of a text without what stands before a country code: one or two zeros at the
/// very beginning, or a zero behind an opening parenthesis anywhere. Behind a `+` zeros stay, and
/// there is no country for them. (field report, S8 and S9)
fn international(text: &str) -> String {
    let kept: String =
        text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')')).collect();
    let kept = kept.strip_prefix("00").or(kept.strip_prefix('0')).unwrap_or(&kept);
    kept.replace("(0", "").chars().filter(char::is_ascii_digit).collect()
}

/// Returns what stands before an extension, if a text ends in one: `x12`, `ext 5`, `#7` and the like,
/// perhaps in parentheses.
fn before_extension(text: &str) -> Option<&str> {
    let text = text.strip_suffix('#').unwrap_or(text);
    let text = text.strip_suffix(')').unwrap_or(text);
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    if head.len() == text.len() {
        return None;
    }
    let before = head.trim_end_matches(|c: char| !c.is_ascii_digit());
    let between = head.get(before.len()..)?;
    between.contains(['x', 'X', '#', ':']).then_some(before)
}

#[cfg(test)]
mod tests;
