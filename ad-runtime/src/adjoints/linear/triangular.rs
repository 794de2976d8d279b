//! Triangular systems.

use super::{matrix, right_hand_side};
use ad_macros::differentiate;

/// Which triangle of a matrix is meant, and whether it is transposed. The other one is not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Triangle {
    /// `L x = b`
    Lower,
    /// `Lᵀ x = b`
    LowerTransposed,
    /// `U x = b`
    Upper,
    /// `Uᵀ x = b`
    UpperTransposed,
}

impl Triangle {
    /// The transposed system.
    pub fn transposed(self) -> Triangle {
        match self {
            Triangle::Lower => Triangle::LowerTransposed,
            Triangle::LowerTransposed => Triangle::Lower,
            Triangle::Upper => Triangle::UpperTransposed,
            Triangle::UpperTransposed => Triangle::Upper,
        }
    }

    /// Whether the system is that of the transposed triangle.
    pub fn is_transposed(self) -> bool {
        matches!(self, Triangle::LowerTransposed | Triangle::UpperTransposed)
    }

    /// Whether an entry belongs to the triangle.
    fn holds(self, row: usize, col: usize) -> bool {
        match self {
            Triangle::Lower | Triangle::LowerTransposed => row >= col,
            Triangle::Upper | Triangle::UpperTransposed => row <= col,
        }
    }
}

/// The solution of a triangular system, by substitution: `T x = b`, or `Tᵀ x = b`, where `T` is a triangle of `a`.
///
/// A zero on the diagonal gives what a division by zero gives. Derivatives are those of [`Lu::solve`](super::Lu::solve), in the
/// triangle only.
///
/// # Panics
///
/// If `a` has not as many rows and columns as `b` has entries.
#[differentiate(custom, forward, reverse, hessian)]
pub fn solve_triangular(a: &[f64], b: &[f64], #[constant] triangle: Triangle) -> Vec<f64> {
    let n = b.len();
    let (a, mut x) = (matrix(a, n, n), right_hand_side(b, n));
    match triangle {
        Triangle::Lower => a.solve_lower_triangular_unchecked_mut(&mut x),
        Triangle::LowerTransposed => a.tr_solve_lower_triangular_unchecked_mut(&mut x),
        Triangle::Upper => a.solve_upper_triangular_unchecked_mut(&mut x),
        Triangle::UpperTransposed => a.tr_solve_upper_triangular_unchecked_mut(&mut x),
    }
    x.as_slice().to_vec()
}

/// Value and tangent of [`solve_triangular`].
pub fn solve_triangular_tangent(
    a: &[f64],
    a_dot: &[f64],
    b: &[f64],
    b_dot: &[f64],
    triangle: Triangle,
) -> (Vec<f64>, Vec<f64>) {
    let (n, x) = (b.len(), solve_triangular(a, b, triangle));
    let mut right = b_dot.to_vec();
    for (i, row) in a_dot.chunks_exact(n.max(1)).enumerate() {
        for (j, a) in row.iter().enumerate() {
            match triangle.holds(i, j) {
                true if triangle.is_transposed() => right[j] -= a * x[i],
                true => right[i] -= a * x[j],
                false => {}
            }
        }
    }
    let x_dot = solve_triangular(a, &right, triangle);
    (x, x_dot)
}

/// Value and adjoints of [`solve_triangular`].
#[differentiate(forward)]
pub fn solve_triangular_adjoint(
    a: &[f64],
    a_bar: &mut [f64],
    b: &[f64],
    b_bar: &mut [f64],
    #[constant] triangle: Triangle,
    seed: &Vec<f64>,
) -> Vec<f64> {
    let x = solve_triangular(a, b, triangle);
    let t = solve_triangular(a, seed, triangle.transposed());
    let n = b.len();
    for i in 0..n {
        b_bar[i] += t[i];
        for j in 0..n {
            if triangle.holds(i, j) {
                if triangle.is_transposed() {
                    a_bar[i * n + j] -= x[i] * t[j];
                } else {
                    a_bar[i * n + j] -= t[i] * x[j];
                }
            }
        }
    }
    x
}
