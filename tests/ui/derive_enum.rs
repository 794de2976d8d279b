use chainrule::Differentiable;

#[derive(Differentiable)]
enum Shape {
    Circle(f64),
    Square(f64),
}

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
