use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let all: std::collections::VecDeque<f64> = x.iter().map(|v| v * v).collect();
    all[0]
}

fn main() {}
