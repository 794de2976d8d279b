use chainrule::differentiate;

enum Shape {
    Path(Vec<usize>),
    Point,
}

#[differentiate]
fn f(#[constant] shape: &Shape, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    if let Shape::Path(points) = shape {
        for k in points {
            sum += x[*k];
        }
    }
    sum
}

fn main() {}
