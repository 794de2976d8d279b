use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
enum Kind {
    Plain,
    Squared,
}

#[derive(Clone, Copy, Differentiable)]
struct Unit {
    value: f64,
    kind: Kind,
}

#[differentiate(reverse)]
fn scaled(x: f64, #[constant] kind: Kind) -> f64 {
    match kind {
        Kind::Plain => x,
        Kind::Squared => x * x,
    }
}

#[differentiate(reverse)]
fn f(u: &Unit) -> f64 {
    scaled(u.value, u.kind)
}

fn main() {}
