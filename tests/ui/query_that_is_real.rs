use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct V2(f64, f64);

impl V2 {
    fn len(&self) -> f64 {
        self.0.hypot(self.1)
    }
}

#[differentiate]
fn f(v: V2) -> f64 {
    v.len() * v.0
}

fn main() {}
