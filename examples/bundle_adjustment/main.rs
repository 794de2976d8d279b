//! The sparse Jacobian of bundle adjustment: all residuals are one function, its pattern is found by running it on sets of inputs, and a
//! colouring says in how few directions it has to be differentiated. But what belongs to one observation shares nothing with others but
//! inputs: the plan finds that out, and does with one adjoint sweep.
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

use blocks::{Assembled, Block, ByHand};
use chainrule::sparse::{Csc, JacobianPlan};
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
        "Colours: none has fewer than a row has entries, which is the optimum. Times: nanoseconds for each entry.\n"
    );
    println!(
        "| size | entries | colours | optimum | pattern found in | plan made in | by colours | by segments | from blocks | by hand, into the same matrix | by hand, blocks alone | segments ÷ matrix by hand | segments ÷ blocks by hand |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
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
    let pattern = p.sparsity();
    let found = start.elapsed();
    if pattern != p.pattern()? {
        return Err("the pattern that was found is not the one that is known".into());
    }
    let start = Instant::now();
    let mut by_colors = JacobianPlan::forward(&pattern);
    let (made, colors) = (start.elapsed(), by_colors.sweeps());
    let mut by_segments = JacobianPlan::new(&pattern);
    let (mut colored, mut segmented) = (by_colors.matrix(), by_segments.matrix());
    // The first evaluation includes a probe, which fails if the pattern lacks an entry.
    p.jacobian(&mut by_colors, &mut colored)?;
    p.jacobian(&mut by_segments, &mut segmented)?;
    let (mut assembled, mut by_hand) = (Assembled::new(p)?, ByHand::new(p)?);
    let mut blocks = vec![([0.0; 30], 0.0); p.observations.len()];
    assembled.evaluate(p);
    by_hand.evaluate(p);
    blocks::by_hand(p, &mut blocks);
    check(p, &colored, &blocks, "by colours")?;
    check(p, &segmented, &blocks, "by segments")?;
    check(p, &assembled.jacobian, &blocks, "from blocks")?;
    check(p, &by_hand.jacobian, &blocks, "in the matrix by hand")?;

    let times = medians(
        effort,
        &mut [
            work(|| p.jacobian(&mut by_colors, &mut colored)),
            work(|| p.jacobian(&mut by_segments, &mut segmented)),
            work(|| assembled.evaluate(p)),
            work(|| by_hand.evaluate(p)),
            work(|| blocks::by_hand(p, &mut blocks)),
        ],
    );
    let each = |k: usize| 1e9 * times[k] / pattern.entries() as f64;
    println!(
        "| n{} m{} p{} | {} | {} | {} | {} ms | {} ms | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} | {:.2} |",
        p.cameras.len(),
        p.points.len(),
        p.weights.len(),
        pattern.entries(),
        colors,
        pattern.longest_row(),
        found.as_millis(),
        made.as_millis(),
        each(0),
        each(1),
        each(2),
        each(3),
        each(4),
        times[1] / times[3],
        times[1] / times[4],
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
                    "the entry ({row}, {col}) is {got} {what}, but {want} by hand"
                ));
            }
        }
    }
    Ok(())
}
