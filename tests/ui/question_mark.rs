use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> Option<f64> {
    let y = positive(x)?;
    Some(y)
}

fn positive(x: f64) -> Option<f64> {
    (x > 0.0).then_some(x)
}

fn main() {}
