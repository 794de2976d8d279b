//! A table over pairs `i <= j`, as dynamic programming over neighbouring stages fills it.

use super::ChainError;
use std::ops::Range;

/// The most stages for which tables are made: their size grows with the square, the time with the cube.
const MOST: usize = 4096;

/// Whether tables are made for so many stages.
pub(super) fn check(stages: usize) -> Result<(), ChainError> {
    match stages <= MOST {
        true => Ok(()),
        false => Err(ChainError::TooLong { stages, most: MOST }),
    }
}

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
