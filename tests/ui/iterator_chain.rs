use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64], y: &[f64]) -> f64 {
    x.iter().chain(y).filter(|v| **v > 0.0).cycle().take(3).sum()
}

fn main() {}
