//! To ndarray's two-dimensional arrays, without a copy, and back.

use super::Matrix;
use ndarray::Array2;

/// The vector of the elements becomes the array's.
///
/// ```
/// use ad_runtime::Matrix;
/// use ndarray::{Array2, array};
///
/// let a = Matrix::from_vec(1, 2, vec![3.0, 4.0]);
/// assert_eq!(Array2::from(a), array![[3.0, 4.0]]);
/// ```
impl<T> From<Matrix<T>> for Array2<T> {
    fn from(a: Matrix<T>) -> Self {
        let shape = (a.rows(), a.cols());
        Self::from_shape_vec(shape, a.into_vec())
            .expect("a matrix has as many elements as its shape")
    }
}

impl<T: Clone> From<&Matrix<T>> for Array2<T> {
    fn from(a: &Matrix<T>) -> Self {
        Self::from(a.clone())
    }
}

/// The array's elements are copied if they are not stored row by row.
///
/// ```
/// use ad_runtime::Matrix;
/// use ndarray::array;
///
/// let a = array![[3.0], [4.0]].reversed_axes();
/// assert_eq!(Matrix::from(a), Matrix::from_vec(1, 2, vec![3.0, 4.0]));
/// ```
impl<T: Clone> From<Array2<T>> for Matrix<T> {
    fn from(a: Array2<T>) -> Self {
        let (rows, cols) = a.dim();
        if a.is_standard_layout() {
            // A piece of an array keeps the whole array's vector.
            let (mut entries, start) = a.into_raw_vec_and_offset();
            entries.truncate(start.unwrap_or(0) + rows * cols);
            entries.drain(..start.unwrap_or(0));
            return Self::from_vec(rows, cols, entries);
        }
        Self::from(&a)
    }
}

impl<T: Clone> From<&Array2<T>> for Matrix<T> {
    fn from(a: &Array2<T>) -> Self {
        let (rows, cols) = a.dim();
        Self::from_vec(rows, cols, a.iter().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::ndarray::{Axis, Slice};

    #[test]
    fn there_and_back() {
        for a in super::super::tests::some() {
            let there = Array2::from(&a);
            assert_eq!(there.dim(), (a.rows(), a.cols()));
            for ((i, j), entry) in there.indexed_iter() {
                assert_eq!(*entry, a[(i, j)]);
            }
            assert_eq!(Matrix::from(there.clone()), a);
            assert_eq!(Matrix::from(there.t().to_owned()), a.transpose());
            assert_eq!(Matrix::from(there.reversed_axes()), a.transpose());
        }
    }

    #[test]
    fn pieces_of_arrays() {
        let a = Matrix::from_vec(3, 2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let piece = |axis, range: std::ops::Range<isize>| {
            let mut piece = Array2::from(&a);
            piece.slice_axis_inplace(Axis(axis), Slice::from(range));
            Matrix::from(piece)
        };
        let below = vec![3.0, 4.0, 5.0, 6.0];
        assert_eq!(piece(0, 1..3), Matrix::from_vec(2, 2, below));
        assert_eq!(piece(0, 0..1), Matrix::from_vec(1, 2, vec![1.0, 2.0]));
        assert_eq!(piece(0, 1..1), Matrix::zeros(0, 2));
        let right = vec![2.0, 4.0, 6.0];
        assert_eq!(piece(1, 1..2), Matrix::from_vec(3, 1, right));
    }
}
