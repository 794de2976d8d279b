//! Panics, threads, deep recursion: companions have no state of their own, and a sweep that is broken off leaves none behind.
#![forbid(unsafe_code)]

use chainrule::differentiate;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Panics where an index is out of bounds, in the middle of a loop.
#[differentiate(forward, reverse, hessian)]
fn walk(x: &[f64], steps: &[usize]) -> f64 {
    let mut y = 1.0;
    for k in steps {
        y = (y * x[*k]).sin();
    }
    y * y
}

#[differentiate(forward, reverse, hessian)]
fn twice(x: &[f64], steps: &[usize]) -> f64 {
    walk(x, steps) * walk(x, &steps[1..])
}

const X: [f64; 3] = [0.3, 1.2, -0.7];
const STEPS: [usize; 4] = [0, 2, 1, 1];

#[test]
fn a_panic_is_over_when_it_is_caught() {
    let before = twice_gradient(&X, &STEPS);
    let mut x_bar = [0.0; 3];
    for bad in [[7, 0, 0, 0], [0, 1, 2, 7]] {
        let broken = catch_unwind(AssertUnwindSafe(|| {
            twice_adjoint(&X, &mut x_bar, &bad, 1.0)
        }));
        assert!(broken.is_err());
        let broken = catch_unwind(AssertUnwindSafe(|| twice_hvp(&X, &[1.0; 3], &bad)));
        assert!(broken.is_err());
    }
    // The forward sweep fails before anything is added to.
    assert_eq!(x_bar, [0.0; 3]);
    assert_eq!(twice_gradient(&X, &STEPS), before);
}

#[test]
fn in_many_threads_at_once() {
    let (alone, curved) = (twice_gradient(&X, &STEPS), twice_hvp(&X, &[1.0; 3], &STEPS));
    std::thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| {
                for _ in 0..200 {
                    assert_eq!(twice_gradient(&X, &STEPS), alone);
                    assert_eq!(twice_hvp(&X, &[1.0; 3], &STEPS), curved);
                }
            });
        }
    });
}

#[differentiate]
fn down(x: f64, n: usize) -> f64 {
    if n == 0 {
        return x.sin();
    }
    let y = down(x * 0.999, n - 1);
    y * x + 0.1
}

/// An adjoint takes a few times the stack of its function, at any depth: here, less than 500 bytes for each level, unoptimised.
#[test]
fn deep_recursion() {
    let depth = 50_000;
    let thread = std::thread::Builder::new().stack_size(depth * 1000);
    let run = move || (down(0.9, depth), down_gradient(0.9, depth));
    let (value, (again, slope)) = thread.spawn(run).unwrap().join().unwrap();
    assert!(value.to_bits() == again.to_bits() && slope.is_finite());
}
