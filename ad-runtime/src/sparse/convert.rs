//! Conversions to other crates' sparse matrices, each behind a feature of its crate's name.

#[allow(unused_imports)]
use super::Csc;

/// Behind the feature `nalgebra-sparse`. The values are moved.
#[cfg(feature = "nalgebra-sparse")]
impl<T> From<Csc<T>> for nalgebra_sparse::CscMatrix<T> {
    fn from(a: Csc<T>) -> Self {
        let (rows, cols) = (a.rows(), a.cols());
        let (starts, indices) = (
            a.pattern().starts().to_vec(),
            a.pattern().indices().to_vec(),
        );
        Self::try_from_csc_data(rows, cols, starts, indices, a.into_values())
            .expect("a pattern's columns are in order")
    }
}

/// Behind the feature `sprs`: a matrix by compressed columns. The values are moved.
#[cfg(feature = "sprs")]
impl<T> From<Csc<T>> for sprs::CsMat<T> {
    fn from(a: Csc<T>) -> Self {
        let (rows, cols) = (a.rows(), a.cols());
        let (starts, indices) = (
            a.pattern().starts().to_vec(),
            a.pattern().indices().to_vec(),
        );
        Self::new_csc((rows, cols), starts, indices, a.into_values())
    }
}

/// Behind the feature `faer`. The values are moved.
#[cfg(feature = "faer")]
impl<T> From<Csc<T>> for faer::sparse::SparseColMat<usize, T> {
    fn from(a: Csc<T>) -> Self {
        let (rows, cols) = (a.rows(), a.cols());
        let (starts, indices) = (
            a.pattern().starts().to_vec(),
            a.pattern().indices().to_vec(),
        );
        let symbolic =
            faer::sparse::SymbolicSparseColMat::new_checked(rows, cols, starts, None, indices);
        Self::new(symbolic, a.into_values())
    }
}

#[cfg(all(test, feature = "nalgebra-sparse", feature = "sprs", feature = "faer"))]
mod tests {
    use crate::sparse::{Csc, Pattern};

    /// An empty column and an empty row among others.
    fn example() -> Csc<f64> {
        let p = Pattern::new(4, 3, [(0, 0), (3, 0), (1, 2), (3, 2)]).unwrap();
        Csc::new(p, vec![1.0, 2.0, 3.0, 4.0])
    }

    fn check(rows: usize, cols: usize, get: impl Fn(usize, usize) -> f64) {
        let a = example();
        assert_eq!((rows, cols), (a.rows(), a.cols()));
        for i in 0..rows {
            for j in 0..cols {
                assert_eq!(get(i, j), a.get(i, j));
            }
        }
    }

    #[test]
    fn the_same_elements_everywhere() {
        let a = nalgebra_sparse::CscMatrix::from(example());
        assert_eq!(a.nnz(), 4);
        check(a.nrows(), a.ncols(), |i, j| {
            a.get_entry(i, j).unwrap().into_value()
        });
        let a = sprs::CsMat::from(example());
        assert!(a.is_csc());
        assert_eq!(a.nnz(), 4);
        check(a.rows(), a.cols(), |i, j| {
            a.get(i, j).copied().unwrap_or(0.0)
        });
        let a = faer::sparse::SparseColMat::from(example());
        assert_eq!(a.compute_nnz(), 4);
        check(a.nrows(), a.ncols(), |i, j| {
            a.get(i, j).copied().unwrap_or(0.0)
        });
    }
}
