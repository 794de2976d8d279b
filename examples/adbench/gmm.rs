//! GMM: the log-posterior of a Gaussian mixture model with a Wishart prior.
//!
//! For `K` components in `d` dimensions, component `k` has a log-weight `α_k`, a mean `μ_k` and the factor
//! `Q_k` of its inverse covariance: lower triangular, with `exp(q_k)` on the diagonal and `l_k`, column by
//! column, below it. The row of `icf` for `k` is `q_k` followed by `l_k`.

use chainrule::{constant, differentiate};
use std::f64::consts::{LN_2, PI};

/// The prior's parameters.
pub struct Wishart {
    /// The scale `γ` of the prior.
    pub gamma: f64,
    /// The degrees of freedom beyond `d + 1`.
    pub m: u32,
}

/// A problem: the point at which the objective is differentiated, and the data.
pub struct Problem {
    /// Dimension `d` of the space.
    pub dimension: usize,
    /// `α`: one per component.
    pub alphas: Vec<f64>,
    /// `μ`: `d` per component.
    pub means: Vec<f64>,
    /// `q` and `l`: `d (d + 1) / 2` per component.
    pub icf: Vec<f64>,
    /// The observed points: `d` each.
    pub points: Vec<f64>,
    /// The prior.
    pub wishart: Wishart,
}

impl Problem {
    /// What the tables call this problem.
    pub fn size(&self) -> String {
        format!("d{} K{}", self.dimension, self.alphas.len())
    }
}

/// The log-posterior
///
/// `−n·d/2·ln 2π + Σ_i lse_k(α_k + Σ_j q_kj − ½‖Q_k (x_i − μ_k)‖²) − n·lse(α) + prior`
///
/// of the points `x` as a function of `alphas`, `means` and `icf`.
#[differentiate(forward, reverse, hessian)]
pub fn objective(
    alphas: &[f64],
    means: &[f64],
    icf: &[f64],
    #[constant] points: &[f64],
    #[constant] wishart: &Wishart,
) -> f64 {
    let components = alphas.len();
    let d = means.len() / components;
    let n = points.len() / d;
    let row = d * (d + 1) / 2;

    let mut diagonals = vec![0.0; components * d];
    let mut log_dets = vec![0.0; components];
    for k in 0..components {
        for j in 0..d {
            let q = icf[k * row + j];
            diagonals[k * d + j] = q.exp();
            log_dets[k] += q;
        }
    }

    let mut diff = vec![0.0; d];
    let mut whitened = vec![0.0; d];
    let mut log_density = vec![0.0; components];
    let mut total = 0.0;
    for i in 0..n {
        let x = &points[i * d..(i + 1) * d];
        for k in 0..components {
            let mean = &means[k * d..(k + 1) * d];
            for j in 0..d {
                diff[j] = x[j] - mean[j];
            }
            let diagonal = &diagonals[k * d..(k + 1) * d];
            let lower = &icf[k * row + d..(k + 1) * row];
            lower_times_vector(diagonal, lower, &diff, &mut whitened);
            log_density[k] = alphas[k] + log_dets[k] - 0.5 * squared_norm(&whitened);
        }
        total += log_sum_exp(&log_density);
    }

    -0.5 * (n * d) as f64 * (2.0 * PI).ln() + total - n as f64 * log_sum_exp(alphas)
        + log_prior(&diagonals, &log_dets, icf, d, wishart)
}

/// The logarithm of the Wishart prior,
///
/// `Σ_k [½γ² (‖exp(q_k)‖² + ‖l_k‖²) − m Σ_j q_kj] − K·C`,
///
/// where `diagonals` holds the `exp(q_k)` and `log_dets` the `Σ_j q_kj`.
#[differentiate(forward, reverse, hessian)]
fn log_prior(
    diagonals: &[f64],
    log_dets: &[f64],
    icf: &[f64],
    d: usize,
    #[constant] wishart: &Wishart,
) -> f64 {
    let components = log_dets.len();
    let row = d * (d + 1) / 2;
    let half_gamma_squared = 0.5 * wishart.gamma * wishart.gamma;
    let mut total = 0.0;
    for k in 0..components {
        let frobenius = squared_norm(&diagonals[k * d..(k + 1) * d])
            + squared_norm(&icf[k * row + d..(k + 1) * row]);
        total += half_gamma_squared * frobenius - wishart.m as f64 * log_dets[k];
    }
    total - components as f64 * constant(log_wishart_normaliser(d, wishart))
}

/// `out = Q v` for the lower triangular `Q` with the given diagonal, and with the entries `lower` below it,
/// column by column.
#[differentiate(forward, reverse, hessian)]
fn lower_times_vector(diagonal: &[f64], lower: &[f64], v: &[f64], out: &mut [f64]) {
    let d = v.len();
    for i in 0..d {
        out[i] = diagonal[i] * v[i];
    }
    let mut start = 0;
    for j in 0..d {
        let column = &lower[start..start + d - j - 1];
        let below = &mut out[j + 1..d];
        for (i, l) in column.iter().enumerate() {
            below[i] += l * v[j];
        }
        start += column.len();
    }
}

/// `‖v‖² = Σ_i v_i²`.
#[differentiate(forward, reverse, hessian)]
fn squared_norm(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x * x;
    }
    sum
}

/// `lse(v) = ln Σ_i exp(v_i)`, shifted by the maximum of `v` so that nothing overflows.
#[differentiate(forward, reverse, hessian)]
fn log_sum_exp(v: &[f64]) -> f64 {
    let mut largest = v[0];
    for x in v {
        largest = largest.max(*x);
    }
    let mut sum = 0.0;
    for x in v {
        sum += (x - largest).exp();
    }
    largest + sum.ln()
}

/// The constant `C = ν·d·(ln γ − ½ ln 2) − lnΓ_d(ν/2)` of the prior, with `ν = d + m + 1`.
pub fn log_wishart_normaliser(d: usize, wishart: &Wishart) -> f64 {
    let nu = d + wishart.m as usize + 1;
    (nu * d) as f64 * (wishart.gamma.ln() - 0.5 * LN_2) - log_multivariate_gamma(nu, d)
}

/// `lnΓ_d(ν/2) = d(d−1)/4·ln π + Σ_{j=1..d} lnΓ((ν + 1 − j)/2)`.
fn log_multivariate_gamma(nu: usize, d: usize) -> f64 {
    let gammas: f64 = (1..=d).map(|j| log_gamma_of_half(nu + 1 - j)).sum();
    0.25 * (d * (d - 1)) as f64 * PI.ln() + gammas
}

/// `lnΓ(n/2)` for a positive integer `n`, by the recurrence `Γ(x + 1) = x·Γ(x)` from `Γ(1) = 1` or
/// `Γ(1/2) = √π`.
fn log_gamma_of_half(n: usize) -> f64 {
    let (first, start) = if n.is_multiple_of(2) {
        (2, 0.0)
    } else {
        (1, 0.5 * PI.ln())
    };
    (first..n)
        .step_by(2)
        .fold(start, |sum, twice_x| sum + (0.5 * twice_x as f64).ln())
}
