//! GMM as somebody writes it who has structs for what belongs together, and operators for vectors.

use crate::gmm_indices::{Wishart, log_wishart_normaliser};
use chainrule::{Differentiable, constant, differentiate};
use std::f64::consts::PI;
use std::ops::{Mul, Sub};

#[derive(Clone, Copy, Differentiable)]
pub struct Vector<const D: usize>([f64; D]);

#[derive(Clone, Differentiable)]
pub struct Component<const D: usize> {
    alpha: f64,
    mean: Vector<D>,
    /// The logarithms of the factor's diagonal.
    log_diagonal: Vector<D>,
    /// What lies below it, column by column.
    lower: Vec<f64>,
}

#[derive(Clone, Differentiable)]
pub struct Mixture<const D: usize> {
    components: Vec<Component<D>>,
}

/// The lower triangular factor of an inverse covariance.
#[derive(Clone, Differentiable)]
struct Factor<const D: usize> {
    diagonal: Vector<D>,
    lower: Vec<f64>,
}

impl<const D: usize> Vector<D> {
    pub fn new(x: &[f64]) -> Self {
        Vector(std::array::from_fn(|i| x[i]))
    }
}

#[differentiate(reverse)]
impl<const D: usize> Vector<D> {
    fn squared_norm(&self) -> f64 {
        let mut sum = 0.0;
        for x in &self.0 {
            sum += x * x;
        }
        sum
    }

    fn sum(&self) -> f64 {
        let mut sum = 0.0;
        for x in &self.0 {
            sum += x;
        }
        sum
    }
}

#[differentiate(reverse)]
impl<const D: usize> Sub for &Vector<D> {
    type Output = Vector<D>;

    fn sub(self, other: &Vector<D>) -> Vector<D> {
        let mut difference = [0.0; D];
        for i in 0..D {
            difference[i] = self.0[i] - other.0[i];
        }
        Vector(difference)
    }
}

#[differentiate(reverse)]
impl<const D: usize> Mul<&Vector<D>> for &Factor<D> {
    type Output = Vector<D>;

    fn mul(self, v: &Vector<D>) -> Vector<D> {
        let mut out = [0.0; D];
        for i in 0..D {
            out[i] = self.diagonal.0[i] * v.0[i];
        }
        let mut start = 0;
        for j in 0..D {
            let column = &self.lower[start..start + D - j - 1];
            let below = &mut out[j + 1..];
            for (i, l) in column.iter().enumerate() {
                below[i] += l * v.0[j];
            }
            start += column.len();
        }
        Vector(out)
    }
}

impl<const D: usize> Mixture<D> {
    pub fn new(alphas: &[f64], means: &[f64], icf: &[f64]) -> Self {
        let row = D * (D + 1) / 2;
        let component = |k: usize| Component {
            alpha: alphas[k],
            mean: Vector::new(&means[k * D..]),
            log_diagonal: Vector::new(&icf[k * row..]),
            lower: icf[k * row + D..(k + 1) * row].to_vec(),
        };
        Mixture {
            components: (0..alphas.len()).map(component).collect(),
        }
    }

    /// `alphas`, `means` and `icf` of the index form.
    pub fn flat(&self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let mut flat = (Vec::new(), Vec::new(), Vec::new());
        for c in &self.components {
            flat.0.push(c.alpha);
            flat.1.extend(c.mean.0);
            flat.2.extend(c.log_diagonal.0);
            flat.2.extend(&c.lower);
        }
        flat
    }
}

#[differentiate(reverse)]
pub fn objective<const D: usize>(
    mixture: &Mixture<D>,
    #[constant] points: &[Vector<D>],
    #[constant] wishart: &Wishart,
) -> f64 {
    let n = points.len();
    let mut factors = Vec::new();
    let mut alphas = Vec::new();
    for c in &mixture.components {
        let mut diagonal = [0.0; D];
        for i in 0..D {
            diagonal[i] = c.log_diagonal.0[i].exp();
        }
        factors.push(Factor {
            diagonal: Vector(diagonal),
            lower: c.lower.clone(),
        });
        alphas.push(c.alpha);
    }

    let mut log_density = vec![0.0; mixture.components.len()];
    let mut total = 0.0;
    for x in points {
        for (k, c) in mixture.components.iter().enumerate() {
            let whitened: Vector<D> = &factors[k] * &(x - &c.mean);
            log_density[k] = c.alpha + c.log_diagonal.sum() - 0.5 * whitened.squared_norm();
        }
        total += log_sum_exp(&log_density);
    }

    -0.5 * (n * D) as f64 * (2.0 * PI).ln() + total - n as f64 * log_sum_exp(&alphas)
        + log_prior(mixture, &factors, wishart)
}

#[differentiate(reverse)]
fn log_prior<const D: usize>(
    mixture: &Mixture<D>,
    factors: &[Factor<D>],
    #[constant] wishart: &Wishart,
) -> f64 {
    let half_gamma_squared = 0.5 * wishart.gamma * wishart.gamma;
    let mut total = 0.0;
    for (c, factor) in mixture.components.iter().zip(factors) {
        let frobenius = factor.diagonal.squared_norm() + squared_norm(&factor.lower);
        total += half_gamma_squared * frobenius - wishart.m as f64 * c.log_diagonal.sum();
    }
    total - factors.len() as f64 * constant(log_wishart_normaliser(D, wishart))
}

#[differentiate(reverse)]
fn squared_norm(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in v {
        sum += x * x;
    }
    sum
}

#[differentiate(reverse)]
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
