use chainrule::differentiate;

#[differentiate]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

#[differentiate]
fn roots(x: &[f64]) -> Option<f64> {
    x.iter().map(|v| root(*v)).filter(|r| r.is_some()).sum()
}

fn main() {}
