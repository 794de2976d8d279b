use chainrule::differentiate;

#[derive(Clone)]
enum Shape {
    Circle(f64),
}

#[differentiate]
fn f(x: f64) -> Shape {
    Shape::Circle(x * x)
}

fn main() {}
