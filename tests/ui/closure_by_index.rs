use chainrule::differentiate;

#[differentiate]
fn total(x: &[f64], scales: [fn(&f64) -> f64; 2]) -> f64 {
    x.iter().map(scales[0]).sum()
}

fn main() {}
