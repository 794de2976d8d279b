//! Evaluation of one problem each: values and derivatives, their checks, and their times.

pub mod ba;
pub mod gmm;
pub mod hand;
pub mod lstm;

/// Relative tolerance against reference values, which have twelve digits or less, and between derivatives
/// that are exact up to rounding.
const EXACT: f64 = 1e-9;

/// Relative tolerance against finite differences.
const DIFFERENCES: f64 = 1e-6;

/// The step of finite differences.
const STEP: f64 = 1e-5;

/// `x + step·direction`.
fn moved(x: &[f64], direction: &[f64], step: f64) -> Vec<f64> {
    x.iter()
        .zip(direction)
        .map(|(x, dot)| x + step * dot)
        .collect()
}

/// The central difference `(f(h) − f(−h)) / 2h` of a function of the step.
fn central_difference(f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let (ahead, behind) = (f(STEP), f(-STEP));
    ahead
        .iter()
        .zip(&behind)
        .map(|(a, b)| (a - b) / (2.0 * STEP))
        .collect()
}

/// The inner product.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
