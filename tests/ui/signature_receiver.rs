use chainrule::{Differentiable, differentiate};

#[derive(Differentiable)]
struct Spring {
    stiffness: f64,
}

impl Spring {
    #[differentiate]
    fn energy(self: Box<Self>, x: f64) -> f64 {
        0.5 * self.stiffness * x * x
    }
}

struct Rigid(f64);

impl Rigid {
    #[differentiate]
    fn energy(&self, x: f64) -> f64 {
        x * self.0
    }
}

fn main() {}
