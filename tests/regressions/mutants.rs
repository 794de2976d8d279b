//! What mutants of the compiler have shown: functions that rustc rejected, and conditions that no other test held.
use chainrule::{Differentiable, differentiate};

#[derive(Clone, Debug, Differentiable)]
enum Piece {
    Ball(f64),
    Box { a: f64, b: f64 },
    Point,
}

#[differentiate(forward, reverse, hessian)]
fn area(piece: &Piece) -> f64 {
    match piece {
        Piece::Ball(r) => r * r * 3.0,
        Piece::Box { a, b } => a * b,
        Piece::Point => 0.0,
    }
}

/// The zero tangent of a constant element was shaped by the element when that had been moved into the array.
#[differentiate(forward, reverse, hessian)]
fn constant_pieces_in_an_array(x: f64, y: f64) -> f64 {
    let pieces = [Piece::Ball(x), Piece::Box { a: x, b: y }, Piece::Point];
    let more = vec![Piece::Point, Piece::Ball(x * y)];
    let (first, second) = (Piece::Point, Piece::Ball(y));
    let mut sum = 1.0;
    for piece in pieces.iter().chain(&more) {
        sum += sum * area(piece);
    }
    sum * (area(&first) + area(&second))
}

/// The reverse loop was taken for one whose order is free: an index that it counts down was looked for in values, and not in the places that
/// are added to.
#[differentiate(forward, reverse, hessian)]
fn running_index(x: &[f64], weights: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut k = 0;
    for w in weights {
        sum += x[k] * w;
        k += 1;
    }
    sum * sum
}

/// The same through a view.
#[differentiate(forward, reverse, hessian)]
fn running_row(x: &[f64], weights: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut at = 0;
    for w in weights {
        let row = &x[at..at + 2];
        sum += row[1] * w - row[0];
        at += 2;
    }
    sum * sum
}

/// What is filled in was made of the elements that it overwrites: their adjoints were cleared with those of all.
#[differentiate(forward, reverse)]
fn filled_with_its_own(v: &mut [f64]) {
    v[0] *= v[2];
    v.fill(v[1] * v[0]);
    v[2] *= v[0];
}

fn table(n: usize) -> Vec<f64> {
    (0..n).map(|k| 0.3 + k as f64).collect()
}

/// The zero tangent of a vector that kept code makes was a number.
#[differentiate(forward, reverse, hessian)]
fn vectors_of_kept_code(x: f64, y: f64) -> f64 {
    let mut v: Vec<f64> = table(3);
    let mut w = vec![x];
    v.push(x);
    w.push(v[1]);
    w = table(2);
    w[1] *= y;
    v[0] *= y;
    v[0] * v[2] * v[3] + w[0] * w[1]
}

#[test]
fn shown_by_mutants() {
    prove_hvp!(vectors_of_kept_code(val 0.7, val 0.4));
    prove_hvp!(running_index(slice [0.7, -0.4, 1.2], slice [0.5, 2.0, 3.0]));
    prove_hvp!(running_row(slice [0.7, -0.4, 1.2, 0.3, 0.9, -1.1], slice [0.5, 2.0, 3.0]));
    prove!(filled_with_its_own(io [0.7, -0.4, 1.2]) -> unit);
    prove_hvp!(constant_pieces_in_an_array(val 0.7, val 0.4));
}
