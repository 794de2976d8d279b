//! The Jacobian of some neighbouring stages, as a plan goes along.

use crate::Matrix;
use num_traits::Float;

/// A matrix that is laid out as it was made: column by column by tangent sweeps, row by row by adjoint sweeps.
pub(super) struct Partial<T> {
    rows: usize,
    cols: usize,
    entries: Vec<T>,
    by_columns: bool,
}

impl<T: Float> Partial<T> {
    /// Of columns that stand one behind the other.
    pub fn of_columns(rows: usize, entries: Vec<T>) -> Self {
        let cols = entries.len() / rows;
        Self {
            rows,
            cols,
            entries,
            by_columns: true,
        }
    }

    /// Of rows that stand one behind the other.
    pub fn of_rows(cols: usize, entries: Vec<T>) -> Self {
        let rows = entries.len() / cols;
        Self {
            rows,
            cols,
            entries,
            by_columns: false,
        }
    }

    /// The columns, one behind the other.
    pub fn columns(self) -> Vec<T> {
        match self.by_columns {
            true => self.entries,
            false => transposed(&self.entries, self.cols),
        }
    }

    /// The rows, one behind the other.
    pub fn rows(self) -> Vec<T> {
        match self.by_columns {
            true => transposed(&self.entries, self.rows),
            false => self.entries,
        }
    }

    pub fn matrix(self) -> Matrix<T> {
        let (rows, cols) = (self.rows, self.cols);
        Matrix::from_vec(rows, cols, self.rows())
    }

    /// The product, by the schoolbook: `rows * middle * cols` multiplications.
    ///
    /// Where a result does not depend on something, an infinite slope there is none of its own: zero times infinity is zero, as in a sweep whose
    /// seed is zero.
    pub fn times(self, earlier: Self) -> Self {
        let (middle, cols) = (self.cols, earlier.cols);
        let (left, right) = (self.rows(), earlier.rows());
        let is_finite = left.iter().chain(&right).all(|x| x.is_finite());
        let product = if is_finite { product } else { safe_product };
        Self::of_rows(cols, product(&left, &right, middle, cols))
    }
}

/// The product with terms of zero where either factor is zero.
fn safe_product<T: Float>(left: &[T], right: &[T], middle: usize, cols: usize) -> Vec<T> {
    let mut out = vec![T::zero(); left.len() / middle * cols];
    for (left, out) in left.chunks_exact(middle).zip(out.chunks_exact_mut(cols)) {
        for (a, row) in left.iter().zip(right.chunks_exact(cols)) {
            for (out, b) in out.iter_mut().zip(row) {
                if !a.is_zero() && !b.is_zero() {
                    *out = *out + *a * *b;
                }
            }
        }
    }
    out
}

/// How many rows of the right factor are used together: so many that they stay in a cache.
const BLOCK: usize = 64;

/// The product of two matrices that are stored row by row, in blocks of rows of the right one and four of them at a time.
pub(super) fn product<T: Float>(left: &[T], right: &[T], middle: usize, cols: usize) -> Vec<T> {
    let mut out = vec![T::zero(); left.len() / middle * cols];
    for start in (0..middle).step_by(BLOCK) {
        let end = middle.min(start + BLOCK);
        for (left, out) in left.chunks_exact(middle).zip(out.chunks_exact_mut(cols)) {
            let rows = right[start * cols..end * cols].chunks(4 * cols);
            for (factors, rows) in left[start..end].chunks(4).zip(rows) {
                add_rows(factors, rows, out);
            }
        }
    }
    out
}

/// Adds up to four rows, each with its factor.
fn add_rows<T: Float>(factors: &[T], rows: &[T], out: &mut [T]) {
    let cols = out.len();
    if let [a, b, c, d] = *factors {
        let (ab, cd) = rows.split_at(2 * cols);
        let ((ra, rb), (rc, rd)) = (ab.split_at(cols), cd.split_at(cols));
        for ((((out, ra), rb), rc), rd) in out.iter_mut().zip(ra).zip(rb).zip(rc).zip(rd) {
            *out = *out + (a * *ra + b * *rb + (c * *rc + d * *rd));
        }
        return;
    }
    for (factor, row) in factors.iter().zip(rows.chunks_exact(cols)) {
        for (out, entry) in out.iter_mut().zip(row) {
            *out = *out + *factor * *entry;
        }
    }
}

/// A matrix the other way round; `length` is that of the pieces in which it is stored. In tiles, so that both sides stay in a cache.
fn transposed<T: Float>(entries: &[T], length: usize) -> Vec<T> {
    const TILE: usize = 16;
    let count = entries.len() / length;
    let mut out = vec![T::zero(); entries.len()];
    for i in (0..count).step_by(TILE) {
        for j in (0..length).step_by(TILE) {
            for i in i..count.min(i + TILE) {
                for j in j..length.min(j + TILE) {
                    out[j * count + i] = entries[i * length + j];
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole numbers, so that sums are exact in any order.
    fn entries(count: usize, seed: usize) -> Vec<f64> {
        (0..count)
            .map(|k| ((k * k + seed) % 13) as f64 - 6.0)
            .collect()
    }

    #[test]
    fn products_are_those_of_the_definition() {
        for (rows, middle, cols) in [(1, 1, 1), (3, 5, 2), (2, 64, 7), (5, 131, 3), (4, 67, 1)] {
            let (left, right) = (entries(rows * middle, 1), entries(middle * cols, 2));
            let whole = Partial::of_rows(middle, left.clone());
            let columns = Partial::of_columns(middle, transposed(&right, cols));
            let found = whole.times(columns).matrix();
            assert_eq!((found.rows(), found.cols()), (rows, cols));
            for i in 0..rows {
                for j in 0..cols {
                    let terms = (0..middle).map(|k| left[i * middle + k] * right[k * cols + j]);
                    assert_eq!(found[(i, j)], terms.sum::<f64>());
                }
            }
        }
    }

    #[test]
    fn zero_times_infinity_is_zero_in_a_product() {
        let of_rows = |cols, entries: &[f64]| Partial::of_rows(cols, entries.to_vec());
        let later = of_rows(2, &[0.0, 2.0, 1.0, f64::INFINITY]);
        let earlier = of_rows(2, &[f64::INFINITY, 3.0, 1.0, 0.0]);
        let found = later.times(earlier).rows();
        assert_eq!(found, [2.0, 0.0, f64::INFINITY, 3.0]);
        let unknown = of_rows(1, &[f64::NAN, 1.0]).times(of_rows(1, &[1.0]));
        assert!(unknown.rows()[0].is_nan());
    }

    #[test]
    fn layouts_are_exchanged() {
        for (rows, cols) in [(1, 1), (2, 3), (17, 33), (40, 1)] {
            let by_rows = entries(rows * cols, 3);
            let by_columns = transposed(&by_rows, cols);
            for i in 0..rows {
                for j in 0..cols {
                    assert_eq!(by_rows[i * cols + j], by_columns[j * rows + i]);
                }
            }
            assert_eq!(Partial::of_columns(rows, by_columns).rows(), by_rows);
            let columns = Partial::of_rows(cols, by_rows.clone()).columns();
            assert_eq!(transposed(&columns, rows), by_rows);
        }
    }
}
