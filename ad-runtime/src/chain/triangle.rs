//! A table over pairs `i <= j`, as dynamic programming over neighbouring stages fills it.

use std::ops::Range;

/// Rows and columns are both kept, each in one piece: the inner loops go along one row and one column.
pub(super) struct Triangle<T> {
    count: usize,
    rows: Vec<T>,
    columns: Vec<T>,
}

impl<T: Copy> Triangle<T> {
    pub fn new(count: usize, start: T) -> Self {
        let rows = vec![start; count * count];
        let columns = rows.clone();
        Self {
            count,
            rows,
            columns,
        }
    }

    pub fn at(&self, i: usize, j: usize) -> T {
        self.rows[i * self.count + j]
    }

    pub fn set(&mut self, i: usize, j: usize, value: T) {
        self.rows[i * self.count + j] = value;
        self.columns[j * self.count + i] = value;
    }

    /// The entries of row `i` in some columns.
    pub fn row(&self, i: usize, columns: Range<usize>) -> &[T] {
        &self.rows[i * self.count..][columns]
    }

    /// The entries of column `j` in some rows.
    pub fn column(&self, rows: Range<usize>, j: usize) -> &[T] {
        &self.columns[j * self.count..][rows]
    }
}
