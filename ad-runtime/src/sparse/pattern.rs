//! Where a matrix may be nonzero.

use super::PatternError;
use std::fmt;
use std::sync::Arc;

/// The places of a matrix that may be nonzero, by columns; rows ascend within a column.
///
/// A clone shares the structure.
///
/// ```
/// use ad_runtime::sparse::Pattern;
///
/// let p = Pattern::new(2, 3, [(0, 2), (1, 0), (0, 0)]).unwrap();
/// assert_eq!(p.entries(), 3);
/// assert_eq!(p.column(0), [0, 1]);
/// assert!(p.contains(0, 2) && !p.contains(1, 2));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern {
    rows: usize,
    /// Where each column starts in `indices`, and the end of the last.
    starts: Arc<[usize]>,
    /// The rows of the entries.
    indices: Arc<[usize]>,
}

impl Pattern {
    /// The pattern of a matrix of that size with entries at these pairs of row and column. Pairs may come in any order and more than once.
    ///
    /// # Errors
    ///
    /// When a pair lies outside the matrix.
    pub fn new(
        rows: usize,
        cols: usize,
        pairs: impl IntoIterator<Item = (usize, usize)>,
    ) -> Result<Self, PatternError> {
        let mut all = Vec::new();
        for (row, col) in pairs {
            if row >= rows || col >= cols {
                return Err(PatternError::Outside {
                    row,
                    col,
                    rows,
                    cols,
                });
            }
            all.push((row, col));
        }
        // Sorting by counting, first by rows, then by columns: linear, and stable, so rows ascend in each column.
        let by_row = bucket(rows, &all, |&(row, _)| row);
        let by_col = bucket(cols, &by_row, |&(_, col)| col);
        let mut starts = vec![0; cols + 1];
        let mut indices = Vec::with_capacity(by_col.len());
        let mut last = None;
        for pair in by_col {
            if last != Some(pair) {
                indices.push(pair.0);
                starts[pair.1 + 1] += 1;
            }
            last = Some(pair);
        }
        for j in 0..cols {
            starts[j + 1] += starts[j];
        }
        Ok(Self {
            rows,
            starts: starts.into(),
            indices: indices.into(),
        })
    }

    /// The pattern whose compressed columns these are: column `j` has the rows `indices[starts[j]..starts[j + 1]]`.
    ///
    /// ```
    /// use ad_runtime::sparse::Pattern;
    ///
    /// let p = Pattern::from_columns(2, vec![0, 1, 3], vec![1, 0, 1]).unwrap();
    /// assert_eq!((p.cols(), p.column(1)), (2, [0, 1].as_slice()));
    /// ```
    ///
    /// # Errors
    ///
    /// When `starts` does not begin with 0, descends, or does not end with the number of indices; when rows do not ascend within a
    /// column, or lie outside the matrix.
    pub fn from_columns(
        rows: usize,
        starts: Vec<usize>,
        indices: Vec<usize>,
    ) -> Result<Self, PatternError> {
        let ends = starts.first() == Some(&0) && starts.last() == Some(&indices.len());
        if !ends || starts.windows(2).any(|w| w[0] > w[1]) {
            return Err(PatternError::Starts);
        }
        let cols = starts.len() - 1;
        for (col, w) in starts.windows(2).enumerate() {
            let column = &indices[w[0]..w[1]];
            if let Some(&row) = column.iter().find(|r| **r >= rows) {
                return Err(PatternError::Outside {
                    row,
                    col,
                    rows,
                    cols,
                });
            }
            if column.windows(2).any(|r| r[0] >= r[1]) {
                return Err(PatternError::Unsorted { col });
            }
        }
        Ok(Self {
            rows,
            starts: starts.into(),
            indices: indices.into(),
        })
    }

    /// The pattern in which every place may be nonzero.
    ///
    /// ```
    /// use ad_runtime::sparse::Pattern;
    ///
    /// assert_eq!(Pattern::dense(2, 3).entries(), 6);
    /// ```
    pub fn dense(rows: usize, cols: usize) -> Self {
        Self {
            rows,
            starts: (0..=cols).map(|j| j * rows).collect(),
            indices: (0..cols).flat_map(|_| 0..rows).collect(),
        }
    }

    /// The pattern of a square band matrix, with so many diagonals below and above the main one.
    ///
    /// ```
    /// use ad_runtime::sparse::Pattern;
    ///
    /// assert_eq!(Pattern::banded(4, 1, 0).column(2), [2, 3]);
    /// ```
    pub fn banded(size: usize, below: usize, above: usize) -> Self {
        let (mut starts, mut indices) = (vec![0], Vec::new());
        for j in 0..size {
            indices.extend(
                j.saturating_sub(above)..size.min(j.saturating_add(below).saturating_add(1)),
            );
            starts.push(indices.len());
        }
        Self {
            rows: size,
            starts: starts.into(),
            indices: indices.into(),
        }
    }

    /// The number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[inline]
    pub fn cols(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of places that may be nonzero.
    #[inline]
    pub fn entries(&self) -> usize {
        self.indices.len()
    }

    /// The rows of column `j`, ascending.
    ///
    /// # Panics
    ///
    /// When there is no such column.
    #[inline]
    pub fn column(&self, j: usize) -> &[usize] {
        &self.indices[self.range(j)]
    }

    /// Where the entries of column `j` stand among all.
    #[inline]
    pub(super) fn range(&self, j: usize) -> std::ops::Range<usize> {
        self.starts[j]..self.starts[j + 1]
    }

    /// Whether it is equal, at no price for one that shares the structure.
    #[inline]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let shared = Arc::ptr_eq(&self.indices, &other.indices)
            && Arc::ptr_eq(&self.starts, &other.starts)
            && self.rows == other.rows;
        shared || self == other
    }

    /// Where the entry stands among all, if there is one.
    #[inline]
    pub(super) fn position(&self, row: usize, col: usize) -> Option<usize> {
        let within = self.column(col).binary_search(&row).ok()?;
        Some(self.starts[col] + within)
    }

    /// Where each column starts among the entries, and the end of the last.
    #[inline]
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The rows of all entries, column by column.
    #[inline]
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// Whether the matrix may be nonzero there. No place outside the matrix is.
    pub fn contains(&self, row: usize, col: usize) -> bool {
        col < self.cols() && self.position(row, col).is_some()
    }

    /// All entries as pairs of row and column, column by column.
    ///
    /// ```
    /// use ad_runtime::sparse::Pattern;
    ///
    /// let p = Pattern::banded(2, 1, 0);
    /// assert_eq!(p.pairs().collect::<Vec<_>>(), [(0, 0), (1, 0), (1, 1)]);
    /// ```
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.cols()).flat_map(|j| self.column(j).iter().map(move |&i| (i, j)))
    }

    /// The pattern with rows and columns exchanged.
    #[must_use]
    pub fn transpose(&self) -> Self {
        let pairs: Vec<(usize, usize)> = self.pairs().map(|(i, j)| (j, i)).collect();
        let by_col = bucket(self.rows, &pairs, |&(_, col)| col);
        let mut starts = vec![0; self.rows + 1];
        for &i in self.indices.iter() {
            starts[i + 1] += 1;
        }
        for i in 0..self.rows {
            starts[i + 1] += starts[i];
        }
        Self {
            rows: self.cols(),
            starts: starts.into(),
            indices: by_col.into_iter().map(|(row, _)| row).collect(),
        }
    }

    /// The pattern of what may be nonzero in either of two matrices of one size.
    ///
    /// ```
    /// use ad_runtime::sparse::Pattern;
    ///
    /// let (a, b) = (Pattern::banded(3, 1, 0), Pattern::banded(3, 0, 1));
    /// assert_eq!(a.union(&b).unwrap(), Pattern::banded(3, 1, 1));
    /// ```
    ///
    /// # Errors
    ///
    /// When the sizes differ.
    pub fn union(&self, other: &Self) -> Result<Self, PatternError> {
        let (own, others) = ((self.rows, self.cols()), (other.rows, other.cols()));
        if own != others {
            return Err(PatternError::Sizes { own, others });
        }
        Self::new(own.0, own.1, self.pairs().chain(other.pairs()))
    }

    /// Where each entry's mirror image stands, in a symmetric pattern.
    pub(super) fn mirrors(&self) -> Vec<usize> {
        // Rows ascend within a column: the mirror images of the entries of ascending columns follow each other in their columns.
        let mut next = self.starts.to_vec();
        let place = |&row: &usize| {
            next[row] += 1;
            next[row] - 1
        };
        self.indices.iter().map(place).collect()
    }

    /// Whether it is square and the same as its transpose.
    pub fn is_symmetric(&self) -> bool {
        self.rows == self.cols() && *self == self.transpose()
    }

    /// The largest number of entries in a row.
    pub fn longest_row(&self) -> usize {
        let mut counts = vec![0; self.rows];
        for &i in self.indices.iter() {
            counts[i] += 1;
        }
        counts.into_iter().max().unwrap_or(0)
    }
}

/// The pairs in the order of their keys, which are below `keys`; equal keys keep their order.
fn bucket(
    keys: usize,
    pairs: &[(usize, usize)],
    key: impl Fn(&(usize, usize)) -> usize,
) -> Vec<(usize, usize)> {
    let mut next = vec![0; keys + 1];
    for pair in pairs {
        next[key(pair) + 1] += 1;
    }
    for k in 0..keys {
        next[k + 1] += next[k];
    }
    let mut out = vec![(0, 0); pairs.len()];
    for pair in pairs {
        let at = &mut next[key(pair)];
        out[*at] = *pair;
        *at += 1;
    }
    out
}

/// Small ones as rows of crosses and dots.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for i in 0..self.rows {
            let row: String = (0..self.cols())
                .map(|j| if self.contains(i, j) { '×' } else { '·' })
                .collect();
            writeln!(f, "{row}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern {}x{} ", self.rows, self.cols())?;
        f.debug_set().entries(self.pairs()).finish()
    }
}
