//! What is compared must compute the same.

use crate::functions::*;
use crate::{by_hand, calls};

pub fn all(reals: impl Fn(usize) -> Vec<f64>) {
    scalars();
    slices(&reals(100), &reals(100));
    in_place(&reals(50));
    nested_calls(&reals(50));
}

fn close(what: &str, ours: &[f64], by_hand: &[f64]) {
    assert_eq!(ours.len(), by_hand.len());
    for (a, b) in ours.iter().zip(by_hand) {
        assert!(
            (a - b).abs() <= 1e-9 * (1.0 + b.abs()),
            "{what}: {a} is not {b}"
        );
    }
}

fn pair((a, b): (f64, f64)) -> [f64; 2] {
    [a, b]
}

fn triple((a, b, c): (f64, f64, f64)) -> [f64; 3] {
    [a, b, c]
}

fn scalars() {
    let (x, v, g) = (0.3, 1.2, 9.81);
    let ours = pendulum_tangent(x, 1.0, v, 0.5, g);
    close(
        "pendulum tangent",
        &pair(ours),
        &pair(by_hand::pendulum_tangent(x, 1.0, v, 0.5, g)),
    );
    let ours = pendulum_adjoint(x, v, g, 2.0);
    close(
        "pendulum adjoint",
        &triple(ours),
        &triple(by_hand::pendulum_adjoint(x, v, g, 2.0)),
    );
    let ours = root_tangent(7.0, 1.0, 1e-6);
    close(
        "root tangent",
        &pair(ours),
        &pair(by_hand::root_tangent(7.0, 1.0, 1e-6)),
    );
    let ours = root_adjoint(7.0, 1e-6, 2.0);
    close(
        "root adjoint",
        &pair(ours),
        &pair(by_hand::root_adjoint(7.0, 1e-6, 2.0)),
    );
}

/// An adjoint's results, and what it added to the shadow of its input.
fn adjoint(n: usize, run: impl Fn(&mut [f64]) -> Vec<f64>) -> Vec<f64> {
    let mut bar = vec![0.0; n];
    let mut all = run(&mut bar);
    all.extend(bar);
    all
}

fn slices(x: &[f64], dot: &[f64]) {
    let (n, limit) = (10, 90.0);
    let ours = until_tangent(x, dot, n, limit);
    close(
        "until tangent",
        &pair(ours),
        &pair(by_hand::until_tangent(x, dot, n, limit)),
    );
    let ours = adjoint(100, |b| vec![until_adjoint(x, b, n, limit, 2.0)]);
    let theirs = adjoint(100, |b| vec![by_hand::until_adjoint(x, b, n, limit, 2.0)]);
    close("until adjoint", &ours, &theirs);
    let ours = trajectory_tangent(x, dot, 0.1, 1.0, 9);
    close(
        "trajectory tangent",
        &pair(ours),
        &pair(by_hand::trajectory_tangent(x, dot, 0.1, 1.0, 9)),
    );
    let ours = adjoint(100, |b| {
        pair(trajectory_adjoint(x, b, 0.1, 9, 2.0)).to_vec()
    });
    let theirs = adjoint(100, |b| {
        pair(by_hand::trajectory_adjoint(x, b, 0.1, 9, 2.0)).to_vec()
    });
    close("trajectory adjoint", &ours, &theirs);
    let ours = misfit_tangent(x, dot, 1.5, 1.0, dot);
    close(
        "misfit tangent",
        &pair(ours),
        &pair(by_hand::misfit_tangent(x, dot, 1.5, 1.0, dot)),
    );
    let ours = adjoint(100, |b| pair(misfit_adjoint(x, b, 1.5, dot, 2.0)).to_vec());
    let theirs = adjoint(100, |b| {
        pair(by_hand::misfit_adjoint(x, b, 1.5, dot, 2.0)).to_vec()
    });
    close("misfit adjoint", &ours, &theirs);
}

fn in_place(start: &[f64]) {
    let run = |f: &dyn Fn(&mut [f64], &mut [f64]) -> f64| {
        let (mut x, mut shadow) = (start.to_vec(), start.to_vec());
        let mut all = vec![f(&mut x, &mut shadow)];
        all.extend(x);
        all.extend(shadow);
        all
    };
    let tangent = |f: fn(&mut [f64], &mut [f64], f64, f64)| {
        run(&|x, s| {
            f(x, s, 0.2, 1.0);
            0.0
        })
    };
    close(
        "decay tangent",
        &tangent(decay_tangent),
        &tangent(by_hand::decay_tangent),
    );
    let ours = run(&|x, s| decay_adjoint(x, s, 0.2));
    close(
        "decay adjoint",
        &ours,
        &run(&|x, s| by_hand::decay_adjoint(x, s, 0.2)),
    );
}

fn nested_calls(x: &[f64]) {
    assert_eq!(calls::nested(x), calls::inlined(x));
    let ours = adjoint(50, |b| vec![calls::nested_adjoint(x, b, 2.0)]);
    close(
        "eight calls",
        &ours,
        &adjoint(50, |b| vec![calls::inlined_adjoint(x, b, 2.0)]),
    );
}
