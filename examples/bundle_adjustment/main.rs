//! The sparse Jacobian of bundle adjustment: all residuals are one function, its pattern is known, and a colouring says how few sweeps it
//! takes.
//!
//! `cargo run --release --example bundle_adjustment` evaluates the three files of the ADBench suite that come with it, checks every entry
//! against blocks written by hand, and prints one table; `-- --quick` does the smallest.

#[path = "../adbench/ba.rs"]
#[allow(dead_code)]
mod ba;
mod blocks;
#[path = "../adbench/hand_written/ba.rs"]
mod hand_written;
mod problem;
#[path = "../adbench/timing.rs"]
mod timing;

use blocks::Block;
use chainrule::sparse::{Csc, JacobianPlan, Probe};
use problem::Problem;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use timing::{Effort, medians, work};

const FILES: [&str; 3] = [
    "ba1_n49_m7776_p31843.txt",
    "ba2_n21_m11315_p36455.txt",
    "ba4_n372_m47423_p204472.txt",
];

fn main() -> Result<(), Box<dyn Error>> {
    let quick = std::env::args().any(|a| a == "--quick");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/ba");
    let (files, effort) = match quick {
        true => (1, effort(50, 3)),
        false => (3, effort(3000, 7)),
    };
    println!(
        "Times in nanoseconds for each nonzero entry; the optimum is the largest number of entries in a row.\n"
    );
    println!(
        "| size | entries | sweeps | optimum | plan made in | coloured | dense blocks | by hand | coloured ÷ by hand |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for file in &FILES[..files] {
        evaluate(&Problem::read(&folder.join(file))?, effort)?;
    }
    Ok(())
}

fn effort(milliseconds: u64, rounds: usize) -> Effort {
    Effort {
        budget: Duration::from_millis(milliseconds),
        rounds,
    }
}

/// Makes a plan, evaluates, checks, measures, and prints a row of the table.
fn evaluate(p: &Problem, effort: Effort) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let pattern = p.pattern()?;
    let mut plan = JacobianPlan::forward(&pattern).probe(Probe::First);
    let made = start.elapsed();
    let mut jacobian = plan.matrix();
    let mut values = vec![0.0; p.rows()];
    // The first evaluation includes a probe, which fails if the pattern lacks an entry.
    plan.evaluate(&mut jacobian, |_, x_dot, y_dot| {
        p.tangent(x_dot, &mut values, y_dot);
    })?;
    let mut dense = vec![([0.0; 30], 0.0); p.observations.len()];
    let mut by_hand = dense.clone();
    blocks::generated(p, &mut dense);
    blocks::by_hand(p, &mut by_hand);
    check(p, &jacobian, &by_hand, "by hand")?;
    check(p, &jacobian, &dense, "in generated blocks")?;

    let times = medians(
        effort,
        &mut [
            work(|| {
                plan.evaluate(&mut jacobian, |_, x_dot, y_dot| {
                    p.tangent(x_dot, &mut values, y_dot);
                })
            }),
            work(|| blocks::generated(p, &mut dense)),
            work(|| blocks::by_hand(p, &mut by_hand)),
        ],
    );
    let each = |k: usize| 1e9 * times[k] / pattern.entries() as f64;
    println!(
        "| n{} m{} p{} | {} | {} | {} | {} ms | {:.1} | {:.1} | {:.1} | {:.1} |",
        p.cameras.len(),
        p.points.len(),
        p.weights.len(),
        pattern.entries(),
        JacobianPlan::<f64>::forward(&pattern).sweeps(),
        pattern.longest_row(),
        made.as_millis(),
        each(0),
        each(1),
        each(2),
        times[0] / times[2],
    );
    Ok(())
}

/// Compares every entry with that of a block; what is not in the matrix must be zero in the block.
fn check(p: &Problem, jacobian: &Csc<f64>, blocks: &[Block], what: &str) -> Result<(), String> {
    for (i, (block, weight)) in blocks.iter().enumerate() {
        let rows = (0..30).map(|k| (3 * i + k / 15, p.column(i, k % 15), block[k]));
        for (row, col, want) in rows.chain([(3 * i + 2, p.column(i, 14), *weight)]) {
            let got = jacobian.get(row, col);
            if (got - want).abs() > 1e-9 * want.abs().max(1.0) {
                return Err(format!(
                    "the entry ({row}, {col}) is {got}, but {want} {what}"
                ));
            }
        }
    }
    Ok(())
}
