use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let largest = x.iter().copied().max_by(|a, b| a.total_cmp(b));
    largest.unwrap_or(0.0)
}

fn main() {}
