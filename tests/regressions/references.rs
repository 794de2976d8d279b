//! References that come in values, and what closures are given by value.
use chainrule::differentiate;

#[differentiate]
fn middle(a: f64, v: &[f64], b: f64) -> f64 {
    v[0] * v[1] + a * b
}

/// The state of a `fold` whose start is kept code was handed to a callee by reference.
#[differentiate]
fn folded_by_a_callee(x: f64, n: usize) -> f64 {
    (0..n).map(|_| x).fold(
        {
            let start = 0.506;
            start
        },
        |s: f64, v: f64| middle((1.0 + x.abs()).recip(), &[(x - v) / 2.0, 1.05], s),
    )
}

/// Pullbacks hold what comes by value, but the lifetimes in it had no names.
#[differentiate(forward, reverse, hessian)]
fn maybe_a_reference(x: f64, #[constant] scale: Option<&f64>, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        if let Some(v) = scale {
            y = y * y * *v;
        }
    }
    match scale {
        Some(v) => y * *v * y,
        None => x,
    }
}

/// The same in a boxed pullback.
#[differentiate(forward, reverse, hessian)]
fn references_in_a_recursion(x: f64, #[constant] table: (&[f64], &str, usize), n: usize) -> f64 {
    if n == 0 {
        return x;
    }
    let y = x * references_in_a_recursion(x * table.0[0], table, n - 1);
    y * table.0[table.2] * y
}

#[differentiate(forward, reverse, hessian)]
fn named_lifetimes_in_a_recursion<'a>(
    x: f64,
    #[constant] table: (&'a [f64], &str),
    n: usize,
) -> f64 {
    if n == 0 {
        return x;
    }
    let y = x * named_lifetimes_in_a_recursion(x * table.0[0], table, n - 1);
    y * table.0[table.1.len()] * y
}

#[test]
fn references_in_values() {
    let table = [0.7, 1.3];
    for n in 0..3usize {
        prove!(folded_by_a_callee(val 0.4, con n));
        for scale in [None, Some(&1.2)] {
            prove_hvp!(maybe_a_reference(val 0.7, con scale, con n));
        }
        prove_hvp!(references_in_a_recursion(val 0.7, con (&table, "a", 1), con n));
        prove_hvp!(named_lifetimes_in_a_recursion(val 0.7, con (&table, "a"), con n));
    }
}
