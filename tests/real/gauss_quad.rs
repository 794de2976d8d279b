//! gauss-quad 0.3.2, MIT or Apache-2.0: `src/chebyshev/mod.rs`, `src/data_api.rs`.

use core::f64::consts::PI;
use chainrule::{Differentiable, differentiate};

// src/chebyshev/mod.rs

#[derive(Differentiable)]
/// A Gauss-Chebyshev quadrature scheme of the first kind.
///
/// Used to integrate functions of the form
/// f(x) / sqrt(1 - x^2) on finite intervals.
///
/// # Example
///
/// ```
/// # use gauss_quad::chebyshev::GaussChebyshevFirstKind;
/// # use approx::assert_relative_eq;
/// # use core::f64::consts::PI;
/// let rule = GaussChebyshevFirstKind::new(2.try_into().unwrap());
///
/// assert_relative_eq!(rule.integrate(0.0, 2.0, |x| x), PI);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "rkyv",
    derive(rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)
)]
#[cfg_attr(feature = "zerocopy", derive(zerocopy::KnownLayout))]
pub struct GaussChebyshevFirstKind {
    node_weight_pairs: Box<[(Node, Weight)]>,
}

impl GaussChebyshevFirstKind {

    #[differentiate]
    fn argument_transformation(x: f64, a: f64, b: f64) -> f64 {
        0.5 * ((b - a) * x + (b + a))
    }

    #[differentiate]
    fn scale_factor(a: f64, b: f64) -> f64 {
        0.5 * (b - a)
    }

    /// Returns the value of the integral of the given `integrand` in the inverval \[`a`, `b`\].
    ///
    /// # Example
    ///
    /// ```
    /// # use gauss_quad::chebyshev::GaussChebyshevFirstKind;
    /// # use approx::assert_relative_eq;
    /// # use core::f64::consts::PI;
    /// let rule = GaussChebyshevFirstKind::new(2.try_into().unwrap());
    ///
    /// assert_relative_eq!(rule.integrate(-1.0, 1.0, |x| 1.5 * x * x - 0.5), PI / 4.0);
    /// ```
    #[differentiate]
    pub fn integrate<F>(&self, a: f64, b: f64, mut integrand: F) -> f64
    where
        F: FnMut(f64) -> f64,
    {
        let result: f64 = self
            .node_weight_pairs
            .iter()
            .map(|(x, w)| integrand(Self::argument_transformation(*x, a, b)) * w)
            .sum();
        result * Self::scale_factor(a, b)
    }
}

#[derive(Differentiable)]
/// A Gauss-Chebyshev quadrature scheme of the second kind.
///
/// Used to integrate functions of the form
/// f(x) * sqrt(1 - x^2) on finite intervals.
///
/// # Example
///
/// ```
/// # use gauss_quad::chebyshev::GaussChebyshevSecondKind;
/// # use approx::assert_relative_eq;
/// # use core::f64::consts::PI;
/// let rule = GaussChebyshevSecondKind::new(2.try_into().unwrap());
///
/// assert_relative_eq!(rule.integrate(-1.0, 1.0, |x| x * x), PI / 8.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "zerocopy", derive(zerocopy::KnownLayout))]
pub struct GaussChebyshevSecondKind {
    node_weight_pairs: Box<[(Node, Weight)]>,
}

impl GaussChebyshevSecondKind {

    #[differentiate]
    fn argument_transformation(x: f64, a: f64, b: f64) -> f64 {
        0.5 * ((b - a) * x + (b + a))
    }
}

// src/data_api.rs

/// A node in a quadrature rule.
pub type Node = f64;

/// A weight in a quadrature rule.
pub type Weight = f64;

// ---- tests

#[test]
fn arguments() {
    prove_gradient!(GaussChebyshevFirstKind::argument_transformation(val 0.3, val -1.2, val 2.5));
    prove_gradient!(GaussChebyshevSecondKind::argument_transformation(val 0.3, val -1.2, val 2.5));
}

#[differentiate]
fn by_gauss(rule: &GaussChebyshevFirstKind, a: f64, b: f64, p: f64) -> f64 {
    rule.integrate(a, b, |x| p * (p * x).sin())
}

impl crate::harness::Shape for Box<[(f64, f64)]> {
    const COARSE: bool = false;
    fn read(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|(x, w)| out.extend([x, w]));
    }
    fn write(&mut self, from: &mut std::slice::Iter<'_, f64>) {
        let mut next = || *from.next().expect("as many numbers as leaves");
        self.iter_mut().for_each(|pair| *pair = (next(), next()));
    }
}
struct_shape!(GaussChebyshevFirstKind { node_weight_pairs: Box<[(f64, f64)]> });

#[test]
fn integrals() {
    let node_weight_pairs = vec![(-0.8, 1.04), (0.1, 1.2), (0.9, 0.7)].into_boxed_slice();
    let rule = GaussChebyshevFirstKind { node_weight_pairs };
    prove_gradient!(by_gauss(rf rule, val 0.3, val 2.0, val 0.8));
}
