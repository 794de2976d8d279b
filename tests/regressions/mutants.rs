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

#[test]
fn shown_by_mutants() {
    prove_hvp!(constant_pieces_in_an_array(val 0.7, val 0.4));
}
