//! Colourings by their definitions, recovery and probes by matrices that are known.

mod blocks;
mod colorings;
mod detection;
mod patterns;
mod plans;

use super::{Csc, Pattern};

/// Numbers that look random, the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) as usize) % n
    }

    /// Of either sign, from 0.5 to 1.5 without it.
    pub fn real(&mut self) -> f64 {
        let size = 0.5 + self.below(1 << 20) as f64 / (1 << 20) as f64;
        if self.below(2) == 0 { size } else { -size }
    }

    /// With about that many entries, some columns and rows empty, some fuller.
    pub fn pattern(&mut self, rows: usize, cols: usize, entries: usize) -> Pattern {
        let mut pairs = Vec::new();
        if rows > 0 && cols > 0 {
            pairs.extend((0..entries).map(|_| (self.below(rows), self.below(cols))));
            let (row, col) = (self.below(rows), self.below(cols));
            pairs.extend((0..entries / 4).map(|_| (row, self.below(cols))));
            pairs.extend((0..entries / 4).map(|_| (self.below(rows), col)));
        }
        Pattern::new(rows, cols, pairs).unwrap()
    }

    pub fn symmetric_pattern(&mut self, size: usize, entries: usize) -> Pattern {
        let half = self.pattern(size, size, entries);
        half.union(&half.transpose()).unwrap()
    }

    pub fn matrix(&mut self, pattern: &Pattern) -> Csc<f64> {
        let values = (0..pattern.entries()).map(|_| self.real()).collect();
        Csc::new(pattern.clone(), values)
    }

    pub fn symmetric_matrix(&mut self, pattern: &Pattern) -> Csc<f64> {
        let mut a = self.matrix(pattern);
        for (at, (i, j)) in pattern.pairs().enumerate() {
            if i < j {
                a.values_mut()[at] = a.get(j, i);
            }
        }
        a
    }
}

/// A grid whose points meet their four neighbours.
pub fn grid(width: usize, height: usize) -> Pattern {
    let at = |x: usize, y: usize| y * width + x;
    let mut pairs = Vec::new();
    for y in 0..height {
        for x in 0..width {
            pairs.push((at(x, y), at(x, y)));
            if x > 0 {
                pairs.extend([(at(x, y), at(x - 1, y)), (at(x - 1, y), at(x, y))]);
            }
            if y > 0 {
                pairs.extend([(at(x, y), at(x, y - 1)), (at(x, y - 1), at(x, y))]);
            }
        }
    }
    Pattern::new(width * height, width * height, pairs).unwrap()
}

/// Parameters that all others meet, but that don't meet each other.
pub fn arrows(size: usize, parameters: usize) -> Pattern {
    let mut pairs: Vec<(usize, usize)> = (0..size).map(|i| (i, i)).collect();
    for i in parameters..size {
        for p in 0..parameters {
            pairs.extend([(i, p), (p, i)]);
        }
    }
    Pattern::new(size, size, pairs).unwrap()
}
