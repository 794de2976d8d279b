//! Newton's method with an exact sparse Hessian: an image of 100,000 pixels is freed from noise.
//!
//! `cargo run --release --example hessian_newton` minimises and prints each step; `-- --quick` takes a smaller image. Five products of the
//! Hessian with vectors give all its entries, however large the image is: a star colouring of a grid needs five colours (Fertin, Raspaud,
//! Reed, *Star coloring of graphs*, 2004).

mod banded;
mod energy;

use banded::Cholesky;
use chainrule::sparse::{HessianPlan, Pattern};
use energy::{energy, energy_hessian, energy_sparse_hessian};
use std::error::Error;
use std::time::Instant;

const STRENGTH: f64 = 0.5;
const EPSILON: f64 = 0.1;

fn main() -> Result<(), Box<dyn Error>> {
    let quick = std::env::args().any(|a| a == "--quick");
    let (width, height) = if quick { (25, 40) } else { (100, 1000) };
    against_dense()?;

    let clean = picture(width, height);
    let noisy = with_noise(&clean);
    let start = Instant::now();
    let pattern = energy::pattern(width, height)?;
    let mut plan = HessianPlan::new(&pattern)?;
    println!(
        "{} unknowns, {} entries of the Hessian, {} products for an evaluation (optimum: 5); plan made in {} ms",
        width * height,
        pattern.entries(),
        plan.sweeps(),
        start.elapsed().as_millis(),
    );
    let mut solver = Newton {
        factor: Cholesky::new(width * height, width),
        noisy: &noisy,
        width,
    };
    let found = solver.minimise(&mut plan)?;
    let error = |u: &[f64]| {
        let squares = u.iter().zip(&clean).map(|(u, c)| (u - c) * (u - c));
        (squares.sum::<f64>() / u.len() as f64).sqrt()
    };
    println!(
        "root mean square error: {:.3} with noise, {:.3} without",
        error(&noisy),
        error(&found)
    );
    Ok(())
}

/// Newton's method with a line search.
struct Newton<'a> {
    factor: Cholesky,
    noisy: &'a [f64],
    width: usize,
}

impl Newton<'_> {
    fn minimise(&mut self, plan: &mut HessianPlan<f64>) -> Result<Vec<f64>, Box<dyn Error>> {
        let mut u = self.noisy.to_vec();
        println!(
            "| step | energy | largest slope | length | Hessian | solution |\n|---|---|---|---|---|---|"
        );
        for step in 0..50 {
            let start = Instant::now();
            let (value, gradient, hessian) =
                energy_sparse_hessian(&u, self.noisy, self.width, STRENGTH, EPSILON, plan)?;
            let evaluated = start.elapsed();
            let largest = gradient.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
            if largest < 1e-10 {
                println!(
                    "| {step} | {value:.9} | {largest:.1e} | | {} ms | |",
                    evaluated.as_millis()
                );
                return Ok(u);
            }
            let start = Instant::now();
            if !self.factor.factor(&hessian) {
                return Err("the Hessian is not positive definite".into());
            }
            let mut direction = gradient.clone();
            self.factor.solve(&mut direction);
            let solved = start.elapsed();
            let slope: f64 = direction.iter().zip(&gradient).map(|(d, g)| d * g).sum();
            let length = self.search(&mut u, value, &direction, slope)?;
            println!(
                "| {step} | {value:.9} | {largest:.1e} | {length} | {} ms | {} ms |",
                evaluated.as_millis(),
                solved.as_millis(),
            );
        }
        Err("no minimum in 50 steps".into())
    }

    /// Moves against the direction, by the first of 1, ½, ¼, … that lowers the energy enough.
    fn search(
        &self,
        u: &mut Vec<f64>,
        value: f64,
        direction: &[f64],
        slope: f64,
    ) -> Result<f64, String> {
        let mut length = 1.0;
        while length > 1e-10 {
            let moved: Vec<f64> = u
                .iter()
                .zip(direction)
                .map(|(u, d)| u - length * d)
                .collect();
            let there = energy(&moved, self.noisy, self.width, STRENGTH, EPSILON);
            // Near the minimum, the decrease drowns in rounding.
            if there <= value - 1e-4 * length * slope + 1e-14 * value.abs() {
                *u = moved;
                return Ok(length);
            }
            length *= 0.5;
        }
        Err("the direction does not lead down".into())
    }
}

/// On a small image, the sparse Hessian is the dense one.
fn against_dense() -> Result<(), Box<dyn Error>> {
    let (width, height) = (6, 5);
    let noisy = with_noise(&picture(width, height));
    let u: Vec<f64> = noisy.iter().map(|x| 0.5 * x).collect();
    let pattern: Pattern = energy::pattern(width, height)?;
    let mut plan = HessianPlan::new(&pattern)?;
    let (_, _, sparse) = energy_sparse_hessian(&u, &noisy, width, STRENGTH, EPSILON, &mut plan)?;
    let (_, _, dense) = energy_hessian(&u, &noisy, width, STRENGTH, EPSILON);
    let sparse = sparse.to_matrix();
    let pairs = sparse.as_slice().iter().zip(dense.as_slice());
    let largest = pairs.fold(0.0_f64, |m, (a, b)| m.max((a - b).abs()));
    println!(
        "on {width} × {height} pixels, the sparse Hessian and the dense one differ by {largest:.1e}\n"
    );
    match largest < 1e-10 {
        true => Ok(()),
        false => Err("that is too much".into()),
    }
}

/// A disk and a bar on a dark ground.
fn picture(width: usize, height: usize) -> Vec<f64> {
    let at = |x: f64, y: f64| {
        let (dx, dy) = (x - 0.5, (y - 0.4) * height as f64 / width as f64);
        if dx * dx + dy * dy < 0.1 || (0.7..0.8).contains(&y) {
            1.0
        } else {
            0.2
        }
    };
    (0..width * height)
        .map(|i| {
            let (x, y) = (i % width, i / width);
            at(
                (x as f64 + 0.5) / width as f64,
                (y as f64 + 0.5) / height as f64,
            )
        })
        .collect()
}

/// Uniform noise, the same in every run.
fn with_noise(clean: &[f64]) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    clean.iter().map(|c| c + 0.6 * noise()).collect()
}
