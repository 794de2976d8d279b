//! Integrals.
use crate::harness::{noise, positive};
use chainrule::adjoints::integrals::*;
use chainrule::differentiate;

#[differentiate(hessian)]
fn bell(mean: f64, width: f64, a: f64, b: f64) -> f64 {
    integrate(|x| (-((x - mean) / width).powi(2)).exp(), a, b, 1e-13).unwrap()
}

/// An integrand with a peak, and one integral in another.
#[differentiate(hessian)]
fn nested(p: &[f64], a: f64) -> f64 {
    let outer = integrate(
        |x| {
            let inner = integrate(|y| (x * y * p[0]).cos(), 0.0, x, 1e-12).unwrap();
            inner * p[1] / (0.01 + (x - p[2]).powi(2))
        },
        a,
        1.0,
        1e-11,
    );
    outer.unwrap() * a
}

#[differentiate(hessian)]
fn in_a_loop(p: &[f64], n: usize) -> f64 {
    let mut bound = 0.0;
    let mut sum = 0.0;
    for i in 0..n {
        let next = bound + p[i] * p[i];
        sum += integrate(|x| (p[i] * x).sin() + x, bound, next, 1e-13).unwrap();
        bound = next;
    }
    sum * bound
}

#[test]
fn proved() {
    prove_hvp!(bell(val 0.2, val 0.7, val -0.5, val 1.2));
    prove_hvp!(bell(val 0.2, val 0.05, val 1.5, val -0.5));
    prove_hvp!(bell(val 0.2, val 0.7, val 1.0, val 1.0));
    prove_hvp!(nested(slice [0.8, 0.5, 0.4], val 0.2));
    for n in [0, 1, 3] {
        prove_hvp!(in_a_loop(slice positive(3), con n));
    }
}

/// The rules are those of the literature: exact for polynomials up to degree 22.
#[test]
fn polynomials() {
    let c = noise(23);
    let f = |x: f64| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    let exact: f64 = (0..23).map(|k| c[k] / (k as f64 + 1.0)).sum();
    let value = integrate(f, 0.0, 1.0, 1.0).expect("smooth");
    assert!((value - exact).abs() < 1e-15, "{value} {exact}");
}

/// The derivative in a bound is the integrand there, bit for bit.
#[test]
fn bounds() {
    let (_, (_, _, a, b)) = bell_gradient(0.2, 0.7, -0.5, 1.2);
    let f = |x: f64| (-((x - 0.2) / 0.7_f64).powi(2)).exp();
    assert_eq!((a, b), (-f(-0.5), f(1.2)));
    let (value, (mean, width, a, b)) = bell_gradient(0.2, 0.7, 1.0, 1.0);
    assert_eq!((value, mean, width, a + b), (0.0, 0.0, 0.0, 0.0));
}

#[test]
fn what_has_no_integral() {
    assert_eq!(
        integrate(|x| 1.0 / x, 0.0, 1.0, 1e-9),
        Err(NoIntegral::NotFinite(0.0))
    );
    assert_eq!(
        integrate(|x| x, 0.0, f64::INFINITY, 1e-9),
        Err(NoIntegral::NotFinite(f64::INFINITY))
    );
    let pole = integrate(|x: f64| (x - 0.3).powi(-2), 0.0, 1.0, 1e-9);
    assert!(
        matches!(pole, Err(NoIntegral::NotConverged(x)) if (x - 0.3).abs() < 1e-6),
        "{pole:?}"
    );
}

/// What is not smooth takes more intervals.
#[test]
fn jumps_and_kinks() {
    let jump = integrate(|x: f64| (x - 0.3).signum(), 0.0, 1.0, 1e-11).expect("bounded");
    assert!((jump - 0.4).abs() < 1e-11);
    let kink = integrate(|x: f64| (x - 0.3).abs().sqrt(), 0.0, 1.0, 1e-11).expect("bounded");
    let exact = 2.0 / 3.0 * (0.3_f64.powf(1.5) + 0.7_f64.powf(1.5));
    assert!((kink - exact).abs() < 1e-11);
}
