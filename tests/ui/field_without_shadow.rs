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

fn main() {}
