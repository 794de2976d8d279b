//! The matrix that Jacobians and Hessians are returned in.

#[cfg(feature = "faer")]
mod faer;
#[cfg(feature = "nalgebra")]
mod nalgebra;
#[cfg(feature = "ndarray")]
mod ndarray;

use num_traits::Zero;
use std::fmt;
use std::ops::{Index, IndexMut};

/// A dense matrix, row by row in one vector.
///
/// With the features `nalgebra`, `ndarray` and `faer` it converts from and into `nalgebra::DMatrix`, `ndarray::Array2` and `faer::Mat` by `From`, by
/// value and by reference. Only the conversion into an `Array2` by value, and that from one which is stored row by row, copy nothing.
///
/// ```
/// use ad_runtime::Matrix;
///
/// let mut a = Matrix::from_vec(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// a[(0, 2)] = 9.0;
/// assert_eq!(a.row(0), [1.0, 2.0, 9.0]);
/// assert_eq!(a.transpose()[(2, 0)], 9.0);
/// ```
#[derive(Clone, PartialEq)]
pub struct Matrix<T> {
    rows: usize,
    cols: usize,
    data: Vec<T>,
}

impl<T> Matrix<T> {
    /// A matrix of zeros.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// assert_eq!(Matrix::<f64>::zeros(2, 2).as_slice(), [0.0; 4]);
    /// ```
    ///
    /// # Panics
    ///
    /// When `rows * cols` overflows.
    pub fn zeros(rows: usize, cols: usize) -> Self
    where
        T: Zero + Clone,
    {
        let data = vec![T::zero(); element_count(rows, cols)];
        Self { rows, cols, data }
    }

    /// The matrix whose rows stand one behind the other in `data`.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// let a = Matrix::from_vec(1, 2, vec![3.0, 4.0]);
    /// assert_eq!(a[(0, 1)], 4.0);
    /// ```
    ///
    /// # Panics
    ///
    /// When `data` does not have `rows * cols` elements.
    pub fn from_vec(rows: usize, cols: usize, data: Vec<T>) -> Self {
        let (needed, given) = (element_count(rows, cols), data.len());
        assert!(
            needed == given,
            "a {rows} by {cols} matrix has {needed} elements, but {given} were given"
        );
        Self { rows, cols, data }
    }

    /// The same where it is known that there are so many.
    #[inline(always)]
    pub(crate) fn of(rows: usize, cols: usize, data: Vec<T>) -> Self {
        debug_assert_eq!(rows * cols, data.len());
        Self { rows, cols, data }
    }

    /// The number of rows.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// assert_eq!(Matrix::<f64>::zeros(2, 3).rows(), 2);
    /// ```
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// assert_eq!(Matrix::<f64>::zeros(2, 3).cols(), 3);
    /// ```
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Row `i`.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// let a = Matrix::from_vec(2, 2, vec![1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(a.row(1), [3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[inline]
    pub fn row(&self, i: usize) -> &[T] {
        let start = self.offset_of_row(i);
        &self.data[start..start + self.cols]
    }

    /// Row `i`, to write to.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// let mut a = Matrix::zeros(2, 2);
    /// a.row_mut(0).copy_from_slice(&[1.0, 2.0]);
    /// assert_eq!(a.as_slice(), [1.0, 2.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[inline]
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        let start = self.offset_of_row(i);
        &mut self.data[start..start + self.cols]
    }

    /// All elements, row by row.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// let a = Matrix::from_vec(2, 1, vec![1.0, 2.0]);
    /// assert_eq!(a.as_slice().iter().sum::<f64>(), 3.0);
    /// ```
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// All elements, row by row, in the vector that held them.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// assert_eq!(Matrix::from_vec(1, 2, vec![1.0, 2.0]).into_vec(), vec![1.0, 2.0]);
    /// ```
    #[inline]
    pub fn into_vec(self) -> Vec<T> {
        self.data
    }

    /// The matrix with rows and columns exchanged.
    ///
    /// ```
    /// use ad_runtime::Matrix;
    ///
    /// let a = Matrix::from_vec(1, 2, vec![1.0, 2.0]);
    /// assert_eq!(a.transpose(), Matrix::from_vec(2, 1, vec![1.0, 2.0]));
    /// ```
    #[must_use]
    pub fn transpose(&self) -> Self
    where
        T: Clone,
    {
        let mut data = Vec::with_capacity(self.data.len());
        for j in 0..self.cols {
            data.extend((0..self.rows).map(|i| self.data[i * self.cols + j].clone()));
        }
        Self {
            rows: self.cols,
            cols: self.rows,
            data,
        }
    }

    #[inline]
    #[track_caller]
    fn offset_of_row(&self, i: usize) -> usize {
        assert!(i < self.rows, "row {i} of a matrix with {} rows", self.rows);
        i * self.cols
    }

    #[inline]
    #[track_caller]
    fn offset(&self, i: usize, j: usize) -> usize {
        let start = self.offset_of_row(i);
        let cols = self.cols;
        assert!(j < cols, "column {j} of a matrix with {cols} columns");
        start + j
    }
}

/// A matrix without elements.
impl<T> Default for Matrix<T> {
    fn default() -> Self {
        Self {
            rows: 0,
            cols: 0,
            data: Vec::new(),
        }
    }
}

impl<T> Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    #[inline]
    fn index(&self, (i, j): (usize, usize)) -> &T {
        &self.data[self.offset(i, j)]
    }
}

impl<T> IndexMut<(usize, usize)> for Matrix<T> {
    #[inline]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        let offset = self.offset(i, j);
        &mut self.data[offset]
    }
}

impl<T: fmt::Debug> fmt::Debug for Matrix<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matrix {}x{} ", self.rows, self.cols)?;
        let rows = (0..self.rows).map(|i| self.row(i));
        f.debug_list().entries(rows).finish()
    }
}

#[inline]
#[track_caller]
fn element_count(rows: usize, cols: usize) -> usize {
    match rows.checked_mul(cols) {
        Some(count) => count,
        None => panic!("a {rows} by {cols} matrix has too many elements"),
    }
}

#[cfg(test)]
mod tests {
    use super::Matrix;

    /// Matrices to convert: of several shapes, empty ones too.
    #[cfg(any(feature = "nalgebra", feature = "ndarray", feature = "faer"))]
    pub(super) fn some() -> Vec<Matrix<f64>> {
        let shapes = [(1, 1), (2, 3), (3, 2), (4, 1), (0, 2), (2, 0), (0, 0)];
        let filled = |(rows, cols)| {
            let entries = (0..rows * cols).map(|k| k as f64).collect();
            Matrix::from_vec(rows, cols, entries)
        };
        shapes.into_iter().map(filled).collect()
    }

    fn counting() -> Matrix<f64> {
        Matrix::from_vec(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    }

    #[test]
    fn is_row_major() {
        let a = counting();
        assert_eq!((a.rows(), a.cols()), (2, 3));
        assert_eq!((a[(0, 0)], a[(0, 2)], a[(1, 0)]), (1.0, 3.0, 4.0));
        assert_eq!(a.row(1), [4.0, 5.0, 6.0]);
        assert_eq!(a.into_vec(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn can_be_written_to() {
        let mut a = Matrix::<f32>::zeros(2, 2);
        a[(1, 0)] += 2.5;
        a.row_mut(0)[1] = 1.0;
        assert_eq!(a.as_slice(), [0.0, 1.0, 2.5, 0.0]);
    }

    #[test]
    fn transposes() {
        let a = counting();
        let t = a.transpose();
        assert_eq!((t.rows(), t.cols()), (3, 2));
        for i in 0..2 {
            for j in 0..3 {
                assert_eq!(a[(i, j)], t[(j, i)]);
            }
        }
        assert_eq!(t.transpose(), a);
    }

    #[test]
    fn may_be_empty() {
        let no_columns = Matrix::<f64>::zeros(2, 0);
        assert!(no_columns.row(1).is_empty());
        assert_eq!(no_columns.transpose(), Matrix::zeros(0, 2));
        assert_ne!(no_columns, Matrix::zeros(0, 2));
    }

    #[test]
    fn prints_its_rows() {
        let text = format!("{:?}", counting());
        assert_eq!(text, "Matrix 2x3 [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]");
    }

    #[test]
    #[should_panic(expected = "a 2 by 2 matrix has 4 elements, but 3 were given")]
    fn wrong_length_panics() {
        Matrix::from_vec(2, 2, vec![1.0; 3]);
    }

    #[test]
    #[should_panic(expected = "too many elements")]
    fn overflow_panics() {
        Matrix::<f64>::zeros(usize::MAX, 2);
    }

    #[test]
    #[should_panic(expected = "column 3 of a matrix with 3 columns")]
    fn a_column_too_far_panics() {
        let _ = counting()[(0, 3)];
    }

    #[test]
    #[should_panic(expected = "row 2 of a matrix with 2 rows")]
    fn a_row_too_far_panics() {
        counting().row(2);
    }
}
