//! `f_sparsity`: patterns of functions in all shapes, against derivatives at several points.
// Functions under test are written as users write them.
#![allow(clippy::needless_range_loop)]

use chainrule::sparse::{JacobianPlan, Pattern};
use chainrule::{Matrix, differentiate};

fn noise(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| 0.3 + 0.9 * ((i * i) as f64 * 0.37 + 1.0).sin())
        .collect()
}

/// Every nonzero entry is in the pattern.
fn covers(pattern: &Pattern, jacobian: &Matrix<f64>) {
    assert_eq!(
        (pattern.rows(), pattern.cols()),
        (jacobian.rows(), jacobian.cols())
    );
    for i in 0..jacobian.rows() {
        for j in 0..jacobian.cols() {
            assert!(
                jacobian[(i, j)] == 0.0 || pattern.contains(i, j),
                "({i}, {j}) of {pattern}"
            );
        }
    }
}

/// And nothing else is.
fn exact(pattern: &Pattern, jacobian: &Matrix<f64>) {
    covers(pattern, jacobian);
    for (i, j) in pattern.pairs() {
        assert!(jacobian[(i, j)] != 0.0, "({i}, {j}) of {pattern}");
    }
}

#[differentiate(jacobian, sparse)]
fn broyden(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    (0..n)
        .map(|i| {
            let mut f = x[i] * (2.0 + 5.0 * x[i] * x[i]) + 1.0;
            for j in i.saturating_sub(5)..(i + 2).min(n) {
                if j != i {
                    f -= x[j] * (1.0 + x[j]);
                }
            }
            f
        })
        .collect()
}

#[test]
fn a_band() {
    for n in [0, 1, 3, 40] {
        let x = noise(n);
        exact(&broyden_sparsity(&x), &broyden_jacobian(&x).1);
        assert_eq!(broyden_sparsity(&x), Pattern::banded(n, 5, 1));
    }
    // More columns than a sweep has marks.
    assert_eq!(broyden_sparsity(&noise(3000)), Pattern::banded(3000, 5, 1));
}

#[differentiate(jacobian, sparse)]
fn relax(v: &mut [f64], w: f64, #[constant] limit: f64, log: &mut Vec<f64>) -> f64 {
    let mut change = 0.0;
    for i in 1..v.len() {
        let old = v[i];
        v[i] = w * v[i - 1] * v[i] + (1.0 - w) * old;
        change += (v[i] - old) * (v[i] - old);
        log.push(change);
        if change > limit {
            break;
        }
    }
    change
}

#[test]
fn in_out_parameters_and_exits() {
    for limit in [0.3, 100.0] {
        let start = [0.7, -0.4, 0.9, 0.2];
        let (mut v, mut log) = (start, vec![1.5]);
        let pattern = relax_sparsity(&mut v, 0.35, limit, &mut log);
        // The parameters have their final values.
        let (mut again, mut log_again) = (start, vec![1.5]);
        let (_, jacobian) = relax_jacobian(&mut again, 0.35, limit, &mut log_again);
        assert_eq!((v, &log), (again, &log_again));
        exact(&pattern, &jacobian);
    }
}

#[differentiate(jacobian, sparse)]
fn overwritten(x: &[f64], (a, b): (f64, [f64; 2])) -> [f64; 4] {
    let mut buffer = [0.0; 3];
    let mut out = [0.0; 4];
    for i in 0..3 {
        buffer[i] = x[i] * a;
    }
    out[0] = buffer[0] + buffer[1];
    // What was there does not matter any more.
    buffer[0] = b[0].sin();
    buffer.swap(0, 2);
    out[1] = buffer[2].max(0.0) + buffer[0];
    out[2] = if buffer[1] > 0.0 { x[0] } else { b[1] };
    out[3] = x[1].floor() + 2.0;
    out
}

#[test]
fn buffers_that_are_overwritten() {
    for x in [[0.3, 0.5, 0.7], [0.3, -0.5, 0.7]] {
        let (pattern, jacobian) = (
            overwritten_sparsity(&x, (1.3, [0.4, 0.8])),
            overwritten_jacobian(&x, (1.3, [0.4, 0.8])).1,
        );
        covers(&pattern, &jacobian);
        // `floor` has a derivative, which is zero.
        let zeros = pattern.pairs().filter(|at| jacobian[*at] == 0.0);
        assert!(zeros.into_iter().all(|(i, _)| i == 3), "{pattern}");
    }
}

#[differentiate(jacobian, sparse)]
fn calls(x: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n];
    for i in 0..n {
        out[i] = product(&x[i..i + 2], 0.5) * power(x[n - i], i);
    }
    scale(&mut out[..n / 2], x[0]);
    out
}

#[differentiate]
fn product(x: &[f64], w: f64) -> f64 {
    x.iter().product::<f64>() * w
}

#[differentiate]
fn power(x: f64, k: usize) -> f64 {
    if k == 0 { 1.0 } else { x * power(x, k - 1) }
}

#[differentiate]
fn scale(v: &mut [f64], by: f64) {
    for v in v {
        *v *= by;
    }
}

#[test]
fn through_calls() {
    for n in [1, 2, 7, 300] {
        let x = noise(n + 1);
        let (pattern, jacobian) = (calls_sparsity(&x, n), calls_jacobian(&x, n).1);
        covers(&pattern, &jacobian);
        // Structure that cancels nowhere: only a power of zero is constant.
        assert!(pattern.entries() <= 4 * n, "{}", pattern.entries());
    }
}

/// Zero here, but not elsewhere: a pattern does not depend on such values.
#[differentiate(jacobian, sparse)]
fn zeros(x: &[f64]) -> [f64; 3] {
    [x[0] * x[1], x[1].powi(2), (x[2] * x[0]).abs()]
}

#[test]
fn values_that_happen_to_be_zero() {
    let pattern = Pattern::new(3, 3, [(0, 0), (0, 1), (1, 1), (2, 0), (2, 2)]).unwrap();
    assert_eq!(zeros_sparsity(&[0.0; 3]), pattern);
    assert_eq!(zeros_sparsity(&[1.0; 3]), pattern);
    // Infinite and undefined partials are partials.
    assert_eq!(roots_sparsity(&[0.0, -1.0]), Pattern::banded(2, 0, 0));
    let mut plan = JacobianPlan::new(&zeros_sparsity(&[0.0; 3]));
    for x in [[0.0; 3], [1.0, -2.0, 3.0]] {
        let sparse = zeros_sparse_jacobian(&x, &mut plan).unwrap().1;
        assert_eq!(sparse.to_matrix(), zeros_jacobian(&x).1);
    }
}

#[differentiate(jacobian, sparse)]
fn roots(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| x.sqrt()).collect()
}

#[differentiate(jacobian, sparse)]
fn nothing(_x: &[f64], n: usize) -> usize {
    n + 1
}

#[test]
fn no_rows_or_no_columns() {
    let p = nothing_sparsity(&[1.0, 2.0], 3);
    assert_eq!((p.rows(), p.cols(), p.entries()), (0, 2, 0));
    let p = roots_sparsity(&[]);
    assert_eq!((p.rows(), p.cols()), (0, 0));
}
