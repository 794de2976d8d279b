use chainrule::{Differentiable, differentiate};
use std::ops::Index;

#[derive(Clone, Differentiable)]
struct Pair {
    a: f64,
    b: f64,
}

impl Index<usize> for Pair {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        if i == 0 { &self.a } else { &self.b }
    }
}

#[differentiate]
fn f(p: &Pair) -> f64 {
    p[0] * p[1]
}

fn main() {}
