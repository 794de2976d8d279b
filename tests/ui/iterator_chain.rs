use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).scan(0.0, |_, v| Some(v)).sum()
}

fn main() {}
