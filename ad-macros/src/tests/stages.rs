//! Six small functions, after each stage.

use super::support::Stages;
use expect_test::{ExpectFile, expect_file};

fn check(source: &str, expected: ExpectFile) {
    expected.assert_eq(&format!(
        "{}\n\n{}",
        source.trim(),
        Stages::of(source).report()
    ));
}

#[test]
fn straight_line() {
    let source = "
fn pendulum(angle: f64, speed: f64) -> f64 {
    let height = 1.0 - angle.cos();
    let kinetic = 0.5 * speed * speed;
    kinetic + 9.81 * height
}";
    check(source, expect_file!["stages/straight_line.txt"]);
}

#[test]
fn loop_that_overwrites() {
    let source = "
fn decay(x: &mut [f64], rate: f64) {
    for i in 1..x.len() {
        x[i] = x[i] * x[i] - rate * x[i - 1];
    }
}";
    check(source, expect_file!["stages/loop_that_overwrites.txt"]);
}

#[test]
fn exit_from_a_nested_loop() {
    let source = "
fn until(a: &[f64], n: usize, limit: f64) -> f64 {
    let mut sum = 0.0;
    'rows: for i in 0..n {
        for j in 0..n {
            let term = a[i * n + j].exp();
            if sum + term > limit {
                break 'rows;
            }
            sum += term;
        }
        sum *= 0.5;
    }
    sum
}";
    check(source, expect_file!["stages/exit_from_a_nested_loop.txt"]);
}

#[test]
fn callee_with_an_in_out_slice() {
    let source = "
fn step_twice(y: &mut [f64], h: f64) -> f64 {
    step(y, h);
    let first = y[0];
    step(y, 0.5 * h);
    first * y[0]
}";
    check(
        source,
        expect_file!["stages/callee_with_an_in_out_slice.txt"],
    );
}

#[test]
fn while_with_unknown_trips() {
    let source = "
fn root(a: f64, #[constant] tolerance: f64) -> f64 {
    let mut x = a;
    while (x * x - a).abs() > tolerance {
        x = 0.5 * (x + a / x);
    }
    x
}";
    check(source, expect_file!["stages/while_with_unknown_trips.txt"]);
}

#[test]
fn sum_that_could_be_fused() {
    let source = "
fn squares(x: &[f64], scale: f64, #[constant] data: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, d) in data.iter().enumerate() {
        let residual = scale * x[i] - d;
        sum += residual * residual;
    }
    sum
}";
    check(source, expect_file!["stages/sum_that_could_be_fused.txt"]);
}
