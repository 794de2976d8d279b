//! Functions of published crates that the macro accepted and rustc rejected, made small.
use chainrule::{Differentiable, differentiate};

/// A range was asked for what it contains without being told.
#[differentiate(forward, reverse, hessian)]
fn range_that_contains(x: f64, y: f64) -> f64 {
    let a = if (0.0..=1.0).contains(&x) { x * y } else { x };
    match !(2.0..).contains(&(y * 2.0)) {
        true => a * y,
        false => a - y,
    }
}

#[differentiate]
fn range_that_contains_or_fails(x: f64, limit: f64) -> Result<f64, String> {
    if !(0.0..limit).contains(&x) {
        return Err("out of range".into());
    }
    Ok(x * x * limit)
}

#[test]
fn ranges() {
    for (x, y) in [(0.4, 0.7), (1.4, 0.7), (0.4, 1.7), (-0.4, 1.7)] {
        prove!(range_that_contains(val x, val y));
        prove_gradient!(range_that_contains(val x, val y));
        prove_hvp!(range_that_contains(val x, val y));
    }
    prove!(range_that_contains_or_fails(val 0.5, val 2.0) -> ok);
    assert!(range_that_contains_or_fails_gradient(2.5, 2.0).is_err());
}

/// References were compared with numbers.
#[differentiate(forward, reverse, hessian)]
fn references_compared(x: &[f64], limit: &f64) -> f64 {
    let least = x
        .iter()
        .map(|v| v * v)
        .filter(|v| v >= &0.01)
        .fold(f64::INFINITY, f64::min);
    let mut sum = least;
    for v in x.iter() {
        if v > limit && &0.3 != v {
            sum += v * limit;
        }
        if v < &(2.0 * limit) {
            sum -= v * least;
        }
    }
    sum
}

#[test]
fn comparisons() {
    prove!(references_compared(slice [0.2, -0.7, 1.4], rf 0.4));
    prove_gradient!(references_compared(slice [0.2, -0.7, 1.4], rf 0.4));
    prove_hvp!(references_compared(slice [0.2, -0.7, 1.4], rf 0.4));
}

#[derive(Clone, Copy, Differentiable)]
struct Polar {
    r: f64,
    angle: f64,
}

#[derive(Clone, Copy, Differentiable)]
struct Plane {
    x: f64,
    y: f64,
}

#[differentiate(forward, reverse, hessian)]
impl From<Polar> for Plane {
    fn from(p: Polar) -> Plane {
        Plane {
            x: p.r * p.angle.cos(),
            y: p.r * p.angle.sin(),
        }
    }
}

/// In an `impl` of `From<&A>`, a call of that of `From<A>` was ambiguous.
#[differentiate(forward, reverse, hessian)]
impl From<&Polar> for Plane {
    fn from(p: &Polar) -> Plane {
        Plane::from(*p)
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<&Plane> for Polar {
    fn from(p: &Plane) -> Polar {
        Polar {
            r: p.x.hypot(p.y),
            angle: p.y.atan2(p.x),
        }
    }
}

#[differentiate(forward, reverse, hessian)]
impl From<Plane> for Polar {
    fn from(p: Plane) -> Polar {
        Polar::from(&p)
    }
}

#[differentiate(forward, reverse, hessian)]
fn made_of_values_and_of_references(r: f64, angle: f64) -> f64 {
    let p = Polar { r, angle };
    let a = Plane::from(p);
    let b = Plane::from(&p);
    let back = Polar::from(Plane { x: a.x * 2.0, y: b.y });
    let again: Polar = a.into();
    a.x * b.y + back.r * back.angle + again.r
}

#[test]
fn conversions() {
    prove!(made_of_values_and_of_references(val 0.8, val 0.3));
    prove_hvp!(made_of_values_and_of_references(val 0.8, val 0.3));
}
