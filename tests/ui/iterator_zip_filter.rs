use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let above = x.iter().filter(|v| **v > 0.0);
    above.zip(x.iter().filter(|v| **v < 0.0)).map(|(a, b)| a * b).sum()
}

fn main() {}
