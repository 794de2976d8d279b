use chainrule::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let (a, b): (Vec<f64>, std::collections::VecDeque<f64>) = x.iter().map(|v| (v * v, v + 1.0)).unzip();
    a[0] * b[0]
}

fn main() {}
