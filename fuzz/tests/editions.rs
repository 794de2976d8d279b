//! What users write, in any edition: a test of this package, and the library of those in `fuzz/editions`.
#![deny(warnings, missing_docs, unused, clippy::pedantic)]

use calculus::{Differentiable, differentiate};

/// A struct of the user's.
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Spring {
    /// Length at rest.
    pub rest: f64,
    /// Stiffness.
    pub stiffness: f64,
}

/// Loops, branches, closures that change what they capture, and a match.
#[differentiate(forward, reverse, hessian)]
#[must_use]
pub fn energy(spring: &Spring, x: &[f64], steps: usize) -> f64 {
    let mut total = 0.0;
    let mut last = x[0];
    let mut add = |v: f64| total += v * v;
    for k in (1..x.len()).rev() {
        add(x[k] - last - spring.rest);
        last = x[k];
    }
    let mut level = total;
    while level > 1.0 {
        level = level / 2.0 + x[0] * 0.01;
    }
    match steps {
        0 => total,
        1 | 2 => total * spring.stiffness,
        _ => 0.5 * total * spring.stiffness + level,
    }
}

/// Recursion, vectors and what may be missing.
#[differentiate(forward, reverse, hessian)]
#[must_use]
pub fn folded(x: f64, n: usize) -> f64 {
    if n == 0 {
        return x.sin();
    }
    let v: Vec<f64> = (0..n).map(|k| x * folded(x * 0.5, k)).collect();
    let first = v.first().copied().unwrap_or(x);
    v.iter().zip(&[0.5, 2.0]).map(|(a, b)| a * b).sum::<f64>() + first
}

/// Values and errors.
#[differentiate(forward, reverse)]
#[allow(clippy::missing_errors_doc)]
pub fn root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err(format!("{x} is negative"));
    }
    Ok(x.sqrt())
}

/// A function as parameter.
#[differentiate(forward, reverse)]
pub fn twice(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

#[test]
fn derivatives() {
    let spring = Spring {
        rest: 0.5,
        stiffness: 3.0,
    };
    let x = [0.3, 1.4, 2.7];
    for n in 0..4 {
        let (value, (of_spring, of_x)) = energy_gradient(&spring, &x, n);
        assert!(value.to_bits() == energy(&spring, &x, n).to_bits());
        let mut direction = [0.0; 3];
        for k in 0..3 {
            direction[k] = 1.0;
            let zero = Spring {
                rest: 0.0,
                stiffness: 0.0,
            };
            let tangent = energy_tangent(&spring, &zero, &x, &direction, n).1;
            assert!((tangent - of_x[k]).abs() < 1e-12);
            direction[k] = 0.0;
        }
        let softer = Spring {
            stiffness: 3.0 - 1e-6,
            ..spring.clone()
        };
        let quotient = (value - energy(&softer, &x, n)) / 1e-6;
        assert!((quotient - of_spring.stiffness).abs() < 1e-5);
        let (value, slope) = folded_gradient(0.4, n);
        let quotient = (folded(0.4 + 1e-6, n) - folded(0.4 - 1e-6, n)) / 2e-6;
        assert!(value.is_finite() && (slope - quotient).abs() < 1e-7);
    }
    let slope = root_gradient(4.0).map(|r| r.1);
    assert_eq!(slope, Ok(0.25));
    assert!(root_gradient(-1.0).is_err());
}
