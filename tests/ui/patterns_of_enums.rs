use chainrule::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
enum Shape {
    Circle(f64),
    Square(f64),
    Triangle(f64, f64, f64),
}

#[differentiate]
fn alternatives(s: Shape) -> f64 {
    let (Shape::Circle(x) | Shape::Square(x)) = s else {
        return 0.0;
    };
    x * x
}

#[differentiate]
fn both_ends(s: &Shape) -> f64 {
    match s {
        Shape::Triangle(a, .., c) => a * c,
        _ => 0.0,
    }
}

#[differentiate]
fn exchange(a: &mut f64, b: &mut f64) {
    *a *= *b;
}

#[differentiate]
fn several(s: &mut Shape) {
    if let Shape::Triangle(a, b, _) = s {
        exchange(&mut *a, &mut *b);
    }
}

fn main() {}
