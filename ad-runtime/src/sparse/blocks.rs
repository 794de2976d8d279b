//! Sparse Jacobians put together from dense ones.

use super::{Csc, Pattern, PatternError};
use num_traits::Zero;
use std::ops::Add;

/// Where the entries of dense blocks stand in a sparse matrix.
///
/// A function whose results come in groups, each of which depends on few inputs, has a Jacobian of blocks. Where the groups are one function
/// that is called again and again, its `f_jacobian_into` gives a block at the price of as many sweeps as that has rows or columns, and code
/// by hand could do no better; a colouring does not know where one call ends and the next begins, and needs a sweep for each column of a
/// block.
///
/// ```
/// use ad_runtime::sparse::Blocks;
///
/// // Each residual of a line through points (t, y) in the parameters (slope, offset) is one row; another fits the offset alone.
/// let blocks = Blocks::new(3, 2, [(vec![0], vec![0, 1]), (vec![1], vec![0, 1]), (vec![2], vec![1])]).unwrap();
/// let mut jacobian = blocks.matrix();
/// for (k, t) in [2.0, 3.0].iter().enumerate() {
///     blocks.put(k, &[*t, 1.0], &mut jacobian);
/// }
/// blocks.put(2, &[0.5], &mut jacobian);
/// assert_eq!(jacobian.to_matrix().as_slice(), [2.0, 1.0, 3.0, 1.0, 0.0, 0.5]);
/// ```
#[derive(Clone, Debug)]
pub struct Blocks {
    pattern: Pattern,
    /// Where each block starts in `places`, and the end of the last.
    starts: Vec<usize>,
    /// The places of the blocks' entries among those of the pattern, row by row.
    places: Vec<usize>,
}

impl Blocks {
    /// Blocks of a matrix of that size: the rows and the columns of each.
    ///
    /// # Errors
    ///
    /// When a row or a column lies outside the matrix.
    pub fn new<R: AsRef<[usize]>, C: AsRef<[usize]>>(
        rows: usize,
        cols: usize,
        blocks: impl IntoIterator<Item = (R, C)>,
    ) -> Result<Self, PatternError> {
        let (mut pairs, mut starts) = (Vec::new(), vec![0]);
        for (rows, cols) in blocks {
            for row in rows.as_ref() {
                pairs.extend(cols.as_ref().iter().map(|col| (*row, *col)));
            }
            starts.push(pairs.len());
        }
        let pattern = Pattern::new(rows, cols, pairs.iter().copied())?;
        let place = |(row, col)| pattern.position(row, col);
        let places = pairs.into_iter().filter_map(place).collect();
        Ok(Self {
            pattern,
            starts,
            places,
        })
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no block.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All places of all blocks.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Whether two entries stand at the same place: in blocks that share it, or in one that has a row or a column twice.
    pub fn overlap(&self) -> bool {
        self.places.len() > self.pattern.entries()
    }

    /// A matrix of zeros for the blocks.
    pub fn matrix<T: Zero + Clone>(&self) -> Csc<T> {
        Csc::zeros(self.pattern.clone())
    }

    /// Puts the entries of block `k`, row by row, in their places.
    ///
    /// # Panics
    ///
    /// When there is no such block, when it does not have as many entries, when the matrix has not the pattern of the blocks, or when blocks
    /// overlap: one would take the other's place.
    pub fn put<T: Copy>(&self, k: usize, entries: &[T], matrix: &mut Csc<T>) {
        assert!(!self.overlap(), "blocks that overlap have to be added");
        self.each(k, entries, matrix, |place, entry| *place = entry);
    }

    /// Adds the entries of block `k`, row by row, to what stands in their places.
    ///
    /// ```
    /// use ad_runtime::sparse::Blocks;
    ///
    /// // A sum of terms in neighbours: Hessians of the terms overlap on the diagonal.
    /// let blocks = Blocks::new(3, 3, [[0, 1], [1, 2]].map(|pair| (pair, pair))).unwrap();
    /// let mut hessian = blocks.matrix();
    /// for k in 0..blocks.len() {
    ///     blocks.add(k, &[2.0, -1.0, -1.0, 2.0], &mut hessian);
    /// }
    /// assert_eq!((hessian.get(1, 1), hessian.get(1, 2)), (4.0, -1.0));
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such block, when it does not have as many entries, or when the matrix has not the pattern of the blocks.
    pub fn add<T: Copy + Add<Output = T>>(&self, k: usize, entries: &[T], matrix: &mut Csc<T>) {
        self.each(k, entries, matrix, |place, entry| *place = *place + entry);
    }

    #[inline]
    fn each<T: Copy>(
        &self,
        k: usize,
        entries: &[T],
        matrix: &mut Csc<T>,
        mut f: impl FnMut(&mut T, T),
    ) {
        let count = self.len();
        assert!(k < count, "block {k} of {count}");
        let places = &self.places[self.starts[k]..self.starts[k + 1]];
        let (needed, given) = (places.len(), entries.len());
        assert!(
            needed == given,
            "block {k} has {needed} entries, but {given} were given"
        );
        assert!(
            matrix.pattern().is_same(&self.pattern),
            "the matrix has not the pattern of the blocks"
        );
        let values = matrix.values_mut();
        for (place, entry) in places.iter().zip(entries) {
            f(&mut values[*place], *entry);
        }
    }
}
