//! Random chains that are the same in every run.

use chainrule::chain::{Costs, SweepCost};

/// A generator of numbers: xorshift* (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    /// From `low` to `high`, small ones more often.
    pub fn size(&mut self, low: u64, high: u64) -> usize {
        let ceiling = low + self.below(high - low + 1);
        (low + self.below(ceiling - low + 1)) as usize
    }

    pub fn sizes(&mut self, stages: usize) -> Vec<usize> {
        (0..=stages).map(|_| self.size(1, 40)).collect()
    }

    /// Costs that are whole numbers, so that sums of them are exact in any order.
    pub fn costs(&mut self, sizes: &[usize]) -> Costs {
        let stages = sizes
            .windows(2)
            .map(|s| {
                let edges = 1 + self.below((s[0] * s[1]) as u64 + 30);
                SweepCost {
                    tangent: edges as f64,
                    adjoint: (edges * (1 + self.below(4))) as f64,
                    memory: Some(edges),
                }
            })
            .collect();
        Costs {
            stages,
            multiplication: self.below(4) as f64,
        }
    }

    /// No limit, or anything from nothing at all to more than all traces take.
    pub fn limit(&mut self, costs: &Costs) -> Option<u64> {
        let all: u64 = costs.stages.iter().filter_map(|s| s.memory).sum();
        match self.below(4) {
            0 => None,
            1 => Some(0),
            _ => Some(self.below(all + all / 4 + 1)),
        }
    }
}
