//! What a simulated log draws: SplitMix64, by Steele, Lea and Flood (2014).

/// Random numbers that follow from a seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below another one, which may not be 0.
    pub fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.draw() % most).unwrap_or(0)
    }

    /// Returns a number between two others, both of which may come.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most.saturating_sub(least)).unwrap_or(0).saturating_add(1);
        least.saturating_add(i64::try_from(self.draw() % width).unwrap_or(0))
    }

    /// Returns true so many times in a thousand.
    pub fn chance(&mut self, in_a_thousand: u32) -> bool {
        self.draw() % 1_000 < u64::from(in_a_thousand)
    }

    /// Returns 0, 1 and 2 in any order.
    pub(super) fn order3(&mut self) -> [u8; 3] {
        match self.draw() % 6 {
            0 => [0, 1, 2],
            1 => [0, 2, 1],
            2 => [1, 0, 2],
            3 => [1, 2, 0],
            4 => [2, 0, 1],
            _ => [2, 1, 0],
        }
    }
}
