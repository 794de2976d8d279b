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
