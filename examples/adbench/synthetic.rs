//! Deterministic problems of sizes for which there is no file.

use crate::{gmm, lstm};

/// A linear congruential generator of 64 bits (Knuth's constants), of which the upper ones are used.
pub struct Generator(u64);

impl Generator {
    /// A generator that starts at a seed.
    pub fn new(seed: u64) -> Generator {
        Generator(seed)
    }

    /// A number uniformly distributed in `[0, 1)`.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `n` numbers uniformly distributed in `[-1, 1)`.
    pub fn vector(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| 2.0 * self.uniform() - 1.0).collect()
    }
}

/// A mixture of so many components in so many dimensions, with `n` points.
pub fn gmm(dimension: usize, components: usize, n: usize) -> gmm::Problem {
    let mut generator = Generator::new(1);
    let mut row = |n: usize, scale: f64| -> Vec<f64> {
        generator.vector(n).iter().map(|x| scale * x).collect()
    };
    gmm::Problem {
        dimension,
        alphas: row(components, 1.0),
        means: row(components * dimension, 1.0),
        icf: row(components * dimension * (dimension + 1) / 2, 0.5),
        points: row(n * dimension, 2.0),
        wishart: gmm::Wishart { gamma: 1.0, m: 0 },
    }
}

/// A network of so many layers, with a text of so many random characters of so many bits.
pub fn lstm(layers: usize, characters: usize, bits: usize) -> lstm::Problem {
    let mut generator = Generator::new(2);
    lstm::Problem {
        bits,
        main: generator.vector(8 * layers * bits),
        extra: generator.vector(3 * bits),
        hidden: generator.vector(layers * bits),
        cell: generator.vector(layers * bits),
        sequence: (0..characters * bits)
            .map(|_| generator.uniform().round())
            .collect(),
    }
}
