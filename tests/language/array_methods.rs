//! Arrays made of what a closure gives at each index, or for each element of another.
use crate::harness::{noise, positive};
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
struct_shape!(V2 { x: f64, y: f64 });

#[differentiate(forward, reverse)]
fn from_indices(x: &[f64; 3], s: f64) -> [f64; 3] {
    let y: [f64; 3] = std::array::from_fn(|i| x[i] * s);
    let z = y.map(|v| v * v);
    std::array::from_fn(|i| y[i] + z[2 - i])
}

#[differentiate(forward, reverse)]
fn of_any_length<const N: usize>(x: &[f64; N], s: f64) -> [f64; N] {
    let y = x.map(|v| v * s);
    core::array::from_fn(|i| y[i] * y[0])
}

#[differentiate(forward, reverse, hessian)]
fn long(x: &[f64], s: f64) -> f64 {
    let table: [f64; 40] = std::array::from_fn(|i| x[i % x.len()] * s + i as f64 * 0.01);
    let squares = table.map(|v| v * v * s);
    let mut y = 0.0;
    for i in 1..40 {
        y += squares[i] * table[i - 1];
    }
    y
}

#[differentiate(forward, reverse)]
fn of_structs(p: &[V2; 3], s: f64) -> f64 {
    let moved = p.map(|v| V2 {
        x: v.x * s,
        y: v.y + v.x,
    });
    let norms = moved.map(|v| v.x * v.x + v.y);
    let pairs = norms.map(|n| (n, n * s));
    let made = std::array::from_fn::<V2, 2, _>(|i| V2 {
        x: pairs[i].0,
        y: pairs[i + 1].1,
    });
    made[0].x * made[1].y + moved[2].y
}

#[differentiate(forward, reverse)]
fn matrices(a: &[[f64; 2]; 2], b: &[[f64; 2]; 2]) -> [[f64; 2]; 2] {
    let rows: [[f64; 2]; 2] = std::array::from_fn(|i| {
        let row: [f64; 2] = std::array::from_fn(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]);
        row
    });
    rows.map(|row| row.map(|v| v * v))
}

#[differentiate(forward, reverse, hessian)]
fn with_a_state(x: &[f64], rounds: usize) -> f64 {
    let mut term = x[0];
    let mut y = 0.1;
    for r in 0..rounds {
        let powers: [f64; 4] = std::array::from_fn(|_| {
            term *= x[1];
            term
        });
        if r % 2 == 0 {
            y += powers.map(|p| p * y)[3];
        } else {
            y *= powers[1] + [x[0], term].map(|v| v * v)[0];
        }
    }
    y * term
}

#[differentiate(forward, reverse)]
fn generic<T: num_traits::Float, const N: usize>(x: &[T; N], s: T) -> T {
    let y: [T; N] = std::array::from_fn(|i| x[i] * s);
    let z = y.map(|v| v.sin());
    z[0] * y[N - 1]
}

#[test]
fn small() {
    prove!(from_indices(rf [0.7, -1.4, 0.3], val 0.7));
    prove!(of_any_length(rf [0.7, -1.4, 0.3, 2.0], val 0.7));
    prove!(matrices(rf [[0.7, -1.4], [0.3, 2.0]], rf [[0.1, 0.4], [-0.5, 0.9]]));
    prove_gradient!(generic(rf [0.7, -1.4, 0.3], val 0.7));
}

#[test]
fn of_other_elements() {
    let p = [
        V2 { x: 0.4, y: -1.2 },
        V2 { x: 1.1, y: 0.6 },
        V2 { x: -0.3, y: 0.8 },
    ];
    prove_gradient!(of_structs(rf p, val 0.7));
    prove_hvp!(long(slice noise(3), val 0.7));
    for rounds in 0..4 {
        prove_hvp!(with_a_state(slice positive(2), con rounds));
    }
}
