//! Cholesky's factorization of symmetric positive definite matrices.

use super::triangular::*;
use super::{Singular, entries, finite, right_hand_side, symmetric_vector};
use ad_macros::{Differentiable, differentiate};
use nalgebra::DMatrix;
use std::sync::Arc;

/// A symmetric positive definite matrix and its factor, made by [`cholesky`].
///
/// Only the lower triangle of the matrix is read, and only it gets adjoints: an entry below the diagonal counts for both places where it
/// stands. A matrix that is computed as a whole, symmetric, has the right derivatives all the same.
#[derive(Clone, Debug, Differentiable)]
pub struct Cholesky {
    matrix: Vec<f64>,
    n: usize,
    #[constant]
    lower: Arc<DMatrix<f64>>,
}

/// Factors a symmetric positive definite matrix of `n` rows, of which the lower triangle is read: `A = L Lᵀ`.
///
/// # Errors
///
/// [`Singular::NotPositive`] if the matrix is not positive definite, [`Singular::NotFinite`] if an entry is no finite number.
///
/// # Panics
///
/// If `a` has not `n * n` entries.
#[differentiate(forward, reverse, hessian)]
pub fn cholesky(a: &[f64], n: usize) -> Result<Cholesky, Singular> {
    let lower = crate::constant(factor_of(a, n)?);
    Ok(Cholesky {
        matrix: a.to_vec(),
        n,
        lower,
    })
}

fn factor_of(a: &[f64], n: usize) -> Result<Arc<DMatrix<f64>>, Singular> {
    let factor = finite(a, n, n)?.cholesky().ok_or(Singular::NotPositive)?;
    Ok(Arc::new(factor.unpack()))
}

impl Cholesky {
    /// The number of rows.
    pub fn n(&self) -> usize {
        self.n
    }

    /// `x` with `A x = b`, with the derivatives of [`Lu::solve`](super::Lu::solve).
    ///
    /// # Panics
    ///
    /// If `b` has not as many entries as the matrix has rows.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = right_hand_side(b, self.n);
        self.lower.solve_lower_triangular_mut(&mut x);
        self.lower.tr_solve_lower_triangular_mut(&mut x);
        x.as_slice().to_vec()
    }

    /// Value and tangent of [`solve`](Self::solve).
    pub fn solve_tangent(&self, self_dot: &Self, b: &[f64], b_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let x = self.solve(b);
        let product = symmetric_vector(&self_dot.matrix, &x);
        let right: Vec<f64> = b_dot.iter().zip(product).map(|(b, p)| b - p).collect();
        let x_dot = self.solve(&right);
        (x, x_dot)
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
        let t = self.solve(seed);
        let n = b.len();
        for i in 0..n {
            b_bar[i] += t[i];
            for j in 0..i {
                self_bar.matrix[i * n + j] -= t[i] * x[j] + t[j] * x[i];
            }
            self_bar.matrix[i * n + i] -= t[i] * x[i];
        }
        x
    }

    /// `ln det A`, with the gradient `A⁻¹`.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn ln_det(&self) -> f64 {
        self.lower.diagonal().iter().map(|l| 2.0 * l.ln()).sum()
    }

    /// Value and tangent of [`ln_det`](Self::ln_det).
    pub fn ln_det_tangent(&self, self_dot: &Self) -> (f64, f64) {
        let n = self.n;
        let trace = (0..n).map(|j| {
            let entry = |i: usize| self_dot.matrix[i.max(j) * n + i.min(j)];
            let column: Vec<f64> = (0..n).map(entry).collect();
            self.solve(&column)[j]
        });
        (self.ln_det(), trace.sum())
    }

    /// Value and adjoint of [`ln_det`](Self::ln_det).
    #[differentiate(forward)]
    pub fn ln_det_adjoint(&self, self_bar: &mut Self, seed: f64) -> f64 {
        let n = self.n;
        for j in 0..n {
            let mut unit = vec![0.0; n];
            unit[j] = seed;
            let column = self.solve(&unit);
            self_bar.matrix[j * n + j] += column[j];
            for i in j + 1..n {
                self_bar.matrix[i * n + j] += 2.0 * column[i];
            }
        }
        self.ln_det()
    }

    /// The factor `L`, row by row, zero above the diagonal.
    ///
    /// With `Φ` for the lower triangle with half the diagonal, its tangent is `L Φ(L⁻¹ Ȧ L⁻ᵀ)`, and its adjoint is made of
    /// `S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹` (I. Murray, Differentiation of the Cholesky decomposition, 2016).
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn factor(&self) -> Vec<f64> {
        entries(&self.lower)
    }

    /// Value and tangent of [`factor`](Self::factor).
    pub fn factor_tangent(&self, self_dot: &Self) -> (Vec<f64>, Vec<f64>) {
        let (n, l) = (self.n, &*self.lower);
        let mut inner = DMatrix::from_fn(n, n, |i, j| self_dot.matrix[i.max(j) * n + i.min(j)]);
        l.solve_lower_triangular_mut(&mut inner);
        let mut inner = inner.transpose();
        l.solve_lower_triangular_mut(&mut inner);
        let half = DMatrix::from_fn(n, n, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Greater => inner[(i, j)],
            std::cmp::Ordering::Equal => 0.5 * inner[(i, j)],
            std::cmp::Ordering::Less => 0.0,
        });
        (self.factor(), entries(&(l * half)))
    }

    /// Value and adjoint of [`factor`](Self::factor).
    #[differentiate(forward)]
    pub fn factor_adjoint(&self, self_bar: &mut Self, seed: &Vec<f64>) -> Vec<f64> {
        let n = self.n;
        let l = self.factor();
        // The columns of L⁻ᵀ Φ(Lᵀ L̄), then the rows of what L⁻¹ makes of them.
        let mut half = vec![0.0; n * n];
        for j in 0..n {
            let mut column = vec![0.0; n];
            for i in j..n {
                for k in i..n {
                    column[i] += l[k * n + i] * seed[k * n + j];
                }
            }
            column[j] *= 0.5;
            let solved = solve_triangular(&l, &column, Triangle::LowerTransposed);
            for i in 0..n {
                half[i * n + j] = solved[i];
            }
        }
        for i in 0..n {
            let row = solve_triangular(&l, &half[i * n..(i + 1) * n], Triangle::LowerTransposed);
            for j in 0..n {
                if j <= i {
                    self_bar.matrix[i * n + j] += row[j];
                } else {
                    self_bar.matrix[j * n + i] += row[j];
                }
            }
        }
        l
    }
}
