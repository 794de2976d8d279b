//! Every rule of the table: each differentiable method of `f64`, as a method, and by its path.
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn rule_sin(x: f64, a: f64) -> f64 {
    x.sin() * a + f64::sin(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_cos(x: f64, a: f64) -> f64 {
    x.cos() * a + f64::cos(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_tan(x: f64, a: f64) -> f64 {
    x.tan() * a + f64::tan(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_asin(x: f64, a: f64) -> f64 {
    x.asin() * a + f64::asin(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_acos(x: f64, a: f64) -> f64 {
    x.acos() * a + f64::acos(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_atan(x: f64, a: f64) -> f64 {
    x.atan() * a + f64::atan(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_sinh(x: f64, a: f64) -> f64 {
    x.sinh() * a + f64::sinh(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_cosh(x: f64, a: f64) -> f64 {
    x.cosh() * a + f64::cosh(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_tanh(x: f64, a: f64) -> f64 {
    x.tanh() * a + f64::tanh(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_asinh(x: f64, a: f64) -> f64 {
    x.asinh() * a + f64::asinh(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_acosh(x: f64, a: f64) -> f64 {
    x.acosh() * a + f64::acosh(1.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_atanh(x: f64, a: f64) -> f64 {
    x.atanh() * a + f64::atanh(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_exp(x: f64, a: f64) -> f64 {
    x.exp() * a + f64::exp(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_exp2(x: f64, a: f64) -> f64 {
    x.exp2() * a + f64::exp2(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_exp_m1(x: f64, a: f64) -> f64 {
    x.exp_m1() * a + f64::exp_m1(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_ln(x: f64, a: f64) -> f64 {
    x.ln() * a + f64::ln(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_ln_1p(x: f64, a: f64) -> f64 {
    x.ln_1p() * a + f64::ln_1p(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_log2(x: f64, a: f64) -> f64 {
    x.log2() * a + f64::log2(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_log10(x: f64, a: f64) -> f64 {
    x.log10() * a + f64::log10(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_sqrt(x: f64, a: f64) -> f64 {
    x.sqrt() * a + f64::sqrt(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_cbrt(x: f64, a: f64) -> f64 {
    x.cbrt() * a + f64::cbrt(0.5 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_recip(x: f64, a: f64) -> f64 {
    x.recip() * a + f64::recip(0.5 * x)
}

#[differentiate(forward, reverse)]
fn rule_to_radians(x: f64, a: f64) -> f64 {
    x.to_radians() * a + f64::to_radians(0.5 * x)
}

#[differentiate(forward, reverse)]
fn rule_to_degrees(x: f64, a: f64) -> f64 {
    x.to_degrees() * a + f64::to_degrees(0.5 * x)
}

#[differentiate(forward, reverse)]
fn rule_abs(x: f64, a: f64) -> f64 {
    x.abs() * a + f64::abs(0.5 * x) * x
}

#[differentiate(forward, reverse)]
fn rule_signum(x: f64, a: f64) -> f64 {
    x.signum() * a + f64::signum(0.5 * x) * x
}

#[differentiate(forward, reverse)]
fn rule_floor(x: f64, a: f64) -> f64 {
    x.floor() * a + f64::floor(0.5 * x) * x
}

#[differentiate(forward, reverse)]
fn rule_ceil(x: f64, a: f64) -> f64 {
    x.ceil() * a + f64::ceil(0.5 * x) * x
}

#[differentiate(forward, reverse)]
fn rule_round(x: f64, a: f64) -> f64 {
    x.round() * a + f64::round(0.5 * x) * x
}

#[differentiate(forward, reverse)]
fn rule_trunc(x: f64, a: f64) -> f64 {
    x.trunc() * a + f64::trunc(0.5 * x) * x
}

#[differentiate(forward, reverse)]
fn rule_fract(x: f64, a: f64) -> f64 {
    x.fract() * a + f64::fract(0.5 * x) * x
}

#[differentiate(forward, reverse, hessian)]
fn rule_sin_cos(x: f64, a: f64) -> f64 {
    let (s, c) = x.sin_cos();
    let (t, d) = f64::sin_cos(a * x);
    s * d + c * c * t
}

#[differentiate(forward, reverse, hessian)]
fn rule_sin_cos_one(x: f64) -> f64 {
    let (_, c) = x.sin_cos();
    let both = (2.0 * x).sin_cos();
    c + both.0
}

#[differentiate(forward, reverse, hessian)]
fn rule_atan2(x: f64, y: f64) -> f64 {
    x.atan2(y) + f64::atan2(y, x + 3.0)
}

#[differentiate(forward, reverse, hessian)]
fn rule_hypot(x: f64, y: f64) -> f64 {
    x.hypot(y) + f64::hypot(y, 2.0 * x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_powf(x: f64, y: f64) -> f64 {
    x.powf(y) + f64::powf(x + 1.0, 3.0) * f64::powf(2.0, y)
}

#[differentiate(forward, reverse, hessian)]
fn rule_log(x: f64, y: f64) -> f64 {
    x.log(y) + f64::log(x, 10.0) + f64::log(5.0, y)
}

#[differentiate(forward, reverse)]
fn rule_max(x: f64, y: f64) -> f64 {
    x.max(y) * y + f64::max(x - 2.0, y) + x.max(0.1) + f64::max(0.2, y * y)
}

#[differentiate(forward, reverse)]
fn rule_min(x: f64, y: f64) -> f64 {
    x.min(y) * y + f64::min(x - 2.0, y) + x.min(0.1) + f64::min(0.2, y * y)
}

#[differentiate(forward, reverse)]
fn rule_clamp(x: f64, low: f64, high: f64) -> f64 {
    x.clamp(low, high)
        + f64::clamp(3.0 * x, low, high) * x
        + (x - 3.0).clamp(low, high) * low
        + x.clamp(0.0, 1.0)
}

#[differentiate(forward, reverse)]
fn rule_copysign(x: f64, y: f64) -> f64 {
    x.copysign(y) * y + f64::copysign(y, x) + x.copysign(-1.0) + f64::copysign(2.0, x) * x
}

#[differentiate(forward, reverse)]
#[allow(deprecated)]
fn rule_abs_sub(x: f64, y: f64) -> f64 {
    x.abs_sub(y) * y + f64::abs_sub(y, x) * x + x.abs_sub(0.1)
}

#[differentiate(forward, reverse)]
fn rule_rem(x: f64, y: f64) -> f64 {
    x % y + (3.0 * x) % 0.7 + (2.0 % y) * x
}

#[differentiate(forward, reverse)]
fn rule_rem_negative(x: f64, y: f64) -> f64 {
    (x % y) * x + -x % y
}

#[differentiate(forward, reverse)]
fn rule_rem_assign(x: f64, y: f64) -> f64 {
    let mut r = x * x;
    r %= y;
    r *= r;
    r % 0.3 + r
}

#[differentiate(forward, reverse)]
fn rule_rem_euclid(x: f64, y: f64) -> f64 {
    x.rem_euclid(y) * x + f64::rem_euclid(x, -y) + (-x).rem_euclid(0.8)
}

#[differentiate(forward, reverse)]
fn rule_div_euclid(x: f64, y: f64) -> f64 {
    x.div_euclid(y) * x + f64::div_euclid(x, -y) * y
}

#[differentiate(forward, reverse, hessian)]
fn rule_powi(x: f64) -> f64 {
    x.powi(3) + f64::powi(x, 2) + x.powi(-2) + x.powi(1) + x.powi(0)
}

#[differentiate(forward, reverse, hessian)]
fn rule_powi_variable(x: f64, n: i32) -> f64 {
    let mut k = n;
    let mut sum = 0.0;
    while k > -n {
        sum += x.powi(k) / (k as f64 + 0.5);
        k -= 1;
    }
    sum
}

#[differentiate(forward, reverse, hessian)]
fn rule_powf_constant(x: f64) -> f64 {
    x.powf(2.5) + x.powf(-0.5) + x.powf(1.0) + x.powf(0.0) + x.powf(2.0)
}

#[differentiate(forward, reverse, hessian)]
fn rule_powf_exponent(p: f64) -> f64 {
    2.0f64.powf(p) + 0.3f64.powf(p * p)
}

#[differentiate(forward, reverse, hessian)]
fn rule_powf_same(x: f64) -> f64 {
    x.powf(x)
}

#[differentiate(forward, reverse, hessian)]
fn rule_powf_negative_base(x: f64) -> f64 {
    x.powf(3.0) + x.powf(-2.0)
}

#[differentiate(forward, reverse, hessian)]
fn rule_mul_add(x: f64, y: f64, z: f64) -> f64 {
    x.mul_add(y, z) * z + f64::mul_add(2.0, x, y) + x.mul_add(x, x)
}

#[differentiate(forward, reverse)]
fn rule_sum_of_constants(x: f64) -> f64 {
    x * std::f64::consts::PI + f64::EPSILON * x + f64::MAX.min(x) + std::f64::consts::LN_2.max(x)
        - f64::MIN_POSITIVE
}

#[differentiate(forward, reverse, hessian)]
fn rule_constant_receivers(x: f64) -> f64 {
    use std::f64::consts::{E, FRAC_PI_3};
    let a = E.ln() + FRAC_PI_3.sin() + 2.0_f64.sqrt();
    let b = (x + E).ln() * FRAC_PI_3.cos();
    a * b + x.max(E) + E.hypot(x)
}

#[differentiate(forward, reverse, hessian)]
fn operands_overwritten(x: f64, n: usize) -> f64 {
    let mut v = x;
    for _ in 0..n {
        v = v.sin();
        v = v.exp();
        v = v.sqrt();
        v = v.tanh();
        v = v.recip();
    }
    v
}

#[differentiate(forward, reverse, hessian)]
fn results_overwritten(x: f64) -> f64 {
    let mut e = x.exp();
    let y = e * x;
    e = e.ln_1p() + e * e;
    let mut s = e.sqrt();
    s *= s;
    let mut t = (s * 0.01).tan();
    t += t * y;
    t
}

#[differentiate(forward, reverse, hessian)]
fn two_operands_overwritten(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    a = a.hypot(b);
    b = b.atan2(a);
    a = a.powf(b);
    b = b.mul_add(a, b);
    a = a.log(b + 4.0);
    (a, b) = (b, a);
    a = a.min(b);
    b = a.max(b) * a;
    a - b
}

#[differentiate(forward, reverse, hessian)]
fn same_operand_twice(x: f64) -> f64 {
    x.hypot(x) + x.atan2(x) * x + x.mul_add(x, x * x) + x.powf(x) + x.log(x + 3.0) + x / x
}

#[differentiate(forward, reverse, hessian)]
fn chained_methods(x: f64) -> f64 {
    x.sin()
        .exp()
        .ln_1p()
        .sqrt()
        .tanh()
        .mul_add(x, 1.0)
        .recip()
        .cbrt()
        .abs()
        .to_radians()
}

#[differentiate(forward, reverse, hessian)]
fn methods_on_references(x: &f64, v: &[f64]) -> f64 {
    let r = &v[1];
    x.sin() * r.cos() + v[0].exp() + (*x).atan2(*r) + x.powi(2) + r.max(*x) + f64::sqrt(*x)
}

#[differentiate(forward, reverse, hessian)]
fn methods_inside_indices(v: &[f64]) -> f64 {
    let k = (2.3f64).floor() as usize;
    let j = v[0].round() as usize;
    v[k].sin() * v[j + 1] + v[v.len() - 1].abs().ln()
}

#[test]
fn rules_trigonometric() {
    prove_hvp!(rule_sin(val 0.7, val -1.3));
    prove_hvp!(rule_cos(val 0.7, val -1.3));
    prove_hvp!(rule_tan(val 0.6, val -1.3));
    prove_hvp!(rule_asin(val 0.4, val -1.3));
    prove_hvp!(rule_acos(val 0.4, val -1.3));
    prove_hvp!(rule_atan(val 0.9, val -1.3));
}

#[test]
fn rules_hyperbolic() {
    prove_hvp!(rule_sinh(val 0.7, val -1.3));
    prove_hvp!(rule_cosh(val 0.7, val -1.3));
    prove_hvp!(rule_tanh(val 0.6, val -1.3));
    prove_hvp!(rule_asinh(val 0.4, val -1.3));
    prove_hvp!(rule_acosh(val 1.7, val -1.3));
    prove_hvp!(rule_atanh(val 0.3, val -1.3));
}

#[test]
fn rules_exponential() {
    prove_hvp!(rule_exp(val 0.7, val -1.3));
    prove_hvp!(rule_exp2(val 0.7, val -1.3));
    prove_hvp!(rule_exp_m1(val 0.6, val -1.3));
    prove_hvp!(rule_ln(val 0.4, val -1.3));
    prove_hvp!(rule_ln_1p(val 0.4, val -1.3));
    prove_hvp!(rule_log2(val 0.9, val -1.3));
    prove_hvp!(rule_log10(val 1.9, val -1.3));
    prove_hvp!(rule_sqrt(val 1.3, val -1.3));
    prove_hvp!(rule_cbrt(val - 1.3, val - 1.3));
    prove_hvp!(rule_recip(val - 0.8, val - 1.3));
}

#[test]
fn rules_linear() {
    prove_gradient!(rule_to_radians(val 40.0, val -1.3));
    prove_gradient!(rule_to_degrees(val 0.7, val -1.3));
}

#[test]
fn rules_stepwise() {
    prove_gradient!(rule_abs(val - 0.7, val - 1.3));
    prove_gradient!(rule_signum(val - 0.7, val - 1.3));
    prove_gradient!(rule_floor(val 1.3, val -1.3));
    prove_gradient!(rule_ceil(val 1.3, val -1.3));
    prove_gradient!(rule_round(val 1.3, val -1.3));
    prove_gradient!(rule_trunc(val - 2.3, val - 1.3));
    prove_gradient!(rule_fract(val - 2.3, val - 1.3));
}

#[test]
fn rules_two() {
    prove_hvp!(rule_sin_cos(val 0.7, val 1.3));
    prove_hvp!(rule_sin_cos_one(val 0.7));
    prove_hvp!(rule_atan2(val 0.7, val -0.4));
    prove_hvp!(rule_hypot(val 0.7, val -0.4));
    prove_hvp!(rule_powf(val 1.7, val -0.4));
    prove_hvp!(rule_log(val 1.7, val 3.2));
}

#[test]
fn rules_choices() {
    prove_gradient!(rule_max(val 0.7, val -0.4));
    prove_gradient!(rule_min(val 0.7, val -0.4));
    prove_gradient!(rule_clamp(val 0.7, val -0.4, val 1.2));
    prove_gradient!(rule_copysign(val 0.7, val -0.4));
    prove_gradient!(rule_abs_sub(val 0.7, val -0.4));
}

#[test]
fn rules_remainders() {
    prove_gradient!(rule_rem(val 5.3, val 1.7));
    prove_gradient!(rule_rem_negative(val -5.3, val 1.7));
    prove_gradient!(rule_rem_assign(val 2.3, val 1.7));
    prove_gradient!(rule_rem_euclid(val -5.3, val 1.7));
    prove_gradient!(rule_div_euclid(val -5.3, val 1.7));
}

#[test]
fn rules_powers() {
    prove_hvp!(rule_powi(val - 0.8));
    prove_hvp!(rule_powi_variable(val -0.8, con 3));
    prove_hvp!(rule_powf_constant(val 0.8));
    prove_hvp!(rule_powf_exponent(val 0.8));
    prove_hvp!(rule_powf_same(val 1.3));
    prove_hvp!(rule_powf_negative_base(val - 1.3));
    prove_hvp!(rule_mul_add(val 0.3, val -0.4, val 1.2));
    prove_gradient!(rule_sum_of_constants(val 0.3));
    prove_hvp!(rule_constant_receivers(val 0.3));
}

#[test]
fn rules_overwritten() {
    prove_hvp!(operands_overwritten(val 0.3, con 3));
    prove_hvp!(results_overwritten(val 0.3));
    prove_hvp!(two_operands_overwritten(val 1.3, val 0.4));
    prove_hvp!(same_operand_twice(val 1.3));
    prove_hvp!(chained_methods(val 1.3));
    prove_hvp!(methods_on_references(rf 0.7, slice [0.2, 0.5]));
    prove_hvp!(methods_inside_indices(slice [0.2, 0.5, -0.9, 1.7]));
}

/// A literal has no type by itself, where a partial asks for its magnitude or its logarithm.
#[differentiate(hessian)]
fn rule_of_literals(x: f64) -> f64 {
    x.atan2(2.0) * x.atan2(-0.25) + x.log(10.0) * x.log(0.5)
}

#[test]
fn rules_of_literals() {
    prove_hvp!(rule_of_literals(val 1.3));
    prove_hvp!(rule_of_literals(val 0.1));
}
