use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f32,
}

#[differentiate]
fn f(p: Point) -> f64 {
    p.x as f64
}

fn main() {}
