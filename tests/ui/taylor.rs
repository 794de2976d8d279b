use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiate(taylor)]
fn norm(p: Point, scale: f64) -> f64 {
    (p.x * p.x + p.y * p.y).sqrt() * scale
}

#[differentiate(taylor)]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x) * x
}

#[differentiate(taylor)]
fn square_all(x: f64) -> f64 {
    twice(|v| v * x, x)
}

#[differentiate]
fn twice(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

#[differentiate(taylor)]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

#[differentiate(taylor)]
fn first(x: &[f64]) -> f64 {
    match x {
        [first, ..] => first * first,
        [] => 0.0,
    }
}

#[differentiate(taylor)]
fn widened(x: f32) -> f64 {
    let square: f32 = x * x;
    square as f64
}

#[differentiate(taylor)]
fn two_kinds<S: num_traits::Float, T: num_traits::Float>(s: S, t: T) -> (S, T) {
    (s * s, t * t)
}

#[differentiate(custom, forward, taylor)]
fn by_hand(x: f64) -> f64 {
    x * x
}

fn by_hand_tangent(x: f64, x_dot: f64) -> (f64, f64) {
    (x * x, 2.0 * x * x_dot)
}

#[differentiate(taylor, rule(x => value))]
fn exponential(x: f64) -> f64 {
    x.exp()
}

#[differentiate(taylor, rule(x => -again(-x)))]
fn again(x: f64) -> f64 {
    x.exp()
}

#[differentiate(taylor)]
impl Point {
    fn product(&self) -> f64 {
        self.x * self.y
    }
}

#[differentiate(forward)]
impl Point {
    #[differentiate(taylor)]
    fn sum(&self) -> f64 {
        self.x + self.y
    }
}

#[differentiate(taylor)]
trait Model {
    fn energy(&self, x: f64) -> f64;
}

#[differentiate(taylor(8))]
fn with_arguments(x: f64) -> f64 {
    x * x
}

#[differentiate(jet)]
fn by_another_name(x: f64) -> f64 {
    x * x
}

fn main() {}
