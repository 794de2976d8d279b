//! Median times of several computations, measured side by side.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A computation to be timed. What it returns is kept from being optimised away.
pub type Work<'a> = Box<dyn FnMut() + 'a>;

/// Wraps a computation, result and all, as work to be timed.
pub fn work<'a, R>(mut compute: impl FnMut() -> R + 'a) -> Work<'a> {
    Box::new(move || {
        black_box(compute());
    })
}

/// How long to measure.
#[derive(Clone, Copy)]
pub struct Effort {
    /// The time for all rounds of one set of computations.
    pub budget: Duration,
    /// The least number of rounds.
    pub rounds: usize,
}

/// The median time of each computation in seconds.
///
/// The computations take turns, so that a disturbance of the machine meets all of them. What is short is
/// repeated until a sample takes about a millisecond.
pub fn medians(effort: Effort, computations: &mut [Work]) -> Vec<f64> {
    let repetitions: Vec<u32> = computations.iter_mut().map(calibrate).collect();
    let mut samples = vec![Vec::new(); computations.len()];
    let start = Instant::now();
    while samples[0].len() < effort.rounds || start.elapsed() < effort.budget {
        for ((computation, &n), samples) in
            computations.iter_mut().zip(&repetitions).zip(&mut samples)
        {
            samples.push(sample(computation, n));
        }
    }
    samples.into_iter().map(median).collect()
}

/// How often to repeat a computation in one sample. Also warms up.
fn calibrate(computation: &mut Work) -> u32 {
    computation();
    let once = sample(computation, 1);
    (1e-3 / once.max(1e-9)).clamp(1.0, 1e6) as u32
}

/// The mean time of `n` executions in seconds.
fn sample(computation: &mut Work, n: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..n {
        computation();
    }
    start.elapsed().as_secs_f64() / f64::from(n)
}

/// The median of some numbers.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
