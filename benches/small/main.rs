//! Six small functions and a chain of calls: what is generated, against what an expert writes by hand.
//!
//! `cargo bench --bench small` prints medians as ratios to the time of the function itself.

mod by_hand;
mod calls;
mod check;
mod functions;
mod timing;

use functions::*;
use std::hint::black_box;
use timing::{Row, heading, median};

fn main() {
    check::all(reals);
    heading();
    straight_line();
    overwriting_loop();
    nested_exit();
    in_out_callee();
    unknown_trips();
    fusible_sum();
    eight_calls();
}

fn reals(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.5 + 0.4 * (i as f64 * 0.7).sin()).collect()
}

fn straight_line() {
    Row {
        name: "straight line",
        primal: median(|| pendulum(black_box(0.3), 1.2, 9.81)),
        tangent: median(|| pendulum_tangent(black_box(0.3), 1.0, 1.2, 0.5, 9.81)),
        tangent_by_hand: median(|| by_hand::pendulum_tangent(black_box(0.3), 1.0, 1.2, 0.5, 9.81)),
        adjoint: median(|| pendulum_adjoint(black_box(0.3), 1.2, 9.81, 1.0)),
        adjoint_by_hand: median(|| by_hand::pendulum_adjoint(black_box(0.3), 1.2, 9.81, 1.0)),
    }
    .print();
}

fn overwriting_loop() {
    let (start, dot) = (reals(1000), reals(1000));
    let mut x = start.clone();
    let mut shadow = dot.clone();
    let mut run = |f: &dyn Fn(&mut [f64], &mut [f64]) -> f64| {
        median(|| {
            x.copy_from_slice(&start);
            shadow.copy_from_slice(&dot);
            f(&mut x, &mut shadow)
        })
    };
    Row {
        name: "loop that overwrites",
        primal: run(&|x, _| {
            decay(x, 0.2);
            x[9]
        }),
        tangent: run(&|x, s| {
            decay_tangent(x, s, 0.2, 1.0);
            s[9]
        }),
        tangent_by_hand: run(&|x, s| {
            by_hand::decay_tangent(x, s, 0.2, 1.0);
            s[9]
        }),
        adjoint: run(&|x, s| decay_adjoint(x, s, 0.2)),
        adjoint_by_hand: run(&|x, s| by_hand::decay_adjoint(x, s, 0.2)),
    }
    .print();
}

fn nested_exit() {
    let (n, limit) = (40, 3000.0);
    let (a, dot) = (reals(n * n), reals(n * n));
    let mut bar = vec![0.0; n * n];
    Row {
        name: "exit from a nested loop",
        primal: median(|| until(&a, n, limit)),
        tangent: median(|| until_tangent(&a, &dot, n, limit)),
        tangent_by_hand: median(|| by_hand::until_tangent(&a, &dot, n, limit)),
        adjoint: median(|| until_adjoint(&a, &mut bar, n, limit, 1.0)),
        adjoint_by_hand: median(|| by_hand::until_adjoint(&a, &mut bar, n, limit, 1.0)),
    }
    .print();
}

fn in_out_callee() {
    let (y, dot) = (reals(64), reals(64));
    let mut bar = vec![0.0; 64];
    Row {
        name: "callee with an in/out slice",
        primal: median(|| trajectory(&y, 0.1, 20)),
        tangent: median(|| trajectory_tangent(&y, &dot, 0.1, 1.0, 20)),
        tangent_by_hand: median(|| by_hand::trajectory_tangent(&y, &dot, 0.1, 1.0, 20)),
        adjoint: median(|| trajectory_adjoint(&y, &mut bar, 0.1, 20, 1.0)),
        adjoint_by_hand: median(|| by_hand::trajectory_adjoint(&y, &mut bar, 0.1, 20, 1.0)),
    }
    .print();
}

fn unknown_trips() {
    Row {
        name: "while with unknown trips",
        primal: median(|| root(black_box(2e6), 1e-6)),
        tangent: median(|| root_tangent(black_box(2e6), 1.0, 1e-6)),
        tangent_by_hand: median(|| by_hand::root_tangent(black_box(2e6), 1.0, 1e-6)),
        adjoint: median(|| root_adjoint(black_box(2e6), 1e-6, 1.0)),
        adjoint_by_hand: median(|| by_hand::root_adjoint(black_box(2e6), 1e-6, 1.0)),
    }
    .print();
}

fn fusible_sum() {
    let (x, dot, data) = (reals(1000), reals(1000), reals(1000));
    let mut bar = vec![0.0; 1000];
    Row {
        name: "sum that can be fused",
        primal: median(|| misfit(&x, 1.5, &data)),
        tangent: median(|| misfit_tangent(&x, &dot, 1.5, 1.0, &data)),
        tangent_by_hand: median(|| by_hand::misfit_tangent(&x, &dot, 1.5, 1.0, &data)),
        adjoint: median(|| misfit_adjoint(&x, &mut bar, 1.5, &data, 1.0)),
        adjoint_by_hand: median(|| by_hand::misfit_adjoint(&x, &mut bar, 1.5, &data, 1.0)),
    }
    .print();
}

/// The gradient of eight nested calls, against that of the same code in one function.
fn eight_calls() {
    let x = reals(1000);
    let mut bar = vec![0.0; 1000];
    let nested = median(|| calls::nested_adjoint(&x, &mut bar, 1.0));
    let inlined = median(|| calls::inlined_adjoint(&x, &mut bar, 1.0));
    println!(
        "\neight nested calls ÷ inlined by hand: {:.2}",
        nested / inlined
    );
}
