use chainrule::{Differentiable, differentiate};
use std::ops::Deref;

#[derive(Clone, Differentiable)]
struct Inner {
    x: f64,
}

#[derive(Clone, Differentiable)]
struct Outer {
    inner: Inner,
}

#[differentiate]
impl Deref for Outer {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.inner
    }
}

#[differentiate]
fn f(o: &Outer) -> f64 {
    o.x * o.x
}

fn main() {}
