use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Rank(usize);

#[differentiate]
fn f(x: f64, k: Rank) -> f64 {
    x * (k.0 + k.0) as f64
}

fn main() {}
