//! Whether a pattern has all entries: a random direction, and the search for what is missing.

use num_traits::Float;

/// When an evaluation is followed by one more sweep, along a random direction, which shows entries that the pattern does not have.
///
/// An entry is seen if it contributes more than about `4e-7` of its row's (or column's) sum of absolute values; `1e-2` in `f32`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Probe {
    /// After the first evaluation, and after one that failed.
    #[default]
    First,
    /// After each.
    Always,
    /// Not at all: entries that the pattern does not have are added to others, or dropped.
    Never,
}

/// Random numbers for directions: xorshift64*, which needs no better.
pub struct Noise(u64);

impl Noise {
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// Between 0.5 and 1.5.
    pub fn next<T: Float>(&mut self) -> T {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40;
        let unit = bits as f64 / (1_u64 << 24) as f64;
        T::from(0.5 + unit).expect("a small number is one of every float type")
    }
}

/// Whether a difference is more than rounding among terms of that size.
pub fn differs<T: Float>(difference: T, size: T, largest: T) -> bool {
    let two = T::one() + T::one();
    let tolerance = T::epsilon().sqrt() * two.powi(5);
    let allowed = tolerance * size + T::epsilon() * largest;
    difference.is_nan() || difference.abs() > allowed
}
