//! Stages whose sizes can be chosen: dense layers and elementwise functions, as chains that count what their sweeps multiply.

use chainrule::chain::{Chain, How, Plan, Stage};
use chainrule::{Matrix, differentiate};
use std::sync::atomic::{AtomicU64, Ordering};

/// A dense layer: a matrix, stored column by column, and a bend.
#[differentiate]
fn dense(x: &[f64], #[constant] weights: &[f64], results: usize) -> Vec<f64> {
    let mut y = vec![0.0; results];
    for j in 0..x.len() {
        for i in 0..results {
            y[i] += weights[j * results + i] * x[j];
        }
    }
    for y in y.iter_mut() {
        *y = *y / (1.0 + *y * *y).sqrt();
    }
    y
}

/// A function of each value by itself.
#[differentiate]
fn bend(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| x / (1.0 + x * x).sqrt()).collect()
}

/// How many rounds `settle` goes.
const ROUNDS: usize = 500;

/// What is left of the values when each has followed its neighbour for a while.
#[differentiate]
fn settle(x: &[f64], results: usize) -> Vec<f64> {
    let mut y = x.to_vec();
    for _ in 0..ROUNDS {
        for i in 1..y.len() {
            y[i] += 0.1 * (y[i - 1] - y[i] * y[i] * y[i]);
        }
    }
    y[y.len() - results..].to_vec()
}

/// What a stage does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Dense,
    Bend,
    Settle,
}

/// The stages of a chain.
pub struct Layers {
    sizes: Vec<usize>,
    kinds: Vec<Kind>,
    /// Of the dense stages.
    weights: Vec<Vec<f64>>,
    multiplications: AtomicU64,
}

impl Layers {
    /// Dense layers between these sizes.
    pub fn dense(sizes: &[usize]) -> Self {
        Self::new(sizes, &vec![Kind::Dense; sizes.len() - 1])
    }

    /// Such layers between these sizes.
    pub fn new(sizes: &[usize], kinds: &[Kind]) -> Self {
        let stages = sizes.windows(2).zip(kinds);
        let weights = stages.map(|(s, kind)| match kind {
            Kind::Dense => some_weights(s[0], s[1]),
            _ => Vec::new(),
        });
        Self {
            weights: weights.collect(),
            sizes: sizes.to_vec(),
            kinds: kinds.to_vec(),
            multiplications: AtomicU64::new(0),
        }
    }

    /// An input.
    pub fn input(&self) -> Vec<f64> {
        (0..self.sizes[0]).map(|k| (0.7 * k as f64).sin()).collect()
    }

    /// The layers, composed.
    pub fn chain(&self) -> Chain<'_, f64, [f64], [f64]> {
        let rest = 1..self.kinds.len();
        rest.fold(Chain::of(self.stage(0)), |chain, k| {
            chain.then(self.stage(k))
        })
    }

    fn stage(&self, k: usize) -> Stage<'_, f64, [f64], [f64]> {
        let name = format!("f{}", k + 1);
        let (n, m, w) = (self.sizes[k], self.sizes[k + 1], &self.weights[k]);
        let entries = match self.kinds[k] {
            Kind::Dense => n * m,
            Kind::Bend => n,
            Kind::Settle => 2 * (n - 1) * ROUNDS,
        };
        let count = move || {
            self.multiplications
                .fetch_add(entries as u64, Ordering::Relaxed);
        };
        match self.kinds[k] {
            Kind::Dense => Stage::new(
                name,
                move |x| dense(x, w, m),
                move |x, x_dot| {
                    count();
                    dense_tangent(x, x_dot, w, m)
                },
                move |x, x_bar, y_bar| {
                    count();
                    dense_adjoint(x, x_bar, w, m, y_bar)
                },
            ),
            Kind::Bend => Stage::new(
                name,
                bend,
                move |x, x_dot| {
                    count();
                    bend_tangent(x, x_dot)
                },
                move |x, x_bar, y_bar| {
                    count();
                    bend_adjoint(x, x_bar, y_bar)
                },
            ),
            Kind::Settle => Stage::new(
                name,
                move |x| settle(x, m),
                move |x, x_dot| {
                    count();
                    settle_tangent(x, x_dot, m)
                },
                move |x, x_bar, y_bar| {
                    count();
                    settle_adjoint(x, x_bar, m, y_bar)
                },
            ),
        }
    }

    /// The Jacobian by a plan, and how many multiplications by entries of Jacobians that took: in sweeps as they ran, and in products.
    pub fn jacobian(&self, plan: &Plan) -> (Matrix<f64>, u64) {
        self.multiplications.store(0, Ordering::Relaxed);
        let (_, jacobian) = self
            .chain()
            .jacobian_by(plan, &self.input())
            .expect("a plan for these sizes");
        let swept = self.multiplications.load(Ordering::Relaxed);
        (jacobian, swept + products(plan))
    }
}

fn some_weights(inputs: usize, results: usize) -> Vec<f64> {
    let scale = 1.0 / (inputs as f64).sqrt();
    let entries = (0..inputs * results).map(|k| scale * (1.3 * k as f64).sin());
    entries.collect()
}

/// What the products of a plan multiply.
fn products(plan: &Plan) -> u64 {
    let (sizes, steps) = (plan.sizes(), plan.steps());
    let product = |step: &chainrule::chain::Step| match step.how {
        How::Multiply { earlier, .. } => {
            let middle = sizes[steps[earlier].stages.end];
            (sizes[step.stages.start] * middle * sizes[step.stages.end]) as u64
        }
        _ => 0,
    };
    steps.iter().map(product).sum()
}
