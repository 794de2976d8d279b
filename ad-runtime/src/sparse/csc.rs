//! A sparse matrix.

use super::Pattern;
use crate::Matrix;
use num_traits::Zero;
use std::fmt;

/// A sparse matrix by compressed columns: a [`Pattern`] and a value for each of its entries.
///
/// ```
/// use ad_runtime::sparse::{Csc, Pattern};
///
/// let a = Csc::new(Pattern::banded(2, 0, 1), vec![1.0, 2.0, 3.0]);
/// assert_eq!((a.rows(), a.cols(), a.entries()), (2, 2, 3));
/// assert_eq!((a.get(0, 1), a.get(1, 0)), (2.0, 0.0));
/// assert_eq!(a.times(&[1.0, 10.0]), [21.0, 30.0]);
/// assert_eq!(a.to_matrix().as_slice(), [1.0, 2.0, 0.0, 3.0]);
/// ```
#[derive(Clone, PartialEq)]
pub struct Csc<T> {
    pattern: Pattern,
    values: Vec<T>,
}

impl<T> Csc<T> {
    /// The matrix with these values, column by column.
    ///
    /// # Panics
    ///
    /// When there are not as many values as entries.
    pub fn new(pattern: Pattern, values: Vec<T>) -> Self {
        let (needed, given) = (pattern.entries(), values.len());
        assert!(
            needed == given,
            "a pattern with {needed} entries has as many values, but {given} were given"
        );
        Self { pattern, values }
    }

    /// A matrix of zeros that has a place for each entry of the pattern.
    ///
    /// ```
    /// use ad_runtime::sparse::{Csc, Pattern};
    ///
    /// assert_eq!(Csc::<f64>::zeros(Pattern::banded(2, 0, 0)).values(), [0.0; 2]);
    /// ```
    pub fn zeros(pattern: Pattern) -> Self
    where
        T: Zero + Clone,
    {
        let values = vec![T::zero(); pattern.entries()];
        Self { pattern, values }
    }

    /// The number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.pattern.rows()
    }

    /// The number of columns.
    #[inline]
    pub fn cols(&self) -> usize {
        self.pattern.cols()
    }

    /// The number of entries, zeros among them included.
    #[inline]
    pub fn entries(&self) -> usize {
        self.values.len()
    }

    /// Where the entries stand.
    #[inline]
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Those of all entries. There have to be as many when the caller has done with them.
    pub(super) fn values_vec(&mut self) -> &mut Vec<T> {
        &mut self.values
    }

    /// The values of all entries, column by column.
    #[inline]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The same, to write to.
    #[inline]
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The values of all entries, in the vector that held them.
    pub fn into_values(self) -> Vec<T> {
        self.values
    }

    /// The entries of column `j`: their rows, and their values.
    ///
    /// ```
    /// use ad_runtime::sparse::{Csc, Pattern};
    ///
    /// let a = Csc::new(Pattern::banded(2, 1, 0), vec![1.0, 2.0, 3.0]);
    /// assert_eq!(a.column(0), ([0, 1].as_slice(), [1.0, 2.0].as_slice()));
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such column.
    #[inline]
    pub fn column(&self, j: usize) -> (&[usize], &[T]) {
        (self.pattern.column(j), &self.values[self.pattern.range(j)])
    }

    /// All entries: row, column and value, column by column.
    ///
    /// ```
    /// use ad_runtime::sparse::{Csc, Pattern};
    ///
    /// let a = Csc::new(Pattern::banded(2, 1, 0), vec![1.0, 2.0, 3.0]);
    /// assert_eq!(a.triplets().map(|(_, _, v)| v).sum::<f64>(), 6.0);
    /// ```
    pub fn triplets(&self) -> impl Iterator<Item = (usize, usize, T)> + '_
    where
        T: Clone,
    {
        let places = self.pattern.pairs().zip(&self.values);
        places.map(|((i, j), value)| (i, j, value.clone()))
    }

    /// The element at that place, zero where there is no entry.
    ///
    /// # Panics
    ///
    /// When the place lies outside the matrix.
    pub fn get(&self, row: usize, col: usize) -> T
    where
        T: Zero + Clone,
    {
        let (rows, cols) = (self.rows(), self.cols());
        assert!(
            row < rows && col < cols,
            "the place ({row}, {col}) of a {rows} by {cols} matrix"
        );
        match self.pattern.position(row, col) {
            Some(at) => self.values[at].clone(),
            None => T::zero(),
        }
    }

    /// The product with a vector.
    ///
    /// # Panics
    ///
    /// When the vector does not have an element for each column.
    pub fn times(&self, x: &[T]) -> Vec<T>
    where
        T: Zero + Copy + std::ops::Mul<Output = T>,
    {
        let (cols, given) = (self.cols(), x.len());
        assert!(
            cols == given,
            "a matrix with {cols} columns times a vector of {given} elements"
        );
        let mut out = vec![T::zero(); self.rows()];
        for (i, j, value) in self.triplets() {
            out[i] = out[i] + value * x[j];
        }
        out
    }

    /// The dense matrix with the same elements.
    pub fn to_matrix(&self) -> Matrix<T>
    where
        T: Zero + Clone,
    {
        let mut out = Matrix::zeros(self.rows(), self.cols());
        for (i, j, value) in self.triplets() {
            out[(i, j)] = value;
        }
        out
    }
}

impl<T: fmt::Debug + Clone> fmt::Debug for Csc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Csc {}x{} ", self.rows(), self.cols())?;
        let entries = self.triplets().map(|(i, j, value)| ((i, j), value));
        f.debug_map().entries(entries).finish()
    }
}
