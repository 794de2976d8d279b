//! Sparse Jacobians put together from dense ones.

use super::ahead::{AHEAD, ask_for};
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
    shapes: Vec<Shape>,
    /// The places of the blocks' entries among those of the pattern: of each entry, row by row, or of each column's first.
    places: Vec<usize>,
    /// How many entries all blocks have.
    entries: usize,
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Where the block's places begin.
    start: usize,
    rows: usize,
    cols: usize,
    /// In each column the entries stand one behind the other.
    stacked: bool,
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
        let blocks: Vec<(R, C)> = blocks.into_iter().collect();
        let mut pairs = Vec::new();
        for (rows, cols) in &blocks {
            for row in rows.as_ref() {
                pairs.extend(cols.as_ref().iter().map(|col| (*row, *col)));
            }
        }
        let mut all = Self {
            pattern: Pattern::new(rows, cols, pairs)?,
            shapes: Vec::with_capacity(blocks.len()),
            places: Vec::new(),
            entries: 0,
        };
        for (rows, cols) in &blocks {
            all.push(rows.as_ref(), cols.as_ref());
        }
        Ok(all)
    }

    fn push(&mut self, rows: &[usize], cols: &[usize]) {
        let pattern = &self.pattern;
        let place = |row: &usize, col: &usize| pattern.position(*row, *col);
        let of_row = |row: &usize| cols.iter().filter_map(|col| place(row, col)).collect();
        let places: Vec<Vec<usize>> = rows.iter().map(of_row).collect();
        let below = |pair: &[Vec<usize>]| pair[0].iter().zip(&pair[1]).all(|(a, b)| a + 1 == *b);
        let stacked = places.windows(2).all(below);
        self.shapes.push(Shape {
            start: self.places.len(),
            rows: rows.len(),
            cols: cols.len(),
            stacked,
        });
        self.entries += rows.len() * cols.len();
        let kept = if stacked { 1 } else { rows.len() };
        self.places.extend(places.iter().take(kept).flatten());
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.shapes.len()
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
        self.entries > self.pattern.entries()
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
        self.each(k, entries, matrix, |_, entry| entry);
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
        self.each(k, entries, matrix, |old, entry| old + entry);
    }

    #[inline]
    fn each<T: Copy>(&self, k: usize, entries: &[T], matrix: &mut Csc<T>, f: impl Fn(T, T) -> T) {
        let count = self.len();
        assert!(k < count, "block {k} of {count}");
        let shape = self.shapes[k];
        let (needed, given) = (shape.rows * shape.cols, entries.len());
        assert!(
            needed == given,
            "block {k} has {needed} entries, but {given} were given"
        );
        assert!(
            matrix.pattern().is_same(&self.pattern),
            "the matrix has not the pattern of the blocks"
        );
        let values = matrix.values_mut();
        let places = &self.places[shape.start..];
        let next = places
            .iter()
            .skip(AHEAD)
            .take(if shape.stacked { shape.cols } else { needed });
        next.for_each(|place| ask_for(values, *place));
        if !shape.stacked {
            for (place, entry) in places.iter().zip(entries) {
                values[*place] = f(values[*place], *entry);
            }
            return;
        }
        let places = &places[..if shape.rows == 0 { 0 } else { shape.cols }];
        match shape.rows {
            1 => stacks::<T, 1>(places, entries, values, f),
            2 => stacks::<T, 2>(places, entries, values, f),
            3 => stacks::<T, 3>(places, entries, values, f),
            rows => {
                for (col, place) in places.iter().enumerate() {
                    let stack = &mut values[*place..*place + rows];
                    for (row, value) in stack.iter_mut().enumerate() {
                        *value = f(*value, entries[row * shape.cols + col]);
                    }
                }
            }
        }
    }
}

/// The entries of a block with few rows, which stand one behind the other in each column. They are stored at once: what is stored here waits for
/// memory, and there is room for few stores that wait.
#[inline]
fn stacks<T: Copy, const ROWS: usize>(
    places: &[usize],
    entries: &[T],
    values: &mut [T],
    f: impl Fn(T, T) -> T,
) {
    let cols = places.len();
    let rows: [&[T]; ROWS] = std::array::from_fn(|row| &entries[row * cols..][..cols]);
    for (col, place) in places.iter().enumerate() {
        let stack = &mut values[*place..][..ROWS];
        let new: [T; ROWS] = std::array::from_fn(|row| f(stack[row], rows[row][col]));
        stack.copy_from_slice(&new);
    }
}
