//! Least squares by QR.

use super::{Singular, finite, matrix_vector, right_hand_side};
use ad_macros::{Differentiable, differentiate};
use nalgebra::DMatrix;
use std::sync::Arc;

/// A matrix of at least as many rows as columns, which do not depend on each other, and its QR factors, made by [`qr`].
///
/// With `A⁺` for the solution of least squares, `r = b − A x` and `G = AᵀA`, the solution `x = A⁺ b` has the tangent
/// `A⁺ (ḃ − Ȧ x) + G⁻¹ Ȧᵀ r`. For the seed `x̄` and `y = G⁻¹ x̄` its adjoints are `b̄ = A y` and `Ā = r yᵀ − b̄ xᵀ`
/// (G. Golub and V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate, 1973).
#[derive(Clone, Debug, Differentiable)]
pub struct Qr {
    matrix: Vec<f64>,
    rows: usize,
    cols: usize,
    #[constant]
    factors: Arc<(DMatrix<f64>, DMatrix<f64>)>,
}

/// Factors a matrix of `rows` rows and `cols` columns, at most as many.
///
/// # Errors
///
/// [`Singular::Pivot`] if a column depends on those before it, [`Singular::NotFinite`] if an entry is no finite number.
///
/// # Panics
///
/// If `a` has not `rows * cols` entries, or more columns than rows.
#[differentiate(forward, reverse, hessian)]
pub fn qr(a: &[f64], rows: usize, cols: usize) -> Result<Qr, Singular> {
    let factors = crate::constant(factors_of(a, rows, cols)?);
    Ok(Qr {
        matrix: a.to_vec(),
        rows,
        cols,
        factors,
    })
}

fn factors_of(
    a: &[f64],
    rows: usize,
    cols: usize,
) -> Result<Arc<(DMatrix<f64>, DMatrix<f64>)>, Singular> {
    assert!(
        cols <= rows,
        "least squares need as many rows as columns, or more"
    );
    let (q, r) = finite(a, rows, cols)?.qr().unpack();
    match r.diagonal().iter().all(|pivot| *pivot != 0.0) {
        true => Ok(Arc::new((q, r))),
        false => Err(Singular::Pivot),
    }
}

impl Qr {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The `x` for which `‖A x − b‖` is least.
    ///
    /// # Panics
    ///
    /// If `b` has not as many entries as the matrix has rows.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let (q, r) = &*self.factors;
        let mut x = q.tr_mul(&right_hand_side(b, self.rows));
        r.solve_upper_triangular_mut(&mut x);
        x.as_slice().to_vec()
    }

    /// Value and tangent of [`solve`](Self::solve).
    pub fn solve_tangent(&self, self_dot: &Self, b: &[f64], b_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let x = self.solve(b);
        let (product, fitted) = (
            matrix_vector(&self_dot.matrix, &x),
            matrix_vector(&self.matrix, &x),
        );
        let right: Vec<f64> = b_dot.iter().zip(product).map(|(b, p)| b - p).collect();
        let mut rest = vec![0.0; self.cols];
        for (k, row) in self_dot.matrix.chunks_exact(self.cols.max(1)).enumerate() {
            let residual = b[k] - fitted[k];
            rest.iter_mut()
                .zip(row)
                .for_each(|(s, a)| *s += a * residual);
        }
        let rest = self.solve_gram(&rest);
        let first = self.solve(&right);
        let x_dot = first.iter().zip(rest).map(|(f, r)| f + r).collect();
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
        let y = self.solve_gram(seed);
        let n = self.cols;
        for i in 0..b.len() {
            let mut residual = b[i];
            let mut t = 0.0;
            for j in 0..n {
                residual -= self.matrix[i * n + j] * x[j];
                t += self.matrix[i * n + j] * y[j];
            }
            b_bar[i] += t;
            for j in 0..n {
                self_bar.matrix[i * n + j] += residual * y[j] - t * x[j];
            }
        }
        x
    }

    /// `x` with `AᵀA x = c`, without forming the product.
    ///
    /// # Panics
    ///
    /// If `c` has not as many entries as the matrix has columns.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn solve_gram(&self, c: &[f64]) -> Vec<f64> {
        let (_, r) = &*self.factors;
        let mut x = right_hand_side(c, self.cols);
        r.tr_solve_upper_triangular_mut(&mut x);
        r.solve_upper_triangular_mut(&mut x);
        x.as_slice().to_vec()
    }

    /// Value and tangent of [`solve_gram`](Self::solve_gram).
    pub fn solve_gram_tangent(
        &self,
        self_dot: &Self,
        c: &[f64],
        c_dot: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let (n, x) = (self.cols, self.solve_gram(c));
        let (fitted, product) = (
            matrix_vector(&self.matrix, &x),
            matrix_vector(&self_dot.matrix, &x),
        );
        let mut right = c_dot.to_vec();
        for i in 0..self.rows {
            for j in 0..n {
                right[j] -=
                    self_dot.matrix[i * n + j] * fitted[i] + self.matrix[i * n + j] * product[i];
            }
        }
        let x_dot = self.solve_gram(&right);
        (x, x_dot)
    }

    /// Value and adjoints of [`solve_gram`](Self::solve_gram).
    #[differentiate(forward)]
    pub fn solve_gram_adjoint(
        &self,
        self_bar: &mut Self,
        c: &[f64],
        c_bar: &mut [f64],
        seed: &Vec<f64>,
    ) -> Vec<f64> {
        let x = self.solve_gram(c);
        let t = self.solve_gram(seed);
        let n = c.len();
        for j in 0..n {
            c_bar[j] += t[j];
        }
        for i in 0..self.rows {
            let mut fitted = 0.0;
            let mut along = 0.0;
            for j in 0..n {
                fitted += self.matrix[i * n + j] * x[j];
                along += self.matrix[i * n + j] * t[j];
            }
            for j in 0..n {
                self_bar.matrix[i * n + j] -= fitted * t[j] + along * x[j];
            }
        }
        x
    }
}
