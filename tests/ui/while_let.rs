use chainrule::differentiate;

#[differentiate(forward)]
fn next(scales: &mut Vec<f64>) -> Option<f64> {
    scales.pop()
}

#[differentiate(forward)]
fn f(x: f64, mut scales: Vec<f64>) -> f64 {
    let mut y = x;
    while let (Some(k), Shape::Round(r) | Shape::Square(r)) = (next(&mut scales), shape(x)) {
        y *= k * r;
    }
    y
}

fn main() {}
