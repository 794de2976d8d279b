//! Operators on values and on references, compound assignment, constants and casts.
use crate::harness::noise;
use chainrule::differentiate;

#[differentiate(forward, reverse, hessian)]
fn mul_add_chain(x: f64, a: &[f64], n: usize, out: &mut [f64]) -> f64 {
    let mut y = x;
    for i in 0..n {
        y = y * a[i] + x;
        out[i % 2] += y * out[(i + 1) % 2];
    }
    y
}

#[differentiate(forward, reverse, hessian)]
fn four_operators(x: f64, y: f64) -> f64 {
    x + y * x - x / y - (x - y) / (x + y) * 2.0
}

#[differentiate(forward, reverse, hessian)]
fn precedence(x: f64, y: f64, z: f64) -> f64 {
    x - y - z + x / y / z - x / (y / z) + -x * -y - -(z * z) + x * y % 7.0
}

#[differentiate(forward, reverse)]
fn identity(x: f64) -> f64 {
    x
}

#[differentiate(forward, reverse)]
fn constant_result(x: f64, y: f64) -> f64 {
    let _unused = x * y;
    4.0
}

#[differentiate(forward, reverse)]
fn unused_parameter(x: f64, y: f64, v: &[f64]) -> f64 {
    y * y
}

#[differentiate(forward, reverse)]
fn negation(x: f64) -> f64 {
    -(-(-x * x))
}

#[differentiate(forward, reverse, hessian)]
fn on_references(x: &f64, y: &f64) -> f64 {
    let p = x * y;
    let q = *x + y;
    let r = x - *y;
    let s = -x / y;
    &p * &q + r / &s - *&p
}

#[differentiate(forward, reverse)]
fn references_to_locals(x: f64) -> f64 {
    let y = x * x;
    let r = &y;
    let rr = &r;
    *r * **rr + r * x
}

#[differentiate(forward, reverse, hessian)]
fn compound_assignment(x: f64, y: f64) -> f64 {
    let mut a = x;
    a += y;
    a *= x;
    a -= y * a;
    a /= y + 3.0;
    a %= 0.5;
    a
}

#[differentiate(forward, reverse, hessian)]
fn self_assignment(x: f64) -> f64 {
    let mut a = x;
    a *= a;
    a += a;
    a = a - x * a;
    a /= a + 1.0;
    a -= a * a;
    a
}

#[differentiate(forward, reverse)]
fn compound_with_references(x: &[f64], y: &f64) -> f64 {
    let mut a = 1.0;
    for v in x {
        a += v;
        a *= y;
        a -= &x[0];
        a /= *v + 3.0;
    }
    a
}

#[differentiate(forward, reverse)]
fn casts_of_integers(x: f64, n: usize, m: i32, flag: bool) -> f64 {
    let h = 1.0 / n as f64;
    let k = (n as i32 - m) as f64;
    x * h + x * x * k + f64::from(m) * x.sin() + (flag as i32) as f64 * x + flag as u8 as f64
}

#[differentiate(forward, reverse)]
fn casts_to_integers_cut(x: f64) -> f64 {
    let whole = x as i64;
    let k = (3.0 * x) as usize;
    let fraction = x - whole as f64;
    fraction * k as f64 + x * (x.floor() as f64)
}

#[differentiate(forward, reverse)]
fn integer_arithmetic(x: f64, n: usize) -> f64 {
    let mut i = n;
    i *= 3;
    i -= 2;
    let j = i / 2 + (i % 2) * 5 + (i << 1) - (i >> 1) + (i & 3) + (i ^ 1);
    let b = !(i > j) && (j >= 40 || n == 2);
    let w = if b { j as f64 } else { 1.0 };
    x.powi((n % 4) as i32) * w + x / i.pow(2) as f64 + x * (i.min(j).max(1)) as f64
}

const GAIN: f64 = 1.75;
const TABLE: [f64; 3] = [0.5, -1.5, 2.5];
static OFFSET: f64 = 0.125;

#[differentiate(forward, reverse, hessian)]
fn items_as_constants(x: f64) -> f64 {
    const HALF: f64 = 0.5;
    let mut y = GAIN * x + OFFSET;
    for i in 0..TABLE.len() {
        y = y * TABLE[i] + x * HALF;
    }
    y * std::f64::consts::SQRT_2
}

#[differentiate(forward, reverse)]
fn literals_of_all_kinds(x: f64) -> f64 {
    x * 1. + x * 1e-1 + x * 2.5e0f64 + x * 1_000.0 - x * 3f64 + x / 0.25_f64
}

#[differentiate(forward, reverse, hessian)]
fn cancelling(x: f64, y: f64) -> f64 {
    let a = x * y;
    let b = a - a;
    let c = x / x;
    (b + c) * y + (a - x * y)
}

#[differentiate(forward, reverse)]
fn same_variable_everywhere(x: f64) -> f64 {
    x * x / x + x - x * (x - x / (x * x + x))
}

#[differentiate(forward, reverse)]
fn dead_code(x: f64, y: f64) -> f64 {
    let mut dead = x.exp() * y;
    dead *= dead;
    for _ in 0..3 {
        dead = dead.sin();
    }
    let mut live = x;
    live = y;
    live * live
}

#[differentiate(forward, reverse)]
fn overwritten_before_use(x: f64) -> f64 {
    let mut a = x * x;
    a = 2.0;
    let mut b = a * x;
    b = b * a;
    a = b * x;
    a
}

#[differentiate(forward, reverse)]
fn single_precision(x: f32, y: f32) -> f32 {
    let mut a = x * y + 0.5;
    a = a.sin() / y + a * x.powi(2);
    a.max(0.1) - std::f32::consts::PI * x
}

#[differentiate(forward, reverse)]
fn array_result(x: f64, y: f64) -> [f64; 3] {
    [x * y, x, 1.0]
}

#[differentiate(forward, reverse)]
fn tuple_result(x: f64, y: f64) -> (f64, f64) {
    (x / y, x * x)
}

#[differentiate(forward, reverse)]
fn nested_result(x: f64, y: f64) -> ((f64, f64), [f64; 2]) {
    ((x * y, y), [x.sin(), x + y])
}

#[differentiate(forward, reverse)]
fn value_and_count(x: f64, limit: f64) -> (f64, usize) {
    let mut y = x;
    let mut count = 0;
    while y < limit {
        y *= 1.0 + x;
        count += 1;
    }
    (y, count)
}

#[test]
fn operators() {
    prove_hvp!(four_operators(val 0.7, val -1.4));
    prove_hvp!(precedence(val 0.7, val -1.4, val 0.3));
    prove_gradient!(identity(val 0.7));
    prove_gradient!(negation(val 0.7));
    prove_hvp!(on_references(rf 0.7, rf -1.4));
    prove_gradient!(references_to_locals(val 0.7));
    prove_hvp!(cancelling(val 0.7, val -1.4));
    prove_gradient!(same_variable_everywhere(val 0.7));
    prove!(single_precision(val 0.7f32, val -1.4f32));
}

#[test]
fn assignments() {
    prove_hvp!(mul_add_chain(val 0.3, slice [1.0, -2.0, 0.5], con 3usize, io [0.1, 0.2]));
    prove_hvp!(compound_assignment(val 0.7, val -1.4));
    prove_hvp!(self_assignment(val 0.7));
    prove_gradient!(compound_with_references(slice noise(4), rf 0.6));
    prove_gradient!(overwritten_before_use(val 0.6));
}

#[test]
fn without_influence() {
    prove_gradient!(constant_result(val 0.7, val -1.4));
    prove_gradient!(unused_parameter(val 0.7, val -1.4, slice noise(3)));
    prove_gradient!(dead_code(val 0.7, val -1.4));
}

#[test]
fn constants_and_casts() {
    prove_gradient!(casts_of_integers(val 0.7, con 4, con -2, con true));
    prove_gradient!(casts_to_integers_cut(val 1.4));
    prove_gradient!(integer_arithmetic(val 0.7, con 2));
    prove_gradient!(integer_arithmetic(val 0.7, con 3));
    prove_gradient!(integer_arithmetic(val 0.7, con 7));
    prove_hvp!(items_as_constants(val 0.7));
    prove_gradient!(literals_of_all_kinds(val 0.7));
}

#[test]
fn results() {
    prove!(array_result(val 0.7, val -1.4));
    prove!(tuple_result(val 0.7, val -1.4));
    prove!(nested_result(val 0.7, val -1.4));
    prove!(value_and_count(val 0.2, val 3.0));
}
