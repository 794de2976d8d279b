//! The harness itself: it accepts right companions, written by hand, and rejects planted errors.
use crate::harness::noise;

fn cube(x: f64) -> f64 {
    x * x * x
}

/// Right companions, written by hand.
mod right {
    use super::cube;
    pub fn f(x: f64) -> f64 {
        cube(x)
    }
    pub fn f_tangent(x: f64, x_dot: f64) -> (f64, f64) {
        (cube(x), 3.0 * x * x * x_dot)
    }
    pub fn f_derivative(x: f64) -> (f64, f64) {
        (cube(x), 3.0 * x * x)
    }
    pub fn f_adjoint(x: f64, seed: f64) -> (f64, f64) {
        (cube(x), 3.0 * x * x * seed)
    }
    pub fn f_gradient(x: f64) -> (f64, f64) {
        (cube(x), 3.0 * x * x)
    }
    pub fn f_hvp(x: f64, x_dot: f64) -> (f64, f64, f64) {
        (cube(x), 3.0 * x * x, 6.0 * x * x_dot)
    }
    // y[i] = c x[i] y[i]; the result is their sum.
    pub fn g(x: &[f64], c: f64, y: &mut [f64], n: usize) -> f64 {
        let mut sum = 0.0;
        for i in 0..n {
            y[i] = c * x[i] * y[i];
            sum += y[i];
        }
        sum
    }
    pub fn g_tangent(
        x: &[f64],
        x_dot: &[f64],
        c: f64,
        c_dot: f64,
        y: &mut [f64],
        y_dot: &mut [f64],
        n: usize,
    ) -> (f64, f64) {
        let (mut sum, mut sum_dot) = (0.0, 0.0);
        for i in 0..n {
            y_dot[i] = c_dot * x[i] * y[i] + c * x_dot[i] * y[i] + c * x[i] * y_dot[i];
            y[i] = c * x[i] * y[i];
            sum += y[i];
            sum_dot += y_dot[i];
        }
        (sum, sum_dot)
    }
    pub fn g_adjoint(
        x: &[f64],
        x_bar: &mut [f64],
        c: f64,
        y: &mut [f64],
        y_bar: &mut [f64],
        n: usize,
        seed: f64,
    ) -> (f64, f64) {
        let old = y.to_vec();
        let sum = g(x, c, y, n);
        let mut c_bar = 0.0;
        for i in 0..n {
            let bar = y_bar[i] + seed;
            c_bar += bar * x[i] * old[i];
            x_bar[i] += bar * c * old[i];
            y_bar[i] = bar * c * x[i];
        }
        (sum, c_bar)
    }
    pub fn g_gradient(x: &[f64], c: f64, y: &mut [f64], n: usize) -> (f64, (Vec<f64>, f64)) {
        let (mut x_bar, mut y_bar) = (vec![0.0; n], vec![0.0; n]);
        let (sum, c_bar) = g_adjoint(x, &mut x_bar, c, y, &mut y_bar, n, 1.0);
        (sum, (x_bar, c_bar))
    }
    pub fn g_hvp(
        x: &[f64],
        x_dot: &[f64],
        c: f64,
        c_dot: f64,
        y: &mut [f64],
        y_dot: &mut [f64],
        n: usize,
    ) -> (f64, (Vec<f64>, f64), (Vec<f64>, f64)) {
        let (mut x_product, mut c_product) = (vec![0.0; n], 0.0);
        for i in 0..n {
            x_product[i] = c_dot * y[i] + c * y_dot[i];
            c_product += x_dot[i] * y[i] + x[i] * y_dot[i];
        }
        let (sum, gradient) = g_gradient(x, c, y, n);
        (sum, gradient, (x_product, c_product))
    }
    // A Vec result, a Vec by value, an in/out Vec that grows.
    pub fn h(a: Vec<f64>, x: &f64, w: &mut Vec<f64>) -> Vec<f64> {
        w.push(*x * a[0]);
        vec![a[0] * w[0], *x]
    }
    pub fn h_tangent(
        a: Vec<f64>,
        a_dot: Vec<f64>,
        x: &f64,
        x_dot: &f64,
        w: &mut Vec<f64>,
        w_dot: &mut Vec<f64>,
    ) -> (Vec<f64>, Vec<f64>) {
        w_dot.push(*x_dot * a[0] + *x * a_dot[0]);
        let result_dot = vec![a_dot[0] * w[0] + a[0] * w_dot[0], *x_dot];
        (h(a, x, w), result_dot)
    }
    pub fn h_adjoint(
        a: Vec<f64>,
        x: &f64,
        x_bar: &mut f64,
        w: &mut Vec<f64>,
        w_bar: &mut Vec<f64>,
        seed: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let mut a_bar = vec![0.0; a.len()];
        let first = a[0];
        let result = h(a, x, w);
        *x_bar += seed[1];
        a_bar[0] += seed[0] * w[0];
        w_bar[0] += seed[0] * first;
        let bar = w_bar.pop().unwrap();
        *x_bar += bar * first;
        a_bar[0] += bar * *x;
        (result, a_bar)
    }
    // No result.
    pub fn u(a: f64, b: f64, x: &mut f64) {
        *x *= a + b;
    }
    pub fn u_tangent(a: f64, a_dot: f64, b: f64, b_dot: f64, x: &mut f64, x_dot: &mut f64) {
        *x_dot = *x_dot * (a + b) + *x * (a_dot + b_dot);
        *x *= a + b;
    }
    pub fn u_adjoint(a: f64, b: f64, x: &mut f64, x_bar: &mut f64) -> (f64, f64) {
        let bar = *x_bar * *x;
        *x_bar *= a + b;
        *x *= a + b;
        (bar, bar)
    }
}

mod wrong_tangent {
    use super::cube;
    pub use super::right::{f, f_adjoint};
    pub fn f_tangent(x: f64, x_dot: f64) -> (f64, f64) {
        (cube(x), 3.0001 * x * x * x_dot)
    }
}

mod wrong_adjoint {
    use super::cube;
    pub use super::right::{f, f_tangent};
    pub fn f_adjoint(x: f64, seed: f64) -> (f64, f64) {
        (cube(x), 3.000_000_1 * x * x * seed)
    }
}

mod wrong_value {
    use super::cube;
    pub use super::right::{f, f_tangent};
    pub fn f_adjoint(x: f64, seed: f64) -> (f64, f64) {
        (cube(x) * (1.0 + f64::EPSILON), 3.0 * x * x * seed)
    }
}

mod wrong_gradient {
    use super::cube;
    pub use super::right::{f, f_adjoint, f_tangent};
    pub fn f_gradient(x: f64) -> (f64, f64) {
        (cube(x), 3.000_000_1 * x * x)
    }
}

mod wrong_hvp {
    use super::cube;
    pub use super::right::{f, f_adjoint, f_gradient, f_tangent};
    pub fn f_hvp(x: f64, x_dot: f64) -> (f64, f64, f64) {
        (cube(x), 3.0 * x * x, 6.001 * x * x_dot)
    }
}

mod overwrites {
    pub use super::right::{g, g_tangent};
    pub fn g_adjoint(
        x: &[f64],
        x_bar: &mut [f64],
        c: f64,
        y: &mut [f64],
        y_bar: &mut [f64],
        n: usize,
        seed: f64,
    ) -> (f64, f64) {
        x_bar.fill(0.0);
        super::right::g_adjoint(x, x_bar, c, y, y_bar, n, seed)
    }
}

mod restores_too_much {
    pub use super::right::{g, g_tangent};
    pub fn g_adjoint(
        x: &[f64],
        x_bar: &mut [f64],
        c: f64,
        y: &mut [f64],
        y_bar: &mut [f64],
        n: usize,
        seed: f64,
    ) -> (f64, f64) {
        let mut copy = y.to_vec();
        super::right::g_adjoint(x, x_bar, c, &mut copy, y_bar, n, seed)
    }
}

mod nan_for_a_zero_seed {
    use super::cube;
    pub use super::right::{f, f_tangent};
    pub fn f_adjoint(x: f64, seed: f64) -> (f64, f64) {
        (cube(x), 3.0 * x * x * seed * (seed / seed))
    }
}

#[test]
fn accepts_right_companions() {
    prove_hvp!(right::f(val 0.7));
    prove_hvp!(right::g(slice [1.0, -2.0, 0.5], val 0.3, io noise(3), con 3));
    prove!(right::h(val vec![0.3, 0.2], rf 0.9, iov vec![0.1]) -> vec);
    prove!(right::u(val 0.3, val 0.4, ios 2.0) -> unit);
    use right::{f_derivative, f_tangent};
    prove_derivative!(f(val 0.7));
}

#[test]
#[should_panic(expected = "f: the tangent (against differences)")]
fn rejects_a_wrong_tangent() {
    prove!(wrong_tangent::f(val 0.7));
}

#[test]
#[should_panic(expected = "f: the adjoint against the tangent")]
fn rejects_a_wrong_adjoint() {
    prove!(wrong_adjoint::f(val 0.7));
}

#[test]
#[should_panic(expected = "f: the adjoint's value")]
fn rejects_a_value_of_other_bits() {
    prove!(wrong_value::f(val 0.7));
}

#[test]
#[should_panic(expected = "f: the gradient (against the adjoint)")]
fn rejects_a_wrong_gradient() {
    prove_gradient!(wrong_gradient::f(val 0.7));
}

#[test]
#[should_panic(expected = "f: the Hessian-vector product (against differences)")]
fn rejects_a_wrong_hessian() {
    prove_hvp!(wrong_hvp::f(val 0.7));
}

#[test]
#[should_panic(expected = "g: the adjoint against the tangent")]
fn rejects_overwritten_adjoints() {
    prove!(overwrites::g(slice [1.0, -2.0, 0.5], val 0.3, io noise(3), con 3));
}

#[test]
#[should_panic(expected = "g: the adjoint's final value of active argument 2")]
fn rejects_in_out_without_final_value() {
    prove!(restores_too_much::g(slice [1.0, -2.0, 0.5], val 0.3, io noise(3), con 3));
}

#[test]
#[should_panic(expected = "f: the adjoint of active argument 0 for a zero seed")]
fn rejects_nan_for_a_zero_seed() {
    prove!(nan_for_a_zero_seed::f(val 0.7));
}
