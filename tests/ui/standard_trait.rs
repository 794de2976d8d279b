use chainrule::{Differentiable, differentiate};
use std::iter::Product;

#[derive(Clone, Copy, Differentiable)]
struct V(f64);

#[differentiate]
impl Product for V {
    fn product<I: Iterator<Item = V>>(iter: I) -> V {
        iter.fold(V(1.0), |a, b| V(a.0 * b.0))
    }
}

#[differentiate]
impl TryFrom<f64> for V {
    type Error = ();
    fn try_from(x: f64) -> Result<V, ()> {
        if x > 0.0 { Ok(V(x)) } else { Err(()) }
    }
}

#[differentiate]
impl PartialEq for V {
    fn eq(&self, other: &V) -> bool {
        self.0 == other.0
    }
}

struct Steps(f64);

#[differentiate]
impl Iterator for Steps {
    type Item = f64;
    fn next(&mut self) -> Option<f64> {
        self.0 *= 0.5;
        Some(self.0)
    }
}

fn main() {}
