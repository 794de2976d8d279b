//! A plan is followed: sweeps seeded with what is there already, and products.

use super::composed::{Link, length};
use super::directions::{Directions, packed};
use super::partial::Partial;
use super::{ChainError, How, Plan, Step};
use crate::Matrix;
use num_traits::Float;
use std::ops::Range;

/// The Jacobian of the links at these inputs of theirs.
pub(super) fn jacobian<T: Float>(
    plan: &Plan,
    links: &[Link<'_, T>],
    inputs: &[Vec<T>],
) -> Result<Matrix<T>, ChainError> {
    let run = Run {
        sizes: plan.sizes(),
        links,
        inputs,
    };
    let mut made: Vec<Option<Partial<T>>> = Vec::new();
    for step in plan.steps() {
        let partial = run.step(step, &mut made)?;
        made.push(Some(partial));
    }
    match made.pop().flatten() {
        Some(whole) => Ok(whole.matrix()),
        None => Err(ChainError::Empty),
    }
}

struct Run<'r, 'a, T> {
    sizes: &'r [usize],
    links: &'r [Link<'a, T>],
    inputs: &'r [Vec<T>],
}

impl<T: Float> Run<'_, '_, T> {
    fn step(&self, step: &Step, made: &mut [Option<Partial<T>>]) -> Result<Partial<T>, ChainError> {
        let Range { start, end } = step.stages;
        let mut take = |step: usize| made[step].take().expect("each step is used once, later");
        match &step.how {
            How::Tangents => self.push(units(self.sizes[start]), &step.stages),
            How::Adjoints => self.pull(units(self.sizes[end]), &step.stages),
            How::Push { earlier, through } => {
                let (columns, length) = (take(*earlier).columns(), self.sizes[through.start]);
                self.push(columns.chunks_exact(length).map(<[T]>::to_vec), through)
            }
            How::Pull { later, through } => {
                let (rows, length) = (take(*later).rows(), self.sizes[through.end]);
                self.pull(rows.chunks_exact(length).map(<[T]>::to_vec), through)
            }
            How::Multiply { later, earlier } => Ok(take(*later).times(take(*earlier))),
        }
    }

    /// Tangent sweeps along these directions, several at once where a stage takes them.
    fn push(
        &self,
        directions: impl Iterator<Item = Vec<T>>,
        through: &Range<usize>,
    ) -> Result<Partial<T>, ChainError> {
        let mut columns = Vec::new();
        for mut dots in packed(directions) {
            for k in through.clone() {
                let (link, x) = (&self.links[k], &self.inputs[k]);
                dots = match dots.for_stage(link.sweeps.is_wide()) {
                    Directions::Apart(dots) => Directions::Apart(
                        dots.iter()
                            .map(|dot| link.sweeps.tangent(x, dot).1)
                            .collect(),
                    ),
                    Directions::Together { reals, used } => Directions::Together {
                        reals: link.sweeps.tangents(x, &reals),
                        used,
                    },
                };
                let size = self.sizes[k + 1];
                dots.lengths()
                    .try_for_each(|found| length(&link.name, "its tangent", size, found))?;
            }
            columns.extend(dots.apart().into_iter().flatten());
        }
        Ok(Partial::of_columns(self.sizes[through.end], columns))
    }

    /// Adjoint sweeps back from these seeds, several at once where a stage takes them.
    fn pull(
        &self,
        seeds: impl Iterator<Item = Vec<T>>,
        through: &Range<usize>,
    ) -> Result<Partial<T>, ChainError> {
        let mut rows = Vec::new();
        for mut bars in packed(seeds) {
            for k in through.clone().rev() {
                let (sweeps, x) = (&self.links[k].sweeps, &self.inputs[k]);
                bars = match bars.for_stage(sweeps.is_wide()) {
                    Directions::Apart(bars) => Directions::Apart(
                        bars.iter()
                            .map(|bar| {
                                let mut x_bar = vec![T::zero(); x.len()];
                                sweeps.adjoint(x, &mut x_bar, bar);
                                x_bar
                            })
                            .collect(),
                    ),
                    Directions::Together { reals, used } => Directions::Together {
                        reals: sweeps.adjoints(x, reals),
                        used,
                    },
                };
            }
            rows.extend(bars.apart().into_iter().flatten());
        }
        Ok(Partial::of_rows(self.sizes[through.start], rows))
    }
}

/// The unit vectors of a space.
fn units<T: Float>(size: usize) -> impl Iterator<Item = Vec<T>> {
    (0..size).map(move |one| {
        let mut unit = vec![T::zero(); size];
        unit[one] = T::one();
        unit
    })
}
