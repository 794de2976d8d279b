use chainrule::differentiate;

#[differentiate]
fn g(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn f(x: f64, n: usize) -> f64 {
    match n {
        0 if g(x) > 1.0 => x,
        _ => x * x,
    }
}

fn main() {}
