//! Solving with a symmetric positive definite band matrix.

use chainrule::sparse::Csc;

/// `A = L Lᵀ` of a band matrix. Row `i` holds the columns from `i - below` to `i`, the diagonal last.
pub struct Cholesky {
    below: usize,
    rows: Vec<f64>,
}

impl Cholesky {
    /// Room for a factor of that size and bandwidth.
    pub fn new(size: usize, below: usize) -> Self {
        Self {
            below,
            rows: vec![0.0; size * (below + 1)],
        }
    }

    /// Factors the matrix, whose entries lie within the band. False if it is not positive definite.
    pub fn factor(&mut self, a: &Csc<f64>) -> bool {
        let (w, b) = (self.below + 1, self.below);
        self.rows.fill(0.0);
        for (i, j, value) in a.triplets().filter(|(i, j, _)| i >= j) {
            self.rows[i * w + b + j - i] = value;
        }
        for i in 0..a.rows() {
            let (done, rest) = self.rows.split_at_mut(i * w);
            let row = &mut rest[..w];
            for j in i.saturating_sub(b)..i {
                // Both rows from the first column that the two have in common.
                let first = i.saturating_sub(b);
                let other = &done[j * w..][..w];
                let (from, length) = (b + first - i, j - first);
                let known = dot(&row[from..][..length], &other[b + first - j..][..length]);
                row[b + j - i] = (row[b + j - i] - known) / other[b];
            }
            let pivot = row[b] - dot(&row[..b], &row[..b]);
            if pivot.is_nan() || pivot <= 0.0 {
                return false;
            }
            row[b] = pivot.sqrt();
        }
        true
    }

    /// Solves `A x = x` in place.
    pub fn solve(&self, x: &mut [f64]) {
        let (w, b) = (self.below + 1, self.below);
        for i in 0..x.len() {
            let first = i.saturating_sub(b);
            let row = &self.rows[i * w..][..w];
            let known = dot(&row[b + first - i..b], &x[first..i]);
            x[i] = (x[i] - known) / row[b];
        }
        for i in (0..x.len()).rev() {
            let first = i.saturating_sub(b);
            let row = &self.rows[i * w..][..w];
            x[i] /= row[b];
            let value = x[i];
            for (x, l) in x[first..i].iter_mut().zip(&row[b + first - i..b]) {
                *x -= l * value;
            }
        }
    }
}

/// In four sums, which the compiler keeps side by side.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4
        .remainder()
        .iter()
        .zip(b4.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in a4.zip(b4) {
        for k in 0..4 {
            sums[k] += a[k] * b[k];
        }
    }
    sums.iter().sum::<f64>() + rest
}
