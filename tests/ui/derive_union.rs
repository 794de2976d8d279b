use chainrule::Differentiable;

#[derive(Differentiable)]
union Bits {
    real: f64,
    word: u64,
}

#[derive(Differentiable)]
struct Marked {
    #[constant(always)]
    x: f64,
}

fn main() {}
