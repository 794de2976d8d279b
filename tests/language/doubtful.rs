//! Values that are without influence where they are no numbers: their adjoints are zero, and stay zero, as their tangents are not read.

use crate::harness::positive;
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn in_a_branch(x: f64, w: f64) -> f64 {
    let t = x * x.ln();
    if x > 0.0 { t } else { w }
}

#[differentiate(forward, reverse, hessian)]
fn in_an_operand(x: f64, w: f64) -> f64 {
    let t = x * x.ln();
    let y = if x > 0.0 { t } else { 0.0 };
    y + w
}

#[differentiate(forward, reverse, hessian)]
fn overwritten(x: f64, w: f64) -> f64 {
    let mut t = x * x.ln();
    if x <= 0.0 {
        t = 0.0;
    }
    t + w
}

#[differentiate(forward, reverse, hessian)]
fn behind_an_exit(x: f64, w: f64) -> f64 {
    let t = x * x.ln();
    if x <= 0.0 {
        return w;
    }
    t * w
}

#[differentiate(forward, reverse, hessian)]
fn asked_itself(x: f64, w: f64) -> f64 {
    let t = x * x.ln();
    match t {
        t if t.is_nan() => w,
        t => t,
    }
}

#[differentiate(forward, reverse, hessian)]
fn picked(x: f64, w: f64) -> f64 {
    let t = x * x.ln();
    (x * x.ln()).max(-5.0) + t.max(5.0).min(t) * 0.0 + w + 5.0
}

#[differentiate(forward, reverse, hessian)]
fn in_no_trip(x: f64, w: f64) -> f64 {
    let t = x * x.ln();
    let mut sum = w;
    let trips = if x > 0.0 { 2 } else { 0 };
    for _ in 0..trips {
        sum += t;
    }
    sum
}

/// What the value is made from is as doubtful.
#[differentiate(forward, reverse, hessian)]
fn far_back(x: f64, w: f64) -> f64 {
    let root = x.ln();
    let t = x * root;
    let mut u = t.exp() * t.sin() / (1.0 + t * t);
    u *= t.tanh() * x;
    if x > 0.0 { u } else { w }
}

/// The place that it is kept in is read, but not what is in it.
#[differentiate(forward, reverse, hessian)]
fn late(x: f64, w: f64) -> f64 {
    let t;
    let u = x * x.ln();
    if x > 0.0 {
        t = u * w;
    } else {
        t = w;
    }
    t
}

#[differentiate(forward, reverse, hessian)]
fn leaves_a_loop(x: f64, w: f64) -> f64 {
    let mut sum = w;
    for k in 0..3 {
        let t = x * x.ln() * (k as f64);
        if x <= 0.0 {
            break;
        }
        sum += t;
    }
    sum
}

/// The last trip's value stays, those of the others are lost.
#[differentiate(forward, reverse, hessian)]
fn of_the_last_trip(x: f64, w: f64) -> f64 {
    let mut t = 0.0;
    for k in 0..3 {
        let y = x + (k as f64) * w;
        t = y * y.ln();
    }
    t
}

#[differentiate(forward, reverse, hessian)]
fn terms(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        let t = v * v.ln();
        sum += if *v > 0.0 { t } else { 0.0 };
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn filtered(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v.ln()).filter(|t| !t.is_nan()).sum()
}

#[differentiate(forward, reverse, hessian)]
fn kept(x: &[f64]) -> f64 {
    let t: Vec<f64> = x.iter().map(|v| v * v.ln()).collect();
    let mut sum = 0.0;
    for k in 0..x.len() {
        if x[k] > 0.0 {
            sum += t[k] * t[k];
        }
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn cleared(x: &[f64]) -> f64 {
    let mut t = vec![0.0; x.len()];
    for k in 0..x.len() {
        t[k] = x[k] * x[k].ln();
        if x[k] <= 0.0 {
            t[k] = 0.0;
        }
    }
    t.iter().sum()
}

/// A zero that is one by its value, and not because nothing reads it, still has a tangent: second derivatives are not lost.
#[differentiate(forward, reverse, hessian)]
fn zero_by_value(x: f64, w: f64) -> f64 {
    let t = x * w;
    if x > -10.0 { t * t * w } else { w }
}

macro_rules! at_zero {
    ($($f:ident($w:expr) => $w_bar:expr;)*) => { pastey::paste! {$({
        let (value, gradient) = [<$f _gradient>](0.0, $w);
        assert_eq!(value, $f(0.0, $w));
        assert_eq!(gradient, (0.0, $w_bar), "{}", stringify!($f));
        for (x_dot, w_dot) in [(1.0, 0.0), (0.0, 1.0)] {
            let tangent = [<$f _tangent>](0.0, x_dot, $w, w_dot).1;
            assert_eq!(tangent, w_dot * $w_bar, "{}", stringify!($f));
            let (_, again, product) = [<$f _hvp>](0.0, x_dot, $w, w_dot);
            assert_eq!((again, product), (gradient, (0.0, 0.0)), "{}", stringify!($f));
        }
        let hessian = [<$f _hessian>](0.0, $w).2;
        assert_eq!(hessian.as_slice(), &[0.0; 4], "{}", stringify!($f));
    })*}};
}

#[test]
fn what_is_without_influence_has_no_adjoint() {
    at_zero! {
        in_a_branch(1.5) => 1.0;
        in_an_operand(1.5) => 1.0;
        overwritten(1.5) => 1.0;
        behind_an_exit(1.5) => 1.0;
        asked_itself(1.5) => 1.0;
        in_no_trip(1.5) => 1.0;
        far_back(1.5) => 1.0;
        late(1.5) => 1.0;
        leaves_a_loop(1.5) => 1.0;
    }
    let (_, gradient) = picked_gradient(0.0, 1.5);
    assert_eq!(gradient.1, 1.0);
    let (_, gradient) = of_the_last_trip_gradient(0.0, 1.5);
    assert_eq!(gradient.0, (3.0_f64).ln() + 1.0);
    let expected = [0.0, (1.5_f64).ln() + 1.0];
    for f in [terms_gradient, filtered_gradient, cleared_gradient] {
        let (_, gradient) = f(&[0.0, 1.5]);
        assert_eq!(gradient, expected);
    }
    let (_, gradient) = kept_gradient(&[0.0, 1.5]);
    assert_eq!(gradient[0], 0.0);
    for hessian in [
        terms_hessian(&[0.0, 1.5]).2,
        filtered_hessian(&[0.0, 1.5]).2,
        cleared_hessian(&[0.0, 1.5]).2,
        kept_hessian(&[0.0, 1.5]).2,
    ] {
        assert_eq!(hessian[(0, 0)], 0.0);
        assert!(hessian[(1, 1)] > 0.0);
    }
}

#[test]
fn everywhere_else_they_are_as_they_were() {
    for (x, w) in [(0.7, 1.5), (1.3, -0.4), (-0.6, 0.8)] {
        prove_hvp!(in_a_branch(val x, val w));
        prove_hvp!(in_an_operand(val x, val w));
        prove_hvp!(overwritten(val x, val w));
        prove_hvp!(behind_an_exit(val x, val w));
        prove_hvp!(asked_itself(val x, val w));
        prove_hvp!(in_no_trip(val x, val w));
        prove_hvp!(far_back(val x, val w));
        prove_hvp!(late(val x, val w));
        prove_hvp!(leaves_a_loop(val x, val w));
        prove_hvp!(zero_by_value(val x, val w));
    }
    prove_hvp!(of_the_last_trip(val 0.7, val 0.4));
    prove_hvp!(zero_by_value(val 0.0, val 1.5));
    prove_hvp!(zero_by_value(val 0.0, val 0.0));
    let x = positive(5);
    prove_hvp!(terms(slice x));
    prove_hvp!(filtered(slice x));
    prove_hvp!(kept(slice x));
    prove_hvp!(cleared(slice x));
}
