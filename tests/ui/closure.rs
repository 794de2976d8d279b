use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let square = |y: f64| y * x;
    integrate(square, x)
}

fn main() {}
