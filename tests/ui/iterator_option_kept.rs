use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut items = x.iter();
    let first = items.next();
    first.map_or(0.0, |v| v * v)
}

fn main() {}
