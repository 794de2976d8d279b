//! LU with partial pivoting.

use super::product::*;
use super::{Singular, entries, finite, matrix_vector, right_hand_side};
use ad_macros::{Differentiable, differentiate};
use nalgebra::{DMatrix, Dyn, PermutationSequence};
use std::sync::Arc;

/// A square matrix and its LU factors, made by [`lu`].
///
/// Derivatives are those of the matrix. A solution `x = A⁻¹ b` has the tangent `A⁻¹ (ḃ − Ȧ x)` and, for the seed `x̄`, the adjoints
/// `b̄ = A⁻ᵀ x̄` and `Ā = −b̄ xᵀ`; `ln |det A|` has the gradient `A⁻ᵀ` (M. Giles, Collected matrix derivative results for forward and
/// reverse mode algorithmic differentiation, 2008).
#[derive(Clone, Debug, Differentiable)]
pub struct Lu {
    matrix: Vec<f64>,
    n: usize,
    #[constant]
    factors: Arc<Factors>,
}

#[derive(Debug)]
struct Factors {
    p: PermutationSequence<Dyn>,
    l: DMatrix<f64>,
    u: DMatrix<f64>,
}

/// Factors a square matrix of `n` rows.
///
/// # Errors
///
/// [`Singular::Pivot`] if a pivot is zero, [`Singular::NotFinite`] if an entry is no finite number.
///
/// # Panics
///
/// If `a` has not `n * n` entries.
#[differentiate(forward, reverse, hessian)]
pub fn lu(a: &[f64], n: usize) -> Result<Lu, Singular> {
    let factors = crate::constant(factors_of(a, n)?);
    Ok(Lu {
        matrix: a.to_vec(),
        n,
        factors,
    })
}

fn factors_of(a: &[f64], n: usize) -> Result<Arc<Factors>, Singular> {
    let (p, l, u) = finite(a, n, n)?.lu().unpack();
    match u.diagonal().iter().all(|pivot| *pivot != 0.0) {
        true => Ok(Arc::new(Factors { p, l, u })),
        false => Err(Singular::Pivot),
    }
}

impl Lu {
    /// The number of rows.
    pub fn n(&self) -> usize {
        self.n
    }

    /// `x` with `A x = b`.
    ///
    /// # Panics
    ///
    /// If `b` has not as many entries as the matrix has rows.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let (f, mut x) = (&self.factors, right_hand_side(b, self.n));
        f.p.permute_rows(&mut x);
        f.l.solve_lower_triangular_mut(&mut x);
        f.u.solve_upper_triangular_mut(&mut x);
        x.as_slice().to_vec()
    }

    /// Value and tangent of [`solve`](Self::solve).
    pub fn solve_tangent(&self, self_dot: &Self, b: &[f64], b_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let x = self.solve(b);
        let product = matrix_vector(&self_dot.matrix, &x);
        let right: Vec<f64> = b_dot.iter().zip(product).map(|(b, p)| b - p).collect();
        (x, self.solve(&right))
    }

    /// Value and adjoints of [`solve`](Self::solve).
    #[differentiate(forward)]
    pub fn solve_adjoint(
        &self,
        self_bar: &mut Self,
        b: &[f64],
        b_bar: &mut [f64],
        seed: &Vec<f64>,
    ) -> Vec<f64> {
        let x = self.solve(b);
        let t = self.solve_transposed(seed);
        let n = b.len();
        for i in 0..n {
            b_bar[i] += t[i];
            for j in 0..n {
                self_bar.matrix[i * n + j] -= t[i] * x[j];
            }
        }
        x
    }

    /// `x` with `Aᵀ x = b`.
    ///
    /// # Panics
    ///
    /// If `b` has not as many entries as the matrix has rows.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn solve_transposed(&self, b: &[f64]) -> Vec<f64> {
        let (f, mut x) = (&self.factors, right_hand_side(b, self.n));
        f.u.tr_solve_upper_triangular_mut(&mut x);
        f.l.tr_solve_lower_triangular_mut(&mut x);
        f.p.inv_permute_rows(&mut x);
        x.as_slice().to_vec()
    }

    /// Value and tangent of [`solve_transposed`](Self::solve_transposed).
    pub fn solve_transposed_tangent(
        &self,
        self_dot: &Self,
        b: &[f64],
        b_dot: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let x = self.solve_transposed(b);
        let mut right = b_dot.to_vec();
        for (row, x) in self_dot.matrix.chunks_exact(self.n.max(1)).zip(&x) {
            right.iter_mut().zip(row).for_each(|(r, a)| *r -= a * x);
        }
        let x_dot = self.solve_transposed(&right);
        (x, x_dot)
    }

    /// Value and adjoints of [`solve_transposed`](Self::solve_transposed).
    #[differentiate(forward)]
    pub fn solve_transposed_adjoint(
        &self,
        self_bar: &mut Self,
        b: &[f64],
        b_bar: &mut [f64],
        seed: &Vec<f64>,
    ) -> Vec<f64> {
        let x = self.solve_transposed(b);
        let t = self.solve(seed);
        let n = b.len();
        for i in 0..n {
            b_bar[i] += t[i];
            for j in 0..n {
                self_bar.matrix[i * n + j] -= x[i] * t[j];
            }
        }
        x
    }

    /// `ln |det A|`.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn ln_abs_det(&self) -> f64 {
        self.factors.u.diagonal().iter().map(|u| u.abs().ln()).sum()
    }

    /// Value and tangent of [`ln_abs_det`](Self::ln_abs_det).
    pub fn ln_abs_det_tangent(&self, self_dot: &Self) -> (f64, f64) {
        let (n, x) = (self.n, self.inverse());
        let terms = (0..n * n).map(|k| x[(k % n) * n + k / n] * self_dot.matrix[k]);
        (self.ln_abs_det(), terms.sum())
    }

    /// Value and adjoint of [`ln_abs_det`](Self::ln_abs_det).
    #[differentiate(forward)]
    pub fn ln_abs_det_adjoint(&self, self_bar: &mut Self, seed: f64) -> f64 {
        let n = self.n;
        let x = self.inverse();
        for i in 0..n {
            for j in 0..n {
                self_bar.matrix[i * n + j] += seed * x[j * n + i];
            }
        }
        self.ln_abs_det()
    }

    /// `X = A⁻¹`, with the tangent `−X Ȧ X` and the adjoint `−Xᵀ X̄ Xᵀ`. To solve systems, [`solve`](Self::solve) is cheaper.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn inverse(&self) -> Vec<f64> {
        let (f, mut x) = (&self.factors, DMatrix::identity(self.n, self.n));
        f.p.permute_rows(&mut x);
        f.l.solve_lower_triangular_mut(&mut x);
        f.u.solve_upper_triangular_mut(&mut x);
        entries(&x)
    }

    /// Value and tangent of [`inverse`](Self::inverse).
    pub fn inverse_tangent(&self, self_dot: &Self) -> (Vec<f64>, Vec<f64>) {
        let (n, x) = (self.n, self.inverse());
        let mut dot = product(&product(&x, &self_dot.matrix, n, n), &x, n, n);
        dot.iter_mut().for_each(|d| *d = -*d);
        (x, dot)
    }

    /// Value and adjoint of [`inverse`](Self::inverse).
    #[differentiate(forward)]
    pub fn inverse_adjoint(&self, self_bar: &mut Self, seed: &Vec<f64>) -> Vec<f64> {
        let n = self.n;
        let x = self.inverse();
        let t = transposed(&x, n);
        let bar = product(&product(&t, seed, n, n), &t, n, n);
        for i in 0..bar.len() {
            self_bar.matrix[i] -= bar[i];
        }
        x
    }

    /// The sign of the determinant, 1 or −1. It has no derivative.
    pub fn sign(&self) -> f64 {
        let factors = &self.factors;
        let negative = factors.u.diagonal().iter().filter(|u| **u < 0.0).count();
        let sign: f64 = factors.p.determinant();
        if negative % 2 == 0 { sign } else { -sign }
    }

    /// `det A`.
    #[differentiate(forward, reverse, hessian)]
    pub fn det(&self) -> f64 {
        crate::constant(self.sign()) * self.ln_abs_det().exp()
    }
}
