//! Medians of repeated measurements.

use std::hint::black_box;
use std::time::Instant;

const SAMPLES: usize = 31;
/// Seconds that one sample should take.
const SAMPLE: f64 = 2e-3;

/// Seconds that a call takes.
pub fn median<R>(mut call: impl FnMut() -> R) -> f64 {
    let mut time = |repeats: usize| {
        let start = Instant::now();
        for _ in 0..repeats {
            black_box(call());
        }
        start.elapsed().as_secs_f64()
    };
    let mut repeats = 1;
    while time(repeats) < SAMPLE {
        repeats *= 2;
    }
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| time(repeats) / repeats as f64)
        .collect();
    samples.sort_by(f64::total_cmp);
    samples[SAMPLES / 2]
}

/// The times of one function and its derivatives.
pub struct Row {
    pub name: &'static str,
    pub primal: f64,
    pub tangent: f64,
    pub tangent_by_hand: f64,
    pub adjoint: f64,
    pub adjoint_by_hand: f64,
}

pub fn heading() {
    println!(
        "| ratio to the function | function, µs | tangent | by hand | adjoint | by hand | adjoint ÷ by hand |"
    );
    println!("|---|---|---|---|---|---|---|");
}

impl Row {
    pub fn print(&self) {
        let ratio = |t: f64| format!("{:.2}", t / self.primal);
        println!(
            "| {} | {:.3} | {} | {} | {} | {} | {:.2} |",
            self.name,
            self.primal * 1e6,
            ratio(self.tangent),
            ratio(self.tangent_by_hand),
            ratio(self.adjoint),
            ratio(self.adjoint_by_hand),
            self.adjoint / self.adjoint_by_hand,
        );
    }
}
