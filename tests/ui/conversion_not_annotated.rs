use chainrule::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Meters(f64);

impl From<f64> for Meters {
    fn from(x: f64) -> Meters {
        Meters(x)
    }
}

#[differentiate]
fn f(x: f64) -> f64 {
    let m: Meters = x.into();
    m.0 * 2.0
}

fn main() {}
