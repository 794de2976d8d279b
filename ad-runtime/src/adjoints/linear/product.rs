//! Products of matrices, at the library's speed.

use super::{entries, matrix};
use ad_macros::differentiate;

/// The product of a matrix of `rows` rows and a matrix of `cols` columns.
///
/// The tangent is `Ȧ B + A Ḃ`; for the seed `C̄` the adjoints are `Ā = C̄ Bᵀ` and `B̄ = Aᵀ C̄`.
///
/// # Panics
///
/// If `a` has not `rows` rows of some length, or `b` not as many rows as that of `cols` entries.
#[differentiate(custom, forward, reverse, hessian)]
pub fn product(a: &[f64], b: &[f64], rows: usize, cols: usize) -> Vec<f64> {
    let inner = a.len() / rows.max(1);
    entries(&(matrix(a, rows, inner) * matrix(b, inner, cols)))
}

/// Value and tangent of [`product`].
pub fn product_tangent(
    a: &[f64],
    a_dot: &[f64],
    b: &[f64],
    b_dot: &[f64],
    rows: usize,
    cols: usize,
) -> (Vec<f64>, Vec<f64>) {
    let first = product(a_dot, b, rows, cols);
    let second = product(a, b_dot, rows, cols);
    let dot = first.iter().zip(second).map(|(x, y)| x + y).collect();
    (product(a, b, rows, cols), dot)
}

/// Value and adjoints of [`product`].
#[differentiate(forward)]
pub fn product_adjoint(
    a: &[f64],
    a_bar: &mut [f64],
    b: &[f64],
    b_bar: &mut [f64],
    rows: usize,
    cols: usize,
    seed: &Vec<f64>,
) -> Vec<f64> {
    let inner = b.len() / cols.max(1);
    let left = product(seed, &transposed(b, cols), rows, inner);
    let right = product(&transposed(a, inner), seed, inner, cols);
    for i in 0..left.len() {
        a_bar[i] += left[i];
    }
    for i in 0..right.len() {
        b_bar[i] += right[i];
    }
    product(a, b, rows, cols)
}

/// The transpose of a matrix of `cols` columns.
#[differentiate(forward, reverse, hessian)]
pub fn transposed(a: &[f64], cols: usize) -> Vec<f64> {
    let rows = a.len() / cols.max(1);
    let mut t = vec![0.0; a.len()];
    for i in 0..rows {
        for j in 0..cols {
            t[j * rows + i] = a[i * cols + j];
        }
    }
    t
}
