//! Roots, fixed points and minima, by the implicit function theorem: how they were found does not matter.
//!
//! Whoever calls these functions has solved the equation already, by whatever means, and hands over the solution and the slope of the
//! equation there, both held constant. What comes back is the solution with its derivatives.
//!
//! A Newton step from the solution with the slope held constant, `x − J⁻¹ f(x, p)`, leaves the solution where it is and has its
//! derivative, `−J⁻¹ ∂f/∂p`; two of them have its second derivative too: the error of a derivative is one order higher after each
//! step (B. Christianson, Reverse accumulation and implicit functions, 1998; A. Griewank and A. Walther, Evaluating Derivatives,
//! chapter 15). So nothing of the solver is recorded, and a gradient costs two calls of the equation and of its pullback, and two solutions
//! with the slope.
//!
//! ```
//! # extern crate ad_runtime as chainrule;
//! use chainrule::adjoints::implicit;
//! # use ad_macros::differentiate;
//! # use chainrule::constant;
//!
//! /// Kepler's equation `E − e sin E = M`, for the mean anomaly `m` and the eccentricity `e`.
//! #[differentiate]
//! fn kepler(m: f64, e: f64) -> Result<f64, implicit::NoSolution> {
//!     let found = constant(solve(m, e));
//!     let slope = constant(1.0 - e * found.cos());
//!     implicit::root(|x| x - e * x.sin() - m, found, slope)
//! }
//!
//! fn solve(m: f64, e: f64) -> f64 {
//!     (0..100).fold(m, |x, _| m + e * x.sin())
//! }
//!
//! let (x, (slope_m, slope_e)) = kepler_gradient(1.0, 0.3)?;
//! assert!((slope_m - 1.0 / (1.0 - 0.3 * x.cos())).abs() < 1e-14);
//! assert!((slope_e - x.sin() / (1.0 - 0.3 * x.cos())).abs() < 1e-14);
//! # Ok::<(), implicit::NoSolution>(())
//! ```

use super::linear::{Cholesky, Lu};
use ad_macros::differentiate;

/// Why there is no derivative.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NoSolution {
    /// What was given is no solution: a Newton step changes it by this much, relative to its size.
    NotConverged(f64),
    /// The slope is zero or not finite: the solution has no derivative.
    NoSlope,
}

impl std::fmt::Display for NoSolution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoSolution::NotConverged(change) => write!(
                f,
                "this is no solution: a Newton step changes it by {change:e} of its size"
            ),
            NoSolution::NoSlope => f.write_str("the slope at the solution is zero or not finite"),
        }
    }
}

impl std::error::Error for NoSolution {}

/// What a Newton step may change, relative to the size of the solution: half of the digits are right then, and all of them after the step.
const TOLERANCE: f64 = 1e-7;

fn accept(change: f64, size: f64) -> Result<(), NoSolution> {
    let change = change / size.max(1.0);
    match change <= TOLERANCE {
        true => Ok(()),
        false => Err(NoSolution::NotConverged(change)),
    }
}

fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |largest, v| match v.is_nan() {
        true => f64::NAN,
        false => v.abs().max(largest),
    })
}

/// The root of `f` that has been found at `found`, where its slope is `slope`.
///
/// The derivative is `−∂f/∂p / slope` in everything that `f` depends on. A wrong slope gives wrong derivatives: take it from the
/// companions of the function that `f` calls.
///
/// # Errors
///
/// [`NoSolution::NotConverged`] if a Newton step changes the root by more than 10⁻⁷ of its size, [`NoSolution::NoSlope`] if the slope is
/// zero or not finite.
#[differentiate(forward, reverse, hessian)]
pub fn root(
    f: impl Fn(f64) -> f64,
    #[constant] found: f64,
    #[constant] slope: f64,
) -> Result<f64, NoSolution> {
    if slope == 0.0 || !slope.is_finite() {
        return Err(NoSolution::NoSlope);
    }
    let first = found - f(found) / slope;
    crate::constant(accept((first - found).abs(), found.abs())?);
    Ok(first - f(first) / slope)
}

/// The root of a system `f(x) = 0` of as many equations as unknowns, found at `found`, where `jacobian` is that of `f`.
///
/// # Errors
///
/// [`NoSolution::NotConverged`] if a Newton step changes the largest unknown by more than 10⁻⁷ of its size.
///
/// # Panics
///
/// If the sizes don't fit.
#[differentiate(forward, reverse, hessian)]
pub fn roots(
    f: impl Fn(&[f64]) -> Vec<f64>,
    #[constant] found: &[f64],
    #[constant] jacobian: &Lu,
) -> Result<Vec<f64>, NoSolution> {
    let mut x = found.to_vec();
    for round in 0..2 {
        let rest = f(&x);
        let step = jacobian.solve(&rest);
        if round == 0 {
            crate::constant(accept(largest(&step), largest(found))?);
        }
        for i in 0..x.len() {
            x[i] -= step[i];
        }
    }
    Ok(x)
}

/// The fixed point `x = g(x)`, found at `found`, where `jacobian` is that of `x − g(x)`: the unit matrix less that of `g`.
///
/// # Errors
///
/// As for [`roots`].
///
/// # Panics
///
/// If the sizes don't fit.
#[differentiate(forward, reverse, hessian)]
pub fn fixed_point(
    g: impl Fn(&[f64]) -> Vec<f64>,
    #[constant] found: &[f64],
    #[constant] jacobian: &Lu,
) -> Result<Vec<f64>, NoSolution> {
    let mut x = found.to_vec();
    for round in 0..2 {
        let mut rest = g(&x);
        for i in 0..rest.len() {
            rest[i] = x[i] - rest[i];
        }
        let step = jacobian.solve(&rest);
        if round == 0 {
            crate::constant(accept(largest(&step), largest(found))?);
        }
        for i in 0..x.len() {
            x[i] -= step[i];
        }
    }
    Ok(x)
}

/// The minimum of an inner problem, found at `found`: where its gradient, the function `gradient`, vanishes, and its Hessian is `hessian`.
///
/// # Errors
///
/// As for [`roots`].
///
/// # Panics
///
/// If the sizes don't fit.
#[differentiate(forward, reverse, hessian)]
pub fn minimum(
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    #[constant] found: &[f64],
    #[constant] hessian: &Cholesky,
) -> Result<Vec<f64>, NoSolution> {
    let mut x = found.to_vec();
    for round in 0..2 {
        let rest = gradient(&x);
        let step = hessian.solve(&rest);
        if round == 0 {
            crate::constant(accept(largest(&step), largest(found))?);
        }
        for i in 0..x.len() {
            x[i] -= step[i];
        }
    }
    Ok(x)
}
