//! statrs 0.19.1, MIT: `src/density/mod.rs`, `src/distribution/beta.rs`, `src/statistics/traits.rs`.

use num_traits::float::Float;
use chainrule::{Differentiable, differentiate};

// src/density/mod.rs

#[differentiate]
fn orava_optimal_k(n_samples: f64) -> f64 {
    // Adapted from K-nearest neighbour kernel density estimation, the choice of optimal k; Jan Orava 2012
    (0.587 * n_samples.powf(4.0 / 5.0)).round().max(1.)
}

// src/distribution/beta.rs

#[derive(Differentiable)]
/// Implements the [Beta](https://en.wikipedia.org/wiki/Beta_distribution)
/// distribution
///
/// # Examples
///
/// ```
/// use statrs::distribution::{Beta, Continuous};
/// use statrs::statistics::*;
/// use approx::assert_abs_diff_eq;
///
/// let n = Beta::new(2.0, 2.0).unwrap();
/// assert_eq!(n.mean().unwrap(), 0.5);
/// assert_abs_diff_eq!(n.pdf(0.5), 1.5, epsilon = 1e-14);
/// ```
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Beta {
    shape_a: f64,
    shape_b: f64,
}

#[differentiate]
impl Distribution<f64> for Beta {

    /// Returns the variance of the beta distribution.
    ///
    /// # Formula
    ///
    /// ```text
    /// (α * β) / ((α + β)^2 * (α + β + 1))
    /// ```
    ///
    /// where `α` is shapeA and `β` is shapeB.
    fn variance(&self) -> Option<f64> {
        Some(
            self.shape_a * self.shape_b
                / ((self.shape_a + self.shape_b)
                    * (self.shape_a + self.shape_b)
                    * (self.shape_a + self.shape_b + 1.0)),
        )
    }

    /// Returns the skewness of the Beta distribution.
    ///
    /// # Formula
    ///
    /// ```text
    /// 2(β - α) * sqrt(α + β + 1) / ((α + β + 2) * sqrt(αβ))
    /// ```
    ///
    /// where `α` is shapeA and `β` is shapeB.
    fn skewness(&self) -> Option<f64> {
        Some(
            2.0 * (self.shape_b - self.shape_a) * (self.shape_a + self.shape_b + 1.0).sqrt()
                / ((self.shape_a + self.shape_b + 2.0) * (self.shape_a * self.shape_b).sqrt()),
        )
    }
}

// src/statistics/traits.rs

#[differentiate]
pub trait Distribution<T: Float> {
    /// Returns the variance, if it exists.
    fn variance(&self) -> Option<T> {
        None
    }
    /// Returns the skewness, if it exists.
    fn skewness(&self) -> Option<T> {
        None
    }
}

// ---- tests

#[test]
fn moments() {
    prove!(orava_optimal_k(val 40.0));
    let beta = Beta { shape_a: 2.3, shape_b: 1.2 };
    prove!(Beta::variance(rf beta) -> ok);
    prove!(Beta::skewness(rf beta) -> ok);
}

struct_shape!(Beta { shape_a: f64, shape_b: f64 });
