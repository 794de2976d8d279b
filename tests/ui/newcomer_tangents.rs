use chainrule::differentiate;

#[differentiate]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    let d = f_derivative(1.0, 2.0);
    let (v, t) = f_tangent(1.0, 2.0);
}
