//! `rule(x => …)`: functions whose partials are stated.
use crate::harness::{noise, positive};
use chainrule::differentiate;
use num_traits::Float;

/// What the macro can't see into: partial sums in a loop that ends by a test of bits.
mod opaque {
    pub fn exp(x: f64) -> f64 {
        let (mut sum, mut term) = (0.0_f64, 1.0_f64);
        for k in 1..200 {
            let before = sum.to_bits();
            sum += term;
            term *= x / f64::from(k);
            if sum.to_bits() == before {
                break;
            }
        }
        sum
    }

    pub fn sin_cos(x: f64) -> [f64; 2] {
        [x.sin(), x.cos()]
    }
}

#[differentiate(rule(x => opaque::exp(x)))]
fn exponential(x: f64) -> f64 {
    opaque::exp(x)
}

#[differentiate(forward, reverse, hessian, rule(x => value))]
fn by_its_value(x: f64) -> f64 {
    opaque::exp(x)
}

#[differentiate(hessian, rule(x => std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp()))]
fn erf(x: f64) -> f64 {
    // The midpoint rule, in a loop that the macro would not take.
    let n = 2000;
    let h = x / f64::from(n);
    let mut i = 0;
    let sum = std::iter::repeat_with(|| {
        i += 1;
        (-((f64::from(i) - 0.5) * h).powi(2)).exp()
    });
    std::f64::consts::FRAC_2_SQRT_PI * h * sum.take(n as usize).sum::<f64>()
}

#[differentiate(hessian, rule({
    let r = x.hypot(*y);
    x => x / r,
    y => *y / r,
}))]
fn shared(x: f64, y: &f64, _n: usize) -> f64 {
    (x.to_bits() as f64 * 0.0) + (x * x + y * y).sqrt()
}

#[differentiate(hessian, rule(let s = if n > 1 { 2.0 } else { 1.0 }; b => s * a, a => s * b))]
fn with_statement(a: f64, b: f64, n: usize) -> f64 {
    let s: f64 = if n > 1 { 2.0 } else { 1.0 };
    f64::from_bits(s.to_bits()) * a * b
}

#[differentiate(hessian, rule(
    x => power(x, n - 1.0, scale) * n,
    n => value * x.ln(),
))]
fn power(x: f64, n: f64, #[constant] scale: &[f64]) -> f64 {
    scale
        .iter()
        .map(|s| f64::from_bits(s.to_bits()))
        .product::<f64>()
        * x.powf(n)
}

#[differentiate(hessian, rule(x => {
    let mut sum = T::zero();
    for k in 1..=n {
        sum = sum + T::from(k).unwrap() * x.powi(k as i32 - 1);
    }
    sum
}))]
fn geometric<T: Float>(x: T, n: usize) -> T {
    let one = std::hint::black_box(T::one());
    (0..=n)
        .map(|k| x.powi(k as i32))
        .fold(T::zero(), |a, b| a + b * one)
}

#[differentiate(hessian, rule(x => value - c, c => 1.0))]
fn fallible(x: f64, c: f64) -> Result<f64, String> {
    if x > 10.0 {
        return Err(format!("{x} is too large"));
    }
    Ok(opaque::exp(x) + std::hint::black_box(c))
}

#[differentiate(hessian, rule(x => 0.5 / value))]
fn optional(x: &f64) -> Option<f64> {
    (*x > 0.0).then(|| x.sqrt())
}

struct Curve {
    rate: f64,
    calls: std::cell::Cell<usize>,
}

impl Curve {
    #[differentiate(hessian, rule(t => -self.rate * value))]
    fn at(#[constant] &self, t: f64) -> f64 {
        self.calls.set(self.calls.get() + 1);
        (-self.rate * t).exp()
    }
}

#[differentiate]
impl Curve {
    #[differentiate(hessian, rule(t => Self::slope(t, k)))]
    fn plain(t: f64, k: i32) -> f64 {
        opaque::exp(f64::from(k) * t)
    }

    #[differentiate(hessian, rule(t => f64::from(k * k) * Self::plain(t, k)))]
    fn slope(t: f64, k: i32) -> f64 {
        f64::from(k) * opaque::exp(f64::from(k) * t)
    }
}

#[differentiate(hessian)]
trait Smooth {
    fn lift(#[constant] &self, x: f64) -> f64;
}

#[differentiate(hessian)]
impl Smooth for Curve {
    #[differentiate(hessian, rule(x => 1.0 - value * value))]
    fn lift(#[constant] &self, x: f64) -> f64 {
        f64::from_bits(x.tanh().to_bits())
    }
}

#[differentiate(hessian)]
fn caller(x: &[f64], k: f64, #[constant] curve: &Curve, n: usize) -> f64 {
    let mut sum = 0.0;
    let mut level = k;
    for i in 0..n {
        level = erf(level + x[i]) + by_its_value(x[i] * k);
        if i % 2 == 0 {
            sum += shared(level, &x[i], n) * power(x[i], k, &[2.0, 0.5]);
        } else {
            sum -= with_statement(level, level, i) + curve.at(x[i]);
        }
        sum += curve.lift(sum) + geometric(x[i], 3) + Curve::plain(0.1 * k, 2);
    }
    sum
}

#[differentiate]
fn may_fail(x: &[f64]) -> Result<f64, String> {
    let mut sum = 0.0;
    for v in x {
        sum += fallible(*v, sum)? * optional(v).ok_or("negative")?;
    }
    Ok(sum)
}

#[test]
fn one_partial() {
    for x in noise(12) {
        prove_gradient!(exponential(val x));
        prove_derivative!(exponential(val x));
        prove_hvp!(by_its_value(val x));
        prove_hvp!(erf(val x));
    }
    assert_eq!(
        erf_derivative(0.5).1,
        std::f64::consts::FRAC_2_SQRT_PI * (-0.25_f64).exp()
    );
    let (value, slope) = by_its_value_gradient(1.5);
    assert_eq!(value, slope);
}

#[test]
fn several_partials() {
    for (x, y) in positive(16).into_iter().zip(noise(16)) {
        prove_hvp!(shared(val x, rf y, con 3));
        prove_hvp!(with_statement(val x, val y, con 1));
        prove_hvp!(with_statement(val x, val y, con 2));
        prove_hvp!(power(val x, val y, con &[1.5, 2.0]));
    }
}

#[test]
fn generic() {
    prove_hvp!(geometric(val 0.7, con 5));
    prove_hvp!(geometric(val 0.7_f32, con 3));
    prove_gradient!(geometric(val -0.3, con 0));
}

#[test]
fn wrapped() {
    prove!(fallible(val 0.4, val 0.0) -> ok);
    prove!(optional(rf 0.4) -> ok);
    assert!(fallible_gradient(11.0, 0.0).is_err());
    assert!(optional_gradient(&-1.0).is_none());
    prove!(may_fail(slice [0.3, 0.4, 0.2]) -> ok);
    assert_eq!(may_fail_gradient(&[0.3, -0.1]), Err("negative".to_string()));
}

#[test]
fn methods() {
    let curve = Curve {
        rate: 0.7,
        calls: Default::default(),
    };
    assert_eq!(
        curve.at_gradient(1.0),
        (curve.at(1.0), -0.7 * curve.at(1.0))
    );
    curve.calls.set(0);
    curve.at_adjoint(1.0, 1.0);
    assert_eq!(curve.calls.get(), 1);
    let (_, _, curvature) = curve.at_hvp(1.0, 1.0);
    assert!((curvature - 0.49 * (-0.7_f64).exp()).abs() < 1e-15);
    for t in noise(5) {
        let (value, slope) = Curve::plain_gradient(t, 2);
        assert_eq!((value, slope), (Curve::plain(t, 2), Curve::slope(t, 2)));
        assert_eq!(Curve::plain_hvp(t, 1.0, 2).2, 4.0 * opaque::exp(2.0 * t));
    }
}

#[test]
fn in_callers() {
    let curve = Curve {
        rate: 0.7,
        calls: Default::default(),
    };
    for n in [0, 1, 4] {
        prove_hvp!(caller(slice positive(4), val 0.6, con &curve, con n));
    }
}

/// An infinite partial and a seed of zero give zero.
#[differentiate(rule(x => 0.5 / value, y => x.ln() * value))]
fn steep(x: f64, y: f64) -> f64 {
    x.sqrt() + std::hint::black_box(0.0) * y
}

#[test]
fn infinite_partials() {
    assert_eq!(steep_gradient(0.0, 1.0).1.0, f64::INFINITY);
    assert_eq!(steep_adjoint(0.0, 1.0, 0.0), (0.0, 0.0, 0.0));
    assert_eq!(steep_tangent(0.0, 0.0, 1.0, 0.0), (0.0, 0.0));
}

#[differentiate(hessian)]
trait Logistic: Sized {
    fn logistic(self, k: f64) -> f64;
}

#[differentiate(hessian)]
impl Logistic for f64 {
    #[differentiate(hessian, rule(self => k * value * (1.0 - value), k => self * value * (1.0 - value)))]
    fn logistic(self, k: f64) -> f64 {
        f64::from_bits((1.0 / (1.0 + (-k * self).exp())).to_bits())
    }
}

#[differentiate(hessian)]
fn through_a_trait(x: f64, k: f64) -> f64 {
    x.logistic(k) * x
}

type Real = f64;

#[differentiate(hessian, rule(x => 2.0 * x))]
fn alias(x: Real) -> f64 {
    f64::from_bits((x * x).to_bits())
}

/// A parameter of that name is the parameter.
#[differentiate(hessian, rule(value => 3.0 * value * value))]
fn cube(value: f64) -> f64 {
    f64::from_bits((value * value * value).to_bits())
}

#[differentiate(hessian)]
fn nested(x: f64) -> f64 {
    #[differentiate(hessian, rule(y => y.cos()))]
    fn sine(y: f64) -> f64 {
        f64::from_bits(y.sin().to_bits())
    }
    sine(x * x) * sine(x)
}

/// Partials that are loops with branches, and parameters that are constant and own memory.
#[differentiate(hessian, rule({
    let mut sum = 0.0;
    for (k, c) in coefficients.iter().enumerate().skip(1) {
        if *c != 0.0 {
            sum += *c * k as f64 * x.powi(k as i32 - 1);
        }
    }
    x => sum
}))]
fn polynomial(#[constant] coefficients: Vec<f64>, mut x: f64) -> f64 {
    x = f64::from_bits(x.to_bits());
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

#[differentiate(hessian)]
fn overwritten(x: &mut [f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        x[i] = erf(x[i]) * cube(x[(i + 1) % n]);
        x[i] = alias(x[i]);
        sum += polynomial(vec![0.5, 0.0, -1.0, 2.0], x[i]);
    }
    sum
}

#[differentiate(jacobian, rule(x => y, y => x))]
fn product(x: f64, y: f64) -> f64 {
    f64::from_bits((x * y).to_bits())
}

#[test]
fn scalars_under_other_names() {
    for x in noise(6) {
        prove_hvp!(through_a_trait(val x, val 0.8));
        prove_hvp!(alias(val x));
        prove_hvp!(cube(val x));
        prove_hvp!(nested(val x));
        prove_hvp!(polynomial(con vec![1.0, 0.5, 0.0, -2.0], val x));
    }
}

#[test]
fn on_overwritten_values() {
    for n in [0, 1, 3] {
        prove!(overwritten(io positive(3), con n));
    }
}

#[test]
fn as_a_matrix() {
    let (_, jacobian) = product_jacobian(2.0, 3.0);
    assert_eq!(jacobian.as_slice(), [3.0, 2.0]);
}
