//! optimization_engine 0.12.0, MIT or Apache-2.0: `src/cholesky_factorizer.rs`, `src/constraints/ball2.rs`, `src/constraints/mod.rs`, `src/lib.rs`, `src/lipschitz_estimator.rs`, `src/matrix_operations.rs`.

use chainrule::{Differentiable, differentiate};
use num_traits::Float;
use std::iter::Sum;

// src/cholesky_factorizer.rs

#[derive(Differentiable, Debug, Clone)]
/// Cholesky factoriser
pub struct CholeskyFactorizer<T> {
    n: usize,
    cholesky_factor: Vec<T>, // row-major storage of the lower-triangular factor L
    is_factorized: bool,     // whether factorization has been completed
}

#[derive(Debug, Clone, PartialEq, Eq)]
/// Cholesky errors
pub enum CholeskyError {
    /// Not positive definite matrix
    NotPositiveDefinite,
    /// RHS dimension mismatch
    DimensionMismatch,
    /// Attempting to solve without having factorized
    NotFactorized,
}

#[differentiate]
impl<T: Float> CholeskyFactorizer<T> {
    /// Compute the Cholesky factorization $A = L L^\intercal$
    /// from a square matrix in row-major order.
    ///
    /// The input matrix must have dimension equal to the one used in `new(n)`.
    pub fn factorize(&mut self, a: &[T]) -> Result<(), CholeskyError> {
        self.is_factorized = false;
        if a.len() != self.n * self.n {
            return Err(CholeskyError::DimensionMismatch);
        }
        self.cholesky_factor.fill(T::zero());
        let n = self.n;

        for i in 0..n {
            let row_i = i * n;

            for j in 0..=i {
                let row_j = j * n;
                let mut sum = a[row_i + j];

                for k in 0..j {
                    sum = sum - self.cholesky_factor[row_i + k] * self.cholesky_factor[row_j + k];
                }

                if i == j {
                    if sum <= T::zero() {
                        return Err(CholeskyError::NotPositiveDefinite);
                    }
                    self.cholesky_factor[row_i + i] = sum.sqrt();
                } else {
                    self.cholesky_factor[row_i + j] = sum / self.cholesky_factor[row_j + j];
                }
            }
        }
        self.is_factorized = true;
        Ok(())
    }

    /// Solves the linear system $A x = b$ using the stored Cholesky factorization
    /// $A = L L^\intercal$.
    ///
    /// This method assumes that [`Self::factorize`] has already been called successfully,
    /// so that the lower-triangular Cholesky factor `L` is available internally.
    ///
    /// The solution is computed in two steps:
    ///
    /// 1. Forward substitution to solve $L y = b$
    /// 2. Back substitution to solve $L^\intercal x = y$
    ///
    /// # Arguments
    ///
    /// * `b` - Right-hand-side vector of length `n`
    ///
    /// # Returns
    ///
    /// Returns the solution vector `x` such that $A x = b$.
    ///
    /// # Errors
    ///
    /// Returns an error in the following cases:
    ///
    /// * `CholeskyError::NotFactorized` if no valid Cholesky factorization is currently
    ///   stored in the factorizer
    /// * `CholeskyError::DimensionMismatch` if `b.len() != n`, where `n` is the matrix dimension
    ///
    /// # Notes
    ///
    /// * The matrix `A` itself is not accessed directly; only its Cholesky factor `L` is used.
    /// * The Cholesky factor is stored internally in row-major order.
    /// * This method allocates temporary vectors for the intermediate solution `y` and the
    ///   final solution `x`.
    pub fn solve(&self, b: &[T]) -> Result<Vec<T>, CholeskyError> {
        if !self.is_factorized {
            return Err(CholeskyError::NotFactorized);
        }
        if b.len() != self.n {
            return Err(CholeskyError::DimensionMismatch);
        }

        let n = self.n;

        // Forward substitution: L y = b
        let mut y = vec![T::zero(); n];
        for i in 0..n {
            let row_i = i * n;
            let mut sum = b[i];
            for (&lij, &yj) in self.cholesky_factor[row_i..row_i + i]
                .iter()
                .zip(y[..i].iter())
            {
                sum = sum - lij * yj;
            }
            y[i] = sum / self.cholesky_factor[row_i + i];
        }

        // Back substitution: L^T x = y
        let mut x = vec![T::zero(); n];
        for i in (0..n).rev() {
            let mut sum = y[i];
            for (row_j, &xj) in self
                .cholesky_factor
                .chunks_exact(n)
                .skip(i + 1)
                .zip(x.iter().skip(i + 1))
            {
                sum = sum - row_j[i] * xj;
            }
            x[i] = sum / self.cholesky_factor[i * n + i];
        }

        Ok(x)
    }
}

// src/constraints/ball2.rs

#[derive(Differentiable, Copy, Clone)]
/// A Euclidean ball, that is, a set given by $B_2^r = \\{x \in \mathbb{R}^n {}:{} \Vert{}x{}\Vert \leq r\\}$
/// or a Euclidean ball centered at a point $x_c$, that is, $B_2^{x_c, r} = \\{x \in \mathbb{R}^n {}:{} \Vert{}x-x_c{}\Vert \leq r\\}$
pub struct Ball2<'a, T = f64> {
    center: Option<&'a [T]>,
    radius: T,
}

impl<'a, T> Constraint<T> for Ball2<'a, T>
where
    T: Float + Sum<T>,
{
    fn project(&self, x: &mut [T]) -> FunctionCallResult {
        if let Some(center) = &self.center {
            assert_eq!(
                x.len(),
                center.len(),
                "x and xc have incompatible dimensions"
            );
            let mut norm_difference = T::zero();
            x.iter().zip(center.iter()).for_each(|(a, b)| {
                let diff_ = *a - *b;
                norm_difference = norm_difference + diff_ * diff_
            });

            norm_difference = norm_difference.sqrt();

            if norm_difference > self.radius {
                x.iter_mut().zip(center.iter()).for_each(|(x, c)| {
                    *x = *c + self.radius * (*x - *c) / norm_difference;
                });
            }
        } else {
            let norm_x = matrix_operations::norm2(x);
            if norm_x > self.radius {
                let norm_over_radius = norm_x / self.radius;
                x.iter_mut().for_each(|x_| *x_ = *x_ / norm_over_radius);
            }
        }
        Ok(())
    }
}

// src/constraints/mod.rs

/// A set which can be used as a constraint
///
/// This trait defines an abstract function that allows to compute projections
/// on sets; this is implemented by a series of structures (see below for details)
pub trait Constraint<T = f64> {
    /// Projection onto the set, that is,
    ///
    /// $$
    /// \Pi_C(v) = \mathrm{argmin}_{z\in C}\Vert{}z-v{}\Vert
    /// $$
    ///
    /// ## Arguments
    ///
    /// - `x`: The given vector $x$ is updated with the projection on the set
    ///
    /// ## Errors
    ///
    /// Implementations should return `Err(...)` when the projection cannot be
    /// computed reliably because of a numerical or internal failure.
    ///
    /// ## Panics
    ///
    /// Implementations may still panic on clear API misuse, such as calling the
    /// projection with a slice of incompatible dimension.
    ///
    fn project(&self, x: &mut [T]) -> FunctionCallResult;
}

// src/lib.rs

/// Exceptions/errors that may arise while solving a problem.
///
/// In the Rust API, numerical failures are generally reported through
/// `Result<_, SolverError>`:
///
/// - user-provided callbacks may return [`SolverError::Cost`],
/// - set projections may return [`SolverError::ProjectionFailed`],
/// - non-finite intermediate values are reported via
///   [`SolverError::NotFiniteComputation`], and
/// - internal numerical/kernel issues are reported through
///   [`SolverError::LinearAlgebraFailure`] or
///   [`SolverError::InvalidProblemState`].
///
/// By contrast, blatant API misuse such as inconsistent slice dimensions may
/// still panic in some low-level routines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SolverError {
    /// If the gradient or cost function cannot be evaluated
    Cost(&'static str),
    /// Computation failed and NaN/Infinite value was obtained
    NotFiniteComputation(&'static str),
    /// A projection could not be computed numerically
    ProjectionFailed(&'static str),
    /// A linear algebra operation failed
    LinearAlgebraFailure(&'static str),
    /// The solver reached an unexpected internal state
    InvalidProblemState(&'static str),
}

/// Standard result type used by user callbacks and internal projection/codegen routines.
///
/// A successful call returns `Ok(())`. Failures should be reported with a
/// descriptive [`SolverError`] so optimizers can propagate the reason to the
/// caller.
pub type FunctionCallResult = Result<(), SolverError>;

// src/matrix_operations.rs

pub mod matrix_operations {
    use chainrule::differentiate;
    use num_traits::Float;
    use std::iter::Sum;
    use std::ops::Mul;

    #[differentiate]
    /// Calculate the 2-norm of a vector
    #[inline(always)]
    pub fn norm2<T>(a: &[T]) -> T
    where
        T: Float + Sum<T> + Mul<T, Output = T>,
    {
        let norm: T = norm2_squared(a);
        norm.sqrt()
    }

    #[differentiate]
    /// Calculate the 2-norm of a vector
    #[inline(always)]
    pub fn norm2_squared<T>(a: &[T]) -> T
    where
        T: Float + Sum<T> + Mul<T, Output = T>,
    {
        let norm: T = a.iter().map(|x| (*x) * (*x)).sum();
        norm
    }
}

// ---- tests

struct_shape!([] CholeskyFactorizer<f64> { cholesky_factor: Vec<f64> });

#[test]
fn factorizations() {
    let a = [4.0, 0.7, 0.3, 0.7, 3.0, -0.4, 0.3, -0.4, 2.0];
    let mut factors = CholeskyFactorizer {
        n: 3,
        cholesky_factor: vec![0.0; 9],
        is_factorized: false,
    };
    prove!(CholeskyFactorizer::factorize(ios factors.clone(), slice a) -> ok_unit);
    factors.factorize(&a).unwrap();
    prove!(CholeskyFactorizer::solve(rf factors, slice [0.3, -0.8, 1.2]) -> ok_vec);
}
