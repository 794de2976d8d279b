use chainrule::differentiate;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn first(x: &[f64]) -> f64 {
    x.first().copied().filter(|v| square(*v) > 1.0).unwrap_or(0.0)
}

fn main() {}
