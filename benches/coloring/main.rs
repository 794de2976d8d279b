//! How long it takes to colour patterns with about a million entries.
//!
//! `cargo bench --bench coloring` prints, for each pattern and order, the number of colours and the median time.

use chainrule::sparse::{Coloring, Order, Pattern, Symmetric};
use std::time::{Duration, Instant};

const RUNS: usize = 3;

fn main() {
    println!("| pattern | entries | what | order | colours | time |\n|---|---|---|---|---|---|");
    for (name, pattern) in [
        ("band of 11", Pattern::banded(91_000, 5, 5)),
        ("random, 10 in a row", random(100_000, 100_000, 10)),
        ("random, 4 in a row", random(250_000, 100_000, 4)),
        ("blocks of cameras and points", blocks(372, 23_000, 34_000)),
        ("two full rows", with_full_rows(250_000)),
    ] {
        for order in Order::ALL {
            row(name, &pattern, "columns", order, || {
                Coloring::columns(&pattern, order)
            });
        }
    }
    for (name, pattern) in [
        ("band of 11", Pattern::banded(91_000, 5, 5)),
        ("grid", grid(500, 400)),
        (
            "random, about 10 in a row",
            symmetric(&random(100_000, 100_000, 5)),
        ),
        (
            "two full rows and columns",
            symmetric(&with_full_rows(170_000)),
        ),
        ("dense", Pattern::dense(1000, 1000)),
    ] {
        for (what, kind) in [("star", Symmetric::Star), ("acyclic", Symmetric::Acyclic)] {
            for order in Order::ALL {
                row(name, &pattern, what, order, || {
                    Coloring::symmetric(&pattern, kind, order).expect("it is symmetric")
                });
            }
        }
    }
}

fn row(name: &str, pattern: &Pattern, what: &str, order: Order, color: impl Fn() -> Coloring) {
    let mut times: Vec<(Duration, usize)> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let count = color().count();
            (start.elapsed(), count)
        })
        .collect();
    times.sort();
    let (time, count) = times[RUNS / 2];
    let (entries, ms) = (pattern.entries(), time.as_millis());
    println!("| {name} | {entries} | {what} | {order:?} | {count} | {ms} ms |");
}

/// Numbers that look random, the same in every run.
fn dice() -> impl FnMut(usize) -> usize {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move |n| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % n
    }
}

fn random(rows: usize, cols: usize, in_a_row: usize) -> Pattern {
    let mut below = dice();
    let pairs = (0..rows * in_a_row).map(|k| (k / in_a_row, below(cols)));
    made(rows, cols, pairs.collect())
}

/// Two residuals an observation, of a camera with 11 parameters, a point with 3 and a weight.
fn blocks(cameras: usize, points: usize, observations: usize) -> Pattern {
    let mut pairs = Vec::new();
    for o in 0..observations {
        let (camera, point) = (o % cameras, o % points);
        for row in [2 * o, 2 * o + 1] {
            pairs.extend((0..11).map(|k| (row, 11 * camera + k)));
            pairs.extend((0..3).map(|k| (row, 11 * cameras + 3 * point + k)));
            pairs.push((row, 11 * cameras + 3 * points + o));
        }
    }
    made(
        2 * observations,
        11 * cameras + 3 * points + observations,
        pairs,
    )
}

/// A diagonal, and two rows with all entries but one.
fn with_full_rows(size: usize) -> Pattern {
    let pairs = (0..size).flat_map(|i| {
        let full = (0..2).filter(move |_| i > 1);
        full.map(move |row| (row, i)).chain([(i, i)])
    });
    made(size, size, pairs.collect())
}

fn grid(width: usize, height: usize) -> Pattern {
    let mut pairs = Vec::new();
    for at in 0..width * height {
        pairs.push((at, at));
        if at % width > 0 {
            pairs.push((at, at - 1));
        }
        if at >= width {
            pairs.push((at, at - width));
        }
    }
    symmetric(&made(width * height, width * height, pairs))
}

fn symmetric(pattern: &Pattern) -> Pattern {
    pattern.union(&pattern.transpose()).expect("it is square")
}

fn made(rows: usize, cols: usize, pairs: Vec<(usize, usize)>) -> Pattern {
    Pattern::new(rows, cols, pairs).expect("all entries lie inside")
}
