//! Conversions between numbers as `num_traits` spells them, and rules met in real code.

use chainrule::{Differentiable, differentiate};
use num_traits::{Euclid, Float, FromPrimitive, ToPrimitive};

#[derive(Differentiable, Clone, Copy, Debug)]
struct Mean {
    mean: f64,
    n: u64,
}
struct_shape!(Mean { mean: f64, n: u64 });

#[differentiate(forward, reverse, hessian)]
impl Mean {
    fn add(&mut self, x: f64) {
        self.n += 1;
        let n = self.n.to_f64().unwrap();
        let delta = (x - self.mean) / n;
        self.mean += delta * x;
    }
}

#[differentiate(forward, reverse, hessian)]
fn mean_of(x: &[f64], k: usize) -> f64 {
    let mut mean = Mean { mean: x[0], n: 1 };
    for v in x {
        mean.add(v * k.to_f64().expect("a small number"));
    }
    mean.mean * (x[0] * 0.5).to_f64().unwrap()
}

#[test]
fn integers_of_active_structs_become_reals() {
    prove!(mean_of(slice [0.5, -1.2, 2.0], con 2usize));
    prove_gradient!(mean_of(slice [0.5, -1.2, 2.0], con 2usize));
    prove_hvp!(mean_of(slice [0.5, -1.2, 2.0], con 2usize));
}

#[derive(Differentiable, Clone, Copy, Debug)]
struct Equidistant<R> {
    step: R,
    len: usize,
}

#[differentiate]
impl<R: Float + FromPrimitive + Differentiable<Shadow = R>> Equidistant<R> {
    fn at(&self, k: usize) -> R {
        let last = R::from(self.len - 1).unwrap();
        let mut sum = R::zero();
        for i in 0..k {
            sum = sum + self.step * self.step / R::from_usize(i + 1).unwrap();
        }
        sum * last + self.step.sin() / R::from(self.len).expect("a length")
    }
}

#[test]
fn integers_become_reals_of_a_type_parameter() {
    let grid = Equidistant {
        step: 0.3f64,
        len: 5,
    };
    let (value, bar) = grid.at_gradient(3);
    let slope = 2.0 * 0.3 * (1.0 + 0.5 + 1.0 / 3.0) * 4.0 + 0.3f64.cos() / 5.0;
    assert_eq!(value.to_bits(), grid.at(3).to_bits());
    assert!((bar.step - slope).abs() < 1e-12);
    let dot = Equidistant { step: 1.0, len: 5 };
    assert!((grid.at_tangent(&dot, 3).1 - slope).abs() < 1e-12);
}

#[differentiate(forward, reverse, hessian)]
fn wrapped(angle: f64, turns: f64) -> f64 {
    let mut sum = 0.0;
    for k in 1..4 {
        let a = angle * k as f64;
        sum += Euclid::rem_euclid(&a, &(2.0 * core::f64::consts::PI)).powi(2);
    }
    sum * f64::midpoint(turns * angle, turns.sin()) + turns.midpoint(2.0)
}

#[test]
fn remainders_by_reference_and_midpoints() {
    prove!(wrapped(val 2.9, val 0.7));
    prove_gradient!(wrapped(val 2.9, val 0.7));
    prove_hvp!(wrapped(val -0.4, val 0.7));
}

#[differentiate]
fn single(t: f32) -> f32 {
    if t < 0.5 {
        t * t
    } else {
        f32::midpoint(2.0f32.mul_add(t, -2.0).powi(2), 2.0)
    }
}

#[test]
fn midpoints_in_single_precision() {
    prove!(single(val 0.75f32));
    prove!(single(val 0.25f32));
    prove_derivative!(single(val 0.75f32));
}
