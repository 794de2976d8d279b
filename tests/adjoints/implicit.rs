//! Implicit functions.
use chainrule::adjoints::implicit::*;
use chainrule::adjoints::linear::*;
use chainrule::{constant, differentiate};

/// `x³ + p x = q`
#[differentiate(hessian)]
fn cubic(p: f64, q: f64) -> f64 {
    let x = constant(solve_cubic(p, q));
    let slope = constant(3.0 * x * x + p);
    root(|x| x * x * x + p * x - q, x, slope).unwrap()
}

/// By bisection: no derivative goes through it.
fn solve_cubic(p: f64, q: f64) -> f64 {
    let f = |x: f64| x * x * x + p * x - q;
    let (mut lo, mut hi) = (-10.0, 10.0);
    while let mid = 0.5 * (lo + hi)
        && lo < mid
        && mid < hi
    {
        if f(mid) < 0.0 { lo = mid } else { hi = mid }
    }
    lo
}

#[differentiate(hessian)]
fn uses_roots(p: &[f64], k: f64) -> f64 {
    let mut sum = 0.0;
    for v in p {
        let x = cubic(1.0 + v * v, k);
        sum += x * x * k;
    }
    sum
}

/// Two circles of radii `r` and `s` around two centres.
#[differentiate(hessian)]
fn circles(x: &[f64], r: f64, s: f64) -> Vec<f64> {
    vec![
        x[0] * x[0] + x[1] * x[1] - r * r,
        (x[0] - 1.0) * (x[0] - 1.0) + x[1] * x[1] - s * s,
    ]
}

fn slopes_of_circles(x: &[f64]) -> Lu {
    let rows = [2.0 * x[0], 2.0 * x[1], 2.0 * (x[0] - 1.0), 2.0 * x[1]];
    lu(&rows, 2).expect("the circles cross")
}

fn crossing(r: f64, s: f64) -> Vec<f64> {
    let mut x = vec![0.5, 0.5];
    for _ in 0..50 {
        let step = slopes_of_circles(&x).solve(&circles(&x, r, s));
        x.iter_mut().zip(step).for_each(|(x, s)| *x -= s);
    }
    x
}

#[differentiate(hessian)]
fn intersection(r: f64, s: f64) -> Result<Vec<f64>, NoSolution> {
    let found = constant(crossing(r, s));
    let slopes = constant(slopes_of_circles(&found));
    roots(|x: &[f64]| circles(x, r, s), &found, &slopes)
}

#[differentiate(hessian)]
fn area(r: f64, s: f64) -> f64 {
    let x = intersection(r, s).unwrap();
    0.5 * x[1] * r + x[0] * x[0]
}

/// `x = cos(w x) / 2` in each component, coupled.
#[differentiate(hessian)]
fn map(x: &[f64], w: &[f64]) -> Vec<f64> {
    vec![0.5 * (w[0] * x[1]).cos(), 0.5 * (w[1] * x[0]).sin() + w[2]]
}

#[differentiate(hessian)]
fn stationary(w: &[f64]) -> f64 {
    let found = constant(iterate(w));
    let slopes = constant(unit_less_slope(&found, w));
    let x = fixed_point(|x: &[f64]| map(x, w), &found, &slopes).unwrap();
    x[0] * x[1] * w[2]
}

fn iterate(w: &[f64]) -> Vec<f64> {
    (0..200).fold(vec![0.0; 2], |x, _| map(&x, w))
}

/// From the companions of the map.
fn unit_less_slope(x: &[f64], w: &[f64]) -> Lu {
    let mut slopes = vec![1.0, 0.0, 0.0, 1.0];
    for j in 0..2 {
        let mut direction = [0.0; 2];
        direction[j] = 1.0;
        let (_, column) = map_tangent(x, &direction, w, &[0.0; 3]);
        (0..2).for_each(|i| slopes[2 * i + j] -= column[i]);
    }
    lu(&slopes, 2).expect("the map contracts")
}

/// The gradient of `Σ ¼ xᵢ⁴ + ½ (xᵢ − pᵢ)² + k x₀ x₁`.
#[differentiate(hessian)]
fn slope_of_inner(x: &[f64], p: &[f64], k: f64) -> Vec<f64> {
    vec![
        x[0].powi(3) + x[0] - p[0] + k * x[1],
        x[1].powi(3) + x[1] - p[1] + k * x[0],
    ]
}

fn curvature(x: &[f64], k: f64) -> Cholesky {
    let entries = [3.0 * x[0] * x[0] + 1.0, 0.0, k, 3.0 * x[1] * x[1] + 1.0];
    cholesky(&entries, 2).expect("the inner problem is convex")
}

fn minimize(p: &[f64], k: f64) -> Vec<f64> {
    let mut x = vec![0.0; 2];
    for _ in 0..50 {
        let step = curvature(&x, k).solve(&slope_of_inner(&x, p, k));
        x.iter_mut().zip(step).for_each(|(x, s)| *x -= s);
    }
    x
}

#[differentiate(hessian)]
fn outer(p: &[f64], k: f64) -> f64 {
    let found = constant(minimize(p, k));
    let hessian = constant(curvature(&found, k));
    let x = minimum(|x: &[f64]| slope_of_inner(x, p, k), &found, &hessian).unwrap();
    (x[0] - 1.0).powi(2) + k * x[1].powi(3)
}

#[test]
fn scalar_roots() {
    for (p, q) in [(1.0, 0.5), (0.3, -2.0), (2.0, 0.0)] {
        prove_hvp!(cubic(val p, val q));
    }
    prove_hvp!(uses_roots(slice [0.5, -1.0, 0.2], val 0.8));
    prove_hvp!(uses_roots(slice [], val 0.8));
}

#[test]
fn systems() {
    prove!(intersection(val 0.9, val 0.8) -> ok_vec);
    prove_hvp!(area(val 0.9, val 0.8));
    prove_hvp!(stationary(slice [0.7, -0.5, 0.3]));
    prove_hvp!(outer(slice [1.5, -0.5], val 0.3));
}

#[differentiate]
fn not_a_root(p: f64, found: f64, slope: f64) -> Result<f64, NoSolution> {
    root(|x| x * x - p, constant(found), constant(slope))
}

#[test]
fn what_is_no_solution() {
    let change = match not_a_root(4.0, 2.1, 4.2) {
        Err(NoSolution::NotConverged(change)) => change,
        other => panic!("{other:?}"),
    };
    assert!((change - 0.41 / 4.2 / 2.1).abs() < 1e-12);
    assert_eq!(
        not_a_root_gradient(0.0, 0.0, 0.0).err(),
        Some(NoSolution::NoSlope)
    );
    let slopes = lu(&[1.0], 1).expect("regular");
    let nan = roots(|_: &[f64]| vec![f64::NAN], &[1.0], &slopes);
    assert!(matches!(nan, Err(NoSolution::NotConverged(c)) if c.is_nan()));
}
