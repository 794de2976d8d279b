use chainrule::differentiate;

#[differentiate]
fn f(x: f64, y: &[f64]) -> Option<f64> {
    let first = y.first()?;
    let root = (x > 0.0).then_some(x)?;
    Some(first * root)
}

fn main() {}
