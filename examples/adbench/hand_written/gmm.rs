//! The gradient of the GMM objective, by hand.
//!
//! The adjoint of each point's log-sum-exp is known to be 1 before it is computed, so that each point is swept
//! forward and backward at once. With the softmax weights `w_k` of a point, `v = x − μ_k` and `t = Q_k v`:
//!
//! - `ᾱ_k += w_k` and `q̄_kj += w_k`,
//! - `Q̄_k −= w_k t vᵀ` in the lower triangle, times `exp(q_kj)` on the diagonal,
//! - `μ̄_k += w_k Q_kᵀ t`, where the sum of `w_k t` is formed first, and multiplied by `Q_kᵀ` once.

use crate::gmm::{Wishart, log_wishart_normaliser};
use std::f64::consts::PI;

/// The gradient with respect to `alphas`, `means` and `icf`.
pub type Gradient = (Vec<f64>, Vec<f64>, Vec<f64>);

/// The value of the objective and its gradient.
pub fn objective_gradient(
    alphas: &[f64],
    means: &[f64],
    icf: &[f64],
    points: &[f64],
    wishart: &Wishart,
) -> (f64, Gradient) {
    let components = alphas.len();
    let d = means.len() / components;
    let n = points.len() / d;
    let row = d * (d + 1) / 2;

    let mut diagonals = vec![0.0; components * d];
    let mut offsets = alphas.to_vec();
    for k in 0..components {
        for j in 0..d {
            let q = icf[k * row + j];
            diagonals[k * d + j] = q.exp();
            offsets[k] += q;
        }
    }

    let mut sums = Sums {
        weights: vec![0.0; components],
        whitened: vec![0.0; components * d],
        factors: vec![0.0; components * row],
    };
    let total = sweep_points(points, means, icf, &diagonals, &offsets, &mut sums);
    let Sums {
        weights: mut alphas_bar,
        whitened,
        factors: mut icf_bar,
    } = sums;

    let mut means_bar = vec![0.0; components * d];
    let mut prior = -(components as f64) * log_wishart_normaliser(d, wishart);
    for (k, &weight) in alphas_bar.iter().enumerate() {
        let own = k * d..(k + 1) * d;
        let rows = k * row..(k + 1) * row;
        let (diagonal, lower) = (&diagonals[own.clone()], &icf[rows.clone()][d..]);
        transposed_product(diagonal, lower, &whitened[own.clone()], &mut means_bar[own]);
        prior += finish_factor(
            &icf[rows.clone()],
            diagonal,
            weight,
            wishart,
            &mut icf_bar[rows],
        );
    }

    let mut shares = alphas.to_vec();
    let log_sum = softmax(&mut shares);
    for (alpha_bar, share) in alphas_bar.iter_mut().zip(&shares) {
        *alpha_bar -= n as f64 * share;
    }
    let value = -0.5 * (n * d) as f64 * (2.0 * PI).ln() + total - n as f64 * log_sum + prior;
    (value, (alphas_bar, means_bar, icf_bar))
}

/// What is summed over the points, for each component.
struct Sums {
    /// `Σ w`.
    weights: Vec<f64>,
    /// `Σ w t`.
    whitened: Vec<f64>,
    /// `−Σ w t vᵀ`: the diagonal, then the lower triangle column by column.
    factors: Vec<f64>,
}

/// Sums up over the points, and returns the sum of their log-sum-exps. `offsets` are `α_k + Σ_j q_kj`.
fn sweep_points(
    points: &[f64],
    means: &[f64],
    icf: &[f64],
    diagonals: &[f64],
    offsets: &[f64],
    sums: &mut Sums,
) -> f64 {
    let components = offsets.len();
    let d = means.len() / components;
    let row = d * (d + 1) / 2;
    let mut diffs = vec![0.0; components * d];
    let mut whitened = vec![0.0; components * d];
    let mut weights = vec![0.0; components];
    let mut total = 0.0;
    for x in points.chunks_exact(d) {
        for k in 0..components {
            let own = k * d..(k + 1) * d;
            let (v, t) = (&mut diffs[own.clone()], &mut whitened[own.clone()]);
            let factor = (&diagonals[own.clone()], &icf[k * row + d..(k + 1) * row]);
            weights[k] = offsets[k] - 0.5 * whiten(x, &means[own], factor, v, t);
        }
        total += softmax(&mut weights);
        for (k, &weight) in weights.iter().enumerate() {
            let own = k * d..(k + 1) * d;
            sums.weights[k] += weight;
            accumulate(
                weight,
                &diffs[own.clone()],
                &whitened[own.clone()],
                &mut sums.whitened[own],
                &mut sums.factors[k * row..(k + 1) * row],
            );
        }
    }
    total
}

/// Turns a component's adjoint of `Q` into the one of its row of `icf`, prior included, and returns the
/// component's share of the prior, `½γ² (‖exp(q)‖² + ‖l‖²) − m Σ_j q_j`.
fn finish_factor(
    icf: &[f64],
    diagonal: &[f64],
    weight: f64,
    wishart: &Wishart,
    icf_bar: &mut [f64],
) -> f64 {
    let d = diagonal.len();
    let gamma_squared = wishart.gamma * wishart.gamma;
    let m = wishart.m as f64;
    let mut prior = 0.0;
    for j in 0..d {
        let squared = diagonal[j] * diagonal[j];
        prior += 0.5 * gamma_squared * squared - m * icf[j];
        icf_bar[j] = icf_bar[j] * diagonal[j] + weight - m + gamma_squared * squared;
    }
    for (l, l_bar) in icf[d..].iter().zip(&mut icf_bar[d..]) {
        prior += 0.5 * gamma_squared * l * l;
        *l_bar += gamma_squared * l;
    }
    prior
}

/// Computes `v = x − μ` and `t = Q v`, and returns `‖t‖²`.
fn whiten(
    x: &[f64],
    mean: &[f64],
    (diagonal, lower): (&[f64], &[f64]),
    v: &mut [f64],
    t: &mut [f64],
) -> f64 {
    let d = x.len();
    for j in 0..d {
        v[j] = x[j] - mean[j];
        t[j] = diagonal[j] * v[j];
    }
    let mut rest = lower;
    let mut norm = 0.0;
    for j in 0..d {
        let (column, next) = rest.split_at(d - 1 - j);
        for (t, l) in t[j + 1..].iter_mut().zip(column) {
            *t += l * v[j];
        }
        norm += t[j] * t[j];
        rest = next;
    }
    norm
}

/// Replaces `v` by its softmax and returns its log-sum-exp.
fn softmax(v: &mut [f64]) -> f64 {
    let largest = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for x in v.iter_mut() {
        *x = (*x - largest).exp();
        sum += *x;
    }
    let scale = 1.0 / sum;
    for x in v.iter_mut() {
        *x *= scale;
    }
    largest + sum.ln()
}

/// Adds `w t` to `weighted_sum`, and `−w t vᵀ` to the adjoint of `Q`: its diagonal, then its lower triangle
/// column by column.
fn accumulate(w: f64, v: &[f64], t: &[f64], weighted_sum: &mut [f64], factor_bar: &mut [f64]) {
    let d = v.len();
    let (diagonal_bar, mut rest) = factor_bar.split_at_mut(d);
    for j in 0..d {
        let scaled = -w * v[j];
        weighted_sum[j] += w * t[j];
        diagonal_bar[j] += scaled * t[j];
        let (column_bar, next) = rest.split_at_mut(d - 1 - j);
        for (l_bar, t) in column_bar.iter_mut().zip(&t[j + 1..]) {
            *l_bar += scaled * t;
        }
        rest = next;
    }
}

/// `out = Qᵀ t`.
fn transposed_product(diagonal: &[f64], lower: &[f64], t: &[f64], out: &mut [f64]) {
    let d = t.len();
    let mut rest = lower;
    for j in 0..d {
        let (column, next) = rest.split_at(d - 1 - j);
        let below: f64 = column.iter().zip(&t[j + 1..]).map(|(l, t)| l * t).sum();
        out[j] = diagonal[j] * t[j] + below;
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use crate::gmm::objective;
    use crate::hand_written::assert_gradient;
    use crate::synthetic;

    #[test]
    fn gradient_agrees_with_differences() {
        let mut p = synthetic::gmm(3, 4, 7);
        p.wishart.gamma = 1.3;
        p.wishart.m = 2;
        let (value, (alphas_bar, means_bar, icf_bar)) =
            super::objective_gradient(&p.alphas, &p.means, &p.icf, &p.points, &p.wishart);
        let at = |alphas: &[f64], means: &[f64], icf: &[f64]| {
            objective(alphas, means, icf, &p.points, &p.wishart)
        };
        assert!((value - at(&p.alphas, &p.means, &p.icf)).abs() < 1e-10 * value.abs());
        assert_gradient(&p.alphas, &alphas_bar, |x| at(x, &p.means, &p.icf));
        assert_gradient(&p.means, &means_bar, |x| at(&p.alphas, x, &p.icf));
        assert_gradient(&p.icf, &icf_bar, |x| at(&p.alphas, &p.means, x));
    }
}
