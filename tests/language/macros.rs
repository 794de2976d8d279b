//! Macros that users define, as statements that only look at active values; `dbg!`.

use chainrule::differentiate;
use std::cell::Cell;

macro_rules! should {
    ($requirement:expr) => {
        debug_assert!($requirement)
    };
}

macro_rules! nothing {
    ($($t:tt)*) => {};
}

thread_local! {
    static LOG: Cell<usize> = const { Cell::new(0) };
}

macro_rules! log_value {
    ($level:literal, $x:expr) => {
        if $x > $level {
            LOG.with(|l| l.set(l.get() + 1));
        }
    };
}

#[differentiate(forward, reverse, hessian)]
fn checked(p: f64, n: usize) -> f64 {
    should!(p > 0.0 && p < 1.0);
    let q = 1.0 - p;
    nothing!(q = 3.0);
    p.powi(n as i32) * q
}

#[test]
fn checks_are_looked_at_once_and_have_no_derivative() {
    prove!(checked(val 0.3, con 3));
    prove_gradient!(checked(val 0.3, con 3));
    prove_hvp!(checked(val 0.3, con 3));
}

#[test]
#[should_panic(expected = "p > 0.0")]
fn a_check_fails_in_the_gradient_too() {
    checked_gradient(-0.3, 1);
}

#[differentiate(forward, reverse, hessian)]
fn logged(x: &[f64], rate: f64) -> f64 {
    let mut level = rate;
    for i in 0..x.len() {
        level = level * x[i] + rate;
        log_value!(0.0, level);
        if level > 10.0 {
            should!(level.is_finite());
            level = level.sqrt();
        }
    }
    level
}

#[test]
fn statements_of_macros_in_a_loop_run_once_an_iteration() {
    let x = [1.5, 2.0, 4.0, 0.3];
    prove!(logged(slice x, val 1.1));
    prove_gradient!(logged(slice x, val 1.1));
    prove_hvp!(logged(slice x, val 1.1));
    LOG.with(|l| l.set(0));
    logged_gradient(&x, 1.1);
    assert_eq!(LOG.with(Cell::get), x.len());
}

struct Spring {
    k: f64,
}

#[differentiate]
impl Spring {
    fn settle(#[constant] &self, x: &mut [f64]) {
        log_value!(100.0, x[0] * self.k);
        let mut steps = 0;
        for v in x.iter_mut() {
            nothing!(steps);
            steps += 1;
            *v -= self.k * v.sin() * steps as f64;
            should!(*v < 100.0);
        }
    }
}

#[test]
fn places_that_are_lent_are_looked_at() {
    let spring = Spring { k: 0.4 };
    let mut x = [0.5, -1.0];
    let mut x_dot = [1.0, 0.5];
    spring.settle_tangent(&mut x, &mut x_dot);
    let mut y = [0.5, -1.0];
    let mut y_bar = [1.0, 2.0];
    spring.settle_adjoint(&mut y, &mut y_bar);
    assert_eq!(x, y);
    let want = [1.0 - 0.4 * 0.5f64.cos(), 1.0 - 0.8 * 1f64.cos()];
    for k in 0..2 {
        assert!((x_dot[k] - want[k] * [1.0, 0.5][k]).abs() < 1e-12);
        assert!((y_bar[k] - want[k] * [1.0, 2.0][k]).abs() < 1e-12);
    }
}

macro_rules! scale {
    ($n:expr) => {
        0.5 * $n as f64
    };
}

#[differentiate(forward, reverse, hessian)]
fn constants_of_macros(x: f64, n: usize) -> f64 {
    let mut y = scale!(n) * x;
    for i in 1..n {
        let weight = scale!(i);
        y += weight * (y * x).cos();
    }
    y
}

#[test]
fn values_of_macros_of_constants() {
    prove!(constants_of_macros(val 0.7, con 4usize));
    prove_hvp!(constants_of_macros(val 0.7, con 4usize));
}

#[differentiate(forward, reverse, hessian)]
fn debugged(x: f64, y: f64) -> f64 {
    let product = dbg!(x * y) + 1.0;
    let boxed = std::hint::black_box(product * x);
    dbg!(boxed).sin() + std::hint::black_box(2.0) * y
}

#[test]
fn dbg_and_black_box_are_their_arguments() {
    prove!(debugged(val 0.7, val -0.4));
    prove_gradient!(debugged(val 0.7, val -0.4));
    prove_hvp!(debugged(val 0.7, val -0.4));
}
