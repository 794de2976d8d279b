//! What several directions cost together: Jacobians by lanes against sweeps one by one, products with the Hessian against gradients,
//! Hessians against products one by one, and Taylor series against the function.
//!
//! `cargo bench --bench directions` prints medians, as ratios of two times measured in one run.

#[allow(dead_code)]
#[path = "../../examples/adbench/gmm.rs"]
mod gmm;
#[allow(dead_code)]
#[path = "../small/timing.rs"]
mod timing;

use chainrule::differentiate;
use timing::median;

/// A dense layer of 64 inputs and 64 results.
const N: usize = 64;

/// `tanh(W x + b)`, row by row.
#[differentiate(forward, reverse, jacobian)]
fn layer(
    x: &[f64; N],
    #[constant] weights: &[[f64; N]; N],
    #[constant] bias: &[f64; N],
) -> [f64; N] {
    let mut y = [0.0; N];
    for i in 0..N {
        let mut sum = bias[i];
        for j in 0..N {
            sum += weights[i][j] * x[j];
        }
        y[i] = sum.tanh();
    }
    y
}

/// Neighbours in a ring, each pair of which is coupled by a product of functions.
#[differentiate(forward, reverse, jacobian)]
fn ring(x: &[f64; N]) -> [f64; N] {
    let mut y = [0.0; N];
    for i in 0..N {
        let mut sum = 0.0;
        for j in 0..N {
            sum += x[j] / (1.0 + (x[i] - x[j]) * (x[i] - x[j]));
        }
        y[i] = sum * x[i].sin();
    }
    y
}

/// 1,000 operations: sums and products, a quotient and a sine in ten of them.
#[differentiate(taylor)]
fn orbit(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y);
    for _ in 0..100 {
        let s = (a - b).sin();
        a = a + s * b / (2.0 + a * a);
        b = (b - 0.1 * s) * 0.99;
    }
    a + b
}

/// Fixed numbers between −0.5 and 0.5.
fn reals(n: usize) -> Vec<f64> {
    let wave = |i: usize| 0.5 * (1.3 * (i * i) as f64 + 0.7).sin();
    (0..n).map(wave).collect()
}

fn print(name: &str, against: &str, ratio: f64) {
    println!("| {name} | {against} | {ratio:.2} |");
}

fn main() {
    println!("| | divided by | ratio of times |");
    println!("|---|---|---|");
    jacobians();
    hessians();
    series();
}

fn jacobians() {
    let x: [f64; N] = std::array::from_fn(|i| reals(N)[i]);
    let weights: [[f64; N]; N] =
        std::array::from_fn(|i| std::array::from_fn(|j| reals(N)[(3 * i + 5 * j) % N]));
    let unit = |j: usize| std::array::from_fn::<f64, N, _>(|i| if i == j { 1.0 } else { 0.0 });
    let mut jacobian = chainrule::Matrix::zeros(N, N);
    let lanes = median(|| layer_jacobian_into(&x, &weights, &x, &mut jacobian));
    let single = median(|| {
        (0..N)
            .map(|j| layer_tangent(&x, &unit(j), &weights, &x).1[0])
            .sum::<f64>()
    });
    print(
        "Jacobian of a dense layer, 64 × 64",
        "64 tangents",
        lanes / single,
    );
    let lanes = median(|| ring_jacobian_into(&x, &mut jacobian));
    let single = median(|| (0..N).map(|j| ring_tangent(&x, &unit(j)).1[0]).sum::<f64>());
    print("Jacobian of a ring, 64 × 64", "64 tangents", lanes / single);
}

/// GMM with d = 2, K = 5: 35 variables.
fn hessians() {
    let (d, k, n) = (2, 5, 200);
    let (alphas, means, icf) = (reals(k), reals(k * d), reals(k * d * (d + 1) / 2));
    let points = reals(n * d);
    let prior = gmm::Wishart { gamma: 1.0, m: 0 };
    let size = alphas.len() + means.len() + icf.len();
    let gradient = median(|| gmm::objective_gradient(&alphas, &means, &icf, &points, &prior));
    let product = || {
        gmm::objective_hvp(
            &alphas, &alphas, &means, &means, &icf, &icf, &points, &prior,
        )
        .2
    };
    let one = median(product);
    print(
        "Hessian times a vector, GMM d2 K5",
        "gradient",
        one / gradient,
    );
    let hessian = median(|| gmm::objective_hessian(&alphas, &means, &icf, &points, &prior));
    let all = median(|| (0..size).map(|_| product().0[0]).sum::<f64>());
    print("Hessian, GMM d2 K5", "products one by one", hessian / all);
}

fn series() {
    let path: [f64; 8] = std::array::from_fn(|k| reals(8)[k]);
    let primal = median(|| orbit(std::hint::black_box(0.3), 0.7));
    let series = median(|| orbit_taylor(std::hint::black_box(0.3), path, 0.7, path).1[7]);
    print(
        "Taylor to order 8, 1,000 operations",
        "the function",
        series / primal,
    );
}
