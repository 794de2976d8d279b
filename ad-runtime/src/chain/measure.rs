//! What sweeps cost, by the clock.

use super::composed::Link;
use super::partial::product;
use super::{Costs, SweepCost};
use crate::wide::{LANES, Lanes};
use num_traits::Float;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// In nanoseconds. `values` are the inputs of the links and the result.
pub(super) fn costs<T: Float>(
    links: &[Link<'_, T>],
    values: &[Vec<T>],
    patience: Duration,
) -> Costs {
    let stages = links.iter().zip(values.windows(2));
    let stages = stages.map(|(link, values)| {
        let ones = |like: &Vec<T>| vec![T::one(); like.len()];
        let (x, x_dot, y_bar) = (&values[0], ones(&values[0]), ones(&values[1]));
        let mut x_bar = vec![T::zero(); x.len()];
        let sweeps = &link.sweeps;
        let (tangent, adjoint) = match sweeps.is_wide() {
            true => {
                let lanes = |ones: &Vec<T>| vec![Lanes([T::one(); LANES]); ones.len()];
                let (x_dot, y_bar) = (lanes(&x_dot), lanes(&y_bar));
                let tangents = shortest(patience, || sweeps.tangents(x, &x_dot));
                let adjoints = shortest(patience, || sweeps.adjoints(x, y_bar.clone()));
                (tangents / LANES as f64, adjoints / LANES as f64)
            }
            false => (
                shortest(patience, || sweeps.tangent(x, &x_dot)),
                shortest(patience, || sweeps.adjoint(x, &mut x_bar, &y_bar)),
            ),
        };
        SweepCost {
            tangent,
            adjoint,
            memory: None,
        }
    });
    Costs {
        stages: stages.collect(),
        multiplication: multiplication::<T>(patience),
    }
}

fn multiplication<T: Float>(patience: Duration) -> f64 {
    const SIZE: usize = 64;
    let factor = vec![T::one(); SIZE * SIZE];
    let time = shortest(patience, || {
        product(&factor, black_box(&factor), SIZE, SIZE)
    });
    time / (SIZE * SIZE * SIZE) as f64
}

/// The time of the shortest run of at least three.
fn shortest<R>(patience: Duration, mut run: impl FnMut() -> R) -> f64 {
    let (start, mut best, mut runs) = (Instant::now(), f64::INFINITY, 0);
    while runs < 3 || start.elapsed() < patience {
        let begin = Instant::now();
        black_box(run());
        best = best.min(begin.elapsed().as_nanos() as f64);
        runs += 1;
    }
    best
}
