//! The order in which given Jacobians are multiplied with the fewest multiplications: the matrix chain problem.
//!
//! Dynamic programming over neighbouring stages (Godbole, "On efficient computation of matrix chain products", 1973).

use super::ChainError;
use super::steps::{Step, Steps, multiplications};
use super::triangle::{self, Triangle};
use crate::sweeps::Mode;

/// Sizes that can be planned for: those of at least one stage, and nowhere zero.
pub(super) fn check(sizes: &[usize]) -> Result<(), ChainError> {
    if sizes.len() < 2 {
        return Err(ChainError::Empty);
    }
    match sizes.iter().position(|s| *s == 0) {
        Some(at) => Err(ChainError::ZeroSize { at }),
        None => Ok(()),
    }
}

/// From the input side: tangent sweeps only.
pub(super) fn forward(sizes: &[usize]) -> Vec<Step> {
    let (mut steps, end) = (Steps::default(), sizes.len() - 1);
    let first = steps.tangents(0);
    if end > 1 {
        steps.push(first, end);
    }
    steps.finish()
}

/// From the output side: adjoint sweeps only.
pub(super) fn reverse(sizes: &[usize]) -> Vec<Step> {
    let (mut steps, end) = (Steps::default(), sizes.len() - 1);
    let last = steps.adjoints(end - 1);
    if end > 1 {
        steps.pull(last, 0, |_| true);
    }
    steps.finish()
}

/// The best order. Among equally good ones, those of a single mode come first: they need no products of matrices.
pub(super) fn best(sizes: &[usize]) -> Result<Vec<Step>, ChainError> {
    // Where sizes only go one way, the mode is known, for chains too that are too long for a table.
    if sizes.is_sorted() {
        return Ok(single(sizes, Mode::Forward));
    }
    if sizes.is_sorted_by(|a, b| a >= b) {
        return Ok(single(sizes, Mode::Reverse));
    }
    triangle::check(sizes.len() - 1)?;
    let last = sizes.len() - 2;
    let (fewest, splits) = table(sizes)?;
    let is_best = |steps: &[Step]| multiplications(steps, sizes).is_ok_and(|m| m == fewest);
    let mode = match (is_best(&forward(sizes)), is_best(&reverse(sizes))) {
        (true, true) if sizes[0] > sizes[last + 1] => Mode::Reverse,
        (true, _) => Mode::Forward,
        (false, true) => Mode::Reverse,
        (false, false) => {
            let mut writer = Writer::new(sizes, Mode::Forward);
            writer.range(&splits, 0, last);
            return Ok(writer.steps.finish());
        }
    };
    Ok(single(sizes, mode))
}

/// The order of one mode. What it begins with is chosen as everywhere.
fn single(sizes: &[usize], mode: Mode) -> Vec<Step> {
    let (mut writer, count) = (Writer::new(sizes, mode), sizes.len() - 1);
    if count == 1 {
        writer.stage(0);
        return writer.steps.finish();
    }
    let first = match mode {
        Mode::Forward => writer.pair(0),
        Mode::Reverse => writer.pair(count - 2),
    };
    match mode {
        _ if count == 2 => first,
        Mode::Forward => writer.steps.push(first, count),
        Mode::Reverse => writer.steps.pull(first, 0, |_| true),
    };
    writer.steps.finish()
}

/// The fewest multiplications, and for stages `i` to `j` the `k` such that those up to `k` are one factor.
fn table(sizes: &[usize]) -> Result<(u128, Triangle<u32>), ChainError> {
    let count = sizes.len() - 1;
    let (mut costs, mut splits) = (Triangle::new(count, 0), Triangle::new(count, 0));
    for i in (0..count).rev() {
        for j in i + 1..count {
            let ends = sizes[i] as u128 * sizes[j + 1] as u128;
            let (mut least, mut split) = (u128::MAX, i);
            let (row, column) = (costs.row(i, i..j), costs.column(i + 1..j + 1, j));
            let middles = &sizes[i + 1..j + 1];
            for (k, ((earlier, later), middle)) in row.iter().zip(column).zip(middles).enumerate() {
                let product = times(ends, *middle);
                let cost = product.saturating_add(*earlier).saturating_add(*later);
                if cost < least {
                    (least, split) = (cost, i + k);
                }
            }
            costs.set(i, j, least);
            splits.set(i, j, split as u32);
        }
    }
    match costs.at(0, count - 1) {
        u128::MAX => Err(ChainError::TooLarge),
        fewest => Ok((fewest, splits)),
    }
}

/// A product that is the largest number where it is too large; products of words are multiplied as words.
fn times(a: u128, b: usize) -> u128 {
    match u64::try_from(a) {
        Ok(a) => u128::from(a) * b as u128,
        Err(_) => a.saturating_mul(b as u128),
    }
}

/// Writes the steps that multiply in the order of a bracketing.
struct Writer<'w> {
    sizes: &'w [usize],
    /// The one that is taken where both are as good.
    preferred: Mode,
    steps: Steps,
}

impl<'w> Writer<'w> {
    fn new(sizes: &'w [usize], preferred: Mode) -> Self {
        let steps = Steps::default();
        Self {
            sizes,
            preferred,
            steps,
        }
    }

    /// Where one factor is a single stage, its sweeps are seeded with the other.
    fn range(&mut self, splits: &Triangle<u32>, i: usize, j: usize) -> usize {
        if i == j {
            return self.stage(i);
        }
        let k = splits.at(i, j) as usize;
        match (k == i, k + 1 == j) {
            (true, true) => self.pair(i),
            (true, false) => {
                let later = self.range(splits, k + 1, j);
                self.steps.pull(later, i, |_| true)
            }
            (false, true) => {
                let earlier = self.range(splits, i, k);
                self.steps.push(earlier, j + 1)
            }
            (false, false) => {
                let earlier = self.range(splits, i, k);
                let later = self.range(splits, k + 1, j);
                self.steps.multiply(later, earlier)
            }
        }
    }

    /// One stage by itself, by as few sweeps as possible.
    fn stage(&mut self, k: usize) -> usize {
        let [inputs, results] = [self.sizes[k], self.sizes[k + 1]];
        match self.is_forward(inputs, results) {
            true => self.steps.tangents(k),
            false => self.steps.adjoints(k),
        }
    }

    /// Two stages by themselves: one by as few sweeps as possible, through the other. A sweep counts as the product of its stage's sizes.
    fn pair(&mut self, i: usize) -> usize {
        let [a, b, c] = [0, 1, 2].map(|k| self.sizes[i + k] as f64);
        let push = a.min(b) * a * b + a * b * c;
        let pull = b.min(c) * b * c + a * b * c;
        if self.is_forward(push, pull) {
            let earlier = self.stage(i);
            self.steps.push(earlier, i + 2)
        } else {
            let later = self.stage(i + 1);
            self.steps.pull(later, i, |_| true)
        }
    }

    /// Which of two ways is taken, by what they cost.
    fn is_forward<C: PartialOrd>(&self, forward: C, reverse: C) -> bool {
        forward < reverse || forward <= reverse && self.preferred == Mode::Forward
    }
}
