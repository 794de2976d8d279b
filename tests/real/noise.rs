//! noise 0.9.0, Apache-2.0 or MIT: `src/core/worley.rs`.

use chainrule::differentiate;

// src/core/worley.rs

#[differentiate]
    pub fn euclidean(p1: &[f64], p2: &[f64]) -> f64 {
        p1.iter()
            .zip(p2)
            .map(|(a, b)| *a - *b)
            .map(|a| a * a)
            .fold(0.0, |acc, x| acc + x)
            .sqrt()
    }

#[differentiate]
    pub fn euclidean_squared(p1: &[f64], p2: &[f64]) -> f64 {
        p1.iter()
            .zip(p2)
            .map(|(a, b)| *a - *b)
            .map(|a| a * a)
            .fold(0.0, |acc, x| acc + x)
    }

#[differentiate]
    pub fn manhattan(p1: &[f64], p2: &[f64]) -> f64 {
        p1.iter()
            .zip(p2)
            .map(|(a, b)| *a - *b)
            .map(|a| a.abs())
            .fold(0.0, |acc, x| acc + x)
    }

// ---- tests

#[test]
fn distances() {
    let (p, q) = ([0.3, -1.0, 2.0], [1.1, 0.4, 0.2]);
    prove_gradient!(euclidean(slice p, slice q));
    prove_gradient!(euclidean_squared(slice p, slice q));
    prove_gradient!(manhattan(slice p, slice q));
}
