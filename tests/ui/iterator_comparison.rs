use chainrule::differentiate;

fn compare(a: &f64, b: &f64) -> std::cmp::Ordering {
    a.total_cmp(b)
}

#[differentiate]
fn largest(x: &[f64]) -> f64 {
    x.iter().copied().max_by(|a, b| compare(a, b)).unwrap()
}

fn main() {}
