//! To faer's matrices, which are stored column by column, and back.

use super::Matrix;
use faer::Mat;

/// ```
/// use ad_runtime::Matrix;
/// use faer::{Mat, mat};
///
/// let a = Matrix::from_vec(1, 2, vec![3.0, 4.0]);
/// assert_eq!(Mat::from(&a), mat![[3.0, 4.0]]);
/// ```
impl<T: Clone> From<&Matrix<T>> for Mat<T> {
    fn from(a: &Matrix<T>) -> Self {
        Self::from_fn(a.rows(), a.cols(), |i, j| a[(i, j)].clone())
    }
}

impl<T: Clone> From<Matrix<T>> for Mat<T> {
    fn from(a: Matrix<T>) -> Self {
        Self::from(&a)
    }
}

/// ```
/// use ad_runtime::Matrix;
/// use faer::mat;
///
/// let a = mat![[3.0, 4.0]];
/// assert_eq!(Matrix::from(&a), Matrix::from_vec(1, 2, vec![3.0, 4.0]));
/// ```
impl<T: Clone> From<&Mat<T>> for Matrix<T> {
    fn from(a: &Mat<T>) -> Self {
        let (rows, cols) = (a.nrows(), a.ncols());
        let entries = (0..rows * cols).map(|k| a[(k / cols, k % cols)].clone());
        Self::from_vec(rows, cols, entries.collect())
    }
}

impl<T: Clone> From<Mat<T>> for Matrix<T> {
    fn from(a: Mat<T>) -> Self {
        Self::from(&a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for a in super::super::tests::some() {
            let there = Mat::from(a.clone());
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
