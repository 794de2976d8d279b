//! The cheapest way to a chain's Jacobian if sweeps have costs of their own and the memory of traces is limited.
//!
//! The model is that of the generalised Jacobian chain product (Naumann, "Matrix-free Jacobian chaining", 2024): a stage's Jacobian is accumulated
//! by sweeps of either mode, two Jacobians are multiplied, or one is pushed or pulled through the stages beside it without theirs ever being
//! formed. Dynamic programming over neighbouring stages, in cubic time.

use super::steps::{Step, Steps};
use super::triangle::{self, Triangle};
use super::{ChainError, Costs};

/// The best steps, and what they cost.
pub(super) fn best(
    sizes: &[usize],
    costs: &Costs,
    limit: Option<u64>,
) -> Result<(f64, Vec<Step>), ChainError> {
    let count = sizes.len() - 1;
    costs.check(count, limit)?;
    triangle::check(count)?;
    let model = Model::new(sizes, costs, limit);
    let (best, choices) = model.table();
    let cost = best.at(0, count - 1);
    if !cost.is_finite() {
        return Err(ChainError::TooLarge);
    }
    let mut steps = Steps::default();
    model.write(&choices, 0, count - 1, &mut steps);
    Ok((cost, steps.finish()))
}

/// What tangent sweeps alone cost.
pub(super) fn forward(sizes: &[usize], costs: &Costs) -> f64 {
    let model = Model::new(sizes, costs, None);
    model.sizes[0] * model.tangents.at(0, sizes.len() - 2)
}

/// What adjoint sweeps alone cost, if their traces fit into memory.
pub(super) fn reverse(sizes: &[usize], costs: &Costs, limit: Option<u64>) -> Option<f64> {
    let (model, last) = (Model::new(sizes, costs, limit), sizes.len() - 2);
    let cost = model.sizes[last + 1] * model.adjoints.at(0, last);
    model.fits(0, last).then_some(cost)
}

#[derive(Clone, Copy)]
enum Choice {
    Tangents,
    Adjoints,
    /// The stages up to that one are pushed through those behind it.
    Push(usize),
    /// The stages behind that one are pulled back through those up to it.
    Pull(usize),
    /// The product of both.
    Multiply(usize),
}

struct Model {
    sizes: Vec<f64>,
    multiplication: f64,
    /// Sums over neighbouring stages.
    tangents: Triangle<f64>,
    adjoints: Triangle<f64>,
    /// The traces of all stages before each one; nothing if there is no limit.
    memory: Vec<u128>,
    limit: Option<u64>,
}

impl Model {
    fn new(sizes: &[usize], costs: &Costs, limit: Option<u64>) -> Self {
        let sums = |cost: &dyn Fn(usize) -> f64| {
            let count = costs.stages.len();
            let mut sums = Triangle::new(count, 0.0);
            for i in 0..count {
                let mut sum = 0.0;
                for j in i..count {
                    sum += cost(j);
                    sums.set(i, j, sum);
                }
            }
            sums
        };
        let mut memory = vec![0];
        if limit.is_some() {
            for stage in &costs.stages {
                let before = memory[memory.len() - 1];
                memory.push(before + u128::from(stage.memory.unwrap_or(u64::MAX)));
            }
        }
        Self {
            sizes: sizes.iter().map(|s| *s as f64).collect(),
            multiplication: costs.multiplication,
            tangents: sums(&|k| costs.stages[k].tangent),
            adjoints: sums(&|k| costs.stages[k].adjoint),
            memory,
            limit,
        }
    }

    /// Whether the traces of stages `i` to `j` may be alive together.
    fn fits(&self, i: usize, j: usize) -> bool {
        self.limit
            .is_none_or(|limit| self.memory[j + 1] - self.memory[i] <= u128::from(limit))
    }

    fn table(&self) -> (Triangle<f64>, Triangle<Choice>) {
        let count = self.sizes.len() - 1;
        let mut costs = Triangle::new(count, 0.0);
        let mut choices = Triangle::new(count, Choice::Tangents);
        for i in (0..count).rev() {
            for j in i..count {
                let (cost, choice) = match i == j {
                    true => self.single(i),
                    false => self.several(&costs, i, j),
                };
                costs.set(i, j, cost);
                choices.set(i, j, choice);
            }
        }
        (costs, choices)
    }

    fn single(&self, i: usize) -> (f64, Choice) {
        let tangents = self.sizes[i] * self.tangents.at(i, i);
        let adjoints = self.sizes[i + 1] * self.adjoints.at(i, i);
        match adjoints < tangents && self.fits(i, i) {
            true => (adjoints, Choice::Adjoints),
            false => (tangents, Choice::Tangents),
        }
    }

    fn several(&self, costs: &Triangle<f64>, i: usize, j: usize) -> (f64, Choice) {
        let (cols, rows) = (self.sizes[i], self.sizes[j + 1]);
        let (earlier, later) = (costs.row(i, i..j), costs.column(i + 1..j + 1, j));
        let tangents = self.tangents.column(i + 1..j + 1, j);
        let adjoints = self.adjoints.row(i, i..j);
        let ends = cols * rows * self.multiplication;
        let mut best = (f64::INFINITY, Choice::Push(i));
        let mut offer = |cost: f64, choice: Choice| {
            if cost < best.0 {
                best = (cost, choice);
            }
        };
        for (n, k) in (i..j).enumerate() {
            offer(earlier[n] + cols * tangents[n], Choice::Push(k));
            if self.fits(i, k) {
                offer(later[n] + rows * adjoints[n], Choice::Pull(k));
            }
            let product = ends * self.sizes[k + 1];
            offer(earlier[n] + later[n] + product, Choice::Multiply(k));
        }
        best
    }

    fn write(&self, choices: &Triangle<Choice>, i: usize, j: usize, steps: &mut Steps) -> usize {
        match choices.at(i, j) {
            Choice::Tangents => steps.tangents(i),
            Choice::Adjoints => steps.adjoints(i),
            Choice::Push(k) => {
                let earlier = self.write(choices, i, k, steps);
                steps.push(earlier, j + 1)
            }
            Choice::Pull(k) => {
                let later = self.write(choices, k + 1, j, steps);
                steps.pull(later, i, |all| self.fits(all.start, all.end - 1))
            }
            Choice::Multiply(k) => {
                let earlier = self.write(choices, i, k, steps);
                let later = self.write(choices, k + 1, j, steps);
                steps.multiply(later, earlier)
            }
        }
    }
}
