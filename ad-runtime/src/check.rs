//! Checks of derivatives, for use in tests.
//!
//! Three values that are computed independently have to agree: the tangent, the adjoint and finite
//! differences. [`dot_product`] compares the first two, [`directional`] the first with the third.
//! Both work on flat vectors: [`Flatten`] makes them of arguments and results of any shape, and
//! [`Perturb`] moves arguments of any shape along a direction. [`gradient`] checks a gradient input by input, in one line, and says which
//! inputs are off, by how much, and which points are kinks.
//!
//! ```
//! use ad_runtime::check::{self, Flatten, Perturb};
//!
//! fn f(x: &[f64; 2]) -> (f64, f64) {
//!     (x[0] * x[1], x[0].sin())
//! }
//! fn f_tangent(x: &[f64; 2], x_dot: &[f64; 2]) -> (f64, f64) {
//!     (x_dot[0] * x[1] + x[0] * x_dot[1], x[0].cos() * x_dot[0])
//! }
//! fn f_adjoint(x: &[f64; 2], x_bar: &mut [f64; 2], seed: (f64, f64)) {
//!     x_bar[0] += seed.0 * x[1] + seed.1 * x[0].cos();
//!     x_bar[1] += seed.0 * x[0];
//! }
//!
//! let (x, x_dot, y_bar) = ([0.5, 2.0], [0.3, -0.7], (1.0, 2.0));
//! let y_dot = f_tangent(&x, &x_dot);
//! let mut x_bar = [0.0; 2];
//! f_adjoint(&x, &mut x_bar, y_bar);
//!
//! check::dot_product(&y_dot.flat(), &y_bar.flat(), &x_dot.flat(), &x_bar.flat())?;
//! let along = |t| {
//!     let mut moved = x;
//!     moved.axpy(t, &x_dot);
//!     f(&moved).flat()
//! };
//! check::directional(along, &y_dot.flat())?;
//! # Ok::<(), check::Mismatch>(())
//! ```

mod directional;
mod flatten;
mod gradient;

pub use directional::{Estimate, directional};
pub use flatten::{Flatten, Perturb};
pub use gradient::{Report, WrongInput, gradient};

use std::fmt;

/// How far, relative to the sum of the absolute products, the two sides of [`dot_product`] may be apart.
const DOT_PRODUCT_TOLERANCE: f64 = 1e-10;

/// Two derivatives that ought to agree and do not, or of which that cannot be said.
///
/// ```
/// use ad_runtime::check;
///
/// let mismatch = check::directional(|t| vec![t, 3.0 * t], &[1.0, 2.0]).unwrap_err();
/// assert_eq!(mismatch.index, Some(1));
/// assert_eq!((mismatch.expected, mismatch.got), (3.0, 2.0));
/// println!("{mismatch}");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// Which component of the flattened result; `None` when all of them enter one number.
    pub index: Option<usize>,
    /// What the derivative should be: the finite difference, or ⟨ȳ, ẏ⟩ of the dot-product test.
    pub expected: f64,
    /// What it was said to be: the given component, or ⟨x̄, ẋ⟩ of the dot-product test.
    pub got: f64,
    /// The estimated error of `expected`.
    pub error: f64,
    /// How far `got` was allowed to be from `expected`. When it is not farther, then the error
    /// estimate is too large for the agreement to mean anything.
    pub tolerance: f64,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            index,
            expected,
            got,
            error,
            tolerance,
        } = self;
        match index {
            Some(index) => write!(f, "derivative of component {index}: ")?,
            None => write!(f, "dot-product test: ")?,
        }
        write!(
            f,
            "expected {expected:e} (estimated error {error:.1e}), got {got:e}"
        )?;
        if !expected.is_finite() || !got.is_finite() {
            write!(f, ": not finite, nothing can be compared")
        } else if (expected - got).abs() <= *tolerance {
            write!(f, ": inconclusive, the error estimate is too large")
        } else {
            let difference = (expected - got).abs();
            write!(
                f,
                ": they differ by {difference:.1e}, tolerance {tolerance:.1e}"
            )
        }
    }
}

impl std::error::Error for Mismatch {}

/// The dot-product test between a tangent and an adjoint: ⟨ȳ, ẏ⟩ = ⟨x̄, ẋ⟩.
///
/// `y_dot` is the tangent for the direction `x_dot`, and `x_bar` the adjoint for the seed `y_bar`,
/// all of them flat. The two sides may differ by 10⁻¹⁰ of the sum of all products' absolute values.
///
/// ```
/// use ad_runtime::check;
///
/// // y = a * b at a = 2, b = 3
/// let (a_dot, b_dot, seed) = (0.5, -1.0, 4.0);
/// let y_dot = a_dot * 3.0 + 2.0 * b_dot;
/// let (a_bar, b_bar) = (seed * 3.0, 2.0 * seed);
/// assert!(check::dot_product(&[y_dot], &[seed], &[a_dot, b_dot], &[a_bar, b_bar]).is_ok());
/// assert!(check::dot_product(&[y_dot], &[seed], &[a_dot, b_dot], &[a_bar, 0.0]).is_err());
/// ```
///
/// # Errors
///
/// When the two sides differ by more than that, or are not finite.
///
/// # Panics
///
/// When `y_dot` and `y_bar`, or `x_dot` and `x_bar`, differ in length.
pub fn dot_product(
    y_dot: &[f64],
    y_bar: &[f64],
    x_dot: &[f64],
    x_bar: &[f64],
) -> Result<(), Mismatch> {
    dot_product_within(DOT_PRODUCT_TOLERANCE, y_dot, y_bar, x_dot, x_bar)
}

/// [`dot_product`] with a relative tolerance of one's own, for functions on `f32` for instance.
///
/// ```
/// use ad_runtime::check::{Flatten, dot_product_within};
///
/// let (x, x_dot, seed) = (0.1_f32, 0.3_f32, 0.7_f32);
/// let y_dot = x_dot / (2.0 * x.sqrt());
/// let x_bar = seed * (0.5 / x.sqrt());
/// dot_product_within(1e-5, &y_dot.flat(), &seed.flat(), &x_dot.flat(), &x_bar.flat())?;
/// # Ok::<(), ad_runtime::check::Mismatch>(())
/// ```
///
/// # Errors
///
/// When the two sides differ by more than `tolerance` times the sum of the absolute products, or
/// are not finite.
///
/// # Panics
///
/// When `y_dot` and `y_bar`, or `x_dot` and `x_bar`, differ in length.
pub fn dot_product_within(
    tolerance: f64,
    y_dot: &[f64],
    y_bar: &[f64],
    x_dot: &[f64],
    x_bar: &[f64],
) -> Result<(), Mismatch> {
    let (expected, y_scale) = product("y_bar", y_bar, "y_dot", y_dot);
    let (got, x_scale) = product("x_bar", x_bar, "x_dot", x_dot);
    let scale = y_scale + x_scale;
    let tolerance = tolerance * scale + f64::MIN_POSITIVE;
    if scale.is_finite() && (expected - got).abs() <= tolerance {
        return Ok(());
    }
    let error = f64::EPSILON * scale;
    Err(Mismatch {
        index: None,
        expected,
        got,
        error,
        tolerance,
    })
}

/// The dot product of two vectors, and the sum of its terms' absolute values.
#[track_caller]
fn product(a_name: &str, a: &[f64], b_name: &str, b: &[f64]) -> (f64, f64) {
    assert!(
        a.len() == b.len(),
        "{a_name} has {} components, {b_name} has {}",
        a.len(),
        b.len()
    );
    a.iter().zip(b).fold((0.0, 0.0), |(sum, scale), (a, b)| {
        let term = a * b;
        (sum + term, scale + term.abs())
    })
}

/// Whether the two are the same bit for bit: zeros with their signs, NaNs with their payloads.
///
/// ```
/// use ad_runtime::check::bits_eq;
///
/// assert!(bits_eq(&[1.0, f64::NAN], &[1.0, f64::NAN]));
/// assert!(!bits_eq(&[0.0], &[-0.0]));
/// assert!(!bits_eq(&[1.0], &[1.0, 2.0]));
/// ```
pub fn bits_eq(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_product_accepts_rounding_and_no_more() {
        let x_bar = [0.1 + 0.2, 1.0];
        assert_eq!(dot_product(&[1.3], &[1.0], &[1.0, 1.0], &x_bar), Ok(()));
        let mismatch = dot_product(&[1.3], &[1.0], &[1.0, 1.0], &[0.3, 1.0 + 1e-8]).unwrap_err();
        assert_eq!(mismatch.index, None);
        assert_eq!((mismatch.expected, mismatch.got), (1.3, 1.3 + 1e-8));
        assert!(
            mismatch.to_string().contains("they differ by"),
            "{mismatch}"
        );
    }

    #[test]
    fn dot_product_is_scaled_by_the_terms_that_cancel() {
        let (big, y_bar) = ([1e12, -1e12 + 1.0], [1.0, 1.0]);
        assert!(dot_product(&big, &y_bar, &[1.0], &[1.0001]).is_ok());
        assert!(dot_product(&[1.0], &[1.0], &[1.0], &[1.0001]).is_err());
    }

    #[test]
    fn dot_product_of_zeros_and_of_nothing() {
        assert!(dot_product(&[0.0], &[1.0], &[1.0], &[0.0]).is_ok());
        assert!(dot_product(&[], &[], &[], &[]).is_ok());
        assert!(dot_product(&[0.0], &[1.0], &[1.0], &[1e-30]).is_err());
        assert!(dot_product(&[5e-320], &[1.0], &[1.0], &[5.1e-320]).is_ok());
    }

    #[test]
    fn dot_product_proves_nothing_about_what_is_not_finite() {
        for bad in [f64::NAN, f64::INFINITY] {
            let mismatch = dot_product(&[bad], &[1.0], &[1.0], &[bad]).unwrap_err();
            assert!(mismatch.to_string().contains("not finite"), "{mismatch}");
            assert!(dot_product(&[1.0], &[1.0], &[1.0], &[bad]).is_err());
            assert!(dot_product(&[bad], &[1.0], &[1.0], &[1.0]).is_err());
        }
    }

    #[test]
    #[should_panic(expected = "x_bar has 1 components, x_dot has 2")]
    fn dot_product_panics_on_differing_lengths() {
        let _ = dot_product(&[1.0], &[1.0], &[1.0, 2.0], &[1.0]);
    }

    #[test]
    fn bits() {
        assert!(bits_eq(&[], &[]));
        assert!(bits_eq(&[-0.0, f64::INFINITY], &[-0.0, f64::INFINITY]));
        let other_nan = f64::from_bits(f64::NAN.to_bits() ^ 1);
        assert!(bits_eq(&[other_nan], &[other_nan]));
        assert!(!bits_eq(&[f64::NAN], &[other_nan]));
        assert!(!bits_eq(&[1.0], &[1.0 + f64::EPSILON]));
    }
}
