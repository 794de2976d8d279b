//! GMM as somebody writes it who thinks in iterators.

use crate::gmm_indices::{Wishart, log_wishart_normaliser};
use chainrule::{constant, differentiate};
use std::f64::consts::PI;

#[differentiate(reverse)]
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
    for (diagonal, q) in diagonals.chunks_exact_mut(d).zip(icf.chunks_exact(row)) {
        for (e, q) in diagonal.iter_mut().zip(q) {
            *e = q.exp();
        }
    }
    let log_dets: Vec<f64> = icf
        .chunks_exact(row)
        .map(|q| q.iter().take(d).sum())
        .collect();

    let mut diff = vec![0.0; d];
    let mut whitened = vec![0.0; d];
    let mut log_density = vec![0.0; components];
    let mut total = 0.0;
    for x in points.chunks_exact(d) {
        for (k, mean) in means.chunks_exact(d).enumerate() {
            for ((v, x), m) in diff.iter_mut().zip(x).zip(mean) {
                *v = x - m;
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

#[differentiate(reverse)]
fn log_prior(
    diagonals: &[f64],
    log_dets: &[f64],
    icf: &[f64],
    d: usize,
    #[constant] wishart: &Wishart,
) -> f64 {
    let row = d * (d + 1) / 2;
    let half_gamma_squared = 0.5 * wishart.gamma * wishart.gamma;
    let mut total = 0.0;
    for ((diagonal, log_det), icf) in diagonals
        .chunks_exact(d)
        .zip(log_dets)
        .zip(icf.chunks_exact(row))
    {
        let frobenius = squared_norm(diagonal) + squared_norm(&icf[d..]);
        total += half_gamma_squared * frobenius - wishart.m as f64 * log_det;
    }
    total - log_dets.len() as f64 * constant(log_wishart_normaliser(d, wishart))
}

#[differentiate(reverse)]
fn lower_times_vector(diagonal: &[f64], lower: &[f64], v: &[f64], out: &mut [f64]) {
    for ((out, e), v) in out.iter_mut().zip(diagonal).zip(v) {
        *out = e * v;
    }
    let d = v.len();
    let mut start = 0;
    for (j, vj) in v.iter().enumerate() {
        let column = &lower[start..start + d - j - 1];
        for (out, l) in out[j + 1..].iter_mut().zip(column) {
            *out += l * vj;
        }
        start += column.len();
    }
}

#[differentiate(reverse)]
fn squared_norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum()
}

#[differentiate(reverse)]
fn log_sum_exp(v: &[f64]) -> f64 {
    let largest = v.iter().copied().fold(v[0], f64::max);
    largest + v.iter().map(|x| (x - largest).exp()).sum::<f64>().ln()
}
