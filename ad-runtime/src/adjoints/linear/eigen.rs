//! Eigenvalues and eigenvectors of symmetric matrices.

use super::{Singular, finite};
use ad_macros::{Differentiable, differentiate};
use std::sync::Arc;

/// A symmetric matrix with its eigenvalues, in ascending order, and eigenvectors, made by [`eigen`].
///
/// Only the lower triangle of the matrix is read, and only it gets adjoints: an entry below the diagonal counts for both places where it
/// stands. The eigenvalue `λᵢ` has the tangent `vᵢᵀ Ȧ vᵢ`, the eigenvector `vᵢ` the tangent `Σⱼ vⱼ (vⱼᵀ Ȧ vᵢ) / (λᵢ − λⱼ)` over all
/// others (J. Magnus, On differentiating eigenvalues and eigenvectors, 1985). Eigenvectors of an eigenvalue that stands there twice are
/// not unique: they have no derivative, and neither has their eigenvalue a second one. What is asked of them is infinite
/// or NaN.
#[derive(Clone, Debug, Differentiable)]
pub struct Eigen {
    matrix: Vec<f64>,
    n: usize,
    #[constant]
    found: Arc<(Vec<f64>, Vec<f64>)>,
}

/// The eigenvalues and eigenvectors of a symmetric matrix of `n` rows, of which the lower triangle is read.
///
/// # Errors
///
/// [`Singular::NotFinite`] if an entry is no finite number.
///
/// # Panics
///
/// If `a` has not `n * n` entries.
#[differentiate(forward, reverse, hessian)]
pub fn eigen(a: &[f64], n: usize) -> Result<Eigen, Singular> {
    let found = crate::constant(found_in(a, n)?);
    Ok(Eigen {
        matrix: a.to_vec(),
        n,
        found,
    })
}

/// Values, and vectors as the columns of a matrix. The largest component of a vector is positive.
fn found_in(a: &[f64], n: usize) -> Result<Arc<(Vec<f64>, Vec<f64>)>, Singular> {
    let whole = finite(a, n, n)?.symmetric_eigen();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| whole.eigenvalues[i].total_cmp(&whole.eigenvalues[j]));
    let values = order.iter().map(|&k| whole.eigenvalues[k]).collect();
    let mut vectors = vec![0.0; n * n];
    for (j, &k) in order.iter().enumerate() {
        let column = whole.eigenvectors.column(k);
        let sign = column[column.iamax()].signum();
        for i in 0..n {
            vectors[i * n + j] = sign * column[i];
        }
    }
    Ok(Arc::new((values, vectors)))
}

impl Eigen {
    /// The number of rows.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The eigenvalues, in ascending order.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn values(&self) -> Vec<f64> {
        self.found.0.clone()
    }

    /// Value and tangent of [`values`](Self::values).
    pub fn values_tangent(&self, self_dot: &Self) -> (Vec<f64>, Vec<f64>) {
        let (n, inner) = (self.n, self.inner(self_dot));
        (self.values(), (0..n).map(|i| inner[i * n + i]).collect())
    }

    /// Value and adjoint of [`values`](Self::values).
    #[differentiate(forward)]
    pub fn values_adjoint(&self, self_bar: &mut Self, seed: &Vec<f64>) -> Vec<f64> {
        let n = self.n;
        let v = self.vectors();
        for i in 0..n {
            for j in 0..=i {
                let mut sum = 0.0;
                for k in 0..n {
                    sum += v[i * n + k] * seed[k] * v[j * n + k];
                }
                self_bar.matrix[i * n + j] += if i == j { sum } else { 2.0 * sum };
            }
        }
        self.values()
    }

    /// The eigenvectors: the columns of a matrix, given row by row, in the order of the values. Each has length one, and its largest
    /// component is positive.
    #[differentiate(custom, forward, reverse, hessian)]
    pub fn vectors(&self) -> Vec<f64> {
        self.found.1.clone()
    }

    /// Value and tangent of [`vectors`](Self::vectors).
    pub fn vectors_tangent(&self, self_dot: &Self) -> (Vec<f64>, Vec<f64>) {
        let (n, inner) = (self.n, self.inner(self_dot));
        let (values, v) = (&self.found.0, &self.found.1);
        let mut dot = vec![0.0; n * n];
        for i in 0..n {
            for j in (0..n).filter(|j| *j != i) {
                let share = inner[j * n + i] / (values[i] - values[j]);
                for k in 0..n {
                    dot[k * n + i] += v[k * n + j] * share;
                }
            }
        }
        (self.vectors(), dot)
    }

    /// Value and adjoint of [`vectors`](Self::vectors).
    #[differentiate(forward)]
    pub fn vectors_adjoint(&self, self_bar: &mut Self, seed: &Vec<f64>) -> Vec<f64> {
        let n = self.n;
        let values = self.values();
        let v = self.vectors();
        // vⱼᵀ v̄ᵢ / (λᵢ − λⱼ), and what the eigenvectors make of it.
        let mut shares = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                if i != j {
                    let mut sum = 0.0;
                    for k in 0..n {
                        sum += v[k * n + j] * seed[k * n + i];
                    }
                    shares[j * n + i] = sum / (values[i] - values[j]);
                }
            }
        }
        let mut half = vec![0.0; n * n];
        for k in 0..n {
            for i in 0..n {
                let mut sum = 0.0;
                for j in 0..n {
                    sum += v[k * n + j] * shares[j * n + i];
                }
                half[k * n + i] = sum;
            }
        }
        for k in 0..n {
            for l in 0..n {
                let mut sum = 0.0;
                for i in 0..n {
                    sum += half[k * n + i] * v[l * n + i];
                }
                if l <= k {
                    self_bar.matrix[k * n + l] += sum;
                } else {
                    self_bar.matrix[l * n + k] += sum;
                }
            }
        }
        v
    }

    /// `Vᵀ Ȧ V`
    fn inner(&self, self_dot: &Self) -> Vec<f64> {
        let n = self.n;
        let v = nalgebra::DMatrix::from_row_slice(n, n, &self.found.1);
        let dot = nalgebra::DMatrix::from_fn(n, n, |i, j| self_dot.matrix[i.max(j) * n + i.min(j)]);
        super::entries(&(v.transpose() * dot * v))
    }
}
