//! What a reverse sweep keeps, measured by the allocator.
#![forbid(unsafe_code)]
#![allow(clippy::needless_range_loop)]

use allocation_counter::{AllocationInfo, measure};
use chainrule::differentiate;

#[differentiate(reverse)]
fn two_needed(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let wave = x[i].sin();
        let growth = x[i].exp();
        sum += wave * growth;
    }
    sum * sum
}

#[differentiate(reverse)]
fn fused(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut scratch = [0.0; 3];
    for i in 2..x.len() {
        for j in 0..3 {
            scratch[j] = x[i - j].exp();
        }
        sum += growth(x[i]) * scratch[0] * scratch[1] * scratch[2];
    }
    sum / x.len() as f64
}

#[differentiate(reverse)]
fn none_needed(x: &[f64], scale: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let difference = scale * x[i] - 1.0;
        sum += difference * difference;
    }
    sum
}

#[differentiate(reverse)]
fn nested(x: &[f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        for j in 0..n {
            sum += x[i * n + j].exp();
        }
    }
    sum * sum
}

#[differentiate(reverse)]
fn unknown_trips(a: f64, limit: usize) -> f64 {
    let mut x = a;
    let mut k = 0;
    while k < limit {
        x = x.sin();
        k += 1;
    }
    x
}

#[differentiate(reverse)]
fn growth(x: f64) -> f64 {
    x.exp()
}

#[differentiate(reverse)]
fn calls(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += growth(x[i]);
    }
    sum * sum
}

/// One step needs six values, and carries two.
macro_rules! oscillator {
    ($($name:ident $storage:tt),*) => { $(
        #[differentiate(reverse)]
        fn $name(x: f64, p: f64, n: usize) -> f64 {
            let mut y = x;
            let mut v = p;
            # $storage
            for _ in 0..n {
                let pull = (y * p).sin();
                let drag = (v * v + 1.0).sqrt();
                v -= 0.001 * (pull * drag + pull.exp() * v);
                y += 0.001 * v * drag.ln();
            }
            y * v
        }
    )* };
}
oscillator!(
    stored_oscillator[store],
    repeated_oscillator[recompute],
    checkpointed_10[checkpoint(10)],
    checkpointed_20[checkpoint(20)]
);

#[differentiate(reverse)]
fn checkpointed_while(x: f64, p: f64, n: usize) -> f64 {
    let mut y = x;
    let mut steps = 0;
    #[checkpoint(16)]
    while steps < n {
        y += 0.001 * (y * p).sin();
        steps += 1;
    }
    y
}

#[differentiate(reverse)]
fn checkpointed_field(u: &mut [f64], n: usize) {
    let m = u.len();
    #[checkpoint(5)]
    for _ in 0..n {
        let old = u.to_vec();
        for i in 1..m - 1 {
            u[i] = old[i] + 0.1 * ((old[i - 1] + old[i + 1]) * old[i]).sin();
        }
    }
}

#[differentiate(reverse)]
fn repeated_trajectory(x0: f64, x: &mut [f64]) {
    x[0] = x0;
    let n = x.len();
    #[recompute]
    for t in 1..n {
        let pull = x[t - 1].sin();
        let drag = (1.0 + pull * pull).sqrt();
        x[t] = x[t - 1] + 0.01 * pull * drag;
    }
}

#[differentiate(reverse)]
fn repeated_sum(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    #[recompute]
    for i in 0..x.len() {
        let wave = x[i].sin();
        let growth = x[i].exp();
        sum += wave * growth;
    }
    sum * sum
}

/// What an adjoint of `n` inputs allocates; inputs and shadows not counted.
fn trace_of(n: usize, adjoint: impl Fn(&[f64], &mut [f64])) -> AllocationInfo {
    let x: Vec<f64> = (0..n).map(|i| (i as f64 * 0.1).sin()).collect();
    let mut x_bar = vec![0.0; n];
    measure(|| adjoint(&x, &mut x_bar))
}

#[test]
fn a_loop_keeps_its_needed_values_and_nothing_else() {
    for n in [10, 1000, 10_000] {
        let trace = trace_of(n, |x, x_bar| {
            two_needed_adjoint(x, x_bar, 1.0);
        });
        assert_eq!(trace.count_total, 1, "{n} iterations: {trace:?}");
        assert_eq!(
            trace.bytes_total,
            2 * 8 * n as u64,
            "{n} iterations: {trace:?}"
        );
    }
}

#[test]
fn a_sum_that_is_reversed_as_it_runs_keeps_one_iteration() {
    let of = |n| {
        trace_of(n, |x, x_bar| {
            fused_adjoint(x, x_bar, 1.0);
        })
    };
    assert_eq!(of(1000).bytes_total, of(10).bytes_total);
    assert_eq!(of(1000).count_total, 1);
}

#[test]
fn what_is_computed_again_is_not_kept() {
    let trace = trace_of(1000, |x, x_bar| {
        none_needed_adjoint(x, x_bar, 2.0, 1.0);
    });
    assert_eq!(trace.count_total, 0, "{trace:?}");
}

#[test]
fn nested_loops_share_their_stack() {
    let n = 100;
    let trace = trace_of(n * n, |x, x_bar| {
        nested_adjoint(x, x_bar, n, 1.0);
    });
    assert!(trace.bytes_max <= 3 * 8 * (n * n) as u64, "{trace:?}");
    assert!(trace.count_total <= 20, "{trace:?}");
}

#[test]
fn an_unknown_number_of_trips_grows_the_stack_by_doubling() {
    let trace = measure(|| {
        unknown_trips_adjoint(0.5, 10_000, 1.0);
    });
    assert!(trace.count_total <= 20, "{trace:?}");
}

#[test]
fn pullbacks_of_calls_are_not_boxed() {
    let n = 1000;
    let trace = trace_of(n, |x, x_bar| {
        calls_adjoint(x, x_bar, 1.0);
    });
    assert_eq!(trace.count_total, 1, "{trace:?}");
    assert!(trace.bytes_total <= 2 * 8 * n as u64, "{trace:?}");
}

#[test]
fn checkpoints_keep_so_many_snapshots_and_nothing_else() {
    // A snapshot is two numbers and the iteration that it stands before.
    let snapshot = 3 * 8;
    let reference = stored_oscillator_adjoint(0.3, 0.7, 10_000, 1.0);
    for n in [10_000, 1_000_000] {
        for (most, adjoint) in [
            (10, checkpointed_10_adjoint as fn(f64, f64, usize, f64) -> _),
            (20, checkpointed_20_adjoint),
        ] {
            let mut result = (0.0, 0.0, 0.0);
            let trace = measure(|| result = adjoint(0.3, 0.7, n, 1.0));
            // While there is more room to be made, the old room is still there.
            assert!(
                trace.bytes_max <= 2 * most * snapshot,
                "{n} {most}: {trace:?}"
            );
            assert_eq!(trace.bytes_current, 0);
            if n == 10_000 {
                assert_eq!(result, reference);
            }
        }
    }
}

#[test]
fn checkpoints_of_an_unknown_number_of_trips() {
    // A number, a counter, and the iteration.
    let snapshot = 3 * 8;
    for n in [1000, 100_000] {
        let trace = measure(|| {
            checkpointed_while_adjoint(0.3, 0.7, n, 1.0);
        });
        assert!(trace.bytes_max <= 2 * 16 * snapshot, "{n}: {trace:?}");
    }
}

#[test]
fn checkpoints_of_a_field() {
    let m = 1000;
    for n in [10, 300] {
        let (mut u, mut u_bar) = (vec![0.3; m], vec![1.0; m]);
        let trace = measure(|| checkpointed_field_adjoint(&mut u, &mut u_bar, n));
        // Five snapshots; the final value, the copy that is put back or about to be kept, what an iteration and its reverse work with.
        let fields = trace.bytes_max as f64 / (8 * m) as f64;
        assert!(fields < 12.0, "{n}: {fields} {trace:?}");
    }
}

#[test]
fn a_repeated_loop_records_what_it_carries() {
    for n in [10, 1000] {
        let trace = measure(|| {
            repeated_oscillator_adjoint(0.3, 0.7, n, 1.0);
        });
        assert_eq!(trace.bytes_total, 2 * 8 * n as u64, "{n}: {trace:?}");
        let stored = measure(|| {
            stored_oscillator_adjoint(0.3, 0.7, n, 1.0);
        });
        assert!(stored.bytes_total >= 5 * 8 * n as u64, "{n}: {stored:?}");
    }
}

#[test]
fn a_repeated_loop_records_the_element_that_it_overwrites() {
    for n in [10, 1000] {
        let (mut x, mut x_bar) = (vec![0.0; n], vec![1.0; n]);
        let trace = measure(|| {
            repeated_trajectory_adjoint(0.3, &mut x, &mut x_bar);
        });
        // The element of each iteration, and the final value, which is put back at the end.
        assert!(trace.bytes_total <= 2 * 8 * n as u64, "{n}: {trace:?}");
    }
}

#[test]
fn a_repeated_loop_that_carries_nothing_records_nothing() {
    let trace = trace_of(1000, |x, x_bar| {
        repeated_sum_adjoint(x, x_bar, 1.0);
    });
    assert_eq!(trace.count_total, 0, "{trace:?}");
}
