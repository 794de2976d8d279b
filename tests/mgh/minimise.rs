//! Levenberg's and Marquardt's method, plain.

use chainrule::Matrix;

/// The smallest sum of squares that is found from a starting point, and where.
pub fn least_squares(
    start: &[f64],
    jacobian: impl Fn(&[f64]) -> (Vec<f64>, Matrix<f64>),
) -> (f64, Vec<f64>) {
    let (mut x, mut damping) = (start.to_vec(), 1e-3);
    let (mut r, mut j) = jacobian(&x);
    let mut scales = vec![0.0_f64; x.len()];
    for _ in 0..3000 {
        let n = x.len();
        let mut normal = vec![0.0; n * n];
        let mut right = vec![0.0; n];
        for (i, r) in r.iter().enumerate() {
            let row = j.row(i);
            for a in 0..n {
                right[a] -= row[a] * r;
                for b in 0..n {
                    normal[a * n + b] += row[a] * row[b];
                }
            }
        }
        for a in 0..n {
            scales[a] = scales[a].max(normal[a * n + a]).max(1e-30);
            normal[a * n + a] += damping * scales[a];
        }
        let step = solve(normal, right);
        let moved: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + s).collect();
        let (next, next_j) = jacobian(&moved);
        let (before, after) = (sum(&r), sum(&next));
        if after < before {
            (x, r, j) = (moved, next, next_j);
            damping = (damping * 0.3).max(1e-15);
            if before - after <= 1e-15 * before {
                break;
            }
        } else {
            damping *= 4.0;
            if damping > 1e15 {
                break;
            }
        }
    }
    (sum(&r), x)
}

fn sum(r: &[f64]) -> f64 {
    r.iter().map(|r| r * r).sum()
}

/// Gauss's elimination with pivots.
fn solve(mut a: Vec<f64>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        let size = |i: &usize| a[i * n + k].abs();
        let pivot = (k..n).max_by(|i, j| size(i).total_cmp(&size(j))).unwrap();
        for c in 0..n {
            a.swap(k * n + c, pivot * n + c);
        }
        b.swap(k, pivot);
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            for c in k..n {
                a[i * n + c] -= factor * a[k * n + c];
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|c| a[k * n + c] * b[c]).sum();
        b[k] = (b[k] - known) / a[k * n + k];
    }
    b
}
