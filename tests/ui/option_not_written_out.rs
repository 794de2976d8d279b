use chainrule::differentiate;

#[differentiate]
fn total(x: &[f64]) -> f64 {
    x.iter()
        .filter_map(|v| 'given: {
            if *v < 0.0 {
                break 'given None;
            }
            Some(v * v)
        })
        .sum()
}

fn main() {}
