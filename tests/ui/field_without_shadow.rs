use chainrule::{Differentiable, differentiate};

#[derive(Clone)]
struct Settings {
    step: f64,
}

#[derive(Differentiable)]
struct Model {
    weight: f64,
    #[constant]
    settings: Settings,
}

#[differentiate(forward)]
fn f(m: &Model) -> f64 {
    m.weight * m.settings.step
}

#[derive(Differentiable)]
struct Held {
    step: f64,
}

#[differentiate(forward)]
fn in_a_literal(m: &Model) -> f64 {
    let held = Held { step: m.settings.step };
    held.step
}

fn main() {}
