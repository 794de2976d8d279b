use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let k = x;
    let both = (|y: f64| y * k, k);
    (both.0)(x)
}

fn main() {}
