//! `f_hessian_sparsity`: patterns of Hessians, against their entries at several points.
// Functions under test are written as users write them.
#![allow(clippy::needless_range_loop)]

use chainrule::sparse::{HessianPlan, Pattern};
use chainrule::{Differentiable, Matrix, differentiate};

fn noise(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| 0.3 + 0.9 * ((i * i) as f64 * 0.37 + 1.0).sin())
        .collect()
}

/// Every nonzero entry is in the pattern.
fn covers(pattern: &Pattern, hessian: &Matrix<f64>) {
    let size = (pattern.rows(), pattern.cols());
    assert_eq!(size, (hessian.rows(), hessian.cols()));
    assert!(pattern.is_symmetric());
    for i in 0..hessian.rows() {
        for j in 0..hessian.cols() {
            let found = hessian[(i, j)] == 0.0 || pattern.contains(i, j);
            assert!(found, "({i}, {j}) of {pattern}");
        }
    }
}

/// And nothing else is.
fn exact(pattern: &Pattern, hessian: &Matrix<f64>) {
    covers(pattern, hessian);
    for (i, j) in pattern.pairs() {
        assert!(hessian[(i, j)] != 0.0, "({i}, {j}) of {pattern}");
    }
}

/// A chain of neighbours, a variable that all others meet, and one that enters linearly.
#[differentiate(hessian, sparse)]
fn arrow(x: &[f64], linear: f64) -> f64 {
    let mut sum = 3.0 * linear;
    for i in 1..x.len() {
        sum += (x[i] - x[i - 1]).powi(4) + x[0] * x[i].exp();
    }
    sum
}

#[test]
fn an_arrow() {
    for n in [1, 2, 5, 40] {
        let x = noise(n);
        let (pattern, hessian) = (arrow_hessian_sparsity(&x, 1.5), arrow_hessian(&x, 1.5).2);
        exact(&pattern, &hessian);
    }
    let n = 2000;
    let x = noise(n);
    let pattern = arrow_hessian_sparsity(&x, 0.5);
    assert_eq!((pattern.rows(), pattern.entries()), (n + 1, 5 * n - 6));
    let mut plan = HessianPlan::new(&pattern).unwrap();
    let (_, gradient, hessian) = arrow_sparse_hessian(&x, 0.5, &mut plan).unwrap();
    assert_eq!(gradient.1, 3.0);
    assert_eq!(hessian.get(0, n - 1), x[n - 1].exp());
    assert_eq!(hessian.get(n, n), 0.0);
}

#[differentiate(hessian)]
fn sorted(v: &mut [f64], least: f64) -> f64 {
    let mut product = 1.0;
    for i in 1..v.len() {
        if v[i - 1] > v[i] {
            v.swap(i - 1, i);
        }
        v[i - 1] = v[i - 1].max(least * v[i]);
        product *= v[i - 1] + 2.0;
    }
    product
}

/// Calls, values that are overwritten, and a way that depends on data.
#[differentiate(hessian, sparse)]
fn ways(x: &[f64], y: (f64, [f64; 2])) -> f64 {
    let mut v = x[..x.len() / 2].to_vec();
    let mut sum = sorted(&mut v, y.0);
    for i in x.len() / 2..x.len() {
        let t = x[i] * y.1[i % 2];
        if t < 0.2 {
            continue;
        }
        sum += (t * v[0]).atan() + x[i] * x[i];
        v[0] = t;
    }
    sum
}

#[test]
fn overwritten_values_and_calls() {
    for n in [2, 3, 7, 20] {
        let (x, y) = (noise(n), (0.4, [0.7, -0.8]));
        covers(&ways_hessian_sparsity(&x, y), &ways_hessian(&x, y).2);
    }
}

/// Zero here, but not elsewhere: a pattern does not depend on such values, nor on the side of a kink.
#[differentiate(hessian, sparse)]
fn zeros(x: &[f64]) -> f64 {
    x[0] * x[1] * x[2] + (x[3] * x[4]).max(0.0) + (x[5] * x[5]).abs() + x[6].sqrt()
}

#[test]
fn values_that_happen_to_be_zero() {
    let pairs = [(0, 1), (0, 2), (1, 2), (3, 4)];
    let both = pairs.iter().flat_map(|&(i, j)| [(i, j), (j, i)]);
    let pattern = Pattern::new(7, 7, both.chain([(5, 5), (6, 6)])).unwrap();
    assert_eq!(zeros_hessian_sparsity(&[0.0; 7]), pattern);
    assert_eq!(zeros_hessian_sparsity(&[1.0; 7]), pattern);
    assert_eq!(zeros_hessian_sparsity(&[-1.0; 7]), pattern);
    covers(&pattern, &zeros_hessian(&[1.0; 7]).2);
}

#[derive(Differentiable, Clone)]
struct Pair {
    a: f64,
    b: f64,
}

#[differentiate(hessian)]
fn product(p: &Pair) -> f64 {
    p.a * p.b
}

#[differentiate(hessian)]
fn pair(a: f64, b: f64) -> Pair {
    Pair { a, b }
}

/// Of what looks into structs nothing is known: all depends on all.
#[differentiate(hessian, sparse)]
fn pairs(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += product(&pair(x[i], x[i - 1]));
    }
    sum
}

#[test]
fn careful_where_nothing_is_known() {
    let x = noise(6);
    let pattern = pairs_hessian_sparsity(&x);
    covers(&pattern, &pairs_hessian(&x).2);
    assert_eq!(pattern, Pattern::banded(6, 1, 1));
    let p = pairs_hessian_sparsity(&[]);
    assert_eq!((p.rows(), p.cols(), p.entries()), (0, 0, 0));
}

/// Sweeps of a plan go in several directions too.
#[differentiate(hessian, sparse)]
fn wide_band(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 6..x.len() {
        let mut near = 0.0;
        for j in 0..7 {
            near += (j as f64 - 2.5) * x[i - j];
        }
        sum += near.sin();
    }
    sum
}

#[test]
fn plans_with_lanes() {
    for n in [7, 8, 23, 60] {
        let x = noise(n);
        let pattern = wide_band_hessian_sparsity(&x);
        assert_eq!(pattern, Pattern::banded(n, 6, 6));
        let dense = wide_band_hessian(&x).2;
        let plans = [
            HessianPlan::new(&pattern),
            HessianPlan::by_substitution(&pattern),
        ];
        for plan in plans {
            let sparse = wide_band_sparse_hessian(&x, &mut plan.unwrap()).unwrap().2;
            let sparse = sparse.to_matrix();
            for (a, b) in sparse.as_slice().iter().zip(dense.as_slice()) {
                assert!((a - b).abs() < 1e-10, "{a} and {b}");
            }
        }
    }
}
