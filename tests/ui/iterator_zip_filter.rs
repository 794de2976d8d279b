use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    x.iter().filter(|v| **v > 0.0).zip(x).map(|(a, b)| a * b).sum()
}

fn main() {}
