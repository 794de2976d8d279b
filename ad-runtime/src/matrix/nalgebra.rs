//! To nalgebra's dynamic matrices, which are stored column by column, and back.

use super::Matrix;
use nalgebra::{DMatrix, Scalar};

/// ```
/// use ad_runtime::Matrix;
/// use nalgebra::DMatrix;
///
/// let a = Matrix::from_vec(1, 2, vec![3.0, 4.0]);
/// assert_eq!(DMatrix::from(&a), DMatrix::from_row_slice(1, 2, &[3.0, 4.0]));
/// ```
impl<T: Scalar> From<&Matrix<T>> for DMatrix<T> {
    fn from(a: &Matrix<T>) -> Self {
        Self::from_row_slice(a.rows(), a.cols(), a.as_slice())
    }
}

impl<T: Scalar> From<Matrix<T>> for DMatrix<T> {
    fn from(a: Matrix<T>) -> Self {
        Self::from(&a)
    }
}

/// ```
/// use ad_runtime::Matrix;
/// use nalgebra::DMatrix;
///
/// let a = DMatrix::from_row_slice(1, 2, &[3.0, 4.0]);
/// assert_eq!(Matrix::from(&a), Matrix::from_vec(1, 2, vec![3.0, 4.0]));
/// ```
impl<T: Scalar> From<&DMatrix<T>> for Matrix<T> {
    fn from(a: &DMatrix<T>) -> Self {
        let rows = a.row_iter();
        let entries = rows.flat_map(|row| row.iter().cloned().collect::<Vec<T>>());
        Self::from_vec(a.nrows(), a.ncols(), entries.collect())
    }
}

impl<T: Scalar> From<DMatrix<T>> for Matrix<T> {
    fn from(a: DMatrix<T>) -> Self {
        Self::from(&a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for a in super::super::tests::some() {
            let there = DMatrix::from(a.clone());
            assert_eq!((there.nrows(), there.ncols()), (a.rows(), a.cols()));
            for i in 0..a.rows() {
                for j in 0..a.cols() {
                    assert_eq!(there[(i, j)], a[(i, j)]);
                }
            }
            assert_eq!(Matrix::from(there), a);
        }
    }
}
