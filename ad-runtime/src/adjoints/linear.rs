//! Dense linear algebra.
//!
//! A factorization is a value that holds its matrix and the factors. Derivatives flow through the matrix; the factors are reused by
//! every solution and by its adjoint, so that a gradient costs one factorization and a few products.
//!
//! ```
//! # extern crate ad_runtime as chainrule;
//! use chainrule::adjoints::linear;
//! # use ad_macros::differentiate;
//!
//! /// What a load `b` does to a structure: `½ bᵀ A⁻¹ b`.
//! #[differentiate]
//! fn compliance(a: &[f64], b: &[f64]) -> Result<f64, linear::Singular> {
//!     let x = linear::lu(a, b.len())?.solve(b);
//!     Ok((0..b.len()).map(|i| 0.5 * b[i] * x[i]).sum())
//! }
//!
//! let (value, (a_bar, b_bar)) = compliance_gradient(&[2.0, 0.0, 0.0, 4.0], &[2.0, 4.0])?;
//! assert_eq!((value, b_bar), (3.0, vec![1.0, 1.0]));
//! assert_eq!(a_bar, [-0.5, -0.5, -0.5, -0.5]);
//! # Ok::<(), linear::Singular>(())
//! ```

mod cholesky;
mod eigen;
mod least_squares;
mod lu;
mod triangular;

// Whole modules: companions are found beside the functions.
pub use cholesky::*;
pub use eigen::*;
pub use least_squares::*;
pub use lu::*;
pub use triangular::*;

/// Why there is no factorization.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Singular {
    /// A pivot is zero: the matrix is singular, or its columns depend on each other.
    Pivot,
    /// The matrix is not positive definite.
    NotPositive,
    /// The matrix holds infinite numbers or NaN.
    NotFinite,
}

impl std::fmt::Display for Singular {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Singular::Pivot => "the matrix is singular",
            Singular::NotPositive => "the matrix is not positive definite",
            Singular::NotFinite => "the matrix holds numbers that are not finite",
        })
    }
}

impl std::error::Error for Singular {}

/// A matrix of the library's, from the rows of a slice.
fn matrix(a: &[f64], rows: usize, cols: usize) -> nalgebra::DMatrix<f64> {
    assert_eq!(
        a.len(),
        rows * cols,
        "a matrix of {rows} rows and {cols} columns has {} entries",
        rows * cols
    );
    nalgebra::DMatrix::from_row_slice(rows, cols, a)
}

/// The same, if all numbers are finite.
fn finite(a: &[f64], rows: usize, cols: usize) -> Result<nalgebra::DMatrix<f64>, Singular> {
    match a.iter().all(|x| x.is_finite()) {
        true => Ok(matrix(a, rows, cols)),
        false => Err(Singular::NotFinite),
    }
}

/// The entries, row by row.
fn entries(m: &nalgebra::DMatrix<f64>) -> Vec<f64> {
    m.transpose().as_slice().to_vec()
}

fn right_hand_side(b: &[f64], n: usize) -> nalgebra::DVector<f64> {
    assert_eq!(b.len(), n, "the right-hand side has {n} entries");
    nalgebra::DVector::from_column_slice(b)
}

/// `A x`
fn matrix_vector(a: &[f64], x: &[f64]) -> Vec<f64> {
    let row = |row: &[f64]| row.iter().zip(x).map(|(a, x)| a * x).sum();
    a.chunks_exact(x.len().max(1)).map(row).collect()
}

/// `A x` for a symmetric matrix of which the lower triangle is read.
fn symmetric_vector(a: &[f64], x: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; x.len()];
    for (i, row) in a.chunks_exact(x.len().max(1)).enumerate() {
        let below = &row[..i];
        product[i] = row[i] * x[i] + below.iter().zip(x).map(|(a, x)| a * x).sum::<f64>();
        let above = product[..i].iter_mut().zip(below);
        above.for_each(|(p, a)| *p += a * x[i]);
    }
    product
}
