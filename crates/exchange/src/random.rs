//! The seeded generator that is part of a machine's state.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A seeded random generator: the same seed gives the same draws on every computer.
///
/// Its serialised form is the seed and how far it has been used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Position", into = "Position")]
pub struct Random {
    seed: u64,
    generator: ChaCha8Rng,
}

#[derive(Serialize, Deserialize)]
struct Position {
    seed: u64,
    words: u64,
}

impl Random {
    /// Makes a generator from a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, generator: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Makes another generator from the same seed and a number, whatever this one has drawn.
    pub(crate) fn apart(&self, number: u64) -> Self {
        // Numbers that follow each other are far apart after it. Steele et al., 2014: SplitMix64.
        let mut mixed = self.seed ^ number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self::new(mixed ^ (mixed >> 31))
    }

    /// Returns how many words have been drawn.
    pub fn drawn(&self) -> u64 {
        // 2^64 words of output are never reached, so the upper half of the position is zero.
        u64::try_from(self.generator.get_word_pos()).unwrap_or(u64::MAX)
    }

    /// Draws a seed for another generator.
    pub fn seed(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Draws a number below `bound`, each equally likely; 0 if the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { self.generator.random_range(0..bound) }
    }

    /// Draws a whole number from `low` to `high`, both included, each equally likely.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low { low } else { self.generator.random_range(low..=high) }
    }

    /// Draws a fraction from 0 up to, and not including, 1.
    pub fn fraction(&mut self) -> f64 {
        self.generator.random::<f64>()
    }

    /// Returns true in the given share of draws, from 0 (never) to 1 (always).
    pub fn chance(&mut self, share: f64) -> bool {
        self.fraction() < share
    }

    /// Draws one of the items, each equally likely.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// Draws an index with a likelihood in proportion to its weight; `None` if all are zero.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
        let total: u64 = weights.clone().map(u64::from).sum();
        if total == 0 {
            return None;
        }
        let mut drawn = self.generator.random_range(0..total);
        for (index, weight) in weights.enumerate() {
            match drawn.checked_sub(u64::from(weight)) {
                Some(rest) => drawn = rest,
                None => return Some(index),
            }
        }
        None
    }

    /// Draws a UUID of version 4.
    pub fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.generator.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Fills a buffer with random bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.generator.fill_bytes(bytes);
    }

    /// Draws a number from a pattern in which each `#` stands for a digit.
    pub fn number(&mut self, pattern: &str) -> String {
        let digit = |c| match c {
            '#' => char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0)),
            other => other,
        };
        pattern.chars().map(digit).collect()
    }

    /// Returns the generator itself, for libraries that draw from one.
    pub fn generator(&mut self) -> &mut impl Rng {
        &mut self.generator
    }
}

impl From<Random> for Position {
    fn from(random: Random) -> Self {
        Self { seed: random.seed, words: random.drawn() }
    }
}

impl From<Position> for Random {
    fn from(position: Position) -> Self {
        let mut random = Self::new(position.seed);
        random.generator.set_word_pos(u128::from(position.words));
        random
    }
}
