//! Telephone numbers and extension names, as the exchange keeps them.

use compact_str::CompactString;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A telephone number or an extension, as dialled.
///
/// Any text is a number here; which texts a vendor accepts is the vendor's rule. Up to 24 bytes
/// are held in place, which every number of the E.164 plan needs less than.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Number(#[schemars(with = "String")] CompactString);

impl Number {
    /// Returns the number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the digits alone, without `+`, blanks or punctuation.
    pub fn digits(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.0.chars().filter_map(|c| c.to_digit(10))
    }
}

impl<S: AsRef<str>> From<S> for Number {
    fn from(text: S) -> Self {
        Self(CompactString::new(text.as_ref()))
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who is at one end of a leg.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A phone of this exchange.
    Extension(Number),
    /// A phone reached through a trunk.
    Outside(Number),
    /// The exchange itself: a ring group, a queue or a menu if one has the number, or else an
    /// application that picks up at once and is never busy.
    Service(Number),
}

impl Party {
    /// Returns the party's number.
    pub fn number(&self) -> &Number {
        match self {
            Self::Extension(number) | Self::Outside(number) | Self::Service(number) => number,
        }
    }

    /// Returns whether the party is a phone of this exchange.
    pub fn is_extension(&self) -> bool {
        matches!(self, Self::Extension(_))
    }
}

/// Which way a call goes, seen from the exchange.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From outside to an extension.
    Inbound,
    /// From an extension to outside, or from outside to outside through this exchange.
    Outbound,
    /// Between two extensions.
    Local,
}

impl Direction {
    /// Returns the direction of a call between two parties.
    pub fn between(from: &Party, to: &Party) -> Self {
        let is_here = |party: &Party| !matches!(party, Party::Outside(_));
        match (is_here(from), is_here(to)) {
            (false, true) => Self::Inbound,
            (true, true) => Self::Local,
            (true | false, false) => Self::Outbound,
        }
    }
}
