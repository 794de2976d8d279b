use chainrule::Differentiable;

#[derive(Clone)]
struct Unknown;

#[derive(Differentiable)]
struct Holder {
    x: f64,
    unknown: Unknown,
}

fn main() {}
