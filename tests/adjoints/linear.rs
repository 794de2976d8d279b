//! Linear algebra.
use crate::harness::{noise, positive};
use chainrule::adjoints::linear::*;
use chainrule::differentiate;

/// A matrix far from singular.
fn regular(n: usize) -> Vec<f64> {
    let mut a = noise(n * n);
    (0..n).for_each(|i| a[i * n + (i + 1) % n] += 3.0);
    a
}

fn definite(n: usize) -> Vec<f64> {
    let b = noise(n * n);
    let mut a = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            a[i * n + j] = (0..n).map(|k| b[i * n + k] * b[j * n + k]).sum();
        }
        a[i * n + i] += 1.0;
    }
    a
}

#[differentiate(hessian)]
fn solved(a: &[f64], b: &[f64]) -> Vec<f64> {
    let f = lu(a, b.len()).unwrap();
    f.solve(b)
}

#[differentiate(hessian)]
fn solved_transposed(a: &[f64], b: &[f64]) -> Vec<f64> {
    let f = lu(a, b.len()).unwrap();
    f.solve_transposed(b)
}

/// One factorization, many right-hand sides, one of which depends on a solution; the matrix depends on a parameter.
#[differentiate(hessian)]
fn powers(a: &[f64], b: &[f64], k: f64, steps: usize) -> Result<f64, Singular> {
    let n = b.len();
    let mut shifted = a.to_vec();
    for i in 0..n {
        shifted[i * n + i] += k * k;
    }
    let f = lu(&shifted, n)?;
    let mut x = b.to_vec();
    let mut sum = 0.0;
    for s in 0..steps {
        if s % 2 == 0 {
            x = f.solve(&x);
        } else {
            x = f.solve_transposed(&x);
        }
        for v in x.iter() {
            sum += v * v;
        }
    }
    Ok(sum + f.ln_abs_det() * x[0])
}

#[differentiate(hessian)]
fn sum_of_powers(a: &[f64], b: &[f64], k: f64, steps: usize) -> f64 {
    powers(a, b, k, steps).unwrap()
}

#[differentiate(hessian)]
fn log_determinant(a: &[f64], n: usize) -> f64 {
    lu(a, n).unwrap().ln_abs_det()
}

#[differentiate(hessian)]
fn determinant(a: &[f64], n: usize) -> f64 {
    let f = lu(a, n).unwrap();
    f.det()
}

#[differentiate(hessian)]
fn substituted(a: &[f64], b: &[f64], #[constant] t: Triangle) -> Vec<f64> {
    solve_triangular(a, b, t)
}

#[differentiate(hessian)]
fn substituted_twice(a: &[f64], b: &[f64], #[constant] t: Triangle) -> f64 {
    let x = solve_triangular(a, b, t);
    let y = solve_triangular(a, &x, t.transposed());
    x[0] * y[1] + y[2] * b[0]
}

#[differentiate(hessian)]
fn solved_definite(a: &[f64], b: &[f64]) -> Vec<f64> {
    let c = cholesky(a, b.len()).unwrap();
    c.solve(b)
}

#[differentiate(hessian)]
fn factor(a: &[f64], n: usize) -> Vec<f64> {
    let c = cholesky(a, n).unwrap();
    c.factor()
}

/// The density of a normal distribution, but for a constant.
#[differentiate(hessian)]
fn likelihood(a: &[f64], x: &[f64], mean: f64) -> Result<f64, Singular> {
    let c = cholesky(a, x.len())?;
    let centred: Vec<f64> = x.iter().map(|v| v - mean).collect();
    let y = c.solve(&centred);
    let mut sum = c.ln_det();
    for i in 0..y.len() {
        sum += y[i] * centred[i];
    }
    Ok(-0.5 * sum)
}

#[differentiate(hessian)]
fn known_likelihood(a: &[f64], x: &[f64], mean: f64) -> f64 {
    likelihood(a, x, mean).unwrap()
}

/// What is drawn with the factor.
#[differentiate(hessian)]
fn drawn(a: &[f64], #[constant] noise: &[f64]) -> f64 {
    let n = noise.len();
    let l = cholesky(a, n).unwrap().factor();
    let mut product = 1.0;
    for i in 0..n {
        let mut x = 0.0;
        for j in 0..=i {
            x += l[i * n + j] * noise[j];
        }
        product *= x;
    }
    product
}

/// A whole symmetric matrix, made of parameters: the triangle that is not read loses nothing.
#[differentiate(hessian)]
fn kernel(x: &[f64], width: f64) -> f64 {
    let n = x.len();
    let mut k = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            k[i * n + j] = (-(x[i] - x[j]).powi(2) / width).exp();
        }
        k[i * n + i] += 0.1;
    }
    let c = cholesky(&k, n).unwrap();
    let y = c.solve(x);
    c.ln_det() + y[0] * x[1]
}

#[differentiate(hessian)]
fn eigenvalues(a: &[f64], n: usize) -> Vec<f64> {
    let e = eigen(a, n).unwrap();
    e.values()
}

#[differentiate(hessian)]
fn eigenvectors(a: &[f64], n: usize) -> Vec<f64> {
    let e = eigen(a, n).unwrap();
    e.vectors()
}

#[differentiate(hessian)]
fn spectral(a: &[f64], n: usize) -> f64 {
    let e = eigen(a, n).unwrap();
    let (values, vectors) = (e.values(), e.vectors());
    let mut sum = values[0] * values[n - 1];
    for i in 0..n {
        sum += vectors[i * n].powi(3) * values[i].exp() + vectors[i * n + n - 1] * values[0];
    }
    sum
}

#[differentiate(hessian)]
fn fitted(a: &[f64], b: &[f64], cols: usize) -> Vec<f64> {
    let q = qr(a, b.len(), cols).unwrap();
    q.solve(b)
}

#[differentiate(hessian)]
fn residual(a: &[f64], b: &[f64], cols: usize) -> f64 {
    let q = qr(a, b.len(), cols).unwrap();
    let x = q.solve(b);
    let g = q.solve_gram(&x);
    let mut sum = 0.0;
    for i in 0..b.len() {
        let mut r = b[i];
        for j in 0..cols {
            r -= a[i * cols + j] * x[j];
        }
        sum += r * r * r;
    }
    sum + g[0] * x[1]
}

const TRIANGLES: [Triangle; 4] = [
    Triangle::Lower,
    Triangle::LowerTransposed,
    Triangle::Upper,
    Triangle::UpperTransposed,
];

#[test]
fn systems() {
    for n in [1, 2, 5] {
        prove!(solved(slice regular(n), slice noise(n)) -> vec);
        prove!(solved_transposed(slice regular(n), slice noise(n)) -> vec);
        for steps in [0, 1, 4] {
            prove_hvp!(sum_of_powers(slice regular(n), slice noise(n), val 0.7, con steps));
        }
    }
    let (a, b) = (regular(6), noise(6));
    let x = solved(&a, &b);
    for i in 0..6 {
        let product: f64 = (0..6).map(|j| a[i * 6 + j] * x[j]).sum();
        assert!((product - b[i]).abs() < 1e-13);
    }
}

#[test]
fn determinants() {
    for n in [1, 2, 4] {
        prove_hvp!(log_determinant(slice regular(n), con n));
        prove_hvp!(determinant(slice regular(n), con n));
    }
    assert_eq!(determinant(&[0.0, 2.0, 3.0, 0.0], 2), -6.0);
    assert_eq!(determinant(&[], 0), 1.0);
}

#[test]
fn triangles() {
    for n in [3, 4] {
        let a: Vec<f64> = regular(n)
            .iter()
            .zip(positive(n * n))
            .map(|(a, b)| a + b)
            .collect();
        for t in TRIANGLES {
            prove!(substituted(slice a, slice noise(n), con t) -> vec);
            prove_hvp!(substituted_twice(slice a, slice noise(n), con t));
        }
    }
    let lower = [2.0, f64::NAN, 1.0, 4.0];
    assert_eq!(
        solve_triangular(&lower, &[2.0, 9.0], Triangle::Lower),
        [1.0, 2.0]
    );
    let (_, (a_bar, _)) = {
        let mut bars = ([0.0; 4], [0.0; 2]);
        let seed = vec![1.0, 1.0];
        let x = solve_triangular_adjoint(
            &lower,
            &mut bars.0,
            &[2.0, 9.0],
            &mut bars.1,
            Triangle::Lower,
            &seed,
        );
        (x, bars)
    };
    assert_eq!(a_bar, [-0.375, 0.0, -0.25, -0.5]);
}

#[test]
fn definite_matrices() {
    for n in [2, 4] {
        prove!(solved_definite(slice definite(n), slice noise(n)) -> vec);
        prove!(factor(slice definite(n), con n) -> vec);
        prove_hvp!(known_likelihood(slice definite(n), slice noise(n), val 0.3));
        prove_hvp!(drawn(slice definite(n), con &positive(n)));
        prove_hvp!(kernel(slice noise(n), val 0.8));
    }
    let (_, gradient, _) = likelihood_hvp(&definite(3), &[0.0; 9], &noise(3), &[0.0; 3], 0.1, 1.0)
        .expect("a definite matrix");
    assert!([1, 2, 5].iter().all(|&k| gradient.0[k] == 0.0));
}

#[test]
fn spectra() {
    let a = [4.0, 0.0, 0.0, 0.5, 2.0, 0.0, -0.3, 0.4, -1.0];
    prove!(eigenvalues(slice a, con 3) -> vec);
    prove!(eigenvectors(slice a, con 3) -> vec);
    prove_hvp!(spectral(slice a, con 3));
    prove!(eigenvalues(slice definite(5), con 5) -> vec);
    prove_hvp!(spectral(slice [2.5], con 1));
    // An eigenvalue that stands there twice has a derivative as long as nobody asks which of the two it is.
    let e = eigen(&[1.0, 0.0, 0.0, 1.0], 2).expect("finite");
    let mut bar = e.clone();
    bar = chainrule::rt::Differentiable::zero_shadow(&bar);
    e.values_adjoint(&mut bar, &vec![1.0, 1.0]);
    let (_, dot) = e.values_tangent(&bar);
    assert_eq!(dot, [1.0, 1.0]);
    let (_, dot) = e.vectors_tangent(&bar);
    assert!(dot.iter().all(|d| !d.is_finite()), "{dot:?}");
}

#[test]
fn least_squares() {
    for (m, n) in [(3, 2), (5, 3), (4, 4)] {
        let mut a = noise(m * n);
        (0..n).for_each(|i| a[i * n + i] += 2.0);
        prove!(fitted(slice a, slice noise(m), con n) -> vec);
        prove_hvp!(residual(slice a, slice noise(m), con n));
    }
}

#[test]
fn what_has_no_solution() {
    assert_eq!(lu(&[1.0, 2.0, 2.0, 4.0], 2).err(), Some(Singular::Pivot));
    assert_eq!(lu(&[f64::NAN], 1).err(), Some(Singular::NotFinite));
    assert_eq!(
        cholesky(&[1.0, 0.0, 2.0, 1.0], 2).err(),
        Some(Singular::NotPositive)
    );
    assert_eq!(qr(&[1.0, 0.0, 1.0, 0.0], 2, 2).err(), Some(Singular::Pivot));
    assert_eq!(eigen(&[f64::INFINITY], 1).err(), Some(Singular::NotFinite));
    let singular = powers_gradient(&[1.0, 1.0, 1.0, 1.0], &[1.0, 2.0], 0.0, 1);
    assert_eq!(singular.err(), Some(Singular::Pivot));
    assert_eq!(Singular::Pivot.to_string(), "the matrix is singular");
}

#[test]
#[should_panic(expected = "a matrix of 2 rows and 2 columns has 4 entries")]
fn shapes_that_do_not_fit() {
    let _ = lu(&[1.0, 2.0, 3.0], 2);
}
